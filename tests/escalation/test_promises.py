"""Do the promises of the rules hold whatever people, mail servers and time do, in whatever order?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from escalation import notices, rules
from escalation.fold import fold, key_of
from escalation.history import AlertTold, EmailSent, Entry, Lapsed, StageEntered
from escalation.messages import (
    Bypass,
    Close,
    Command,
    Cover,
    GrantExtension,
    Note,
    RecordResponse,
    RecordTold,
    RefuseExtension,
    RequestExtension,
    Respond,
    SetAction,
    Withdraw,
)
from tests.escalation.driver import Play, a_procedure, london, numbers, shipped

PROCEDURES = {
    "southwark": shipped("southwark"),
    "leicestershire": shipped("leicestershire"),
    "resolution": a_procedure(
        {"formal": False, "response": {"working_days": 10, "stops_on": "resolution"}},
        {"response": {"stops_on": "resolution"}},
        {"response": {"working_days": None}},
        {},
        cap={"working_days": 20, "starts": "formal"},
        end_of_day="24:00",
    ),
}
AFTERWARDS = {"refused", "email_sent", "email_failed", "email_not_sent"}
"""All that a closed escalation still writes."""
HOURS = st.integers(0, 24 * 30).map(lambda quarters: timedelta(minutes=17 * quarters))


class Escalations(RuleBasedStateMachine):
    """One escalation, and everything that can happen to it."""

    play: Play

    @initialize(
        key=st.sampled_from(sorted(PROCEDURES)), day=st.dates(london("2024-01-01").date(), london("2026-12-31").date()),
        hour=st.integers(0, 23), data=st.data(),
    )  # fmt: skip
    def begin(self, key: str, day: object, hour: int, data: st.DataObject) -> None:
        self.play = Play(PROCEDURES[key], f"{day} {hour:02}:30")
        stages = [stage.key for stage in PROCEDURES[key].stages]
        assert not self.play.start(deliver=False, stage=data.draw(st.sampled_from(stages))).rejection
        self.ended_after: int | None = None
        self.answers: list[str] = []

    # What the world does ---------------------------------------------------------------------------------------------

    @rule(hours=HOURS, mail=st.booleans())
    def time_passes(self, hours: timedelta, mail: bool) -> None:
        self.play.pass_time(self.play.now + hours, mail=mail)

    @rule(hours=HOURS)
    def the_worker_is_down(self, hours: timedelta) -> None:
        self.play.skip(self.play.now + hours)

    @precondition(lambda self: notices.sendable(self.play.case))
    @rule(data=st.data())
    def a_mail_server_settles_a_notice(self, data: st.DataObject) -> None:
        notice = data.draw(st.sampled_from(notices.sendable(self.play.case)))
        refused = data.draw(st.lists(st.sampled_from(notice.reaches), max_size=2)) if notice.reaches else []
        self.play.settle(notice, refuse=refused)

    @rule()
    def every_notice_is_taken(self) -> None:
        self.play.deliver()

    # What people do --------------------------------------------------------------------------------------------------

    @rule(data=st.data(), ago=st.sampled_from([0, 0, 1, 50, 300]))
    def somebody_answers(self, data: st.DataObject, ago: int) -> None:
        stage = data.draw(st.sampled_from(self.play.procedure.stages))
        received = self.play.now - timedelta(hours=ago)
        given = {"response_id": f"a{len(self.answers)}", "stage": stage.key}
        command: Command = Respond.model_validate(given | {"by": stage.addressee[0], "received_at": received})
        if data.draw(st.booleans()):
            by_hand = {"by": "iro", "answered_by": stage.addressee[-1], "received_at": received, "how": "told"}
            command = RecordResponse.model_validate(given | by_hand)
        if not self.play.act(command, deliver=False).rejection:
            self.answers.append(given["response_id"])

    @rule(
        outcome=st.sampled_from(["satisfied", "not_satisfied", "not_satisfied", "escalate", "go_formal"]),
        data=st.data(),
    )
    def the_raiser_decides(self, outcome: str, data: st.DataObject) -> None:
        keys = [None, *(stage.key for stage in self.play.procedure.stages)]
        to = data.draw(st.sampled_from(keys)) if outcome in {"escalate", "go_formal"} else None
        if outcome != "satisfied" or data.draw(st.integers(0, 3)) == 0:
            self.play.decide(outcome, by="iro", to=to, stage=data.draw(st.sampled_from([None, *keys])))

    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        self.play.act(data.draw(st.sampled_from(self._acts(data.draw(st.integers(1, 25))))), deliver=False)

    def _acts(self, days: int) -> list[Command]:
        case, now = self.play.case, self.play.now
        return [
            Bypass(by="iro", to=self.play.procedure.stages[days % len(self.play.procedure.stages)].key, reason="x"),
            RequestExtension(by=case.stage.addressee[0], working_days=days),
            GrantExtension(by="iro", working_days=days),
            GrantExtension(by="iro", working_days=days, reason="x"),
            RefuseExtension(by="iro"),
            RecordTold(by="iro", told_at=max(case.visit.entered_at, now - timedelta(hours=days)), how="told"),
            Cover(absent="iro", cover=self.play.procedure.raiser.line_manager),
            Cover(absent="iro", cover="iro"),
            SetAction(by="iro", text="x", action_due=now.date()),
            Note(by="iro", text="x"),
        ]

    @precondition(lambda self: len(self.play.entries) > 40)
    @rule(withdraw=st.booleans())
    def the_raiser_ends_it(self, withdraw: bool) -> None:
        ending = Withdraw(by="iro", reason="x") if withdraw else Close(by="iro", outcome="unresolved", reason="x")
        self.play.act(ending, deliver=False)

    # What must hold after each of them -------------------------------------------------------------------------------

    @invariant()
    def open_it_waits_for_somebody_until_an_instant_to_come(self) -> None:
        self.play.run(mail=False)
        case, now = self.play.case, self.play.now
        wake = rules.next_wake(case, now)
        assert (case.waiting_for is not None) == case.open
        assert wake is not None and wake > now if case.open else wake is None
        assert rules.elapse(case, now).entries == ()

    @invariant()
    def closed_it_writes_only_refusals_and_outcomes(self) -> None:
        if self.ended_after is None and not self.play.case.open:
            self.ended_after = len(self.play.entries)
        if self.ended_after is not None:
            assert {entry.event for entry in self.play.entries[self.ended_after :]} <= AFTERWARDS

    @invariant()
    def the_case_is_the_fold_of_a_history_numbered_from_one(self) -> None:
        assert numbers(self.play.entries) == list(range(1, len(self.play.entries) + 1))
        assert fold(self.play.procedure, self.play.entries) == self.play.case

    @invariant()
    def no_notice_is_outstanding_twice(self) -> None:
        counted = Counter(key_of(notice) for notice in self.play.case.outstanding)
        assert all(n == 1 for n in counted.values())

    @invariant()
    def no_stage_lapses_before_its_alert_was_accepted(self) -> None:
        told = False
        for entry in self.play.entries:
            told = not isinstance(entry, StageEntered) and (told or _starts_clock(entry))
            assert told or not isinstance(entry, Lapsed)

    @invariant()
    def every_answer_is_there_exactly_once(self) -> None:
        found = [entry.response_id for event in ("responded", "late_response") for entry in self.play.of(event)]
        assert sorted(found) == sorted(self.answers)

    @invariant()
    def the_stage_never_goes_down(self) -> None:
        places = [self.play.procedure.place(visit.stage) for visit in self.play.case.visits]
        assert places == sorted(set(places))

    @invariant()
    def a_running_deadline_is_the_end_of_a_working_day(self) -> None:
        if due := self.play.case.due:
            assert self.play.case.calendar.is_working(due.day)


def _starts_clock(entry: Entry) -> bool:
    return isinstance(entry, AlertTold) or (isinstance(entry, EmailSent) and entry.starts_clock)


TestPromises = Escalations.TestCase
TestPromises.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
