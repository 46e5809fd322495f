"""One thing that was sent: by whom, about what, and when all of it had been read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request

from escalation.directory import Person
from web.reply.desk import Desk, Matter, person_at
from web.reply.refusing import Refusal

WHO_ARE_YOU = "Enter the email address to which this link was sent."
NOT_KNOWN = "This link was not sent to that address. Enter the one to which the email came."


@dataclass(frozen=True)
class Turn:
    """`person` is None until somebody has confirmed their address."""

    desk: Desk
    request: Request
    matter: Matter
    person: Person | None
    received_at: datetime

    def confirmed(self, email: str | None) -> Turn:
        """With who they say they are. Raises Refusal."""
        digest = person_at(self.matter, email) if email else None
        person = self.matter.people[digest] if digest else None if email else self.person
        if person is None:
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                "not_confirmed",
                "Confirm your email address first",
                NOT_KNOWN if email else "Send `email`: the address to which this link was sent.",
                faults=[("/email", NOT_KNOWN if email else WHO_ARE_YOU)],
            )
        return replace(self, person=person)
