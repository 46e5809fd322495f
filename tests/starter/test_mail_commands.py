"""Sending is stopped and resumed from the command line; what waited goes out at once, and nothing goes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo

from starter.kicking import OPEN, SCHEDULED, SENDING, Waiting, kick, waits_for_mail
from starter.office import Office
from starter.post import Seen, _waits
from tests.starter.conftest import said_of, serving, until, working

Run = Callable[..., Any]
BY = ("--by", "Alex Reid")
WHY = ("--reason", "the relay is moved")
ON_HOLD = "by Alex Reid: the relay is moved."
SOON = timedelta(seconds=8)
"""Longer than one look and the command after it take, on a busy machine too."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server of this file's own, and so an office: what waits in that of other tests may wait for something else."""
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def variables(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return said_of(server, tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="module")
def a_worker(variables: dict[str, str]) -> Iterator[None]:
    with working(variables):
        yield


@pytest.fixture(autouse=True)
def resumed(office: Office) -> Iterator[None]:
    """The register is the file's: no test leaves it on hold."""
    yield
    if office.register.mail.held():
        office.register.mail.release("the test", datetime.now(UTC))


# On hold --------------------------------------------------------------------------------------------------------------


def test_a_hold_is_told_with_who_and_why_and_ends_when_it_is_released(run: Run, office: Office) -> None:
    held = run("mail", "hold", *WHY, *BY)
    assert held.code == 0
    assert held.out.startswith("Sending is on hold since ")
    assert ON_HOLD in held.out
    document = run("mail", "status", "--json").json
    assert (document["held"]["held_by"], document["held"]["reason"]) == ("Alex Reid", "the relay is moved")
    assert ON_HOLD in run("mail", "status").out
    released = run("mail", "release", *BY)
    assert (released.code, released.out.splitlines()[0]) == (0, "Sending is resumed.")
    assert run("mail", "status", "--json").json["held"] is None
    assert run("mail", "status").out.startswith("Mail is not on hold.\n")
    assert office.register.mail.held() is None


def test_what_is_on_hold_is_not_held_again_nor_tried(run: Run) -> None:
    run("mail", "hold", *WHY, *BY)
    for command in (("mail", "hold", "--reason", "a test", "--by", "Sam"), ("mail", "retry")):
        ran = run(*command)
        assert (ran.code, ON_HOLD in ran.err) == (1, True)


def test_what_is_not_on_hold_is_not_released(run: Run) -> None:
    ran = run("mail", "release", *BY)
    assert (ran.code, "Sending is not on hold." in ran.err, "mail retry" in ran.err) == (1, True, True)


@pytest.mark.parametrize("said", ["", "  ", "two\nlines", "x" * 301])
@pytest.mark.parametrize("option", ["--reason", "--by"])
def test_a_hold_says_who_and_why_on_one_line(run: Run, office: Office, option: str, said: str) -> None:
    given = {"--reason": "the relay is moved", "--by": "Alex Reid"} | {option: said}
    ran = run("mail", "hold", *(f"{name}={value}" for name, value in given.items()))
    assert (ran.code, option in ran.err) == (2, True)
    assert office.register.mail.held() is None


# What waits -----------------------------------------------------------------------------------------------------------


def _pending(office: Office) -> list[PendingActivityInfo]:
    """Every notice that is yet to go out, being tried or waiting: what began before the release waits once more."""

    async def ask() -> list[PendingActivityInfo]:
        client = await office.temporal()
        found = [client.get_workflow_handle(one.id) async for one in client.list_workflows(OPEN)]
        described = [await handle.describe() for handle in found]
        pending = [one for each in described for one in each.raw_description.pending_activities]
        return [one for one in pending if one.activity_type.name == SENDING]

    return asyncio.run(ask())


def _by_itself(office: Office) -> datetime | None:
    """When Temporal would first try one again; None until all of them wait, for longer than what follows takes."""
    pending = _pending(office)
    if len(pending) < 2 or not all(waits_for_mail(one) for one in pending):
        return None
    assert {one.last_failure.application_failure_info.type for one in pending} == {"Unreachable"}
    first = min(one.next_attempt_schedule_time.ToDatetime(UTC) for one in pending)
    return first if first - datetime.now(UTC) > SOON else None


def _emails_about(office: Office, reference: str) -> list[Path]:
    said = f"X-Twentydays-Reference: {reference}\r\n".encode()
    return [email for email in office.settings.mail_folder.glob("*.eml") if said in email.read_bytes()]


@pytest.mark.usefixtures("a_worker")
def test_what_waited_goes_out_at_the_release_and_not_minutes_later(
    run: Run, office: Office, event: Callable[..., Path]
) -> None:
    run("mail", "hold", *WHY, *BY)
    assert run("start", str(event("HOLD-1"))).code == 0
    until(lambda: _by_itself(office))
    status = run("mail", "status", "--json").json
    assert status["waiting"] >= 2
    assert sum(reason["notices"] for reason in status["why"]) == status["waiting"]
    assert all(ON_HOLD in reason["says"] for reason in status["why"]), status["why"]
    assert status["worker"] is True
    told = run("mail", "status").out.splitlines()
    assert f"Waiting: {status['waiting']} notices." in told
    assert any(line.startswith("  ") and ON_HOLD in line for line in told)
    assert _emails_about(office, "HOLD-1") == []
    by_itself = until(lambda: _by_itself(office))
    released = run("mail", "release", *BY)
    assert released.out.splitlines() == ["Sending is resumed.", f"Tried now: {status['waiting']} notices."]
    until(lambda: not _pending(office) and _emails_about(office, "HOLD-1"))
    written = [datetime.fromtimestamp(email.stat().st_mtime, UTC) for email in _emails_about(office, "HOLD-1")]
    assert min(written) < by_itself
    after = run("mail", "status", "--json").json
    assert after["waiting"] == 0
    assert after["accepted_last_24_hours"] >= len(written)
    assert run("mail", "retry").out.strip() == "Nothing waited."


def test_only_a_notice_that_was_tried_in_vain_waits_for_the_mail_server() -> None:
    def pending(**changes: Any) -> PendingActivityInfo:
        said: dict[str, Any] = {"activity_type": {"name": "send_notice"}, "attempt": 2, "state": SCHEDULED} | changes
        return PendingActivityInfo(**said)

    def failed(why: str) -> dict[str, Any]:
        return {"application_failure_info": {"type": why}}

    assert waits_for_mail(pending(last_failure=failed("Unreachable")))
    assert not waits_for_mail(pending(last_failure=failed("WaitsForDigest")))
    assert not waits_for_mail(pending(attempt=1))
    assert not waits_for_mail(pending(state=PendingActivityState.PENDING_ACTIVITY_STATE_STARTED))
    assert not waits_for_mail(pending(activity_type={"name": "record_entries"}))


def test_why_mail_waits_is_told_with_the_most_frequent_reason_first() -> None:
    found = [Waiting("w", "r", str(n), why) for n, why in enumerate(("no answer", "busy", "busy"))]
    assert list(_waits(Seen(found, worker=True))) == ["Waiting: 3 notices.", "  2: busy", "  1: no answer"]
    without, nothing = _waits(Seen([], worker=False))
    assert (without.startswith("No worker asks for work"), nothing) == (True, "Nothing that was tried waits.")


@pytest.mark.usefixtures("server")
def test_what_is_gone_by_the_time_it_is_tried_is_passed_over(office: Office) -> None:
    async def ask() -> int:
        gone = Waiting("escalation/southwark/NONE-1", "", "2-alert")
        return await kick(await office.temporal(), [gone])

    assert asyncio.run(ask()) == 0


def test_without_temporal_the_hold_is_told_and_ended_all_the_same(
    run: Run, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("mail", "hold", *WHY, *BY)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    told = run("mail", "status", "--json")
    assert (told.code, told.json["waiting"], told.json["held"]["held_by"]) == (0, None, "Alex Reid")
    assert "How much waits cannot be told" in run("mail", "status").out
    released = run("mail", "release", *BY)
    assert (released.code, released.out.strip()) == (3, "Sending is resumed.")
    assert "Temporal does not answer" in released.err
    assert office.register.mail.held() is None
