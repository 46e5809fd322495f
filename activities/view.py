"""What the templates of notices may see: activities/templates/README.md is its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from activities import counting, group, wording
from activities.facts import Facts
from activities.recipients import Found, Recipient
from escalation.deadlines import due
from escalation.directory import Person
from escalation.messages import Saying, SendNotice, Why
from escalation.procedure import Role, StageKey


@dataclass(frozen=True)
class Reader:
    """Who reads this message. `copy` is a reader of whom nothing is asked; `covers` and `why` are a cover's."""

    name: str
    title: str
    asked: bool
    copy: bool
    raiser: bool
    decides: bool
    operations: bool
    covers: str | None = None
    why: Why | None = None


@dataclass(frozen=True)
class Clock:
    """The dates that an alert states. `due` and `why` are None at a stage that has no clock."""

    due: str | None = None
    due_day: str | None = None
    why: str | None = None
    total: str | None = None
    why_total: str | None = None


@dataclass(frozen=True)
class View:
    """All variables of a template; a name that is not here is a fault in the template."""

    reference: str
    council: str
    alert_line: str | None
    procedure: str
    secure: bool
    stage: str | None
    next_stage: str | None
    next_addressee: str | None
    next_step: str | None
    sent_for: str | None
    raiser: str
    raised_by: str
    raiser_address: str | None
    can_reply: bool
    must_answer: str | None
    others_asked: str | None
    asked: str | None
    by: str | None
    decided_by: str | None
    failed: str | None
    post: str | None
    cover: str | None
    passed_to: str | None
    reader: Reader
    clock: Clock
    facts: Facts
    says: Sequence[Saying] = ()
    link: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)


NO_LINKS: Mapping[str, str] = MappingProxyType({})


def view(
    order: SendNotice, found: Found, recipient: Recipient, day_zero: date | None, links: Mapping[str, str] = NO_LINKS
) -> View:
    """What one recipient's copy may say. `day_zero` is given for an alert, `links` only to who is asked to answer."""
    notice, facts = order.notice, Facts.model_validate(order.notice.facts)
    answers = answers_go_to(order, found)
    first, *others = notice.answering or (None,)
    return View(
        reference=wording.listing(group.references(order)),
        council=order.council,
        alert_line=order.alert_line,
        procedure=order.procedure_title,
        secure=notice.channel == "secure_email",
        stage=order.stage_title,
        next_stage=order.next_stage_title,
        next_addressee=_title_of(order, order.next_addressee),
        next_step=_next_step(order),
        sent_for=_title_of(order, notice.sent_for),
        raiser=_people(order, order.raiser, found),
        raised_by=_raised_by(order, found),
        raiser_address=wording.listing((person.email for person in answers), "or") or None,
        can_reply=bool(answers),
        must_answer=_who_answers(order, first, found) if first else None,
        others_asked=wording.listing((_who_answers(order, role, found) for role in others if role), "or") or None,
        asked=wording.listing((_title(order, role) for role in facts.asked or ()), "or") or None,
        by=_title_of(order, facts.by),
        decided_by=_title_of(order, facts.decided_by),
        post=_title_of(order, facts.role),
        cover=_title_of(order, facts.cover),
        passed_to=_title_of(order, facts.to),
        failed=wording.listing(_title(order, role) for role in facts.roles or ()) or None,
        reader=_reader(order, recipient, facts),
        clock=_clock(order, day_zero) if day_zero else Clock(),
        facts=facts,
        says=[_on_lines(saying) for saying in notice.says],
        link=next(iter(links.values()), None) if len(links) == 1 else None,
        links=links if len(links) > 1 else {},
    )


def _next_step(order: SendNotice) -> str | None:
    """Where a matter goes on to. Some procedures call a stage by the name of who must answer there."""
    stage, addressee = order.next_stage_title, order.next_addressee
    if stage is None or addressee is None:
        return stage
    return f"the {addressee}" if stage == addressee else f"{stage}, where it is for the {addressee} to answer"


def _reader(order: SendNotice, recipient: Recipient, facts: Facts) -> Reader:
    notice, role = order.notice, recipient.role
    asked = role in notice.answering
    return Reader(
        name=recipient.person.name,
        title=_title(order, recipient.cover or role),
        asked=asked,
        copy=role in notice.cc or bool(notice.answering and not asked),
        raiser=role == order.raiser,
        decides=role == facts.decided_by,
        operations=role == "operations",
        covers=_title(order, role) if recipient.cover else None,
        why=recipient.why,
    )


def _on_lines(saying: Saying) -> Saying:
    """Each text on a line of its own: what a person typed cannot pass for a line of ours."""
    return Saying(label=saying.label, texts=[wording.on_one_line(text) for text in saying.texts])


def _clock(order: SendNotice, day_zero: date) -> Clock:
    if order.clock is None or order.calendar is None:
        return Clock()
    falls_due = due(order.clock, day_zero, order.calendar)
    if falls_due is None:
        return Clock()
    return Clock(
        due=wording.deadline(falls_due.at),
        due_day=wording.day(falls_due.day),
        why=counting.why(order.clock, day_zero, falls_due, order.calendar),
        total=wording.deadline(falls_due.cap) if falls_due.cap else None,
        why_total=counting.why_total(order.clock, day_zero),
    )


def _people(order: SendNotice, role: str, found: Found) -> str:
    """Sam Okafor (Independent Reviewing Officer), where it is clear who that is."""
    return _named(_title(order, role), found.holders[role])


def _who_answers(order: SendNotice, role: str, found: Found) -> str:
    """The same of a role that is asked; where somebody covers for it, in the role that is theirs."""
    who = found.asked.get(role)
    if who is None or who.cover is None:
        return _people(order, role, found)
    return _named(f"{_title(order, who.cover)}, as cover", who.people)


def _named(title: str, people: Sequence[Person]) -> str:
    names = [person.name for person in people]
    return f"{wording.listing(names, 'or')} ({title})" if 1 <= len(names) <= MOST_NAMES else f"the {title}"


def _raised_by(order: SendNotice, found: Found) -> str:
    """Who raised it; where somebody did so in the raiser's stead (HLC-19), or it was handed over since, both."""
    raiser, through, name = _people(order, order.raiser, found), order.raised_through, order.raised_through_name
    if first := order.raised_first:
        who = order.raised_first_name
        return f"{f'{who} ({_title(order, first)})' if who else f'the {_title(order, first)}'}, and now with {raiser}"
    if through is None:
        return raiser
    who = f"{name} ({_title(order, through)})" if name else _people(order, through, found)
    return f"{who}, on behalf of {raiser}"


def answers_go_to(order: SendNotice, found: Found) -> list[Person]:
    """Who gets what a reader replies to the email: the raiser, or nobody where it is not clear who that is."""
    raisers = found.holders[order.raiser]
    return raisers if len(raisers) <= MOST_NAMES else []


MOST_NAMES = 3
"""Beyond this a role is a group, and its members' names would tell nobody whose turn it is."""


def _title(order: SendNotice, role: Role | StageKey) -> str:
    return order.titles.get(role, role.replace("_", " "))


def _title_of(order: SendNotice, role: Role | None) -> str | None:
    return _title(order, role) if role else None
