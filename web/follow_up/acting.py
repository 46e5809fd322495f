"""What becomes of what the raiser sends? Their answer as an act of whoever confirmed their address, then the offer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from temporalio.service import RPCError

from activities.links import digest_of
from escalation.directory import Person
from escalation.errors import TwentydaysError
from escalation.rules import Rejection
from starter import escalations
from starter.following import Followed, Wanted
from web.follow_up import linked, pages, saying
from web.follow_up.desk import Desk, Inquiry
from web.reply import bodies
from web.reply.bodies import MOST_REASON
from web.reply.linked import confirm
from web.reply.refusing import FaultAt, Refusal, later, media_type
from web.reply.saying import clean

log = logging.getLogger("reply")

FORM = "application/x-www-form-urlencoded"
PATIENCE = 15.0
"""Seconds that a person waits for an outcome."""
Values = Mapping[str, str]


@dataclass(frozen=True)
class Turn:
    """One thing that was sent. `person` is None until somebody has confirmed their address."""

    desk: Desk
    request: Request
    asked: Inquiry
    person: Person | None

    @property
    def role(self) -> str | None:
        return self.asked.roles.get(digest_of(self.person.email)) if self.person else None


async def act(turn: Turn, body: bytes) -> Response:
    """Whatever was sent to the link."""
    if body and media_type(turn.request) != FORM:
        raise Refusal(415, "unknown_form", "This could not be read", f"Send {FORM}; programs use the API (/api).")
    values = bodies.form_values(body)
    if turn.person is None or values.get("act") == "confirm":
        again = partial(pages.confirm, turn.request, turn.asked, values=values)
        return confirm(turn.request, turn.asked, values, turn.desk.confirmations, again)
    if turn.role is None:
        return await show(turn)
    if values.get("act") == "begin":
        return await _begin(turn, turn.person, turn.role, values)
    if not turn.asked.waits:
        return await show(turn)
    if faults := saying.faults(turn.asked, values):
        return await show(turn, faults=faults, values=_with_an_id(values))
    return await _answer(turn, turn.person, turn.role, values)


async def show(
    turn: Turn,
    *,
    faults: list[FaultAt] | None = None,
    values: Values | None = None,
    status: int = 422,
    recorded: bool = False,
    declined: frozenset[int] = frozenset(),
) -> Response:
    """The page as things stand, to who has confirmed their address."""
    if turn.person is None:
        return pages.confirm(turn.request, turn.asked)
    offered = await linked.offers(turn.desk, turn.asked, turn.role, set(declined))
    more = {"faults": faults, "values": values, "status": status, "recorded": recorded}
    return pages.show(turn.request, turn.asked, turn.person, offered, **more)  # type: ignore[arg-type]


def _with_an_id(values: Values) -> dict[str, str]:
    """What was filled in comes back; a mark that none of our pages gave does not."""
    kept = {name: value for name, value in values.items() if name != "act"}
    return kept if bodies.is_id(kept.get("act_id", "")) else _anew(kept)


def _anew(values: Values) -> dict[str, str]:
    """With another mark: under the same one the same refusal would come again."""
    return {name: value for name, value in values.items() if name not in {"act", "act_id"}}


async def _answer(turn: Turn, person: Person, role: str, values: Values) -> Response:
    """All of it is ruled before anything is sent, so that every fault is told and nothing is half done."""
    acts = saying.acts(turn.asked, values, by=role, name=person.name)
    then, faults = turn.asked, list[FaultAt]()
    for each in acts:
        after = then.after(each.command)
        if isinstance(after, Rejection):
            faults.append((each.field, after.message))
        else:
            then = after
    for each in acts if not faults else []:
        if refused := await _do(turn, each):
            faults.append((each.field, refused.message))
    if faults:
        return await show(turn, faults=faults, values=_anew(values), status=409)
    log.info("What outlives the close of %s was answered.", turn.asked.case.reference)
    declined = frozenset(one.n for one in turn.asked.waiting if values.get(f"done-{one.n}") == "no_further")
    return await show(replace(turn, asked=then), recorded=True, declined=declined)


async def _do(turn: Turn, each: saying.Act) -> Rejection | None:
    """Raises Refusal where nobody says whether it was taken: it may be sent again."""
    asked = turn.asked
    try:
        async with asyncio.timeout(PATIENCE):
            client = await turn.desk.client()
            receipt = await escalations.act(client, asked.escalation, each.command, each.act_id)
    except (TimeoutError, TwentydaysError) as error:
        log.warning("%s of %s has no outcome: %s", each.command.do, asked.case.reference, error)
        raise _no_outcome("It may still be done. Go back and send it again in a minute: it counts once.") from None
    return receipt.rejection


def _no_outcome(words: str) -> Refusal:
    return later("no_outcome", "We cannot say whether this was recorded", words)


# The linked escalation ------------------------------------------------------------------------------------------------


async def _begin(turn: Turn, person: Person, role: str, values: Values) -> Response:
    asked, number = turn.asked, values.get("promise", "")
    promise = next((one for one in asked.promises if str(one.n) == number), None)
    if promise is None or promise.kept:
        return await show(turn, faults=[("main", "This page was not complete. Open the link again.")])
    stage, reason = values.get("stage", ""), clean(values.get("reason", ""))
    faults = [] if stage else [(f"stage-{promise.n}", "Choose the stage at which it begins.")]
    if len(reason) > MOST_REASON:
        faults.append((f"reason-{promise.n}", f"Your reason may have {MOST_REASON} characters."))
    said = {f"stage-{number}": stage, f"reason-{number}": reason}
    if faults:
        return await show(turn, faults=faults, values=said)
    wanted = Wanted(by=role, name=person.name, promise=promise.n, stage=stage, reason=reason or None)
    followed = await _followed(turn, wanted)
    if followed.result == "refused" or followed.reference is None:
        told = [(f"stage-{promise.n}", each.message) for each in followed.rejections]
        return await show(turn, faults=told, values=said, status=409)
    asks = await linked.whom_it_asks(turn.desk, asked, promise, wanted, followed.reference)
    before = ["It was begun before; nothing new was begun now."] if followed.result == "already_begun" else []
    return pages.begun(turn.request, asked, followed.reference, [*before, asks])


async def _followed(turn: Turn, wanted: Wanted) -> Followed:
    try:
        async with asyncio.timeout(PATIENCE):
            return await linked.begin(turn.desk, turn.asked, wanted)
    except (TimeoutError, TwentydaysError, RPCError) as error:
        log.warning("What follows %s has no outcome: %s", turn.asked.case.reference, error)
        raise _no_outcome("It may still be begun. Go back and send it again in a minute: it is begun once.") from None
