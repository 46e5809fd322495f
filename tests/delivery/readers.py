"""Which addresses a call is to reach on a date: posts, leave, deputies, cover, as the design has it, read anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.delivery.council import DOMAIN, Council, Serves
from tests.delivery.oracle import Call
from tests.delivery.server import GONE
from tests.delivery.standing import Standing

OURS = (f"@{DOMAIN}", "@rehearsal.example")
"""Domains to which mail may go, here and in a rehearsal through Temporal."""
Way = tuple[str, str | None]
"""The role in which somebody is written to, and the role that they hold themselves where they are cover for it."""


@dataclass
class Readers:
    """By address as it is spelt: as what each may be written to. `nobody` are roles in which nobody is."""

    accepted: dict[str, set[Way]] = field(default_factory=dict)
    refused: dict[str, set[Way]] = field(default_factory=dict)
    nobody: set[str] = field(default_factory=set)

    @property
    def written_to(self) -> dict[str, set[Way]]:
        return self.refused | self.accepted


def takes_mail(address: str) -> bool:
    """Neither refused by the mail server, nor outside the domains that the council writes to."""
    return GONE not in address and address.endswith(OURS)


def readers(call: Call, now: Standing, council: Council, on: date) -> Readers:
    """Each person once: as one who is asked, where they are; else in the first role that names them.

    Who is asked in their own role and as cover for another at once may be written to as either.
    """
    found, seen = Readers(), set[str]()
    tried = {role: _asked(role, call, now, council, on) for role in call.asked}
    for role in call.asked:
        if role not in call.reaches:
            seen |= {person.address.lower() for person in tried[role][0]}
            seen |= _lower(now.refused_of.get(call.entry, []))  # who was asked in vain gets no copy of it either
    for role in sorted(call.reaches, key=lambda role: role not in call.asked):
        fit, refused, cover = tried.get(role) or (_told(role, call, now, council, on), [], None)
        people = _also_who_has_it(role, fit, call, now, council, on) if role in call.asked else fit
        for person in [*people, *refused]:
            own = None if person in refused else cover if person in fit else now.has_alert(role).get(person.address)
            way, known = (role, own), found.written_to.get(person.address)
            if known and role in call.asked:
                known.add(way)
            elif person.address.lower() not in seen:
                (found.accepted if takes_mail(person.address) else found.refused)[person.address] = {way}
            seen.add(person.address.lower())
        if not (people or refused or call.stand_ins):
            found.nobody.add(role)
    return found


def _told(role: str, call: Call, now: Standing, council: Council, on: date) -> list[Serves]:
    """Whoever is only told. The raiser is the one who raised it; whoever has an alert hears what follows from it."""
    known, had_it = _known(role, now), _have_it(role, now, council, on)
    serving = [Serves(role, role, known)] if known else serve(council, role, now.team, on)
    if not known and role == now.raiser == now.raised_by and now.raised_by_name:
        holds = [each for each in council.serves if each.role == role and _holds(each, on)]
        named = [each for each in [*serving, *holds] if each.name.lower() == now.raised_by_name.lower()]
        if named:
            return list({each.address: each for each in named}.values())
        if len(had_it or serving) > 1:  # that one has left: the line manager hears, and not all who hold the role
            return serve(council, now.doc["raiser"]["line_manager"], now.team, on) or serving
    return had_it if had_it and (call.part == "all" or not serving) else serving


def _have_it(role: str, now: Standing, council: Council, on: date) -> list[Serves]:
    """Who has the alert, as long as they hold any post: who has left is not written to."""
    there = _lower([each.address for each in council.serves if _holds(each, on)])
    there |= _lower([str(address) for address in now.contacts.values()])
    return [Serves(role, role, address) for address in now.has_alert(role) if address.lower() in there]


def _also_who_has_it(
    role: str, people: list[Serves], call: Call, now: Standing, council: Council, on: date
) -> list[Serves]:
    """A reminder goes to who serves today, and to who has the alert, such as who stood in for a day."""
    if call.part != "all":
        return people
    there = {person.address.lower() for person in people}
    return [*people, *(each for each in _have_it(role, now, council, on) if each.address.lower() not in there)]


def _known(role: str, now: Standing) -> str | None:
    given = now.doc.get("contacts", {}).get(role, {}).get("email")
    address = now.contacts.get(role) or given
    return str(address) if address else None


def _asked(
    role: str, call: Call, now: Standing, council: Council, on: date
) -> tuple[list[Serves], list[Serves], str | None]:
    """Who is asked in a role, who was tried in vain on the way, and the role that covers."""
    chain = [role] if call.stand_ins else [role, *_above(role, call, now)]
    refused: list[Serves] = []
    for rung in chain:
        fit = _fit(rung, role, call, now, council, on)
        if call.stand_ins:
            fit = [
                each
                for each in fit
                if each.address.lower() not in _lower([address for _, address, _ in now.stay.asked])
            ]
        refused += [each for each in fit if not takes_mail(each.address)]
        people = [each for each in fit if takes_mail(each.address)]
        if people:
            return people, refused, rung if rung != role else None
    if call.again or (call.part == "all" and not call.stand_ins):  # perhaps their mailbox is in order by now
        fit = _fit(role, role, call, now, council, on, again=True)
        refused += [each for each in fit if not takes_mail(each.address) and each not in refused]
        return [each for each in fit if takes_mail(each.address)], refused, None
    return [], refused, None


def _above(role: str, call: Call, now: Standing) -> list[str]:
    """Those of the stages that would follow."""
    later = [above for stage in now.after(now.stay_of(call.entry).stage) for above in stage["addressee"]]
    return [above for above in dict.fromkeys(later) if above != role]


def _fit(
    rung: str, role: str, call: Call, now: Standing, council: Council, on: date, *, again: bool = False
) -> list[Serves]:
    """Not whose concern it is, not who let an earlier stage lapse (save its own holder), not whom no mail reaches.

    `again`: a mailbox that took nothing at this stage is tried once more.
    """
    stay = now.stay_of(call.entry)
    known = _known(rung, now)
    serving = [Serves(rung, rung, known)] if known else serve(council, rung, now.team, on, _away(call, stay.away))
    concerned = set() if _is_theirs_to_answer(role, stay.stage, now) else _concerned(now, council, on)
    silent, no_mail = _lower(now.silent()), set[str]() if again else _lower(stay.no_mail)
    return [
        each
        for each in serving
        if each.address.lower() not in concerned | no_mail
        and not (each.address.lower() in silent and (rung != role or each.kind != "holder"))
    ]


def _away(call: Call, away: list[str]) -> set[str]:
    return _lower(away) if call.stand_ins else set()


def _is_theirs_to_answer(role: str, stage: str, now: Standing) -> bool:
    """Where the document has who opens it answer it too: the QA Manager investigates a complaint (SWK-46)."""
    return role in now.doc["raiser"]["roles"] and role in now.stage(stage)["addressee"]


def _concerned(now: Standing, council: Council, on: date) -> set[str]:
    """Whose concern it is, or was before it was handed over: by name where it is known, else anybody of the role."""
    found, current = set[str](), (now.raised_by, now.raised_by_name)
    for role, name in (*now.raised_before, current, (now.through, now.through_name)):
        if name:
            found |= {each.address.lower() for each in council.serves if each.name.lower() == name.lower()}
        elif role:
            found |= {each.address.lower() for each in serve(council, role, now.team, on)}
    return found


# Posts ----------------------------------------------------------------------------------------------------------------


def serve(council: Council, role: str, team: str | None, on: date, away: set[str] | None = None) -> list[Serves]:
    """The team's own people first; a deputy beside or instead of holders who are away."""
    for scope in dict.fromkeys([team, None]):
        posts = [each for each in council.serves if (each.role, each.team) == (role, scope) and _holds(each, on)]
        there = [each for each in posts if not _is_away(each, council, on) and each.address.lower() not in (away or ())]
        holders = [each for each in posts if each.kind == "holder"]
        serving = [each for each in there if each.kind == "holder"]
        if serving != holders or not serving:
            stand_ins = [[each for each in there if each.kind == kind] for kind in ("acting", "deputy")]
            serving += next(filter(None, stand_ins), [])
        if serving:
            return list({each.address: each for each in serving}.values())
    return []


def _holds(each: Serves, on: date) -> bool:
    return (each.first is None or each.first <= on) and (each.last is None or on <= each.last)


def _is_away(each: Serves, council: Council, on: date) -> bool:
    return any(leave.address == each.address and leave.first <= on <= leave.last for leave in council.away)


def _lower(addresses: list[str]) -> set[str]:
    return {address.lower() for address in addresses}
