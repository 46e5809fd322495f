"""What is each step of recording a reply shown as: a page without scripts, or JSON?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from escalation.case import Case
from escalation.words import on, whom
from web.emailed_reply.desk import Reply
from web.pages import TEMPLATES, spoken
from web.reply.pages import Filled
from web.reply.refusing import FaultAt, wants_json

Values = Mapping[str, str]


def _page(request: Request, reply: Reply, template: str, status: int, **facts: Any) -> Response:
    about = {"asked": {"council": reply.case.procedure.council}, "reply": reply, "path": request.url.path}
    return TEMPLATES.TemplateResponse(request, f"emailed_reply/{template}.html", about | facts, status_code=status)


def confirm(
    request: Request, reply: Reply, *, faults: list[FaultAt] | None = None, values: Values | None = None
) -> Response:
    """Until somebody has confirmed their address nothing is shown but whose matter it is, and its reference."""
    if wants_json(request):
        return JSONResponse(
            {
                "reference": reply.case.reference,
                "council": reply.case.procedure.council,
                "asks": "Somebody replied to an email. Confirm your email address to see what they wrote.",
                "ways": {"confirm": {"do": "confirm", "email": "the address to which the link was sent"}},
            }
        )
    email = (values or {}).get("email", "")
    return _page(request, reply, "confirm", 422 if faults else 200, faults=faults or [], email=email)


def show(
    request: Request,
    reply: Reply,
    *,
    faults: list[FaultAt] | None = None,
    values: Values | None = None,
    status: int = 422,
) -> Response:
    """Who replied, when and what, and the form to record it."""
    role = reply.entry.role
    filled = {
        "act_id": str(uuid.uuid4()),
        "answered_by": role if role in reply.answering else "",
        **(values or {}),
    }
    if wants_json(request):
        waits = reply.case.open and not reply.recorded
        return JSONResponse(_told(reply) | {"ways": _ways(reply) if waits else {}})
    ended = {"ended": _ended(reply.case), "still_possible": _still_possible(reply.case)}
    shown = {"faults": faults or [], "values": Filled(filled), "title": _title(reply, role)}
    return _page(request, reply, "show", status if faults else 200, **shown, **ended)


def _title(reply: Reply, role: str) -> str:
    return reply.case.procedure.role_title(role)


def _told(reply: Reply) -> dict[str, Any]:
    entry, recorded = reply.entry, reply.recorded
    return {
        "reference": reply.case.reference,
        "stage": reply.case.stage_of(reply.visit).title,
        "from": {"name": entry.person, "address": entry.address, "written_to_as": _title(reply, entry.role)},
        "received_at": entry.received_at.isoformat(),
        "due": reply.due.isoformat() if reply.due else None,
        "in_time": reply.in_time,
        "text": entry.text,
        "recorded": {"in_time": recorded.in_time} if recorded else None,
        "closed": not reply.case.open,
        "still_possible": [] if reply.case.open else _still_possible(reply.case),
    }


def _ended(case: Case) -> str | None:
    """How it ended, in words; None while it is open."""
    if case.open:
        return None
    when = f" on {on(case.date_concluded)}" if case.date_concluded else ""
    return "was withdrawn" if case.withdrawn else f"was closed{when}"


def _still_possible(case: Case) -> list[str]:
    """What a reply may lead to, though no answer is recorded any more."""
    now, asked = case.follow_ups, "by the link in the email that asks about it"
    days = " and ".join(on(day) for day in sorted({promise.done_by for promise in now.unanswered}))
    offered = f"What was promised was not done: a linked escalation can still begin, {asked}."
    return [
        *([f"If it says whether what was promised for {days} was done: answer {asked}."] if days else []),
        *([offered] if now.offered else []),
        *([f"If it says what has changed for {whom(case)}: answer {asked}."] if now.ask_on or now.change_asked else []),
        "If it says that the concern is not settled after all: start a new escalation.",
        "Else nothing: it stays in the history.",
    ]


def _ways(reply: Reply) -> dict[str, Any]:
    who = f"one of: {', '.join(reply.answering)}"
    return {"record": {"do": "record", "act_id": "an id of your own", "answered_by": who, "note": "if you like"}}


def done(request: Request, reply: Reply, words: list[str]) -> Response:
    """It was recorded."""
    if wants_json(request):
        told = {"reference": reply.case.reference, "result": "recorded", "response_id": reply.response_id}
        return JSONResponse(told | {"message": " ".join(words)})
    return _page(request, reply, "done", 200, words=words)


def in_words(reply: Reply, event: str | None, *, stage_left: bool) -> list[str]:
    """What the history says of it, and what follows; `event` is None where it could not be asked."""
    when, stage = spoken(reply.entry.received_at), reply.case.stage_of(reply.visit).title
    if event is None:
        return ["It is in the history. How it counts is shown there."]
    if event == "late_response":
        ended = f" ({spoken(reply.due)})" if reply.due else ""
        return [
            f"It counts from {when}, after the time to answer had ended{ended}: it is recorded as late.",
            "It takes back nothing that has followed from the silence. You decide what it changes.",
        ]
    if stage_left:
        return [
            f"It counts from {when}, in time for {stage}, which had been left when you recorded it.",
            "You decide whether the stage that followed stands down.",
        ]
    return [f"It counts from {when}, in time.", "You decide now whether it settles the matter."]
