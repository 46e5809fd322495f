"""How does an open dispute that another system kept until now go on here? With its dates and answers, and no new alert.

What its history here tells of the time before is what the event said, and nothing that the event did not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from escalation import forms, rules
from escalation.case import Case
from escalation.errors import Fault
from escalation.fold import apply
from escalation.history import CalendarPinned, EmailNotSent, HistoryEntry, LateResponse, Raised, Responded
from escalation.history import TakenOver as TakenOverEntry
from escalation.opening import Opening
from escalation.procedure import Procedure, Stage
from escalation.rules import Advisory
from escalation.working_days import LONDON, Calendar, london_date
from starter.case_event import CaseEvent, PastAnswer, TakenOver, place_of

WHERE = "data.taken_over"


def opening_of(event: CaseEvent, procedure: Procedure, calendar: Calendar, at: datetime, place: int = 0) -> Opening:
    """What starts the workflow in the middle of the ladder. The event has no `faults_of`."""
    history = _History(rules.begin(procedure, calendar, at).case, event, at)
    history.write(_raised(event, procedure, at, place))
    for stage in _path(event, procedure):
        history.stand_at(stage)
    history.settle()
    return Opening(reference=event.references[place], procedure=procedure, events=history.entries)


def advice(event: CaseEvent, procedure: Procedure) -> list[Advisory]:
    """A form that was never filled in stops no clock that runs already: what it lacks is said, and no more."""
    lacking = [key for key, _ in _form_faults(event, procedure) if not _given(event, key)]
    if not lacking:
        return []
    return [Advisory(code="form_incomplete", message=f"Taken over without: {', '.join(lacking)}.")]


class _History:
    """The entries so far, and the case that they tell of."""

    def __init__(self, begun: Case, event: CaseEvent, at: datetime) -> None:
        self.entries: list[HistoryEntry] = [CalendarPinned(at=at, n=1, calendar=begun.calendar)]
        self._case, self._event, self._at = begun, event, at
        self._told = _told(event)
        self._how = f"Taken over from {event.source}"

    def write(self, entry: HistoryEntry) -> None:
        numbered = entry.model_copy(update={"n": self._case.n + 1})
        self._case = apply(self._case, numbered)
        self.entries.append(numbered)

    def stand_at(self, stage: Stage) -> None:
        current = stage.key == self._told.stage
        own_days = self._event.data.working_days if current else None
        self.write(
            TakenOverEntry(
                at=self._at,
                stage=stage.key,
                source=self._event.source,
                working_days=own_days or stage.response.working_days,
                day_zero=_day_zero(self._told, stage.key),
                cap_day_zero=self._told.cap_day_zero,
            )
        )
        for n, answer in enumerate(self._told.answers, 1):
            if answer.stage == stage.key:
                self._answer(n, answer)

    def _answer(self, n: int, answer: PastAnswer) -> None:
        """In time or late by the deadline of its stage; where that is not known, nothing says that it was late."""
        case, due = self._case, self._case.due_of(self._case.visit)
        said = {
            "at": self._at,
            "stage": answer.stage,
            "by": answer.by,
            "visit": case.visit.n,
            "response_id": f"{case.reference}-taken-over-{n}",
            "received_at": answer.received_at,
            "text": answer.text,
            "how": self._how,
        }
        if due is None or answer.received_at <= due.at:
            self.write(Responded.model_validate(said))
        else:
            late = case.calendar.between(due.day, london_date(answer.received_at))
            self.write(LateResponse.model_validate(said | {"due": due.at, "working_days_late": late}))

    def settle(self) -> None:
        """Nobody is told again of what the other system told: the history says so of each notice."""
        why = f"{self._how}: whoever had to hear of this has been told from there."
        for notice in self._case.outstanding:
            about = {"notice": notice.notice, "entry": notice.entry, "part": notice.part}
            self.write(EmailNotSent(at=self._at, stage=notice.stage, why=why, **about))


def _raised(event: CaseEvent, procedure: Procedure, at: datetime, place: int) -> Raised:
    start, first = event.start(place), _path(event, procedure)[0]
    return Raised(
        at=_raised_at(event, at),
        by=start.by,
        name=start.name,
        stage=first.key,
        reference=event.references[place],
        subject=start.subject,
        track=_track(event, procedure),
        team=start.team,
        bypass_reason=start.bypass_reason,
        fields=start.fields,
        linked=start.linked,
        working_days=first.response.working_days,
    )


def _raised_at(event: CaseEvent, at: datetime) -> datetime:
    """When it happened, as the event says; where that cannot be, the beginning of the earliest date that it names."""
    told = _told(event)
    days = [told.day_zero, told.cap_day_zero, *(visit.day_zero for visit in told.visits)]
    earliest = min(day for day in days if day)
    if event.time and event.time.year in forms.YEARS and london_date(event.time) <= earliest:
        return event.time
    return min(datetime.combine(earliest, time(0), LONDON), at)


def _told(event: CaseEvent) -> TakenOver:
    if event.data.taken_over is None:
        raise ValueError("This event takes nothing over.")
    return event.data.taken_over


def _track(event: CaseEvent, procedure: Procedure) -> str | None:
    return (event.data.track or procedure.tracks[0]) if procedure.tracks else None


def _path(event: CaseEvent, procedure: Procedure) -> list[Stage]:
    """The stages at which it is known to have stood, upwards, the present one last."""
    told = _told(event)
    known = {told.stage, *(visit.stage for visit in told.visits), *(answer.stage for answer in told.answers)}
    return [stage for stage in procedure.ladder(_track(event, procedure)) if stage.key in known]


def _day_zero(told: TakenOver, stage: str) -> date | None:
    if stage == told.stage:
        return told.day_zero
    return next((visit.day_zero for visit in told.visits if visit.stage == stage), None)


# What is wrong with it ------------------------------------------------------------------------------------------------


def faults_of(event: CaseEvent, procedure: Procedure, calendar: Calendar, at: datetime) -> list[Fault]:
    """Every reason why this dispute cannot go on here as told, all at once."""
    begun = rules.begin(procedure, calendar, at).case
    starting = rules.start(begun, event.start().model_copy(update={"stage": None}), event.reference, at).rejection
    general = [starting] if starting and starting.code not in {"incomplete", "start_not_allowed"} else []
    return [
        *(Fault(place_of(refused.field), refused.message) for refused in general),
        *(Fault(f"data.{key}", said) for key, said in _form_faults(event, procedure) if _given(event, key)),
        *(Fault("data.stage", "is said in `taken_over`; leave it out here") for _ in [0] if event.data.stage),
        *_stage_faults(event, procedure),
        *_date_faults(_told(event), calendar, london_date(at)),
        *_cap_faults(event, begun),
        *_answer_faults(event, procedure, at),
    ]


def _form_faults(event: CaseEvent, procedure: Procedure) -> list[forms.FaultAt]:
    return forms.faults(procedure, event.data.fields, "start", _told(event).stage)


def _given(event: CaseEvent, path: str) -> bool:
    """Whether something was said at a path of the form: then a fault is that it is wrong, not that it is missing."""
    value: object = event.data.fields
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value not in (None, "", [])


def _stage_faults(event: CaseEvent, procedure: Procedure) -> Iterator[Fault]:
    told, keys = _told(event), [stage.key for stage in procedure.ladder(_track(event, procedure))]
    named = [("stage", told.stage)]
    named += [(f"visits.{n}.stage", visit.stage) for n, visit in enumerate(told.visits)]
    named += [(f"answers.{n}.stage", answer.stage) for n, answer in enumerate(told.answers)]
    for where, key in named:
        if key not in keys:
            yield Fault(f"{WHERE}.{where}", f"this procedure has no stage {key}: its stages are {', '.join(keys)}")
        elif told.stage in keys and keys.index(key) > keys.index(told.stage):
            yield Fault(f"{WHERE}.{where}", f"{key} lies above {told.stage}, at which it stands")
    places = [keys.index(visit.stage) for visit in told.visits if visit.stage in keys]
    if places != sorted(set(places)) or told.stage in [visit.stage for visit in told.visits]:
        yield Fault(f"{WHERE}.visits", "are the stages before the present one, upwards, each once")


def _date_faults(told: TakenOver, calendar: Calendar, today: date) -> Iterator[Fault]:
    named = [("day_zero", told.day_zero), ("cap_day_zero", told.cap_day_zero)]
    named += [(f"visits.{n}.day_zero", visit.day_zero) for n, visit in enumerate(told.visits)]
    for where, day in named:
        if day and day > today:
            yield Fault(f"{WHERE}.{where}", f"{day} lies in the future")
        if day and day < calendar.first:
            yield Fault(f"{WHERE}.{where}", f"{day} is before {calendar.first}, where the calendar begins")
    days = [day for day in (*(visit.day_zero for visit in told.visits), told.day_zero) if day]
    if days != sorted(days):
        yield Fault(f"{WHERE}.visits", "go upwards: no stage began after the one above it")
    if told.cap_day_zero and told.cap_day_zero > told.day_zero:
        yield Fault(f"{WHERE}.cap_day_zero", f"{told.cap_day_zero} is after day_zero, {told.day_zero}")


def _cap_faults(event: CaseEvent, begun: Case) -> Iterator[Fault]:
    """The total time counts from the first stage that starts it; above that one its day 0 cannot be guessed."""
    told, ladder = _told(event), begun.procedure.ladder(_track(event, begun.procedure))
    begins = next((stage.key for stage in ladder if begun.starts_cap(stage)), None)
    keys = [stage.key for stage in ladder]
    if told.stage not in keys:
        return
    if begins is None or keys.index(told.stage) < keys.index(begins):
        if told.cap_day_zero:
            yield Fault(f"{WHERE}.cap_day_zero", f"no total time counts at {told.stage}; leave it out")
    elif told.cap_day_zero is None and told.stage != begins:
        yield Fault(f"{WHERE}.cap_day_zero", f"is needed: at {told.stage} the total time counts already")


def _answer_faults(event: CaseEvent, procedure: Procedure, at: datetime) -> Iterator[Fault]:
    told = _told(event)
    for n, answer in enumerate(told.answers):
        where = f"{WHERE}.answers.{n}"
        stage, began = procedure.stage(answer.stage, _track(event, procedure)), _day_zero(told, answer.stage)
        if answer.received_at > at:
            yield Fault(f"{where}.received_at", f"{answer.received_at.isoformat()} lies in the future")
        elif answer.received_at.year not in forms.YEARS:
            yield Fault(f"{where}.received_at", f"{answer.received_at.isoformat()} is no date that people mean")
        if began and london_date(answer.received_at) < began:
            yield Fault(f"{where}.received_at", f"is before {answer.stage} began on {began}")
        if stage and answer.by not in stage.addressee:
            yield Fault(f"{where}.by", f"{stage.title} asks {' or '.join(stage.addressee)} for an answer")
