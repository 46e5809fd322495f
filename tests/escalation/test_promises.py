"""Do the promises of the rules hold whatever people, mail servers and time do, in whatever order?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from escalation import notices, rules
from escalation.fold import fold, key_of
from escalation.history import AlertTold, EmailSent, Entry, Lapsed, NoticeEnded, StageEntered
from escalation.messages import Close, Command, RecordResponse, Respond, Withdraw
from escalation.state import state_of
from escalation.working_days import london_date
from tests.escalation.acts import PROCEDURES, acts, routes
from tests.escalation.driver import Play, kept, london, numbers

AFTERWARDS = {"refused", "email_sent", "email_failed", "email_not_sent"}
"""All that a closed escalation still writes, but for what outlives the close."""
FOLLOWING = {
    "promised", "promise_due", "promise_kept", "promise_not_kept", "offer_ended", "followed", "change_asked",
    "change_told", "reminded", "turn_passed", "task_opened", "task_done", "covered", "handed_over",
}  # fmt: skip
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
        said: dict[str, Any]
        said = {"stage": data.draw(st.sampled_from(stages)), "addressee": "clerk" if key == "routes" else None}
        assert not self.play.start(deliver=False, aim="x", **said).rejection
        self.ended_after: int | None = None
        self.answers: list[str] = []

    # What the world does ---------------------------------------------------------------------------------------------

    @rule(hours=HOURS, mail=st.booleans())
    def time_passes(self, hours: timedelta, mail: bool) -> None:
        self.play.pass_time(self.play.now + hours, mail=mail)

    @rule(hours=HOURS)
    def the_worker_is_down(self, hours: timedelta) -> None:
        self.play.skip(self.play.now + hours)

    @precondition(lambda self: bool(notices.sendable(self.play.case)))
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
        given: dict[str, Any] = {"response_id": f"a{len(self.answers)}", "stage": stage.key}
        given |= {"done_by": london_date(received) + timedelta(days=ago % 40)} if data.draw(st.booleans()) else {}
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
            said = data.draw(st.sampled_from([None, "changed", "too_early"])) if outcome == "satisfied" else None
            stage = data.draw(st.sampled_from([None, *keys]))
            self.play.decide(outcome, by="iro", to=to, stage=stage, what_changed=said)

    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        self.play.act(data.draw(st.sampled_from(acts(self.play, data.draw(st.integers(1, 25))))), deliver=False)

    @rule(data=st.data())
    def somebody_goes_another_way(self, data: st.DataObject) -> None:
        self.play.act(data.draw(st.sampled_from(routes(self.play, data.draw(st.integers(1, 6))))), deliver=False)

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
        assert wake is not None and wake > now if case.open or case.followed_up else wake is None
        assert rules.elapse(case, now).entries == ()

    @invariant()
    def anyone_may_ask_where_it_stands(self) -> None:
        shown = state_of(self.play.case, self.play.now)
        assert (shown.status in {"closed", "withdrawn"}) == (not self.play.case.open)
        assert bool(shown.offered) == (self.play.case.open or self.play.case.followed_up)
        assert bool(shown.follow_ups) == self.play.case.follow_ups.outstanding
        assert len(set(shown.offered)) == len(shown.offered)

    @invariant()
    def closed_it_writes_only_refusals_and_outcomes(self) -> None:
        if self.ended_after is None and not self.play.case.open:
            self.ended_after = len(self.play.entries)
        if self.ended_after is not None:
            written = self.play.entries[self.ended_after :]
            events = [entry.event for entry in written]
            assert {*events} <= AFTERWARDS | FOLLOWING | {"case_note"}
            filed = {before for before, event in zip(["closed", *events], events, strict=False) if event == "case_note"}
            assert filed <= {"covered", "case_note"}  # that somebody covers goes into the child's file, closed or not
            chased = [entry for entry in written if entry.event in {"reminded", "turn_passed"}]
            assert all(entry.about == "follow_up" for entry in chased)

    @invariant()
    def no_question_is_left_when_it_is_over(self) -> None:
        """Each promise was said to be kept or not, unless something still asks."""
        case = self.play.case
        if not case.open and not case.followed_up:
            assert all(promise.kept is not None for promise in case.follow_ups.promises)
            assert case.follow_ups.since is None

    @invariant()
    def the_case_is_the_fold_of_a_history_numbered_from_one(self) -> None:
        assert numbers(self.play.entries) == list(range(1, len(self.play.entries) + 1))
        assert fold(self.play.procedure, self.play.entries) == self.play.case

    def teardown(self) -> None:
        """What JSON kept of it says the same."""
        if hasattr(self, "play"):
            assert kept(self.play) == self.play.case

    @invariant()
    def no_notice_is_outstanding_or_received_twice(self) -> None:
        counted = Counter(key_of(notice) for notice in self.play.case.outstanding)
        assert all(n == 1 for n in counted.values())
        received = Counter(
            (sent.entry, sent.notice, sent.sent_for, to.role)
            for sent in self.play.of("email_sent")
            for to in sent.delivered
        )
        assert all(n == 1 for n in received.values())

    @invariant()
    def no_stage_lapses_before_its_alert_was_accepted(self) -> None:
        told = False
        for entry in self.play.entries:
            assert told or not _ends_in_silence(entry)
            told = not isinstance(entry, StageEntered) and (told or _starts_clock(entry))

    @invariant()
    def every_answer_is_there_exactly_once(self) -> None:
        found = [entry.response_id for event in ("responded", "late_response") for entry in self.play.of(event)]
        assert sorted(found) == sorted(self.answers)

    @invariant()
    def the_stage_never_goes_down_and_begins_once_with_its_notice_before_it(self) -> None:
        stays = [(self.play.procedure.place(visit.stage), not visit.notice_period) for visit in self.play.case.visits]
        assert stays == sorted(set(stays))

    @invariant()
    def every_open_task_was_opened_and_not_done(self) -> None:
        done = {entry.task for entry in self.play.of("task_done")}
        opened = [entry.n for entry in self.play.of("task_opened") if entry.n not in done]
        assert [task.n for task in self.play.case.tasks] == opened

    @invariant()
    def a_running_deadline_is_the_end_of_a_working_day(self) -> None:
        if due := self.play.case.due:
            assert self.play.case.calendar.is_working(due.day)


def _ends_in_silence(entry: Entry) -> bool:
    return isinstance(entry, Lapsed) or (isinstance(entry, NoticeEnded) and entry.because == "lapsed")


def _starts_clock(entry: Entry) -> bool:
    return isinstance(entry, AlertTold) or (isinstance(entry, EmailSent) and entry.starts_clock)


TestPromises = Escalations.TestCase
TestPromises.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
