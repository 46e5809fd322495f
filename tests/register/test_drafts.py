"""Drafts are kept once, filled in by and by, and marked when they start; references of a group are taken together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escalation.summary import Summary
from register.errors import RegisterError
from register.rows import DraftRow
from register.store import Register

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)


def _draft(reference: str = "DR-1", **changes: Any) -> DraftRow:
    said = {"procedure": "southwark", "source": "/s", "event_id": "e", "received_at": AT, "event": "{}"}
    return DraftRow.model_validate({"reference": reference, **said, **changes})


def _summary(reference: str) -> Summary:
    return Summary(
        reference=reference,
        procedure="southwark",
        procedure_version="v",
        subject_kind="lac",
        raised_at=AT,
        stage="L1",
        status="awaiting_response",
        n=0,
    )


def test_the_same_event_changes_what_its_draft_says_and_no_other_event_does(register: Register) -> None:
    drafts = register.drafts
    drafts.keep(_draft())
    drafts.keep(_draft(event='{"more": 1}', received_at=AT + timedelta(1)))
    drafts.keep(_draft(event='{"foreign": 1}', event_id="another"))
    kept = drafts.find("DR-1")
    assert kept
    assert (kept.event, kept.received_at) == ('{"more": 1}', AT)


def test_what_is_filled_in_adds_up(register: Register) -> None:
    register.drafts.keep(_draft())
    register.drafts.fill("DR-1", {"concern": "Late.", "category": "1"})
    assert register.drafts.fill("DR-1", {"category": "2"}).filled == {"concern": "Late.", "category": "2"}
    kept = register.drafts.find("DR-1")
    assert kept
    assert kept.filled == {"concern": "Late.", "category": "2"}


def test_a_draft_that_has_started_waits_no_more_and_stays_as_it_was(register: Register) -> None:
    register.drafts.keep(_draft())
    register.drafts.keep(_draft("DR-0", received_at=AT - timedelta(1)))
    assert [draft.reference for draft in register.drafts.waiting()] == ["DR-0", "DR-1"]
    register.drafts.mark_started("DR-1", AT)
    register.drafts.mark_started("DR-1", AT + timedelta(1))
    register.drafts.keep(_draft(event='{"more": 1}'))
    kept = register.drafts.find("DR-1")
    assert kept
    assert (kept.started_at, kept.event) == (AT, "{}")
    assert [draft.reference for draft in register.drafts.waiting()] == ["DR-0"]
    assert register.drafts.references() == {"DR-0", "DR-1"}
    with pytest.raises(RegisterError, match="no draft DR-1 that waits"):
        register.drafts.fill("DR-1", {"concern": "x"})


def test_references_of_a_group_are_taken_together_or_not_at_all(register: Register) -> None:
    assert register.claim_reference("KIN-2", "other", "digest", _summary("KIN-2")) == "new"
    group = {f"escalation/{n}": _summary(f"KIN-{n}") for n in (1, 2, 3)}
    assert register.claim_references(group, "digest") == "different"
    assert [row.reference for row in register.escalations()] == ["KIN-2"]
    free = {key: summary for key, summary in group.items() if summary.reference != "KIN-2"}
    assert [register.claim_references(free, "digest") for _ in range(2)] == ["new", "same"]
    assert register.claim_references(free, "another digest") == "different"
