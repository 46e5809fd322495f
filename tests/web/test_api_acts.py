"""Acts through the API, with a real Temporal server and a real worker: done once, refused in words, never lost."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from temporalio.client import Client

from escalation.explain import explain
from register.store import Register
from starter import escalations
from starter.office import Office
from tests.web.api_world import (
    Council,
    alerted,
    begun,
    council,
    running,
    served,
    temporal,
    until,
    worker,
)
from web.temporal import AT_ONCE, Temporal

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "SWK-2026-0001"
NAME = "a case system"


@dataclass
class Site:
    """A council whose API is served, and what it takes to look behind it."""

    council: Council
    temporal: Client
    http: httpx2.AsyncClient
    address: str

    @property
    def register(self) -> Register:
        return self.council.register

    async def post(self, do: str, body: dict[str, Any], key: str | None = None, **more: Any) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.http.post(f"/api/escalations/{REFERENCE}/{do}", json=body, headers=headers, **more)

    def entries(self, event: str) -> list[Any]:
        return [entry for entry in self.register.history(REFERENCE) if entry.event == event]

    async def entry(self, event: str) -> Any:
        """The newest entry of a kind, once the register has it."""
        await until(lambda: self.entries(event))
        return self.entries(event)[-1]


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as one:
        yield one


@pytest_asyncio.fixture
async def server(installed: Council, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with temporal(installed.ring) as one:
        monkeypatch.setenv("TEMPORAL_ADDRESS", one.service_client.config.target_host)
        yield one


@pytest_asyncio.fixture
async def site(installed: Council, server: Client) -> AsyncIterator[Site]:
    async with reached(installed, server) as one:
        yield one


@asynccontextmanager
async def reached(installed: Council, server: Client) -> AsyncIterator[Site]:
    token = installed.token("act", "read", name=NAME)
    with served(installed) as address:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=30) as http:
            yield Site(installed, server, http, address)


@pytest_asyncio.fixture
async def open_site(site: Site) -> AsyncIterator[Site]:
    """One escalation runs, alerted an hour ago."""
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, an_hour_ago()))
        yield site


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


# Done, or refused by the rules ----------------------------------------------------------------------------------------


async def test_an_act_is_done_and_the_history_names_the_token(open_site: Site) -> None:
    answer = await open_site.post("note", {"by": "iro", "text": "The advocate has been told."})
    assert answer.status_code == 200
    assert answer.json()["accepted"] is True
    assert answer.json()["state"]["reference"] == REFERENCE
    noted = await open_site.entry("noted")
    assert (noted.name, noted.text) == (NAME, "The advocate has been told.")


async def test_the_name_that_a_body_gives_goes_before_the_tokens(open_site: Site) -> None:
    await open_site.post("note", {"by": "iro", "name": "Amara Okafor", "text": "Spoke to the school."})
    assert (await open_site.entry("noted")).name == "Amara Okafor"


async def test_what_the_rules_refuse_is_a_conflict_in_their_own_words(open_site: Site) -> None:
    answer = await open_site.post("grant_extension", {"by": "operational_manager", "working_days": 3})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["field"]) == ("not_the_raiser", "by")
    assert "may do this" in problem["detail"]
    assert (await open_site.entry("refused")).code == "not_the_raiser"


async def test_an_answer_is_kept_in_the_inbox_as_received_by_us(open_site: Site) -> None:
    before = datetime.now(UTC)
    answer = await open_site.post(
        "respond", {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    )
    after = datetime.now(UTC)
    assert answer.status_code == 200, answer.text
    row = open_site.register.answer("r1")
    assert row
    assert before <= row.received_at <= after
    responded = await open_site.entry("responded")
    assert (responded.received_at, responded.name, responded.text) == (row.received_at, NAME, "Agreed.")


async def test_another_answer_with_the_same_response_id_is_refused_and_the_first_stands(open_site: Site) -> None:
    body = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    assert (await open_site.post("respond", body)).status_code == 200
    assert (await open_site.post("respond", body)).status_code == 200
    other = await open_site.post("respond", body | {"text": "Not agreed."})
    assert (other.status_code, other.json()["code"]) == (409, "response_id_taken")
    assert [entry.text for entry in open_site.entries("responded")] == ["Agreed."]


async def test_what_only_the_rules_can_know_of_an_answer_is_told_too(open_site: Site) -> None:
    body = {
        "by": "iro",
        "response_id": "r1",
        "stage": "L1",
        "answered_by": "operational_manager",
        "how": "By telephone",
    }
    long_ago = await open_site.post("record_response", body | {"received_at": "0001-01-01T00:00:00Z"})
    assert (long_ago.status_code, long_ago.json()["code"]) == (409, "before_it_was_raised")
    to_come = await open_site.post("record_response", body | {"received_at": "9999-12-31T23:59:59Z"})
    assert (to_come.status_code, to_come.json()["code"]) == (409, "in_the_future")


# The same key ---------------------------------------------------------------------------------------------------------


async def test_the_same_key_does_it_once_and_gives_the_same_outcome(open_site: Site) -> None:
    body = {"by": "iro", "text": "Once."}
    answers = await asyncio.gather(*(open_site.post("note", body, "key-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (await open_site.post("note", body, "key-1")).text == answers[0].text
    await open_site.entry("noted")
    assert len(open_site.entries("noted")) == 1


async def test_the_same_key_for_something_else_is_refused(open_site: Site) -> None:
    assert (await open_site.post("note", {"text": "Once."}, "key-1")).status_code == 200
    for do, body in (("note", {"text": "Twice."}), ("withdraw", {"by": "iro"})):
        answer = await open_site.post(do, body, "key-1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert not open_site.entries("withdrawn")


async def test_a_key_belongs_to_its_token_and_to_one_escalation(open_site: Site) -> None:
    await running(open_site.council, open_site.temporal, "SWK-2", alerted("SWK-2", an_hour_ago()))
    other = {"Authorization": f"Bearer {open_site.council.token('act', name='another')}"}
    path = f"/api/escalations/{REFERENCE}/note"
    assert (await open_site.post("note", {"text": "One."}, "key-1")).status_code == 200
    for where, headers in ((path, other), ("/api/escalations/SWK-2/note", {})):
        answer = await open_site.http.post(where, json={"text": "Two."}, headers=headers | {"Idempotency-Key": "key-1"})
        assert answer.status_code == 200
    await until(lambda: len(open_site.entries("noted")) == 2)
    assert [entry.name for entry in open_site.entries("noted")] == [NAME, "another"]


async def test_a_refusal_stays_a_refusal_under_its_key(open_site: Site) -> None:
    answers = [await open_site.post("refuse_extension", {"by": "iro"}, "key-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].text == answers[1].text
    await open_site.entry("refused")
    assert len(open_site.entries("refused")) == 1


async def test_closing_may_be_asked_again_after_the_close_and_anything_else_is_gone(open_site: Site) -> None:
    body = {"by": "iro", "outcome": "no_longer_applicable", "reason": "The child has moved."}
    closed = await open_site.post("close", body, "key-1")
    assert closed.status_code == 200
    await open_site.temporal.get_workflow_handle(f"escalation/southwark/{REFERENCE}").result()
    assert (await open_site.post("close", body, "key-1")).text == closed.text
    for key in ("key-2", None):
        answer = await open_site.post("note", {"text": "too late"}, key)
        assert (answer.status_code, answer.json()["code"]) == (410, "closed")


# No outcome -----------------------------------------------------------------------------------------------------------


async def test_without_a_worker_there_is_no_outcome_and_the_same_key_does_it_once_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalations, "PATIENCE", timedelta(seconds=1))
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, an_hour_ago()))
    body = {"by": "iro", "text": "Kept."}
    waiting = await site.post("note", body, "key-1")
    assert waiting.status_code == 503
    assert waiting.json()["code"] == "no_outcome"
    assert "same Idempotency-Key" in waiting.json()["detail"]
    assert int(waiting.headers["retry-after"]) > 0
    unsure = await site.post("refuse_extension", {"by": "iro"})
    assert "look at the history before you send it again" in unsure.json()["detail"]
    monkeypatch.setattr(escalations, "PATIENCE", timedelta(seconds=20))
    async with worker(site.council, site.temporal):
        assert (await site.post("note", body, "key-1")).status_code == 200
        await site.entry("noted")
    assert len(site.entries("noted")) == 1


async def test_without_temporal_an_answer_is_kept_and_the_reads_go_on(
    installed: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    installed.hold(REFERENCE)
    headers = {"Authorization": f"Bearer {installed.token('act', 'read', name=NAME)}"}
    body = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    with served(installed) as address:
        async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=30) as http:
            path = f"/api/escalations/{REFERENCE}"
            answer = await http.post(f"{path}/respond", json=body)
            refused = await http.post(f"{path}/note", json={"text": "x"})
            read = await http.get(path)
    assert answer.status_code == refused.status_code == 503
    assert "We have the answer, received on" in answer.json()["detail"]
    assert read.status_code == 200
    (row,) = installed.register.unanswered_inbox()
    assert (row.response_id, row.answer.text) == ("r1", "Agreed.")


async def test_one_that_temporal_has_lost_is_told_as_such_and_not_as_closed(site: Site) -> None:
    site.council.hold(REFERENCE)
    answer = await site.post("note", {"text": "x"})
    assert answer.status_code == 503
    assert "Tell operations" in answer.json()["detail"]


async def test_at_most_sixteen_calls_are_in_flight_and_they_share_one_connection(
    installed: Council, server: Client
) -> None:
    one = Temporal(installed.settings, installed.ring)
    inside, most, clients = 0, 0, set()
    let_go = asyncio.Event()

    async def call() -> None:
        nonlocal inside, most
        async with one.call() as client:
            clients.add(id(client))
            inside += 1
            most = max(most, inside)
            if inside == AT_ONCE:
                let_go.set()
            await let_go.wait()
            inside -= 1

    await asyncio.gather(*(call() for _ in range(40)))
    assert (most, len(clients)) == (AT_ONCE, 1)


async def test_a_client_that_could_not_connect_tries_anew(
    installed: Council, server: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, there = Temporal(installed.settings, installed.ring), os.environ["TEMPORAL_ADDRESS"]
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with pytest.raises(Exception, match="does not answer"):
        await one.connected()
    monkeypatch.setenv("TEMPORAL_ADDRESS", there)
    assert await (await one.connected()).service_client.check_health()


# A response that came another way, and an alert told by hand ----------------------------------------------------------


async def command(site: Site, *words: str) -> dict[str, Any]:
    """`twentydays act`, as a process of its own; what it prints as JSON."""
    told = os.environ | {
        "TWENTYDAYS_VAR": str(site.council.settings.var),
        "TWENTYDAYS_KEYS": site.council.ring.text,
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter", "act", REFERENCE, *words, "--json"),
        env=told,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await process.communicate()
    assert process.returncode == 0, (said, errors)
    receipt: dict[str, Any] = json.loads(said)
    return receipt


@pytest.mark.parametrize("by_command", [False, True], ids=["api", "command"])
async def test_a_response_entered_after_the_lapse_counts_from_when_it_was_received(
    site: Site, by_command: bool
) -> None:
    """Three weeks hold more than five working days, at Christmas too, and fewer than the twenty of the total time."""
    alerted_at = datetime.now(UTC) - timedelta(days=21)
    received_at = alerted_at + timedelta(hours=1)
    said = {
        "by": "iro",
        "response_id": "call-1",
        "stage": "L1",
        "answered_by": "operational_manager",
        "received_at": received_at.isoformat(),
        "how": "By telephone",
        "text": "The meeting is on Tuesday.",
    }
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, alerted_at))
        await site.entry("advanced")
        if by_command:
            receipt = await command(site, "record_response", *(f"{key}={value}" for key, value in said.items()))
        else:
            answer = await site.post("record_response", said)
            assert answer.status_code == 200, answer.text
            receipt = answer.json()
        assert receipt["accepted"] is True
        responded = await site.entry("responded")
    assert not site.entries("late_response")
    assert responded.received_at == received_at
    assert responded.stage_already_left is True
    assert (responded.stage, responded.by, responded.recorded_by) == ("L1", "operational_manager", "iro")
    assert (responded.how, responded.text) == ("By telephone", "The meeting is on Tuesday.")
    assert receipt["state"]["stage"] == "L2"


async def test_a_response_received_after_the_deadline_and_entered_later_is_late(site: Site) -> None:
    alerted_at = datetime.now(UTC) - timedelta(days=21)
    said = {
        "by": "iro", "response_id": "call-1", "stage": "L1", "answered_by": "operational_manager",
        "received_at": datetime.now(UTC).isoformat(), "how": "By telephone",
    }  # fmt: skip
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, alerted_at))
        await site.entry("advanced")
        assert (await site.post("record_response", said)).status_code == 200
        late = await site.entry("late_response")
    assert late.working_days_late >= 1
    assert not site.entries("responded")


@pytest.mark.parametrize("by_command", [False, True], ids=["api", "command"])
async def test_an_alert_told_by_hand_starts_the_clock_while_no_mail_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_command: bool
) -> None:
    monkeypatch.setenv("TWENTYDAYS_SMTP_PORT", "1")
    monkeypatch.setenv("TWENTYDAYS_MAIL_TRANSPORT", "smtp")
    with council(tmp_path, smtp_port=1, mail_transport="smtp") as installed:
        async with temporal(installed.ring) as server:
            monkeypatch.setenv("TEMPORAL_ADDRESS", server.service_client.config.target_host)
            async with reached(installed, server) as site, worker(installed, server):
                await told_by_hand(site, by_command=by_command)


async def told_by_hand(site: Site, *, by_command: bool) -> None:
    raised_at = an_hour_ago()
    told_at = raised_at + timedelta(minutes=30)
    await running(site.council, site.temporal, REFERENCE, begun(REFERENCE, raised_at)[0])
    before = (await site.http.get(f"/api/escalations/{REFERENCE}")).json()
    assert (before["due"], "record_told" in before["offered"]) == (None, True)
    said = {"by": "operations", "told_at": told_at.isoformat(), "how": "In person, at the office"}
    if by_command:
        receipt = await command(site, "record_told", *(f"{key}={value}" for key, value in said.items()))
    else:
        answer = await site.post("record_told", said)
        assert answer.status_code == 200, answer.text
        receipt = answer.json()
    assert receipt["state"]["due"]
    told = await site.entry("alert_told")
    assert (told.told_at, told.how, told.by) == (told_at, "In person, at the office", "operations")
    explanation = explain(Office(site.council.settings).case(REFERENCE))
    assert explanation.counts[0].day_zero == told.day_zero
    assert not any(entry.starts_clock for entry in site.entries("email_sent"))


# What outlives the close -------------------------------------------------------------------------------------------


async def test_what_outlives_the_close_is_answered_and_followed_through_the_api(open_site: Site) -> None:
    later = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    answer = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Soon.", "done_by": later}
    assert (await open_site.post("respond", answer)).status_code == 200
    satisfied = {"by": "iro", "outcome": "satisfied", "outcome_text": "Agreed.", "what_changed": "too_early"}
    state = (await open_site.post("decide", satisfied)).json()["state"]
    assert [each["what"] for each in state["follow_ups"]] == ["promise", "change"]
    promise = state["follow_ups"][0]["promise"]
    await open_site.entry("change_told")
    listed = (await open_site.http.get("/api/escalations", params={"follow_ups": "true"})).json()["escalations"]
    assert [(row["reference"], row["follow_up_asked"]) for row in listed] == [(REFERENCE, False)]
    assert (await open_site.post("note", {"text": "too late"})).status_code == 410
    stranger = {"by": "operational_manager", "stage": "L9"}
    refused = await open_site.post("follow", stranger)
    assert refused.status_code == 409
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/by", "#/stage"]
    wanted = {"by": "iro", "promise": promise, "stage": "L3"}
    begun = (await open_site.post("follow", wanted)).json()
    assert (begun["result"], begun["reference"]) == ("begun", f"{REFERENCE}-2")
    assert (await open_site.post("follow", wanted)).json()["result"] == "already_begun"
    assert (await open_site.post("tell_change", {"by": "iro", "changed": "changed"})).status_code == 200
    await until(lambda: (row := open_site.register.find(REFERENCE)) and row.over)
    assert (await open_site.post("tell_change", {"by": "iro", "changed": "changed"})).status_code == 410
