"""What anyone may ask: where the escalation stands now (query `current_stage`), and its history for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, field_serializer

from escalation import clocks, rules
from escalation.case import Case, Status
from escalation.history import Entry, Recorded
from escalation.rules import cafcass, legal_advice
from escalation.wire import Message
from escalation.working_days import LONDON


class ClosedState(Message):
    outcome: str
    date_concluded: str


class FollowUpView(Message):
    """Something to follow: a promise by a date, a linked escalation that may be begun, what is asked again."""

    what: Literal["promise", "offer", "change"]
    promise: int | None = Field(None, description="The number of its entry.")
    by: str | None = Field(None, description="Who promised it.")
    on: date | None = Field(None, description="The date that was promised, or on which it is asked again.")
    asked: bool = Field(False, description="The raiser has been asked, and has not answered.")


class State(Message):
    """The `state` of a transcript, with reference and procedure. Instants carry the offset that London has then."""

    reference: str
    procedure: str
    stage: str | None = None
    status: Status
    waiting_for: str | None = None
    until: datetime | None = None
    due: datetime | None = None
    cap: datetime | None = None
    timers: dict[str, datetime] = {}
    clipped_to_cap: bool = False
    beyond_cap: bool = False
    on_hold: str | None = None
    cap_reached: bool = False
    closed: ClosedState | None = None
    offered: list[str] = []
    passed_to: str | None = Field(None, description="Who may also take the raiser's turn, which was not taken.")
    follow_ups: list[FollowUpView] = Field([], description="What outlives the close, and is not yet answered.")

    @field_serializer("until", "due", "cap", when_used="unless-none")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def state_of(case: Case, now: datetime) -> State:
    """Where a case stands; `until` is the next instant at which something happens by itself."""
    due, ended = case.due, not case.open
    concluded = case.date_concluded.isoformat() if case.date_concluded else ""
    return State(
        reference=case.reference,
        procedure=case.procedure.key,
        stage=case.shown_stage,
        status=case.status,
        waiting_for=case.waiting_for,
        until=(due.at if due else None) or rules.next_wake(case, now),
        due=due.at if due and not _named(case) else None,
        timers=_timers(case),
        cap=None if ended else case.cap_at,
        clipped_to_cap=bool(due and due.clipped),
        beyond_cap=case.visit.beyond_cap or case.visit.may_pass_cap,
        on_hold=case.on_hold,
        cap_reached=case.cap_reached,
        closed=ClosedState(outcome=case.outcome, date_concluded=concluded) if case.outcome else None,
        offered=offered(case),
        passed_to=case.passed_to or case.follow_ups.passed_to,
        follow_ups=list(_follow_ups(case)),
    )


def _follow_ups(case: Case) -> Iterator[FollowUpView]:
    now = case.follow_ups
    for promise in now.unanswered:
        yield FollowUpView(what="promise", promise=promise.n, by=promise.by, on=promise.done_by, asked=promise.asked)
    for promise in now.offered:
        yield FollowUpView(what="offer", promise=promise.n, by=promise.by, on=promise.done_by)
    if now.ask_on or now.change_asked:
        yield FollowUpView(what="change", on=now.ask_on, asked=now.change_asked)


def _named(case: Case) -> bool:
    """Whether the running clock has a name of its own: a notice period, or a stage that is no rung."""
    return case.visit.notice_period or case.procedure.process is not None


def _timers(case: Case) -> dict[str, datetime]:
    """Every running clock beside those of stage and total."""
    if not case.open:
        return {}
    own = {case.clock_name(case.visit): case.due.at} if case.due and _named(case) else {}
    return clocks.ends(case.procedure, case.fields, case.calendar) | own


def offered(case: Case) -> list[str]:
    """The acts open to the raiser now, by their names."""
    if not case.open:
        return _offered_after(case)
    acts = ["decide", "record_response", "set_action", "note", "cover", "hand_over", "close", "withdraw"]
    if case.procedure.entry.may_bypass and case.next_stage:
        acts.append("bypass")
    acts += ["notice"] if _may_give_notice(case) else []
    acts += ["record_told"] if not case.alert_accepted and case.awaits_answer else []
    acts += [*cafcass.offered(case), *legal_advice.offered(case)]
    acts += [recording.do for recording in case.procedure.recordings if recording.within]
    acts += ["complete_form"] if case.procedure.asks else []
    if case.procedure.extension and case.due:
        acts.append("grant_extension")
        acts += ["refuse_extension"] if case.visit.extension_asked else []
    acts += ["record_promise"]
    return acts + (["answer_promise"] if case.follow_ups.unanswered else [])


def _offered_after(case: Case) -> list[str]:
    """What the raiser may still do once it is closed, while anything is to follow."""
    if not case.followed_up:
        return []
    acts = ["record_promise", "cover", "hand_over"] + (["tell_change"] if case.outcome else [])
    acts += ["answer_promise"] if case.follow_ups.unanswered else []
    return acts + (["follow"] if case.follow_ups.offered else [])


def _may_give_notice(case: Case) -> bool:
    procedure, now = case.procedure, case.visit
    later = procedure.ladder(case.track)[procedure.place(now.stage, case.track) + 1 :]
    return not now.notice_period and any(stage.notice_period for stage in later)


class EntryView(Message):
    """One entry for a reader: what every entry says, and the rest as `details`."""

    n: int
    event: str
    at: datetime
    stage: str | None = None
    by: str | None = None
    on_behalf_of: str | None = None
    name: str | None = None
    details: dict[str, Any] = {}

    @field_serializer("at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def view(entry: Entry) -> EntryView:
    """What the form said stands beside the rest; a recording is called by the procedure's own word."""
    common = {key: getattr(entry, key) for key in EntryView.model_fields if key != "details"}
    common["at"] = entry.at.astimezone(LONDON)
    details = entry.details
    said = details.pop("fields", {})
    if isinstance(entry, Recorded):
        common["event"] = entry.called
    return EntryView(**common, details=said | details)
