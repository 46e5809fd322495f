"""What does the API say of itself? OpenAPI 3.1, of the addresses for programs alone, with the words of a sample."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, routing
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.bodies import BODIES
from web.problems import MEDIA_TYPE, Problem, is_for_programs

SAMPLE = Path(__file__).parents[1] / "config" / "samples" / "southwark.json"
REFS = "#/components/schemas/{model}"
ABOUT = """
Dispute-resolution escalations: where each stands, how it got there, why its dates are what they are, and every act of
a person in one. What is read comes from the register, so that it needs no worker and holds closed escalations too.
Instants carry the offset that London has then. Every error is a problem document (RFC 9457), also those that any
address may give beside its own: 400, 404, 405 and 413.
""".strip()


@cache
def sample() -> dict[str, Any]:
    """What the sample's event says."""
    said: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))["data"]
    return said


def examples() -> dict[str, dict[str, Any]]:
    """One body for each that may be sent, as the people of the sample would send it."""
    stage, raiser, manager = sample()["stage"], sample()["raised_by"]["role"], "operational_manager"
    return (
        _outside_every_escalation()
        | _beside_the_ladder(raiser, manager)
        | {
            "respond": {
                "by": manager,
                "response_id": "answer-1",
                "stage": stage,
                "answers": [
                    {"action": sample()["requested_action"], "text": "Done: the minutes are on the child's file."}
                ],
                "done_by": "2026-12-11",
            },
            "record_response": {
                "by": raiser,
                "response_id": "call-1",
                "stage": stage,
                "answered_by": manager,
                "received_at": "2026-11-27T16:40:00+00:00",
                "how": "By telephone",
                "text": "The meeting is on Tuesday.",
            },
            "record_told": {"by": raiser, "told_at": "2026-11-20T10:15:00+00:00", "how": "In person, at the office"},
            "decide": {"by": raiser, "outcome": "satisfied", "outcome_text": "The meeting was held."}
            | {"what_changed": "too_early", "ask_again_on": "2027-01-29"},
            "bypass": {"by": raiser, "to": "L2", "reason": "The manager asked for it."},
            "request_extension": {"by": manager, "working_days": 2, "reason": "The social worker is on leave."},
            "grant_extension": {"by": raiser, "working_days": 2, "reason": "As asked."},
            "refuse_extension": {"by": raiser, "reason": "It has waited long enough."},
            "cover": {"by": raiser, "absent": raiser, "cover": "qau_manager"},
            "note": {"by": raiser, "text": "The advocate has been told."},
        }
        | _ending(raiser, manager)
    )


def _beside_the_ladder(raiser: str, manager: str) -> dict[str, dict[str, Any]]:
    return {
        "notice": {"by": raiser, "stage": "L2", "notice_working_days": 3, "reason": "There may still be an agreement."},
        "hand_over": {"by": raiser, "to_name": "Jo Field", "reason": "I leave at the end of the month."},
        "reassign": {"by": manager, "to": "head_of_service", "reason": "The team has moved to another service."},
        "set_action": {"by": raiser, "text": sample()["requested_action"], "action_due": "2026-12-04"},
        "complete_form": {"by": raiser, "fields": {"action_already_taken": "Raised in supervision, twice."}},
        "consider_cafcass": {"by": raiser, "reason": "The plan has drifted for a year."},
        "refer_cafcass": {"by": raiser, "reason": "The Director has answered, and nothing has changed."},
        "hold_meeting": {"by": raiser, "attendees": ["head_of_service"], "resolved": False},
        "manager_disagrees": {"by": manager, "reason": "The placement is stable."},
        "request_legal_advice": {"by": raiser, "reason": "Whether the child's rights are breached."},
        "decide_legal_advice": {"by": "head_of_qau", "necessary": True, "provider": "A firm outside the council"},
        "record_event": {
            "by": raiser,
            "what": "update_received",
            "fields": {"from_whom": "The child", "received_on": "2026-11-25", "text": "The meeting has a date."},
        },
    }


def _ending(raiser: str, manager: str) -> dict[str, dict[str, Any]]:
    """The close, what is possible while something outlives it, and taking it back."""
    return {
        "record_promise": {"by": raiser, "done_by": "2026-12-11", "promised_by": manager, "how": "By telephone"},
        "answer_promise": {"by": raiser, "promise": 12, "done": False, "text": "There was no meeting."},
        "tell_change": {"by": raiser, "changed": "changed", "text": "She is back at school."},
        "follow": {"by": raiser, "promise": 12, "stage": "L3"},
        "close": {
            "by": raiser,
            "outcome": "no_longer_applicable",
            "reason": "The child has moved to another council.",
        },
        "withdraw": {"by": raiser, "reason": "Raised by mistake."},
    }


def _outside_every_escalation() -> dict[str, dict[str, Any]]:
    return {
        "record": {
            "procedure": sample()["procedure"],
            "what": "missed_escalation_audit",
            "by": "qau_manager",
            "fields": {"case": "SWK-2026-0007", "finding": "The concern was known for months, and nothing was raised."},
            "reference": "AUDIT-2026-0001",
        },
        "hand_over_all": {
            "from_name": sample()["raised_by"]["name"],
            "to_name": "Milo Hart",
            "by": "qau_manager",
            "name": "Priya Sharma",
            "reason": "She leaves the council in December.",
        },
        "change_directory": {
            "change": {
                "do": "set_person",
                "key": "grace.obi",
                "name": "Grace Obi",
                "email": "grace.obi@council.example",
                "reason": "She joins the council in January.",
            },
            "by": "Elena Marsh",
        },
    }


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These statuses as answers of one address."""
    return {status: _answer(*ANSWERS[status]) for status in statuses}


def _answer(words: str, *headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": words,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFS.format(model="Problem")}}},
    }
    if headers:
        answer["headers"] = {name: {"required": True, "schema": {"type": "string"}} for name in headers}
    return answer


ANSWERS: dict[int, tuple[str, ...]] = {
    400: ("The body, or the address, cannot be decoded.",),
    401: ("No token, or one that is unknown, revoked or expired.", "WWW-Authenticate"),
    403: ("The token has not the scope that this needs.", "WWW-Authenticate"),
    404: ("There is no such escalation, or no such procedure.",),
    405: ("Another method is meant.", "Allow"),
    406: ("None of the media types that are accepted can be given.",),
    409: ("The rules refuse it: `code` and `detail` say why, `field` what is missing or wrong.",),
    410: ("The escalation has ended: nothing more can be done in it.",),
    413: ("More than 1 MB.",),
    415: ("The body is not application/json.",),
    422: ("Malformed: `errors` names every fault. Or the Idempotency-Key was used for something else.",),
    503: ("No outcome: it may still be done. Send it again with the same Idempotency-Key.", "Retry-After"),
}


def body(do: str) -> dict[str, Any]:
    """The body of one command, for its address."""
    schema = {"$ref": REFS.format(model=BODIES[do].__name__)}
    content = {"application/json": {"schema": schema, "examples": {"sample": {"value": examples()[do]}}}}
    return {"requestBody": {"required": True, "content": content}}


def install(app: FastAPI) -> None:
    """Serve the description at /openapi.json, without any page that needs scripts from elsewhere."""

    @cache
    def described() -> dict[str, Any]:
        document = get_openapi(
            title="Twentydays",
            version="1",
            openapi_version="3.1.0",
            description=ABOUT,
            routes=[route for route in routing.iter_route_contexts(app.routes) if is_for_programs(route.path or "")],
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= _schemas([Problem, *BODIES.values()])
        return document

    app.openapi = described  # type: ignore[method-assign]


def _schemas(models: list[type[BaseModel]]) -> dict[str, Any]:
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=REFS)
    found: dict[str, Any] = definitions["$defs"]
    return found
