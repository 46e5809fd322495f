"""What stands before the mail server: nothing goes to a stranger, nothing while it is on hold, nothing too fast."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.guarded import Guarded, Pace, covers
from activities.smtp import SmtpTransport
from activities.transport import Refused, Unreachable
from config.settings import Settings
from register.engine import open_register
from register.rows import HoldRow
from register.store import Register
from worker import build_transport

SENDER, TO = "twentydays@council.example", "a@council.example"
MESSAGE = b"Message-ID: <one@council.example>\r\nSubject: due\r\n\r\nText\r\n"
NINE = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


# Domains --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "covered"),
    [
        ("a@council.gov.uk", True),
        ("a@COUNCIL.Gov.UK", True),
        ("a@schools.council.gov.uk", False),
        ("a@evilcouncil.gov.uk", False),
        ("a@council.gov.uk.evil.example", False),
        ("a@trust.nhs.uk", True),
        ("a@ward.trust.nhs.uk", True),
        ("a@nhs.uk", False),
        ("a@evilnhs.uk", False),
        ("council.gov.uk@evil.example", False),
        ("a@council.gov.uk@evil.example", False),
        ("council.gov.uk", True),  # no address, which is refused before
    ],
)
def test_a_domain_is_that_one_alone_and_a_star_is_all_below_it(address: str, covered: bool) -> None:
    assert covers(["council.gov.uk", "*.nhs.uk"], address) is covered


async def test_a_stranger_gets_nothing_and_the_reason_names_no_address(
    mail_server: Any, transport: SmtpTransport, register: Register
) -> None:
    guarded = Guarded(transport, register.mail, domains=["council.example"])
    with pytest.raises(Refused, match="TWENTYDAYS_MAIL_DOMAINS") as refusal:
        await guarded.deliver(MESSAGE, SENDER, "a.parent@home.example")
    assert refusal.value.code is None
    assert "home" not in str(refusal.value)
    await guarded.deliver(MESSAGE, SENDER, TO)
    assert [to for _, to, _ in mail_server.accepted] == [TO]


# Redirection ----------------------------------------------------------------------------------------------------------


async def test_redirected_everything_goes_to_one_mailbox_and_the_true_recipient_is_checked(
    mail_server: Any, transport: SmtpTransport, register: Register
) -> None:
    guarded = Guarded(transport, register.mail, domains=["council.example"], redirect="me@elsewhere.example")
    for address in (TO, "b@council.example"):
        await guarded.deliver(MESSAGE, SENDER, address)
    for stranger in ("me@elsewhere.example", "not an address"):
        with pytest.raises(Refused):
            await guarded.deliver(MESSAGE, SENDER, stranger)
    assert [(to, content) for _, to, content in mail_server.accepted] == [("me@elsewhere.example", MESSAGE)] * 2


# Hold -----------------------------------------------------------------------------------------------------------------


async def test_on_hold_nothing_is_handed_over_and_who_looks_is_told_why(
    mail_server: Any, transport: SmtpTransport, register: Register
) -> None:
    guarded = Guarded(transport, register.mail, domains=["council.example"])
    register.mail.hold("Alex Reid", "the relay is moved", NINE)
    for address in (TO, "a.parent@home.example", "not an address"):  # nothing is final that was not meant to go
        with pytest.raises(Unreachable) as waits:
            await guarded.deliver(MESSAGE, SENDER, address)
        assert str(waits.value) == (
            "Sending is on hold since Friday 27 November 2026 at 9am, by Alex Reid: the relay is moved. "
            "`twentydays mail release` resumes it."
        )
    assert mail_server.connections == []
    register.mail.release("Alex Reid", NINE)
    await guarded.deliver(MESSAGE, SENDER, TO)
    assert len(mail_server.accepted) == 1


async def test_a_hold_reaches_a_message_that_waits_for_its_turn(mail_server: Any, transport: SmtpTransport) -> None:
    hold = HoldRow(n=1, held_at=NINE, held_by="Alex Reid", reason="the relay is moved")
    asked: Any = SimpleNamespace(held=iter([None, None, hold]).__next__)
    guarded = Guarded(transport, asked, per_minute=200)
    both = (guarded.deliver(MESSAGE, SENDER, TO) for _ in range(2))
    first, second = await asyncio.gather(*both, return_exceptions=True)
    assert first is None
    assert isinstance(second, Unreachable)
    assert "on hold" in str(second)
    assert len(mail_server.accepted) == 1


async def test_where_a_hold_cannot_be_told_nothing_is_handed_over(
    mail_server: Any, transport: SmtpTransport, tmp_path: Path
) -> None:
    never_prepared = open_register(f"sqlite:///{tmp_path}/other.db")
    with pytest.raises(Unreachable, match="cannot be told"):
        await Guarded(transport, never_prepared.mail).deliver(MESSAGE, SENDER, TO)
    never_prepared.close()
    assert mail_server.connections == []


# Pace -----------------------------------------------------------------------------------------------------------------


@given(
    per_minute=st.integers(1, 10_000),
    gaps=st.lists(st.floats(0, 90), max_size=60),
    patience=st.sampled_from([0.0, 45.0]),
)
def test_no_minute_has_more_than_its_share_and_turns_are_apart(
    per_minute: int, gaps: list[float], patience: float
) -> None:
    pace, now, turns = Pace(per_minute), 0.0, []
    for gap in gaps:
        now += gap
        wait = pace.take_turn(now, patience)
        assert wait is None or 0 <= wait <= patience
        turns += [] if wait is None else [now + wait]
    assert all(later - earlier >= 60 / per_minute - 1e-6 for earlier, later in pairwise(turns))


def test_who_has_waited_long_enough_is_not_made_to_wait_and_a_turn_refused_is_not_used_up() -> None:
    pace = Pace(6)
    assert [pace.take_turn(0, 15) for _ in range(4)] == [0, 10, None, None]
    assert [pace.take_turn(5, 15), pace.take_turn(100, 0), pace.take_turn(100, 9)] == [15, 0, None]


async def test_what_is_beyond_the_pace_waits_for_its_turn(
    mail_server: Any, transport: SmtpTransport, register: Register
) -> None:
    guarded, clock = Guarded(transport, register.mail, per_minute=600), asyncio.get_running_loop().time
    began = clock()
    await asyncio.gather(*(guarded.deliver(MESSAGE, SENDER, TO) for _ in range(4)))
    assert len(mail_server.accepted) == 4
    assert clock() - began >= 0.3


async def test_what_would_wait_too_long_goes_out_later(
    mail_server: Any, transport: SmtpTransport, register: Register
) -> None:
    guarded = Guarded(transport, register.mail, per_minute=1)
    await guarded.deliver(MESSAGE, SENDER, TO)
    with pytest.raises(Unreachable) as waits:
        await guarded.deliver(MESSAGE, SENDER, TO)
    assert str(waits.value) == "The pace of 1 a minute is used up; it goes out later."
    assert len(mail_server.accepted) == 1


# As a worker has it ---------------------------------------------------------------------------------------------------


async def test_a_worker_puts_all_of_it_before_its_mail_server(mail_server: Any, register: Register) -> None:
    settings = Settings(
        smtp_port=mail_server.port,
        mail_domains=("council.example",),
        mail_redirect="me@elsewhere.example",
        mail_per_minute=60_000,
    )
    transport = build_transport(settings, register)
    await transport.deliver(MESSAGE, SENDER, TO)
    with pytest.raises(Refused):
        await transport.deliver(MESSAGE, SENDER, "a.parent@home.example")
    register.mail.hold("Alex Reid", "the relay is moved", NINE)
    with pytest.raises(Unreachable):
        await transport.deliver(MESSAGE, SENDER, TO)
    assert [to for _, to, _ in mail_server.accepted] == ["me@elsewhere.example"]
    mail_server.hang_up()


async def test_a_worker_does_so_before_its_folder_too(tmp_path: Path, register: Register) -> None:
    settings = Settings(mail_transport="folder", mail_folder=tmp_path / "mail", mail_domains=("council.example",))
    transport = build_transport(settings, register)
    await transport.deliver(MESSAGE, SENDER, TO)
    with pytest.raises(Refused):
        await transport.deliver(MESSAGE, SENDER, "a.parent@home.example")
    assert len(list((tmp_path / "mail").iterdir())) == 1
