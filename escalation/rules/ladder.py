"""Going up the ladder: entering a stage, holding, closing. Every way up comes through here."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from escalation.case import Case
from escalation.errors import BeyondCalendar
from escalation.history import Advanced, BeyondCap, Bypassed, Closed, Held
from escalation.procedure import Stage
from escalation.rules.page import Page, RefusedActError
from escalation.working_days import london_date


def advance(
    page: Page, stage: Stage, because: Literal["lapsed", "decided"], *, lapsed_due: date | None = None, **who: Any
) -> None:
    """To the next stage."""
    if because == "decided":
        ensure_calendar(page, stage.response.working_days)
    page.write(
        Advanced(
            at=page.at,
            stage=stage.key,
            from_stage=page.case.visit.stage,
            because=because,
            working_days=stage.response.working_days,
            lapsed_due=lapsed_due,
            beyond_cap=_is_beyond_cap(page),
            **who,
        )
    )
    _say_beyond_cap(page)


def bypass(page: Page, stage: Stage, reason: str | None, **who: Any) -> None:
    """To a later stage, skipping what lies between, or before the current one has ended."""
    ensure_calendar(page, stage.response.working_days)
    page.write(
        Bypassed(
            at=page.at,
            stage=stage.key,
            from_stage=page.case.visit.stage,
            working_days=stage.response.working_days,
            beyond_cap=_is_beyond_cap(page),
            reason=reason,
            **who,
        )
    )
    _say_beyond_cap(page)


def ensure_calendar(page: Page, working_days: int | None, start: date | None = None) -> None:
    """What a person asks for is refused where its deadline lies beyond the pinned calendar; a lapse never is."""
    try:
        page.case.calendar.ensure_covers(start or london_date(page.at), working_days or 0)
    except BeyondCalendar as beyond:
        raise RefusedActError("beyond_calendar", str(beyond)) from None


def _is_beyond_cap(page: Page) -> bool:
    cap = page.case.cap_at
    return page.case.cap_reached or (cap is not None and page.at >= cap)


def _say_beyond_cap(page: Page) -> None:
    cap = page.case.cap_at
    if page.case.visit.beyond_cap and cap:
        page.write(BeyondCap(at=page.at, stage=page.case.visit.stage, cap=cap))


def hold(page: Page, reason: Literal["final_stage_lapsed", "final_stage_not_satisfied", "cap_reached"]) -> None:
    """Nothing moves by itself any more (requirements G-A7, G-A8)."""
    page.write(Held(at=page.at, stage=page.case.visit.stage, reason=reason, cap_reached=page.case.cap_reached))


def close(
    page: Page, outcome: Literal["resolved", "unresolved", "no_longer_applicable"], text: str | None, **who: Any
) -> None:
    page.write(
        Closed(
            at=page.at,
            stage=page.case.visit.stage,
            outcome=outcome,
            date_concluded=london_date(page.at),
            outcome_text=text,
            **who,
        )
    )


def higher_stage(case: Case, key: str) -> Stage:
    """The stage named, where it lies above the current one; no document knows a way down (requirements G-A12)."""
    procedure = case.procedure
    stage = procedure.stage(key, case.track)
    if stage is None:
        ladder = ", ".join(stage.key for stage in procedure.ladder(case.track))
        raise RefusedActError("no_such_stage", f"This procedure has no stage {key}: its stages are {ladder}.", "to")
    if procedure.place(key, case.track) <= procedure.place(case.visit.stage, case.track):
        raise RefusedActError(
            "not_upwards", f"{stage.title} does not lie above {case.stage.title}; an escalation only goes up.", "to"
        )
    return stage
