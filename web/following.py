"""A linked escalation through the API: begun once, or refused with every fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from config.connect import TemporalUnreachable
from escalation.messages import Command
from escalation.opening import Opening, Receipt
from register.errors import RegisterError
from register.rows import EscalationRow, TokenRow
from starter import escalations
from starter.following import Beginning, Followed, Wanted
from starter.office import Office
from web.problems import ProblemError, ProblemFault, pointer
from web.temporal import Temporal
from web.tokens import unavailable

AGAIN = "What was asked may still be done. Send it again: it is begun once."


class Following:
    """Linked escalations, for programs."""

    def __init__(self, office: Office, temporal: Temporal, now: Callable[[], datetime]) -> None:
        self._office, self._temporal, self._now = office, temporal, now

    async def follow(self, row: EscalationRow, said: dict[str, Any], token: TokenRow) -> Followed:
        """Raises ProblemError: 409 with every fault, 503."""
        wanted = Wanted.model_validate(said | {"name": said.get("name") or token.name})
        try:
            followed = await self._begun(row, wanted)
        except RegisterError as error:
            raise unavailable(error) from error
        except (TimeoutError, escalations.NoOutcomeYet, escalations.NotFound, TemporalUnreachable) as error:
            later = {"Retry-After": "10"}
            raise ProblemError(503, "no_outcome", f"No outcome in time. {AGAIN}", headers=later) from error
        if followed.result == "refused":
            raise _refused(followed)
        return followed

    async def _begun(self, row: EscalationRow, wanted: Wanted) -> Followed:
        case = await asyncio.to_thread(self._office.case, row.reference)
        procedure = await asyncio.to_thread(self._office.procedure, row.procedure)
        beginning = Beginning(self._office.register, self._office.calendars, self._act, self._begin)
        return await beginning.follow(case, procedure, wanted, self._now())

    async def _act(self, escalation: str, command: Command, act_id: str) -> Receipt:
        async with self._temporal.call() as client:
            return await escalations.act(client, escalation, command, act_id)

    async def _begin(self, opening: Opening) -> bool:
        async with self._temporal.call() as client:
            return await escalations.start(client, opening)


def _refused(followed: Followed) -> ProblemError:
    """Each fault at its place in the body."""
    told = [
        ProblemFault(pointer=pointer((each.field or "").split(".") if each.field else []), detail=each.message)
        for each in followed.rejections
    ]
    first = followed.rejections[0]
    return ProblemError(409, first.code, "No linked escalation was begun.", errors=told)
