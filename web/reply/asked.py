"""What is asked of the reader, by when and why, and how it came to this: the first screen, and the JSON of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_serializer

from escalation import words
from escalation.case import Case, Visit
from escalation.explain import Count, explain
from escalation.history import HistoryEntry, LateResponse, Responded
from escalation.messages import Respond
from escalation.procedure import Stage
from escalation.working_days import LONDON, london_date
from web.reply.question import actions, concern

Standing = Literal["live", "answered", "superseded", "late"]
Kind = Literal["concern", "notice", "process"]


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Given(Shown):
    """An answer that we have: by whom, when, and whether it was in time. None: not yet looked at."""

    by: str
    received_at: datetime
    in_time: bool | None

    @field_serializer("received_at")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


class Why(Shown):
    """One clock in a sentence, with each of its days."""

    rule: str
    days: list[tuple[str, str]]


class Asked(Shown):
    """Everything that the first screen says."""

    reference: str
    kind: Kind
    council: str
    procedure: str
    stage: str
    asked_as: str
    standing: Standing
    note: str | None
    raiser: str
    raised_by: str
    raised_on: str | None
    stops_on: Literal["response", "resolution"]
    due: datetime | None
    due_label: str
    due_in_words: str
    why: list[Why]
    earlier: list[str]
    concern: str | None
    actions: list[str]
    answers: list[Given]
    more_time: bool
    more_time_asked: int | None
    next_stage: str | None

    @field_serializer("due", when_used="unless-none")
    def _in_london(self, instant: datetime) -> str:
        return instant.astimezone(LONDON).isoformat()


def asked(case: Case, visit: Visit, role: str, now: datetime, answers: list[Given]) -> Asked:
    """What one stay at a stage asks of who is in `role`. `now` decides whether the deadline has passed."""
    stage, due = case.stage_of(visit), case.due_of(visit)
    standing = _standing(case, visit, now, answered=bool(answers))
    following = case.procedure.next_stage(visit.stage, case.track)
    return Asked(
        reference=case.reference,
        kind="notice" if visit.notice_period else "process" if case.procedure.process else "concern",
        council=case.procedure.council,
        procedure=case.procedure.title,
        stage=stage.title,
        asked_as=case.procedure.role_title(role),
        standing=standing,
        note=_note(case, visit, standing, now),
        raiser=raiser(case),
        raised_by=_raised_by(case),
        raised_on=words.on(london_date(case.raised_at)) if case.raised_at else None,
        stops_on=stage.response.stops_on,
        due=due.at if due else None,
        due_label=_due_label(stage, visit),
        due_in_words=words.at(due.at) if due else _no_date(visit),
        why=list(_why(case, visit)),
        earlier=[_earlier(case, before) for before in case.visits if before.n < visit.n],
        concern=concern(case),
        actions=actions(case),
        answers=answers,
        more_time=may_ask_for_time(case, visit, now),
        more_time_asked=visit.extension_asked,
        next_stage=following.title if following else None,
    )


def _due_label(stage: Stage, visit: Visit) -> str:
    if visit.notice_period:
        return "The notice ends"
    return "To be resolved by" if stage.response.stops_on == "resolution" else "Answer by"


def raiser(case: Case) -> str:
    """Sam Okafor (Independent Reviewing Officer), or the title alone; who covers for them where somebody does."""
    title = case.procedure.role_title(case.raiser)
    name = case.raised_by_name if case.raiser == case.raised_by else None
    return f"{name} ({title})" if name else f"the {title}"


def _raised_by(case: Case) -> str:
    """Who raised it; where somebody did so in the raiser's stead, both (HLC-19)."""
    if case.raised_through is None:
        return raiser(case)
    through = _who(case.raised_through_name, case.procedure.role_title(case.raised_through))
    return f"{through}, on behalf of {raiser(case)}"


def may_ask_for_time(case: Case, visit: Visit, now: datetime) -> bool:
    """Only where the procedure has extensions, and the deadline of this very stay runs."""
    due = case.due
    runs = visit.n == case.visit.n and not visit.notice_period and due and now <= due.at
    return bool(case.procedure.extension and runs)


def answers_of(case: Case, visit: Visit, history: list[HistoryEntry], inbox: list[Respond]) -> list[Given]:
    """Those that the history holds, then those received and not yet looked at."""
    found = [entry for entry in history if isinstance(entry, Responded | LateResponse) and entry.visit == visit.n]
    title = case.procedure.role_title
    held = [
        Given(by=_who(e.name, title(e.by or "")), received_at=e.received_at, in_time=isinstance(e, Responded))
        for e in found
    ]
    waiting = [
        Given(by=_who(answer.name, title(answer.by or "")), received_at=answer.received_at, in_time=None)
        for answer in inbox
        if answer.stage == visit.stage
        and answer.received_at
        and answer.received_at >= visit.entered_at
        and not case.has_answer(answer.response_id)
    ]
    return held + waiting


def _who(name: str | None, title: str) -> str:
    return f"{name} ({title})" if name else f"the {title}"


def _standing(case: Case, visit: Visit, now: datetime, *, answered: bool) -> Standing:
    due = case.due_of(visit)
    if visit.n != case.visit.n:
        return "superseded"
    if answered or visit.notice_period:
        return "answered" if answered else "live"
    return "late" if visit.lapsed or (due and now > due.at) else "live"


def _note(case: Case, visit: Visit, standing: Standing, now: datetime) -> str | None:
    """What the page says first."""
    due, stage = case.due_of(visit), case.stage_of(visit)
    late = "It is recorded as late. " if due and now > due.at else ""
    match standing:
        case "superseded":
            return (
                f"This has gone on from {stage.title} to {case.stage.title}. You can still answer for {stage.title}. "
                f"{late}{_start(raiser(case))} decides what your answer is worth."
            )
        case "late" if due:
            return (
                f"The time to {_do(stage)} ended on {words.at(due.at)}. You can still answer: a late answer is taken "
                f"and recorded as late, and {raiser(case)} decides what it is worth."
            )
        case "late":
            return f"The time to {_do(stage)} has ended. You can still answer, and {raiser(case)} decides what follows."
        case "answered":
            runs_on = " The time runs on until the matter is resolved." if _do(stage) == "resolve it" and due else ""
            return f"This has been answered.{runs_on} You can add a further answer."
    return None


def _do(stage: Stage) -> str:
    return "resolve it" if stage.response.stops_on == "resolution" else "answer"


def _no_date(visit: Visit) -> str:
    if visit.working_days is None:
        return "No time is set for this stage. Please answer as soon as you can."
    return "The date is being set: open this page again in a few minutes."


def _why(case: Case, visit: Visit) -> Iterator[Why]:
    until_then = case.model_copy(update={"visits": tuple(each for each in case.visits if each.n <= visit.n)})
    due = case.due_of(visit)
    for count in explain(until_then).counts if due else []:
        if count.clock == case.clock_name(visit):
            yield _clock(count, "")
        elif due and due.clipped:
            yield _clock(count, ". This ends before the stage's own time, so it is what counts")


def _clock(count: Count, tail: str) -> Why:
    days = [(words.on(day.date), f"day {day.counts_as}" if day.counts_as else f"{day.skipped}") for day in count.days]
    return Why(rule=f"{_start(count.rule)}, {words.on(count.day_zero)}{tail}.", days=days)


def _earlier(case: Case, visit: Visit) -> str:
    stage = case.stage_of(visit)
    who = " or ".join(case.procedure.role_title(role) for role in case.addressees(visit))
    since = words.on(london_date(visit.alerted_at or visit.entered_at))
    if visit.notice_period:
        return f"{stage.title}: notice of it was given to the {who} on {since}."
    return f"{stage.title}: {who} was asked on {since}. {_came_of(case, visit)}"


def _came_of(case: Case, visit: Visit) -> str:
    due = case.due_of(visit)
    if visit.answers:
        first = visit.answers[0]
        late = "" if first.in_time else ", late"
        return f"Answered on {words.at(first.received_at)}{late}, and not settled."
    if visit.lapsed and due:
        return f"No answer by {words.at(due.at)}."
    return f"{_start(raiser(case))} took it further before an answer."


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
