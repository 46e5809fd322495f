"""How escalations are told on a terminal: in words, one line for one thing that happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from escalation.delivery import EmailStatus
from escalation.explain import Count, Explanation
from escalation.forms import date_in
from escalation.procedure import Procedure
from escalation.state import EntryView, State
from escalation.words import at, on

QUIET = {"calendar_pinned", "silence_proven"}
"""Entries that matter for proof, not for the story."""
ENDED = {"closed", "withdrawn"}
LONGEST = 300
"""Characters of what somebody wrote."""
THEN = {"advance": "it goes on to the next stage", "ask": "the raiser decides", "hold": "it is held for the raiser"}


def stands(status: str) -> str:
    """In words that fit every procedure: not everywhere is it an IRO who decides."""
    return {"awaiting_iro_decision": "awaiting a decision"}.get(status, _words(status))


def state_lines(state: State, procedure: Procedure) -> Iterator[str]:
    """Where it stands, whose turn, until when. Roles by their titles, and by the keys that commands take."""
    stage = f"stage {state.stage}" if state.stage else "not at a stage"
    yield f"{state.reference} ({state.procedure}): {stage}, {stands(state.status)}"
    if state.closed:
        day = date_in(state.closed.date_concluded)
        yield f"  {_words(state.closed.outcome)}" + (f" on {on(day)}" if day else "")
    if state.waiting_for:
        yield f"  waiting for {_role(procedure, state.waiting_for)}" + (f" until {at(state.due)}" if state.due else "")
    for name, ends in state.timers.items():
        yield f"  {_words(name)} ends {at(ends)}"
    if state.on_hold:
        yield f"  on hold: {_words(state.on_hold)}"
    yield from (f"  {line}" for line in _to_follow(state, procedure))
    if state.cap:
        yield f"  total time ends {at(state.cap)}" + (" (this is what binds)" if state.clipped_to_cap else "")


def _role(procedure: Procedure, role: str) -> str:
    """Foster Carer IRO (fcro)"""
    return f"{procedure.role_title(role)} ({role})"


def _to_follow(state: State, procedure: Procedure) -> Iterator[str]:
    """What outlives the close, one line for each."""
    for each in state.follow_ups:
        day = on(each.on) if each.on else ""
        who = f" by {_role(procedure, each.by)}" if each.by else ""
        match each.what:
            case "promise" if each.asked:
                yield f"was promise {each.promise} kept? promised{who} for {day}: answer_promise"
            case "promise":
                yield f"promise {each.promise}{who}, asked about on {day}"
            case "offer":
                yield f"promise {each.promise}{who} for {day} was not kept: `twentydays follow` begins another"
            case "change" if each.asked:
                yield "what changed? tell_change"
            case "change":
                yield f"what changed, asked again on {day}"


def history_lines(entries: Iterable[EntryView]) -> Iterator[str]:
    """One line an entry."""
    for entry in entries:
        if entry.event not in QUIET:
            yield f"  {entry.at:%d %b %Y %H:%M}  {_entry(entry)}"


def _entry(entry: EntryView) -> str:
    who = f" by {entry.by}" if entry.by else ""
    behalf = f" on behalf of {entry.on_behalf_of}" if entry.on_behalf_of else ""
    stage = f" {entry.stage}" if entry.stage else ""
    return f"{_words(entry.event)}{stage}{who}{behalf}{_said(entry)}"


def _said(entry: EntryView) -> str:
    said = entry.details
    match entry.event:
        case "email_sent":
            reached = ", ".join(delivery["role"] for delivery in said["delivered"])
            clock = f"; day 0 is {on(datetime.fromisoformat(said['day_zero']).date())}" if said["starts_clock"] else ""
            return f": {_words(said['notice'])} to {reached}{clock}"
        case "email_failed":
            return f": {_words(said['notice'])}: " + "; ".join(f"{f['role']}: {f['reason']}" for f in said["failed"])
        case "email_not_sent":
            return f": {_words(said['notice'])}. {said['why']}"
        case "lapsed":
            return f": nobody answered by {at(datetime.fromisoformat(said['due']))}; {THEN[said['then']]}"
        case "taken_over":
            return f" as it stood in {said['source']}"
        case "advanced" | "bypassed":
            return f" from {said['from_stage']}"
        case "case_note":
            return f": “{said['heading']}” in {said['where']}"
        case "task_opened":
            return f" for {said['to']}: {said['what']}"
        case "task_done":
            return f": {said['what']}"
        case "extension_granted":
            return f": {said['working_days']} working days, now due {at(datetime.fromisoformat(said['new_due']))}"
        case "refused":
            return f": {said['do']}. {said['message']}"
    if told := _promised(entry.event, said) or _of_people(entry.event, said):
        return told
    written = (str(said[key]) for key in ("outcome", "reason", "outcome_text", "text", "whom") if said.get(key))
    words = [_in_short(text) for text in written]
    return f": {'; '.join(words)}" if words else ""


INSTEAD = {
    "vacant": "nobody holds it",
    "conflict": "it is their own concern",
    "silent": "whoever stands in let a stage lapse",
    "refused": "no mail reaches them",
}
PASSED = {"not_taken": "nobody has taken it", "leave": "the raiser is on leave"}


def _of_people(event: str, said: dict[str, Any]) -> str | None:
    """Who is asked, told or has the turn instead of whom; None of any other entry."""
    why = f": {_in_short(str(said['reason']))}" if said.get("reason") else ""
    match event:
        case "post_covered":
            return (
                f": {said['person']} ({said['cover']}) for {said['role']}, as {INSTEAD.get(said['why'], said['why'])}"
            )
        case "turn_passed":
            return f" to {said['to']}, as {PASSED[said['because']]}"
        case "reassigned":
            return f" to {said['to']}{why}"
        case "handed_over":
            sender = f" from {said['from_name']}" if said.get("from_name") else ""
            return f"{sender} to {said['to_name']} ({said['to']}){why}"
        case "out_of_office":
            return f": {said.get('person') or said['role']} ({said['role']}) is away"
    return None


def _promised(event: str, said: dict[str, Any]) -> str | None:
    """What outlives the close; None of any other entry."""
    match event:
        case "raised" if said.get("follows"):
            return f": it follows {said['follows']}, because of promise {said.get('follows_promise', '')}"
        case "promised":
            moved = f"promise {said['corrects']}, now " if said.get("corrects") else ""
            return f": {moved}by {_day(said['done_by'])}{_text(said)}"
        case "promise_kept" | "promise_not_kept":
            return f": promise {said['promise']}, by {_day(said['done_by'])}{_text(said)}"
        case "promise_due" | "offer_ended":
            return f": promise {', '.join(str(n) for n in said['promises'])}"
        case "followed":
            return f" by {said['reference']}, because of promise {said['promise']}"
        case "change_told":
            again = f", asked again on {_day(said['ask_again_on'])}" if said.get("ask_again_on") else ""
            return f": {_words(said['changed'])}{again}{_text(said)}"
    return None


def _day(text: str) -> str:
    return on(date.fromisoformat(text))


def _text(said: dict[str, Any]) -> str:
    return f"; {_in_short(said['text'])}" if said.get("text") else ""


def _in_short(text: str) -> str:
    """On one line, without what would turn or overwrite the line; `--json` gives the whole."""
    line = "".join(each for each in " ".join(text.split()) if each.isprintable())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()}… (cut here)"


def email_lines(procedure: Procedure, emails: Iterable[EmailStatus]) -> Iterator[str]:
    """What became of each email, one line for each person, or for a role that still waits."""
    for email in emails:
        title = procedure.role_title
        who = f"{email.person} ({title(email.role)})" if email.person else title(email.role)
        behalf = f" for the {title(email.sent_for)}" if email.sent_for else ""
        stage = f" {email.stage}" if email.stage else ""
        yield f"  {_words(email.notice)}{stage}{behalf} to {who}: {_became(email)}{_cover(procedure, email)}"


def _became(email: EmailStatus) -> str:
    why = f": {email.why}" if email.why else ""
    match email.status:
        case "waiting":
            return f"waiting since {at(email.at)}"
        case "accepted":
            return f"accepted on {at(email.at)}"
        case "came_back":
            return f"came back on {at(email.at)}{why}"
        case "refused":
            return f"refused on {at(email.at)}{why}"
        case "not_sent":
            return f"not sent{why}"


def _cover(procedure: Procedure, email: EmailStatus) -> str:
    return f", to the {procedure.role_title(email.cover)} as cover" if email.cover else ""


def paper_lines(procedure: Procedure, state: State) -> Iterator[str]:
    """What can be had of it on paper, by which command."""
    kinds = ["form"] if procedure.forms else []
    kinds += ["case-note", *([] if state.status not in ENDED else ["outcome"]), "case-file"]
    yield f"Documents: twentydays export {'|'.join(kinds)} {state.reference}"


def why_lines(explanation: Explanation) -> Iterator[str]:
    """Every day from day 0 to each deadline: counted, or skipped and why."""
    for count in explanation.counts:
        yield f"{count.clock}: {count.rule}: due {at(count.due)}"
        yield from _day_lines(count)
    if explanation.binds:
        yield f"What binds: {explanation.binds}"
    if explanation.why_not_running:
        yield explanation.why_not_running
    yield f"Counted by: {explanation.calendar}"


def _day_lines(count: Count) -> Iterator[str]:
    for day in count.days:
        yield f"  {on(day.date):<28} " + (f"day {day.counts_as}" if day.counts_as else f"not counted: {day.skipped}")


def _words(code: str) -> str:
    return code.replace("_", " ")
