"""What is each step shown as? Pages without scripts; for every state of the link its own words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from escalation.directory import Person
from escalation.follow_up import Promise
from escalation.history import ChangeTold, PromiseKept, PromiseNotKept
from escalation.words import on, whom
from web.follow_up.desk import Inquiry
from web.follow_up.linked import Offer
from web.follow_up.saying import CHANGED, DONE
from web.pages import TEMPLATES, spoken
from web.reply.pages import Filled
from web.reply.refusing import FaultAt

TEMPLATES.env.filters["on"] = on


@dataclass(frozen=True)
class Line:
    """One promise, and how it stands."""

    promise: Promise
    by: str
    waits: bool
    standing: str | None
    said: str
    offer: Offer | None


def _page(request: Request, asked: Inquiry, template: str, status: int, **facts: Any) -> Response:
    procedure = asked.case.procedure
    about = {
        "asked": {"council": procedure.council},
        "reference": asked.case.reference,
        "path": f"/follow-up/{asked.token}",
        "inquiry": asked,
        "whom": whom(asked.case),
    }
    return TEMPLATES.TemplateResponse(request, f"follow_up/{template}.html", about | facts, status_code=status)


def confirm(
    request: Request, asked: Inquiry, *, faults: list[FaultAt] | None = None, values: Mapping[str, str] | None = None
) -> Response:
    """Until somebody has confirmed their address nothing is shown but the question, and its reference."""
    email = (values or {}).get("email", "")
    return _page(request, asked, "confirm", 422 if faults else 200, faults=faults or [], email=email)


def show(
    request: Request,
    asked: Inquiry,
    person: Person,
    offers: Sequence[Offer] = (),
    *,
    faults: list[FaultAt] | None = None,
    values: Mapping[str, str] | None = None,
    status: int = 422,
    recorded: bool = False,
) -> Response:
    """What was promised or asked, how it stands, and the form for what is left to say."""
    filled = Filled({"act_id": str(uuid.uuid4()), **(values or {})})
    facts = {"faults": faults or [], "values": filled, "recorded": recorded, "may_act": asked.may_act(person)}
    code = status if faults else 200
    if asked.about_promises:
        lines = [_line(asked, promise, offers) for promise in asked.promises]
        return _page(request, asked, "was_it_done", code, lines=lines, labels=DONE, **facts)
    told = asked.told
    said = _said(asked, told) if told else None
    told_as = CHANGED[told.changed] if told else None
    return _page(request, asked, "what_changed", code, labels=CHANGED, said=said, told=told, told_as=told_as, **facts)


def _line(asked: Inquiry, promise: Promise, offers: Sequence[Offer]) -> Line:
    title = asked.case.procedure.role_title
    answer = asked.answer_to(promise.n)
    return Line(
        promise=promise,
        by=f"The {title(promise.by)}" if promise.by else "Somebody",
        waits=promise in asked.waiting,
        standing=_standing(asked, promise, answer),
        said=answer.text if answer else "",
        offer=next((offer for offer in offers if offer.promise == promise.n), None),
    )


def _standing(asked: Inquiry, promise: Promise, answer: PromiseKept | PromiseNotKept | None) -> str | None:
    """What was said of it, by whom and when; None where that waits to be said."""
    if answer:
        outcome = "It was done" if isinstance(answer, PromiseKept) else "It was not done"
        return f"{outcome}, as {_said(asked, answer)}."
    if promise in asked.waiting:
        return None
    return f"Another date was agreed: {on(promise.done_by)}. You are asked on that day whether it was done."


def _said(asked: Inquiry, entry: ChangeTold | PromiseKept | PromiseNotKept) -> str:
    title = asked.case.procedure.role_title(entry.by) if entry.by else "somebody"
    who = f"{entry.name} ({title})" if entry.name else f"the {title}"
    return f"{who} said on {spoken(entry.at)}"


def begun(request: Request, asked: Inquiry, reference: str, words: list[str]) -> Response:
    return _page(request, asked, "begun", 200, new=reference, words=words)
