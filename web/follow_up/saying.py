"""What did the raiser fill in, is it complete, and which acts does it come to?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from escalation.commands import WhatChanged
from escalation.follow_up import Promise
from escalation.messages import AnswerPromise, Command, RecordPromise, TellChange
from escalation.working_days import london_date
from web.follow_up.desk import Inquiry
from web.reply import bodies
from web.reply.bodies import MOST_REASON
from web.reply.refusing import FaultAt
from web.reply.saying import clean, date_faults, day_in

DONE = {
    "yes": "Yes, it was done",
    "no": "No, and I may want to escalate it",
    "no_further": "No, and I do not want to escalate it",
    "put_off": "Not yet: another date was agreed",
}
CHANGED = {
    "changed": "Something changed",
    "not_changed": "Nothing changed",
    "too_early": "It is too early to say",
}
Values = Mapping[str, str]
HOW = "on the page"


@dataclass(frozen=True)
class Act:
    """One act, and the field of the form that a fault of it belongs to."""

    command: Command
    field: str
    act_id: str


def faults(asked: Inquiry, values: Values) -> list[FaultAt]:
    """Every fault of the form at once."""
    found = bodies.id_faults(values, "act_id")
    if values.get("act") != "answer":
        found.append(("main", "Press the button to record your answer."))
    return [*found, *(_of_promises(asked, values) if asked.about_promises else _of_change(asked, values))]


def _of_promises(asked: Inquiry, values: Values) -> Iterator[FaultAt]:
    if not any(values.get(f"done-{promise.n}") for promise in asked.waiting):
        first = asked.waiting[0].n
        yield f"done-{first}", "Say whether it was done." if len(asked.waiting) == 1 else "Answer at least one of them."
    for promise in asked.waiting:
        n, said = promise.n, values.get(f"done-{promise.n}", "")
        if said and said not in DONE:
            yield f"done-{n}", "Choose one of the answers."
        yield from _too_long(f"text-{n}", values)
        when = clean(values.get(f"when-{n}", ""))
        if said == "put_off" and not when:
            yield f"when-{n}", "Say which date was agreed."
        elif said == "put_off":
            yield from date_faults(f"when-{n}", "that was agreed", when, london_date(asked.now))
        elif when:
            yield f"when-{n}", "Leave the date out, or choose that another date was agreed."
        elif not said and clean(values.get(f"text-{n}", "")):
            yield f"done-{n}", "Say whether it was done."


def _of_change(asked: Inquiry, values: Values) -> Iterator[FaultAt]:
    said, when = values.get("changed", ""), clean(values.get("when", ""))
    if said not in CHANGED:
        yield "changed", "Choose what changed."
    yield from _too_long("text", values)
    if said == "too_early" and when:
        tomorrow = london_date(asked.now) + timedelta(days=1)
        if (day := day_in(when)) and day < tomorrow:
            yield "when", "The date on which you are asked again must be after today."
        else:
            yield from date_faults("when", "on which you are asked again", when, london_date(asked.now))
    elif when and said in CHANGED:
        yield "when", "Leave the date out, or choose that it is too early to say."


def _too_long(field: str, values: Values) -> Iterator[FaultAt]:
    if len(values.get(field, "")) > MOST_REASON:
        yield field, f"What you write may have {MOST_REASON} characters."


def acts(asked: Inquiry, values: Values, *, by: str, name: str) -> list[Act]:
    """What a form without faults comes to."""
    who = {"by": by, "name": name}
    if not asked.about_promises:
        told = TellChange(
            **who,
            changed=cast(WhatChanged, values["changed"]),
            text=clean(values.get("text", "")),
            ask_again_on=day_in(clean(values.get("when", ""))),
        )
        return [Act(told, "changed", f"{told.do}-{values['act_id']}")]
    return [_of_one(promise, values, who) for promise in asked.waiting if values.get(f"done-{promise.n}")]


def _of_one(promise: Promise, values: Values, who: dict[str, Any]) -> Act:
    n, said = promise.n, values[f"done-{promise.n}"]
    common = who | {"promise": n, "text": clean(values.get(f"text-{n}", ""))}
    if said == "put_off":
        dated = RecordPromise(**common, done_by=day_in(clean(values[f"when-{n}"])), how=HOW)
        return Act(dated, f"when-{n}", f"{dated.do}-{values['act_id']}-{n}")
    answered = AnswerPromise(**common, done=said == "yes")
    return Act(answered, f"done-{n}", f"{answered.do}-{values['act_id']}-{n}")
