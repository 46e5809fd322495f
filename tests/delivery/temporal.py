"""The same through real Temporal: on the time-skipping server, and in a soak whose processes are killed."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from escalation.case import Case
from escalation.fold import fold
from escalation.history import HistoryEntry
from escalation.messages import CameBack, Withdraw
from escalation.procedure import Procedure
from starter.rehearsal.world import World, everyone, world_at
from tests.delivery import letters
from tests.delivery.acts import next_act
from tests.delivery.council import Council, Serves
from tests.delivery.plan import Kind, Spell, Weather, beginning, kinds, starts
from tests.delivery.post_office import Kept, Watched
from tests.delivery.run import Rehearsal
from tests.delivery.verdict import Story, Verdict, judge
from tests.soak.plan import PROCEDURE, Soak
from tests.soak.run import soak_on
from tests.soak.stack import Stack, running
from tests.soak.verdict import kept_at
from workflows import workflow_id

TWO_DAYS, THREE_HOURS, AN_HOUR, A_MONTH = timedelta(days=2), timedelta(hours=3), timedelta(hours=1), timedelta(days=40)
LONG_ONE_IN = 4
"""One escalation in so many has no mail for two days: the real worker tries each message 720 times meanwhile."""


@dataclass(frozen=True)
class Seen:
    """Where an escalation stands now, for whoever acts in it."""

    procedure: Procedure
    reference: str
    case: Case
    entries: list[HistoryEntry]
    now: datetime


async def skipping(here: Rehearsal, count: int, seed: int) -> None:
    """So many escalations, each in a world of its own whose mail server says 4xx for two days."""
    for n in range(count):
        kind, reference = kinds()[n % len(kinds())], f"TMP-{n:04}"
        lasts = THREE_HOURS if n % LONG_ONE_IN else TWO_DAYS
        story = await _one(here, kind, reference, f"{seed}/temporal/{n}", lasts)
        kept = [letters.read(each) for each in here.office.kept()]
        judge(here.verdict, story, [letter for letter in kept if letter.reference == reference])
        here.verdict.figures["escalations through Temporal"] += 1


async def _one(here: Rehearsal, kind: Kind, reference: str, seed: str, lasts: timedelta) -> Story:
    chance = random.Random(seed)
    begins, people, watched = beginning(chance), _council(kind.procedure), Watched(here.smtp)
    down = begins + timedelta(hours=chance.choice([-1, 30, 130, 180]))
    sky = Weather(seed, [Spell(down, down + lasts, chance.choice(["not_now", "busy"]))])
    async with world_at(begins, kind.procedure) as world:
        _put_between(here, world, watched, sky)
        for start in starts(kind, people, chance, begins):
            if await _opened(world, start, reference, kind):
                break
        await _live(here, world, kind, reference, people, chance)
        entries = world.register.history(reference)
    return Story(reference, kind.doc, people, entries, handed=watched.handed, links=False)


async def _opened(world: World, start: object, reference: str, kind: Kind) -> bool:
    from escalation import rules

    pinned = rules.begin(kind.procedure, world.calendars.calendar_for((await world.now()).date()), await world.now())
    if rules.start(pinned.case, start, reference, await world.now()).rejection:  # type: ignore[arg-type]
        return False
    return await world.open_case(start, reference, kind.procedure)  # type: ignore[arg-type]


def _put_between(here: Rehearsal, world: World, watched: Watched, sky: Weather) -> None:
    """The bad server takes the outbox' place; one message at a time, so that each has its own weather."""
    one_by_one = asyncio.Lock()

    async def deliver(message: bytes, sender: str, recipient: str) -> None:
        async with one_by_one:
            now = world.outbox.now()
            watched.now = now
            mode, times = sky.at(now, f"{letters.id_of(message)}")
            await here.office.tell("fair" if mode == "worker_dies" else mode, times)  # type: ignore[arg-type]
            await watched.deliver(message, sender, recipient)

    world.outbox.deliver = deliver  # type: ignore[method-assign]
    world.outbox.down = [(spell.begins, spell.ends) for spell in sky.spells]


async def _live(
    here: Rehearsal, world: World, kind: Kind, reference: str, people: Council, chance: random.Random
) -> None:
    for _ in range(chance.choice([2, 4, 6])):
        await _pass(world, timedelta(hours=chance.expovariate(1 / 40)))
        seen = await _seen(world, kind, reference)
        if not seen.case.open:
            break
        act = next_act(seen, people, chance)
        if isinstance(act, CameBack):
            handle = world.client.get_workflow_handle(workflow_id(kind.procedure.key, reference))
            await handle.signal("mail_came_back", act)
            await world.settle()
        elif act is not None:
            receipt = await world.act(act)
            here.verdict.figures["acts accepted" if receipt.accepted else "acts refused"] += 1
    await _pass(world, A_MONTH)
    seen = await _seen(world, kind, reference)
    if seen.case.open:
        await world.act(Withdraw(by=seen.case.raiser, reason="Over"))
    await _pass(world, AN_HOUR)


async def _pass(world: World, time: timedelta) -> None:
    """An hour at once while mail is down: one call to the server has a limit, and each brings many attempts."""
    until = await world.now() + time
    while (now := await world.now()) < until:
        is_down = any(begins - AN_HOUR <= now < ends for begins, ends in world.outbox.down)
        ahead = [begins for begins, _ in world.outbox.down if now < begins]
        await world.pass_time(min(until, now + AN_HOUR) if is_down else min([until, *ahead]))


async def _seen(world: World, kind: Kind, reference: str) -> Seen:
    entries = world.register.history(reference)
    return Seen(kind.procedure, reference, fold(kind.procedure, entries), entries, await world.now())


def _council(procedure: Procedure) -> Council:
    """The rehearsal's people, in plain data."""
    directory = everyone(procedure)
    people = directory.people
    return Council([Serves(post.role, people[post.person].name, people[post.person].email) for post in directory.posts])


# Processes that are killed --------------------------------------------------------------------------------------------


async def killed(verdict: Verdict, folder: Path, count: int) -> None:
    """A soak, whose deliveries our own oracle judges too: workers, mail server and Temporal die with signal 9."""
    plan = Soak(escalations=count, kills=4, catcher_kills=3, server_kills=1, lead=40, spread=25, impatient=6)
    async with running(folder, plan) as stack:
        found = await soak_on(stack, plan)
        for fault in found.faults:
            verdict.fault("soak", "soak", fault)
        for name, figure in found.figures.items():
            verdict.figures[f"with kills: {name}"] = figure
        _judge_soak(verdict, stack)


def _judge_soak(verdict: Verdict, stack: Stack) -> None:
    kind = next(kind for kind in kinds() if kind.name == PROCEDURE)
    kept = [letters.read(_caught(file)) for file in sorted(stack.mail.glob("*.eml"))]
    for reference in sorted({letter.reference for letter in kept}):
        entries = stack.register.history(reference)
        made_up = [entry.n for entry in entries if entry.event == "email_sent" and _is_made_up(entry)]
        since = max(made_up, default=0)
        people, deaths = _council(kind.procedure), tuple(stack.deaths)
        story = Story(reference, kind.doc, people, list(entries), since=since, deaths=deaths)
        judge(verdict, story, [letter for letter in kept if letter.reference == reference])


def _is_made_up(entry: object) -> bool:
    return any(one.message_id.startswith("<before-") for one in entry.delivered)  # type: ignore[attr-defined]


def _caught(file: Path) -> Kept:
    content = file.read_bytes()
    return Kept(str(BytesHeaderParser().parsebytes(content)["X-Envelope-To"]), content, kept_at(file))
