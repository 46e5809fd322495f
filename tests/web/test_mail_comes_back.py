"""What follows when something comes back to the mailbox? On a real development server, with a worker and a Maildir."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from activities.mailbox import MailboxFolder
from escalation.history import HistoryEntry
from escalation.messages import Delivery
from register.rows import CameBackRow
from starter import coming_back
from tests.web.bench import MAEVE, Bench, DevelopmentServer, Page, browsing, confirmed, london, press
from tests.web.emailed import AMARA, path_of, recording_served
from tests.web.reply.living import Live, living, until
from web.temporal import Temporal

SAMPLES = Path(__file__).parents[1] / "activities" / "came_back"
ALERT = "<alert-1@council.example>"
BEFORE = london("2026-11-23 15:00")
"""After everything in the samples was written, and before the deadline."""


@pytest.fixture
def server(tmp_path: Path) -> Any:
    running = DevelopmentServer(tmp_path)
    running.start()
    yield running
    running.kill()


@pytest.fixture
async def live(tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    """An escalation whose alert was accepted, as the ledger knows."""
    bench = Bench(tmp_path).raised()
    sent = next(entry for entry in bench.entries if entry.event == "email_sent")
    delivery = Delivery(
        role="operational_manager",
        person="Maeve Brennan",
        address=MAEVE,
        accepted_at=bench.now,
        message_id=ALERT,
        day_zero=bench.now.date(),
    )
    bench.register.note_accepted(bench.escalation, sent.entry, sent.notice, delivery)
    async with living(bench, server, BEFORE, monkeypatch) as live:
        await live.start()
        await live.start_worker()
        yield live


def desk_of(live: Live) -> coming_back.Desk:
    folder = MailboxFolder(live.bench.folder / "mailbox")
    folder.prepare()
    return coming_back.Desk(live.connected, live.bench.register, folder, lambda: live.bench.now)


async def comes_back(live: Live, sample: str) -> CameBackRow:
    desk = desk_of(live)
    raw = (SAMPLES / f"{sample}.eml").read_bytes()
    (desk.folder.folder / "new" / sample).write_bytes(raw)
    (row,) = await coming_back.read_once(desk)
    return row


async def sent_to(live: Live, name: str, words: str) -> str:
    """The text of the first email to somebody that says these words."""

    async def look() -> str | None:
        return await asyncio.to_thread(_sent_to, live.bench.folder / "mail", name, words)

    return await until(look)


def _sent_to(folder: Path, name: str, words: str) -> str | None:
    for file in folder.glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        body = mail.get_body(("plain",))
        assert body
        text = " ".join(body.get_content().split())
        if name in text and words in text:
            return text
    return None


async def test_an_alert_that_bounces_stops_the_clock_until_whoever_covers_has_it(live: Live) -> None:
    row = await comes_back(live, "bounce-postfix")
    assert (row.kind, row.outcome) == ("bounce", "Handed over to SWK-2026-0042.")
    failed: Any
    (failed,) = await live.until_recorded("email_failed")
    assert (failed.bounced, failed.stops_clock) == (True, True)
    assert failed.failed[0].reason == "550 5.1.1 : Recipient address rejected: User unknown in virtual mailbox table"

    async def again() -> list[HistoryEntry]:
        entries: list[Any] = await asyncio.to_thread(live.history, "email_sent")
        return [one for one in entries if one.n > failed.n and any(mail.cover for mail in one.delivered)]

    sent: Any
    (sent,) = await until(again)
    assert {(mail.role, mail.cover_because) for mail in sent.delivered if mail.cover} == {
        ("operational_manager", "refused")
    }
    assert len(live.history("post_covered")) == 1


async def test_for_who_is_away_the_deputy_is_asked_too_and_no_deadline_moves(live: Live) -> None:
    await live.stop_worker()
    post = "{role: operational_manager, person: maeve}"
    live.bench.people((post, f"{post}\n  - {{role: operational_manager, person: una, kind: deputy}}"))
    await live.start_worker()
    before = live.bench.register.find("SWK-2026-0042")
    row = await comes_back(live, "absence-outlook")
    assert row.kind == "absence"
    entry: Any
    (entry,) = await live.until_recorded("out_of_office")
    assert (entry.role, entry.address, entry.asked_here) == ("operational_manager", MAEVE, True)
    assert "hospital" not in entry.model_dump_json()
    after = live.bench.register.find("SWK-2026-0042")
    assert before and after
    assert (after.due, after.status) == (before.due, before.status)
    assert "30 November 2026" in await sent_to(live, "Una Sinclair", "answer")
    assert live.history("responded", "reply_received") == []


async def test_a_reply_reaches_the_raiser_and_counts_from_its_receipt_once_they_record_it(live: Live) -> None:
    row = await comes_back(live, "reply-outlook")
    assert row.kind == "reply"
    entry: Any
    (entry,) = await live.until_recorded("reply_received")
    assert entry.received_at == london("2026-11-23 11:15:30")
    assert live.history("responded") == []
    held = await asyncio.to_thread(live.bench.register.find, "SWK-2026-0042")
    assert held
    assert held.status == "awaiting_response"
    letter = await sent_to(live, "Amara Okafor", "replied")
    assert "We agree" not in letter

    def record() -> str:
        temporal = Temporal(live.bench.settings, live.bench.ring)
        with recording_served(live.bench, temporal.connected) as address, browsing(address) as browser:
            page = confirmed(browser, path_of(live.bench, entry.n), AMARA)
            answer = press(browser, page, "record", answered_by="operational_manager", note="She rang too.")
            press(browser, page, "record", answered_by="operational_manager")
            return Page(answer.text).text

    said = await asyncio.to_thread(record)
    assert "Recorded as the response" in said
    assert "It counts from Monday 23 November 2026 at 11:15am, in time. You decide now" in said
    answer: Any
    (answer,) = await live.until_recorded("responded")
    assert (answer.by, answer.recorded_by, answer.recorded_by_name) == ("operational_manager", "iro", "Amara Okafor")
    assert (answer.how, answer.received_at) == ("by email (She rang too.)", entry.received_at)
    assert answer.text.startswith("Dear Sam,\n\nWe agree.")
    held = await asyncio.to_thread(live.bench.register.find, "SWK-2026-0042")
    assert held
    assert (held.status, held.waiting_for) == ("awaiting_iro_decision", "iro")


async def test_the_same_message_twice_counts_once_and_an_ended_escalation_takes_none(live: Live) -> None:
    assert (await comes_back(live, "reply-iphone")).kind == "reply"
    desk = desk_of(live)
    (desk.folder.folder / "new" / "again").write_bytes((SAMPLES / "reply-iphone.eml").read_bytes())
    assert await coming_back.read_once(desk) == []
    handle = (await live.connected()).get_workflow_handle(live.bench.escalation)
    await handle.terminate()
    row = await comes_back(live, "bounce-qmail")
    assert (row.kind, row.outcome) == ("unmatched", "Not open any more, or not known to Temporal: SWK-2026-0042.")
    assert [path.name for path in (desk.folder.folder / ".unmatched" / "new").iterdir()] == ["bounce-qmail"]
