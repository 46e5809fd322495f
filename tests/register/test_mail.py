"""A hold of mail is one at a time, kept with who and why, and seen by every process; accepted messages are counted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from escalation.messages import Delivery, Failure
from register.mail import AlreadyOnHold, NotOnHold
from register.mail_tables import mail_holds
from register.store import Register

FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
WORDS = "Sending is on hold since Friday 27 November 2026 at 9am, by Alex Reid: the relay is moved."


def test_a_hold_is_in_force_in_every_process_until_it_is_released(
    url: str, register: Register, opened: Callable[[str], Register]
) -> None:
    elsewhere = opened(url)
    assert elsewhere.mail.held() is None
    register.mail.hold("Alex Reid", "the relay is moved.", FRIDAY)
    held = elsewhere.mail.held()
    assert str(held) == WORDS
    assert held is not None and held.in_force
    elsewhere.mail.release("Sam Okafor", FRIDAY + timedelta(hours=1))
    assert register.mail.held() is None


def test_a_second_hold_is_refused_with_the_words_of_the_first(register: Register) -> None:
    register.mail.hold("Alex Reid", "the relay is moved", FRIDAY)
    with pytest.raises(AlreadyOnHold) as refusal:
        register.mail.hold("Sam Okafor", "a test", FRIDAY + timedelta(minutes=1))
    assert str(refusal.value) == WORDS


def test_what_is_not_on_hold_cannot_be_released(register: Register) -> None:
    with pytest.raises(NotOnHold):
        register.mail.release("Alex Reid", FRIDAY)
    register.mail.hold("Alex Reid", "the relay is moved", FRIDAY)
    register.mail.release("Alex Reid", FRIDAY + timedelta(hours=1))
    with pytest.raises(NotOnHold):
        register.mail.release("Alex Reid", FRIDAY + timedelta(hours=2))


def test_every_hold_is_kept_with_who_resumed_sending(register: Register, engine: Engine) -> None:
    for hours in (0, 2):
        register.mail.hold("Alex Reid", "the relay is moved", FRIDAY + timedelta(hours=hours))
        ended = register.mail.release("Sam Okafor", FRIDAY + timedelta(hours=hours + 1))
        assert (ended.released_by, ended.held_by, ended.in_force) == ("Sam Okafor", "Alex Reid", False)
    query = select(mail_holds.c.n, mail_holds.c.held_at, mail_holds.c.released_by).order_by(mail_holds.c.n)
    with engine.connect() as connection:
        assert list(map(tuple, connection.execute(query))) == [
            (1, FRIDAY, "Sam Okafor"),
            (2, FRIDAY + timedelta(hours=2), "Sam Okafor"),
        ]


def test_of_two_holds_and_of_two_releases_at_once_one_is_done(url: str, opened: Callable[[str], Register]) -> None:
    registers, together = [opened(url) for _ in range(4)], Barrier(4)

    def one(register: Register, act: Callable[[Register], object]) -> bool:
        together.wait()
        try:
            act(register)
        except (AlreadyOnHold, NotOnHold):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        for act in (
            lambda register: register.mail.hold("Alex Reid", "the relay is moved", FRIDAY),
            lambda register: register.mail.release("Alex Reid", FRIDAY),
        ):
            assert sorted(pool.map(one, registers, [act] * 4)) == [False, False, False, True]


def test_messages_accepted_since_are_counted_once_each(register: Register) -> None:
    def accept(entry: int, address: str, message_id: str, at: datetime) -> None:
        delivery = Delivery(role="manager", person="A", address=address, accepted_at=at, message_id=message_id)
        register.note_accepted("escalation/southwark/SWK-1", entry, "alert", delivery)

    assert register.mail.accepted_since(FRIDAY) == 0
    accept(1, "a@council.example", "<1@x>", FRIDAY - timedelta(seconds=1))
    accept(2, "a@council.example", "<2@x>", FRIDAY)
    accept(2, "b@council.example", "<3@x>", FRIDAY + timedelta(hours=1))
    accept(3, "b@council.example", "<3@x>", FRIDAY + timedelta(hours=1))
    failure = Failure(role="manager", reason="550 no such mailbox", person="C", address="c@council.example")
    register.note_refused("escalation/southwark/SWK-1", 2, "alert", failure)
    assert register.mail.accepted_since(FRIDAY) == 2
