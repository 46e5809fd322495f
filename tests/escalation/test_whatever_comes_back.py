"""Can anything that the mailbox brings, in any order with what people do, stop an escalation or leave it to nobody?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from escalation import notices, ordering, rules, words
from escalation.history import EmailSent
from escalation.messages import CameBack, Command, Cover, HandOver, Note, NoticeToSend, Reassign, RecordTold, Withdraw
from escalation.procedure import EVERYWHERE
from escalation.state import state_of, view
from escalation.summary import RecordBatch, summary_of
from tests.escalation.driver import Play, a_procedure, kept

KEYS = ["southwark", "sbc", "oxfordshire", "leicestershire", "halton-child-protection", "halton-looked-after", "ours"]
KINDS = st.sampled_from(["bounce", "absence", "reply"])
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 5, 8, 13, 10**9])
STRANGE = st.sampled_from(["alert", "delivery_failed", "held for nobody_here"])
DAYS = st.sampled_from([timedelta(hours=1), timedelta(days=1), timedelta(days=3), timedelta(days=8)])


class WhateverComesBack(RuleBasedStateMachine):
    """One escalation, whose mail is delivered, refused, answered and returned as anybody likes."""

    @initialize(key=st.sampled_from(KEYS), deliver=st.booleans())
    def begin(self, key: str, deliver: bool) -> None:
        several = a_procedure({"addressee": ["manager_1", "manager_2"]}, {}, {}, cap={"working_days": 12})
        self.play = Play(several if key == "ours" else key, "2026-11-05 10:00")
        assert not self.play.start(deliver=deliver, name="Amara Ndiaye").rejection
        self.mails = 0
        self.bounced: set[tuple[int, str, str]] = set()

    # What people do ---------------------------------------------------------------------------------------------------

    @rule(to=st.sampled_from(["Sam Okafor", "Amara Ndiaye", "Dora Bell"]), by_line_manager=st.booleans())
    def hand_over(self, to: str, by_line_manager: bool) -> None:
        raiser = self.play.procedure.raiser
        self.say(HandOver(by=raiser.line_manager if by_line_manager else raiser.roles[0], to_name=to))

    @rule()
    def answer(self) -> None:
        self.play.respond()

    @rule(outcome=st.sampled_from(["satisfied", "not_satisfied"]))
    def decide(self, outcome: str) -> None:
        self.play.decide(outcome)

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        raiser, roles = self.play.procedure.raiser, sorted(self.play.procedure.roles)
        asked = self.play.case.addressees()[0]
        self.say(
            data.draw(
                st.sampled_from(
                    [
                        Reassign(by=asked, to=data.draw(st.sampled_from(roles))),
                        Cover(by=raiser.line_manager, absent=raiser.roles[0], cover=raiser.line_manager),
                        RecordTold(by=raiser.roles[0], told_at=self.play.now, how="by telephone"),
                        Note(by=asked, text="This is for somebody else"),
                    ]
                )
            )
        )

    @rule(really=st.integers(0, 9))
    def withdraw(self, really: int) -> None:
        if really == 0:
            self.say(Withdraw(by=self.play.procedure.raiser.roles[0], reason="Moved"))

    def say(self, command: Command) -> None:
        self.play.act(command, deliver=False)

    # What the world does ----------------------------------------------------------------------------------------------

    @rule(refuse=st.sampled_from([(), ("manager_1",), ("team_manager",), ("operations",)]))
    def deliver(self, refuse: tuple[str, ...]) -> None:
        self.play.deliver(refuse=refuse)

    @rule(data=st.data())
    @precondition(lambda self: bool(notices.sendable(self.play.case)))
    def settle_one(self, data: st.DataObject) -> None:
        notice: NoticeToSend = data.draw(st.sampled_from(notices.sendable(self.play.case)))
        self.play.settle(notice, refuse=notice.reaches if data.draw(st.booleans()) else ())

    @rule(data=st.data(), kind=KINDS)
    @precondition(lambda self: bool(self.play.of("email_sent")))
    def something_comes_back(self, data: st.DataObject, kind: str) -> None:
        """Of a message that went out."""
        sent: EmailSent = data.draw(st.sampled_from(self.play.of("email_sent")))
        delivery = data.draw(st.sampled_from(sent.delivered))
        self.take(kind, entry=sent.entry, notice=sent.notice, role=delivery.role, address=delivery.address)

    @rule(data=st.data(), kind=KINDS, entry=NUMBERS, notice=STRANGE)
    def something_strange_comes_back(self, data: st.DataObject, kind: str, entry: int, notice: str) -> None:
        """Of a message that nobody knows, or of one that is still on its way."""
        role = data.draw(st.sampled_from([*sorted(self.play.procedure.roles), *EVERYWHERE, "nobody_here"]))
        name = data.draw(st.sampled_from([notice, *(one.notice for one in self.play.case.outstanding)]))
        number = data.draw(st.sampled_from([entry, *(one.entry for one in self.play.case.outstanding)]))
        self.take(kind, entry=number, notice=name, role=role, address=f"{role}@council.example")

    def take(self, kind: str, **about: Any) -> None:
        self.mails += 1
        when = self.play.now + timedelta(days=(self.mails % 3 - 1) * 4000)
        said = {"mail_id": f"m{self.mails}", "received_at": when, "kind": kind, "person": "Amara Ndiaye", "text": "x"}
        came = CameBack.model_validate(said | about)
        if kind == "bounce":
            self.bounced.add((came.entry, came.notice, came.address))
        self.play.take(came)
        before = len(self.play.entries)
        self.play.take(came)
        assert len(self.play.entries) == before

    @rule(after=DAYS, mail=st.booleans())
    def time_passes(self, after: timedelta, mail: bool) -> None:
        self.play.pass_time(self.play.now + after, mail=mail)

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def the_history_tells_it_all(self) -> None:
        assert kept(self.play) == self.play.case
        assert [entry.n for entry in self.play.entries] == list(range(1, len(self.play.entries) + 1))

    @invariant()
    def it_waits_for_somebody(self) -> None:
        case, now = self.play.case, self.play.now
        assert bool(case.waiting_for) == case.open
        wake = rules.next_wake(case, now)
        assert wake or rules.silence_needs_proof(case, now) or not case.open

    @invariant()
    def a_clock_runs_only_where_somebody_has_the_alert(self) -> None:
        visit = self.play.case.visit
        if self.play.case.open and self.play.case.awaits_answer and visit.alerted_at:
            have_it = [one for one in visit.asked if (one.entry, one.notice, one.address) not in self.bounced]
            assert have_it or visit.told or visit.answers

    @invariant()
    def what_is_called_for_can_be_sent(self) -> None:
        case = self.play.case
        for notice in case.outstanding:
            assert set(notice.reaches) <= {*notice.to, *notice.cc}
            assert set(notice.reaches) <= set(notice.answering) or not notice.stand_ins
            order = ordering.order(case, notice, "escalation/ours/CASE-1")
            assert type(order).model_validate_json(order.model_dump_json()) == order
            assert words.sending(case, notice)

    @invariant()
    def it_can_be_shown_and_recorded(self) -> None:
        case = self.play.case
        state_of(case, self.play.now).model_dump_json()
        words.story(case)
        view(self.play.entries[-1]).model_dump_json()
        RecordBatch(escalation="x", entries=self.play.entries[-1:], summary=summary_of(case)).model_dump_json()

    def teardown(self) -> None:
        """Left alone, with mail that works, no open escalation stands still."""
        if not hasattr(self, "play"):
            return
        before = len(self.play.entries)
        self.play.pass_time(self.play.now + timedelta(days=30))
        assert not self.play.case.open or len(self.play.entries) > before


TestWhateverComesBack = WhateverComesBack.TestCase
TestWhateverComesBack.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
