"""Who is to hear what, read anew from the procedures' files and the documents: it shares no code with the product.

requirements section 2 (who is copied), G-A7 to G-A10 (hold, cap, late answers), SWK-22 and SWK-30, LEI-08, HLC-15,
OXF-20; of what no document says: a raiser hears of each answer and lapse, quality assurance of what failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.delivery.standing import Doc, Standing

OVERALL: list[Doc] = [
    {"notice": "response_received", "on": "responded", "to": ["raiser"]},
    {"notice": "late_response", "on": "late_response", "to": ["raiser"]},
    {"notice": "extension_requested", "on": "extension_requested", "to": ["raiser"]},
    {"notice": "extension_granted", "on": "extension_granted", "to": ["addressee"]},
    {"notice": "extension_refused", "on": "extension_refused", "to": ["addressee"]},
]


@dataclass(frozen=True)
class Call:
    """One notice that an entry calls for. `to` and `cc` are roles; `asked` those of whom it wants an answer."""

    entry: int
    notice: str
    stage: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    part: str = "all"
    sent_for: str | None = None
    asked: tuple[str, ...] = ()
    asks: bool = False
    stand_ins: bool = False
    again: bool = False
    may_say: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str, str, str | None]:
        return self.entry, self.notice, self.part, self.sent_for

    @property
    def reaches(self) -> list[str]:
        """The roles to which this task of it is delivered: an alert is two tasks."""
        everyone = [*self.to, *self.cc]
        if self.part == "addressee":
            return [role for role in everyone if role in self.asked]
        return [role for role in everyone if self.part == "all" or role not in self.asked]


def calls(now: Standing, entry: Any) -> list[Call]:
    """What one entry calls for; two notices of one name are one."""
    if entry.event == "taken_over" or not now.stays:
        return []
    found: dict[tuple[Any, ...], Call] = {}
    for call in (*_alerts(now, entry), *_listed(now, entry), *_natural(now, entry)):
        known = found.get(call.key)
        found[call.key] = _merged(known, call) if known else call
    return [call for call in found.values() if call.reaches]


def _merged(one: Call, other: Call) -> Call:
    to = _once([*one.to, *other.to])
    return replace(one, to=to, cc=tuple(role for role in _once([*one.cc, *other.cc]) if role not in to))


def _call(now: Standing, entry: Any, notice: str, to: Iterable[str], cc: Iterable[str] = (), **more: Any) -> Call:
    readers = _once(to)
    copies = tuple(role for role in _once(cc) if role not in readers)
    return Call(entry.n, notice, entry.stage or now.stay.stage, readers, copies, **more)


# What asks for an answer ----------------------------------------------------------------------------------------------


def _alerts(now: Standing, entry: Any) -> Iterator[Call]:
    stage, asked = now.stage(None), tuple(now.stay.addressees)
    named = stage.get("notice", "alert")
    if now.stay.notice_period and stage.get("notice_period"):
        named = stage["notice_period"].get("notice", "notice_given")
    wants: dict[str, Any] = {"asked": asked, "asks": True, "may_say": tuple(stage.get("says", []))}
    match entry.event:
        case "raised" | "advanced" | "bypassed" | "notice_ended" if not now.stay.notice_period:
            to = [*asked, *stage.get("also_to", [])]
            cc = [*stage.get("copy_to", []), *_conditional_copies(now, entry, stage)]
            yield _call(now, entry, named, to, cc, part="addressee", **wants)
            yield _call(now, entry, named, to, cc, part="copies", **wants)
        case "notice_given" if stage.get("notice_period"):
            yield _call(now, entry, named, asked, part="addressee", **wants)
        case "email_failed" if entry.stops_clock:
            yield _call(now, entry, named, asked, part="addressee", **wants)
        case "out_of_office" if entry.asked_here:
            only = wants | {"asked": asked, "stand_ins": True}
            yield replace(_call(now, entry, named, asked, part="addressee", **only), to=(entry.role,))
        case "alert_not_accepted" if not now.on_its_way:  # nobody could be asked: whoever has been appointed since
            yield _call(now, entry, named, asked, part="addressee", again=True, **wants)
        case "alert_told" if entry.at > now.stay.entered_at:  # with the dates that run, and the way to answer
            yield _call(now, entry, named, asked, part="addressee", again=True, **wants)
        case "reassigned":
            yield _call(now, entry, "reassigned", [entry.to], [now.raiser], asked=(entry.to,), asks=True)


def _conditional_copies(now: Standing, entry: Any, stage: Doc) -> list[str]:
    return [role for copy in stage.get("copies", []) if _holds(now, entry, copy["when"]) for role in copy["to"]]


# What a procedure lists -----------------------------------------------------------------------------------------------


def _listed(now: Standing, entry: Any) -> Iterator[Call]:
    words = _words(entry)
    own = now.stage(entry.stage if _is_known(now, entry.stage) else None).get("notices", [])
    rules = [rule for rule in [*OVERALL, *now.doc.get("notices", []), *own] if words & _set(rule["on"])]
    if entry.event == "recorded":
        recordings = now.doc.get("recordings", [])
        rules += [rule for each in recordings if each["do"] == entry.what for rule in each.get("notices", [])]
    for rule in rules:
        if _holds(now, entry, rule.get("when", {})):
            to, cc = _parts(now, entry, rule["to"]), _parts(now, entry, rule.get("cc", []))
            yield _call(now, entry, rule["notice"], to, cc, sent_for=rule.get("sent_for"))


def _is_known(now: Standing, key: str | None) -> bool:
    return any(stage["key"] == key for stage in now.ladder())


def _words(entry: Any) -> set[str]:
    """What a procedure calls an entry."""
    begins = getattr(entry, "notice_working_days", None) is None
    match entry.event:
        case "raised":
            return {"raised", "entered"} if begins else {"raised"}
        case "advanced" | "bypassed" | "notice_ended":
            return {"entered"} if begins else set()
        case "lapsed":
            return set() if entry.then == "hold" else {"lapsed"}
        case "decided" if entry.outcome in {"satisfied", "not_satisfied"}:
            return {entry.outcome}
        case "recorded":
            return {entry.called}
        case "alert_told":
            return {"alerted"}
        case "email_sent" if entry.starts_clock:
            return {"alerted"}
    return {entry.event}


def _parts(now: Standing, entry: Any, named: list[str]) -> list[str]:
    following = now.after(now.stay.stage)
    parts = {
        "raiser": [now.raiser],
        "line_manager": [now.doc["raiser"]["line_manager"]],
        "addressee": now.stay.addressees,
        "next_addressee": following[0]["addressee"] if following else [],
        "asked": [role for stay in now.stays for role in stay.addressees],
        "responder": [entry.by] if entry.event in {"responded", "late_response"} else [],
    }
    return [role for name in named for role in parts.get(name, [name])]


def _holds(now: Standing, entry: Any, when: Doc) -> bool:
    act = getattr(entry, "fields", None) or {}
    because = "decided" if entry.event == "notice_ended" else getattr(entry, "because", None)
    stage = entry.stage or now.stay.stage

    def is_true(fact: str) -> bool:
        return (act[fact] if fact in act else now.says(fact)) is True

    def says_one_of(key: str, values: list[Any]) -> bool:
        said = act[key] if key in act else now.fields.get(key)
        given = said if isinstance(said, list) else [said]
        codes = {each.get("code") if isinstance(each, dict) else each for each in given} - {None}
        return bool(codes & set(values)) if values else bool(codes)

    return all(
        (
            "subject" not in when or now.subject.kind in when["subject"],
            "track" not in when or now.track in when["track"],
            "flag" not in when or is_true(when["flag"]),
            "unless" not in when or not is_true(when["unless"]),
            "given" not in when or all(says_one_of(key, values) for key, values in when["given"].items()),
            "stages" not in when or stage in when["stages"],
            "started_here" not in when or when["started_here"] == (now.stays[0].stage == stage),
            "because" not in when or because == when["because"],
            "outcome" not in when or getattr(entry, "outcome", None) in when["outcome"],
            "state" not in when or (when["state"] == "late") == (entry.event == "late_response"),
        )
    )


# What follows from the nature of the thing ----------------------------------------------------------------------------


def _natural(now: Standing, entry: Any) -> Iterator[Call]:
    doc, raiser = now.doc, now.raiser
    manager, quality = doc["raiser"]["line_manager"], doc["quality_assurance"]
    match entry.event:
        case "lapsed" if entry.then != "hold":
            yield _call(now, entry, "overdue", [raiser])
        case "held":
            yield _call(now, entry, "held", [raiser, manager, *(now.stay.addressees if entry.cap_reached else [])])
        case "reminded" if entry.whom == "addressee":
            asked = now.stay.addressees
            copy = [raiser] if doc.get("reminders", {}).get("raiser_too") else []
            yield _call(now, entry, "reminder", asked, copy, asked=tuple(asked), asks=True)
        case "reminded":
            yield _call(now, entry, "decision_reminder", [raiser, *([now.passed_to] if now.passed_to else [])])
        case "closed" | "withdrawn":
            yield _ended(now, entry)
        case "email_failed" if entry.notice != "delivery_failed":
            yield _call(now, entry, "delivery_failed", [quality, "operations", raiser])
        case "noted" if entry.by in now.stay.addressees:
            yield _call(now, entry, "noted", [raiser])
        case "alert_not_accepted":
            yield _call(now, entry, "alert_not_accepted", ["operations", raiser])
        case "post_covered":
            yield _call(now, entry, "post_covered", [quality, "operations", raiser])
        case _:
            yield from _about_people(now, entry)


def _about_people(now: Standing, entry: Any) -> Iterator[Call]:
    match entry.event:
        case "turn_passed":
            yield _call(now, entry, "turn_passed", [entry.to], [now.raiser])
        case "handed_over":
            yield _call(now, entry, "handed_over", [now.raiser])
        case "out_of_office" if entry.asked_here:
            yield _call(now, entry, "out_of_office", [now.raiser])
        case "reply_received" if entry.notice != "reply_received":  # else two machines could answer each other for ever
            yield _call(now, entry, "reply_received", ["operations" if entry.role == now.raiser else now.raiser])


def _ended(now: Standing, entry: Any) -> Call:
    """Whoever still has the matter before them is told that nothing more is asked (G-A10)."""
    stage = now.stage(entry.stage)
    if entry.event == "closed" and entry.outcome == "resolved":
        told = {role for rule in stage.get("notices", []) if "satisfied" in _set(rule["on"]) for role in rule["to"]}
        readers = [] if now.stay.in_time else [role for role in now.stay.addressees if role not in told]
        return _call(now, entry, "closed", readers)
    return _call(now, entry, entry.event, _parts(now, entry, ["asked"]), stage.get("copy_to", []))


def _once(roles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(roles))


def _set(on: Any) -> set[str]:
    return {on} if isinstance(on, str) else set(on)
