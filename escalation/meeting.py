"""What has a meeting before it: each case with what was decided of it, and the actions that are carried on?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from escalation.figures import Action, AgendaItem, Decision, Progress, Standing
from escalation.forms import codes_in, date_in
from escalation.past import Made
from escalation.procedure import Procedure, Report
from escalation.schema import Log
from escalation.working_days import london_date

AT_STAGE, REFERRED, DECIDED = "at_stage", "referred", "decided"
"""Why a case is on an agenda: where it stands, a referral, or only what was decided of it."""
Cases = dict[str | None, list[Decision]]


def agenda(
    procedure: Procedure,
    report: Report,
    standing: Mapping[str, Standing],
    recordings: Sequence[Made],
    since: date | None,
    held: tuple[date | None, date | None],
) -> list[AgendaItem]:
    """Case by case: open at the stages of the report, or referred from `since` on.

    `held`: from which date to which the meetings are that decide now, the same twice for the agenda of one date.
    """
    meeting, (first, last) = report.meeting, held
    if meeting is None:
        return []
    decided = _decisions(procedure, meeting.by, recordings)
    now = {case: [one for one in made if _within(one.held_on, first, last)] for case, made in decided.items()}
    listed = [key for key, one in standing.items() if one.stage in (report.open_at or [])]
    referred = [one.about for one in recordings if one.what == meeting.referred_by and _made(one, since, last)]
    cases: set[str | None] = {*listed, *referred, *(case for case, made in now.items() if made)}
    return [
        AgendaItem(
            reference=case,
            stage=standing[case].stage if case is not None and case in standing else None,
            open=case in standing,
            because=[why for why, of in ((AT_STAGE, listed), (REFERRED, referred)) if case in of] or [DECIDED],
            decided=now.get(case, []),
            decided_last_time=_last_time(decided.get(case, []), first),
        )
        for case in sorted(cases, key=lambda case: case or "")
    ]


def actions(report: Report, recordings: Sequence[Made], since: date | None, day: date | None) -> list[Action]:
    """Every action of the log that was logged by the date, and was not done before this report's time began."""
    if report.log is None:
        return []
    known = [_action(report.log, one, recordings, day) for one in recordings if one.what == report.log.opened_by]
    return [
        action
        for action in known
        if _within(action.logged_on, None, day) and not (since and action.done and action.reviews[-1].on < since)
    ]


def _action(log: Log, opened: Made, recordings: Iterable[Made], day: date | None) -> Action:
    """An action is known by its words: a review says them again (OXF-54)."""
    words = _words(opened)
    reviews = [
        Progress(on=london_date(one.at), progress=_text(one, "progress") or "", done=one.fields.get("done") is True)
        for one in recordings
        if one.what == log.reviewed_by and _words(one) == words and opened.at <= one.at and _made(one, None, day)
    ]
    return Action(
        text=_text(opened, "text") or "",
        owner=_text(opened, "owner"),
        arises_from=_text(opened, "arises_from"),
        logged_on=london_date(opened.at),
        reviews=reviews,
        done=bool(reviews) and reviews[-1].done,
    )


def _decisions(procedure: Procedure, by: str, recordings: Iterable[Made]) -> Cases:
    """Of each case, the oldest first."""
    found: Cases = {}
    for one in recordings:
        if one.what == by:
            found.setdefault(one.about, []).append(_decision(procedure, one))
    return {case: sorted(made, key=lambda decision: decision.held_on) for case, made in found.items()}


def _decision(procedure: Procedure, made: Made) -> Decision:
    return Decision(
        held_on=date_in(made.fields.get("held_on")) or london_date(made.at),
        decision=_text(made, "decision") or "",
        text=_text(made, "text"),
        attended=_attended(procedure, made),
        by=made.by,
    )


def _attended(procedure: Procedure, made: Made) -> list[str]:
    """By the labels of the form; what was written as words stands as it is."""
    said: Any = made.fields.get("attended")
    if not isinstance(said, dict):
        return codes_in(said)
    recording = procedure.recording(made.what)
    asked = [field for field in recording.fields if field.key == "attended"] if recording else []
    labels = {part.key: part.label for field in asked for part in field.fields}
    return [labels.get(str(key), str(key)) for key, was_there in said.items() if was_there is True]


def _last_time(decided: Sequence[Decision], before: date | None) -> list[Decision]:
    """Those of the newest meeting before a date."""
    earlier = [one for one in decided if before and one.held_on < before]
    return [one for one in earlier if one.held_on == earlier[-1].held_on]


def _words(made: Made) -> str:
    return " ".join((_text(made, "text") or "").casefold().split())


def _text(made: Made, field: str) -> str | None:
    """What a field says; several texts, as a form may have them, parted by a semicolon."""
    return "; ".join(codes_in(made.fields.get(field))) or None


def _made(one: Made, first: date | None, last: date | None) -> bool:
    return _within(london_date(one.at), first, last)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
