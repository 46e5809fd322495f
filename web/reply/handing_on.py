"""To whom can a manager hand on what is asked of them? Only to posts that the ladder names, and that somebody holds."""

from __future__ import annotations

from datetime import date

from escalation.case import Case, Visit
from escalation.directory import Directory
from escalation.procedure import Stage


def may_be_handed_to(case: Case, visit: Visit, role: str, directory: Directory, on: date) -> dict[str, str]:
    """Titles by their roles; empty where nobody is asked at this stay any more, or `role` is not.

    An alert reaches nobody but those whom the ladder names, and nor does what is handed on: for anybody else there is
    the note to the raiser. A post that nobody holds would let the time run with nobody told.
    """
    if visit.n != case.visit.n or not case.awaits_answer or role not in case.addressees():
        return {}
    raiser = case.procedure.raiser
    left_out = {*raiser.roles, *raiser.may_also_raise, case.raiser, case.addressees()[0], role}
    ladder = case.procedure.ladder(case.track)
    named = [
        *(role for stage in ladder for role in stage.addressee),
        *(role for stage in ladder for role in _told(stage)),
    ]
    return {
        other: case.procedure.role_title(other)
        for other in dict.fromkeys(named)
        if other not in left_out and directory.holders(other, case.team, on, case.agency)
    }


def _told(stage: Stage) -> list[str]:
    return [*stage.also_to, *stage.copy_to, *(role for copies in stage.copies for role in copies.to)]
