"""A raiser who leaves hands what they have to another: the concern, its turn and its tasks go together."""

from __future__ import annotations

from escalation.history import HandedOver
from escalation.messages import HandOver
from escalation.rules.acting import ensure_lives
from escalation.rules.page import Page, RefusedActError


def hand_over(page: Page, command: HandOver) -> None:
    """By a raiser, whoever may cover for them, quality assurance or operations. No deadline moves.

    One that is closed is handed over too, while the raiser is yet to be asked what became of it.
    """
    ensure_lives(page.case)
    case, procedure = page.case, page.case.procedure
    raisers = [*procedure.raiser.roles, *procedure.raiser.may_also_raise]
    may = [*raisers, procedure.raiser.line_manager, *procedure.raiser.cover, procedure.quality_assurance, "operations"]
    if command.by not in may:
        names = " or ".join(dict.fromkeys(procedure.role_title(role) for role in may))
        raise RefusedActError("may_not_hand_over", f"A raiser's concerns are handed over by the {names}.", "by")
    to = command.to or case.raised_by
    if to not in raisers:
        names = " or ".join(procedure.role_title(role) for role in raisers)
        raise RefusedActError("not_a_raiser", f"A concern is handed over to an {names}.", "to")
    if command.from_name and _same(case.raised_by_name or "") not in {"", _same(command.from_name)}:
        raise RefusedActError("not_theirs", f"It is {case.raised_by_name}'s, not {command.from_name}'s.", "from_name")
    if (to, _same(command.to_name)) == (case.raised_by, _same(case.raised_by_name or "")):
        raise RefusedActError("has_it_already", f"{command.to_name} has it already.", "to_name")
    page.write(
        HandedOver(
            at=page.at,
            stage=case.visit.stage,
            by=command.by,
            name=command.name,
            to=to,
            to_name=command.to_name,
            from_name=case.raised_by_name,
            hand_over=command.hand_over,
            reason=command.reason,
        )
    )


def _same(name: str) -> str:
    """What two spellings of one name have in common."""
    return name.strip().casefold()
