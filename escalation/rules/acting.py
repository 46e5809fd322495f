"""Who may do what: the raiser's acts belong to the raiser, or to whoever covers for them."""

from __future__ import annotations

from escalation.case import Case
from escalation.messages import Command
from escalation.rules.page import RefusedActError


def as_raiser(case: Case, command: Command, *, passed_to: str | None = None) -> dict[str, str | None]:
    """`by`, `on_behalf_of` and `name` of an act of the raiser; refused for anybody else.

    `passed_to`: who else may take this turn, beside whoever may take that of the ladder.
    """
    raiser = case.procedure.raiser
    absent = next((absent for absent, cover in case.covered_by.items() if cover == command.by != absent), None)
    if command.by is not None and command.by in {case.passed_to, passed_to}:
        absent = case.raiser
    if absent:
        return {"by": command.by, "on_behalf_of": absent, "name": command.name}
    if command.by in raiser.roles or command.by in raiser.may_also_raise:
        return {"by": command.by, "on_behalf_of": None, "name": command.name}
    title = case.procedure.role_title
    raisers = " or ".join(title(role) for role in raiser.roles)
    if command.by is None:
        raise RefusedActError("who_acts", f"Say who acts: {raisers}.", "by")
    raise RefusedActError(
        "not_the_raiser",
        f"Only the {raisers}, or who covers for them, may do this; {title(command.by)} does not. "
        f"In their absence, record who covers first.",
        "by",
    )


def following_up(case: Case, command: Command) -> dict[str, str | None]:
    """The same of an act that is possible after the close, while anything is to be asked or answered."""
    ensure_lives(case)
    return as_raiser(case, command, passed_to=case.follow_ups.passed_to)


def ensure_lives(case: Case) -> None:
    """Open, or closed with something that outlives that (docs/what-changed.md)."""
    if not case.followed_up:
        ensure_open(case)


def ensure_open(case: Case) -> None:
    if case.open:
        return
    if not case.visits:
        raise RefusedActError("not_started", "This escalation has not been started.")
    when = f" on {case.date_concluded:%-d %B %Y}" if case.date_concluded else ""
    raise RefusedActError("closed", f"This escalation was {'withdrawn' if case.withdrawn else 'closed' + when}.")
