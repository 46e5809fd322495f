"""What does a history entry say, in whole sentences, for whoever reads the file years later?

An entry that stands in none of the tables here is told by its name and by everything that it says; a line in HEADLINES
words it better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escalation.case import Case
from escalation.filing.filled import OUTCOMES
from escalation.filing.said import said
from escalation.history import CaseNote, Entry, Recorded
from escalation.telling.vocabulary import NOTICES
from escalation.words import at, on

THEN = {
    "advance": "it goes on to the next stage",
    "ask": "the raiser decides what follows",
    "hold": "it is held for the raiser",
}
HELD = {
    "final_stage_lapsed": "the last stage did not answer in time",
    "final_stage_not_satisfied": "the answer of the last stage did not satisfy the raiser",
    "cap_reached": "the total time had ended",
}
BECAUSE = {"lapsed": "nobody had answered in time", "decided": "the raiser decided so"}


def told(case: Case, entry: Entry) -> list[str]:
    """A headline with who did it, and whatever else the entry says, a line for each thing.

    `case` is the escalation after the entry: its procedure has the titles.
    """
    headline = HEADLINES.get(entry.event, _by_name)(case, entry)
    quiet = NEVER | IN_THE_HEADLINE.get(entry.event, set())
    return [f"{headline}{_who(case, entry)}", *said(case, entry, quiet)]


def _who(case: Case, entry: Entry) -> str:
    if isinstance(entry, CaseNote):  # whose file it is for is said; nobody did anything yet
        return ""
    if not entry.by:
        return f", by {entry.name}" if entry.name else ""
    title = case.procedure.role_title(entry.by)
    behalf = f", on behalf of {case.procedure.role_title(entry.on_behalf_of)}" if entry.on_behalf_of else ""
    return f", by {entry.name} ({title}){behalf}" if entry.name else f", by {title}{behalf}"


def _by_name(_case: Case, entry: Entry) -> str:
    return entry.event.replace("_", " ").capitalize()


def _stage(case: Case, key: str | None) -> str:
    stage = case.procedure.stage(key or "", case.track)
    return stage.title if stage else (key or "the stage")


def _notice(name: str) -> str:
    return f"“{NOTICES.get(name, name.replace('_', ' '))}”"


def _recorded(case: Case, entry: Any) -> str:
    recording = case.procedure.recording(entry.what) if isinstance(entry, Recorded) else None
    return f"Recorded: {recording.title if recording else entry.called.replace('_', ' ')}"


def _decided(case: Case, entry: Any) -> str:
    to = f", to {_stage(case, entry.to)}" if entry.to else ""
    return f"Decided about {_stage(case, entry.stage)}: {entry.outcome.replace('_', ' ')}{to}"


def _failed(_case: Case, entry: Any) -> str:
    return f"Email {_notice(entry.notice)} {'came back' if entry.bounced else 'was refused'}"


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"


HEADLINES: dict[str, Callable[[Case, Any], str]] = {
    "calendar_pinned": lambda _, e: f"The closed days were fixed: {e.calendar.source}, revision {e.calendar.revision}",
    "raised": lambda case, e: f"Raised at {_stage(case, e.stage)}",
    "taken_over": lambda case, e: f"Taken over at {_stage(case, e.stage)}, as it stood in {e.source}",
    "advanced": lambda case, e: f"From {_stage(case, e.from_stage)} to {_stage(case, e.stage)}: {BECAUSE[e.because]}",
    "bypassed": lambda case, e: f"From {_stage(case, e.from_stage)} to {_stage(case, e.stage)}, as the raiser chose",
    "notice_given": lambda case, e: f"Notice of {_stage(case, e.stage)} given: {_days(e.working_days)} to settle it",
    "notice_ended": lambda case, e: f"The notice is over and {_stage(case, e.stage)} begins: {BECAUSE[e.because]}",
    "email_sent": lambda _, e: f"Email {_notice(e.notice)} was accepted by the mail server",
    "email_failed": _failed,
    "email_not_sent": lambda _, e: f"Email {_notice(e.notice)} was not sent: {e.why}",
    "alert_told": lambda case, e: f"The alert of {_stage(case, e.stage)} was given by hand on {at(e.told_at)}: {e.how}",
    "alert_not_accepted": lambda _, e: f"No mail server had taken the alert since {at(e.waiting_since)}: alarm",
    "responded": lambda case, e: f"{_stage(case, e.stage)} answered in time, received on {at(e.received_at)}",
    "late_response": lambda case, e: (
        f"{_stage(case, e.stage)} answered {_days(e.working_days_late)} late, received on {at(e.received_at)}"
    ),
    "silence_proven": lambda _, __: "After the deadline the inbox was read: it held no more that came in time",
    "lapsed": lambda case, e: f"{_stage(case, e.stage)}: nobody answered by {at(e.due)}; {THEN[e.then]}",
    "cap_reached": lambda _, e: f"The total time ended on {at(e.cap)}",
    "beyond_cap": lambda _, e: f"It goes on beyond the total time, which ends on {at(e.cap)}",
    "held": lambda _, e: f"On hold: {HELD[e.reason]}",
    "decided": _decided,
    "extension_requested": lambda _, e: f"{_days(e.working_days)} more were asked for",
    "extension_granted": lambda _, e: (
        f"{_days(e.working_days)} more were given: due {at(e.new_due)} instead of {at(e.old_due)}"
    ),
    "extension_refused": lambda _, __: "More time was refused",
    "reassigned": lambda case, e: f"Handed on to {case.procedure.role_title(e.to)}; the clock ran on",
    "form_completed": lambda _, __: "The form was completed",
    "cafcass_considered": lambda _, __: "A referral to CAFCASS is considered",
    "cafcass_referred": lambda _, e: "Referred to CAFCASS" + ("; no stage runs any more" if e.leaves_ladder else ""),
    "meeting_held": lambda _, e: "A meeting was held" + ("" if e.complete else ", without everybody who is named"),
    "manager_disagrees": lambda _, __: "The raiser's manager disagrees",
    "legal_advice_requested": lambda _, __: "Independent legal advice was asked for",
    "legal_advice_decided": lambda _, e: f"Legal advice was found {'' if e.necessary else 'not '}necessary",
    "recorded": _recorded,
    "task_opened": lambda case, e: f"To do, for {case.procedure.role_title(e.to)}: {e.what}",
    "task_done": lambda _, e: f"Done: {e.what}",
    "reminded": lambda _, e: f"Reminder {e.count} to the {e.whom} was called for",
    "action_set": lambda _, __: "An action was agreed",
    "covered": lambda case, e: (
        f"{case.procedure.role_title(e.cover)} covers for {case.procedure.role_title(e.absent)}"
    ),
    "noted": lambda _, __: "Noted",
    "case_note": lambda _, e: f"For {e.where}, under “{e.heading}”: the text stands under “Case notes”",
    "closed": lambda _, e: f"Closed: {OUTCOMES[e.outcome]}",
    "withdrawn": lambda _, __: "Withdrawn",
    "post_covered": lambda case, e: (
        f"{e.person} ({case.procedure.role_title(e.cover)}) was asked as cover for {case.procedure.role_title(e.role)}"
    ),
    "turn_passed": lambda case, e: f"{case.procedure.role_title(e.to)} may now act in the raiser's stead",
    "handed_over": lambda case, e: f"Handed over to {e.to_name} ({case.procedure.role_title(e.to)})",
    "out_of_office": lambda case, e: f"{e.person or case.procedure.role_title(e.role)} is away, as their mailbox says",
    "reply_received": lambda case, e: f"{e.person or case.procedure.role_title(e.role)} replied by email",
    "promised": lambda _, e: f"{'Promised anew' if e.corrects else 'Promised'} for {on(e.done_by)}",
    "promise_due": lambda _, __: "The day of what was promised has come: the raiser was asked whether it was done",
    "promise_kept": lambda _, e: f"What was promised for {on(e.done_by)} was done",
    "promise_not_kept": lambda _, e: f"What was promised for {on(e.done_by)} was not done",
    "offer_ended": lambda _, __: "An escalation about what was not done was offered, and nobody began it",
    "followed": lambda _, e: f"What was not done was raised anew, as {e.reference}",
    "change_asked": lambda _, __: "The raiser was asked again what changed",
    "change_told": lambda _, e: f"What changed: {e.changed.replace('_', ' ')}",
    "refused": lambda _, e: f"Refused: {e.do.replace('_', ' ')}",
}  # fmt: skip

NEVER = {"visit", "response_id", "mail_id", "entry", "part", "hand_over", "reference", "recorded_by_name"}
"""Numbers and ids by which programs find things; the appendix has each entry's hash."""
IN_THE_HEADLINE: dict[str, set[str]] = {
    "calendar_pinned": {"calendar"},
    "taken_over": {"source"},
    "advanced": {"from_stage", "because"},
    "bypassed": {"from_stage"},
    "notice_given": {"working_days"},
    "notice_ended": {"because"},
    "email_sent": {"notice", "to", "cc"},
    "email_failed": {"notice", "bounced"},
    "email_not_sent": {"notice", "why"},
    "alert_told": {"told_at", "how"},
    "alert_not_accepted": {"waiting_since"},
    "responded": {"received_at"},
    "late_response": {"received_at", "working_days_late"},
    "lapsed": {"due", "then"},
    "cap_reached": {"cap"},
    "beyond_cap": {"cap"},
    "held": {"reason", "cap_reached"},
    "decided": {"outcome", "to"},
    "extension_requested": {"working_days"},
    "extension_granted": {"working_days", "new_due", "old_due"},
    "reassigned": {"to"},
    "cafcass_referred": {"leaves_ladder"},
    "meeting_held": {"complete"},
    "legal_advice_decided": {"necessary"},
    "recorded": {"what", "called"},
    "task_opened": {"to", "what", "key"},
    "task_done": {"task", "what"},
    "reminded": {"whom", "count"},
    "covered": {"absent", "cover"},
    "case_note": {"where", "heading", "form", "text"},
    "closed": {"outcome"},
    "post_covered": {"role", "cover", "person"},
    "turn_passed": {"to"},
    "handed_over": {"to", "to_name"},
    "out_of_office": {"person", "role", "asked_here"},
    "reply_received": {"person", "role"},
    "promised": {"done_by", "response", "corrects"},
    "promise_kept": {"done_by"},
    "promise_not_kept": {"done_by"},
    "change_told": {"changed"},
    "refused": {"do", "code", "field"},
}
