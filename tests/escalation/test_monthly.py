"""What a month comes to: each number from histories that were played, and what directors are told of it."""

from __future__ import annotations

from datetime import date

import pytest

from escalation.directory import Directory, Leave, Person, Post
from escalation.messages import Close, Withdraw
from escalation.monthly import MonthlySummary, ProcedureMonth, Seen, by_team, counted, directors, month_of, seen
from escalation.monthly_told import lines, sections
from escalation.months import Month, UnclearMonth, first_working_day
from tests.escalation.driver import Play, a_procedure, england, london

MARCH, APRIL = Month(2025, 3), Month(2025, 4)
PROCEDURE = a_procedure({"response": {"working_days": 5}}, {"response": {"working_days": 5}}, cap={"working_days": 20})


def raised(at: str = "2025-03-03 10:00", team: str | None = None) -> Play:
    play = Play(PROCEDURE, at, england(2025))
    play.start(team=team)
    return play


def of(*plays: Play, month: Month = MARCH) -> ProcedureMonth | None:
    now, before = (
        [one for play in plays if (one := seen(play.procedure, play.entries, each))] for each in (month, month.before)
    )
    return month_of(PROCEDURE, now, before, month, england(2025))


def numbers(*plays: Play, month: Month = MARCH) -> ProcedureMonth:
    found = of(*plays, month=month)
    assert found
    return found


def test_what_is_answered_in_time_and_resolved_within_the_cap_is_counted_so() -> None:
    play = raised()
    play.respond(at="2025-03-05 11:00")
    play.decide("satisfied", at="2025-03-06 11:00")
    march = numbers(play).this
    assert (march.raised, march.all_closed, march.closed["resolved"], march.open) == (1, 1, 1, 0)
    assert (march.resolved_within_cap, march.resolved_with_cap) == (1, 1)
    assert (march.in_time, march.late, march.not_at_all, march.lapsed) == ({"S1": 1}, {}, {}, {})


def test_silence_is_a_stage_that_lapsed_and_was_answered_not_at_all() -> None:
    play = raised()
    play.pass_time("2025-03-31 23:00")
    march = numbers(play).this
    assert march.lapsed == march.not_at_all == {"S1": 1, "S2": 1}
    assert (march.open, march.held) == (1, 1)
    assert march.waiting_for == {"iro": 1}


def test_an_answer_after_the_lapse_is_late_and_no_longer_not_at_all() -> None:
    play = raised()
    play.pass_time("2025-03-12 12:00")
    play.respond("S1", at="2025-03-12 13:00", received_at=london("2025-03-12 13:00"))
    march = numbers(play).this
    assert (march.lapsed, march.late, march.not_at_all) == ({"S1": 1}, {"S1": 1}, {})


def test_a_month_is_told_as_it_stood_at_its_end_whatever_came_after() -> None:
    play = raised("2025-03-26 10:00")
    before = numbers(play)
    play.pass_time("2025-04-10 12:00")
    assert play.act(Withdraw(by="iro", reason="Raised by mistake")).rejection is None
    assert numbers(play) == before
    assert (before.this.open, before.this.longest_open) == (1, 3)
    assert before.this.waiting_for == {"manager_1": 1}
    april = numbers(play, month=APRIL)
    assert (april.this.raised, april.this.closed["withdrawn"], april.this.open) == (0, 1, 0)
    assert (april.before.raised, april.before.open) == (1, 1)


def test_what_nobody_resolved_has_no_share_in_the_cap() -> None:
    play = raised()
    play.act(Close(by="iro", outcome="no_longer_applicable", reason="Moved"), at="2025-03-04 10:00")
    march = numbers(play).this
    assert (march.closed["no_longer_applicable"], march.resolved_with_cap) == (1, 0)


def test_before_it_was_raised_there_is_nothing_to_tell() -> None:
    play = raised("2025-04-02 10:00")
    assert seen(PROCEDURE, play.entries, MARCH) is None
    assert of(play) is None


def test_a_complaint_is_no_dispute() -> None:
    complaint = Play("southwark", "2025-03-03 10:00").procedure
    play = raised()
    other = complaint.model_copy(update={"process": "complaint"})
    assert seen(other, play.entries, MARCH) is None


def test_teams_are_told_apart_only_where_there_are_two() -> None:
    several = [Seen(team="North", raised=True, open=True)] * 7 + [Seen(team="South", raised=True)] * 6
    assert by_team(several) == {
        "North": {"raised": 7, "open": 7},
        "South": {"raised": 6, "open": 0},
    }
    assert by_team(several[:7]) == {}
    few = [*several, *[Seen(team="West", raised=True)] * 2]
    assert by_team(few)["West"]["raised"] == by_team(few)["South"]["raised"] == "not shown"


def test_no_reference_and_no_name_is_in_what_directors_are_told() -> None:
    play = raised(team="North")
    play.pass_time("2025-03-31 23:00")
    summary = MonthlySummary(month="2025-03", title="March 2025", made_at=london("2025-04-01 09:00"))
    made = summary.model_copy(update={"procedures": [numbers(play)]})
    said = "\n".join(lines(sections(made))) + made.model_dump_json()
    assert play.case.reference not in said
    assert "March 2025" in said
    assert "Stage 1" in said
    assert "The one that has been open longest had been open for 20 working days at the end of March 2025." in said


def test_a_month_that_is_not_over_is_counted_up_to_today_and_says_so() -> None:
    play = raised("2025-03-05 10:00")
    those = [one] if (one := seen(play.procedure, play.entries, MARCH)) else []
    found = month_of(PROCEDURE, those, [], MARCH, england(2025), date(2025, 3, 10))
    assert found
    assert (found.this.until, found.this.longest_open) == (date(2025, 3, 10), 3)
    summary = MonthlySummary(month="2025-03", title=MARCH.title, made_at=london("2025-03-10 09:00"), procedures=[found])
    said = "\n".join(lines(sections(summary)))
    assert "March 2025 so far" in said
    assert "The one that has been open longest has been open for 3 working days on Monday 10 March 2025." in said
    assert "at the end of March 2025" not in said
    over = month_of(PROCEDURE, those, [], MARCH, england(2025), date(2025, 4, 1))
    assert over
    assert over.this.until is None


def test_the_largest_share_waits_first_and_every_number_of_none_is_none() -> None:
    empty = counted([], MARCH, england(2025))
    assert (empty.raised, empty.open, empty.longest_open, empty.all_closed) == (0, 0, None, 0)
    waiting = counted([Seen(open=True, waiting_for="a"), *[Seen(open=True, waiting_for="b")] * 2], MARCH, england(2025))
    assert list(waiting.waiting_for) == ["b", "a"]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        (Month(2026, 1), date(2026, 1, 2)),
        (Month(2027, 1), date(2027, 1, 4)),
        (Month(2026, 3), date(2026, 3, 2)),
        (Month(2024, 4), date(2024, 4, 2)),
    ],
)
def test_the_first_working_day_of_a_month_passes_over_weekends_and_bank_holidays(month: Month, day: date) -> None:
    assert first_working_day(month, england(month.year)) == day


def test_a_month_is_read_as_it_is_written_and_knows_its_ends() -> None:
    assert str(Month.read("2026-10")) == "2026-10"
    assert Month(2026, 1).before == Month(2025, 12)
    assert (Month(2024, 2).first, Month(2024, 2).last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert Month(2026, 10).begins < Month(2026, 10).ends == Month(2026, 11).begins
    for wrong in ("2026-13", "10/2026", "0000-01", ""):
        with pytest.raises(UnclearMonth):
            Month.read(wrong)


def test_directors_are_whoever_holds_that_role_on_the_day_on_leave_or_not() -> None:
    people = {key: Person(name=key.title(), email=f"{key}@council.example") for key in ("ada", "ben", "cat", "dan")}
    directory = Directory(
        people=people,
        posts=[
            Post(role="directors", person="ada"),
            Post(role="directors", person="ben", last=date(2026, 10, 31)),
            Post(role="directors", person="cat", kind="deputy"),
            Post(role="head", person="dan"),
        ],
        leave=[Leave(person="ada", first=date(2026, 11, 1), last=date(2026, 11, 30))],
    )
    assert [person.name for person in directors(directory, date(2026, 11, 2))] == ["Ada"]
    assert [person.name for person in directors(directory, date(2026, 10, 31))] == ["Ada", "Ben"]
