"""What changed for whom it was about: said at the close, or asked again where it was too early to say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from escalation.duties import CHANGE
from escalation.history import ChangeTold
from escalation.messages import Close, Decide, TellChange
from escalation.rules.acting import following_up
from escalation.rules.page import Page, RefusedActError
from escalation.rules.promises import MOST_DAYS
from escalation.words import on, whom
from escalation.working_days import london_date


def check(page: Page, command: Decide | Close, *, closes: bool) -> None:
    """Nothing of it is demanded by any document: a close is never refused because it is not said."""
    said = command.what_changed or command.what_changed_text or command.ask_again_on
    if said and not closes:
        raise RefusedActError(
            "closes_nothing", "What changed is said when it is closed; this decision does not close it.", "what_changed"
        )
    if said and command.what_changed is None:
        raise RefusedActError(
            "what_changed", "Say what changed: changed, not_changed, or too_early to say.", "what_changed"
        )
    if command.what_changed:
        _check_date(page, command.what_changed, command.ask_again_on)


def tell_at_closing(page: Page, command: Decide | Close, who: dict[str, Any]) -> None:
    if command.what_changed:
        _write(page, command.what_changed, command.what_changed_text or "", command.ask_again_on, who)
    elif page.case.procedure.process is None:
        page.warn(
            "what_changed_not_said",
            f"What changed for {whom(page.case)} was not said (what_changed: changed, not_changed or too_early): "
            "reports count it as not said.",
        )


def tell(page: Page, command: TellChange) -> None:
    """After the close, whenever it can be said; what is said last counts."""
    case = page.case
    who = following_up(case, command)
    if case.open:
        raise RefusedActError("not_closed", "What changed is said when it is closed: `decide` or `close` takes it.")
    _check_date(page, command.changed, command.ask_again_on)
    _write(page, command.changed, command.text, command.ask_again_on, who)


def _check_date(page: Page, changed: str, ask_again_on: date | None) -> None:
    if ask_again_on is None:
        return
    if changed != "too_early":
        raise RefusedActError("asked_again", "It is asked again only where it is too early to say.", "ask_again_on")
    today = london_date(page.at)
    if not today < ask_again_on <= today + timedelta(days=MOST_DAYS):
        raise RefusedActError(
            "asked_again",
            f"Ask again after {on(today)}, and within two years; {on(ask_again_on)} is not.",
            "ask_again_on",
        )


def _write(page: Page, changed: str, text: str, ask_again_on: date | None, who: dict[str, Any]) -> None:
    case = page.case
    if changed == "too_early" and ask_again_on is None:
        days = case.procedure.follow_up.ask_again_after_working_days
        ask_again_on = case.calendar.after(london_date(page.at), days)
    said = {"changed": changed, "text": text, "ask_again_on": ask_again_on}
    page.write(ChangeTold.model_validate(said | who | {"at": page.at, "stage": case.visit.stage}))
    page.complete(CHANGE, **who)
