"""That the paths which are proved are those that the rules take: both are played against each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.messages import Bypass, Decide, GiveNotice, GrantExtension
from escalation.procedure import Procedure
from escalation.proof.dates import Dates
from escalation.proof.paths import End, Entered, Paths
from escalation.working_days import london_date
from tests.escalation.driver import Play, a_procedure, england, london, shipped

STAYS: dict[str, tuple[str, set[str | None]]] = {
    "held_last": ("unresolved_hold", {"final_stage_lapsed", "final_stage_not_satisfied"}),
    "held_cap": ("unresolved_hold", {"cap_reached", "final_stage_lapsed"}),
    "held": ("unresolved_hold", {"final_stage_lapsed"}),
    "asked": ("awaiting_iro_decision", {None}),
    "undecided": ("awaiting_iro_decision", {None}),
    "no_clock": ("awaiting_response", {None}),
}
PROCEDURES: dict[str, Callable[[], Procedure]] = {
    "four by five": lambda: shipped("southwark"),
    "asks, then a total": lambda: shipped("leicestershire"),
    "cut short": lambda: a_procedure({}, {}, {}, {}, cap={"working_days": 12}),
    "six stages that ask": lambda: a_procedure(
        {"response": {"working_days": 2}, "formal": False},
        *[{"on_lapse": "ask", "response": {"working_days": 3}}] * 5,
        cap={"working_days": 15, "starts": "formal"},
    ),
    "no total, holds in between": lambda: a_procedure({}, {"on_lapse": "hold"}, {}),
    "notice before the second": lambda: a_procedure(
        {"response": {"working_days": 4}},
        {"notice_period": {"most_working_days": 5}},
        {},
        cap={"working_days": 15, "starts": "S2"},
    ),
    "no clock": lambda: a_procedure({"response": {"working_days": None}}, {}, cap={"working_days": 8}),
}
FEW = settings(max_examples=15, deadline=None)
"""Each example is an escalation played to its end."""
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


class Walk:
    """One escalation in play, and where the paths say that it stands."""

    def __init__(self, procedure: Procedure, start: date, place: int) -> None:
        self.paths = Paths(procedure)
        self.dates = Dates(england(start.year), start, start)
        self.start = start
        self.play = Play(procedure, london(f"{start} 10:00"))
        self.play.start(stage=self.paths.ladder[place].key)
        self.stay = self.paths.entered(place, 0, None)
        self.agree()

    def agree(self) -> None:
        """Stage, deadline and total time are those that the paths give."""
        case, due = self.play.case, self.paths.due(self.stay)
        assert case.visit.stage == self.paths.ladder[self.stay.place].key
        assert (london_date(case.due.at) if case.due else None) == (None if due is None else self.on(due))
        assert (london_date(case.cap_at) if case.cap_at else None) == (
            self.on(self.stay.cap) if self.stay.cap is not None else None
        )

    def on(self, working_day: int) -> date:
        return self.dates.on(self.start, working_day)

    def silence(self, due: int | None = None) -> End | None:
        """Nobody does anything until the deadline, or the total time, has passed; the end, if it ends."""
        step, then = self.paths.in_silence(self.stay, self.paths.due(self.stay) if due is None else due)
        self.play.pass_time(london(f"{self.on(step.on)} 17:02"))
        if isinstance(then, Entered):
            self.stay = then
            self.agree()
            return None
        status, holds = STAYS[then]
        assert (self.play.case.status, self.play.case.on_hold in holds) == (status, True)
        return then

    def goes_on(self, working_day: int, place: int, notice: int) -> None:
        """The raiser goes to a stage on a working day of the whole, perhaps after notice."""
        at, key = max(self.play.now, london(f"{self.on(working_day)} 11:00")), self.paths.ladder[place].key
        given_notice = GiveNotice(by="iro", stage=key, notice_working_days=notice or 1)
        act = given_notice if notice else Bypass(by="iro", to=key, reason="x")
        assert not self.play.act(act, at=at).rejection
        self.stay = self.paths.entered(place, working_day, self.stay.cap, notice)
        self.agree()


@pytest.mark.parametrize("name", PROCEDURES)
@given(start=DAYS, data=st.data())
@FEW
def test_the_rules_take_the_paths_that_are_proved(name: str, start: date, data: st.DataObject) -> None:
    procedure = PROCEDURES[name]()
    paths = Paths(procedure)
    walk = Walk(procedure, start, data.draw(st.sampled_from(paths.start_places())))
    end = None
    while end is None:
        above = range(walk.stay.place + 1, len(paths.ladder))
        latest = walk.stay.cap if walk.stay.cap is not None else paths.due(walk.stay) or walk.stay.zero
        if not above or data.draw(st.booleans()):
            end = walk.silence()
            continue
        place, day = data.draw(st.sampled_from(above)), data.draw(st.integers(walk.stay.zero, latest))
        if paths.due(walk.stay) is not None and day > (paths.due(walk.stay) or 0):
            day = paths.due(walk.stay) or 0  # later it has lapsed, or was answered: the next test
        period = paths.ladder[place].notice_period
        walk.goes_on(day, place, data.draw(st.integers(0, period.most_working_days)) if period else 0)
    assert walk.play.case.visit.stage == paths.ladder[walk.stay.place].key
    walk.play.pass_time(walk.play.now + timedelta(days=60))  # nothing moves by itself any more
    assert walk.play.case.visit.stage == paths.ladder[walk.stay.place].key


@pytest.mark.parametrize("name", ["four by five", "cut short", "six stages that ask"])
@given(start=DAYS, late=st.integers(0, 20))
@FEW
def test_an_answer_on_which_nobody_decides_is_held_at_the_total_and_a_late_decision_is_cut_by_it(
    name: str, start: date, late: int
) -> None:
    walk = Walk(PROCEDURES[name](), start, 1)
    cap, due = walk.stay.cap or 0, walk.paths.due(walk.stay) or 0
    walk.play.respond(at=f"{walk.on(due)} 16:30")
    if due + late >= cap:
        walk.play.pass_time(london(f"{walk.on(cap)} 17:02"))
        assert walk.play.case.on_hold == "cap_reached"
        return
    decision = Decide(by="iro", outcome="not_satisfied", outcome_text="No")
    walk.play.act(decision, at=max(walk.play.now, london(f"{walk.on(due + late)} 16:45")))
    walk.stay = walk.paths.entered(walk.stay.place + 1, due + late, cap)
    walk.agree()


@given(start=DAYS, notice=st.integers(1, 5), day=st.integers(0, 4))
@FEW
def test_notice_counts_within_the_total_and_then_the_stage_begins(start: date, notice: int, day: int) -> None:
    walk = Walk(PROCEDURES["notice before the second"](), start, 0)
    walk.goes_on(day, 1, notice)
    assert walk.silence() is None
    assert (walk.stay.notice, walk.stay.zero, walk.stay.cap) == (0, day + notice, day + 15)


@given(start=DAYS, more=st.lists(st.integers(1, 6), min_size=1, max_size=3))
@FEW
def test_more_time_within_the_total_is_one_of_the_deadlines_that_are_proved(start: date, more: list[int]) -> None:
    walk = Walk(a_procedure({}, {}, {}, cap={"working_days": 14}), start, 0)
    due = walk.paths.due(walk.stay) or 0
    walk.play.pass_time(london(f"{walk.on(1)} 09:30"))
    for days in more:
        granted = walk.play.act(GrantExtension(by="iro", working_days=days, reason=None))
        assert (granted.rejection is None) == (due + days <= 14)
        due += days if granted.rejection is None else 0
    assert due in {step.due for step in walk.paths.stays() if step.entered == walk.stay}
    walk.silence(due)


def test_the_paths_of_two_stages_are_those_counted_by_hand() -> None:
    # S2 alone, from day 0: silence, answered and undecided, answered and not satisfied: 3 paths.
    # S1: silence into S2 (3), undecided (1), the raiser goes on by day 0, 1 or 2 into S2 (3 x 3).
    procedure = a_procedure({"response": {"working_days": 2}}, {"response": {"working_days": 3}}, extension=None)
    paths = Paths(procedure)
    assert paths.all().paths == 13 + 3
    assert [(step.stage, step.due) for step in paths.all().steps] == [("S1", 2), ("S2", 5)]


def test_a_decision_may_wait_until_the_total_time_ends() -> None:
    # With a total of 4: S1 left on day 0, 1, 2, 3 or 4; S2 with 3, 3, 3, 3, 3 paths; silence (3), undecided (1).
    procedure = a_procedure(
        {"response": {"working_days": 2}}, {"response": {"working_days": 3}}, extension=None, cap={"working_days": 4}
    )
    assert Paths(procedure).all().paths == (3 + 1 + 5 * 3) + 3


def test_a_stage_that_no_silence_reaches_is_told_from_one_that_it_does() -> None:
    ladder = Paths(a_procedure({}, {}, {}, cap={"working_days": 10}, extension=None))
    assert [step.stage for step in ladder.silence().steps] == ["S1", "S2"]
    assert ladder.silence().end == "held_cap"
    assert {step.stage for step in ladder.stays()} == {"S1", "S2", "S3"}
