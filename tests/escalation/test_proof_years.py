"""That what is proved in working days is true of every start date, and that Christmas is told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from activities.calendar import Calendars
from escalation.local_calendar import LocalCalendar
from escalation.proof import proofs
from escalation.proof.dates import Dates, Span
from escalation.proof.paths import Paths
from escalation.working_days import Calendar
from tests.escalation.driver import a_procedure, shipped

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def dates(calendar: Calendar | None = None) -> Dates:
    return Dates(calendar or Calendars(LocalCalendar()).covering(2025, 2029), FIRST, LAST)


def test_the_longest_path_and_that_over_christmas_are_those_counted_by_hand() -> None:
    # Good Friday 3 and Easter Monday 6 April, the bank holiday on 4 May; and 25, 28 December, 1 January.
    years = dates().walk(Paths(shipped("southwark")).silence().steps, 20)
    assert years.faults == ()
    assert years.longest == Span(date(2026, 4, 2), date(2026, 5, 5))
    assert years.at_christmas == Span(date(2026, 12, 2), date(2027, 1, 4))
    assert years.otherwise == years.longest
    assert (years.usual, years.longest.days) == (28, 33)


def test_days_on_which_the_council_is_closed_make_christmas_longer() -> None:
    # 30 November to 4 December, 7 to 11, 14 to 18, 21 to 24 December: 19 days; then closed until Monday 4 January.
    closed = {date(2026, 12, day): "Council closed" for day in (29, 30, 31)}
    calendar = Calendars(LocalCalendar(closed=closed)).covering(2025, 2029)
    years = dates(calendar).walk(Paths(shipped("southwark")).silence().steps, 20)
    assert years.longest == years.at_christmas == Span(date(2026, 11, 27), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("start", "end", "sees"),
    [
        (date(2026, 12, 24), date(2027, 1, 4), True),
        (date(2026, 12, 25), date(2026, 12, 29), True),
        (date(2026, 12, 28), date(2027, 1, 5), False),
        (date(2026, 11, 30), date(2026, 12, 24), False),
    ],
)
def test_a_path_sees_christmas_where_the_day_lies_in_it(start: date, end: date, *, sees: bool) -> None:
    assert Span(start, end).sees_christmas is sees


def test_every_ladder_and_every_other_process_is_proved_on_every_date() -> None:
    found = list(proofs(shipped("southwark"), dates()))
    assert [ladder.name for ladder in found] == ["the ladder", "Complaint about an IRO"]
    assert {ladder.starts for ladder in found} == {365 + 365}
    assert [ladder.faults for ladder in found] == [(), ()]
    assert (found[0].cap, found[0].longest.working_days, found[0].longest.ends) == (
        20,
        20,
        "it is held at the last stage",
    )


def test_what_is_no_fault_and_worth_knowing_is_said() -> None:
    ladder = a_procedure({}, {}, {"response": {"working_days": None}}, cap={"working_days": 10}, extension=None)
    (found,) = proofs(ladder, dates())
    assert found.worth_knowing == (
        "Silence leads no further than Stage 2; into Stage 3 it takes an act of the raiser.",
        "Stage 3 has no time of its own: an act or the total time ends it, and the raiser is reminded.",
    )
    (endless,) = proofs(a_procedure(extension=None), dates())
    assert endless.worth_knowing == (
        "There is no total time: how long the raiser takes to decide is not counted, and only reminders hurry it.",
    )
    (informal,) = proofs(a_procedure({"formal": False}, {}, cap={"working_days": 5, "starts": "formal"}), dates())
    assert informal.worth_knowing == (
        "No total time runs yet at Stage 1: how long the raiser takes to decide there is not counted.",
        "With a reason the raiser may grant time beyond the total; at the end of that it is held.",
    )


class Miscounting(Calendar):
    """A calendar that forgets one working day, once."""

    def after(self, day_zero: date, working_days: int) -> date:
        lost = day_zero == date(2026, 6, 3) and working_days > 2
        return super().after(day_zero, working_days - 1 if lost else working_days)


def test_a_calendar_that_miscounts_is_found_out() -> None:
    right = Calendars(LocalCalendar()).covering(2025, 2029)
    wrong = dates(Miscounting.model_validate(right.model_dump()))
    steps = Paths(shipped("southwark")).silence().steps
    first = "begun on 2026-05-12, L4 does not fall due on working day 20 of the whole"
    assert wrong.walk(steps, 20).faults[0] == first  # its day 0 is 3 June
    assert len(wrong.holds(5)) == 3
    assert wrong.holds(5) == []
    assert len(wrong.holds(6)) == 1


def test_a_path_whose_deadline_lies_beyond_the_total_is_found_out() -> None:
    steps = Paths(shipped("southwark")).silence().steps
    shorter = [replace(step, entered=replace(step.entered, cap=19)) for step in steps]
    faults = dates().walk(shorter, 20).faults
    assert len(faults) == 365 + 365
    assert all("L4" in fault for fault in faults)
