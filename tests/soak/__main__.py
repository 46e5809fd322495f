"""The long run: `python -m tests.soak --escalations 200 --kills 10`. Exit code 1 where anything was lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from config.logs import forward_core_logs
from starter.leaving import leave
from tests.soak.plan import Soak
from tests.soak.run import soak


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def plan() -> Soak:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    for field in fields(Soak):
        kind = int if isinstance(field.default, int) else float
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    return Soak(**vars(parser.parse_args()))


def main() -> None:
    forward_core_logs()
    given = plan()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    say(f"seed {given.seed}; everything that it keeps, logs included, is in {folder}")
    verdict = asyncio.run(soak(given, folder, say))
    for name, figure in verdict.figures.items():
        say(f"{figure:8}  {name}")
    for fault in verdict.faults:
        say(f"FAULT     {fault}")
    say(f"{len(verdict.faults)} faults")
    leave(1 if verdict.faults else 0)


if __name__ == "__main__":
    main()
