"""What does a report say? Its numbers, and what is listed case by case."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from escalation.procedure import Role
from escalation.small_numbers import Shown

Count = Shown
"""A number; or, for a committee, words where it is withheld."""
ToldBy = dict[str, dict[str, dict[str, dict[str, int]]]]
"""By team or raiser, by `in_time`, `late`, `not_at_all` or `lapsed`, by which team or whom, by stage."""
NEUTRAL = (
    "Many disputes can be a sign that concerns are raised and heard, and few can mean that they are not; a number by "
    "itself says neither that practice is good nor that it is poor."
)
"""What stands under every count of disputes."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(Frozen):
    """One dispute of a report. `newest`: raised in the last month of the period (OXF-A11).

    `codes`: of each list that the report counts by, where single disputes are read out.
    """

    reference: str
    raised_on: date | None
    closed_on: date | None
    stage: str
    outcome: str | None
    newest: bool = False
    codes: dict[str, list[str]] = {}


class Standing(Frozen):
    """One dispute that was open on the date: whose turn it was, since when, and until when.

    `due` is the running deadline, None where nobody has to answer; `overdue` the working days since it passed.
    """

    reference: str
    stage: str
    raised_on: date | None = None
    raised_by: str | None = None
    team: str | None = None
    waiting_for: Role | None = None
    since: date | None = None
    due: AwareDatetime | None = None
    overdue: int = 0


class Decision(Frozen):
    """What a meeting decided about one case."""

    held_on: date
    decision: str
    text: str | None = None
    attended: list[str] = []
    by: str | None = None


class AgendaItem(Frozen):
    """One case of a meeting: why it is on the agenda, what was decided, and what at the meeting before."""

    reference: str | None
    stage: str | None = None
    open: bool = False
    because: list[str]
    decided: list[Decision] = []
    decided_last_time: list[Decision] = []


class Progress(Frozen):
    """What was said of an action when it was reviewed."""

    on: date
    progress: str
    done: bool = False


class Action(Frozen):
    """One action of a log, with every review of it until the date; one that is done stays for one report."""

    text: str
    owner: str | None = None
    arises_from: str | None = None
    logged_on: date
    reviews: list[Progress] = []
    done: bool = False


class PeriodBefore(Frozen):
    """The same numbers of the period of the same length before this one."""

    first: date
    last: date
    disputes: int
    open: int
    resolved: int
    unresolved: int
    no_longer_applicable: int
    withdrawn: int
    within_total_time: int
    beyond_total_time: int
    median_days: float | None
    in_time: dict[str, int]
    late: dict[str, int]
    not_at_all: dict[str, int]
    lapsed: dict[str, int]


class Figures(Frozen):
    """The numbers of one report. Written as JSON, `counts` and `recorded` are keys of their own beside the others:
    `by_theme`, `by_stage` (also as `by_level`), `good_practice`; every key of a count is text.

    `within_total_time` and `beyond_total_time` are of what was resolved, where the procedure has a total time and it is
    known; `total_working_days` is that time, `share_within_total_time` a percentage. `in_time`, `late` (answers),
    `not_at_all` and `lapsed` are by stage, and by team and raiser in `told_by`; what lapsed was answered late or not at
    all. `promises` are by how they stand: `kept`, `not_kept`, `unanswered`, `not_yet_due`; `what_changed` is what
    raisers said of it; `follow_ups` were begun because a promise was not kept. `median_days` are calendar days from
    raising to closing. `lists` are references of what is open at the stages that the report names, `outstanding` the
    same with whose turn it is; `individual` is what it counts, at most so many, `individual_left_out` how many more.
    `committee`: small counts are withheld, and stand as words.
    """

    procedure: str
    report: str
    title: str
    audience: list[Role]
    by: Role | None
    parts: list[str]
    first: date | None
    last: date | None
    on: date | None
    disputes: Count
    open: Count
    resolved: Count
    unresolved: Count
    no_longer_applicable: Count
    withdrawn: Count
    within_total_time: Count
    beyond_total_time: Count
    median_days: float | None
    referred_to_cafcass: Count
    legal_advice: Count
    in_time: dict[str, Count]
    late: dict[str, Count]
    lapsed: dict[str, Count]
    open_by_stage: dict[str, Count]
    lists: list[str]
    individual: list[Line]
    resolved_by_stage: dict[str, Count]
    counts: dict[str, dict[str, Count]]
    patterns: dict[str, list[str]]
    recorded: dict[str, Count]
    recorded_about: dict[str, list[str]]
    recorded_by: dict[str, dict[str, dict[str, Count]]]
    not_at_all: dict[str, Count] = {}
    told_by: ToldBy = {}
    median_days_by: dict[str, dict[str, float]] = {}
    promises: dict[str, Count] = {}
    what_changed: dict[str, Count] = {}
    follow_ups: Count = 0
    total_working_days: int | None = None
    share_within_total_time: float | None = None
    outstanding: list[Standing] = []
    agenda: list[AgendaItem] = []
    actions: list[Action] = []
    individual_left_out: int = 0
    before: PeriodBefore | None = None
    neutral: str = NEUTRAL
    committee: bool = False

    @model_serializer(mode="wrap")
    def _as_a_document(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = write(self)
        counts = said.pop("counts")
        by = {f"by_{name}": count for name, count in counts.items()} | {"by_level": counts["stage"]}
        return said | {key: n for key, n in said.pop("recorded").items() if key not in said} | by
