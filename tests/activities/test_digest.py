"""Notices that may wait: kept, sent together, and noted for each. A real mail server and a real register."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import rendering
from activities.notices import Notices
from activities.transport import Unreachable
from escalation.gathering import GATHERABLE
from escalation.messages import Deadline, NoticeOutcome, SendNotice
from register.store import Register
from tests.activities.said import Say, words

IRO = "iro@council.example"
NINE = datetime(2025, 12, 23, 9, 0, tzinfo=UTC)
DUE = datetime(2025, 12, 23, 9, 30, tzinfo=UTC)
WAITS = {"status": "awaiting_iro_decision", "cap": "2026-01-22T17:00:00+00:00"}
LETTERS = Path(__file__).with_name("letters")
Reminder = Callable[..., SendNotice]
Send = Callable[[SendNotice], Any]


@pytest.fixture
def reminder(order: Callable[..., SendNotice]) -> Reminder:
    def made(number: int, more: dict[str, Any] | None = None, **notice: Any) -> SendNotice:
        escalation = {"escalation": f"escalation/southwark/SWK-{number}", "reference": f"SWK-{number}", "clock": None}
        to_raiser = {"to": ("iro",), "cc": (), "reaches": ("iro",), "answering": (), "facts": WAITS, "at": NINE}
        usual = {"notice": "decision_reminder", "entry": 7} | to_raiser
        return order(escalation | {"may_be_gathered": True} | (more or {}), **(usual | notice))

    return made


@pytest.fixture
def send(notices: Notices, clock: Any) -> Send:
    clock.at = NINE
    return lambda order: ActivityEnvironment().run(notices.send_notice, order)


async def put_off(send: Send, *orders: SendNotice) -> list[timedelta | None]:
    """How much later each of these is to be tried again; not one of them as a fault."""
    delays = []
    for order in orders:
        with pytest.raises(ApplicationError) as later:
            await send(order)
        assert (later.value.type, later.value.non_retryable) == ("WaitsForDigest", False)
        delays.append(later.value.next_retry_delay)
    return delays


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


async def test_several_notices_to_one_person_are_one_email_when_they_are_due(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any
) -> None:
    orders = [reminder(number) for number in (1, 2, 3)]
    assert await put_off(send, *orders) == [timedelta(minutes=30)] * 3
    assert mail_server.accepted == []
    clock.at = DUE
    outcomes: list[NoticeOutcome] = [await send(order) for order in orders]
    [mail] = mail_server.mails
    assert (mail["To"].addresses[0].addr_spec, mail["X-Twentydays-Notice"]) == (IRO, "digest")
    said = [
        (sent.role, sent.address, sent.accepted_at, sent.message_id) for each in outcomes for sent in each.delivered
    ]
    assert said == [("iro", IRO, DUE, mail["Message-ID"])] * 3
    assert [each.entry for each in outcomes] == [7, 7, 7]


async def test_a_digest_reads_as_it_should(send: Send, reminder: Reminder, clock: Any, mail_server: Any) -> None:
    thanks = reminder(2, notice="good_practice", entry=4, facts={"by": "qau_manager"})
    recorded = reminder(10, notice="recorded", facts={"by": "qau_manager", "title": "Seen by a manager"})
    handed = reminder(3, notice="handed_over", facts=WAITS | {"by": "head_of_qau"})
    orders = [recorded, reminder(1), thanks, handed]
    await put_off(send, *orders)
    clock.at = DUE
    await send(orders[2])
    [mail] = mail_server.mails
    path = LETTERS / "digest.txt"
    said = f"Subject: {mail['Subject']}\n\n{text_of(mail)}"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")
    html = mail.get_body(("html",))
    assert html
    assert words(html.get_content()).read == ["Southwark", *text_of(mail).split()]


async def test_a_digest_says_that_no_person_wrote_it_and_belongs_to_no_thread(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    await send(reminder(1))
    [mail] = mail_server.mails
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "OOF, AutoReply")
    assert mail["List-Id"] == "Escalations <escalations.twentydays.council.example>"
    assert {mail[name] for name in ("References", "In-Reply-To", "Reply-To", "X-Twentydays-Reference")} == {None}


async def test_what_is_alone_when_it_is_due_goes_out_as_itself(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any, register: Register
) -> None:
    await put_off(send, reminder(1))
    clock.at = DUE
    outcome = await send(reminder(1))
    [mail] = mail_server.mails
    assert mail["X-Twentydays-Notice"] == "decision_reminder"
    assert [sent.message_id for sent in outcome.delivered] == [mail["Message-ID"]]
    assert register.digests.claim(IRO, DUE, DUE + timedelta(hours=1)) == []


@pytest.mark.parametrize("changes", [{"more": {"may_be_gathered": False}}, {"part": "addressee", "more": {}}])
async def test_what_may_not_wait_goes_out_at_once(
    changes: dict[str, Any], send: Send, reminder: Reminder, mail_server: Any
) -> None:
    given = {"may_be_gathered": False} | changes.pop("more")
    await send(reminder(1, given, **changes))
    assert len(mail_server.accepted) == 1


async def test_what_takes_a_deadline_out_of_a_calendar_goes_out_at_once(
    send: Send, reminder: Reminder, mail_server: Any
) -> None:
    left = Deadline(visit=2, stage_title="Stage 1", sequence=1, due=DUE + timedelta(days=3), addresses=(IRO,))
    await send(reminder(1, {"deadlines_left": (left,)}))
    assert len(mail_server.accepted) == 1


async def test_who_comes_while_the_digest_is_being_sent_looks_again_soon(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any, register: Register
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    assert register.digests.claim(IRO, DUE, DUE)
    assert await put_off(send, reminder(2)) == [timedelta(seconds=15)]
    assert mail_server.accepted == []
    clock.at = DUE + timedelta(minutes=2)  # whoever claimed it has died
    await send(reminder(2))
    assert len((await send(reminder(1))).delivered) == 1
    assert len(mail_server.accepted) == 1


async def test_a_crash_before_the_ledger_sends_the_same_bytes_again_and_no_third_time(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    with monkeypatch.context() as crash:
        crash.setattr(register.digests, "settle", _dies)
        with pytest.raises(SystemError):
            await send(reminder(1))
    assert await put_off(send, reminder(2)) == [timedelta(seconds=15)]
    clock.at = DUE + timedelta(minutes=2)
    for number in (2, 1, 2):
        await send(reminder(number))
    first, second = mail_server.accepted
    assert first == second


def _dies(_results: Any) -> None:
    raise SystemError("kill -9")


async def test_an_outage_is_tried_again_as_for_any_message_and_by_whoever_comes_next(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    mail_server.refuse[IRO] = "451 Not now"
    for number in (1, 2):
        with pytest.raises(ApplicationError, match="1 of 1 messages wait") as unreachable:
            await send(reminder(number))
        assert (unreachable.value.type, unreachable.value.next_retry_delay) == ("Unreachable", None)
    mail_server.refuse.clear()
    clock.at = DUE + timedelta(hours=17)
    assert await put_off(send, reminder(1)) == [timedelta(hours=6, minutes=30)]  # not at half past two in the night
    clock.at = DUE + timedelta(hours=23, minutes=30)
    await send(reminder(2))
    assert len((await send(reminder(1))).delivered) == 1
    assert len(mail_server.accepted) == 1


async def test_one_who_cannot_be_reached_is_tried_soon_although_another_waits_for_a_digest(
    send: Send, reminder: Reminder, mail_server: Any, monkeypatch: pytest.MonkeyPatch, notices: Notices
) -> None:
    async def unreachable(*_: Any) -> None:
        raise Unreachable("The register does not answer.")

    both = {"to": ("iro", "qau_manager"), "reaches": ("iro", "qau_manager")}
    post = notices._digest.post

    async def only_one(order: Any, recipient: Any, *more: Any) -> Any:
        return await (post(order, recipient, *more) if recipient.role == "iro" else unreachable())

    monkeypatch.setattr(notices._digest, "post", only_one)
    with pytest.raises(ApplicationError, match="2 of 2 messages wait") as later:
        await send(reminder(1, **both))
    assert (later.value.type, later.value.next_retry_delay) == ("Unreachable", None)


async def test_a_refused_digest_is_a_refusal_of_each_of_its_notices(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    mail_server.refuse[IRO] = "550 5.1.1 No such mailbox here"
    outcomes = [await send(reminder(number)) for number in (1, 2)]
    assert [(each.role, each.reason) for outcome in outcomes for each in outcome.failed] == [
        ("iro", "550 5.1.1 No such mailbox here")
    ] * 2


async def test_what_was_overtaken_is_in_no_digest_and_its_outcome_says_so(
    send: Send, reminder: Reminder, clock: Any, mail_server: Any
) -> None:
    await put_off(send, *(reminder(number) for number in (1, 2, 3)))
    gone: NoticeOutcome = await send(reminder(2, overtaken="The escalation was closed before it went out."))
    assert (gone.delivered, gone.not_sent) == ([], "The escalation was closed before it went out.")
    clock.at = DUE
    await send(reminder(1))
    [mail] = mail_server.mails
    assert re.findall(r"SWK-\d", text_of(mail)) == ["SWK-1", "SWK-3"]


async def test_what_is_overtaken_while_its_digest_is_being_sent_says_that_it_went_out(
    send: Send, reminder: Reminder, clock: Any, register: Register
) -> None:
    await put_off(send, reminder(1), reminder(2))
    clock.at = DUE
    overtaken = reminder(2, overtaken="The escalation was closed before it went out.")
    register.digests.claim(IRO, DUE, DUE)
    assert await put_off(send, overtaken) == [timedelta(seconds=15)]
    register.digests.release(IRO, DUE)
    await send(reminder(1))
    clock.at = DUE + timedelta(minutes=2)
    outcome = await send(overtaken)
    assert (len(outcome.delivered), outcome.not_sent) == (1, None)


def test_what_may_be_gathered_has_a_line_and_nothing_else_has() -> None:
    lines = {path.stem for path in (rendering.DIGEST / "lines").glob("*.txt")}
    assert lines == GATHERABLE
    assert lines <= set(rendering.notices())


@pytest.mark.parametrize("notice", sorted(GATHERABLE))
@pytest.mark.parametrize("role", ["iro", "team_manager", "qau_manager"])
def test_a_line_is_one_line_with_all_facts_and_with_none(see: Say, notice: str, role: str) -> None:
    for facts in (None, {}, {"status": "referred"}, {"status": "awaiting_response"}):
        line = rendering.line(notice, see(notice, role, facts))  # type: ignore[arg-type]
        assert re.fullmatch(r"\S.*\.", line)
        assert "None" not in line
        assert "  " not in line
