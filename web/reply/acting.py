"""What does each thing that a manager sends lead to: confirming, checking, sending, more time, somebody else?"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from escalation.working_days import london_date
from register.errors import ConflictingAnswer
from web.reply import aside, bodies, pages, saying
from web.reply.bodies import Confirm, HandOn, MoreTime, Responding, SomebodyElse
from web.reply.desk import person_at
from web.reply.question import actions
from web.reply.refusing import Refusal, is_json, media_type
from web.reply.saying import Saying
from web.reply.sending import send
from web.reply.turn import NOT_KNOWN, WHO_ARE_YOU, Turn

log = logging.getLogger("reply")

FORM = "application/x-www-form-urlencoded"


async def act(turn: Turn, body: bytes) -> Response:
    """What was sent to the link itself."""
    if is_json(turn.request):
        return await _act_json(turn, bodies.from_json(body))
    values = _form(turn.request, body)
    step = values.get("act", "")
    if turn.person is None or step == "confirm":
        return _confirm(turn, values, step)
    return await _answer(turn, values, step)


async def act_aside(turn: Turn, template: str, body: bytes) -> Response:
    """What was sent to a page beside it."""
    if is_json(turn.request):
        return await _act_json(turn, bodies.from_json(body))
    aside.ensure_offered(template, turn.matter)
    values = _form(turn.request, body)
    if faults := aside.faults(template, values, turn.matter):
        return pages.aside(turn.request, turn.matter, template, faults=faults, values=values)
    command = aside.command_of(turn, template, values)
    return await aside.carry_out(turn, command, values["act_id"], template, values)


def _form(request: Request, body: bytes) -> dict[str, str]:
    if body and media_type(request) != FORM:
        raise Refusal(415, "unknown_form", "This could not be read", f"Send {FORM}, or application/json.")
    return bodies.form_values(body)


# Confirming ----------------------------------------------------------------------------------------------------------


def _confirm(turn: Turn, values: Mapping[str, str], step: str) -> Response:
    email = values.get("email", "").strip()
    digest = person_at(turn.matter, email) if email and step == "confirm" else None
    if digest is None:
        fault = NOT_KNOWN if email and step == "confirm" else WHO_ARE_YOU
        return pages.confirm(turn.request, turn.matter, faults=[("email", fault)], values=values)
    written = pages.carried(values)
    response: Response = RedirectResponse(turn.request.url.path, HTTPStatus.SEE_OTHER)
    if written:  # the confirmation had run out while they wrote
        response = pages.answer(turn.request, turn.matter, values=written)
    turn.desk.confirmations.write(response, turn.matter, digest)
    return response


# Answering -----------------------------------------------------------------------------------------------------------


async def _answer(turn: Turn, values: dict[str, str], step: str) -> Response:
    """Fill in, check, send: nothing is kept before the last of these."""
    said = saying.from_form(values, len(actions(turn.matter.case)))
    if step == "change":
        return pages.answer(turn.request, turn.matter, values=values)
    faults = [*bodies.id_faults(values, "response_id"), *saying.faults(said, london_date(turn.received_at))]
    if faults:
        return pages.answer(turn.request, turn.matter, faults=faults, values=_with_an_id(values))
    if step != "send":
        return pages.check(turn.request, turn.matter, said, values)
    try:
        return await _send(turn, said, values["response_id"])
    except ConflictingAnswer:
        again = {**values, "response_id": pages.new_id()}
        return pages.check(turn.request, turn.matter, said, again, sent_before=True)
    except Refusal as refusal:
        return pages.check(turn.request, turn.matter, said, values, failed=refusal.title)


def _with_an_id(values: dict[str, str]) -> dict[str, str]:
    return values if bodies.is_id(values.get("response_id", "")) else {**values, "response_id": pages.new_id()}


async def _send(turn: Turn, said: Saying, response_id: str) -> Response:
    case, visit = turn.matter.case, turn.matter.visit
    answer = saying.command(
        said,
        actions(case),
        response_id=response_id,
        stage=visit.stage,
        by=turn.matter.claims.role,
        name=turn.person.name if turn.person else "",
        received_at=turn.received_at,
    )
    sent = await send(turn.desk, turn.matter, answer)
    log.info("An answer to %s was received: %s", case.reference, sent.result)
    return pages.sent(turn.request, turn.matter, sent)


# Programs ------------------------------------------------------------------------------------------------------------


async def _act_json(turn: Turn, given: bodies.Given) -> Response:
    turn = turn.confirmed(given.email)
    match given:
        case Confirm():
            response = pages.answer(turn.request, turn.matter)
            turn.desk.confirmations.write(response, turn.matter, person_at(turn.matter, given.email) or "")
            return response
        case Responding():
            return await _respond_json(turn, given)
        case MoreTime():
            aside.ensure_offered("more_time", turn.matter)
            return await aside.carry_out(turn, aside.more_time(turn, given.working_days, given.reason), given.act_id)
        case SomebodyElse():
            return await aside.carry_out(turn, aside.somebody_else(turn, given.who, given.why), given.act_id)
        case HandOn():
            aside.ensure_listed(turn.matter, given.to)
            return await aside.carry_out(turn, aside.hand_on(turn, given.to, given.why), given.act_id)


async def _respond_json(turn: Turn, given: Responding) -> Response:
    count = len(actions(turn.matter.case))
    said = given.saying(count)
    found = [(given.pointer(name), message) for name, message in saying.faults(said, london_date(turn.received_at))]
    if faults := given.number_faults(count) or found:
        raise Refusal(422, "unfit", "This cannot be taken as it is", "Nothing was changed.", faults=faults)
    try:
        return await _send(turn, said, given.response_id)
    except ConflictingAnswer as conflict:
        raise Refusal(409, "id_used", "This response_id stands for another answer", str(conflict)) from None
