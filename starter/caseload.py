"""What does one raiser have, open escalations and waiting drafts, and may it go to another?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from escalation import rules
from escalation.case import Case
from escalation.directory import Directory
from escalation.errors import Fault, InvalidDocument
from escalation.messages import HandOver
from escalation.procedure import Procedure
from escalation.working_days import london_date
from register.hand_overs import Asked, HandOverRow, Part
from register.rows import DraftRow, EscalationRow
from starter.case_event import procedure_of
from starter.drafts import event_of
from starter.hand_overs import Handed, HandOverReport
from starter.office import Office, UnknownReference

PAGE = 500
NEAREST = 3
MOST_NAMED = 10


@dataclass
class Caseload:
    """What would be handed over: each part with its role, what is refused and why, and whose raiser nobody knows."""

    asked: Asked
    escalations: list[Part] = field(default_factory=list)
    drafts: list[Part] = field(default_factory=list)
    refused: list[Handed] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def parts(self) -> list[Part]:
        return [*self.escalations, *self.drafts]

    def row(self, hand_over: str, at: datetime) -> HandOverRow:
        """What is written down before anything is done."""
        parts = {"escalations": tuple(self.escalations), "drafts": tuple(self.drafts)}
        return HandOverRow(hand_over=hand_over, at=at, **dict(self.asked), **parts)

    def report(self, handed: Iterable[Handed] | None = None, hand_over: str | None = None) -> HandOverReport:
        """What came of it, or would."""
        would = [
            *(Handed(kind="escalation", reference=each.reference, result="would_be_done") for each in self.escalations),
            *(Handed(kind="draft", reference=each.reference, result="would_be_done") for each in self.drafts),
        ]
        return HandOverReport(
            hand_over=hand_over,
            from_name=self.asked.from_name,
            to_name=self.asked.to_name,
            handed=[*(would if handed is None else handed), *self.refused],
            unknown=self.unknown,
            warnings=self.warnings,
        )


def foresee(office: Office, asked: Asked, now: datetime) -> Caseload:
    """Everything that would be handed over; nothing is written. Raises InvalidDocument with every fault.

    Who the new raiser is must be in the directory, in a role that may raise; on leave they are warned of.
    """
    have = _have(office, asked)
    new = _NewRaiser(office.people.now(), asked.to_name, now)
    faults = [*_faults_of(asked, have), *new.faults(have.procedures, asked.role)]
    if faults:
        raise InvalidDocument(faults)
    names = {"from_name": have.name or asked.from_name, "to_name": new.name}
    load = Caseload(asked.model_copy(update=names), unknown=have.unknown, warnings=new.warnings)
    for case in have.cases:
        part = Part(reference=case.reference, role=new.role(case.procedure, asked.role or case.raised_by))
        _add(load.escalations, load, "escalation", part, _why_not(case, load.asked, part, now))
    for draft, procedure, role in have.drafts:
        part = Part(reference=draft.reference, role=new.role(procedure, asked.role or role))
        _add(load.drafts, load, "draft", part, _not_a_raiser(procedure, part.role))
    return load


def _add(parts: list[Part], load: Caseload, kind: str, part: Part, why: str | None) -> None:
    if why is None:
        parts.append(part)
    else:
        refused = {"kind": kind, "reference": part.reference, "result": "refused", "why": why}
        load.refused.append(Handed.model_validate(refused))


def _why_not(case: Case, asked: Asked, part: Part, now: datetime) -> str | None:
    """The rules' own words, as its workflow would say them."""
    command = HandOver(by=asked.by, name=asked.name, to=part.role, to_name=asked.to_name, reason=asked.reason)
    refused = rules.rule(case, command, now).rejection
    return refused.message if refused else None


def _not_a_raiser(procedure: Procedure, role: str) -> str | None:
    may = _raisers(procedure)
    titles = " or ".join(procedure.role_title(each) for each in may)
    return None if role in may else f"A concern is handed over to an {titles}."


def _raisers(procedure: Procedure) -> list[str]:
    return [*procedure.raiser.roles, *procedure.raiser.may_also_raise]


# Who has what ---------------------------------------------------------------------------------------------------------


@dataclass
class _Have:
    """What was found: the raiser's `name` as it stands, their cases and drafts, those of nobody known, others'."""

    cases: list[Case] = field(default_factory=list)
    drafts: list[tuple[DraftRow, Procedure, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    name: str | None = None

    @property
    def procedures(self) -> list[Procedure]:
        found = [case.procedure for case in self.cases] + [procedure for _, procedure, _ in self.drafts]
        return list({procedure.version: procedure for procedure in found}.values())

    @property
    def references(self) -> set[str]:
        return {case.reference for case in self.cases} | {draft.reference for draft, _, _ in self.drafts}


def _have(office: Office, asked: Asked) -> _Have:
    have = _Have()
    for row in _open(office):
        name = row.raised_by_name or _name_in_history(office, row)
        if _is_meant(have, asked, row.reference, name):
            have.cases.append(office.case(row.reference))
    for draft in office.register.drafts.waiting():
        event = event_of(draft)
        raiser = event.data.raised_by
        if _is_meant(have, asked, draft.reference, raiser.name):
            have.drafts.append((draft, procedure_of(event, office.procedure(draft.procedure)), raiser.role))
    return have


def _is_meant(have: _Have, asked: Asked, reference: str, name: str | None) -> bool:
    """Whether it is this raiser's; where nobody knows whose it is, whether it is asked for by its reference."""
    if name is None:
        if not asked.only:
            have.unknown.append(reference)
        return reference in asked.only
    if _same(name, asked.from_name):
        have.name = name
        return not asked.only or reference in asked.only
    have.others[reference] = name
    return False


def _open(office: Office) -> Iterator[EscalationRow]:
    """Those that have begun; and those that are closed and of which the raiser is yet to be asked something."""
    for closed in (False, True):
        after, find = None, office.register.escalations
        while page := find(open_only=not closed, with_follow_ups=closed, after=after, limit=PAGE):
            yield from (row for row in page if row.n and bool(row.closed_at) == closed)
            after = page[-1].reference


def _name_in_history(office: Office, row: EscalationRow) -> str | None:
    """A row from before names were kept; one that has a role and no name has a history without a name."""
    if row.raised_by is not None:
        return None
    try:
        return office.case(row.reference).raised_by_name
    except UnknownReference:
        return None


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _faults_of(asked: Asked, have: _Have) -> Iterator[Fault]:
    if _same(asked.from_name, asked.to_name):
        yield Fault("to", "is the same person")
    for reference in asked.only:
        if reference in have.others:
            yield Fault("only", f"{reference} is {have.others[reference]}'s, not {asked.from_name}'s")
        elif reference not in have.references:
            yield Fault("only", f"{reference} is neither an open escalation nor a draft that waits")
    if not asked.only and not have.references:
        yield Fault("from", f"nothing open is {asked.from_name}'s{_whose(asked.from_name, have.others.values())}")


def _whose(name: str, raisers: Iterable[str]) -> str:
    """The nearest name, else whose the open ones are, with how many each: they may not be those of the directory."""
    counts = Counter(raisers)
    if near := _meant(name, counts):
        return near
    most = ", ".join(f"{raiser}'s ({n})" for raiser, n in counts.most_common(MOST_NAMED))
    more = f", and of {len(counts) - MOST_NAMED} others" if len(counts) > MOST_NAMED else ""
    return f"; open ones are {most}{more}" if counts else "; there are no open ones whose raiser is known"


def _meant(name: str, known: Iterable[str]) -> str:
    names = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold(), names, n=NEAREST)
    return f"; did you mean {' or '.join(names[each] for each in near)}?" if near else ""


# Who gets it ----------------------------------------------------------------------------------------------------------


class _NewRaiser:
    """The new raiser as the directory knows them today."""

    def __init__(self, directory: Directory, name: str, now: datetime) -> None:
        self._directory, self._today = directory, london_date(now)
        posts = [post for post in directory.posts if post.holds(self._today)]
        self._serve = [(directory.people[post.person], post.role) for post in posts]
        self._asked = name
        self.roles = list(dict.fromkeys(role for person, role in self._serve if _same(person.name, name)))
        self._people = [person for person, _ in self._serve if _same(person.name, name)]
        self.name = self._people[0].name if self._people else name

    @property
    def warnings(self) -> list[str]:
        if not any(self._directory.is_away(person.email, self._today) for person in self._people):
            return []
        return [f"{self.name} is on leave today: turns that wait for them pass to their line manager at once."]

    def faults(self, procedures: list[Procedure], wanted: str | None) -> Iterator[Fault]:
        raisers = {role: procedure.role_title(role) for procedure in procedures for role in _raisers(procedure)}
        if wanted and self._people and wanted not in self.roles:
            yield Fault("role", f"{self.name} is not in the directory as {wanted}, but as {', '.join(self.roles)}")
        if not raisers or set(self.roles) & set(raisers):
            return
        titles = ", ".join(raisers.values())
        if self._people:
            yield Fault("to", f"{self.name} is in the directory, but in no role that may raise this: {titles}")
        else:
            near = _meant(self._asked, (person.name for person, role in self._serve if role in raisers))
            yield Fault("to", f"nobody called {self._asked} is in the directory as {titles}{near}")

    def role(self, procedure: Procedure, wanted: str) -> str:
        """The role wanted where they are in it, else the one in which they may raise under this procedure."""
        may = [role for role in _raisers(procedure) if role in self.roles]
        return wanted if wanted in may or not may else may[0]
