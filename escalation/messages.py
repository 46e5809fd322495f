"""Every message between our own processes: commands of people, results of the world, and what activities are given.

These are stored in Temporal histories for months. Add optional fields; never rename, remove or re-type one. Unknown
fields are ignored, so that an older worker can read what a newer client sends. Commands are named as the acts of the
procedures (`do`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from escalation.procedure import Role, StageKey, SubjectKind
from escalation.working_days import Calendar, EndOfDay

Text = Annotated[str, Field(max_length=20_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(pattern=r"^[A-Z0-9-]{3,40}$", description="Never a child's identifier.")]


class Message(BaseModel):
    """Frozen, and blind to fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Subject(Message):
    """Whom the concern is about. Yes/no facts decide who hears (SWK-30, SWK-36)."""

    kind: SubjectKind
    legal_status: Literal["s20", "s31"] | None = None
    has_guardian: bool = False
    in_proceedings: bool = False


# Commands: acts of people -------------------------------------------------------------------------------------------


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
    fields: dict[str, Any] = {}
    linked: list[Reference] = Field([], description="Escalations that the same event raised about other children.")


class Answer(Message):
    """What a manager says to one requested action."""

    action: Text | None = None
    text: Text


class Respond(Command):
    """The addressee of a stage answers."""

    do: Literal["respond"] = "respond"
    response_id: Identifier
    stage: StageKey
    text: Text = ""
    answers: list[Answer] = Field([], max_length=100)
    addresses_requested_action: bool | None = None
    received_at: AwareDatetime | None = Field(None, description="Stamped by the endpoint of ours that took the answer.")


class RecordResponse(Command):
    """An answer that came another way, recorded by the raiser, who covers, or quality assurance."""

    do: Literal["record_response"] = "record_response"
    response_id: Identifier
    stage: StageKey
    answered_by: Role
    received_at: AwareDatetime
    how: Text
    text: Text = ""


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


class Bypass(Command):
    """The raiser goes to a stage before the current one has ended."""

    do: Literal["bypass"] = "bypass"
    to: StageKey
    reason: Text | None = None


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


class Note(Command):
    """A note for the history."""

    do: Literal["note"] = "note"
    text: Annotated[Text, Field(min_length=1)]


class Close(Command):
    """The raiser closes without a resolution."""

    do: Literal["close"] = "close"
    outcome: Literal["unresolved", "no_longer_applicable"]
    reason: Text | None = None


class Withdraw(Command):
    """The raiser takes the concern back."""

    do: Literal["withdraw"] = "withdraw"
    reason: Text | None = None


COMMANDS: tuple[type[Command], ...] = (
    Start, Respond, RecordResponse, RecordTold, Decide, Bypass, RequestExtension, GrantExtension, RefuseExtension,
    SetAction, Cover, Note, Close, Withdraw,
)  # fmt: skip


# Results: what the world did ------------------------------------------------------------------------------------------


class Delivery(Message):
    """One message of a notice that a mail server accepted for one person."""

    role: Role
    person: str
    address: str
    accepted_at: AwareDatetime
    message_id: str
    day_zero: date | None = Field(None, description="In an alert: the day 0 that the accepted message states.")


class Failure(Message):
    """A message that will never be accepted, or a role that nobody holds."""

    role: Role
    reason: str
    person: str | None = None
    address: str | None = None


class NoticeOutcome(Message):
    """What became of one task to send a notice: every message of it was accepted or refused."""

    entry: int
    notice: str
    part: str
    delivered: list[Delivery] = []
    failed: list[Failure] = []
    not_sent: Text | None = Field(None, description="Why it was given up before any message of it went out.")


class SilenceProven(Message):
    """The inbox was read after the deadline; what it held in time has been applied."""

    visit: int = Field(description="Number of the history entry that entered the stage.")
    read_at: AwareDatetime


Result = NoticeOutcome | SilenceProven


# What activities are given, and give back -----------------------------------------------------------------------------


class StageClock(Message):
    """The rule of one stage's deadline: all that is needed to say when it falls due once its alert is accepted."""

    working_days: int | None
    extensions: tuple[int, ...] = ()
    end_of_day: EndOfDay = "17:00"
    lapsed_due: date | None = Field(None, description="The due date of the stage that lapsed into this one.")
    cap_working_days: int | None = None
    cap_day_zero: date | None = None
    starts_cap: bool = Field(False, description="The cap counts from this stage's day 0.")
    may_pass_cap: bool = False
    beyond_cap: bool = Field(False, description="The stage was entered after the cap, which does not bind it.")


class NoticeToSend(Message):
    """One notice called for by one history entry: who is named, and whom this task reaches.

    `to` and `cc` are all roles of the notice, as its headers show them; `reaches` are those to whom this task delivers.
    An alert is two tasks, so that an unreachable copy never holds up the addressee's clock.
    """

    entry: int
    notice: str
    part: Literal["addressee", "copies", "all"] = "all"
    to: tuple[Role, ...]
    cc: tuple[Role, ...] = ()
    reaches: tuple[Role, ...]
    answering: tuple[Role, ...] = Field((), description="Whose copy carries an answering link.")
    stage: StageKey | None = None
    visit: int | None = None
    sent_for: Role | None = None
    channel: str = "email"
    at: AwareDatetime = Field(description="The instant of the entry that called for it.")
    facts: dict[str, Any] = Field({}, description="What the entry says, for the template: dates, stages, numbers.")
    asks: bool = Field(False, description="It asks its addressee to answer, so leaving the stage overtakes it.")
    overtaken: Text | None = Field(None, description="Why it need not go out any more.")


class SendNotice(Message):
    """All that the activity needs to find the people, render and send."""

    escalation: str = Field(description="The workflow id.")
    reference: Reference
    procedure: str
    procedure_title: str
    council: str
    subject_line: str | None = None
    team: str | None = None
    raiser: Role
    raiser_name: str | None = Field(None, description="Which of those who hold that role, where known.")
    titles: dict[Role, str] = Field(description="The procedure's title for each role named.")
    notice: NoticeToSend
    stage_title: str | None = None
    next_stage_title: str | None = None
    next_addressee: str | None = None
    clock: StageClock | None = Field(None, description="In an alert.")
    calendar: Calendar | None = None
    day_zero: date | None = Field(None, description="In a copy of an alert: the day 0 that already counts.")
    linked: tuple[Reference, ...] = Field((), description="The other children's: one email speaks for all of them.")


class InboxQuery(Message):
    """Which answers to read from the register's inbox."""

    escalation: str
    received_by: AwareDatetime


class Inbox(Message):
    answers: list[Respond] = []
    read_at: AwareDatetime


class CalendarQuery(Message):
    """Which years a new escalation must be able to count: from a year before to three years after."""

    around: date
