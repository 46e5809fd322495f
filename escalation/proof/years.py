"""What is proved of each ladder of a procedure for every start date, and what is worth knowing about its paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from escalation.procedure import Procedure
from escalation.proof.dates import Dates, Years
from escalation.proof.paths import ENDS, Found, Paths, Step


@dataclass(frozen=True)
class Path:
    """One path, in working days and on every start date."""

    steps: tuple[Step, ...]
    ends: str
    years: Years

    @property
    def working_days(self) -> int:
        return self.steps[-1].on


@dataclass(frozen=True)
class LadderProof:
    """One ladder: `paths` were proved for each of `starts` dates; none has a deadline beyond its total time `cap`."""

    name: str
    cap: int | None
    starts: int
    paths: int
    longest: Path
    silence: Path
    worth_knowing: tuple[str, ...]
    faults: tuple[str, ...]


def proofs(procedure: Procedure, dates: Dates) -> Iterator[LadderProof]:
    """Each ladder of the procedure, and of each other process that it has."""
    tracks: list[str | None] = [*procedure.tracks] or [None]
    for track in tracks:
        name = procedure.track_title(track) if track else "the ladder"
        yield _proof(procedure, Paths(procedure, track), name, dates)
    for key in procedure.processes:
        opened = procedure.opened(key)
        yield _proof(opened, Paths(opened), opened.title, dates)


def _proof(procedure: Procedure, paths: Paths, name: str, dates: Dates) -> LadderProof:
    every, silence = paths.all(), paths.silence()
    cap = procedure.cap.working_days if procedure.cap else None
    wrong = [*dates.holds(every.days), *dates.disagreeing(paths, cap)]
    longest = dates.walk(every.steps, cap)
    silent = longest if silence.steps == every.steps else dates.walk(silence.steps, cap)
    return LadderProof(
        name=name,
        cap=cap,
        starts=len(dates.starts),
        paths=every.paths,
        longest=Path(every.steps, ENDS[every.end], longest),
        silence=Path(silence.steps, ENDS[silence.end], silent),
        worth_knowing=tuple(_worth_knowing(procedure, paths, silence)),
        faults=(*wrong, *longest.faults, *silent.faults),
    )


def _worth_knowing(procedure: Procedure, paths: Paths, silence: Found) -> Iterator[str]:
    """What is no fault, and what whoever answers for the procedure should have seen."""
    yield from _beyond_silence(paths, silence)
    for stage in paths.ladder:
        if stage.response.working_days is None:
            ends = "an act or the total time ends it" if procedure.cap else "only an act ends it"
            yield f"{stage.title} has no time of its own: {ends}, and the raiser is reminded."
    yield from _unbounded(procedure, paths)
    if procedure.cap and procedure.extension and procedure.extension.beyond_cap == "with_reason":
        yield "With a reason the raiser may grant time beyond the total; at the end of that it is held."


def _beyond_silence(paths: Paths, silence: Found) -> Iterator[str]:
    """How far it goes by itself, where that is not the end of the ladder."""
    last = silence.steps[-1].entered.place
    above = [stage.title for stage in paths.ladder[last + 1 :]]
    if above:
        here = paths.ladder[last].title
        yield f"Silence leads no further than {here}; into {_listed(above)} it takes an act of the raiser."


def _unbounded(procedure: Procedure, paths: Paths) -> Iterator[str]:
    """Where no total time runs, a path counts the raiser's decisions as made by the deadline."""
    places = sorted({step.entered.place for step in paths.stays() if step.entered.cap is None})
    if procedure.cap is None:
        yield "There is no total time: how long the raiser takes to decide is not counted, and only reminders hurry it."
    elif places:
        titles = _listed([paths.ladder[place].title for place in places])
        yield f"No total time runs yet at {titles}: how long the raiser takes to decide there is not counted."


def _listed(titles: list[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(titles[:-1]), titles[-1]] if titles[1:] else titles)
