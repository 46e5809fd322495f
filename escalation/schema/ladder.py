"""The ladder of a procedure: its stages, times and turns, and who raises, decides and closes.

requirements section 2 is the matrix that these have to hold.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from escalation.schema.duties import Notice, Record, Task
from escalation.schema.routes import SetApart
from escalation.schema.words import Name, Positive, Role, StageKey, Strict, When


class Response(Strict):
    """How long the addressee has, and what ends that time."""

    working_days: Positive | None = Field(5, description="None: the stage has no clock.")
    raiser_may: Literal["nothing", "shorten", "set"] = Field(
        "nothing", description="shorten: a shorter time only; set: any time, limited by the cap."
    )
    asked_in: str | None = Field(
        None, description="The field in which the raiser says it: working days, or a date (SWK-A6)."
    )
    stops_on: Literal["response", "resolution"] = Field(
        "response", description="resolution: an answer is recorded and the clock goes on (SBC-A3)."
    )


class Copies(Strict):
    """Copies of an alert that depend on the case."""

    to: list[Role]
    when: When


class NoticePeriod(Strict):
    """Time before a stage in which the matter may still be settled; it counts within the cap (HLC-15)."""

    most_working_days: Positive
    notice: Name = "notice_given"


class Stage(Strict):
    """One rung of the ladder."""

    key: StageKey
    title: str
    track: str | None = Field(None, description="Only on the ladder of this track; see `tracks`.")
    formal: bool = True
    addressee: Annotated[list[Role], Field(min_length=1)] = Field(
        description="Who must answer; the first is named as the one who must, any of them may."
    )
    also_to: list[Role] = Field([], description="Notified with the alert, not asked to answer.")
    copy_to: list[Role] = []
    copies: list[Copies] = []
    says: list[str] = Field([], description="Fields that the alert repeats in its body (OXF-09, and no other).")
    notice: Name = Field("alert", description="The notice that asks for the answer.")
    channel: Literal["email", "secure_email"] = "email"
    spoken: dict[str, list[str]] = Field(
        {}, description="Values of a field of the form that mean: told by voice, so the clock starts at once."
    )
    spoken_on: str | None = Field(None, description="The field that holds the date on which it was said.")
    response: Response = Response()
    on_lapse: Literal["advance", "ask", "hold"] = Field(
        "advance", description="ask: the stage stays and the raiser decides (LEI-08). The last stage always holds."
    )
    raised_also_by: list[Role] = Field([], description="Who may start here in the raiser's stead (HLC-19).")
    pick_one: bool = Field(False, description="Whoever moves it on says which of the addressees is asked (SWK-47).")
    notice_period: NoticePeriod | None = None
    timer: Name | None = Field(None, description="What the clock of this stage is called, where it is no rung.")
    notices: list[Notice] = []
    records: list[Record] = []
    tasks: list[Task] = []


class Cap(Strict):
    """The total time, counted once (requirements section 0, 7)."""

    working_days: Positive
    starts: Literal["first_alert", "formal"] | StageKey = Field(
        "first_alert", description="first_alert, formal (the first formal stage entered) or the key of a stage."
    )


class Forced(Strict):
    """A fact of the case that says where to start; lower is refused, higher is allowed (OXF-27)."""

    flag: str
    start_at: StageKey


class Entry(Strict):
    """Where an escalation may start and how it may move up."""

    start_at: list[StageKey] | None = Field(None, description="None: any stage.")
    default: StageKey | None = Field(None, description="Where the procedure starts if the raiser names no stage.")
    may_bypass: bool = Field(True, description="Whether the raiser may skip stages, or leave one before its end.")
    reason_to_bypass: Literal["none", "warn", "require"] = "none"
    reasons_past_default: list[str] | None = Field(
        None,
        description="Fields of which one should be given where the start is beyond the default stage; "
        "else a warning (LEI-09, SWK-18).",
    )
    forced: list[Forced] = []
    names_addressee: bool = Field(
        False, description="The raiser may name any role of this file as the addressee, each time (SWK-17, SWK-19)."
    )
    set_apart: SetApart | None = None


class Raiser(Strict):
    """Who raises, decides and closes."""

    roles: Annotated[list[Role], Field(min_length=1)]
    may_also_raise: list[Role] = []
    line_manager: Role
    cover: list[Role] = Field([], description="Who may act in the raiser's absence; empty: the line manager.")


class Extension(Strict):
    """More time, asked by the addressee and granted by the raiser (SWK-35)."""

    most_working_days: Positive | None = None
    beyond_cap: Literal["never", "with_reason"] = "with_reason"


class Reminders(Strict):
    """Working days; each reminder goes at 09:00 (requirements G-A6, SWK-A15)."""

    addressee_before_due: list[Positive] = []
    raiser_too: bool = Field(False, description="The raiser gets a copy of those before the deadline (SBC-16).")
    raiser_after: list[Positive] = [1, 3]
    then_every: Positive = 5
    pass_turn_after: Positive | None = Field(
        5, description="The raiser's line manager may then take a turn that the raiser has not taken. None: never."
    )


class FollowUp(Strict):
    """What is asked once it is closed (docs/what-changed.md). No document says how long; each may."""

    ask_again_after_working_days: Positive = Field(
        20, description="Where it is too early to say what changed, and the raiser names no date."
    )
    offer_stands_working_days: Positive = Field(
        20, description="How long a linked escalation may be begun after a promise was not kept."
    )


class Source(Strict):
    title: str
    amended: str
    reference: str = Field(description="The document's own number or name for this procedure.")
