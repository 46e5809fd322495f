"""Whether an escalation may start as asked, and where."""

from __future__ import annotations

from datetime import date
from typing import Any

from escalation import forms
from escalation.history import AlertTold, Raised
from escalation.messages import Start
from escalation.procedure import SUBJECTS, Procedure, Stage
from escalation.rules import advice, cafcass, entering, ladder
from escalation.rules.page import CalledFor, Page, RefusedActError
from escalation.working_days import london_date


def start(page: Page, command: Start, reference: str) -> None:
    """The raiser opens the escalation at the stage asked for, or where the procedure begins."""
    procedure = page.case.procedure
    if page.case.visits:
        raise RefusedActError("already_started", "This escalation has already been started.")
    track = _track(procedure, command)
    stage = _first_stage(procedure, command, track)
    who = _who_raises(procedure, command, stage)
    _check_set_apart(procedure, command)
    concurrent = command.fields.get(cafcass.CONCURRENT) is True
    if concurrent:
        cafcass.check_concurrent(procedure, command, stage, track)
    terms = _terms(page, command, stage)
    advice.on_start(page, command, stage, track)
    page.write(
        Raised(
            at=page.at,
            stage=stage.key,
            reference=reference,
            subject=command.subject,
            track=track,
            team=command.team,
            bypass_reason=command.bypass_reason,
            override_reason=command.override_reason,
            agency=command.agency,
            contacts=command.contacts,
            linked=command.linked,
            follows=command.follows,
            follows_promise=command.follows_promise,
            notice_working_days=command.notice_working_days,
            **who,
            **terms | {"fields": command.fields},
        )
    )
    if command.notice_working_days:
        ladder.say_notice(page, command.notice_working_days)
    else:
        _told_by_voice(page, command, stage)
    if concurrent:
        cafcass.refer_at_once(page, command, who)


def _terms(page: Page, command: Start, stage: Stage) -> dict[str, Any]:
    """Who must answer and by when; that a reason is given to begin further up may spare a field (HLC-04)."""
    given = command.fields | ({"bypass_reason": command.bypass_reason} if command.bypass_reason else {})
    terms = entering.terms(page, stage, given=given, addressee=command.addressee, working_days=command.working_days)
    ladder.check_notice(stage, command.notice_working_days)
    ladder.ensure_calendar(page, (terms["working_days"] or 0) + (command.notice_working_days or 0))
    return terms


def _who_raises(procedure: Procedure, command: Start, stage: Stage) -> dict[str, Any]:
    """Who raises it, and for whom: a stage may let somebody else act for the raiser, who stays responsible."""
    raiser, kind = procedure.raiser, command.subject.kind
    if kind not in procedure.subjects:
        kinds = ", or ".join(SUBJECTS[each] for each in procedure.subjects)
        raise RefusedActError("subject_not_covered", f"This procedure is for {kinds}; not {SUBJECTS[kind]}.", "subject")
    if command.by in {*raiser.roles, *raiser.may_also_raise}:
        return {"by": command.by, "name": command.name}
    if command.by in stage.raised_also_by:
        return {"by": command.by, "name": command.name, "on_behalf_of": raiser.roles[0]}
    who = " or ".join(procedure.role_title(role) for role in raiser.roles)
    raise RefusedActError("not_the_raiser", f"Only the {who} raises a concern under this procedure.", "by")


def _track(procedure: Procedure, command: Start) -> str | None:
    if not procedure.tracks:
        return None
    track = command.track or procedure.tracks[0]
    if track not in procedure.tracks:
        raise RefusedActError("no_such_track", f"The ladders are {', '.join(procedure.tracks)}.", "track")
    return track


def _first_stage(procedure: Procedure, command: Start, track: str | None) -> Stage:
    ladder_now = procedure.ladder(track)
    forced = _forced(procedure, command)
    key = command.stage or forced or procedure.entry.default or ladder_now[0].key
    stage = procedure.stage(key, track)
    if stage is None:
        keys = ", ".join(stage.key for stage in ladder_now)
        raise RefusedActError("no_such_stage", f"This procedure has no stage {key}: its stages are {keys}.", "stage")
    allowed = procedure.entry.start_at
    if allowed is not None and key not in allowed:
        raise RefusedActError(
            "start_not_allowed", f"Under this procedure an escalation starts at {' or '.join(allowed)}.", "stage"
        )
    if forced and procedure.place(key, track) < procedure.place(forced, track):
        raise RefusedActError("start_too_low", f"A case like this starts at {forced} or above, not at {key}.", "stage")
    return stage


def _forced(procedure: Procedure, command: Start) -> str | None:
    """Where a fact of the case says that it starts (OXF-27)."""
    flags = {forced.flag: forced.start_at for forced in procedure.entry.forced}
    return next((stage for flag, stage in flags.items() if command.fields.get(flag) is True), None)


def _check_set_apart(procedure: Procedure, command: Start) -> None:
    """Some issues go another way, to somebody who tracks them; the raiser may insist, with a reason (OXF-28)."""
    apart = procedure.entry.set_apart
    if apart is None or not set(forms.codes_in(command.fields.get(apart.field))) & set(apart.codes):
        return
    if apart.may_override and command.override_reason:
        return
    way_out = " To escalate it all the same, give the reason (override_reason)." if apart.may_override else ""
    task = CalledFor(to=apart.to, what=apart.what)
    raise RefusedActError("set_apart", f"{apart.message}{way_out}", apart.field, [task])


def _told_by_voice(page: Page, command: Start, stage: Stage) -> None:
    """A concern put by telephone or in conversation starts the clock on the date that the raiser gives."""
    said = [(forms.value_at(command.fields, path), values) for path, values in stage.spoken.items()]
    how = next((str(value) for value, values in said if value in values), None)
    if how:
        day = _spoken_on(page, command, stage)
        page.write(AlertTold(at=page.at, by=command.by, stage=stage.key, told_at=page.at, day_zero=day, how=how))


def _spoken_on(page: Page, command: Start, stage: Stage) -> date:
    """The date that the raiser gives; today where they give none."""
    today, path = london_date(page.at), stage.spoken_on
    day = forms.date_in(forms.value_at(command.fields, path)) if path else None
    if day and day > today:
        raise RefusedActError("in_the_future", "It cannot have been said in the future.", path)
    return day or today
