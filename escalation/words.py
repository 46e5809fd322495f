"""How an escalation is told in words: dates as GOV.UK writes them, and the story for whoever looks into Temporal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from escalation.case import Case
from escalation.messages import NoticeToSend
from escalation.working_days import LONDON


def on(day: date) -> str:
    """Friday 27 November 2026"""
    return f"{day:%A} {day.day} {day:%B %Y}"


def at(instant: datetime) -> str:
    """Friday 27 November 2026 at 5pm; midnight is the 11:59pm before it: nobody doubts which day."""
    local = instant.astimezone(LONDON)
    if (local.hour, local.minute) == (0, 0):
        return f"{on(local.date() - timedelta(days=1))} at 11:59pm"
    return f"{on(local.date())} at {clock(local)}"


def clock(local: datetime) -> str:
    """4:58pm, 5pm, midday"""
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"  # noqa: PLR2004 - noon


WHOM = {"foster_carer": "the foster carer"}
"""Whom it is about, in the subject's own word; else a child."""


def whom(case: Case) -> str:
    """the child"""
    return WHOM.get(case.subject.kind, "the child")


def story(case: Case) -> str:
    """Where the escalation stands, whose turn it is, until when and why: Markdown for Temporal's current details."""
    title = case.procedure.role_title
    lines = [
        f"**{case.procedure.title}**, {case.procedure.council}: {case.reference}",
        f"Stage: {case.stage.title}",
        turn(case),
        *([f"It follows {case.follows}, because of promise {case.follows_promise} there."] if case.follows else []),
        *(f"{promise.followed_by} follows it." for promise in case.follow_ups.promises if promise.followed_by),
    ]
    if case.due:
        lines.append(f"Due {at(case.due.at)}{', the end of the total time' if case.due.clipped else ''}.")
    if case.follow_ups.outstanding:
        lines.append(follow_ups(case))
    if case.cap_at and case.open:
        lines.append(f"Total time ends {at(case.cap_at)}.")
    path = " → ".join(case.stage_of(visit).title for visit in case.visits)
    lines.append(f"So far: raised by the {title(case.raised_by)}; {path}")
    return "\n\n".join(lines)


def turn(case: Case) -> str:
    """Whose turn it is, in a sentence."""
    who = case.procedure.role_title(case.waiting_for or "")
    match case.status:
        case "closed":
            return f"Closed: {(case.outcome or '').replace('_', ' ')}."
        case "withdrawn":
            return "Withdrawn by the raiser."
        case "unresolved_hold":
            return f"On hold ({(case.on_hold or '').replace('_', ' ')}): the {who} decides what follows."
        case "awaiting_iro_decision":
            return f"Waiting for the {who} to decide."
        case "referred":
            return "Referred to CAFCASS: the raiser closes it with what comes of it."
        case "notice_period" if case.alert_accepted:
            return f"Notice was given to the {who}: what is settled by then goes no further."
    if case.alert_accepted:
        return f"Waiting for the {who} to answer."
    return "Waiting for a mail server to accept the alert; operations are told if it does not."


def follow_ups(case: Case) -> str:
    """What outlives the close, in a sentence: numbers and dates, never what was promised."""
    now, said = case.follow_ups, []
    said += [f"promise {promise.n} is due {on(promise.done_by)}" for promise in now.unanswered if not promise.asked]
    said += [f"the raiser is asked whether promise {promise.n} was kept" for promise in now.unanswered if promise.asked]
    said += [f"promise {promise.n} was not kept, and a linked escalation may be begun" for promise in now.offered]
    said += [f"what changed for {whom(case)} is asked {on(now.ask_on)}"] if now.ask_on else []
    said += [f"the raiser is asked what changed for {whom(case)}"] if now.change_asked else []
    return f"To follow: {'; '.join(said)}."


def waiting(case: Case, until: datetime) -> str:
    """What a timer waits for, as its summary."""
    if case.due and until >= case.due.at:
        return f"{case.stage.title}: answer due {at(case.due.at)}"
    if case.followed_up:
        return f"{follow_ups(case)} Looks again {at(until)}"
    return f"{turn(case)} Looks again {at(until)}"


def sending(case: Case, notice: NoticeToSend) -> str:
    """What an email task does, as its summary."""
    names = ", ".join(case.procedure.role_title(role) for role in notice.reaches)
    return f"Email {notice.notice.replace('_', ' ')} to {names}"
