"""One email for several children: what one event raised about them reaches each person once, for all of them.

The escalation with the lowest reference writes; the others wait for what its ledger says, and take it as their own. If
it has written nothing after a while (it was closed at once, say), each writes for itself: nobody goes untold.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from activities.recipients import Recipient, same
from escalation.messages import SendNotice
from register.rows import LedgerRow

PATIENCE = timedelta(minutes=30)


def references(order: SendNotice) -> list[str]:
    """All references of the group, in their order; the one alone where there is no group."""
    return sorted({order.reference, *order.linked}, key=lambda reference: (len(reference), reference))


def spokesman(order: SendNotice, now: datetime) -> str | None:
    """The escalation that writes for this one; None where it writes itself."""
    first = references(order)[0]
    if first == order.reference or now - order.notice.at > PATIENCE:
        return None
    return order.escalation.removesuffix(order.reference) + first


def row_for(recipient: Recipient, rows: list[LedgerRow]) -> LedgerRow | None:
    """What became of the one email to this person."""
    return next((row for row in rows if same(row.address) == same(recipient.person.email)), None)
