"""What a procedure's reports count, for whom and how often (requirements 2.3)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from escalation.schema.words import Name, Positive, Role, StageKey, Strict

DIMENSIONS = {
    "carer": "the fostering household, by its reference",
    "team": "the team whose matter it is",
    "raised_by": "who raised it: by name where known, else by role",
    "subject": "the kind of subject",
    "started_at": "the stage at which it was opened",
    "reached": "every stage that it came to",
    "stage": "the stage at which it ended, or stands",
    "outcome": "how it ended",
}
"""What disputes are counted by beside the procedure's own taxonomies. The last three always are."""


class Agenda(Strict):
    """A meeting of which an agenda is made, case by case, and what it decides."""

    by: Name = Field(
        description="The recording that keeps a decision: its fields `ref`, `held_on`, `decision`, `text`, `attended`."
    )
    referred_by: Name | None = Field(None, description="The recording that puts a case on the agenda.")


class Log(Strict):
    """Actions that are carried from report to report until they are done (OXF-54)."""

    opened_by: Name = Field(description="The recording that adds an action: its fields `text`, `owner`, `arises_from`.")
    reviewed_by: Name = Field(description="The one that reviews it: its fields `text`, `progress`, `done`.")


class Report(Strict):
    """One standing report. Periods are cut by the financial year from 1 April (G-A19); any range may be asked for."""

    title: str
    period: Literal["month", "quarter", "half_year", "year", "on_demand"]
    audience: list[Role] = []
    by: Role | None = Field(None, description="Who presents it.")
    counts: list[Name] = Field(
        [], description="Taxonomies and names of DIMENSIONS that it counts by; none: every taxonomy."
    )
    recordings: list[Name] = Field([], description="Recordings that it counts beside the disputes, by their `do`.")
    belongs: Literal["closed", "raised"] = Field(
        "closed", description="Which date puts a dispute into a period; by `raised`, open ones count too (OXF-53)."
    )
    open_at: list[StageKey] | None = Field(None, description="Lists what is open at these stages on the date.")
    reached: list[StageKey] | None = Field(None, description="Only disputes that were at one of these stages.")
    flag: Name | None = Field(None, description="Only where this yes/no fact or field is true (OXF-50).")
    outcomes: list[Literal["resolved", "unresolved", "no_longer_applicable", "withdrawn"]] | None = Field(
        None, description="Only those that ended so (OXF-51)."
    )
    process: Name | None = Field(None, description="Counts what this process of the procedure ran, not its disputes.")
    patterns_from: Positive | None = Field(
        None, description="So many of one kind are named as a pattern (SBC-26, OXF-52)."
    )
    meeting: Agenda | None = Field(None, description="It is the agenda of a meeting.")
    log: Log | None = Field(None, description="The action log that it carries.")
    committee: bool = Field(
        False,
        description="Only ever shown with small counts withheld and no single dispute: its readers are outsiders.",
    )
    parts: list[str] = Field([], description="What it consists of, in the document's words.")

    @property
    def all_recordings(self) -> list[str]:
        """Those that it counts, and those by which its meeting decides and its log is kept."""
        meeting, log = self.meeting, self.log
        named = [meeting.by, meeting.referred_by] if meeting else []
        named += [log.opened_by, log.reviewed_by] if log else []
        return list(dict.fromkeys([*self.recordings, *(name for name in named if name)]))
