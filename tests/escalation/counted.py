"""A procedure with reports, and what one of them counts of a few disputes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from escalation.procedure import Procedure
from escalation.reporting import Past, figures
from tests.escalation.driver import a_procedure

DAY = date.fromisoformat
THEMES = {
    "title": "Themes",
    "items_in": "issue",
    "codes": [
        {"code": 2, "title": "Plans", "items": ["Late", "Poor"]},
        {"code": 11, "title": "Other", "free_text": True},
    ],
}
GROUNDS = {
    "title": "Grounds",
    "codes": [
        {"code": 1, "title": "A document", "stages": ["S1"]},
        {"code": 1, "title": "The plan itself", "stages": ["S2"]},
        {"code": 9, "title": "Transition", "stages": ["S2"]},
    ],
}
GOOD = {
    "do": "good_practice",
    "event": "good_practice",
    "title": "Good practice",
    "fields": [
        {"key": "practitioner", "label": "Whose", "kind": "choice", "choices": ["social_worker", "partner_agency"]},
        {"key": "about", "label": "About"},
    ],
}


def with_reports(**more: Any) -> Procedure:
    reports = {key: {"title": "A report", "period": "quarter"} | said for key, said in more.items()}
    lists = {"theme": THEMES, "ground": GROUNDS}
    return a_procedure(taxonomies=lists, recordings=[GOOD], reports=reports, cap={"working_days": 20})


def counted(
    cases: Iterable[dict[str, Any] | Past], first: str | None = None, last: str | None = None, **report: Any
) -> dict[str, Any]:
    """The document of a report of closed disputes."""
    past = [case if isinstance(case, Past) else Past.read(case, closed=True) for case in cases]
    ends = [DAY(end) if end else None for end in (first, last)]
    return figures(with_reports(one=report), "one", past, (), *ends).model_dump(mode="json")


def an_open_one(reference: str, stage: str, raised_on: str = "2026-01-05", **more: Any) -> Past:
    return Past.read({"ref": reference, "stage": stage, "raised_on": raised_on} | more)
