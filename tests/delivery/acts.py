"""What people might do next in an escalation, and what might come back by mail: sensible or not, chosen by chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from escalation.case import Case
from escalation.history import EmailSent, HistoryEntry
from escalation.messages import (
    Bypass,
    CameBack,
    Close,
    Command,
    CompleteForm,
    ConsiderCafcass,
    Cover,
    Decide,
    DecideLegalAdvice,
    GiveNotice,
    GrantExtension,
    HandOver,
    HoldMeeting,
    ManagerDisagrees,
    Note,
    Reassign,
    RecordEvent,
    RecordResponse,
    RecordTold,
    ReferCafcass,
    RefuseExtension,
    RequestExtension,
    RequestLegalAdvice,
    Respond,
    Withdraw,
)
from escalation.procedure import Procedure
from escalation.working_days import london_date
from starter.rehearsal.filling import Filling
from tests.delivery.council import Council

SECRET = "SECRET"
"""Planted in whatever people write, and looked for in whatever is sent."""
CHILD = f"{SECRET}-childs-name"


class Course(Protocol):
    """An escalation in play, as far as those who act in it see it."""

    @property
    def procedure(self) -> Procedure: ...
    @property
    def reference(self) -> str: ...
    @property
    def case(self) -> Case: ...
    @property
    def entries(self) -> list[HistoryEntry]: ...
    @property
    def now(self) -> datetime: ...


Act = Callable[[Course, Council, random.Random], Command | CameBack | None]


def planted(said: Any, path: str = "") -> Any:
    """The same, with a mark in every text that was filled in for somebody."""
    if isinstance(said, dict):
        return {key: planted(value, f"{path}{key}.") for key, value in said.items()}
    if isinstance(said, str) and said.endswith("(rehearsed)"):
        return f"{SECRET}:{path.rstrip('.')}: {CHILD}"
    return said


def form(course: Course, stage: str | None, act: str = "start", **given: Any) -> dict[str, Any]:
    """What an act asks for, complete and with marks."""
    filling = Filling(course.procedure, stage, london_date(course.now), course.case.track)
    marked: dict[str, Any] = planted(filling.for_act(act, given))
    return marked


def _raiser(course: Course) -> dict[str, Any]:
    case = course.case
    return {"by": case.covered_by.get(case.raised_by, case.raised_by), "name": case.raised_by_name}


def _number(course: Course) -> str:
    return f"{course.reference}-{len(course.entries)}"


def _above(course: Course, chance: random.Random) -> str:
    ladder = course.procedure.ladder(course.case.track)
    place = course.procedure.place(course.case.visit.stage, course.case.track)
    return chance.choice(ladder[place:]).key


def _respond(course: Course, council: Council, chance: random.Random) -> Command:
    visit = chance.choice(course.case.visits) if chance.random() < 0.2 else course.case.visit
    by = chance.choice(course.case.addressees(visit))
    return Respond(response_id=_number(course), stage=visit.stage, by=by, text=SECRET, received_at=course.now)


def _record_response(course: Course, council: Council, chance: random.Random) -> Command:
    visit, earlier = course.case.visit, timedelta(hours=chance.randrange(0, 48))
    return RecordResponse(
        **_raiser(course),
        response_id=_number(course),
        stage=visit.stage,
        answered_by=course.case.addressees()[0],
        received_at=max(course.now - earlier, visit.entered_at),
        how=SECRET,
        text=SECRET,
    )


def _decide(course: Course, council: Council, chance: random.Random) -> Command:
    outcome = chance.choice(["satisfied", "not_satisfied", "not_satisfied", "escalate", "go_formal"])
    following = course.case.next_stage
    to = _above(course, chance) if outcome == "escalate" else None
    stage = to or (following.key if following else None)
    picks = course.procedure.stage(stage, course.case.track) if stage else None
    addressee = picks.addressee[-1] if picks and picks.pick_one else None
    fields = form(course, stage) if stage else {}
    words = {"outcome_text": SECRET, "reason": SECRET}
    return Decide(**_raiser(course), outcome=outcome, to=to, addressee=addressee, fields=fields, **words)


def _bypass(course: Course, council: Council, chance: random.Random) -> Command:
    to = _above(course, chance)
    named = course.procedure.entry.names_addressee and chance.random() < 0.3
    addressee = chance.choice(sorted(course.procedure.roles)) if named else None
    return Bypass(**_raiser(course), to=to, reason=SECRET, addressee=addressee, fields=form(course, to))


def _more_time(course: Course, council: Council, chance: random.Random) -> Command:
    by, days = course.case.addressees()[0], chance.randrange(1, 7)
    if course.case.visit.extension_asked is None and chance.random() < 0.7:
        return RequestExtension(by=by, working_days=days, reason=SECRET)
    if chance.random() < 0.3:
        return RefuseExtension(**_raiser(course), reason=SECRET)
    return GrantExtension(**_raiser(course), working_days=days, reason=SECRET)


def _reassign(course: Course, council: Council, chance: random.Random) -> Command:
    by, to = chance.choice(course.case.addressees()), chance.choice(sorted(course.procedure.roles))
    return Reassign(by=by, to=to, reason=SECRET)


def _notice(course: Course, council: Council, chance: random.Random) -> Command:
    stage = _above(course, chance)
    days = chance.randrange(1, 5)
    return GiveNotice(**_raiser(course), stage=stage, notice_working_days=days, fields=form(course, stage))


def _cafcass(course: Course, council: Council, chance: random.Random) -> Command:
    rule = course.procedure.cafcass
    checks = {check.key: check.must_be for check in rule.checklist} if rule else {}
    asks = rule.asks if rule else []
    filling = Filling(course.procedure, course.case.visit.stage, london_date(course.now), course.case.track)
    fields = planted(filling.fields(asks, {"checklist": checks}))
    referral = ReferCafcass(**_raiser(course), reason=SECRET, override_reason=SECRET, fields=fields)
    attendees = rule.meeting.attendees if rule and rule.meeting else course.case.addressees()
    return chance.choice(
        [
            ConsiderCafcass(**_raiser(course), reason=SECRET),
            referral,
            referral,
            HoldMeeting(attendees=attendees, resolved=False, text=SECRET),
            ManagerDisagrees(by=course.case.addressees()[0], reason=SECRET),
        ]
    )


def _legal(course: Course, council: Council, chance: random.Random) -> Command:
    rule = course.procedure.legal_advice
    needs = {need.field: True for need in rule.needs} if rule else {}
    if rule and rule.decided_by and chance.random() < 0.4:
        return DecideLegalAdvice(by=rule.decided_by, necessary=True, provider=SECRET, reason=SECRET)
    return RequestLegalAdvice(**_raiser(course), reason=SECRET, fields=needs)


def _record(course: Course, council: Council, chance: random.Random) -> Command | None:
    within = [each for each in course.procedure.recordings if each.within]
    if not within:
        return None
    recording = chance.choice(within)
    by = recording.by[0] if recording.by else course.case.raiser
    by = {"raiser": course.case.raiser, "addressee": course.case.addressees()[0]}.get(by, by)
    by = course.case.addressees()[0] if by == "asked" else by
    filling = Filling(course.procedure, course.case.visit.stage, london_date(course.now), course.case.track)
    return RecordEvent(by=by, what=recording.do, fields=planted(filling.fields(recording.fields, {})))


def _beside(course: Course, council: Council, chance: random.Random) -> Command:
    asked, manager = course.case.addressees()[0], course.procedure.raiser.line_manager
    told = max(course.case.visit.entered_at, course.now - timedelta(hours=3))
    return chance.choice(
        [
            Note(by=asked, text=SECRET),
            Note(by=course.case.raiser, text=SECRET),
            Cover(by=manager, absent=course.case.raised_by, cover=manager),
            RecordTold(**_raiser(course), told_at=told, how=SECRET),
            CompleteForm(**_raiser(course), fields={"concern": SECRET}),
        ]
    )


def _hand_over(course: Course, council: Council, chance: random.Random) -> Command:
    raiser = council.of(course.case.raised_by)
    name = chance.choice([raiser.name if raiser else "No Body", "Some Body Else", "Another Raiser"])
    return HandOver(by=course.procedure.raiser.line_manager, to_name=name, reason=SECRET)


def _end(course: Course, council: Council, chance: random.Random) -> Command:
    if chance.random() < 0.5:
        return Withdraw(**_raiser(course), reason=SECRET)
    outcome = chance.choice(["unresolved", "no_longer_applicable"])
    return Close(**_raiser(course), outcome=outcome, reason=SECRET)


def _came_back(course: Course, council: Council, chance: random.Random) -> CameBack | None:
    """A bounce, an absence or a reply to something that was delivered."""
    sent = [entry for entry in course.entries if isinstance(entry, EmailSent)]
    if not sent:
        return None
    entry = chance.choice(sent[-4:])
    delivery = chance.choice(entry.delivered)
    name = f"{entry.notice} for {entry.sent_for}" if entry.sent_for else entry.notice
    return CameBack(
        mail_id=f"mail-{_number(course)}",
        kind=chance.choice(["bounce", "absence", "absence", "reply", "reply"]),
        received_at=course.now,
        entry=entry.entry,
        notice=name,
        role=delivery.role,
        address=delivery.address,
        person=delivery.person,
        text=SECRET,
    )


CHANCES: dict[Act, int] = {
    _respond: 22, _record_response: 4, _decide: 16, _bypass: 5, _more_time: 8, _reassign: 6, _notice: 3, _cafcass: 7,
    _legal: 5, _record: 8, _beside: 8, _hand_over: 2, _end: 3, _came_back: 10,
}  # fmt: skip


def next_act(course: Course, council: Council, chance: random.Random) -> Command | CameBack | None:
    """Drawn anew each time; None: nobody does anything."""
    act = chance.choices(list(CHANCES), list(CHANCES.values()))[0]
    return act(course, council, chance)
