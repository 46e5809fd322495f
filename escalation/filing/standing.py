"""How did it stand at the end of each stay at a stage, and when every entry had been written?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from escalation.case import Case, Visit
from escalation.errors import TwentydaysError
from escalation.fold import apply, fold
from escalation.history import Entry, LateResponse, Responded
from escalation.procedure import Procedure

Answered = Responded | LateResponse


class NotOnFile(TwentydaysError):
    """There is no such document of this escalation; says which there are."""


class Standing(NamedTuple):
    """A case, the entries that led to it, and the title of the stage to which it went on, where it did."""

    case: Case
    entries: Sequence[Entry]
    then: str | None = None

    def answers(self, visit: Visit) -> list[Answered]:
        """What was answered at one stay, oldest first."""
        return [entry for entry in self.entries if isinstance(entry, Answered) and entry.visit == visit.n]


def standings(procedure: Procedure, entries: Iterable[Entry]) -> list[Standing]:
    """One for each stay, as it stood when the stay ended; the last one as everything stands now. Raises NotOnFile."""
    history = list(entries)
    found: list[Standing] = []
    case = fold(procedure, history[:1])
    for place, entry in enumerate(history[1:], 1):
        after = apply(case, entry)
        if case.visits and after.visits and after.visit.n != case.visit.n:
            found.append(Standing(case, history[:place], after.stage.title))
        case = after
    if not case.visits:
        raise NotOnFile("Nothing has been raised under this reference: there is nothing to put on file.")
    return [*found, Standing(case, history)]


def at_stage(found: Sequence[Standing], stage: str | None) -> Standing:
    """The newest stay at a stage, or the last of all. Raises NotOnFile."""
    if stage is None:
        return found[-1]
    wanted = [each for each in found if each.case.visit.stage.casefold() == stage.casefold()]
    if not wanted:
        raise NotOnFile(f"{found[-1].case.reference} was never at a stage {stage}. It was at: {_named(found)}.")
    return wanted[-1]


def _named(found: Sequence[Standing]) -> str:
    return ", ".join(dict.fromkeys(each.case.visit.stage for each in found))
