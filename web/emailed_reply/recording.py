"""How is a reply recorded as the response? As an act of whoever confirmed their address, and with its outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date as Day  # noqa: N812 - as in the other bodies
from functools import partial
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from escalation.directory import Person
from escalation.errors import TwentydaysError
from escalation.messages import RecordResponse
from escalation.opening import Receipt
from escalation.working_days import london_date
from starter import escalations
from web.emailed_reply import pages
from web.emailed_reply.desk import Desk, Reply, closed
from web.reply import bodies
from web.reply.bodies import MOST_REASON, MOST_WHO, Body, Confirm
from web.reply.desk import person_at
from web.reply.linked import confirm
from web.reply.refusing import FaultAt, Refusal, is_json, later, media_type
from web.reply.saying import ResponseId, clean, date_faults, day_in
from web.reply.turn import NOT_KNOWN, WHO_ARE_YOU

log = logging.getLogger("reply")

FORM = "application/x-www-form-urlencoded"
PATIENCE = 15.0
"""Seconds that a person waits for an outcome."""


class Recording(Body):
    """Record the reply as the response. The same act_id, sent again, counts once."""

    do: Literal["record"]
    act_id: ResponseId
    answered_by: Annotated[str | None, Field(max_length=MOST_WHO, description="A role that was asked to answer.")] = (
        None
    )
    note: Annotated[str, Field(max_length=MOST_REASON)] = ""
    done_by: Annotated[Day | None, Field(description="By which date it says that something will be done.")] = None


_GIVEN: TypeAdapter[Confirm | Recording] = TypeAdapter(Annotated[Confirm | Recording, Field(discriminator="do")])


@dataclass(frozen=True)
class Turn:
    """One thing that was sent. `person` is None until somebody has confirmed their address."""

    desk: Desk
    request: Request
    reply: Reply
    person: Person | None


async def act(turn: Turn, body: bytes) -> Response:
    """Whatever was sent to the link."""
    if is_json(turn.request):
        return await _act_json(turn, _from_json(body))
    if body and media_type(turn.request) != FORM:
        raise Refusal(415, "unknown_form", "This could not be read", f"Send {FORM}, or application/json.")
    values = bodies.form_values(body)
    if turn.person is None or values.get("act") == "confirm":
        again = partial(pages.confirm, turn.request, turn.reply, values=values)
        return confirm(turn.request, turn.reply, values, turn.desk.confirmations, again)
    if turn.reply.recorded:
        return pages.show(turn.request, turn.reply)
    if not turn.reply.case.open:
        raise closed(turn.reply.case)
    if faults := _faults(turn.reply, values):
        return pages.show(turn.request, turn.reply, faults=faults, values=_with_an_id(values))
    return await _record(turn, turn.person, values)


def _faults(reply: Reply, values: Mapping[str, str]) -> list[FaultAt]:
    """Every fault of the form. One that says nothing is none of our page's."""
    found = bodies.id_faults(values, "act_id")
    if values.get("act") != "record":
        found.append(("main", "Press the button to record this reply."))
    if values.get("answered_by") not in reply.answering:
        found.append(("answered_by", "Choose who answered."))
    if len(values.get("note", "")) > MOST_REASON:
        found.append(("note", f"Your note may have {MOST_REASON} characters."))
    if given := clean(values.get("done_by", "")):
        received = london_date(reply.entry.received_at)
        found += date_faults("done_by", "by which something will be done", given, received)
    return found


def _with_an_id(values: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in values.items() if name in {"answered_by", "note", "done_by", "act_id"}}
    return kept if bodies.is_id(kept.get("act_id", "")) else {k: v for k, v in kept.items() if k != "act_id"}


async def _record(turn: Turn, person: Person, values: Mapping[str, str]) -> Response:
    receipt = await _do(turn, _command(turn.reply, person, values), values["act_id"])
    if receipt.rejection:
        fault = ("answered_by", receipt.rejection.message)
        if is_json(turn.request):
            raise Refusal(409, receipt.rejection.code, "This was not recorded", fault[1], faults=[("/", fault[1])])
        # With another mark: under the same one the same refusal would come again.
        again = {name: value for name, value in values.items() if name != "act_id"}
        return pages.show(turn.request, turn.reply, faults=[fault], values=again, status=409)
    log.info("A reply by email was recorded as the response to %s.", turn.reply.case.reference)
    return pages.done(turn.request, turn.reply, await _how_it_counts(turn))


def _command(reply: Reply, person: Person, values: Mapping[str, str]) -> RecordResponse:
    note = clean(values.get("note", ""))
    return RecordResponse(
        by=reply.role_of(person),
        name=person.name,
        response_id=reply.response_id,
        stage=reply.visit.stage,
        answered_by=values["answered_by"],
        received_at=reply.entry.received_at,
        how=f"by email ({note})" if note else "by email",
        text=reply.entry.text,
        done_by=day_in(clean(values.get("done_by", ""))),
    )


async def _do(turn: Turn, command: RecordResponse, act_id: str) -> Receipt:
    """Raises Refusal where nobody says whether it was taken: it may be sent again."""
    try:
        async with asyncio.timeout(PATIENCE):
            client = await turn.desk.client()
            return await escalations.act(client, turn.reply.escalation, command, f"{command.do}-{act_id}")
    except (TimeoutError, TwentydaysError) as error:
        log.warning("%s of %s has no outcome: %s", command.do, turn.reply.case.reference, error)
        raise later(
            "no_outcome",
            "We cannot say whether this was recorded",
            "It may still be done. Go back and send it again in a minute: it counts once.",
        ) from None


async def _how_it_counts(turn: Turn) -> list[str]:
    """As the history has it now."""
    reply = turn.reply
    try:
        async with asyncio.timeout(PATIENCE):
            history = await escalations.history(await turn.desk.client(), reply.escalation)
    except (TimeoutError, TwentydaysError):
        history = []
    entry = next((entry for entry in history if entry.details.get("response_id") == reply.response_id), None)
    left = bool(entry and entry.details.get("stage_already_left"))
    return pages.in_words(reply, entry.event if entry else None, stage_left=left)


# Programs ------------------------------------------------------------------------------------------------------------


def _from_json(body: bytes) -> Confirm | Recording:
    """Raises Refusal with every fault, each with a pointer to where it stands."""
    try:
        return _GIVEN.validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        # The first part of a place is the act's own name, which is no part of the body.
        faults = [("/" + "/".join(str(part) for part in each["loc"][1:]), f"{each['msg']}.") for each in found]
        raise Refusal(422, "unfit", "This cannot be taken as it is", "Nothing was changed.", faults=faults) from None


async def _act_json(turn: Turn, given: Confirm | Recording) -> Response:
    digest = person_at(turn.reply, given.email) if given.email else None
    person = turn.reply.people[digest] if digest else None if given.email else turn.person
    if person is None:
        fault = NOT_KNOWN if given.email else WHO_ARE_YOU
        raise Refusal(403, "not_confirmed", "Confirm your email address first", fault, faults=[("/email", fault)])
    if isinstance(given, Confirm) or turn.reply.recorded:
        response = pages.show(turn.request, turn.reply)
        if digest:
            turn.desk.confirmations.write(response, turn.reply, digest)
        return response
    if not turn.reply.case.open:
        raise closed(turn.reply.case)
    values = {"act": "record", "act_id": given.act_id, "note": given.note}
    values["answered_by"] = given.answered_by or turn.reply.entry.role
    values["done_by"] = given.done_by.isoformat() if given.done_by else ""
    if faults := _faults(turn.reply, values):
        pointed = [(f"/{name}", message) for name, message in faults]
        raise Refusal(422, "unfit", "This cannot be taken as it is", "Nothing was changed.", faults=pointed)
    return await _record(replace(turn, person=person), person, values)
