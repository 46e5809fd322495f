"""Orders of every notice, to every kind of reader, and what their letters say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from activities import rendering
from activities.recipients import find, recipients
from activities.rendering import Rendered
from activities.view import View, view
from escalation.directory import Directory
from escalation.messages import SendNotice
from escalation.wire import Known

DAY = date(2025, 12, 22)
FACTS = {
    "answered": False,
    "asked": ["team_manager"],
    "because": "lapsed",
    "bounced": False,
    "by": "team_manager",
    "called": "seen_by_a_manager",
    "cap": "2026-01-22T17:00:00+00:00",
    "cap_reached": False,
    "cover": "service_manager",
    "date_concluded": "2026-01-05",
    "day_zero": "2025-12-22",
    "decided_by": "team_manager",
    "done_by": "2026-01-05",
    "due": "2025-12-31T17:00:00+00:00",
    "event": "closed",
    "grounds": [1, 3],
    "leaves_ladder": True,
    "necessary": True,
    "new_due": "2026-01-05T17:00:00+00:00",
    "notice": "alert",
    "old_due": "2025-12-31T17:00:00+00:00",
    "one_date": True,
    "outcome": "resolved",
    "part": "addressee",
    "process": None,
    "promises": 1,
    "reason": "final_stage_lapsed",
    "received_at": "2025-12-30T15:40:00+00:00",
    "requested_actions": 2,
    "role": "team_manager",
    "roles": ["team_manager"],
    "status": "awaiting_iro_decision",
    "still_open": False,
    "stops_clock": False,
    "stops_on": "response",
    "theme": ["Drift or delay"],
    "then": "advance",
    "timed": True,
    "title": "Seen by a manager",
    "to": "service_manager",
    "waiting_since": "2025-12-22T10:30:00+00:00",
    "went_on": False,
    "whom": "the child",
    "why": "vacant",
    "working_days": 3,
    "working_days_late": 2,
}
COPIED = ["alert", "complaint_escalated", "complaint_received", "informal_concern", "notice_given", "reassigned"]
ASKS = {*COPIED, "reminder"}
OUTSIDE = {
    "cafcass_referral": "cafcass",
    "family_informed": "foster_carer",
    "guardian_informed": "guardian",
    "representation_issued": "guardian",
    "representation_resolved": "guardian",
}
CONTACTS = {
    "cafcass": Known(name="CAFCASS Legal", email="legal@cafcass.example"),
    "foster_carer": Known(name="Jo Marsh", email="jo.marsh@home.example"),
    "guardian": Known(name="Ada Quinn", email="ada.quinn@guardians.example"),
}
TO_THE_RAISER = {
    "decision_reminder", "extension_requested", "handed_over", "held", "late_response", "out_of_office", "overdue",
    "reply_received", "response_received", "significant_change", "was_it_done", "what_changed",
}  # fmt: skip
OF_ITS_OWN: dict[str, dict[str, Any]] = {"held": {"cap_reached": True}, "turn_passed": {"because": "not_taken"}}
"""Facts that one notice alone has so."""
TO_OPERATIONS = {"alert_not_accepted", "delivery_failed", "post_covered"}
Say = Callable[..., Rendered]


@pytest.fixture
def see(order: Callable[..., SendNotice], directory: Directory) -> Callable[..., View]:
    def made(notice: str, role: str | None = None, facts: dict[str, Any] | None = None, **more: Any) -> View:
        reader = role or _reader(notice)
        reaches = {"to": (reader,), "cc": (), "reaches": (reader,)} if reader != "qau_manager" else {}
        answering = ("team_manager",) if notice in ASKS else ()
        of_notice = {key: more.pop(key) for key in ("channel", "says", "sent_for") if key in more} | reaches
        facts = FACTS | OF_ITS_OWN.get(notice, {}) if facts is None else facts
        to_send = order({"contacts": CONTACTS} | more, notice=notice, answering=answering, facts=facts, **of_notice)
        found = find(to_send, directory, DAY)
        written_to = next(each for each in recipients(to_send, found) if each.role == reader)
        return view(to_send, found, written_to, DAY)

    return made


@pytest.fixture
def say(see: Callable[..., View]) -> Say:
    return lambda notice, *args, **more: rendering.render(notice, see(notice, *args, **more))


def _reader(notice: str) -> str:
    if notice in TO_THE_RAISER:
        return "iro"
    return "operations" if notice in TO_OPERATIONS else OUTSIDE.get(notice, "team_manager")


class _Words(HTMLParser):
    """What a person reads of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"title", "style"} or _is_not_shown(attrs)

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"title", "style", "div"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.read += data.split()


def _is_not_shown(attrs: list[tuple[str, str | None]]) -> bool:
    """The one `div` of a page: what a mail program previews."""
    return str(dict(attrs).get("style")).startswith("display: none")


def words(html: str) -> _Words:
    parser = _Words()
    parser.feed(html)
    return parser
