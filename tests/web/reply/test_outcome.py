"""What becomes of an answer: with everything up, and with the worker, or Temporal, or both gone at the deadline.

A real development server, a real worker, the real pages, a real register. Time is the server's plus one constant.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from temporalio.client import Client

from escalation.messages import Close, Respond
from escalation.procedure import Extension
from register.errors import ConflictingAnswer
from starter import escalations, relay
from tests.web.bench import JSON, MAEVE, REFERENCE, Bench, DevelopmentServer, Page, confirmed, london, press
from tests.web.reply.living import Live, living, until

BEFORE, DUE, AFTER = london("2026-11-30 16:59"), london("2026-11-30 17:00"), london("2026-11-30 17:05")


@pytest.fixture
def server(tmp_path: Path) -> Any:
    running = DevelopmentServer(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
async def live(tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    """One minute before the deadline of the first stage."""
    async with living(Bench(tmp_path).raised(), server, BEFORE, monkeypatch) as live:
        await live.start()
        yield live


async def answered(live: Live, **filled: str) -> httpx2.Response:
    """Through the pages, as a manager does."""
    browser = await live.browser()

    def steps() -> httpx2.Response:
        page = confirmed(browser, live.bench.path())
        check = press(browser, page, "answer", **(filled or {"kind_1": "done", "detail_1": "x", "text": "Yes."}))
        return press(browser, Page(check.text), "send")

    return await asyncio.to_thread(steps)


async def test_the_link_in_the_alert_is_opened_answered_and_moves_the_escalation(
    tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path).raised()
    async with living(bench, server, london("2026-11-30 17:02"), monkeypatch) as live:
        await live.start()
        await live.start_worker()
        link = await until(
            lambda: asyncio.to_thread(_link_in, bench.folder / "mail", "carol.whitfield@council.example")
        )
        await until(lambda: asyncio.to_thread(_stage, live, "L2"))
        browser = await live.browser()

        def steps() -> tuple[Page, httpx2.Response]:
            page = confirmed(browser, link.removeprefix(bench.settings.public_url), "carol.whitfield@council.example")
            check = press(browser, page, "answer", kind_1="do_not_agree", detail_1="it was done in May")
            return page, press(browser, Page(check.text), "send")

        page, sent = await asyncio.to_thread(steps)
        assert "Operational Manager: Operational Manager was asked on" in page.text
        assert sent.status_code == 200
        assert "is told of your answer now, and decides whether it settles the matter" in Page(sent.text).text
        (entry,) = await live.until_recorded("responded")
        assert (entry.by, entry.name, entry.stage) == ("head_of_service", "Carol Whitfield", "L2")
        assert entry.details["answers"][0]["text"] == "I do not agree, because it was done in May"
        assert entry.details["addresses_requested_action"] is False
        (row,) = [bench.register.answer(each) for each in bench.inbox()]
        assert row
        assert (row.outcome, bool(row.handed_over_at)) == ("accepted", True)


async def test_sent_twice_at_once_the_history_has_it_once(live: Live) -> None:
    await live.start_worker()
    browser = await live.browser()
    body = {"response_id": "once", "text": "Yes.", "email": MAEVE}

    async def send() -> int:
        return (await asyncio.to_thread(browser.post, live.bench.path(), json=body, headers=JSON)).status_code

    assert await asyncio.gather(send(), send(), send()) == [200, 200, 200]
    assert len(await live.until_recorded("responded")) == 1


async def test_more_time_and_somebody_else_reach_the_history(live: Live) -> None:
    await live.start_worker()
    browser = await live.browser()

    def ask() -> tuple[httpx2.Response, httpx2.Response]:
        confirmed(browser, live.bench.path())
        page = Page(browser.get(f"{live.bench.path()}/more-time").text)
        asked = press(browser, page, "ask", working_days="2", reason="The meeting is on Tuesday.")
        assert press(browser, page, "ask", working_days="2", reason="The meeting is on Tuesday.").status_code == 200
        other = Page(browser.get(f"{live.bench.path()}/somebody-else").text)
        return asked, press(browser, other, "say", who="Team North", why="It is their case.")

    asked, said = await asyncio.to_thread(ask)
    assert "You have asked for more time" in asked.text
    assert "You have said that this is for somebody else" in said.text
    (noted,) = await live.until_recorded("noted")
    (requested,) = live.history("extension_requested")
    assert (requested.name, requested.details["working_days"]) == ("Maeve Brennan", 2)
    assert "says that this is for somebody else: Team North. Why: It is their case." in noted.details["text"]
    assert (noted.by, noted.name) == ("operational_manager", "Maeve Brennan")


async def test_more_time_that_was_refused_can_be_asked_for_with_fewer_days(
    tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path)
    bench.procedure = bench.procedure.model_copy(update={"extension": Extension(most_working_days=2)})
    async with living(bench.raised(), server, BEFORE, monkeypatch) as live:
        await live.start()
        await live.start_worker()
        browser = await live.browser()

        def ask() -> tuple[httpx2.Response, httpx2.Response]:
            confirmed(browser, live.bench.path())
            page = Page(browser.get(f"{live.bench.path()}/more-time").text)
            refused = press(browser, page, "ask", working_days="5", reason="The meeting is on Tuesday.")
            return refused, press(browser, Page(refused.text), "ask", working_days="2")

        refused, asked = await asyncio.to_thread(ask)
        assert (refused.status_code, asked.status_code) == (409, 200)
        assert "at most 2 working days more" in refused.text
        (requested,) = await live.until_recorded("extension_requested")
        assert requested.details["working_days"] == 2


async def test_what_is_handed_on_is_asked_of_the_other_post_once_and_its_time_stays(live: Live) -> None:
    await live.start_worker()
    browser = await live.browser()

    def hand_on() -> tuple[httpx2.Response, httpx2.Response]:
        confirmed(browser, live.bench.path())
        page = Page(browser.get(f"{live.bench.path()}/somebody-else").text)
        first = press(browser, page, "say", role="head_of_service", who="Carol", why="It is their case.")
        return first, press(browser, page, "say", role="head_of_service", who="Carol", why="It is their case.")

    for answer in await asyncio.to_thread(hand_on):
        assert answer.status_code == 200, answer.text
        assert "You have handed this on" in answer.text
        assert "The Head of Service is asked now, by email" in answer.text
        assert "The time stays as it is: Monday 30 November 2026 at 5pm." in answer.text
    (entry,) = await live.until_recorded("reassigned")
    assert (entry.by, entry.name, entry.details["to"]) == ("operational_manager", "Maeve Brennan", "head_of_service")
    assert entry.details["reason"] == "It is their case. (for Carol)"
    assert live.history("noted") == []


async def test_with_no_worker_the_page_says_that_we_have_it_and_it_counts(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.reply.sending.PATIENCE", 1.0)
    sent = await answered(live)
    assert sent.status_code == 202
    assert "We have your answer, received at 4:59pm" in Page(sent.text).text
    (row,) = live.bench.register.unanswered_inbox()
    assert row.handed_over_at, "Temporal keeps the signal while no worker runs"
    live.at(AFTER)
    await live.start_worker()
    (entry,) = await live.until_recorded("responded")
    assert entry.details["received_at"].startswith("2026-11-30T16:59:00")
    assert await relay.relay_once(await live.connected(), live.bench.register, AFTER) == 1
    assert live.bench.register.unanswered_inbox() == []
    assert live.history("lapsed", "late_response") == []
    assert len(live.history("responded")) == 1


@pytest.mark.parametrize("how", ["the inbox, before the lapse", "the relay"])
async def test_with_worker_and_temporal_killed_at_the_deadline_an_answer_received_in_time_counts(
    tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The lapse is due a minute after the deadline: it is some seconds away when everything is killed."""
    monkeypatch.setattr("web.reply.sending.PATIENCE", 2.0)
    async with living(Bench(tmp_path).raised(), server, BEFORE, monkeypatch) as live:
        await live.connected()
        live.at(DUE + timedelta(seconds=45))
        await live.start()
        await live.start_worker()
        await live.wake()
        await live.until_recorded("noted")
        await live.kill_everything()
        assert live.history("lapsed") == []
        live.bench.now = DUE
        sent = await answered(live)
        assert sent.status_code == 202
        assert "We have your answer, received at 5pm" in Page(sent.text).text
        assert "It counts from Monday 30 November 2026 at 5pm, in time." in Page(sent.text).text
        live.server.start()
        client, register = await live.connected(), live.bench.register
        if how == "the relay":
            assert await relay.relay_once(client, register, AFTER) == 0
            (row,) = register.unanswered_inbox()
            assert row.handed_over_at
        await live.start_worker()
        (entry,) = await live.until_recorded("responded", "late_response")
        assert (entry.event, entry.details["received_at"][:19]) == ("responded", "2026-11-30T17:00:00")
        await until(lambda: relay.relay_once(client, register, AFTER))
        assert register.unanswered_inbox() == []
        await live.wake_after(DUE + timedelta(seconds=62))
        assert live.history("lapsed", "late_response", "advanced") == []
        assert len(live.history("responded")) == 1


async def test_temporal_stopped_alone_the_answer_is_kept_and_goes_on_when_it_is_back(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.reply.sending.PATIENCE", 2.0)
    await live.start_worker()
    await live.wake()
    await live.until_recorded("noted")
    live.server.kill()
    assert (await answered(live)).status_code == 202
    (row,) = live.bench.register.unanswered_inbox()
    assert row.handed_over_at is None
    live.server.start()
    await until(lambda: relay.relay_once(live.client, live.bench.register, AFTER))  # type: ignore[arg-type]
    (entry,) = await live.until_recorded("responded")
    assert entry.details["received_at"].startswith("2026-11-30T16:59:00")


async def test_what_the_first_press_was_received_at_stands_however_late_it_is_handed_over(live: Live) -> None:
    first = Respond(response_id="r1", stage="L1", by="operational_manager", text="Yes.", received_at=BEFORE)
    live.bench.register.put_in_inbox(live.bench.escalation, first)
    live.at(AFTER)
    await live.start_worker()
    again = first.model_copy(update={"received_at": AFTER})
    receipt = await escalations.respond(await live.connected(), live.bench.register, live.bench.escalation, again)
    assert receipt.accepted
    (entry,) = await live.until_recorded("responded", "late_response")
    assert entry.event == "responded"
    other = first.model_copy(update={"text": "No."})
    with pytest.raises(ConflictingAnswer):
        await escalations.respond(await live.connected(), live.bench.register, live.bench.escalation, other)


async def test_an_answer_that_came_after_the_close_is_settled_and_not_tried_for_ever(live: Live) -> None:
    await live.start_worker()
    client, register, escalation = await live.connected(), live.bench.register, live.bench.escalation
    await escalations.act(client, escalation, Close(by="iro", outcome="unresolved", reason="x", name="Sam"))
    await until(lambda: asyncio.to_thread(lambda: live.history("closed")))
    await until(lambda: _has_ended(client, escalation))
    late = Respond(response_id="r9", stage="L1", by="operational_manager", text="Yes.", received_at=BEFORE)
    register.put_in_inbox(escalation, late)
    assert await relay.relay_once(client, register, BEFORE) == 0, "it is left to the page for twenty seconds"
    assert await relay.relay_once(client, register, AFTER) == 1
    row = register.answer("r9")
    assert row
    assert row.outcome == "closed"
    assert await relay.relay_once(client, register, AFTER) == 0


async def test_what_temporal_has_lost_and_the_register_holds_open_is_kept(
    tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path).raised()
    async with living(bench, server, BEFORE, monkeypatch) as live:
        answer = Respond(response_id="r1", stage="L1", by="operational_manager", text="Yes.", received_at=BEFORE)
        bench.register.put_in_inbox(bench.escalation, answer)
        assert await relay.relay_once(await live.connected(), bench.register, AFTER) == 0
        assert len(bench.register.unanswered_inbox()) == 1
        await live.start()
        await live.start_worker()
        await until(lambda: relay.relay_once(live.client, bench.register, AFTER))  # type: ignore[arg-type]
        assert len(await live.until_recorded("responded")) == 1


async def _has_ended(client: Client, escalation: str) -> bool:
    described = await client.get_workflow_handle(escalation).describe()
    return described.close_time is not None


def _stage(live: Live, key: str) -> bool:
    row = live.bench.register.find(REFERENCE)
    return bool(row and row.stage == key and row.due)


def _link_in(folder: Path, address: str) -> str | None:
    parser = BytesParser(policy=policy.default)
    for file in folder.glob("*.eml"):
        mail = parser.parsebytes(file.read_bytes())
        body = mail.get_body(("plain",))
        assert body
        found = re.search(r"Open this link: (\S+)", body.get_content())
        if found and "carol" in address and "Carol" in body.get_content():
            return found[1]
    return None
