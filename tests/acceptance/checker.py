"""Does a transcript hold what its scenario expects? One small function for each type of expectation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

Said = dict[str, Any]
CHECKS: dict[str, Callable[[Transcript, Said], str | None]] = {}
RAISERS = {"iro", "fciro", "irm", "cp_irm", "irm_manager", "independent_chair", "independent_conference_chair"}
"""They may have a copy of anything."""
SMALL = {"the", "and", "for", "with", "from", "that", "this"}


class Transcript:
    def __init__(self, document: Said) -> None:
        self.steps: dict[str, Said] = {step["id"]: step for step in document["steps"]}

    def state(self, step: str) -> Said:
        return self.steps[step]["state"] or {}

    def state_before(self, step: str) -> Said | None:
        order = list(self.steps)
        at = order.index(step)
        return self.steps[order[at - 1]]["state"] if at else None


def fallen_short(expectations: Iterable[Said], transcript: Said, variant: str | None = None) -> dict[str, str]:
    """`s2 email`, `s2 email (2)`: what is wrong; nothing where all is as expected.

    An expectation that names a variant is for the transcript of that one; the others are for all of them.
    """
    told, faults, seen = Transcript(transcript), {}, Counter[str]()
    for expected in (e for e in expectations if e.get("variant") in {None, variant}):
        key = f"{expected['after']} {expected['type']}"
        seen[key] += 1
        fault = CHECKS[expected["type"]](told, expected)
        if fault:
            faults[key if seen[key] == 1 else f"{key} ({seen[key]})"] = fault
    return faults


def check(kind: Callable[[Transcript, Said], str | None]) -> Callable[[Transcript, Said], str | None]:
    CHECKS[kind.__name__] = kind
    return kind


def day(instant: str | None) -> str | None:
    """The date that an instant ends; midnight ends the date before it."""
    return (datetime.fromisoformat(instant) - timedelta(microseconds=1)).date().isoformat() if instant else None


@check
def due(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    got = state.get("timers", {}).get(e["stage"]) or (state.get("due") if state.get("stage") == e["stage"] else None)
    if got is None or day(got) != e["date"]:
        return f"due {got}, expected {e['date']}"
    allowed = {datetime.fromisoformat(e[key]) for key in ("at_17h", "at_midnight") if e.get(key)}
    if datetime.fromisoformat(got) not in allowed:
        return f"due at {got}, expected one of {sorted(allowed)}"
    if bool(state.get("clipped_to_cap")) != bool(e.get("clipped_to_cap")):  # a clock without an escalation says neither
        return f"clipped to the cap: {state.get('clipped_to_cap')}"
    if e.get("beyond_cap") and not state["beyond_cap"]:
        return "not said to be beyond the cap"
    return None if e.get("clipped_to_cap") else _other_days(t, e, e["stage"])


@check
def cap(t: Transcript, e: Said) -> str | None:
    got = t.state(e["after"]).get("cap")
    return f"cap {got}, expected {e['date']}" if day(got) != e["date"] else _other_days(t, e, "total time")


def _other_days(t: Transcript, e: Said, clock: str) -> str | None:
    """The explanation counts the very days that were counted by hand; after an extension, from the old deadline."""
    wanted = e.get("count", {}).get("days", [])
    why = t.steps[e["after"]]["why"] or {"counts": []}
    counted = [
        each["date"]
        for count in why["counts"]
        if count["clock"] == clock
        for each in count["days"]
        if each["counts_as"]
    ]
    return f"{clock} counts {counted}, by hand {wanted}" if counted[len(counted) - len(wanted) :] != wanted else None


@check
def no_due(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    running = state.get("timers", {}).get(e["stage"]) or (state.get("stage") == e["stage"] and state.get("due"))
    return f"{e['stage']} has the deadline {running}" if running else None


@check
def stage(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    got = (state.get("stage"), state.get("status"))
    return f"{got}" if got != (e["stage"], e["status"]) else None


@check
def hold(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    got = (state.get("status"), state.get("on_hold"), state.get("cap_reached"))
    return f"{got}" if got != ("unresolved_hold", e["reason"], e["cap_reached"]) else None


@check
def closed(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    wanted = {"outcome": e["outcome"], "date_concluded": e["date_concluded"]}
    return f"{state.get('closed')}" if (state.get("status"), state.get("closed")) != ("closed", wanted) else None


@check
def not_closed(t: Transcript, e: Said) -> str | None:
    return "it was closed" if t.state(e["after"]).get("closed") else None


@check
def unchanged(t: Transcript, e: Said) -> str | None:
    before, now = t.state_before(e["after"]), t.state(e["after"])
    if before and before.get(e["what"]) != now.get(e["what"]):
        return f"{e['what']} went from {before.get(e['what'])} to {now.get(e['what'])}"
    return None


@check
def email(t: Transcript, e: Said) -> str | None:
    return (
        "; ".join(_email_faults([m for m in t.steps[e["after"]]["emails"] if m["trigger"] == e["trigger"]], e)) or None
    )


def _email_faults(mails: list[Said], e: Said) -> Iterator[str]:
    """Everybody named is reached; an alert goes to its addressee first, and to nobody else, and to nobody twice."""
    mine = mails if e["trigger"] == "alert" else [m for m in mails if {*m["to"], *m["cc"]} & {*e["to"], *e["cc"]}]
    to, cc = {role for m in mine for role in m["to"]}, {role for m in mine for role in m["cc"]}
    if missing := {*e["to"], *e["cc"]} - to - cc:
        yield f"{e['trigger']} did not reach {sorted(missing)}"
    yield from (fault for m in mine for fault in _wording_faults(m, e))
    if e["trigger"] != "alert" or not mine:
        return
    if mine[0]["to"][:1] != e["to"][:1] or to - RAISERS != set(e["to"]) or cc - RAISERS != set(e["cc"]):
        yield f"to {sorted(to)}, copies to {sorted(cc)}"
    reached = Counter(role for m in mine for role in [*m["to"], *m["cc"]])
    if twice := [role for role, times in reached.items() if times > 1]:
        yield f"reached {twice} more than once"


def _wording_faults(mail: Said, e: Said) -> Iterator[str]:
    if not mail["subject"].startswith(e.get("subject_starts", "")):
        yield f"the subject is {mail['subject']!r}"
    yield from (f"the body lacks {text!r}" for text in e.get("body_has", []) if text not in mail["body"])
    if not re.search(e.get("suggests", ""), mail["body"], re.IGNORECASE | re.DOTALL):
        yield f"the body does not suggest {e['suggests']!r}"
    if e.get("date") and day(mail["at"]) != e["date"]:
        yield f"sent on {mail['at']}"
    for key in ("channel", "sent_for", "address"):
        if e.get(key) and mail[key] != e[key]:
            yield f"{key} is {mail[key]!r}, not {e[key]!r}"


@check
def no_email(t: Transcript, e: Said) -> str | None:
    mails = [
        m["trigger"]
        for m in t.steps[e["after"]]["emails"]
        if e["to"] in [*m["to"], *m["cc"]] and e.get("trigger") in {None, m["trigger"]}
    ]
    return f"{mails} reached {e['to']}" if mails else None


@check
def record(t: Transcript, e: Said) -> str | None:
    records = t.steps[e["after"]]["records"]
    return None if any(_is_record(each, e) for each in records) else f"no record {e['heading']} in {records}"


def _is_record(filed: Said, e: Said) -> bool:
    same = filed["heading"].lower() == e["heading"].lower()
    called = same or (not e.get("exact") and _alike(e["heading"], f"{filed['heading']} {filed['text']}"))
    formed = e.get("format") in {None, filed["format"]}
    return called and formed and _alike(e["where"], filed["where"]) and e.get("has", "") in str(filed["text"])


@check
def no_record(t: Transcript, e: Said) -> str | None:
    made = any(each["heading"] == e["heading"] for each in t.steps[e["after"]]["records"])
    return f"{e['heading']} was filed" if made else None


@check
def task(t: Transcript, e: Said) -> str | None:
    tasks = t.steps[e["after"]]["tasks"]
    found = any(each["for"] == e["to"] and _alike(e["what"], each["what"]) for each in tasks)
    return None if found else f"tasks {tasks}"


def _alike(wanted: str, got: str) -> bool:
    """Half of the words or more: what people are told is prose."""
    want, have = ({w for w in re.findall(r"[a-z0-9]+", s.lower()) if len(w) > 2} - SMALL for s in (wanted, got))
    return len(want & have) * 2 >= len(want)


@check
def history(t: Transcript, e: Said) -> str | None:
    return None if _in_history(t, e) else f"no entry {e}"


@check
def no_history(t: Transcript, e: Said) -> str | None:
    return f"there is an entry {e}" if _in_history(t, e) else None


def _in_history(t: Transcript, e: Said) -> bool:
    wanted = {key: value for key, value in e.items() if key not in {"after", "type", "variant"}}
    entries = [entry["details"] | entry for entry in t.steps[e["after"]]["history"]]
    return any(all(entry.get(key) == value for key, value in wanted.items()) for entry in entries)


@check
def history_order(t: Transcript, e: Said) -> str | None:
    left = iter([entry["event"] for entry in t.steps[e["after"]]["history"]])
    return None if all(event in left for event in e["events"]) else f"not in the order {e['events']}"


@check
def rejected(t: Transcript, e: Said) -> str | None:
    step = t.steps[e["after"]]
    if step["accepted"] or not step["rejection"]["message"]:
        return "accepted, or refused without a reason"
    field = str(step["rejection"]["field"]).rpartition(".")[2]
    return f"field {field}" if e.get("field") not in {None, field} else None


@check
def warned(t: Transcript, e: Said) -> str | None:
    step = t.steps[e["after"]]
    return None if step["accepted"] and _advice(step, e) else f"accepted {step['accepted']}, {step['warnings']}"


@check
def not_warned(t: Transcript, e: Said) -> str | None:
    step = t.steps[e["after"]]
    return f"accepted {step['accepted']}, {_advice(step, e)}" if not step["accepted"] or _advice(step, e) else None


def _advice(step: Said, e: Said) -> list[Said]:
    said = [(warning, f"{warning['code']} {warning['message']}") for warning in step["warnings"]]
    return [warning for warning, words in said if re.search(e.get("mentions", ""), words, re.IGNORECASE)]


@check
def not_offered(t: Transcript, e: Said) -> str | None:
    return f"{e['action']} is offered" if e["action"] in t.state(e["after"])["offered"] else None


@check
def no_timer(t: Transcript, e: Said) -> str | None:
    state = t.state(e["after"])
    running = {**state.get("timers", {}), "due": state.get("due")}
    return f"{running} runs" if any(running.values()) else None


@check
def no_escalation(t: Transcript, e: Said) -> str | None:
    return "an escalation was started" if t.state(e["after"]).get("stage") else None


@check
def form_field(t: Transcript, e: Said) -> str | None:
    form = t.steps[e["after"]]["form"] or {}
    return f"{e['field']} is {form.get(e['field'])!r}" if str(form.get(e["field"])) != e["value"] else None


@check
def no_form(t: Transcript, e: Said) -> str | None:
    return "there is a form" if t.steps[e["after"]]["form"] else None


@check
def report(t: Transcript, e: Said) -> str | None:
    got = t.steps[e["after"]]["report"] or {}
    wanted = {key: value for key, value in e.items() if key not in {"after", "type", "variant"}}
    wrong = {key: got.get(key) for key, value in wanted.items() if not _same(value, got.get(key))}
    return f"{wrong}, not {wanted}" if wrong else None


def _same(wanted: Any, got: Any) -> bool:
    """Lists in any order; what is counted not once is not counted."""
    match wanted:
        case dict():
            return isinstance(got, dict) and wanted == {key: value for key, value in got.items() if value}
        case list():
            return isinstance(got, list) and sorted(map(str, wanted)) == sorted(map(str, got))
    return bool(wanted == got)
