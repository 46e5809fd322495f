"""How does a letter that belongs to no escalation reach somebody once? Sent, and noted in the delivery ledger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities import letter, rendering
from activities.recipients import same
from activities.transport import Refused, Transport, Unreachable
from activities.view import Reader
from escalation.directory import Person
from escalation.messages import Delivery, Failure
from register.store import Register

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

logger = logging.getLogger(__name__)

ENTRY = 0
"""In the delivery ledger a bulletin is about no entry of a history."""
Outcome = Literal["accepted", "refused"]


@dataclass(frozen=True)
class Bulletin:
    """One letter to one person. The ledger keeps each of `told` under `about`; `said` makes its id, with its date."""

    kind: str
    about: str
    told: Sequence[str]
    role: str
    person: Person
    view: DataclassInstance
    dated: datetime
    said: Sequence[str]


class Bulletins:
    """What is sent through one transport, and what the ledger knows of it."""

    def __init__(
        self,
        register: Register,
        transport: Transport,
        sender: letter.Sender,
        *,
        redirect: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._register, self._transport, self._sender = register, transport, sender
        self._redirect, self.now = redirect, now

    def outcomes(self, about: str, told: str) -> dict[str, Outcome]:
        """By address, as `same` gives it: who has it, and who refused it for good. Waits for the register."""
        return {same(row.address): row.status for row in self._register.ledger(about, ENTRY, told)}

    async def send(self, bulletins: Iterable[Bulletin]) -> list[Outcome]:
        """What became of each. Raises a retryable error where some could not be handed over yet; the others are."""
        results = await asyncio.gather(*map(self._post, bulletins), return_exceptions=True)
        faults = [result for result in results if isinstance(result, BaseException)]
        for fault in faults:
            if not isinstance(fault, Unreachable):
                raise fault
        if faults:
            said = " ".join(dict.fromkeys(map(str, faults)))
            raise ApplicationError(
                f"{len(faults)} of {len(results)} messages wait. {said}",
                type="Unreachable",
                category=ApplicationErrorCategory.BENIGN,
            )
        return [result for result in results if not isinstance(result, BaseException)]

    async def _post(self, bulletin: Bulletin) -> Outcome:
        person = bulletin.person
        words = rendering.render(bulletin.kind, bulletin.view)
        if self._redirect:
            words = words.for_somebody_else(person.email)
        message = letter.of_no_escalation(bulletin.kind, words, person, bulletin.dated, self._sender, *bulletin.said)
        who = {"role": bulletin.role, "person": person.name, "address": person.email}
        try:
            await self._transport.deliver(message.content, self._sender.address, person.email)
        except Refused as refusal:
            logger.warning("A mail server refused a letter for good (%s).", bulletin.kind)
            failure = Failure(reason=str(refusal), **who)
            for told in bulletin.told:
                await asyncio.to_thread(self._register.note_refused, bulletin.about, ENTRY, told, failure)
            return "refused"
        delivery = Delivery(accepted_at=self.now(), message_id=message.message_id, **who)
        for told in bulletin.told:
            await asyncio.to_thread(self._register.note_accepted, bulletin.about, ENTRY, told, delivery)
        return "accepted"


def reader(person: Person, title: str) -> Reader:
    """Of whom no answer to a concern is asked."""
    return Reader(person.name, title, asked=False, copy=False, raiser=False, decides=False, operations=False)


def heading(councils: Iterable[str], of_several: str) -> str:
    """What stands above a letter: the council, where it is about one."""
    found = list(dict.fromkeys(councils))
    return found[0] if len(found) == 1 else of_several
