"""What waits for a digest is kept once, sent by one at a time, and noted together; in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from escalation.messages import Delivery, Failure
from register.mail_tables import digests, gathered
from register.rows import GatheredRow, LedgerRow
from register.store import Register

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SAM = "sam.okafor@council.example"


def row(number: int, address: str = SAM, **changes: Any) -> GatheredRow:
    usual = {
        "escalation": f"escalation/southwark/SWK-{number}",
        "entry": 7,
        "notice": "decision_reminder",
        "address": address,
        "due_at": DUE,
        "reference": f"SWK-{number}",
        "role": "iro",
        "person": "Sam Okafor",
        "email": address.title(),
        "council": "Southwark",
        "says": "It waits for you to decide.",
    }
    return GatheredRow.model_validate(usual | changes)


def sent(of: GatheredRow) -> Delivery:
    who = {"role": of.role, "person": of.person, "address": of.email}
    return Delivery(accepted_at=DUE, message_id="<digest@council.example>", **who)


def ledger(register: Register, of: GatheredRow) -> list[LedgerRow]:
    return register.ledger(of.escalation, of.entry, of.notice)


def settle(register: Register, *rows: GatheredRow) -> None:
    register.digests.settle([(each, sent(each)) for each in rows])


def test_what_is_gathered_twice_is_kept_as_it_was_first(register: Register) -> None:
    assert register.digests.gather(row(1)) == row(1)
    later = row(1, due_at=DUE + timedelta(days=1), says="Something else.")
    assert register.digests.gather(later) == row(1)
    assert register.digests.claim(SAM, DUE, DUE) == [row(1)]


def test_a_digest_holds_what_one_person_is_due_at_one_time_in_the_order_of_references(register: Register) -> None:
    for each in (row(10), row(2), row(3, "ada@council.example"), row(4, due_at=DUE + timedelta(hours=7))):
        register.digests.gather(each)
    assert register.digests.claim(SAM, DUE, DUE) == [row(2), row(10)]


def test_what_is_claimed_is_nobody_elses_until_it_is_released_or_two_minutes_old(register: Register) -> None:
    register.digests.gather(row(1))
    assert register.digests.claim(SAM, DUE, DUE) == [row(1)]
    assert register.digests.claim(SAM, DUE, DUE + timedelta(seconds=119)) == []
    assert register.digests.claim(SAM, DUE, DUE + timedelta(seconds=120)) == [row(1)]
    assert register.digests.claim(SAM, DUE, DUE + timedelta(seconds=121)) == []
    register.digests.release(SAM, DUE)
    assert register.digests.claim(SAM, DUE, DUE + timedelta(seconds=122)) == [row(1)]


def test_what_has_gone_out_is_in_the_ledger_and_waits_no_more(register: Register, engine: Engine) -> None:
    for number in (1, 2):
        register.digests.gather(row(number))
    settle(register, *register.digests.claim(SAM, DUE, DUE))
    for number in (1, 2):
        told = register.digests.gather(row(number, due_at=DUE + timedelta(days=1)))
        assert isinstance(told, LedgerRow)
        assert told.delivery == sent(row(number))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(gathered)) == 0
        [kept] = connection.execute(select(digests.c.message_id, digests.c.accepted_at)).all()
    assert tuple(kept) == ("<digest@council.example>", DUE)


def test_a_digest_that_was_refused_is_refused_for_each_of_its_notices(register: Register) -> None:
    register.digests.gather(row(1))
    [waiting] = register.digests.claim(SAM, DUE, DUE)
    failure = Failure(role="iro", person="Sam Okafor", address=waiting.email, reason="550 No such mailbox here")
    register.digests.settle([(waiting, failure)])
    told = register.digests.gather(row(1))
    assert isinstance(told, LedgerRow)
    assert (told.status, told.failure) == ("refused", failure)


def test_all_that_a_digest_held_is_noted_or_nothing_is(register: Register) -> None:
    for number in (1, 2):
        register.digests.gather(row(number))
    first, second = register.digests.claim(SAM, DUE, DUE)
    nobody = Failure(role="iro", reason="No address")
    with pytest.raises(ValueError, match="refusals of an address"):
        register.digests.settle([(first, sent(first)), (second, nobody)])
    assert ledger(register, first) == []
    assert register.digests.gather(first) == first


def test_what_went_out_as_itself_is_forgotten(register: Register) -> None:
    register.digests.gather(row(1))
    register.digests.forget(row(1))
    assert register.digests.claim(SAM, DUE, DUE) == []


def test_what_was_overtaken_is_in_no_digest(register: Register) -> None:
    for each in (row(1), row(1, "ada@council.example"), row(2)):
        register.digests.gather(each)
    gone = row(1)
    assert register.digests.give_up(gone.escalation, gone.entry, gone.notice, NINE)
    assert register.digests.claim(SAM, DUE, DUE) == [row(2)]
    assert register.digests.claim("ada@council.example", DUE, DUE) == []


def test_what_is_just_being_sent_cannot_be_given_up(register: Register) -> None:
    register.digests.gather(row(1))
    register.digests.claim(SAM, DUE, DUE)
    key = (row(1).escalation, row(1).entry, row(1).notice)
    assert not register.digests.give_up(*key, DUE + timedelta(seconds=10))
    settle(register, row(1))
    assert register.digests.give_up(*key, DUE + timedelta(seconds=20))
    assert [told.status for told in ledger(register, row(1))] == ["accepted"]


# At one instant ------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    together = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


@pytest.fixture
def workers(url: str, opened: Callable[[str], Register]) -> tuple[Register, Register]:
    """Two processes on one register, each with a connection of its own."""
    return opened(url), opened(url)


def test_of_two_workers_that_come_at_one_instant_one_sends_the_digest(workers: tuple[Register, Register]) -> None:
    one, other = workers
    for day in range(5):
        due = DUE + timedelta(days=day)
        rows = [row(number, entry=day + 1, due_at=due) for number in (1, 2)]
        at_once(lambda: one.digests.gather(rows[0]), lambda: other.digests.gather(rows[1]))  # noqa: B023 - at once
        claims = at_once(*(lambda r=register: r.digests.claim(SAM, due, due) for register in workers))  # noqa: B023
        assert sorted(claims, key=len) == [[], rows]


def test_what_is_overtaken_just_when_it_is_sent_is_either_in_the_digest_or_given_up(
    workers: tuple[Register, Register],
) -> None:
    one, other = workers
    for entry in range(1, 11):
        due = DUE + timedelta(days=entry)
        waits, given = row(1, entry=entry, due_at=due), (row(1).escalation, entry, row(1).notice)
        one.digests.gather(waits)
        claimed, gone = at_once(
            lambda: one.digests.claim(SAM, due, due),  # noqa: B023 - at once
            lambda: other.digests.give_up(*given, due),  # noqa: B023
        )
        assert bool(claimed) != gone


def test_a_digest_that_holds_nothing_any_more_is_cleared_away_a_month_later(register: Register, engine: Engine) -> None:
    later = DUE + timedelta(days=31)
    for each in (row(1), row(2, "ada@council.example"), row(3, due_at=later)):
        register.digests.gather(each)
    register.digests.claim(SAM, DUE, DUE)
    settle(register, row(1))
    register.digests.claim(SAM, later, later)
    with engine.connect() as connection:
        left = {tuple(each) for each in connection.execute(select(digests.c.address, digests.c.due_at))}
    assert left == {("ada@council.example", DUE), (SAM, later)}
