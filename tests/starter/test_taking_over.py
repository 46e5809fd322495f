"""An open dispute of another system goes on here: its dates hold, its answers are told, and nobody is alerted again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from activities.calendar import Calendars
from config import procedures
from escalation.errors import InvalidDocument
from escalation.fold import fold
from escalation.local_calendar import LocalCalendar
from starter import starting, taking_over
from starter.case_event import CaseEvent, read_event
from tests.harness import ACase, london
from workflows import workflow_id

SAMPLE = Path(__file__).parents[2] / "config" / "samples" / "southwark.json"
SOUTHWARK, LEICESTERSHIRE = procedures.load("southwark"), procedures.load("leicestershire")
CALENDARS = Calendars(LocalCalendar())
WEDNESDAY = london("2026-03-11 10:00")
STANDS_AT_L2 = {"stage": "L2", "day_zero": "2026-03-06", "cap_day_zero": "2026-02-27"}
"""Alerted on Friday 6 March: due on Friday 13 March. The total time ends on Friday 27 March."""


def event(taken_over: dict[str, Any], **data: Any) -> CaseEvent:
    said = json.loads(SAMPLE.read_text(encoding="utf-8"))
    said["data"] |= {"reference": "CASE-1", "taken_over": taken_over} | data
    said["data"] = {key: value for key, value in said["data"].items() if key != "stage" and value is not None}
    return read_event(json.dumps(said))


def faults(taken_over: dict[str, Any], at: datetime = WEDNESDAY, **data: Any) -> list[str]:
    with pytest.raises(InvalidDocument) as refused:
        starting.rule_event(event(taken_over, **data), SOUTHWARK, CALENDARS, at)
    return [fault.where.removeprefix("data.") for fault in refused.value.faults]


async def take_over(case: ACase, told: dict[str, Any], **data: Any) -> starting.Started:
    world, now = case.world, await case.world.now()
    started = await starting.start_from(
        event(told, **data), case.procedure, world.client, world.register, world.calendars, now
    )
    world.escalation = workflow_id(case.procedure.key, started.reference)
    await world.settle()
    return started


def at(instant: str) -> datetime:
    return london(instant)


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("visits", [[], [{"stage": "L1", "day_zero": "2026-02-27"}]])
def test_an_instant_that_a_system_writes_for_none_is_a_fault_of_an_answer(instant: str, visits: list[Any]) -> None:
    answer = {"stage": "L1", "by": "operational_manager", "received_at": instant, "text": "It is arranged."}
    assert "taken_over.answers.0.received_at" in faults(STANDS_AT_L2 | {"answers": [answer], "visits": visits})


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_nothing_was_raised_at_such_an_instant(instant: str) -> None:
    raised = event(STANDS_AT_L2).model_copy(update={"time": datetime.fromisoformat(instant)})
    opening = taking_over.opening_of(raised, SOUTHWARK, CALENDARS.calendar_for(WEDNESDAY.date()), WEDNESDAY)
    assert fold(SOUTHWARK, opening.events).raised_at == london("2026-02-27 00:00")


async def test_its_dates_are_those_it_had_and_nobody_is_alerted_again(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=WEDNESDAY) as case:
        assert (await take_over(case, STANDS_AT_L2)).result == "started"
        state = await case.state()
        assert (state.stage, state.status, state.waiting_for) == ("L2", "awaiting_response", "head_of_service")
        assert (state.due, state.cap) == (at("2026-03-13 17:00"), at("2026-03-27 17:00"))
        assert await case.sent() == []


async def test_silence_moves_it_on_by_the_dates_it_had(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, STANDS_AT_L2)
        await case.pass_time(to="2026-03-13 17:05")
        state = await case.state()
        assert (state.stage, state.due) == ("L3", at("2026-03-20 17:00"))
        await case.expect_silence("L2", then="L3")


async def test_a_deadline_that_has_passed_lapses_at_once_and_the_next_stage_has_its_full_days(
    a_case: Callable[..., Any],
) -> None:
    async with a_case("southwark", at="2026-03-16 10:00") as case:
        await take_over(case, STANDS_AT_L2)
        state = await case.state()
        assert (state.stage, state.due) == ("L3", at("2026-03-23 17:00"))
        await case.expect_mail(notice="overdue", to=["head_of_service", "iro", "qau_manager"])
        await case.expect_alert("L3")


async def test_the_total_time_binds_a_stage_that_was_taken_over(a_case: Callable[..., Any]) -> None:
    told = {"stage": "L3", "day_zero": "2026-03-10", "cap_day_zero": "2026-02-13"}
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, told)
        state = await case.state()
        assert (state.due, state.clipped_to_cap) == (at("2026-03-13 17:00"), True)


async def test_one_whose_total_time_has_passed_is_held_for_the_raiser(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2026-04-01 10:00") as case:
        await take_over(case, STANDS_AT_L2)
        assert (await case.state()).on_hold == "cap_reached"
        await case.expect_mail(notice="held", to=["iro", "qau_manager", "head_of_service"])


async def test_past_answers_are_in_the_history_in_time_or_late(a_case: Callable[..., Any]) -> None:
    answers = [
        {"stage": "L1", "by": "operational_manager", "received_at": "2026-03-05T12:00:00Z", "text": "No worker."},
        {"stage": "L1", "by": "operational_manager", "received_at": "2026-03-09T12:00:00Z", "text": "Still none."},
    ]
    told = {**STANDS_AT_L2, "answers": answers, "visits": [{"stage": "L1", "day_zero": "2026-02-27"}]}
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, told)
        (in_time,), (late,) = await case.entries("responded"), await case.entries("late_response")
        assert (in_time.stage, in_time.details["text"]) == ("L1", "No worker.")
        assert (late.details["text"], late.details["working_days_late"]) == ("Still none.", 1)
        assert await case.status() == ("L2", "awaiting_response")


async def test_an_answer_at_the_stage_itself_waits_for_the_raiser_who_may_go_on(a_case: Callable[..., Any]) -> None:
    answer = {"stage": "L2", "by": "head_of_service", "received_at": "2026-03-10T12:00:00Z", "text": "No."}
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, {**STANDS_AT_L2, "answers": [answer]})
        assert await case.status() == ("L2", "awaiting_iro_decision")
        await case.decide("not_satisfied")
        state = await case.state()
        assert (state.stage, state.due) == ("L3", at("2026-03-18 17:00"))
        await case.expect_alert("L3")


async def test_its_history_says_that_it_was_taken_over_and_what_was_not_sent(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, STANDS_AT_L2)
        (entry,) = await case.entries("taken_over")
        assert entry.details["source"] == "/mosaic/sample"
        assert (entry.details["day_zero"], entry.details["cap_day_zero"]) == ("2026-03-06", "2026-02-27")
        not_sent = await case.entries("email_not_sent")
        assert {each.details["notice"] for each in not_sent} == {"alert", "please_read_record"}
        assert all("Taken over from /mosaic/sample" in each.details["why"] for each in not_sent)
        assert [each.event for each in await case.history()] == [
            entry.event for entry in case.world.register.history("CASE-1")
        ]


async def test_the_same_dispute_is_taken_over_once(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=WEDNESDAY) as case:
        await take_over(case, STANDS_AT_L2)
        assert (await take_over(case, STANDS_AT_L2)).result == "already_started"
        other = await take_over(case, {**STANDS_AT_L2, "day_zero": "2026-03-09"})
        assert other.rejection
        assert other.rejection.code == "reference_taken"


def test_it_was_raised_when_the_event_says_or_on_the_earliest_date_that_it_names() -> None:
    told = event(STANDS_AT_L2)
    opening = taking_over.opening_of(told, SOUTHWARK, CALENDARS.calendar_for(WEDNESDAY.date()), WEDNESDAY)
    assert fold(SOUTHWARK, opening.events).raised_at == at("2026-02-27 00:00")
    earlier = told.model_copy(update={"time": datetime(2026, 2, 26, 15, tzinfo=UTC)})
    opening = taking_over.opening_of(earlier, SOUTHWARK, CALENDARS.calendar_for(WEDNESDAY.date()), WEDNESDAY)
    assert fold(SOUTHWARK, opening.events).raised_at == earlier.time


def test_time_that_the_raiser_gave_or_was_granted_is_given_as_working_days() -> None:
    ruling = starting.rule_event(event(STANDS_AT_L2, working_days=8), SOUTHWARK, CALENDARS, WEDNESDAY)
    due = ruling.cases[0].due
    assert due
    assert due.at == at("2026-03-18 17:00")


def test_a_form_that_was_never_filled_in_is_told_of_and_stops_nothing() -> None:
    ruling = starting.rule_event(event(STANDS_AT_L2, concern=None), SOUTHWARK, CALENDARS, WEDNESDAY)
    assert ruling.rejection is None
    assert [(warning.code, warning.message) for warning in ruling.warnings] == [
        ("form_incomplete", "Taken over without: concern.")
    ]


def test_every_fault_is_told_at_once() -> None:
    told = {
        "stage": "L2",
        "day_zero": "2026-03-12",
        "cap_day_zero": "2026-03-13",
        "visits": [{"stage": "L3"}],
        "answers": [{"stage": "L2", "by": "social_worker", "received_at": "2026-03-11T12:00:00Z"}],
    }
    found = faults(told, raised_by={"role": "qau_manager"}, category=99)
    assert set(found) == {
        "raised_by.role",
        "category",
        "taken_over.day_zero",
        "taken_over.cap_day_zero",
        "taken_over.visits.0.stage",
        "taken_over.answers.0.by",
        "taken_over.answers.0.received_at",
    }


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"stage": "L9"}, "taken_over.stage"),
        ({"cap_day_zero": None}, "taken_over.cap_day_zero"),
        ({"cap_day_zero": "2026-03-09"}, "taken_over.cap_day_zero"),
        ({"day_zero": "2024-12-31", "cap_day_zero": "2024-12-31"}, "taken_over.day_zero"),
        ({"visits": [{"stage": "L1", "day_zero": "2026-03-09"}]}, "taken_over.visits"),
        ({"visits": [{"stage": "L2"}]}, "taken_over.visits"),
    ],
)
def test_a_dispute_whose_dates_or_stages_cannot_be_is_refused(changes: dict[str, Any], where: str) -> None:
    assert where in faults({**STANDS_AT_L2, **changes})


def test_before_the_formal_stages_no_total_time_counts() -> None:
    lei = json.loads((SAMPLE.parent / "leicestershire.json").read_text(encoding="utf-8"))
    lei["data"].pop("stage")
    lei["data"]["taken_over"] = {"stage": "PC", "day_zero": "2026-03-06", "cap_day_zero": "2026-03-06"}
    with pytest.raises(InvalidDocument, match="no total time counts at PC"):
        starting.rule_event(read_event(json.dumps(lei)), LEICESTERSHIRE, CALENDARS, WEDNESDAY)
