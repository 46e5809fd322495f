"""The long rehearsal: `python -m tests.delivery --escalations 500 --seed 1`. Exit code 1 at any fault."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

from config.logs import forward_core_logs
from starter.leaving import leave
from tests.delivery import temporal
from tests.delivery.run import play, rehearsal
from tests.delivery.verdict import Verdict


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def run(given: argparse.Namespace, folder: Path) -> Verdict:
    def progress(done: int) -> None:
        if not given.json and done % 50 == 0:
            say(f"{done} of {given.escalations} played")

    async with rehearsal(folder) as here:
        await play(here, given.escalations, given.seed, progress)
        await temporal.skipping(here, given.temporal, given.seed)
        if given.killed:
            await temporal.killed(here.verdict, folder / "killed", given.killed)
        return here.verdict


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.delivery", description=__doc__)
    parser.add_argument("--escalations", type=int, default=500)
    parser.add_argument("--temporal", type=int, default=24, help="so many more through a real worker")
    parser.add_argument("--killed", type=int, default=24, help="so many more while its processes are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given, began = parser.parse_args(), time.monotonic()
    forward_core_logs()
    logging.disable(logging.CRITICAL)  # each outage would say itself some thousand times
    folder = Path(tempfile.mkdtemp(prefix="delivery-"))
    found = asyncio.run(run(given, folder))
    found.figures["seconds"] = round(time.monotonic() - began)
    if given.json:
        say(json.dumps({"seed": given.seed, "figures": found.figures, "faults": found.faults}))
    else:
        for name, figure in found.figures.items():
            say(f"{figure:8}  {name}")
        for fault in found.faults:
            say(f"FAULT     {fault}")
        say(f"{len(found.faults)} faults; seed {given.seed}; everything that was kept is in {folder}")
    leave(1 if found.faults else 0)


if __name__ == "__main__":
    main()
