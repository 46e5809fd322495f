"""That whoever can fill an empty post hears of it days ahead, once, and once more when it begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.bulletins import Bulletins
from activities.calendar import Calendars
from activities.empty_posts import NOBODY, NONE, AlarmOrder, AlarmSent, EmptyPostAlarms
from activities.letter import Sender
from escalation.directory import Directory, Leave
from escalation.local_calendar import LocalCalendar
from escalation.summary import summary_of
from register.engine import open_register
from register.store import Register
from starter.rehearsal.world import everyone
from tests.activities.outbox import Outbox, body
from tests.activities.said import words
from tests.empty_register import empty_register
from tests.escalation.driver import Play, shipped

SENDER = Sender("Twentydays <twentydays@council.example>", "council.example")
RAISED = "2026-11-02 10:00"
"""A Monday. The operational manager answers by Monday 9 November; then the head of service is asked."""
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 11, n) for n in (2, 3, 4, 6))
DUE = date(2026, 11, 9)
OPERATIONS, QUALITY = "operations@rehearsal.example", "qau_manager@rehearsal.example"
EVERYBODY = everyone(shipped("southwark"))
Keep = Callable[..., None]
Look = Callable[..., Awaitable[AlarmSent]]


def without(*roles: str) -> Directory:
    return EVERYBODY.model_copy(update={"posts": [post for post in EVERYBODY.posts if post.role not in roles]})


def away(first: date, last: date, person: str = "operational_manager") -> Directory:
    return EVERYBODY.model_copy(update={"leave": [Leave(person=person, first=first, last=last)]})


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = open_register(empty_register(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def keep(register: Register) -> Keep:
    """An escalation of the team North, in the register as it stands at an instant."""

    def kept(reference: str = "SWK-1", procedure: str = "southwark", until: str = RAISED, raised: str = RAISED) -> None:
        play = Play(procedure, raised)
        play.start(team="North", name="Ines Secret")
        play.pass_time(until)
        named = {"reference": reference}
        entries = [each.model_copy(update=named) if each.event == "raised" else each for each in play.entries]
        summary = summary_of(play.case).model_copy(update=named)
        register.keep_procedure(play.case.procedure)
        register.record(f"escalation/{procedure}/{reference}", entries, summary)

    return kept


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def look(register: Register, outbox: Outbox) -> Look:
    async def looked(directory: Directory, on: date, *, closed: dict[date, str] | None = None) -> AlarmSent:
        days = Calendars(LocalCalendar.model_validate({"name": "ours", "closed": closed or {}}))
        bulletins = Bulletins(register, outbox, SENDER, now=lambda: datetime(2026, 11, on.day, 9, 0, 3, tzinfo=UTC))
        alarms = EmptyPostAlarms(register, lambda: directory, days, bulletins)
        sent: AlarmSent = await ActivityEnvironment().run(alarms.send_empty_posts, AlarmOrder(on=on))
        return sent

    return looked


def to(outbox: Outbox) -> list[str]:
    """Whom the messages of one look went to; the outbox is empty then."""
    addresses = sorted(message["To"].addresses[0].addr_spec for message in outbox.sent)
    outbox.sent.clear()
    return addresses


async def test_where_every_post_is_served_nothing_is_sent(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    assert await look(EVERYBODY, MONDAY) == AlarmSent(why_not=NONE)
    assert outbox.sent == []


async def test_operations_and_quality_assurance_are_told_days_ahead_once_and_once_more_on_the_day(
    keep: Keep, look: Look, outbox: Outbox
) -> None:
    keep()
    leave = away(FRIDAY, date(2026, 11, 20))
    assert await look(leave, TUESDAY) == AlarmSent(gaps=1, sent=2)
    assert to(outbox) == [OPERATIONS, QUALITY]
    for day in (TUESDAY, WEDNESDAY):
        assert await look(leave, day) == AlarmSent(gaps=1)
    assert (await look(leave, FRIDAY)).sent == 2
    assert to(outbox) == [OPERATIONS, QUALITY]
    assert (await look(leave, DUE)).sent == 0


async def test_on_the_day_itself_nobody_is_told_where_it_was_mended_before(
    keep: Keep, look: Look, outbox: Outbox
) -> None:
    keep()
    assert (await look(away(FRIDAY, DUE), TUESDAY)).sent == 2
    outbox.sent.clear()
    assert await look(EVERYBODY, FRIDAY) == AlarmSent(why_not=NONE)
    assert outbox.sent == []


async def test_a_day_on_which_nothing_ran_is_made_up_for(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    await look(away(WEDNESDAY, DUE), TUESDAY)
    assert (await look(away(WEDNESDAY, DUE), FRIDAY)).sent == 2


async def test_a_lapse_into_an_empty_post_is_the_gap_that_was_told_of(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    vacant = without("head_of_service")
    assert [(await look(vacant, day)).sent for day in (MONDAY, DUE)] == [2, 2]
    keep(until="2026-11-10 08:00")
    sent = await look(vacant, date(2026, 11, 10))
    assert (sent.gaps, sent.sent) == (1, 0)


async def test_another_escalation_that_would_miss_the_post_from_another_day_is_news(keep: Keep, look: Look) -> None:
    keep()
    vacant = without("head_of_service")
    assert (await look(vacant, MONDAY)).sent == 2
    keep("SWK-2", raised="2026-11-03 10:00", until="2026-11-03 10:00")
    assert await look(vacant, WEDNESDAY) == AlarmSent(gaps=2, sent=2)


async def test_nothing_is_sent_on_a_closed_day(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    closed = await look(without("head_of_service"), TUESDAY, closed={TUESDAY: "Council closed"})
    assert closed == AlarmSent(why_not="Tuesday 3 November 2026 is no working day: Council closed.")
    assert (await look(without("head_of_service"), date(2026, 11, 7))).why_not
    assert outbox.sent == []


async def test_who_answers_for_another_procedure_is_not_told(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    keep("OXF-1", "oxfordshire")
    people = everyone(shipped("oxfordshire"))
    both = EVERYBODY.model_copy(
        update={
            "people": people.people | EVERYBODY.people,
            "posts": [*without("operational_manager").posts, *people.posts],
        }
    )
    await look(both, MONDAY)
    assert to(outbox) == [OPERATIONS, QUALITY]


async def test_where_nobody_is_there_to_hear_the_log_says_so(
    keep: Keep, look: Look, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    keep()
    sent = await look(without("head_of_service", "operations", "qau_manager"), MONDAY)
    assert (sent.sent, sent.why_not) == (0, NOBODY)
    assert NOBODY in caplog.text


async def test_with_the_mail_server_away_it_is_tried_again_and_a_refusal_is_for_good(
    keep: Keep, look: Look, outbox: Outbox
) -> None:
    keep()
    vacant, outbox.down = without("head_of_service"), True
    with pytest.raises(ApplicationError) as waits:
        await look(vacant, MONDAY)
    assert (waits.value.type, waits.value.non_retryable) == ("Unreachable", False)
    outbox.down, outbox.refuses = False, {QUALITY}
    assert await look(vacant, MONDAY) == AlarmSent(gaps=1, sent=1, refused=1)
    outbox.refuses = set()
    assert (await look(vacant, MONDAY)).sent == 0
    assert to(outbox) == [OPERATIONS]


async def test_the_letter_says_what_is_empty_which_deadlines_it_touches_and_what_to_do(
    keep: Keep, look: Look, outbox: Outbox
) -> None:
    keep()
    keep("SWK-2")
    gaps = without("head_of_service").model_copy(update={"leave": away(WEDNESDAY, DUE).leave})
    await look(gaps, TUESDAY)
    message = outbox.sent[0]
    assert message["Subject"] == "2 posts are empty or will be, while an escalation waits"
    assert (message["Date"], message["Auto-Submitted"]) == ("Tue, 03 Nov 2026 09:00:00 +0000", "auto-generated")
    said = body(message)
    assert "Ines" not in said
    assert _paragraphs(said)[2:10] == [
        "Operational Manager of North",
        "From Wednesday 4 November 2026 nobody serves in it: Operational manager is away.",
        "SWK-1: Asked now. The answer is due on Monday 9 November 2026.",
        "SWK-2: Asked now. The answer is due on Monday 9 November 2026.",
        "Head of Service of North",
        "It is needed from Monday 9 November 2026, and nobody will hold it.",
        "SWK-1: Asked next, on Monday 9 November 2026, if nobody answers before.",
        "SWK-2: Asked next, on Monday 9 November 2026, if nobody answers before.",
    ]
    assert "twentydays directory appoint" in said
    assert words(body(message, "html")).read == ["London", "Borough", "of", "Southwark", *said.split()]


def _paragraphs(text: str) -> list[str]:
    return text.replace("\r\n", "\n").strip().split("\n\n")


async def test_one_that_has_begun_is_said_to_be_empty_now(keep: Keep, look: Look, outbox: Outbox) -> None:
    keep()
    await look(without("operational_manager"), MONDAY)
    assert outbox.sent[0]["Subject"] == "A post is empty or will be, while an escalation waits"
    assert "It is needed now, and nobody holds it." in body(outbox.sent[0])
