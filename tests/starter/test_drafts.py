"""What lacks fields of the form is kept, completed by a person, and started; until then nothing has started."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.errors import InvalidDocument
from starter.case_event import read_event
from starter.drafts import UnknownDraft, drafts
from starter.office import Office
from starter.starting import Started, start_from

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
Say = Callable[..., tuple[int, Any]]


@pytest.fixture
def say(office: Office, capsys: pytest.CaptureFixture[str]) -> Say:
    """A command of `drafts`, with its exit code and what it printed as JSON."""

    def one(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = drafts([*arguments, "--json"], result_action="return_value", exit_on_error=False)
        return code or 0, json.loads(capsys.readouterr().out)

    return one


async def _hand_in(path: Path, office: Office) -> Started:
    event = read_event(path.read_bytes())
    procedure = office.procedure(event.data.procedure)
    client = await office.temporal()
    return await start_from(event, procedure, client, office.register, office.calendars, NOW, keep_drafts=True)


@pytest.fixture
async def draft(office: Office, event: Callable[..., Path], request: pytest.FixtureRequest) -> str:
    """An event without two fields of its form, kept as a draft."""
    reference = f"DRAFT-{hashlib.sha256(request.node.name.encode()).hexdigest()[:8].upper()}"
    started = await _hand_in(event(reference, concern=None, category=None), office)
    assert (started.result, started.escalation) == ("draft", None)
    assert [lack.field for lack in started.lacking] == ["concern", "category"]
    return reference


def test_a_draft_is_listed_and_shown_with_what_it_lacks(draft: str, say: Say, office: Office) -> None:
    listed = {each["reference"]: each for each in say("list")[1]}
    shown = say("show", draft)[1]
    assert listed[draft] == shown
    assert [lack["field"] for lack in shown["lacking"]] == ["concern", "category"]
    assert office.register.find(draft) is None


def test_a_completed_draft_starts_once_and_waits_no_more(draft: str, say: Say, a_worker: None) -> None:
    assert [lack["field"] for lack in say("complete", draft, "concern=Late.")[1]["lacking"]] == ["category"]
    code, started = say("complete", draft, "category=2", "--start")
    assert (code, started["result"], started["references"]) == (0, "started", [draft])
    assert draft not in [each["reference"] for each in say("list")[1]]
    assert say("complete", draft, "--start")[1]["result"] == "already_started"


def test_a_draft_that_still_lacks_fields_does_not_start(draft: str, say: Say, office: Office, a_worker: None) -> None:
    code, told = say("complete", draft, "category=2", "--start")
    assert (code, told["result"], told["rejection"]["field"]) == (1, "refused", "concern")
    assert office.register.find(draft) is None


def test_values_are_read_as_the_kind_of_their_field(draft: str, say: Say) -> None:
    _, shown = say("complete", draft, "category=2", "category=5", "form_complete=yes", "concern=2")
    assert {key: shown["fields"][key] for key in ("category", "form_complete", "concern")} == {
        "category": ["2", "5"],
        "form_complete": True,
        "concern": "2",
    }


def test_every_fault_of_what_is_filled_in_is_told_and_nothing_is_kept(draft: str, say: Say) -> None:
    with pytest.raises(InvalidDocument) as refused:
        say("complete", draft, "concern", "form_complete=perhaps", "concerm=x")
    assert {fault.where for fault in refused.value.faults} == {"concern", "form_complete", "data.concerm"}
    with pytest.raises(InvalidDocument, match="not a field of the form"):
        say("complete", draft, "procedure=leicestershire")
    assert len(say("show", draft)[1]["lacking"]) == 2


async def test_the_same_event_finds_the_same_draft_and_another_is_refused(
    draft: str, office: Office, event: Callable[..., Path]
) -> None:
    path = event(draft, concern=None, category=None)
    assert (await _hand_in(path, office)).result == "draft"
    other = json.loads(path.read_text(encoding="utf-8")) | {"id": "another"}
    path.write_text(json.dumps(other), encoding="utf-8")
    refused = await _hand_in(path, office)
    assert refused.rejection
    assert refused.rejection.code == "reference_taken"
    assert [each.reference for each in office.register.drafts.waiting()].count(draft) == 1


async def test_the_event_itself_made_whole_starts_and_takes_the_draft_with_it(
    draft: str, office: Office, event: Callable[..., Path], a_worker: None
) -> None:
    assert (await _hand_in(event(draft), office)).result == "started"
    kept = office.register.drafts.find(draft)
    assert kept
    assert kept.started_at == NOW
    assert (await _hand_in(event(draft, concern=None), office)).result == "already_started"


def test_a_draft_that_nobody_knows_is_an_error(say: Say) -> None:
    with pytest.raises(UnknownDraft, match="drafts list"):
        say("show", "NOBODY-1")
