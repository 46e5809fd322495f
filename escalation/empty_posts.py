"""Who is told of a post that is empty, or soon will be, in which words, and is that news to them?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from escalation.case import OPERATIONS, Case
from escalation.directory import Directory, Person
from escalation.looking_ahead import Gap, gaps
from escalation.procedure import Procedure
from escalation.words import on


class Finding(NamedTuple):
    """A gap, and the procedure whose escalation it touches."""

    gap: Gap
    procedure: Procedure


class Told(NamedTuple):
    """Somebody who is told, in which role, and of what."""

    role: str
    person: Person
    findings: list[Finding]


class Touched(NamedTuple):
    """An escalation that misses a post, and when."""

    reference: str
    says: str


class EmptyPost(NamedTuple):
    """One post as a letter tells of it: its title, since when nobody serves and why, which deadlines that touches."""

    title: str
    says: str
    touches: list[Touched]


def findings(cases: Iterable[Case], directory: Directory, today: date, days: int) -> list[Finding]:
    """Every gap of so many working days from a London date, the nearest first."""
    found = [Finding(gap, case.procedure) for case in cases for gap in gaps([case], directory, today, days)]
    return sorted(found, key=lambda each: (each.gap.first, each.gap.reference, each.gap.role))


def key_of(gap: Gap, today: date) -> str:
    """What the delivery ledger keeps it under. It is news twice: days ahead, and on the day on which it begins.

    Days on which two escalations would miss the same post from the same day on are one gap.
    """
    since = gap.since or gap.first
    about = json.dumps([gap.role, gap.team, gap.agency, since.isoformat()])
    return f"{'ahead' if since > today else 'begun'} {hashlib.sha256(about.encode()).hexdigest()[:32]}"


def readers(found: Iterable[Finding], directory: Directory, today: date) -> list[Told]:
    """Operations of every gap, quality assurance of those that touch its procedure. Each person once."""
    told: dict[str, Told] = {}
    for finding in found:
        gap = finding.gap
        for role in (OPERATIONS, finding.procedure.quality_assurance):
            for person in directory.holders(role, gap.team, today, gap.agency):
                of_theirs = told.setdefault(person.email.casefold(), Told(role, person, [])).findings
                if finding not in of_theirs:
                    of_theirs.append(finding)
    return list(told.values())


def posts(found: Sequence[Finding], today: date) -> list[EmptyPost]:
    """The gaps by post, in the order of the nearest of each."""
    order = {_post(finding): n for n, finding in reversed(list(enumerate(found)))}
    by_post = groupby(sorted(found, key=lambda finding: order[_post(finding)]), key=_post)
    return [_told(list(those), today) for _, those in by_post]


def _post(finding: Finding) -> tuple[str, str | None, str | None]:
    return finding.gap.role, finding.gap.team, finding.gap.agency


def _told(found: list[Finding], today: date) -> EmptyPost:
    (gap, procedure), *_ = found
    where = ", ".join(part for part in (gap.team, gap.agency) if part)
    title = f"{procedure.role_title(gap.role)}{f' of {where}' if where else ''}"
    away = list(dict.fromkeys(name for each, _ in found for name in each.away))
    says = (_away if away else _vacant)(on(gap.first) if gap.first > today else None, away)
    return EmptyPost(title[:1].upper() + title[1:], says, [_touch(each) for each, _ in found])


def _vacant(first: str | None, _away: list[str]) -> str:
    return f"It is needed from {first}, and nobody will hold it." if first else "It is needed now, and nobody holds it."


def _away(first: str | None, away: list[str]) -> str:
    why = f"{' and '.join(away)} {'is' if len(away) == 1 else 'are'} away"
    return f"From {first} nobody serves in it: {why}." if first else f"Nobody serves in it now: {why}."


def _touch(gap: Gap) -> Touched:
    if gap.asked == "next":
        when = f" on {on(gap.due)}," if gap.due else ""
        return Touched(gap.reference, f"Asked next,{when} if nobody answers before.")
    due = f" The answer is due on {on(gap.due)}." if gap.due else ""
    return Touched(gap.reference, f"Asked now.{due}")
