"""What can stand in an escalation's history: a closed vocabulary in the past tense, including what was not done.

The case is the fold of these entries and nothing else. They are stored for ever: add optional fields; never rename,
remove or re-type one.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from escalation.commands import Answer
from escalation.history_of_post import *  # noqa: F403 - read from here
from escalation.history_of_post import Entry, HandedOver, OutOfOffice, PostCovered, ReplyReceived, TurnPassed
from escalation.history_of_promises import *  # noqa: F403 - read from here
from escalation.history_of_promises import (
    ChangeAsked,
    ChangeTold,
    Followed,
    OfferEnded,
    Promised,
    PromiseDue,
    PromiseKept,
    PromiseNotKept,
)  # fmt: skip
from escalation.messages import Delivery, Failure
from escalation.procedure import Role, StageKey
from escalation.wire import Fields, Identifier, Known, Reference, Subject, Text
from escalation.working_days import Calendar


class CalendarPinned(Entry):
    """The closed days that every deadline of this escalation counts by."""

    event: Literal["calendar_pinned"] = "calendar_pinned"
    calendar: Calendar


class StageEntered(Entry):
    """What the three ways into a stage have in common."""

    working_days: int | None = Field(None, description="The time given; none where the stage has no clock.")
    lapsed_due: date | None = Field(None, description="The due date of the stage that lapsed into this one.")
    beyond_cap: bool = False
    addressee: list[Role] | None = Field(None, description="Who must answer, where the raiser named them.")
    notice_working_days: int | None = Field(None, description="Time to settle it before the stage begins.")
    fields: Fields = Field({}, description="What the form says from now on, beside what it said before.")


class Raised(StageEntered):
    event: Literal["raised"] = "raised"
    reference: Reference
    subject: Subject
    track: str | None = None
    team: str | None = None
    bypass_reason: Text | None = None
    override_reason: Text | None = None
    agency: str | None = None
    contacts: dict[Role, Known] = {}
    linked: list[Reference] = Field([], description="Escalations that the same event raised about other children.")
    follows: Reference | None = Field(None, description="The escalation in which a promise was not kept.")
    follows_promise: int | None = Field(None, description="That promise, by the number of its entry there.")


class TakenOver(StageEntered):
    """It stood at this stage in another system, which alerted its addressee: nobody is alerted again."""

    event: Literal["taken_over"] = "taken_over"
    source: Text
    day_zero: date | None = None
    cap_day_zero: date | None = None


class Advanced(StageEntered):
    """To the next stage: by a lapse, or by the raiser's decision."""

    event: Literal["advanced"] = "advanced"
    from_stage: StageKey
    because: Literal["lapsed", "decided"]


class Bypassed(StageEntered):
    """To a later stage, by the raiser's act."""

    event: Literal["bypassed"] = "bypassed"
    from_stage: StageKey
    reason: Text | None = None


class NoticeGiven(Entry):
    """Notice of a stage: what is settled by its end never becomes an alert."""

    event: Literal["notice_given"] = "notice_given"
    working_days: int


class NoticeEnded(StageEntered):
    """The notice period is over and the stage begins."""

    event: Literal["notice_ended"] = "notice_ended"
    because: Literal["lapsed", "decided"]


class EmailSent(Entry):
    """A mail server accepted these messages of a notice."""

    event: Literal["email_sent"] = "email_sent"
    notice: str
    entry: int
    part: str
    to: list[Role]
    cc: list[Role] = []
    delivered: list[Delivery]
    channel: str = "email"
    sent_for: Role | None = None
    starts_clock: bool = False
    day_zero: date | None = None


class EmailFailed(Entry):
    """A mail server refused these messages for good, or nobody holds the role. They are not tried again."""

    event: Literal["email_failed"] = "email_failed"
    notice: str
    entry: int
    part: str
    sent_for: Role | None = None
    failed: list[Failure]
    bounced: bool = Field(False, description="It had been accepted, and came back.")
    mail_id: Identifier | None = Field(None, description="Of the message that says so, where it bounced.")
    stops_clock: bool = Field(False, description="Nobody who must answer has it: the stage waits for its alert again.")


class EmailNotSent(Entry):
    """A notice that was called for and overtaken before it went out."""

    event: Literal["email_not_sent"] = "email_not_sent"
    notice: str
    entry: int
    part: str
    sent_for: Role | None = None
    why: Text


class AlertTold(Entry):
    """An alert given by hand, which started the clock."""

    event: Literal["alert_told"] = "alert_told"
    told_at: AwareDatetime
    day_zero: date
    how: Text


class AlertNotAccepted(Entry):
    """Operations and the raiser were alarmed: no mail server has yet accepted the alert."""

    event: Literal["alert_not_accepted"] = "alert_not_accepted"
    waiting_since: AwareDatetime
    count: int = 1


class Responded(Entry):
    """The addressee answered in time. Entered after the stage had gone, it changes nothing by itself."""

    event: Literal["responded"] = "responded"
    visit: int
    response_id: str
    received_at: AwareDatetime
    text: Text = ""
    answers: list[Answer] = []
    addresses_requested_action: bool | None = None
    how: Text | None = None
    recorded_by: Role | None = None
    recorded_by_name: str | None = None
    stage_already_left: bool = False
    done_by: date | None = Field(None, description="As the answer said it; what counts as a promise is `promised`.")


class LateResponse(Entry):
    """An answer received after the stage's deadline. The raiser decides what it is worth (requirements G-A10)."""

    event: Literal["late_response"] = "late_response"
    visit: int
    response_id: str
    received_at: AwareDatetime
    due: AwareDatetime
    working_days_late: int
    text: Text = ""
    answers: list[Answer] = []
    addresses_requested_action: bool | None = None
    how: Text | None = None
    recorded_by: Role | None = None
    recorded_by_name: str | None = None
    done_by: date | None = Field(None, description="As the answer said it; what counts as a promise is `promised`.")


class Proven(Entry):
    """The inbox was read after the deadline and held nothing more that was received in time."""

    event: Literal["silence_proven"] = "silence_proven"
    visit: int


class Lapsed(Entry):
    """The deadline passed in silence. `then` is what the procedure does about it."""

    event: Literal["lapsed"] = "lapsed"
    due: AwareDatetime
    then: Literal["advance", "ask", "hold"]


class CapReached(Entry):
    event: Literal["cap_reached"] = "cap_reached"
    cap: AwareDatetime


class BeyondCap(Entry):
    """A stage was entered, or more time granted, beyond the total time."""

    event: Literal["beyond_cap"] = "beyond_cap"
    cap: AwareDatetime
    reason: Text | None = None


class Held(Entry):
    """Nothing moves by itself any more; the raiser decides (requirements G-A7, G-A8)."""

    event: Literal["held"] = "held"
    reason: Literal["final_stage_lapsed", "final_stage_not_satisfied", "cap_reached"]
    cap_reached: bool


class Decided(Entry):
    event: Literal["decided"] = "decided"
    outcome: str
    to: StageKey | None = None
    visit: int | None = None
    outcome_text: Text | None = None
    reason: Text | None = None


class ExtensionRequested(Entry):
    event: Literal["extension_requested"] = "extension_requested"
    working_days: int
    reason: Text | None = None


class ExtensionGranted(Entry):
    event: Literal["extension_granted"] = "extension_granted"
    working_days: int
    old_due: AwareDatetime
    new_due: AwareDatetime
    may_pass_cap: bool = False
    reason: Text | None = None


class ExtensionRefused(Entry):
    event: Literal["extension_refused"] = "extension_refused"
    reason: Text | None = None


class Reassigned(Entry):
    """The addressee handed on; the clock ran on."""

    event: Literal["reassigned"] = "reassigned"
    to: Role
    reason: Text | None = None


class FormCompleted(Entry):
    event: Literal["form_completed"] = "form_completed"
    fields: Fields = {}


class CafcassConsidered(Entry):
    event: Literal["cafcass_considered"] = "cafcass_considered"
    reason: Text | None = None
    fields: Fields = {}


class CafcassReferred(Entry):
    """Referred to CAFCASS: beside the ladder, or where no stage of it runs any more (`leaves_ladder`)."""

    event: Literal["cafcass_referred"] = "cafcass_referred"
    leaves_ladder: bool = False
    reason: Text | None = None
    override_reason: Text | None = None
    fields: Fields = {}


class MeetingHeld(Entry):
    event: Literal["meeting_held"] = "meeting_held"
    attendees: list[Role]
    complete: bool = Field(True, description="Everybody whom the document names was there.")
    resolved: bool | None = None
    text: Text | None = None


class ManagerDisagreed(Entry):
    event: Literal["manager_disagrees"] = "manager_disagrees"
    reason: Text | None = None


class LegalAdviceRequested(Entry):
    event: Literal["legal_advice_requested"] = "legal_advice_requested"
    provider: Text | None = Field(None, description="The firm that is asked.")
    reason: Text | None = None
    fields: Fields = {}


class LegalAdviceDecided(Entry):
    event: Literal["legal_advice_decided"] = "legal_advice_decided"
    necessary: bool
    provider: Text | None = None
    reason: Text | None = None


class Recorded(Entry):
    """One of the procedure's recordings; a reader's history calls it by the procedure's own word, `called`."""

    event: Literal["recorded"] = "recorded"
    what: str
    called: str
    fields: Fields = {}


class TaskDone(Entry):
    event: Literal["task_done"] = "task_done"
    task: int = Field(description="Number of the entry that opened it.")
    what: Text = ""


class Reminded(Entry):
    """A reminder was called for, in office hours of a working day."""

    event: Literal["reminded"] = "reminded"
    whom: Literal["addressee", "raiser"]
    count: int
    about: Literal["follow_up"] | None = Field(None, description="Of a question that outlives the close.")


class ActionSet(Entry):
    event: Literal["action_set"] = "action_set"
    text: Text
    action_due: date


class Covered(Entry):
    event: Literal["covered"] = "covered"
    absent: Role
    cover: Role


class Noted(Entry):
    event: Literal["noted"] = "noted"
    text: Text


class CaseNote(Entry):
    """Something to file: where, under which heading, and the text to paste."""

    event: Literal["case_note"] = "case_note"
    where: str
    heading: str
    form: str = "case_note"
    text: str = Field("", description="As long as what people wrote: it repeats all of it.")


class TaskOpened(Entry):
    event: Literal["task_opened"] = "task_opened"
    to: Role
    what: Text
    key: str | None = None


class Closed(Entry):
    event: Literal["closed"] = "closed"
    outcome: Literal["resolved", "unresolved", "no_longer_applicable"]
    date_concluded: date
    outcome_text: Text | None = None


class Withdrawn(Entry):
    event: Literal["withdrawn"] = "withdrawn"
    reason: Text | None = None


class Refused(Entry):
    """Something that was asked and not done: an act that the rules do not allow, or a payload nobody could read."""

    event: Literal["refused"] = "refused"
    do: str
    code: str
    message: Text
    field: str | None = None
    response_id: str | None = Field(
        None, description="Of an answer: it comes by signal and update, and is refused once."
    )


HistoryEntry = Annotated[
    CalendarPinned | Raised | TakenOver | Advanced | Bypassed | NoticeGiven | NoticeEnded | EmailSent | EmailFailed
    | EmailNotSent | AlertTold | AlertNotAccepted | Responded | LateResponse | Proven | Lapsed | CapReached | BeyondCap
    | Held | Decided | ExtensionRequested | ExtensionGranted | ExtensionRefused | Reassigned | FormCompleted
    | CafcassConsidered | CafcassReferred | MeetingHeld | ManagerDisagreed | LegalAdviceRequested | LegalAdviceDecided
    | Recorded | TaskDone | Reminded | ActionSet | Covered | Noted | CaseNote | TaskOpened | Closed | Withdrawn
    | PostCovered | TurnPassed | HandedOver | OutOfOffice | ReplyReceived | Refused | Promised | PromiseDue
    | PromiseKept | PromiseNotKept | OfferEnded | Followed | ChangeAsked | ChangeTold,
    Field(discriminator="event"),
]  # fmt: skip

History = TypeAdapter(list[HistoryEntry])
"""Reads and writes a whole history as JSON."""
