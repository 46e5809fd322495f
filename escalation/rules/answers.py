"""What an answer does: in time or late, to the stage now or one already left, from the addressee or by another way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from escalation.case import Case, Visit
from escalation.forms import YEARS
from escalation.history import LateResponse, Responded
from escalation.messages import RecordResponse, Respond
from escalation.rules import promises
from escalation.rules.acting import as_raiser, ensure_open
from escalation.rules.page import Page, RefusedActError
from escalation.working_days import london_date

A_DAY = timedelta(days=1)
"""More than any two clocks of ours are apart."""


def respond(page: Page, command: Respond) -> None:
    """The addressee answers. The instant that counts is the one at which we received it (docs/adr/0003)."""
    ensure_open(page.case)
    if command.addresses_requested_action is False:  # said again where the signal came before the update
        page.warn(
            "requested_action_not_addressed", "The answer does not address the requested action; the raiser sees that."
        )
    if page.case.has_answer(command.response_id):
        return
    visit = _visit(page.case, command.stage)
    _check_addressee(page.case, visit, command.by)
    said: dict[str, Any] = {
        "by": command.by,
        "name": command.name,
        "text": command.text,
        "answers": command.answers,
        "addresses_requested_action": command.addresses_requested_action,
        "done_by": command.done_by,
    }
    _receive(page, visit, command.response_id, _received_at(page, command), said)


def _received_at(page: Page, command: Respond) -> datetime:
    """Our endpoint stamps it. A signal written by hand may say anything, and an answer counts all the same."""
    stamped = command.received_at or page.at
    if stamped.year in YEARS and stamped <= page.at + A_DAY:
        return stamped
    page.warn("received_when", "The answer counts as received now: the instant given for it is none that people mean.")
    return page.at


def record_response(page: Page, command: RecordResponse) -> None:
    """An answer by telephone, email or in person counts from the instant at which it was received."""
    ensure_open(page.case)
    who = {"by": command.by} if command.by == page.case.procedure.quality_assurance else as_raiser(page.case, command)
    if page.case.has_answer(command.response_id):
        return
    visit = _visit(page.case, command.stage)
    _check_addressee(page.case, visit, command.answered_by)
    if command.received_at > page.at:
        raise RefusedActError("in_the_future", "An answer cannot have been received in the future.", "received_at")
    if page.case.raised_at and command.received_at < page.case.raised_at:
        raise RefusedActError(
            "before_it_was_raised", "An answer cannot have been received before the concern was raised.", "received_at"
        )
    promises.ensure_date(command.done_by, command.received_at)
    said: dict[str, Any] = {
        "recorded_by_name": command.name,
        "by": command.answered_by,
        "how": command.how,
        "recorded_by": who["by"],
        "text": command.text,
        "done_by": command.done_by,
    }
    _receive(page, visit, command.response_id, command.received_at, said)


def _visit(case: Case, stage: str) -> Visit:
    visit = case.latest_visit(stage)
    if visit is None:
        raise RefusedActError("stage_not_entered", f"Nobody has been asked for an answer at stage {stage}.", "stage")
    return visit


def _check_addressee(case: Case, visit: Visit, by: str | None) -> None:
    stage, roles = case.stage_of(visit), case.addressees(visit)
    if by in roles:
        return
    asked = " or ".join(case.procedure.role_title(role) for role in roles)
    if by is None:
        raise RefusedActError("who_acts", f"Say who answers: {asked}.", "by")
    raise RefusedActError(
        "not_the_addressee",
        f"{stage.title} asks the {asked} for an answer. "
        f"An answer that they gave in another way is recorded by the raiser.",
        "by",
    )


def _receive(page: Page, visit: Visit, response_id: str, received_at: datetime, said: dict[str, Any]) -> None:
    """In time up to and including the deadline; an alert not yet accepted has no deadline to miss."""
    common = {
        "at": page.at,
        "stage": visit.stage,
        "visit": visit.n,
        "response_id": response_id,
        "received_at": received_at,
    }
    due = page.case.due_of(visit)
    left = visit.n != page.case.visit.n or visit.lapsed
    if due is None or received_at <= due.at:
        page.write(Responded(**common, **said, stage_already_left=left))
    else:
        late = page.case.calendar.between(due.day, london_date(received_at))
        page.write(LateResponse(**common, **said, due=due.at, working_days_late=late))
    promises.note(page)
