"""What an act that enters a stage says of it: who must answer, how long they have, and what its form asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from escalation import forms
from escalation.case import Case
from escalation.procedure import Procedure, Stage
from escalation.rules.page import Page, RefusedActError
from escalation.wire import Fields
from escalation.working_days import Calendar, london_date

ENTERED_BY_AN_ACT = "start"
"""What a form asks for when an act of a person enters a stage; a lapse asks nobody (requirements G-A22)."""


def terms(
    page: Page, stage: Stage, *, given: Fields, addressee: str | None, working_days: int | None
) -> dict[str, Any]:
    """Checked, every fault of the form at once: `working_days`, `addressee` and `fields` of the entry that enters."""
    check_form(page.case, stage, given)
    return {
        "fields": given,
        "addressee": _addressee(page.case, stage, addressee),
        "working_days": _working_days(page, stage, working_days or _asked(page, stage, given)),
    }


def check_form(case: Case, stage: Stage, given: Fields) -> None:
    """What was said before need not be said again."""
    faults = forms.faults(case.procedure, forms.merged(case.fields, given), ENTERED_BY_AN_ACT, stage.key)
    if faults:
        raise RefusedActError("incomplete", " ".join(message for _, message in faults), faults[0][0])


# Who must answer ------------------------------------------------------------------------------------------------------


def _addressee(case: Case, stage: Stage, named: str | None) -> list[str] | None:
    """Whom the raiser names, where the procedure lets them (SWK-17); else those of the stage."""
    procedure = case.procedure
    if named is None:
        if stage.pick_one:
            raise RefusedActError("who_is_asked", f"Say who is asked: {_titles(procedure, stage)}.", "addressee")
        return None
    raisers = {*procedure.raiser.roles, *procedure.raiser.may_also_raise}
    may_name = procedure.entry.names_addressee and named in procedure.roles and named not in raisers
    if named not in stage.addressee and not may_name:
        raise RefusedActError(
            "not_the_addressee",
            f"{stage.title} is addressed to the {_titles(procedure, stage)}, not to the {procedure.role_title(named)}.",
            "addressee",
        )
    return [named]


def _titles(procedure: Procedure, stage: Stage) -> str:
    return " or ".join(procedure.role_title(role) for role in stage.addressee)


# How long they have ---------------------------------------------------------------------------------------------------


def _asked(page: Page, stage: Stage, given: Fields) -> int | None:
    """The raiser's own time, as the form gives it: working days, or a date. One that is closed ends the day before."""
    path = stage.response.asked_in
    said = forms.value_at(given, path) if path else None
    if isinstance(said, int) and not isinstance(said, bool):
        return _in_range(said, path)
    day = forms.date_in(said)
    if day is None:
        return None
    return _in_range(_until(page.case.calendar, page.at, said), path)


def _until(calendar: Calendar, at: datetime, day: Any) -> int:
    date = forms.date_in(day)
    return calendar.between(london_date(at), date) if date else 0


def _in_range(working_days: int, path: str | None) -> int:
    if not 1 <= working_days <= MOST_WORKING_DAYS:
        raise RefusedActError(
            "timescale", f"Give a time of 1 to {MOST_WORKING_DAYS} working days, or a working day after today.", path
        )
    return working_days


MOST_WORKING_DAYS = 60


def _working_days(page: Page, stage: Stage, asked: int | None) -> int | None:
    """The time given for a stage, working days (requirements SWK-A5, OXF-A2)."""
    own, may = stage.response.working_days, stage.response.raiser_may
    if asked is None or asked == own:
        return own
    if may == "nothing":
        given = f"{own} working days" if own else "no time of its own"
        page.warn("timescale_fixed", f"The procedure gives {stage.title} {given}; the raiser cannot change it.")
        return own
    if may == "shorten" and own and asked > own:
        page.warn("timescale_shortened", f"The procedure allows {stage.title} at most {own} working days.")
        return own
    return asked
