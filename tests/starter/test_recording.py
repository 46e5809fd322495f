"""What stands outside every escalation, from the command line and from a refused start: kept once, told once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from escalation.history import EmailFailed, EmailSent, Recorded, TaskOpened
from escalation.record import RecordSummary
from starter.case_event import read_event
from starter.office import Office
from starter.starting import Started, start_from
from tests.starter.conftest import ROOT, until

Run = Callable[..., Any]
SAID = ("practitioner=social_worker", "about=Patient work with the family")
NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def _outcomes(office: Office, record: str, notice: str) -> int:
    """How often it was tried for good to send a notice."""
    history = office.register.recordings.history(record)
    return len([e for e in history if isinstance(e, EmailSent | EmailFailed) and e.notice == notice])


@pytest.mark.usefixtures("a_worker")
def test_it_is_recorded_once_and_listed(run: Run, office: Office) -> None:
    said = ("record", "halton-looked-after", "good_practice", *SAID, "--by", "irm", "--reference", "gp-1")
    first = run(*said)
    assert (first.code, first.out.strip()) == (0, "Recorded GP-1: record/halton-looked-after/GP-1")
    assert "was recorded before" in run(*said).out
    until(lambda: _outcomes(office, "record/halton-looked-after/GP-1", "good_practice") == 1)
    listed = run("recordings", "halton-looked-after", "--what", "good_practice").out
    assert listed.count("GP-1") == 1
    assert "about: Patient work with the family" in listed
    (told,) = run("recordings", "halton-looked-after", "--what", "good_practice", "--json").json
    assert told["fields"] == {"practitioner": "social_worker", "about": "Patient work with the family"}
    assert [entry["event"] for entry in told["history"]][:2] == ["good_practice_notified", "case_note"]
    assert _outcomes(office, "record/halton-looked-after/GP-1", "good_practice") == 1


@pytest.mark.usefixtures("a_worker")
def test_without_a_reference_it_gets_one(run: Run) -> None:
    kept = run("record", "halton-looked-after", "good_practice", *SAID, "--by", "irm", "--json")
    assert (kept.code, kept.json["result"]) == (0, "recorded")
    assert kept.json["reference"].startswith("REC-")


@pytest.mark.usefixtures("a_worker")
@pytest.mark.parametrize(
    ("what", "said", "by", "told"),
    [
        ("good_practice", SAID, "social_worker", "Refused (by): “Good practice notification” is recorded by the"),
        ("good_practice", ("about=",), "irm", "“Whose practice it is” is needed."),
        ("good_practise", SAID, "irm", "There are: good_practice"),
        ("good_practice", (*SAID, "abuot=x"), "irm", "`abuot` is no field of"),
    ],
)
def test_what_the_rules_refuse_exits_with_1_and_keeps_nothing(
    run: Run, what: str, said: tuple[str, ...], by: str, told: str
) -> None:
    ran = run("record", "halton-looked-after", what, *said, "--by", by, "--reference", "REFUSED-1")
    assert (ran.code, told in ran.out) == (1, True)
    assert "REFUSED-1" not in run("recordings", "halton-looked-after").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("good_practice", "about", "--by", "irm"), "is written field=value"),
        (("good_practice", *SAID, "--by", "IRM!"), "by: must be a key in small letters"),
        (("significant_change", "kind=1", "review_held=perhaps", "--by", "social_worker"), "neither yes nor no"),
        (("good_practice", *SAID, "--by", "irm", "--reference", "a child"), "capital letters, digits"),
    ],
)
def test_wrong_input_exits_with_2(run: Run, arguments: tuple[str, ...], told: str) -> None:
    ran = run("record", "halton-looked-after", *arguments)
    assert (ran.code, told in ran.err) == (2, True)


def test_a_list_is_cut_by_london_days_both_included(run: Run, office: Office) -> None:
    _hold(office, "BST-1", datetime(2026, 7, 1, 23, 30, tzinfo=UTC))  # 00:30 of 2 July in London
    found = [run("recordings", "southwark", "--from", day, "--to", day).out for day in ("2026-07-01", "2026-07-02")]
    assert [("BST-1" in out) for out in found] == [False, True]
    assert run("recordings", "southwark", "--to", "2026-06-30").out.strip() == "Nothing was recorded."
    assert run("recordings", "southwark", "--json", "--from", "2026-07-02").json[0]["recorded_at"].endswith("+01:00")


def _hold(office: Office, reference: str, at: datetime) -> None:
    said = {"reference": reference, "procedure": "southwark", "procedure_version": "v", "recorded_at": at}
    summary = RecordSummary.model_validate(said | {"what": "missed_escalation_audit", "title": "Audit"})
    entry = Recorded(n=1, at=at, by="qau_manager", what="missed_escalation_audit", called="audited")
    office.register.recordings.keep(f"record/southwark/{reference}", [entry], summary)


# A start that is refused because the issue goes another way ----------------------------------------------------------


def an_event(tmp_path: Path, reference: str, **changes: Any) -> Path:
    document = json.loads((ROOT / "config/samples/oxfordshire.json").read_text(encoding="utf-8"))
    document["id"] = f"event-of-{reference}"
    document["data"] |= {"reference": reference, "issue": "no_allocated_social_worker"} | changes
    path = tmp_path / f"{reference}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
async def client(office: Office, a_worker: None) -> Client:
    return await office.temporal()


async def start(path: Path, office: Office, client: Client) -> Started:
    event = read_event(path.read_bytes())
    return await start_from(
        event, office.procedure("oxfordshire"), client, office.register, office.calendars, NOW, keep_drafts=True
    )


async def test_an_issue_that_goes_another_way_is_kept_once_and_its_reader_is_told(
    office: Office, client: Client, tmp_path: Path
) -> None:
    path = an_event(tmp_path, "APART-1")
    first, second = [await start(path, office, client) for _ in range(2)]
    assert first.rejection
    assert (first.result, first.rejection.code) == ("refused", "set_apart")
    assert first.kept_as == second.kept_as
    assert office.register.find("APART-1") is None
    record = f"record/oxfordshire/{first.kept_as}"
    until(lambda: _outcomes(office, record, "set_apart") == 1)
    row = office.register.recordings.find(record)
    assert row
    assert (row.what, row.by, row.fields["issue"]) == ("set_apart", "iro", "no_allocated_social_worker")
    task = office.register.recordings.history(record)[1]
    assert isinstance(task, TaskOpened)
    assert task.to == "qa_service_manager"
    assert _outcomes(office, record, "set_apart") == 1


async def test_another_issue_under_the_same_reference_is_kept_too(
    office: Office, client: Client, tmp_path: Path
) -> None:
    one = await start(an_event(tmp_path, "APART-2"), office, client)
    other = await start(an_event(tmp_path, "APART-2", issue="care_plan"), office, client)
    assert one.kept_as
    assert other.kept_as
    assert one.kept_as != other.kept_as


async def test_with_a_reason_it_starts_under_its_own_reference_after_all(
    office: Office, client: Client, tmp_path: Path
) -> None:
    assert (await start(an_event(tmp_path, "APART-3"), office, client)).kept_as
    started = await start(an_event(tmp_path, "APART-3", override_reason="The child is at risk."), office, client)
    assert (started.result, started.kept_as) == ("started", None)


async def test_a_long_reference_leaves_room_for_what_tells_it_apart(
    office: Office, client: Client, tmp_path: Path
) -> None:
    kept = (await start(an_event(tmp_path, "L" * 40), office, client)).kept_as
    assert kept
    assert len(kept) == 40


async def test_a_start_that_is_refused_for_another_reason_keeps_nothing(
    office: Office, client: Client, tmp_path: Path
) -> None:
    path = an_event(tmp_path, "APART-4", issue="statutory_visits", raised_by={"role": "social_worker"})
    refused = await start(path, office, client)
    assert (refused.result, refused.kept_as) == ("refused", None)


@pytest.mark.usefixtures("a_worker")
def test_whoever_starts_it_from_the_command_line_is_told_as_what_it_is_kept(run: Run, tmp_path: Path) -> None:
    ran = run("start", str(an_event(tmp_path, "APART-5")))
    assert (ran.code, "It is kept as APART-5-" in ran.out) == (1, True)
