"""Does every notice and every copy go to somebody?"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.contradictions import FaultAt, parts
from escalation.procedure import Procedure, Stage
from escalation.schema import Copies, Letter


def reader_faults(procedure: Procedure) -> Iterator[FaultAt]:
    """Notices and copies that go to nobody, as (path in the file, message)."""
    for path, part in parts(procedure):
        if isinstance(part, Letter) and not [*part.to, *part.cc]:
            yield path, f"the notice `{part.notice}` goes to nobody; name somebody in `to`"
        elif isinstance(part, Copies) and not part.to:
            yield path, "these copies go to nobody; name somebody in `to`"
        elif (
            isinstance(part, Letter)
            and {*part.to, *part.cc} == {"next_addressee"}
            and _only_at_the_last(procedure, path, part)
        ):
            yield path, f"the notice `{part.notice}` goes to nobody: no stage follows the last"
    for n, stage in enumerate(procedure.stages):
        yield from _already_asked(f"stages.{n}", stage)


def _already_asked(path: str, stage: Stage) -> Iterator[FaultAt]:
    """Whoever the alert is sent to gets no copy of it besides."""
    to = {*stage.addressee, *stage.also_to}
    listed = [(f"{path}.copy_to", stage.copy_to)]
    listed += [(f"{path}.copies.{n}", copies.to) for n, copies in enumerate(stage.copies)]
    for where, copied in listed:
        if copied and set(copied) <= to:
            yield where, "this copy goes to nobody: the alert itself is sent to them"


def _only_at_the_last(procedure: Procedure, path: str, letter: Letter) -> bool:
    tracks: list[str | None] = [*procedure.tracks] or [None]
    last = {procedure.ladder(track)[-1].key for track in tracks}
    inside = path.split(".")
    if inside[0] == "stages":
        return procedure.stages[int(inside[1])].key in last
    return letter.when.stages is not None and set(letter.when.stages) <= last
