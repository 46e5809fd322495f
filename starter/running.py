"""Commands that run something: the embedded stack, a worker, a rehearsal."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from config.settings import load

AsJson = Annotated[bool, Parameter(name="--json", negative="")]


def up() -> int:
    """Run everything on this machine, for trying: Temporal, mail catcher, worker, web, a sample council.

    Ctrl-C stops it. What it keeps lies in var/. Ports come from the environment; docs/settings.md lists them.
    """
    from starter.up import up as bring_up  # noqa: PLC0415 - what other commands need not wait for

    return bring_up(load())


def worker() -> int:
    """Run a worker alone, against the Temporal that TEMPORAL_ADDRESS names, until Ctrl-C or SIGTERM."""
    from worker import run  # noqa: PLC0415 - as above

    asyncio.run(run(load()))
    return 0


def web() -> int:
    """Serve the pages, reply links, case events and API on this machine, until Ctrl-C or SIGTERM."""
    from web.__main__ import serve  # noqa: PLC0415 - as above

    serve(load())
    return 0


def rehearse(scenario: Path, *, json: AsJson = False) -> int:
    """Play a scenario and print what the system would have done, on the dates in the file.

    Parameters
    ----------
    scenario: Path
        The scenario file, JSON.
    json: bool
        Print the transcript as JSON: a list where the scenario has variants.
    """
    from starter.rehearsal.performance import perform  # noqa: PLC0415 - as above
    from starter.rehearsal.printing import timeline  # noqa: PLC0415
    from starter.rehearsal.scenario import read_scenario  # noqa: PLC0415

    played = read_scenario(scenario)
    transcripts = []
    for n, variant in enumerate(played.variants()):
        if n or played.given.variants:
            sys.stderr.write(f"Rehearsing {n + 1} of {len(played.given.variants)}\n")
        transcripts.append(asyncio.run(perform(variant, load().procedures)))
    if json:
        documents = [transcript.model_dump(mode="json") for transcript in transcripts]
        print(jsonlib.dumps(documents if played.given.variants else documents[0], indent=1, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(timeline(transcript, played.title)) for transcript in transcripts))
    return 0
