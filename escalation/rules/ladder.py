"""Going up the ladder: entering a stage, holding, closing. Every way up comes through here."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from escalation.case import Case
from escalation.errors import BeyondCalendar
from escalation.history import Advanced, BeyondCap, Bypassed, Closed, Held, NoticeEnded, NoticeGiven, StageEntered
from escalation.procedure import Stage
from escalation.rules.page import Page, RefusedActError
from escalation.working_days import london_date


def enter(page: Page, stage: Stage, reason: str | None, terms: dict[str, Any], **who: Any) -> None:
    """An act of a person enters a stage: the next one, a later one, or the one of which notice was given."""
    following = page.case.next_stage
    if page.case.visit.notice_period and page.case.visit.stage == stage.key:
        _write(page, NoticeEnded, stage, because="decided", **terms, **who)
    elif following and following.key == stage.key:
        _write(page, Advanced, stage, from_stage=page.case.visit.stage, because="decided", **terms, **who)
    else:
        _write(page, Bypassed, stage, from_stage=page.case.visit.stage, reason=reason, **terms, **who)


def jump(page: Page, stage: Stage, reason: str | None, terms: dict[str, Any], **who: Any) -> None:
    """Before the current stage has ended, to whichever: a bypass even where it is the next (requirements G-A11)."""
    if page.case.visit.notice_period and page.case.visit.stage == stage.key:
        enter(page, stage, reason, terms, **who)
    else:
        _write(page, Bypassed, stage, from_stage=page.case.visit.stage, reason=reason, **terms, **who)


def lapse_into(page: Page, stage: Stage, lapsed_due: date) -> None:
    """Time alone enters the next stage, or the one of which notice was given; it asks nobody for a form (G-A22)."""
    visit = page.case.visit
    if visit.notice_period:
        terms = {"working_days": visit.then_working_days, "addressee": visit.addressee and list(visit.addressee)}
        _write(page, NoticeEnded, stage, because="lapsed", lapsed_due=lapsed_due, **terms)
    else:
        days = {"working_days": stage.response.working_days, "lapsed_due": lapsed_due}
        _write(page, Advanced, stage, from_stage=visit.stage, because="lapsed", **days)


def _write(page: Page, kind: type[StageEntered], stage: Stage, **said: Any) -> None:
    notice = said.get("notice_working_days")
    if said.get("lapsed_due") is None:
        ensure_calendar(page, (said.get("working_days") or 0) + (notice or 0))
    entry: Any = kind(at=page.at, stage=stage.key, beyond_cap=_is_beyond_cap(page), **said)
    page.write(entry)
    _say_beyond_cap(page)
    if notice:
        say_notice(page, notice)


def say_notice(page: Page, working_days: int) -> None:
    """Notice of the stage just entered: its acceptance starts the clock, as an alert's does (HLC-15)."""
    page.write(NoticeGiven(at=page.at, stage=page.case.visit.stage, working_days=working_days, by=page.case.raiser))


def check_notice(stage: Stage, working_days: int | None) -> None:
    if working_days is None:
        return
    if stage.notice_period is None:
        raise RefusedActError("no_notice_period", f"There is no notice period before {stage.title}.", "stage")
    most = stage.notice_period.most_working_days
    if working_days > most:
        raise RefusedActError(
            "notice_too_long",
            f"Notice of {stage.title} is given for at most {most} working days.",
            "notice_working_days",
        )


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
    place, now = procedure.place(key, case.track), procedure.place(case.visit.stage, case.track)
    if place < now or (place == now and not case.visit.notice_period):
        raise RefusedActError(
            "not_upwards", f"{stage.title} does not lie above {case.stage.title}; an escalation only goes up.", "to"
        )
    return stage
