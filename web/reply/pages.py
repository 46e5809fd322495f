"""What is each step of answering shown as: a page without scripts, or JSON?"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from escalation.opening import Receipt
from escalation.words import on
from web.pages import TEMPLATES, spoken
from web.reply.bodies import MOST_DAYS
from web.reply.desk import Matter
from web.reply.refusing import FaultAt, wants_json
from web.reply.saying import LABELS, Saying, day_in, in_words
from web.reply.sending import Sent

CARRIED = re.compile(r"(kind|detail|when)-\d{1,3}|text|done_by|response_id")
"""What was written on the answer's page, and is carried from one page to the next."""

Values = Mapping[str, str]


class Filled(dict[str, str]):
    """What was filled in; a field that was not is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _page(request: Request, template: str, status: int, facts: dict[str, Any]) -> Response:
    return TEMPLATES.TemplateResponse(request, f"reply/{template}.html", facts, status_code=status)


def new_id() -> str:
    return str(uuid.uuid4())


def carried(values: Values) -> dict[str, str]:
    return {name: value for name, value in values.items() if CARRIED.fullmatch(name) and value}


def confirm(
    request: Request, matter: Matter, *, faults: list[FaultAt] | None = None, values: Values | None = None
) -> Response:
    """Until somebody has confirmed their address nothing is shown but whose matter it is, and its reference."""
    case = matter.case
    if wants_json(request):
        told = {
            "reference": case.reference,
            "council": case.procedure.council,
            "asks": "An answer is asked of you. Confirm your email address to see what it is about.",
            "ways": {"confirm": {"do": "confirm", "email": "the address to which the link was sent"}},
        }
        return JSONResponse(told)
    facts = {
        "reference": case.reference,
        "council": case.procedure.council,
        "faults": faults or [],
        "email": (values or {}).get("email", ""),
        "carried": carried(values or {}),
        "path": request.url.path,
    }
    return _page(request, "confirm", 422 if faults else 200, facts)


def answer(
    request: Request, matter: Matter, *, faults: list[FaultAt] | None = None, values: Values | None = None
) -> Response:
    """The first screen: what is asked, by when and why, and the ways to answer."""
    asked, filled = matter.asked, dict(values or {})
    filled.setdefault("response_id", new_id())
    if wants_json(request):
        return JSONResponse(
            asked.model_dump(mode="json") | {"response_id": filled["response_id"], "ways": _ways(matter)}
        )
    facts = {
        "asked": asked,
        "faults": faults or [],
        "values": Filled(filled),
        "labels": LABELS,
        "path": request.url.path,
    }
    return _page(request, "answer", 422 if faults else 200, facts)


def _ways(matter: Matter) -> dict[str, Any]:
    kinds = " | ".join(LABELS)
    one = {"action": "its number", "kind": kinds, "detail": "where or why", "date": "with will_be_done"}
    ways: dict[str, Any] = {
        "respond": {"do": "respond", "response_id": "the one given here", "answers": [one], "text": "in general"}
        | {"done_by": "by which date the rest is done, if something is"},
        "note": {"do": "note", "act_id": "an id of your own", "who": "whom it is for", "why": "why"},
    }
    if matter.hand_on_to:
        to = f"one of: {', '.join(matter.hand_on_to)}"
        ways["reassign"] = {"do": "reassign", "act_id": "an id of your own", "to": to, "why": "why"}
    if matter.asked.more_time:
        asks = {"act_id": "an id of your own", "working_days": f"1 to {MOST_DAYS}", "reason": "why"}
        ways["request_extension"] = {"do": "request_extension"} | asks
    return ways


def check(
    request: Request, matter: Matter, said: Saying, values: Values, *, sent_before: bool = False, failed: str = ""
) -> Response:
    """What will be sent, before it is sent."""
    facts = {
        "asked": matter.asked,
        "said": said,
        "said_in_words": ["" if part.empty else in_words(part) for part in said.parts],
        "done_by": on(day) if (day := day_in(said.done_by)) else "",
        "values": carried(values),
        "sent_before": sent_before,
        "failed": failed,
        "path": request.url.path,
    }
    return _page(request, "check", 409 if sent_before else 503 if failed else 200, facts)


def sent(request: Request, matter: Matter, sent: Sent) -> Response:
    """What became of the answer, and what happens next."""
    due = matter.case.due_of(matter.visit)
    in_time = due is None or sent.received_at <= due.at
    status = {"taken": 200, "received": 202, "refused": 409, "closed": 410}[sent.result]
    clock = spoken(sent.received_at).rpartition(" at ")[2]
    if wants_json(request):
        told = {
            "reference": matter.case.reference,
            "result": sent.result,
            "received_at": spoken(sent.received_at),
            "in_time": in_time,
            "message": sent.why or f"We have your answer, received at {clock}.",
        }
        return JSONResponse(told, status)
    facts = {"asked": matter.asked, "sent": sent, "clock": clock, "in_time": in_time, "path": request.url.path}
    return _page(request, "sent", status, facts)


def aside(
    request: Request,
    matter: Matter,
    template: str,
    *,
    faults: list[FaultAt] | None = None,
    values: Values | None = None,
    status: int = 422,
) -> Response:
    """The page to ask for more time, or to say that it is for somebody else."""
    filled = {"act_id": new_id(), **(values or {})}
    facts = {
        "asked": matter.asked,
        "faults": faults or [],
        "values": Filled(filled),
        "hand_on_to": matter.hand_on_to,
        "path": request.url.path,
        "back": f"/reply/{matter.token}",
    }
    return _page(request, template, status if faults else 200, facts)


def done(request: Request, matter: Matter, receipt: Receipt, title: str, words: list[str]) -> Response:
    """An act that was taken."""
    if wants_json(request):
        told = {"reference": matter.case.reference, "result": "taken", "message": " ".join([f"{title}.", *words])}
        return JSONResponse(told | {"warnings": [warning.message for warning in receipt.warnings]})
    facts = {"asked": matter.asked, "title": title, "words": words, "back": f"/reply/{matter.token}"}
    return _page(request, "done", 200, facts)
