"""Whole stories in letters, as people get them: a complaint, a notice period, a stage that only a resolution ends.

`GOLDEN=write pytest tests/activities/test_letters.py` writes letters/ anew; read every one as its reader would.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from activities import rendering
from activities.recipients import find, recipients
from activities.view import view
from escalation import ordering
from escalation.deadlines import day_zero
from escalation.directory import Directory, Person, Post
from escalation.messages import (
    Answer,
    AnswerPromise,
    Close,
    Decide,
    Delivery,
    GiveNotice,
    NoticeToSend,
    Reassign,
    RecordResponse,
    SendNotice,
    Withdraw,
)
from escalation.procedure import Procedure
from escalation.rules import Outcome
from escalation.working_days import london_date
from tests.escalation.driver import Play, a_procedure, shipped

LETTERS = Path(__file__).with_name("letters")
LINK = "https://twentydays.example/reply/abc"
FOLLOW_UP = "https://twentydays.example/follow-up/def"
NAMES = ["Amara Okafor", "Bethan Hughes", "Carol Whitfield", "Dev Patel", "Elena Marsh", "Farid Rahman"]


class Postbag(Play):
    """A play that keeps what each notice says to the first of its readers."""

    def __init__(self, procedure: str | Procedure, at: str) -> None:
        self.letters: list[str] = []
        super().__init__(procedure, at)

    def settle(self, notice: NoticeToSend, *, refuse: Iterable[str] = ()) -> Outcome:
        if not notice.overtaken:
            self.letters.append(self._letter(ordering.order(self.case, notice, "escalation/ours/CASE-1")))
        return super().settle(notice, refuse=refuse)

    def _delivery(self, notice: NoticeToSend, role: str) -> Delivery:
        """To the person whom the letter is written to."""
        person = _directory(self.procedure).people[role]
        return super()._delivery(notice, role).model_copy(update={"person": person.name, "address": person.email})

    def _letter(self, order: SendNotice) -> str:
        found = find(order, _directory(self.procedure), london_date(self.now))
        first, *_ = recipients(order, found)
        zero = day_zero(order.clock, self.now, self.case.calendar) if order.clock else None
        links = {order.reference: LINK} if first.role in order.notice.answering else {}
        if order.notice.notice in order.notice.facts.get("asked_in", {}):
            links = {order.reference: FOLLOW_UP}
        said = rendering.render(order.notice.notice, view(order, found, first, zero, links), order.subject_line)
        to, cc = (", ".join(roles) for roles in (order.notice.to, order.notice.cc))
        head = f"[{order.notice.notice}] {self.now:%Y-%m-%d %H:%M}\nTo: {to}\n" + (f"Cc: {cc}\n" if cc else "")
        return f"{head}Subject: {said.subject}\n\n{said.text}"


def _directory(procedure: Procedure) -> Directory:
    """One person for each role: every sixth has the same name, which no letter minds."""
    roles = [*procedure.roles, "operations"]
    people = {
        role: Person(name=NAMES[n % len(NAMES)], email=f"{role.replace('_', '.')}@council.example")
        for n, role in enumerate(roles)
    }
    return Directory(people=people, posts=[Post(role=role, person=role) for role in roles])


def complaint() -> Postbag:
    """Investigated in silence past its ten days, taken to the second tier, and closed there."""
    play = Postbag(shipped("southwark").opened("complaint_about_iro"), "2026-11-02 10:00")
    play.start(in_writing=True, ground="The organisation and conduct of a review")
    play.pass_time("2026-11-18 10:00")
    play.act(Decide(by="qau_manager", outcome="escalate", to="SecondTier", addressee="head_of_qau"))
    play.act(Reassign(by="head_of_qau", to="assistant_director_corporate_parenting", reason="My own case once"))
    play.pass_time("2026-11-20 10:00")
    play.respond(by="head_of_qau", text="It was looked into.")
    play.decide("satisfied", by="qau_manager")
    return play


def complaint_answered() -> Postbag:
    """Answered late by hand; then withdrawn."""
    play = Postbag(shipped("southwark").opened("complaint_about_iro"), "2026-11-02 10:00")
    play.start(in_writing=True, ground="The organisation and conduct of a review")
    play.pass_time("2026-11-18 10:00")
    late = {"response_id": "r1", "stage": "Investigation", "answered_by": "qau_manager"}
    play.act(RecordResponse(by="qau_manager", received_at=play.now, how="by telephone", text="Done.", **late))
    play.act(Withdraw(by="qau_manager", reason="At the wish of whoever made it"))
    return play


def issue_with_an_iro() -> Postbag:
    """Discussed with the IRO, then taken to the manager, who closes it."""
    play = Postbag(shipped("oxfordshire").opened("complaint_about_iro"), "2026-11-02 10:00")
    play.start(text="Reports come late.")
    play.pass_time("2026-11-03 10:00")
    play.act(Decide(by="team_manager", outcome="escalate", to="referred"))
    play.act(Close(by="team_manager", outcome="no_longer_applicable", reason="Settled"))
    return play


ALERT = {
    "actions_taken": "x", "outcomes_sought": "x", "impact": "x", "childs_views": "x", "what_needs_doing": "x",
    "timescales": "x",
}  # fmt: skip


def notice_period() -> Postbag:
    """Three days' notice of stage 2, not used; the stage then lapses."""
    play = Postbag("halton-looked-after", "2026-11-02 10:00")
    play.start(stage="S1", case_discussion={"date": "2026-10-30", "with": "Social Worker"}, alert=ALERT, concern=[1])
    play.act(GiveNotice(by="irm", stage="S2", notice_working_days=3, fields={"ground": [1]}), at="2026-11-04 10:00")
    play.pass_time("2026-11-10 10:00")
    return play


def raised_for_the_raiser() -> Postbag:
    """Stage 4 raised by the manager of whoever is responsible for it."""
    play = Postbag("halton-looked-after", "2026-11-02 10:00")
    said: dict[str, Any] = {"alert": ALERT, "ground": ["breach_of_human_rights"], "concern": [9]}
    play.start(stage="S4", by="irm_manager", name="Ceri Lloyd", bypass_reason="It cannot wait", **said)
    return play


def until_it_is_resolved() -> Postbag:
    """Answered in time and not resolved: the time runs on, and it goes further all the same."""
    stages = (
        {"response": {"stops_on": "resolution"}, "copy_to": ["quality"]},
        {"response": {"stops_on": "resolution"}},
        {"response": {"working_days": None}},
    )
    play = Postbag(a_procedure(*stages, reminders={"addressee_before_due": [1]}), "2026-11-02 10:00")
    play.start()
    play.respond(at="2026-11-04 10:00")
    play.act(Reassign(by="manager_1", to="clerk", reason="Their case"))
    play.pass_time("2026-11-16 18:00")
    play.act(Decide(by="iro", outcome="escalate", to="S3"))
    play.pass_time("2026-11-18 10:00")
    return play


def promised() -> Postbag:
    """Two promises in one answer, which did not settle it; closed, asked about in silence, passed on and answered."""
    play = Postbag("southwark", "2026-11-02 10:00")
    play.start()
    answers = [Answer(text="Yes", done_by=date(2026, 11, 20)), Answer(text="Yes", done_by=date(2026, 12, 25))]
    play.respond(at="2026-11-04 10:00", answers=answers)
    play.decide("not_satisfied", at="2026-11-05 10:00")
    play.pass_time("2026-11-20 10:00")
    play.decide("satisfied", what_changed="too_early", ask_again_on=date(2027, 1, 8))
    first, second = [promise.n for promise in play.case.follow_ups.promises]
    play.pass_time("2026-11-27 10:00")
    play.act(AnswerPromise(by="qau_manager", promise=first, done=False))
    play.pass_time("2026-12-29 10:00")
    play.act(AnswerPromise(by="iro", promise=second, done=True))
    play.pass_time("2027-01-11 10:00")
    return play


def promised_to_a_carer() -> Postbag:
    """About a foster carer, promised for the next day and closed as unresolved."""
    play = Postbag("sbc", "2026-11-02 10:00")
    play.start()
    play.respond(at="2026-11-04 10:00", done_by=date(2026, 11, 5))
    raiser = play.procedure.raiser.roles[0]
    play.act(Close(by=raiser, outcome="unresolved", reason="x", what_changed="too_early"), at="2026-11-04 11:00")
    play.pass_time("2026-12-02 10:00")
    return play


STORIES = (
    complaint, complaint_answered, issue_with_an_iro, notice_period, promised, promised_to_a_carer,
    raised_for_the_raiser, until_it_is_resolved,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_every_letter_of_a_story_reads_as_it_was_read(story: Callable[[], Postbag]) -> None:
    file, said = LETTERS / f"{story.__name__}.txt", f"\n{'-' * 72}\n\n".join(story().letters)
    if os.environ.get("GOLDEN") == "write":
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8"), f"{file.name} differs; if that is meant, run with GOLDEN=write"


def test_an_alert_says_the_procedures_own_sentence_to_who_must_answer_and_to_nobody_else() -> None:
    """SWK-05: the process is to be respected and prioritised by managers."""
    play = Postbag(shipped("southwark"), "2026-11-02 10:00")
    play.start()
    sentence = str(play.procedure.alert_line)
    to_addressee, to_copies = [sentence in letter for letter in play.letters if letter.startswith("[alert]")]
    assert (to_addressee, to_copies) == (True, False)
    assert sum(sentence in letter for letter in play.letters) == 1
