"""Can each stage be reached, does each ask somebody, and does each leave time for an answer?"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.contradictions import FaultAt
from escalation.procedure import Procedure, Stage


def ladder_faults(procedure: Procedure) -> Iterator[FaultAt]:
    """What is wrong with the ladders as ladders, as (path in the file, message)."""
    yield from _starts(procedure)
    yield from _unreachable(procedure)
    for n, stage in enumerate(procedure.stages):
        yield from _asks_nobody_else(procedure, f"stages.{n}", stage)
        yield from _no_time(procedure, f"stages.{n}", stage)


def _starts(procedure: Procedure) -> Iterator[FaultAt]:
    entry = procedure.entry
    if entry.start_at is None:
        return
    if entry.default and entry.default not in entry.start_at:
        yield "entry.default", f"`{entry.default}` is not in `start_at`, so a start without a stage would be refused"
    for n, forced in enumerate(entry.forced):
        if forced.start_at not in entry.start_at:
            yield f"entry.forced.{n}", f"`{forced.start_at}` is not in `start_at`, so such a start would be refused"


def _unreachable(procedure: Procedure) -> Iterator[FaultAt]:
    """A stage is reached by starting there, or from one below it: an escalation only goes up."""
    allowed = procedure.entry.start_at
    tracks: list[str | None] = [*procedure.tracks] or [None]
    for track in tracks:
        where = f" on the ladder of `{track}`" if track else ""
        keys = [stage.key for stage in procedure.ladder(track)]
        places = [n for n, key in enumerate(keys) if allowed is None or key in allowed]
        if not places:
            yield "entry.start_at", f"no escalation can start{where}"
        for key in keys[: places[0]] if places else []:
            yield "entry.start_at", f"`{key}` can never be reached{where}: every start lies above it"


def _asks_nobody_else(procedure: Procedure, path: str, stage: Stage) -> Iterator[FaultAt]:
    if procedure.process:
        return  # whoever opens it records what somebody else has said
    for role in procedure.raiser.roles:
        if set(stage.addressee) == {role}:
            yield f"{path}.addressee", f"only `{role}` is asked, who raises concerns: nobody answers their own"


def _no_time(procedure: Procedure, path: str, stage: Stage) -> Iterator[FaultAt]:
    total = procedure.cap.working_days if procedure.cap else None
    own, period = stage.response.working_days, stage.notice_period
    if total and own and own > total:
        yield (
            f"{path}.response.working_days",
            f"the {own} working days here are more than the total of {total}: one of the two is never given",
        )
    if total and period and period.most_working_days >= total:
        yield (
            f"{path}.notice_period",
            f"notice of {period.most_working_days} working days leaves none of the total of {total} for the stage",
        )
