"""That directors get the month's numbers once each, on or after its day, and can read them in the email itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.letter import Sender
from activities.monthly import NOBODY, MonthlySummaries, SummaryOrder, SummarySent, make
from config import procedures
from escalation.directory import Directory, Person, Post
from escalation.local_calendar import LocalCalendar
from escalation.monthly_told import sections
from escalation.months import Month
from escalation.summary import summary_of
from register.engine import open_register
from register.store import Register
from tests.activities.outbox import Outbox
from tests.empty_register import empty_register
from tests.escalation.driver import Play

SENDER = Sender("Twentydays <twentydays@council.example>", "council.example")
OCTOBER = Month(2026, 10)
FIRST_WORKING_DAY = date(2026, 11, 2)
DIRECTORS = ("ada", "ben")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of two months: eight disputes of two teams, of which some were answered and some never."""
    file = tmp_path_factory.mktemp("kept") / "register.db"
    register = open_register(empty_register(file.parent))
    procedure = procedures.load("southwark")
    register.keep_procedure(procedure)
    for n in range(8):
        play = Play("southwark", f"2026-{9 + n % 2:02}-{7 + n:02} 10:00")
        play.start(team="North" if n < 6 else "South", name="Ines Secret")
        if n % 3 == 0:
            play.respond(at=f"2026-{9 + n % 2:02}-{9 + n:02} 15:00")
        play.pass_time("2026-11-01 12:00")
        reference = f"SWK-{n}"
        entries = [
            entry.model_copy(update={"reference": reference}) if entry.event == "raised" else entry
            for entry in play.entries
        ]
        summary = summary_of(play.case).model_copy(update={"reference": reference})
        register.record(f"escalation/southwark/{reference}", entries, summary)
    register.close()
    return file


@pytest.fixture
def register(kept: Path, tmp_path: Path) -> Iterator[Register]:
    copy = tmp_path / "register.db"
    copy.write_bytes(kept.read_bytes())
    opened = open_register(f"sqlite:///{copy}")
    yield opened
    opened.close()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def summaries(register: Register, outbox: Outbox, *names: str) -> MonthlySummaries:
    directory = Directory(
        people={name: Person(name=name.title(), email=f"{name}@council.example") for name in names},
        posts=[Post(role="directors", person=name) for name in names],
    )
    days = Calendars(LocalCalendar())
    bulletins = Bulletins(register, outbox, SENDER, now=lambda: made_at)
    return MonthlySummaries(register, lambda: directory, days, bulletins)


made_at = datetime(2026, 11, 2, 9, 0, 5, tzinfo=UTC)


async def send(told: MonthlySummaries, on: date = FIRST_WORKING_DAY, month: str | None = None) -> SummarySent:
    sent: SummarySent = await ActivityEnvironment().run(told.send_monthly_summary, SummaryOrder(on=on, month=month))
    return sent


async def test_each_director_gets_it_once_whenever_it_is_asked_for(register: Register, outbox: Outbox) -> None:
    told = summaries(register, outbox, *DIRECTORS)
    for day in (2, 3, 10):
        assert await send(told, date(2026, 11, day)) == SummarySent(month="2026-10", sent=2)
    assert sorted(str(message["To"]) for message in outbox.sent) == [
        "Ada <ada@council.example>",
        "Ben <ben@council.example>",
    ]
    assert len({message["Message-ID"] for message in outbox.sent}) == 2


async def test_before_the_first_working_day_nothing_is_sent(register: Register, outbox: Outbox) -> None:
    sent = await send(summaries(register, outbox, "ada"), date(2026, 11, 1))
    assert outbox.sent == []
    assert sent.why_not == "It is due on Monday 2 November 2026, the first working day of the month."
    assert (await send(summaries(register, outbox, "ada"), date(2026, 11, 1), "2026-10")).sent == 1


async def test_a_day_on_which_nothing_ran_is_made_up_for_on_the_next(register: Register, outbox: Outbox) -> None:
    assert (await send(summaries(register, outbox, "ada"), date(2026, 11, 4))).sent == 1
    assert str(outbox.sent[0]["Date"]) == "Mon, 02 Nov 2026 09:00:00 +0000"


async def test_without_directors_nothing_is_sent_and_the_log_says_so(
    register: Register, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await send(summaries(register, outbox))).why_not == NOBODY
    assert NOBODY in caplog.text
    assert outbox.sent == []


async def test_with_the_mail_server_away_it_is_tried_again_and_each_month_is_a_message_of_its_own(
    register: Register, outbox: Outbox
) -> None:
    told, outbox.down = summaries(register, outbox, "ada"), True
    with pytest.raises(ApplicationError) as waits:
        await send(told)
    assert (waits.value.type, waits.value.non_retryable) == ("Unreachable", False)
    outbox.down = False
    assert (await send(told)).sent == 1
    first = outbox.sent[0]
    await send(told, month="2026-09")
    assert outbox.sent[1]["Message-ID"] != first["Message-ID"]


async def test_who_refuses_is_not_asked_again_and_keeps_nobody_from_it(register: Register, outbox: Outbox) -> None:
    outbox.refuses = {"ada@council.example"}
    told = summaries(register, outbox, *DIRECTORS)
    assert await send(told) == SummarySent(month="2026-10", sent=1, refused=1)
    outbox.refuses = set()
    assert await send(told) == SummarySent(month="2026-10", sent=1, refused=1)


async def test_the_email_says_it_all_without_signing_in_and_names_nobody(register: Register, outbox: Outbox) -> None:
    await send(summaries(register, outbox, "ada"))
    message = outbox.sent[0]
    assert message["Subject"] == "Disputes in October 2026: summary for directors"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (message.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    said, shown = text.get_content(), html.get_content()
    for body in (said, shown):
        assert "SWK-" not in body
        assert "Ines" not in body
        assert "http" not in body.replace("http-equiv", "")
    assert "Raised (October 2026: 4, September 2026: 4)" in said
    assert "Open at the end of the month" in said
    assert "North (Raised in October 2026: fewer than 5, Open at the end: not shown)" in said
    assert set(_words(said)) <= set(_words(_plain(shown)))


async def test_a_month_without_anything_says_so(register: Register, outbox: Outbox) -> None:
    await send(summaries(register, outbox, "ada"), month="2026-03")
    body = outbox.sent[0].get_body(preferencelist=("plain",))
    assert body
    assert "Nothing was raised, closed or open in March 2026" in body.get_content()


def test_numbers_are_those_of_the_register(register: Register) -> None:
    made = make(register, Calendars(LocalCalendar()), OCTOBER, made_at)
    (southwark,) = made.procedures
    assert (southwark.this.raised, southwark.before.raised) == (4, 4)
    assert southwark.this.open == 8 - southwark.this.all_closed - southwark.before.all_closed
    assert sum(southwark.this.waiting_for.values()) == southwark.this.open
    assert southwark.this.month == "2026-10"
    assert southwark.teams["North"]["raised"] == southwark.teams["South"]["raised"] == "fewer than 5"
    later = make(register, Calendars(LocalCalendar()), OCTOBER, datetime(2027, 3, 1, tzinfo=UTC))
    assert later.procedures == made.procedures


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skip += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.said.append(data)


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return " ".join(parser.said)


def _words(text: str) -> list[str]:
    return [word.strip(".,:;\"'()") for word in text.split()]


def test_two_workers_at_once_agree_on_the_message_id(register: Register, outbox: Outbox) -> None:
    async def both() -> None:
        await asyncio.gather(*(send(summaries(register, outbox, "ada")) for _ in range(2)))

    asyncio.run(both())
    assert len({message["Message-ID"] for message in outbox.sent}) == 1
    assert len(register.ledger("summary/2026-10", 0, "monthly_summary")) == 1


def test_what_was_taken_over_later_is_counted_in_the_month_in_which_it_was_raised(register: Register) -> None:
    """It was raised elsewhere, and its closed days were pinned here only when it came over."""
    play = Play("southwark", "2026-11-20 10:00")
    pinned = play.entries[0]
    play.start(at="2026-11-20 10:00")
    raised = play.entries[1].model_copy(update={"at": datetime(2026, 10, 5, 9, tzinfo=UTC), "reference": "SWK-X"})
    summary = summary_of(play.case).model_copy(update={"reference": "SWK-X", "n": 2})
    before = make(register, Calendars(LocalCalendar()), OCTOBER, datetime(2026, 11, 30, tzinfo=UTC)).procedures[0]
    register.record("escalation/southwark/SWK-X", [pinned, raised], summary)
    after = make(register, Calendars(LocalCalendar()), OCTOBER, datetime(2026, 11, 30, tzinfo=UTC)).procedures[0]
    assert (after.this.raised, after.this.open) == (before.this.raised + 1, before.this.open + 1)
    assert after.unread == 0


def test_a_history_that_cannot_be_read_is_named_in_the_log_and_all_others_are_counted(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    play = Play("southwark", "2026-10-05 10:00")
    play.start(name="Ines Secret")
    headless = play.entries[1].model_copy(update={"n": 1, "reference": "SWK-Y"})
    summary = summary_of(play.case).model_copy(update={"reference": "SWK-Y", "n": 1})
    before = make(register, Calendars(LocalCalendar()), OCTOBER, datetime(2026, 11, 30, tzinfo=UTC)).procedures[0]
    register.record("escalation/southwark/SWK-Y", [headless], summary)
    made = make(register, Calendars(LocalCalendar()), OCTOBER, datetime(2026, 11, 30, tzinfo=UTC))
    assert made.procedures[0].this == before.this
    assert "SWK-Y" in caplog.text
    assert "Secret" not in caplog.text
    told = [sentence for section in sections(made) for sentence in section.sentences]
    assert any(sentence.startswith("1 more dispute is not counted") for sentence in told)
