"""Every message between our own processes: commands of people, results of the world, and what activities are given."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from escalation.commands import *  # noqa: F403 - read from here
from escalation.commands import Respond
from escalation.procedure import Role, StageKey
from escalation.wire import Identifier, Known, Message, Reference, Text
from escalation.working_days import Calendar, EndOfDay

# Results: what the world did ------------------------------------------------------------------------------------------


Why = Literal["vacant", "conflict", "silent", "refused"]
"""Why nobody of a role was asked: nobody serves in it, it is their own concern, they had let a stage lapse, or no mail
reaches them."""


class Delivery(Message):
    """One message of a notice that a mail server accepted for one person."""

    role: Role
    person: str
    address: str
    accepted_at: AwareDatetime
    message_id: str
    day_zero: date | None = Field(None, description="In an alert: the day 0 that the accepted message states.")
    cover: Role | None = Field(None, description="The role of whoever was written to as cover for `role`.")
    cover_because: Why | None = None


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
    sent_for: Role | None = Field(None, description="Of a notice sent on somebody's behalf.")
    delivered: list[Delivery] = []
    failed: list[Failure] = []
    not_sent: Text | None = Field(None, description="Why it was given up before any message of it went out.")
    raiser_away: bool = Field(False, description="The raiser, who was written to, is on leave today.")


class SilenceProven(Message):
    """The inbox was read after the deadline; what it held in time has been applied."""

    visit: int = Field(description="Number of the history entry that entered the stage.")
    read_at: AwareDatetime


NOTICE_NAME = r"^[a-z][a-z0-9_]{0,60}( for [a-z][a-z0-9_]{1,60})?$"
"""A notice, and in whose stead it was sent where that tells two of one name apart."""


class CameBack(Message):
    """A message that came back to the mailbox, about a message of ours that its Message-ID or its thread names."""

    mail_id: Identifier = Field(description="Digest of the message as it came: told twice, it counts once.")
    kind: Literal["bounce", "absence", "reply"]
    received_at: AwareDatetime
    entry: int = Field(description="Of the notice that it came back from.")
    notice: str = Field(description="As the ledger names it.", pattern=NOTICE_NAME)
    role: Role
    address: Annotated[str, Field(max_length=254)]
    person: Annotated[str, Field(max_length=200)] | None = None
    text: Text = Field("", description="Why it bounced; until when they are away, as they say; what a person replied.")


Result = NoticeOutcome | SilenceProven | CameBack


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


class Saying(Message):
    """Something that a form says, under its printed label."""

    label: str
    texts: list[str]


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
    says: list[Saying] = Field([], description="What the procedure has its alert say in words (OXF-09).")
    answering: tuple[Role, ...] = Field((), description="Whose copy carries an answering link.")
    stage: StageKey | None = None
    visit: int | None = None
    sent_for: Role | None = None
    channel: str = "email"
    at: AwareDatetime = Field(description="The instant of the entry that called for it.")
    facts: dict[str, Any] = Field({}, description="What the entry says, for the template: dates, stages, numbers.")
    asks: bool = Field(False, description="It asks its addressee to answer, so leaving the stage overtakes it.")
    overtaken: Text | None = Field(None, description="Why it need not go out any more.")
    again: bool = Field(False, description="A further try, where nobody could be asked before: the alarm tells of it.")
    stand_ins: bool = Field(False, description="It reaches only those who stand in for somebody who is away.")


class Deadline(Message):
    """A deadline as it stands in the calendars of those who must answer."""

    visit: int
    stage_title: str
    sequence: int = Field(description="Goes up each time the deadline moves, and once more when the stage is left.")
    due: AwareDatetime | None = Field(None, description="None in an alert, which states the date of its own sending.")
    addresses: tuple[str, ...] = Field((), description="Those in whose calendars it is; of the notice's own: none.")


class HasAlert(Message):
    """Somebody who was asked; `cover` is their own role, where they were asked in its stead."""

    name: str
    email: str
    cover: Role | None = None


class Concern(Message):
    """Who must not be asked to answer: the concern is their own."""

    role: Role
    name: str | None = None


class SendNotice(Message):
    """All that the activity needs to find the people, render and send."""

    escalation: str = Field(description="The workflow id.")
    reference: Reference
    procedure: str
    procedure_title: str
    council: str
    subject_line: str | None = None
    alert_line: str | None = None
    team: str | None = None
    raiser: Role
    raiser_name: str | None = Field(None, description="Which of those who hold that role, where known.")
    raiser_line_manager: Role | None = Field(None, description="Who hears where nobody knows which raiser it is.")
    raised_first: Role | None = Field(None, description="In which role it was raised, where it was handed over since.")
    raised_first_name: str | None = Field(None, description="Who raised it, where it was handed over since.")
    raised_through: Role | None = Field(None, description="Who raised it in the raiser's stead (HLC-19).")
    raised_through_name: str | None = None
    titles: dict[Role, str] = Field(description="The procedure's title for each role named.")
    notice: NoticeToSend
    stage_title: str | None = None
    next_stage_title: str | None = None
    next_addressee: str | None = None
    clock: StageClock | None = Field(None, description="In an alert.")
    calendar: Calendar | None = None
    day_zero: date | None = Field(None, description="The day 0 that already counts, which an alert then states.")
    agency: str | None = Field(None, description="The partner agency whose people are asked.")
    contacts: dict[Role, Known] = Field({}, description="People whom no directory has.")
    linked: tuple[Reference, ...] = Field((), description="The other children's: one email speaks for all of them.")
    covers: dict[Role, tuple[Role, ...]] = Field({}, description="For each role that is asked: those above it.")
    own_concern: tuple[Concern, ...] = Field((), description="Whose concern it is: none of them is asked to answer it.")
    silent: tuple[str, ...] = Field((), description="Addresses of those who let a stage lapse: they are no cover.")
    unreachable: tuple[str, ...] = Field((), description="Addresses from which the alert of this stage came back.")
    away: tuple[str, ...] = Field((), description="Addresses whose out-of-office message came.")
    asked_already: tuple[str, ...] = Field((), description="Addresses at which this stage has been alerted.")
    asked_as: dict[Role, tuple[HasAlert, ...]] = Field({}, description="In each role: who has its alert.")
    deadline: Deadline | None = Field(None, description="Of the stage that the notice is about, while it runs.")
    deadlines_left: tuple[Deadline, ...] = Field((), description="Of stages that were left before their deadline.")
    may_be_gathered: bool = Field(False, description="Whether it may go into its reader's digest of the day.")


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
