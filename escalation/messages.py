"""Every message between our own processes: commands of people, results of the world, and what activities are given."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, Field

from escalation.commands import *  # noqa: F403 - read from here
from escalation.commands import Respond
from escalation.procedure import Role, StageKey
from escalation.wire import Known, Message, Reference, Text
from escalation.working_days import Calendar, EndOfDay

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
    sent_for: Role | None = Field(None, description="Of a notice sent on somebody's behalf.")
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
    raised_through: Role | None = Field(None, description="Who raised it in the raiser's stead (HLC-19).")
    raised_through_name: str | None = None
    titles: dict[Role, str] = Field(description="The procedure's title for each role named.")
    notice: NoticeToSend
    stage_title: str | None = None
    next_stage_title: str | None = None
    next_addressee: str | None = None
    clock: StageClock | None = Field(None, description="In an alert.")
    calendar: Calendar | None = None
    day_zero: date | None = Field(None, description="In a copy of an alert: the day 0 that already counts.")
    agency: str | None = Field(None, description="The partner agency whose people are asked.")
    contacts: dict[Role, Known] = Field({}, description="People whom no directory has.")
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
