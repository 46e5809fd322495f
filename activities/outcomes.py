"""What a notice came to: who accepted it and who never will, as the ledger has it, and the roles that nobody holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.recipients import same
from escalation.messages import Delivery, Failure, NoticeOutcome

if TYPE_CHECKING:
    from activities.notices import Attempt

WHY_NOBODY = {
    "vacant": "Nobody holds this role in the directory on this date.",
    "conflict": "Whoever holds this role raised the concern, and nobody stands above them here.",
    "silent": "Whoever stands in for this role let an earlier stage lapse, and nobody stands above them here.",
    "refused": "No mail reaches anybody who holds this role, and nobody stands above them here.",
}
NOBODY_STANDS_IN = "Nobody in the directory stands in for them who has not been asked already."
TRIED_ELSEWHERE = "Everyone whom it would reach is asked to answer, at an address that no mail reaches."
TOLD_ELSEWHERE = "Everyone whom it would reach is asked to answer, and is told so."


def outcome(attempt: Attempt) -> NoticeOutcome:
    """Of an attempt after which nothing waits."""
    order, found = attempt.order, attempt.found
    delivered, failed = _before(attempt)
    heard_of = {*(delivery.role for delivery in delivered), *(failure.role for failure in failed)}
    empty = [role for role in order.notice.reaches if not found.holders[role] and role not in heard_of]
    if order.notice.stand_ins:
        return _of(attempt, delivered=delivered, failed=failed, not_sent=NOBODY_STANDS_IN if empty else None)
    failed += [_nobody(attempt, role) for role in empty]
    return _of(
        attempt,
        delivered=delivered,
        failed=failed,
        not_sent=None if delivered or failed else _elsewhere(attempt),
        raiser_away=found.raiser_away and any(sent.role == order.raiser for sent in delivered),
    )


def _elsewhere(attempt: Attempt) -> str:
    """Why nobody is left for this task: they have the other one, or it was refused to them."""
    reached = {same(person.email) for role in attempt.order.notice.reaches for person in attempt.found.holders[role]}
    refused = {same(row.address) for row in attempt.ledger if row.status == "refused"}
    return TRIED_ELSEWHERE if reached & refused else TOLD_ELSEWHERE


def given_up(attempt: Attempt, *, unsent: bool) -> NoticeOutcome:
    """What had gone out before it was overtaken; of the rest, why it did not."""
    delivered, failed = _before(attempt)
    overtaken = attempt.order.notice.overtaken
    not_sent = overtaken if unsent or not (delivered or failed) else None
    return _of(attempt, delivered=delivered, failed=failed, not_sent=not_sent)


def _of(attempt: Attempt, **said: Any) -> NoticeOutcome:
    notice = attempt.order.notice
    key = {"entry": notice.entry, "notice": notice.notice, "part": notice.part, "sent_for": notice.sent_for}
    return NoticeOutcome.model_validate(key | said)


def _before(attempt: Attempt) -> tuple[list[Delivery], list[Failure]]:
    rows = [row for row in attempt.ledger if row.role in attempt.order.notice.reaches]
    accepted = [row.delivery for row in rows if row.status == "accepted"]
    return accepted, [row.failure for row in rows if row.status == "refused"]


def _nobody(attempt: Attempt, role: str) -> Failure:
    who = attempt.found.asked.get(role)
    return Failure(role=role, reason=WHY_NOBODY[who.why if who and who.why else "vacant"])
