"""How is a linked escalation offered and begun on the page? Where its procedure lets it start with what is known."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from escalation.case import Case
from escalation.deadlines import day_zero, due
from escalation.follow_up import Promise
from escalation.procedure import Procedure
from escalation.rules import Rejection
from escalation.words import at
from starter import escalations
from starter.following import Beginning, Followed, Wanted, foresee
from web.follow_up.desk import Desk, Inquiry

NO_START = {"no_such_stage", "start_not_allowed", "start_too_low"}
"""The procedure lets nothing like this start there, whatever is filled in."""


@dataclass(frozen=True)
class Lacking:
    """A stage at which it could start, if what it lacks were given; the page has no form for that."""

    title: str
    stage: str
    faults: list[str]


@dataclass(frozen=True)
class Offer:
    """`stages` are titles by their keys."""

    promise: int
    stages: dict[str, str]
    lacking: list[Lacking]


async def offers(desk: Desk, asked: Inquiry, role: str | None, declined: set[int]) -> list[Offer]:
    """For each promise that was not kept and may be followed, where that can begin."""
    offered = [one for one in asked.promises if one.offered and one.n not in declined]
    if role is None or not offered:
        return []
    return await asyncio.to_thread(_offers, desk, asked, role, offered)


def _offers(desk: Desk, asked: Inquiry, role: str, offered: list[Promise]) -> list[Offer]:
    return [_offer(desk, asked, promise, Wanted(by=role, promise=promise.n)) for promise in offered]


def _today(desk: Desk, asked: Inquiry) -> Procedure:
    """As it is today; the old one keeps the one that it began under."""
    return desk.office.procedure(asked.case.procedure.key)


def _offer(desk: Desk, asked: Inquiry, promise: Promise, wanted: Wanted) -> Offer:
    case, procedure = asked.case, _today(desk, asked)
    under = procedure.opened(case.procedure.process) if case.procedure.process else procedure
    at_stage = {stage.key: wanted.model_copy(update={"stage": stage.key}) for stage in under.ladder(case.track)}
    seen = [
        (stage, foresee(case, promise, procedure, at_stage[stage.key], desk.office.calendars, asked.now))
        for stage in under.ladder(case.track)
    ]
    possible = [(stage, found) for stage, found in seen if not {each.code for each in found.rejections} & NO_START]
    stages = {stage.key: stage.title for stage, found in possible if not found.rejections}
    lacking = [
        Lacking(stage.title, stage.key, _told(found.rejections)) for stage, found in possible if found.rejections
    ]
    return Offer(promise.n, stages, lacking)


def _told(rejections: list[Rejection]) -> list[str]:
    return [f"{each.message} ({each.field})" if each.field else each.message for each in rejections]


async def begin(desk: Desk, asked: Inquiry, wanted: Wanted) -> Followed:
    """Begin it, once. Raises what Temporal and the register raise."""
    procedure = await asyncio.to_thread(_today, desk, asked)
    client, office = await desk.client(), desk.office
    act, start = partial(escalations.act, client), partial(escalations.start, client)
    return await Beginning(office.register, office.calendars, act, start).follow(
        asked.case, procedure, wanted, asked.now
    )


async def whom_it_asks(desk: Desk, asked: Inquiry, promise: Promise, wanted: Wanted, reference: str) -> str:
    """Whom the new one asks, and by when: as it stands, else as it will once its email has gone out today."""
    return await asyncio.to_thread(_whom_it_asks, desk, asked, promise, wanted, reference)


def _whom_it_asks(desk: Desk, asked: Inquiry, promise: Promise, wanted: Wanted, reference: str) -> str:
    row = desk.office.register.find(reference)
    if row and row.n:
        return _asks(desk.office.case(reference), asked)
    calendars = desk.office.calendars
    return _asks(foresee(asked.case, promise, _today(desk, asked), wanted, calendars, asked.now).case, asked)


def _asks(case: Case, asked: Inquiry) -> str:
    titles = " and ".join(f"the {case.procedure.role_title(role)}" for role in case.addressees())
    who = f"It asks {titles} for an answer"
    if case.due:
        return f"{who} by {at(case.due.at)}."
    clock = case.clock_of(case.visit)
    expected = due(clock, day_zero(clock, asked.now, case.calendar), case.calendar)
    if expected is None:
        return f"{who}; at this stage no time runs."
    return f"{who} by {at(expected.at)}, if its email goes out today."
