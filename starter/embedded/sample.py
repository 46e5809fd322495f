"""Which escalation is in flight when somebody looks for the first time?"""

from __future__ import annotations

import asyncio
import re
import sys

from config.settings import Settings
from starter.embedded.child import last_lines
from starter.embedded.places import ROOT, environment_of_children, places
from starter.embedded.tether import tethered

SAMPLE = ROOT / "config" / "samples" / "southwark.json"
QUERY = "current_stage"
"""What a person is offered to ask of it first."""
PATIENCE = 120.0


async def open_sample(settings: Settings) -> str:
    """Start the sample's escalation, as a person would: `twentydays start`. Gives back the line to say.

    Starting is idempotent, so that a second `up` on the same folder starts nothing new.
    """
    if not SAMPLE.exists():
        return f"sample    none: there is no {SAMPLE}"
    where = places(settings)
    path = where.log("sample")
    with path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *tethered((sys.executable, "-m", "starter", "start", str(SAMPLE))),
            env=environment_of_children(where),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        code = await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        return f"sample    gave no answer in {PATIENCE:.0f} seconds: see {path}"
    said = last_lines(path)
    if code:
        return f"sample    not started: {' '.join(said[-3:])}"
    return f"sample    {said[-1] if said else 'started'}"


def escalation_in(said: str) -> str | None:
    """The workflow id of the sample's escalation, in the line that was said of it."""
    named = re.search(r"escalation/\S+", said)
    return named[0] if named else None
