"""Acts of people, named as the acts of the procedures (`do`). escalation/wire.py says what may ever change here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from escalation.directory import Name as PersonName
from escalation.procedure import Name, Role, StageKey
from escalation.wire import Fields, Identifier, Known, Message, Reference, Subject, Text

__all__ = [
    "COMMANDS",
    "Answer",
    "AnswerPromise",
    "Bypass",
    "Close",
    "Command",
    "CompleteForm",
    "ConsiderCafcass",
    "Cover",
    "Decide",
    "DecideLegalAdvice",
    "Follow",
    "GiveNotice",
    "GrantExtension",
    "HandOver",
    "HoldMeeting",
    "ManagerDisagrees",
    "Note",
    "Reassign",
    "RecordEvent",
    "RecordPromise",
    "RecordResponse",
    "RecordTold",
    "ReferCafcass",
    "RefuseExtension",
    "RequestExtension",
    "RequestLegalAdvice",
    "Respond",
    "SetAction",
    "Start",
    "TellChange",
    "WhatChanged",
    "Withdraw",
]

Days = Annotated[int, Field(ge=1, le=60)]
"""Working days."""
WhatChanged = Literal["changed", "not_changed", "too_early"]
"""What changed for whom it was about; `too_early`: it is asked again."""


class Command(Message):
    """An act of a person. `by` is the role in which they act, `name` the person where known."""

    do: str
    by: Role | None = None
    name: str | None = None


class Start(Command):
    """The raiser opens the escalation, at a stage or where the procedure begins."""

    do: Literal["start"] = "start"
    subject: Subject
    stage: StageKey | None = None
    track: str | None = None
    team: str | None = None
    working_days: int | None = Field(None, ge=1, le=60, description="The raiser's own timescale, working days.")
    bypass_reason: Text | None = None
    fields: Fields = {}
    linked: list[Reference] = Field([], description="Escalations that the same event raised about other children.")
    addressee: Role | None = Field(None, description="Where the procedure lets the raiser name who must answer.")
    agency: str | None = Field(None, description="The partner agency whose people are asked.")
    contacts: dict[Role, Known] = Field({}, description="People whom only this case knows, by their role.")
    notice_working_days: Days | None = Field(None, description="Time to settle it before the stage begins (HLC-15).")
    override_reason: Text | None = Field(None, description="Why it is opened although the issue goes another way.")
    follows: Reference | None = Field(None, description="The escalation in which a promise was not kept.")
    follows_promise: int | None = Field(None, description="That promise, by the number of its entry there.")


class Answer(Message):
    """What a manager says to one requested action. `done_by`: the date by which it will be done, a promise."""

    action: Text | None = None
    text: Text
    done_by: date | None = None


class Respond(Command):
    """The addressee of a stage answers."""

    do: Literal["respond"] = "respond"
    response_id: Identifier
    stage: StageKey
    text: Text = ""
    answers: list[Answer] = Field([], max_length=100)
    addresses_requested_action: bool | None = None
    received_at: AwareDatetime | None = Field(None, description="Stamped by the endpoint of ours that took the answer.")
    done_by: date | None = Field(None, description="By which what is still to be done will be: a promise.")


class RecordResponse(Command):
    """An answer that came another way, recorded by the raiser, who covers, or quality assurance."""

    do: Literal["record_response"] = "record_response"
    response_id: Identifier
    stage: StageKey
    answered_by: Role
    received_at: AwareDatetime
    how: Text
    text: Text = ""
    done_by: date | None = Field(None, description="By which what is still to be done will be: a promise.")


class RecordPromise(Command):
    """A promise that came by another way than an answer, or another date for one that was made before."""

    do: Literal["record_promise"] = "record_promise"
    done_by: date
    promise: int | None = Field(None, description="The promise whose date this corrects, by the number of its entry.")
    promised_by: Role | None = Field(None, description="Who promised it; whoever must answer, where not given.")
    how: Text | None = None
    text: Text = ""


class AnswerPromise(Command):
    """The raiser says whether what was promised was done."""

    do: Literal["answer_promise"] = "answer_promise"
    promise: int | None = Field(None, description="By the number of its entry; not needed where there is one.")
    done: bool
    text: Text = ""


class TellChange(Command):
    """The raiser says what changed for whom it was about, or that it is too early to say."""

    do: Literal["tell_change"] = "tell_change"
    changed: WhatChanged
    text: Text = ""
    ask_again_on: date | None = Field(None, description="Where it is too early; else as the procedure says.")


class Follow(Command):
    """Another escalation follows this one, because a promise was not kept."""

    do: Literal["follow"] = "follow"
    promise: int
    reference: Reference = Field(description="Of the escalation that follows.")
    at_stage: StageKey | None = None


class RecordTold(Command):
    """An alert given by hand: it starts the clock on the date on which the addressee was told."""

    do: Literal["record_told"] = "record_told"
    told_at: AwareDatetime
    how: Text


class Decide(Command):
    """The raiser judges an answer, or moves the matter on."""

    do: Literal["decide"] = "decide"
    outcome: Literal["satisfied", "not_satisfied", "escalate", "go_formal"]
    to: StageKey | None = None
    stage: StageKey | None = Field(None, description="The stage whose answer is judged; the newest where not given.")
    outcome_text: Text | None = None
    reason: Text | None = None
    addressee: Role | None = None
    working_days: Days | None = Field(None, description="The raiser's own timescale for the stage to which it goes.")
    fields: Fields = Field({}, description="What the form of the stage to which it goes asks for.")
    what_changed: WhatChanged | None = Field(None, description="For whom it was about, where this closes it.")
    what_changed_text: Text | None = None
    ask_again_on: date | None = Field(None, description="Where it is too early to say what changed.")


class Bypass(Command):
    """The raiser goes to a stage before the current one has ended."""

    do: Literal["bypass"] = "bypass"
    to: StageKey
    reason: Text | None = None
    addressee: Role | None = None
    working_days: Days | None = None
    fields: Fields = {}


class RequestExtension(Command):
    """The addressee asks for more time; the clock runs on until it is granted."""

    do: Literal["request_extension"] = "request_extension"
    working_days: int = Field(ge=1, le=60)
    reason: Text | None = None


class GrantExtension(Command):
    """The raiser grants more time, counted from the due date."""

    do: Literal["grant_extension"] = "grant_extension"
    working_days: int = Field(ge=1, le=60)
    reason: Text | None = None


class RefuseExtension(Command):
    """The raiser grants no more time."""

    do: Literal["refuse_extension"] = "refuse_extension"
    reason: Text | None = None


class GiveNotice(Command):
    """The raiser gives notice of a stage: time in which the matter may still be settled (HLC-15)."""

    do: Literal["notice"] = "notice"
    stage: StageKey
    notice_working_days: Days
    reason: Text | None = None
    fields: Fields = {}


class Reassign(Command):
    """The addressee hands on: this is for somebody else. The clock runs on."""

    do: Literal["reassign"] = "reassign"
    to: Role
    reason: Text | None = None


class CompleteForm(Command):
    """The raiser completes or updates what the form says."""

    do: Literal["complete_form"] = "complete_form"
    fields: Fields = {}


class ConsiderCafcass(Command):
    """The raiser considers a referral to CAFCASS."""

    do: Literal["consider_cafcass"] = "consider_cafcass"
    reason: Text | None = None
    fields: Fields = {}


class ReferCafcass(Command):
    """The raiser refers the matter to CAFCASS."""

    do: Literal["refer_cafcass"] = "refer_cafcass"
    reason: Text | None = None
    override_reason: Text | None = Field(None, description="Why it is referred without the meeting that comes first.")
    fields: Fields = Field({}, description="The checklist, and what else the procedure asks.")


class HoldMeeting(Command):
    """The meeting that comes before CAFCASS was held."""

    do: Literal["hold_meeting"] = "hold_meeting"
    attendees: list[Role] = Field([], max_length=50)
    resolved: bool | None = None
    text: Text | None = None


class ManagerDisagrees(Command):
    """A manager disagrees with the raiser, whose decision stands (HLC-26)."""

    do: Literal["manager_disagrees"] = "manager_disagrees"
    reason: Text | None = None


class RequestLegalAdvice(Command):
    """The raiser asks for independent legal advice."""

    do: Literal["request_legal_advice"] = "request_legal_advice"
    reason: Text | None = None
    conflict_of_interest: bool = False
    firm: Text | None = None
    fields: Fields = Field(
        {}, description="What the procedure needs or advises first, and whether the firm is on its panel."
    )


class DecideLegalAdvice(Command):
    """Whether independent legal advice is necessary, and who gives it."""

    do: Literal["decide_legal_advice"] = "decide_legal_advice"
    necessary: bool
    provider: Text | None = None
    reason: Text | None = None


class RecordEvent(Command):
    """One of the procedure's recordings: a duty done, a change reported, a step taken beside the ladder."""

    do: Literal["record_event"] = "record_event"
    what: Name = Field(description="The recording, by its `do`.")
    fields: Fields = {}
    task: int | None = Field(None, description="The task that this completes, by the number of its entry.")


class SetAction(Command):
    """A remedial action with its own date, which never moves a deadline (LEI-46)."""

    do: Literal["set_action"] = "set_action"
    text: Text
    action_due: date


class Cover(Command):
    """Somebody acts for an absent raiser from now on."""

    do: Literal["cover"] = "cover"
    absent: Role
    cover: Role


class HandOver(Command):
    """The concern belongs to another raiser from now on."""

    do: Literal["hand_over"] = "hand_over"
    to: Role | None = Field(None, description="The new raiser's role; the old one's where not given.")
    to_name: PersonName
    from_name: str | None = Field(None, description="Whose it is thought to be; refused where it is somebody else's.")
    hand_over: Identifier | None = Field(None, description="Of the act that hands over many.")
    reason: Text | None = None


class Note(Command):
    """A note for the history."""

    do: Literal["note"] = "note"
    text: Annotated[Text, Field(min_length=1)]


class Close(Command):
    """The raiser closes without a resolution."""

    do: Literal["close"] = "close"
    outcome: Literal["unresolved", "no_longer_applicable"]
    reason: Text | None = None
    what_changed: WhatChanged | None = Field(None, description="For whom it was about, where this closes it.")
    what_changed_text: Text | None = None
    ask_again_on: date | None = Field(None, description="Where it is too early to say what changed.")


class Withdraw(Command):
    """The raiser takes the concern back."""

    do: Literal["withdraw"] = "withdraw"
    reason: Text | None = None


COMMANDS: tuple[type[Command], ...] = (
    Start, Respond, RecordResponse, RecordTold, Decide, Bypass, GiveNotice, Reassign, CompleteForm, RequestExtension,
    GrantExtension, RefuseExtension, ConsiderCafcass, ReferCafcass, HoldMeeting, ManagerDisagrees, RequestLegalAdvice,
    DecideLegalAdvice, RecordEvent, SetAction, Cover, HandOver, Note, Close, Withdraw, RecordPromise, AnswerPromise,
    TellChange, Follow,
)  # fmt: skip
