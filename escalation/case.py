"""Where an escalation stands: the state that its history folds into, and what can be read off it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from escalation import deadlines
from escalation.deadlines import Due
from escalation.follow_up import FollowUps
from escalation.forms import value_at
from escalation.messages import NoticeToSend, StageClock
from escalation.procedure import Procedure, Stage
from escalation.visit import Frozen, OpenTask, Received, Visit
from escalation.wire import Known, Subject
from escalation.working_days import Calendar, end_of, london_date

__all__ = ["OPERATIONS", "Case", "OpenTask", "Received", "Status", "Visit"]

Status = Literal[
    "awaiting_response", "awaiting_iro_decision", "unresolved_hold", "referred", "notice_period", "withdrawn", "closed"
]
OPERATIONS = "operations"


class Case(Frozen):
    """The fold of a history. Everything that moves is here; everything else is derived from it."""

    procedure: Procedure
    calendar: Calendar
    n: int = 0
    reference: str = ""
    subject: Subject = Subject(kind="lac")
    track: str | None = None
    team: str | None = None
    raised_by: str = ""
    raised_by_name: str | None = None
    raised_before: tuple[tuple[str, str | None], ...] = ()
    raised_through: str | None = None
    raised_through_name: str | None = None
    raised_at: datetime | None = None
    fields: dict[str, Any] = {}
    agency: str | None = None
    contacts: dict[str, Known] = {}
    linked: tuple[str, ...] = ()
    follows: str | None = None
    follows_promise: int | None = None
    tasks: tuple[OpenTask, ...] = ()
    cafcass_referred: bool = False
    left_for_cafcass: bool = False
    meeting_held: bool = False
    visits: tuple[Visit, ...] = ()
    cap_day_zero: date | None = None
    cap_reached: bool = False
    on_hold: str | None = None
    outcome: str | None = None
    outcome_text: str | None = None
    date_concluded: date | None = None
    withdrawn: bool = False
    ended_at: datetime | None = None
    covered_by: dict[str, str] = {}
    passed_to: str | None = None
    turn_since: datetime | None = None
    reminders: int = 0
    alarms: int = 0
    outstanding: tuple[NoticeToSend, ...] = ()
    refused_answers: frozenset[str] = frozenset()
    came_back: frozenset[str] = frozenset()
    bounced: tuple[tuple[int, str], ...] = ()
    follow_ups: FollowUps = FollowUps()

    # The stage now -------------------------------------------------------------------------------------------------

    @property
    def visit(self) -> Visit:
        """The stay at the current stage."""
        return self.visits[-1]

    @property
    def stage(self) -> Stage:
        return self.stage_of(self.visit)

    def stage_of(self, visit: Visit) -> Stage:
        stage = self.procedure.stage(visit.stage, self.track)
        if stage is None:  # the procedure is pinned: a visited stage is one of its stages
            raise LookupError(f"{self.procedure.key} has no stage {visit.stage}")
        return stage

    @property
    def next_stage(self) -> Stage | None:
        return self.procedure.next_stage(self.visit.stage, self.track)

    @property
    def shown_stage(self) -> str | None:
        """The key under which it is listed: no stage in another process, and CAFCASS once nothing else runs."""
        if self.left_for_cafcass and self.procedure.cafcass:
            return self.procedure.cafcass.stage
        return None if self.procedure.process else self.visit.stage

    def clock_name(self, visit: Visit) -> str:
        """What the clock of a stay is called."""
        if visit.notice_period:
            return f"{visit.stage}_notice"
        return self.stage_of(visit).timer or visit.stage

    @property
    def is_last_stage_over(self) -> bool:
        """Nothing of the ladder runs any more: it is on hold, or its last stage was answered or has lapsed."""
        return self.on_hold is not None or (self.next_stage is None and not self.awaits_answer)

    def addressees(self, visit: Visit | None = None) -> list[str]:
        """Who must answer, the first of them named as the one who must; by default at the stage now."""
        stay = visit or self.visit
        return list(stay.addressee or self.stage_of(stay).addressee)

    def latest_visit(self, stage: str) -> Visit | None:
        return next((visit for visit in reversed(self.visits) if visit.stage == stage), None)

    def visit_numbered(self, n: int) -> Visit | None:
        return next((visit for visit in self.visits if visit.n == n), None)

    # Whose turn, until when -----------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return bool(self.visits) and self.outcome is None and not self.withdrawn

    @property
    def followed_up(self) -> bool:
        """Whether it ended, and something outlives that: a promise, an offer, or what is asked again."""
        return bool(self.visits) and not self.open and self.follow_ups.outstanding

    @property
    def follow_up_on(self) -> date | None:
        """The earliest date of what is promised, offered or asked again; once asked about, it may lie in the past."""
        now = self.follow_ups
        days = [promise.done_by for promise in (*now.unanswered, *now.offered)]
        days += [now.ask_on] if now.ask_on else []
        days += [london_date(now.since)] if now.change_asked and now.since else []
        return min(days, default=None)

    @property
    def status(self) -> Status:
        if self.withdrawn:
            return "withdrawn"
        if self.outcome:
            return "closed"
        if self.left_for_cafcass:
            return "referred"
        if self.on_hold:
            return "unresolved_hold"
        stops = self.stage.response.stops_on == "response" and self.visit.answered_in_time
        if stops or self.visit.lapsed:
            return "awaiting_iro_decision"
        return "notice_period" if self.visit.notice_period else "awaiting_response"

    @property
    def raiser(self) -> str:
        """The raiser's role, or who covers for them."""
        return self.covered_by.get(self.raised_by, self.raised_by)

    @property
    def raisers_turn(self) -> bool:
        """Whether it waits for the raiser, or for who covers for them."""
        return self.open and not self.awaits_answer and self.waiting_for == self.raiser

    @property
    def alert_accepted(self) -> bool:
        return self.visit.alerted_at is not None

    @property
    def waiting_for(self) -> str | None:
        """The role whose turn it is; operations while the alert is not accepted; None only when it has ended."""
        if not self.open:
            return None
        if self.status == "referred" and self.procedure.cafcass:
            return self.procedure.cafcass.to
        if not self.awaits_answer:
            return self.raiser
        return self.addressees()[0] if self.alert_accepted else OPERATIONS

    @property
    def awaits_answer(self) -> bool:
        """Whether it is the addressee's turn: to answer, or to settle it within the notice given."""
        return self.status in {"awaiting_response", "notice_period"}

    def clock_of(self, visit: Visit) -> StageClock:
        cap = self.procedure.cap
        return StageClock(
            working_days=visit.working_days,
            extensions=visit.extensions,
            end_of_day=self.procedure.end_of_day,
            lapsed_due=visit.lapsed_due,
            cap_working_days=cap.working_days if cap else None,
            cap_day_zero=self.cap_day_zero,
            starts_cap=visit.starts_cap,
            may_pass_cap=visit.may_pass_cap or visit.beyond_cap,
            beyond_cap=visit.beyond_cap,
        )

    def due_of(self, visit: Visit) -> Due | None:
        """The deadline of a stay, whether or not it still runs; None before its alert was accepted."""
        if visit.day_zero is None:
            return None
        return deadlines.due(self.clock_of(visit), visit.day_zero, self.calendar)

    @property
    def due(self) -> Due | None:
        """The running deadline of the current stage."""
        return self.due_of(self.visit) if self.open and self.awaits_answer else None

    @property
    def cap_at(self) -> datetime | None:
        if not self.procedure.cap or self.cap_day_zero is None:
            return None
        day = self.calendar.after(self.cap_day_zero, self.procedure.cap.working_days)
        return end_of(day, self.procedure.end_of_day)

    def starts_cap(self, stage: Stage) -> bool:
        """Whether the cap counts from this stage, entered now (requirements section 0, 7)."""
        cap = self.procedure.cap
        if cap is None or self.cap_day_zero is not None:
            return False
        if cap.starts == "first_alert":
            return True
        if cap.starts == "formal":
            return stage.formal
        place = self.procedure.place
        return place(stage.key, self.track) >= place(cap.starts, self.track)

    # Answers --------------------------------------------------------------------------------------------------------

    def has_answer(self, response_id: str) -> bool:
        return any(answer.response_id == response_id for visit in self.visits for answer in visit.answers)

    @property
    def unjudged(self) -> list[tuple[Visit, Received]]:
        """Answers on which the raiser has not decided, oldest first."""
        return [(visit, answer) for visit in self.visits for answer in visit.answers if not answer.judged]

    def is_true(self, fact: str) -> bool:
        """A yes/no fact of the subject, or a field of the form."""
        return getattr(self.subject, fact, None) is True or value_at(self.fields, fact) is True
