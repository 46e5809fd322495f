"""The routes beside the ladder, as boxes: another way for some issues, more time, reminders, legal advice, CAFCASS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from escalation.charting.chart import Arrow, Box
from escalation.circumstances import counted, joined, ours, small, stage_titles, who, working_days
from escalation.procedure import SUBJECTS, Cafcass, LegalAdvice, Meeting, Procedure, Reminders, Stage

ANY_TIME = "At any time"
CAFCASS, MEETING = "cafcass", "meeting"


@dataclass(frozen=True)
class Routes:
    """Boxes and arrows beside one ladder."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def besides(procedure: Procedure, ladder: list[Stage]) -> Routes:
    """Every route beside the ladder, CAFCASS and the meeting before it last: they also follow the hold."""
    first = ladder[0].key
    boxes = [
        *_set_apart(procedure),
        *_more_time(procedure, first),
        *_reminding(procedure, first),
        *_legal_advice(procedure, first),
        *_cafcass(procedure, first),
    ]
    return Routes(tuple(boxes), tuple(_arrows(boxes, first)))


def _arrows(boxes: list[Box], first: str) -> Iterator[Arrow]:
    keys = {box.key for box in boxes}
    if "set_apart" in keys:
        yield Arrow("start", "set_apart", "Issues on its list")
    for box in boxes:
        if box.key in {"more_time", "legal_advice", CAFCASS}:
            yield Arrow(box.level_with or first, box.key, box.eyebrow, any_time=True)
    if MEETING in keys:
        yield Arrow("hold", MEETING, "To go to CAFCASS")
        yield Arrow(MEETING, CAFCASS, "Not settled there")
    elif CAFCASS in keys:
        yield Arrow("hold", CAFCASS, "The raiser refers it")


def _set_apart(procedure: Procedure) -> Iterator[Box]:
    apart = procedure.entry.set_apart
    if apart is None:
        return
    insist = ["The raiser may escalate it all the same, with a reason"] if apart.may_override else []
    whose = f"{procedure.role_title(apart.to)}: {small(apart.what)}"
    kinds = f"{counted(len(apart.codes), 'kind')} of issue"
    title = f"Another way{ours(procedure, 'entry.set_apart')}"
    yield Box("set_apart", "beside", title, (whose, *insist), kinds, level_with="start")


def _more_time(procedure: Procedure, first: str) -> Iterator[Box]:
    rule = procedure.extension
    if rule is None:
        return
    most = f" of at most {working_days(rule.most_working_days)}" if rule.most_working_days else ""
    lines = [f"Whoever must answer asks for more time{most}; the raiser grants it or refuses it"]
    if procedure.cap:
        total = working_days(procedure.cap.working_days)
        never = rule.beyond_cap == "never"
        lines.append(f"Never beyond the {total} in all" if never else f"Beyond the {total} in all only with a reason")
    yield Box(
        "more_time",
        "beside",
        f"More time{ours(procedure, 'extension')}",
        tuple(lines),
        "Before the time is up",
        level_with=first,
    )


def _reminding(procedure: Procedure, first: str) -> Iterator[Box]:
    """Who is reminded when, and who may take a turn that is not taken: no route, so no arrow leads there."""
    lines = tuple(_reminders(procedure, procedure.reminders))
    yield Box("reminders", "beside", f"Reminders{ours(procedure, 'reminders')}", lines, level_with=first)


def _reminders(procedure: Procedure, rule: Reminders) -> Iterator[str]:
    if rule.addressee_before_due:
        days = joined(map(str, sorted(rule.addressee_before_due, reverse=True)))
        plural = "" if rule.addressee_before_due == [1] else "s"
        too = ", and to the raiser" if rule.raiser_too else ""
        yield f"To whoever must answer, {days} working day{plural} before the time is up{too}"
    after = [*map(str, rule.raiser_after), f"then every {rule.then_every}"]
    yield f"To the raiser, when it is their turn, after {', '.join(after)} working days"
    if rule.pass_turn_after:
        manager = procedure.role_title(procedure.raiser.line_manager)
        yield f"After {working_days(rule.pass_turn_after)} the {manager} may decide instead"


# Legal advice ---------------------------------------------------------------------------------------------------------


def _legal_advice(procedure: Procedure, first: str) -> Iterator[Box]:
    rule = procedure.legal_advice
    if rule is None:
        return
    when = f"From {stage_titles(procedure, [rule.from_stage])} on" if rule.from_stage else ANY_TIME
    lines = tuple(_advice_lines(procedure, rule))
    yield Box("legal_advice", "beside", "Independent legal advice", lines, when, rule.from_stage or first)


def _advice_lines(procedure: Procedure, rule: LegalAdvice) -> Iterator[str]:
    if rule.needs:
        yield f"First: {joined(small(need.label) for need in rule.needs)}"
    if rule.advised:
        yield f"Good practice first: {joined(each.label for each in rule.advised)}"
    yield "Asked for by the raiser; no time stops"
    if rule.decided_by:
        yield f"The {procedure.role_title(rule.decided_by)} decides whether it is necessary, and appoints"
    if rule.provider:
        yield f"Given by {rule.provider.name}; another firm where there is a conflict of interest"


# CAFCASS -------------------------------------------------------------------------------------------------------------


def _cafcass(procedure: Procedure, first: str) -> Iterator[Box]:
    rule = procedure.cafcass
    if rule is None:
        return
    title = f"Referral to {procedure.role_title(rule.to)}"
    yield Box(CAFCASS, "beside", title, tuple(_cafcass_lines(procedure, rule)), ANY_TIME, level_with=first)
    if rule.meeting:
        yield _meeting(procedure, rule.meeting)


def _cafcass_lines(procedure: Procedure, rule: Cafcass) -> Iterator[str]:
    if set(rule.subjects) < set(procedure.subjects):
        yield f"Only for {joined(SUBJECTS[kind] for kind in rule.subjects)}"
    yield "The raiser alone decides. While a stage runs, both go on"
    if rule.checklist:
        yield f"{counted(len(rule.checklist), 'question')} of a checklist must be answered for it"
    if rule.advised:
        yield f"Good practice first: {joined(each.label for each in rule.advised)}"
    yield "After the last stage nothing else runs; the raiser closes it with what comes of it"


def _meeting(procedure: Procedure, meeting: Meeting) -> Box:
    lines = (f"With: {who(procedure, meeting.attendees)}", "Without it only for a reason that is recorded")
    title = f"A meeting comes first{ours(procedure, 'cafcass.meeting')}"
    return Box(MEETING, "gate", title, lines, "After the last stage", level_with="hold")
