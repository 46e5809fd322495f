"""Whether an escalation may start as asked, and where."""

from __future__ import annotations

from escalation import forms
from escalation.history import AlertTold, Raised
from escalation.messages import Start
from escalation.procedure import Procedure, Stage
from escalation.rules import ladder
from escalation.rules.page import Page, RefusedActError
from escalation.working_days import london_date


def start(page: Page, command: Start, reference: str) -> None:
    """The raiser opens the escalation at the stage asked for, or where the procedure begins."""
    procedure = page.case.procedure
    if page.case.visits:
        raise RefusedActError("already_started", "This escalation has already been started.")
    _check_raiser(procedure, command)
    stage = _first_stage(procedure, command)
    _check_form(procedure, command, stage)
    working_days = _working_days(page, stage, command.working_days)
    ladder.ensure_calendar(page, working_days)
    _advise(page, command, stage)
    page.write(
        Raised(
            at=page.at,
            by=command.by,
            name=command.name,
            stage=stage.key,
            reference=reference,
            subject=command.subject,
            track=_track(procedure, command),
            team=command.team,
            bypass_reason=command.bypass_reason,
            fields=command.fields,
            linked=command.linked,
            working_days=working_days,
        )
    )
    _told_by_voice(page, command, stage)


def _check_raiser(procedure: Procedure, command: Start) -> None:
    raiser = procedure.raiser
    if command.by not in {*raiser.roles, *raiser.may_also_raise}:
        who = " or ".join(procedure.role_title(role) for role in raiser.roles)
        raise RefusedActError("not_the_raiser", f"Only the {who} raises a concern under this procedure.", "by")
    if command.subject.kind not in procedure.subjects:
        kinds = ", ".join(procedure.subjects)
        raise RefusedActError(
            "subject_not_covered", f"This procedure covers {kinds}; not {command.subject.kind}.", "subject"
        )


def _track(procedure: Procedure, command: Start) -> str | None:
    if not procedure.tracks:
        return None
    track = command.track or procedure.tracks[0]
    if track not in procedure.tracks:
        raise RefusedActError("no_such_track", f"The ladders are {', '.join(procedure.tracks)}.", "track")
    return track


def _first_stage(procedure: Procedure, command: Start) -> Stage:
    track = _track(procedure, command)
    ladder = procedure.ladder(track)
    default = procedure.entry.default or ladder[0].key
    key = command.stage or default
    stage = procedure.stage(key, track)
    if stage is None:
        keys = ", ".join(stage.key for stage in ladder)
        raise RefusedActError("no_such_stage", f"This procedure has no stage {key}: its stages are {keys}.", "stage")
    allowed = procedure.entry.start_at
    if allowed is not None and key not in allowed:
        raise RefusedActError(
            "start_not_allowed", f"Under this procedure an escalation starts at {' or '.join(allowed)}.", "stage"
        )
    return stage


def _check_form(procedure: Procedure, command: Start, stage: Stage) -> None:
    faults = forms.faults(procedure, command.fields, "start", stage.key)
    if faults:
        raise RefusedActError("incomplete", " ".join(message for _, message in faults), faults[0][0])


def _advise(page: Page, command: Start, stage: Stage) -> None:
    procedure, entry = page.case.procedure, page.case.procedure.entry
    for code in forms.codes_in(command.fields.get("ground")):
        fitting = [other.key for other in procedure.stages if code in other.grounds]
        if fitting and stage.key not in fitting:
            page.warn(
                "ground_for_another_stage",
                f"The document lists the ground {code} for {', '.join(fitting)}, not {stage.key}.",
            )
    ladder = procedure.ladder(_track(procedure, command))
    default = entry.default or ladder[0].key
    reasons = entry.reasons_past_default
    given = command.fields | {"bypass_reason": command.bypass_reason}
    keys = [other.key for other in ladder]
    past = keys.index(stage.key) > keys.index(default)
    if past and reasons and not any(given.get(reason) for reason in reasons):
        page.warn(
            "started_past_first_stage",
            f"The procedure begins with {ladder[keys.index(default)].title}; "
            f"say why it starts at {stage.title} instead.",
        )


def _working_days(page: Page, stage: Stage, asked: int | None) -> int | None:
    """The time given for the first stage, working days (requirements SWK-A5, OXF-A2)."""
    own, may = stage.response.working_days, stage.response.raiser_may
    if asked is None or asked == own:
        return own
    if may == "nothing":
        given = f"{own} working days" if own else "no time of its own"
        page.warn("timescale_fixed", f"The procedure gives {stage.title} {given}; the raiser cannot change it.")
        return own
    if may == "shorten" and own and asked > own:
        page.warn("timescale_shortened", f"The procedure allows {stage.title} at most {own} working days.")
        return own
    return asked


def _told_by_voice(page: Page, command: Start, stage: Stage) -> None:
    """A concern put by telephone or in conversation starts the clock on the date that the raiser gives."""
    how = next(
        (str(command.fields.get(key)) for key, values in stage.spoken.items() if command.fields.get(key) in values),
        None,
    )
    if how:
        page.write(
            AlertTold(
                at=page.at, by=command.by, stage=stage.key, told_at=page.at, day_zero=london_date(page.at), how=how
            )
        )
