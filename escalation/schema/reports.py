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
    parts: list[str] = Field([], description="What it consists of, in the document's words.")
