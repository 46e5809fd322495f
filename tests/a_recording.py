"""A procedure with recordings of every kind, for tests of what is recorded beside the ladder."""

from __future__ import annotations

from typing import Any

from config import procedures
from escalation.procedure import Procedure, Recording

RECORDINGS: list[dict[str, Any]] = [
    {
        "do": "good_practice",
        "event": "good_practice_notified",
        "title": "Good practice notification",
        "by": ["raiser"],
        "fields": [
            {"key": "practitioner", "label": "Who", "kind": "choice", "choices": ["social_worker", "partner_agency"]},
            {"key": "about", "label": "What was good"},
            {"key": "category", "label": "Theme", "kind": "code", "taxonomy": "category", "required": False},
            {"key": "seen", "label": "Seen", "kind": "group", "required": False, "fields": [
                {"key": "on", "label": "On", "kind": "date"},
                {"key": "by_child", "label": "By the child", "kind": "yes_no", "required": False},
            ]},
        ],
        "notices": [
            {"notice": "good_practice", "to": ["operational_manager"]},
            {"notice": "good_practice", "to": ["head_of_service"], "cc": ["operational_manager", "raiser"],
             "when": {"given": {"practitioner": ["partner_agency"]}}},
        ],
        "records": [
            {"where": "Mosaic", "heading": "Good practice: {about} ({category})",
             "when": {"given": {"practitioner": ["social_worker"]}}},
            {"where": "SharePoint", "heading": "good practice summary", "form": "document",
             "when": {"given": {"practitioner": ["partner_agency"]}}},
        ],
        "tasks": [{"to": "line_manager", "what": "Thank them", "key": "thanks"}],
        "advice": [{"message": "Say which review it was seen at.", "when": {"given": {"category": [2, "3"]}}}],
    },
    {"do": "log_action", "event": "action_logged", "title": "Action Log",
     "fields": [{"key": "text", "label": "Action"}],
     "records": [{"where": "Action Log", "heading": "{text}", "form": "log"}]},
    {"do": "child_told", "event": "child_told", "title": "Child told", "alone": False},
]  # fmt: skip


def a_procedure(**changes: Any) -> Procedure:
    """Southwark's ladder with these recordings."""
    document = procedures.load("southwark").model_dump() | {"recordings": RECORDINGS, "reports": {}} | changes
    return Procedure.model_validate(document)


def recording(do: str, **changes: Any) -> Recording:
    found = a_procedure().recording(do)
    assert found
    return found.model_copy(update=changes)
