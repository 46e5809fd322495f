"""Silence moves it on: on the right day in every season, whatever arrives at the last moment, whatever is down."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import make_url

from escalation.messages import Respond
from tests.harness import london

SEASONS = {
    "Christmas 2025": ("2025-12-22 10:00", "2025-12-31 17:00", "2026-01-08 17:00"),
    "Christmas 2027, with two days in lieu": ("2027-12-22 10:00", "2027-12-31 17:00", "2028-01-10 17:00"),
    "Easter 2024": ("2024-03-27 10:00", "2024-04-05 17:00", "2024-04-12 17:00"),
    "clocks forward, 30 March 2025": ("2025-03-25 10:00", "2025-04-01 17:00", "2025-04-08 17:00"),
    "clocks back, 26 October 2025": ("2025-10-22 10:00", "2025-10-29 17:00", "2025-11-05 17:00"),
}


@pytest.mark.parametrize(("raised", "first", "second"), SEASONS.values(), ids=SEASONS)
async def test_silence_lapses_at_five_in_the_afternoon_of_the_fifth_working_day(
    a_case: Callable[..., Any], raised: str, first: str, second: str
) -> None:
    async with a_case("southwark", at=raised) as case:
        await case.start()
        await case.expect_start("L1")
        assert (await case.state()).due == london(first)
        await case.pass_time(to=first)
        assert await case.status() == ("L1", "awaiting_response")
        state = await case.pass_time(to=first.replace("17:00", "17:02"))
        await case.expect_silence("L1", then="L2")
        assert (state.stage, state.due) == ("L2", london(second))
        entered = (await case.entries("advanced"))[0]
        assert entered.at - london(first) < london(first.replace("17:00", "17:02")) - london(first)
        assert entered.details["lapsed_due"] == first[:10]


def test_both_clock_changes_are_among_the_seasons() -> None:
    """In winter 17:00 in London is 17:00 UTC, in summer 16:00."""
    assert london("2025-03-25 17:00").astimezone(UTC).hour == 17
    assert london("2025-04-01 17:00").astimezone(UTC).hour == 16
    assert london("2025-10-29 17:00").astimezone(UTC).hour == 17


async def test_an_answer_in_the_inbox_whose_signal_never_came_prevents_the_lapse(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        answer = _answer("only-in-the-inbox", "2025-06-09 16:59")
        case.world.register.put_in_inbox(case.id, answer)
        await case.pass_time(to="2025-06-09 17:05")
        await case.expect_silence("L1")
        await case.expect_mail(notice="response_received", to="iro")
        assert await case.status() == ("L1", "awaiting_iro_decision")
        assert await case.entries("lapsed") == []
        assert [entry.details["received_at"] for entry in await case.entries("responded")] == [
            "2025-06-09T16:59:00+01:00"
        ]


async def test_an_answer_in_the_inbox_received_after_the_deadline_does_not_prevent_it(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        case.world.register.put_in_inbox(case.id, _answer("too-late", "2025-06-09 17:00", seconds=1))
        await case.pass_time(to="2025-06-09 17:05")
        await case.expect_silence("L1", then="L2")
        assert await case.status() == ("L2", "awaiting_response")


async def test_with_the_register_down_at_the_deadline_the_lapse_waits_and_then_happens(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-06-09 16:00")
        with _without_inbox(case):
            await case.pass_time(to="2025-06-09 20:00")
            assert await case.status() == ("L1", "awaiting_response")
            assert await case.entries("silence_proven") == []
        await case.pass_time(to="2025-06-09 20:10")
        await case.expect_silence("L1", then="L2")
        assert (await case.state()).due == london("2025-06-16 17:00")


async def test_a_decision_while_the_lapse_is_being_proven_wins_and_nothing_lapses(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-06-09 16:00")
        with _without_inbox(case):
            await case.pass_time(to="2025-06-09 17:01")
            await case.pass_time(to="2025-06-09 17:02")
            await case.decide("not_satisfied")
            await case.expect_alert("L2")
        await case.pass_time(to="2025-06-09 18:00")
        await case.expect_silence("L1")
        assert await case.entries("lapsed") == []
        assert await case.status() == ("L2", "awaiting_response")
        assert [entry.details["because"] for entry in await case.entries("advanced")] == ["decided"]


@pytest.mark.parametrize("first", ["decision", "lapse"])
async def test_a_decision_and_the_lapse_within_a_minute_enter_the_next_stage_once(
    a_case: Callable[..., Any], first: str
) -> None:
    """Whichever comes first, the other finds the stage left; the raiser's receipt says what was done.

    One after the other: this server never ends a task in which a timer that has just rung is cancelled (Temporal's
    Java SDK, issue 3088). Both at about one instant are the soak's, on the development server.
    """
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        await case.pass_time(to="2025-06-09 17:00")
        await case.expect_silence("L1")
        if first == "lapse":
            await case.pass_time(to="2025-06-09 17:02")
        receipt = await case.decide("escalate", to="L3")
        await case.pass_time(to="2025-06-09 17:05")
        assert receipt.state.stage == "L3"
        assert await case.status() == ("L3", "awaiting_response")
        assert len(await case.entries("bypassed")) == (first == "decision")  # straight to L3, from where it stood
        assert [entry.details["because"] for entry in await case.entries("advanced")] == (
            ["lapsed", "decided"] if first == "lapse" else []
        )
        assert len(await case.entries("lapsed")) == (first == "lapse")
        await case.expect_alert("L3")
        if first == "lapse":
            await case.expect_mail(notice="overdue", to=["operational_manager", "iro", "qau_manager"])
            await case.expect_all("alert")


def _answer(response_id: str, received: str, *, seconds: int = 0) -> Respond:
    at: datetime = london(received).replace(second=seconds)
    return Respond(response_id=response_id, stage="L1", by="operational_manager", text="Done.", received_at=at)


@contextmanager
def _without_inbox(case: Any) -> Iterator[None]:
    """The register cannot read its inbox: every attempt fails, as with a database that is being repaired."""
    path = make_url(str(case.world.register._engine.url)).database
    _rename(path, "inbox", "inbox_away")
    yield
    _rename(path, "inbox_away", "inbox")


def _rename(path: str | None, old: str, new: str) -> None:
    with closing(sqlite3.connect(str(path))) as connection:
        connection.execute(f"alter table {old} rename to {new}")
        connection.commit()
