"""A rehearsal from beginning to end: councils and escalations made up, played against the bad server, and judged."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from activities.calendar import Calendars
from activities.guarded import Guarded
from activities.links import Links
from activities.notices import Notices
from activities.smtp import SmtpTransport
from escalation.local_calendar import LocalCalendar
from escalation.messages import CameBack, Withdraw
from escalation.working_days import london_date
from register.engine import open_register
from register.store import Register
from tests.delivery import letters
from tests.delivery.acts import next_act
from tests.delivery.council import DOMAIN, Council, council
from tests.delivery.course import Course
from tests.delivery.plan import Kind, Weather, beginning, kinds, starts, weather
from tests.delivery.post_office import HERE, PostOffice, Watched
from tests.delivery.verdict import Story, Verdict, judge
from tests.empty_register import empty_register

LINKS = Links([b"a key of no importance, 32 bytes"], "https://escalations.council.example")
A_WHILE, A_WEEK = timedelta(days=45), timedelta(days=7)


@dataclass
class Rehearsal:
    """What all escalations of a rehearsal share."""

    office: PostOffice
    register: Register
    smtp: SmtpTransport
    verdict: Verdict
    silence: timedelta = A_WHILE
    """What is waited at the end, for whatever time alone brings, before the raiser takes it back."""
    held: bool = False


@asynccontextmanager
async def rehearsal(folder: Path) -> AsyncIterator[Rehearsal]:
    """A bad mail server and an empty register; nothing is left running."""
    register, office = open_register(empty_register(folder)), PostOffice(folder)
    await office.start()
    smtp = SmtpTransport(HERE, office.port, tls="off", timeout=0.5, patience=10)
    try:
        yield Rehearsal(office, register, smtp, Verdict())
    finally:
        await smtp.close()
        await office.stop()
        register.close()


async def play(here: Rehearsal, count: int, seed: int, say: Callable[[int], None] = lambda _: None) -> Verdict:
    """So many escalations, one after the other, of every procedure in turn."""
    stories = []
    for n in range(count):
        stories.append(await _one(here, kinds()[n % len(kinds())], f"DLV-{n:04}", f"{seed}/{n}"))
        say(n + 1)
    kept = defaultdict(list)
    for each in here.office.kept():
        letter = letters.read(each)
        kept[letter.reference].append(letter)
    for story in stories:
        if story:
            judge(here.verdict, story, kept.pop(story.reference, []))
    for reference, strangers in kept.items():
        here.verdict.fault("unexpected", reference, f"{len(strangers)} messages of no escalation that was played")
    here.verdict.figures.update(here.office.figures)
    return here.verdict


async def _one(here: Rehearsal, kind: Kind, reference: str, seed: str) -> Story | None:
    chance = random.Random(seed)
    now = beginning(chance)
    people, watched = council(kind.procedure, chance, london_date(now)), Watched(_guarded(here))
    sky = weather(seed, now)
    course = _course(here, kind, reference, people, watched, sky, now)
    if not any(course.start(each).rejection is None for each in starts(kind, people, chance, now)):
        here.verdict.fault("harness", reference, f"{kind.name} does not begin")
        return None
    await _live(here, course, people, chance)
    for fault in course.faults:
        here.verdict.fault("raised", reference, fault)
    _count(here.verdict, kind, course, watched, people)
    settled = {each.key: each for each in course.settled}
    return Story(reference, kind.doc, people, course.entries, settled, watched.handed)


def _guarded(here: Rehearsal) -> Guarded:
    return Guarded(here.smtp, here.register.mail, domains=[DOMAIN])


def _course(
    here: Rehearsal, kind: Kind, reference: str, people: Council, watched: Watched, sky: Weather, now: datetime
) -> Course:
    directory = people.directory()
    activity = Notices(
        lambda: directory,
        watched,
        here.register,
        mail_from=f"Twentydays <twentydays@{DOMAIN}>",
        message_id_domain=DOMAIN,
        links=LINKS,
        now=lambda: course.now,
    )
    calendar = Calendars(LocalCalendar()).calendar_for(london_date(now))
    course = Course(
        kind.procedure, reference, calendar, activity, now, lambda at, what: _make(here, sky, watched, at, what)
    )
    return course


async def _make(here: Rehearsal, sky: Weather, watched: Watched, now: datetime, what: str) -> None:
    """The weather of one attempt."""
    watched.now = now
    mode, times = sky.at(now, what)
    _hold(here, now, held=mode == "held")
    watched.dies = 1 if mode == "worker_dies" else 0
    await here.office.tell("fair" if mode in {"worker_dies", "held"} else mode, times)  # type: ignore[arg-type]
    here.verdict.figures[f"weather: {mode}"] += mode != "fair"


def _hold(here: Rehearsal, now: datetime, *, held: bool) -> None:
    if held == here.held:
        return
    here.held = held
    if held:
        here.register.mail.hold("Operations", "A rehearsal", now)
    else:
        here.register.mail.release("Operations", now)


async def _live(here: Rehearsal, course: Course, people: Council, chance: random.Random) -> None:
    """Acts at any time, then silence, then the raiser takes it back; whatever is outstanding settles."""
    for _ in range(chance.choice([0, 2, 5, 8, 12])):
        await course.pass_time(course.now + timedelta(hours=chance.expovariate(1 / 26)))
        if not course.case.open:
            break
        act = next_act(course, people, chance)
        if isinstance(act, CameBack):
            course.mail_came_back(act)
        elif act is not None:
            refused = course.act(act).rejection
            here.verdict.figures["acts refused" if refused else "acts accepted"] += 1
    if course.case.open:
        await course.pass_time(course.now + here.silence)
        course.act(Withdraw(by=course.case.covered_by.get(course.case.raised_by, course.case.raised_by), reason="Over"))
    await course.finish(A_WEEK)
    _hold(here, course.now, held=False)


def _count(verdict: Verdict, kind: Kind, course: Course, watched: Watched, people: Council) -> None:
    figures = verdict.figures
    figures["escalations"] += 1
    figures[f"of {kind.name}"] += 1
    figures["history entries"] += len(course.entries)
    figures["attempts"] += sum(len(each.attempts) for each in course.settled)
    figures["attempts that had to wait"] += course.unreachable
    figures["deliveries tried"] += len(watched.handed)
    figures["times the worker died after the 250"] += sum(one.came_to == "died" for one in watched.handed)
    for oddity in people.oddities:
        figures[f"with {oddity}"] += 1
