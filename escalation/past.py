"""What a report counts: disputes as their histories tell of them, and what people recorded beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from escalation.commands import WhatChanged
from escalation.forms import codes_in
from escalation.history import (
    BeyondCap,
    CafcassReferred,
    CapReached,
    Closed,
    Entry,
    FormCompleted,
    Held,
    Lapsed,
    LateResponse,
    LegalAdviceRequested,
    Raised,
    Responded,
    StageEntered,
    Withdrawn,
)  # fmt: skip
from escalation.past_promises import PastPromise, promises_in, what_changed
from escalation.working_days import london_date

TOLD_BY = frozenset({
    "raised", "taken_over", "advanced", "bypassed", "notice_ended", "form_completed", "responded", "late_response",
    "lapsed", "cap_reached", "beyond_cap", "held", "closed", "withdrawn", "cafcass_referred", "legal_advice_requested",
    "promised", "promise_due", "promise_kept", "promise_not_kept", "followed", "change_told",
})  # fmt: skip
"""The events of a history from which a `Past` is read; the others need not be fetched."""
NAMES = {"ref": "reference", "level": "stage", "stage_reached": "stage"}
"""What lists of disputes call things that are called otherwise here."""


class Past(BaseModel):
    """One dispute, open or closed, as it was at some instant.

    `fields` is what its form says, the codes of the taxonomies among it, `said_at` the stage at
    which each field was last filled in. `closed` without `closed_on`: on a date that
    nobody gave. `not_at_all` is what lapsed and was never answered. `beyond_total_time` is None where
    nothing tells. `left_ladder`: referred to CAFCASS, and no stage runs.
    `what_changed` is what the raiser said last, None where they never did. `follows`: the dispute in which a promise
    was not kept, because of which this one was begun.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: str
    process: str | None = None
    subject: str | None = None
    team: str | None = None
    raised_by: str | None = None
    raised_on: date | None = None
    closed: bool = False
    closed_on: date | None = None
    outcome: str | None = None
    stage: str = ""
    reached: tuple[str, ...] = ()
    fields: dict[str, Any] = {}
    said_at: dict[str, str] = {}
    in_time: dict[str, int] = {}
    late: dict[str, int] = {}
    lapsed: dict[str, int] = {}
    not_at_all: dict[str, int] = {}
    beyond_total_time: bool | None = None
    referred: bool = False
    left_ladder: bool = False
    legal_advice: bool = False
    promises: tuple[PastPromise, ...] = ()
    what_changed: WhatChanged | None = None
    follows: str | None = None

    @classmethod
    def read(cls, said: Mapping[str, Any], *, closed: bool = False) -> Self:
        """From a line of a list: `ref`, `stage` (or `level`, `stage_reached`), `outcome`, `closed_on`, `raised_on`,
        `team`, `raised_by`; every other key is a field of the form. `closed`: the list is one of closed disputes.

        Raises pydantic's ValidationError.
        """
        known = {NAMES.get(key, key): value for key, value in said.items() if value is not None}
        own = {key: known.pop(key) for key in list(known) if key in cls.model_fields and key != "fields"}
        stage = own.get("stage", "")
        ended = closed or "closed_on" in own or "outcome" in own
        given = {"reached": [stage] if stage else [], "closed": ended, "fields": known.pop("fields", {}) | known}
        return cls.model_validate(given | own)

    @classmethod
    def of(cls, history: Iterable[Entry], process: str | None = None) -> Self | None:
        """From a history, or from its first entries to tell how it was then; None where it is not yet raised.

        Only entries of TOLD_BY are looked at. `process`: where it is no dispute but another process.
        """
        entries = list(history)
        raised = next((entry for entry in entries if isinstance(entry, Raised)), None)
        if raised is None:
            return None
        visits = [entry for entry in entries if isinstance(entry, StageEntered)]
        stages = tuple(dict.fromkeys(visit.stage or "" for visit in visits))
        return cls(
            reference=raised.reference,
            process=process,
            subject=raised.subject.kind,
            team=raised.team,
            raised_by=raised.name or raised.by,
            raised_on=london_date(raised.at),
            stage=visits[-1].stage or "",
            reached=stages,
            **_form(entries),
            in_time=_by_stage(entries, Responded),
            late=_by_stage(entries, LateResponse),
            lapsed=_by_stage(entries, Lapsed),
            not_at_all=_never_answered(entries),
            beyond_total_time=any(_beyond(entry) for entry in entries),
            legal_advice=any(isinstance(entry, LegalAdviceRequested) for entry in entries),
            promises=promises_in(entries),
            what_changed=what_changed(entries),
            follows=raised.follows,
            **_referral(entries),
            **_ending(entries),
        )

    @property
    def days(self) -> int | None:
        """Calendar days from raising to closing."""
        return (self.closed_on - self.raised_on).days if self.closed_on and self.raised_on else None

    def was_open(self, day: date | None) -> bool:
        """At the end of a London date; None: as it is now."""
        if day is None:
            return not self.closed
        begun = self.raised_on is None or self.raised_on <= day
        return begun and (not self.closed or (self.closed_on is not None and self.closed_on > day))


class Made(BaseModel):
    """Something that people recorded, within a dispute or by itself: one of the procedure's recordings, `what`."""

    model_config = ConfigDict(frozen=True, extra="ignore", from_attributes=True)

    what: str
    at: datetime
    fields: dict[str, Any] = {}
    reference: str | None = None
    by: str | None = None

    @property
    def about(self) -> str | None:
        """The dispute that it is about, where it is about one; the form takes several texts as it takes one."""
        return self.reference or "; ".join(codes_in(self.fields.get("ref"))) or None


def _form(entries: Iterable[Entry]) -> dict[str, Any]:
    """What the form says in the end; a later entry adds to it, or says it anew."""
    said: dict[str, Any] = {}
    at: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry, StageEntered | FormCompleted):
            said |= entry.fields
            at |= dict.fromkeys(entry.fields, entry.stage or "")
    return {"fields": said, "said_at": at}


def _by_stage(entries: Iterable[Entry], kind: type[Entry]) -> dict[str, int]:
    return dict(Counter(entry.stage for entry in entries if isinstance(entry, kind) and entry.stage))


def _never_answered(entries: Iterable[Entry]) -> dict[str, int]:
    """Stays that lapsed and have not been answered since."""
    stay, lapses, answered = 0, dict[int, str](), set[int]()
    for entry in entries:
        if isinstance(entry, StageEntered):
            stay = entry.n
        elif isinstance(entry, Lapsed) and entry.stage:
            lapses[stay] = entry.stage
        elif isinstance(entry, Responded | LateResponse):
            answered.add(entry.visit)
    return dict(Counter(stage for visit, stage in lapses.items() if visit not in answered))


def _beyond(entry: Entry) -> bool:
    return isinstance(entry, CapReached | BeyondCap) or (isinstance(entry, Held) and entry.cap_reached)


def _referral(entries: Iterable[Entry]) -> dict[str, Any]:
    """A stage that is entered afterwards is on the ladder again."""
    turns = [entry for entry in entries if isinstance(entry, StageEntered | CafcassReferred)]
    referrals = [turn for turn in turns if isinstance(turn, CafcassReferred)]
    return {"referred": bool(referrals), "left_ladder": getattr(turns[-1], "leaves_ladder", False)}


def _ending(entries: Iterable[Entry]) -> dict[str, Any]:
    for entry in entries:
        if isinstance(entry, Closed):
            return {"closed": True, "closed_on": entry.date_concluded, "outcome": entry.outcome}
        if isinstance(entry, Withdrawn):
            return {"closed": True, "closed_on": london_date(entry.at), "outcome": "withdrawn"}
    return {}
