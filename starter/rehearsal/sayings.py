"""What an act in an escalation says: as the step words it, and with valid values for what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from escalation import linked
from escalation.case import Case
from escalation.forms import is_given
from escalation.procedure import Advised, Needed, Procedure
from escalation.wire import Fields
from escalation.working_days import london_date
from starter.rehearsal.filling import Filling
from starter.rehearsal.scenario import Step

Said = dict[str, Any]


def completed(step: Step, said: Said, case: Case) -> Said:
    """`said` with everything that this act needs beside it."""
    complete = COMPLETIONS.get(step.do)
    return complete(step, said, case) if complete else said


def for_cafcass(procedure: Procedure, said: Said, filling: Filling) -> Said:
    """The checklist, what the procedure asks of a referral, and good practice, which counts as done."""
    rule = procedure.cafcass
    if rule is None:
        return said
    complete = filling.fields(rule.asks, said) | _done(rule.advised, said)
    answers = {check.key: check.must_be for check in rule.checklist}
    given = said.get("checklist", {})
    return complete | ({"checklist": answers | given} if answers and isinstance(given, dict) else {})


def _respond(step: Step, said: Said, case: Case) -> Said:
    asked = _filling(step, case, said.get("stage")).for_act("respond", said)
    usual = {"response_id": step.id, "received_at": step.at, "text": said.get("content") or ""}
    return usual | asked | {"stage": said.get("stage") or case.visit.stage}


def _record_response(step: Step, said: Said, case: Case) -> Said:
    """`by` may name who answered; the raiser then records it."""
    visit = case.latest_visit(said.get("stage") or case.visit.stage) or case.visit
    asked, by = case.addressees(visit), step.said.get("by")
    answered = by if by in asked else asked[0]
    recorder = case.raiser if by in {None, answered} else by
    usual = {"response_id": step.id, "received_at": step.at, "how": "by telephone", "answered_by": answered}
    return usual | {"text": said.get("content") or ""} | said | {"by": recorder, "stage": visit.stage}


def _record_told(step: Step, said: Said, _: Case) -> Said:
    return {"told_at": step.at, "how": "by telephone"} | said


def _decide(step: Step, said: Said, case: Case) -> Said:
    """Satisfied closes; every other decision goes to a stage, and says what that stage asks."""
    if said.get("outcome") == "satisfied":
        return _what_changed(case) | _filling(step, case).for_act("decide", said)
    return _moving(step, said, case, _target(said, case))


def _target(said: Said, case: Case) -> str | None:
    if said.get("to"):
        return str(said["to"])
    if said.get("outcome") == "go_formal":
        return case.procedure.first_formal(case.track).key
    return case.next_stage.key if case.next_stage else None


def _bypass(step: Step, said: Said, case: Case) -> Said:
    return _moving(step, said, case, said.get("to"))


def _notice(step: Step, said: Said, case: Case) -> Said:
    stage = said.get("stage") or (case.next_stage.key if case.next_stage else None)
    return _moving(step, {"stage": stage} | said, case, stage)


def _complete_form(step: Step, said: Said, case: Case) -> Said:
    return _moving(step, said, case, case.visit.stage)


def _moving(step: Step, said: Said, case: Case, stage: str | None) -> Said:
    """What the stage asks and the form does not say yet."""
    if stage is None:
        return said
    known = {key: value for key, value in case.fields.items() if is_given(value)}
    complete = _filling(step, case, stage).for_act("start", known | said)
    return {key: value for key, value in complete.items() if key in said or key not in known}


def _ended(step: Step, said: Said, case: Case) -> Said:
    """An end without a resolution has a reason."""
    usual = {"reason": "Rehearsed"} | ({"outcome": "unresolved"} if step.do == "close" else {})
    reason = (usual | said)["reason"]
    stated = {"outcome_text": reason} | _what_changed(case) if step.do == "close" else {}
    return _filling(step, case).for_act("close", usual | stated | said)


def _what_changed(case: Case) -> Said:
    """Good practice that is asked for and not mentioned counts as done; a process is not asked."""
    return {} if case.procedure.process else {"what_changed": "changed"}


def _more_time(_: Step, said: Said, case: Case) -> Said:
    return {"working_days": case.visit.extension_asked or 5} | said


def _cafcass(step: Step, said: Said, case: Case) -> Said:
    return for_cafcass(case.procedure, said, _filling(step, case))


def _hold_meeting(_: Step, said: Said, case: Case) -> Said:
    meeting = case.procedure.cafcass.meeting if case.procedure.cafcass else None
    return {"attendees": meeting.attendees if meeting else []} | said


def _request_legal_advice(_: Step, said: Said, case: Case) -> Said:
    """A conflict of interest needs another firm; one that the step says nothing of is on the panel."""
    rule = case.procedure.legal_advice
    if rule is None:
        return said
    apart = said.get("conflict_of_interest") is True
    panel = {rule.provider.panel_field: True} if rule.provider else {}
    other = {"firm": "Another firm (rehearsed)"} | panel if apart else {}
    return other | said | _done(rule.needs, said) | _done(rule.advised, said)


def _decide_legal_advice(_: Step, said: Said, __: Case) -> Said:
    """What is necessary is appointed."""
    usual = {"necessary": True} | said
    return ({"provider": "A firm (rehearsed)"} if usual["necessary"] else {}) | usual


def _cover(_: Step, said: Said, case: Case) -> Said:
    return {"absent": case.raised_by, "cover": case.procedure.raiser.line_manager} | said


def _answer_promise(_: Step, said: Said, __: Case) -> Said:
    return {"done": True} | said


def _tell_change(_: Step, said: Said, __: Case) -> Said:
    return {"changed": "changed"} | said


def _follow(_: Step, said: Said, case: Case) -> Said:
    """Which escalation follows; a `start` with `follows` opens it."""
    offered = case.follow_ups.offered
    return {"promise": offered[0].n if offered else 0, "reference": linked.reference_of(case, 2)} | said


def _done(duties: Sequence[Advised | Needed], said: Said) -> Fields:
    return {duty.field: True for duty in duties if duty.field not in said}


def _filling(step: Step, case: Case, stage: str | None = None) -> Filling:
    return Filling(case.procedure, stage or case.visit.stage, london_date(step.at), case.track)


COMPLETIONS: dict[str, Callable[[Step, Said, Case], Said]] = {
    "respond": _respond,
    "record_response": _record_response,
    "record_told": _record_told,
    "decide": _decide,
    "bypass": _bypass,
    "notice": _notice,
    "complete_form": _complete_form,
    "close": _ended,
    "withdraw": _ended,
    "request_extension": _more_time,
    "grant_extension": _more_time,
    "consider_cafcass": _cafcass,
    "refer_cafcass": _cafcass,
    "hold_meeting": _hold_meeting,
    "request_legal_advice": _request_legal_advice,
    "decide_legal_advice": _decide_legal_advice,
    "cover": _cover,
    "answer_promise": _answer_promise,
    "tell_change": _tell_change,
    "follow": _follow,
}
