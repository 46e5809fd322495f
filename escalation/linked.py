"""The escalation that follows a promise which was not kept: what its start says, and what it is called."""

from __future__ import annotations

import re
from typing import Any

from escalation.case import Case
from escalation.follow_up import Promise
from escalation.forms import is_given, merged, value_at
from escalation.messages import Start
from escalation.wire import Fields
from escalation.words import on

NUMBERED = re.compile(r"-\d{1,3}$")
LONGEST = 20_000
"""Characters of a text; what stood there before gives way."""


def reference_of(case: Case, number: int) -> str:
    """SWK-2026-0001-2, and of the one that follows that SWK-2026-0001-3: the first stays what all are called by."""
    first = NUMBERED.sub("", case.reference) if case.follows else case.reference
    return f"{first}-{number}"


def start_of(
    case: Case, promise: Promise, *, fields: Fields | None = None, reason: str | None = None, **said: Any
) -> Start:
    """The old form as it stands, with the broken promise as the ground; `fields` go on top of it.

    A stage beyond the one where the procedure begins has its reason with it; the raiser's own `reason` stands after it.
    """
    ground = _ground(case, promise) + (f"\n\n{reason}" if reason else "")
    form = merged(_grounded(case, ground), fields or {})
    return Start(
        **said,
        subject=case.subject,
        track=case.track,
        team=case.team,
        agency=case.agency,
        contacts=case.contacts,
        bypass_reason=ground[:LONGEST],
        fields={key: value for key, value in form.items() if key != "bypass_reason"},
        follows=case.reference,
        follows_promise=promise.n,
    )


def _grounded(case: Case, ground: str) -> Fields:
    """The form with the ground before the concern, where the procedure says which field holds that."""
    path = case.procedure.question.concern
    before = value_at(case.fields, path) if path else None
    if not path or (is_given(before) and not isinstance(before, str)):
        return case.fields
    text = ground + (f"\n\n{before}" if before else "")
    return merged(case.fields, _at(path.split("."), text[:LONGEST]))


def _at(path: list[str], value: Any) -> dict[str, Any]:
    first, *rest = path
    return {first: _at(rest, value) if rest else value}


def _ground(case: Case, promise: Promise) -> str:
    who = f"the {case.procedure.role_title(promise.by)}" if promise.by else "a manager"
    what = promise.action or promise.text
    words = f": {what.rstrip('.')}" if what else ""
    return f"What {who} promised for {on(promise.done_by)} was not done ({case.reference}){words}."[:LONGEST]
