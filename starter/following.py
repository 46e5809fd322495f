"""How is a linked escalation begun because a promise was not kept? The one that promised says which it is, once.

The reference is claimed for the promise; then the old escalation decides: its entry `followed` names it before
anything begins. So of two who begin one at the same instant one is refused, whatever ends early is finished by doing it
again, and in between nothing else can take the reference that the old one has named.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from activities.calendar import Calendars
from escalation import forms, linked, rules
from escalation.case import Case
from escalation.follow_up import Promise
from escalation.history import Raised
from escalation.messages import AnswerPromise, Command, Follow, Start
from escalation.opening import Opening, Receipt
from escalation.procedure import Procedure
from escalation.rules import Advisory, Rejection
from escalation.summary import summary_of
from escalation.wire import Fields, Message, Reference
from register.store import Register
from starter.starting import rule_opening
from workflows import workflow_id

Act = Callable[[str, Command, str], Awaitable[Receipt]]
"""Does one act in an escalation, under an id."""
Begin = Callable[[Opening], Awaitable[bool]]
"""Starts an escalation; False where it runs already or has ended."""
MOST, LONGEST = 99, 40
"""Linked escalations of one name, and characters of a reference."""


class Wanted(Message):
    """What the raiser asks for: because of which promise, at which stage, and what the form says anew."""

    by: str | None = None
    name: str | None = None
    promise: int | None = None
    stage: str | None = None
    addressee: str | None = None
    working_days: int | None = None
    notice_working_days: int | None = None
    override_reason: str | None = None
    reason: str | None = None
    fields: Fields = {}


class Followed(BaseModel):
    """What became of it. `rejections` are every reason why it was refused, of the old escalation and the new."""

    result: Literal["begun", "already_begun", "refused"]
    reference: Reference | None = None
    escalation: str | None = None
    follows: Reference
    promise: int | None = None
    warnings: list[Advisory] = []
    rejections: list[Rejection] = []


@dataclass(frozen=True)
class Foreseen:
    """A linked escalation that has not begun."""

    case: Case
    rejections: list[Rejection]


@dataclass(frozen=True)
class Beginning:
    """What a linked escalation is begun with."""

    register: Register
    calendars: Calendars
    act: Act
    begin: Begin

    async def follow(self, case: Case, procedure: Procedure, wanted: Wanted, at: datetime) -> Followed:
        """Begin it, or say that it was begun. `case` is the old one as the register has it, `procedure` today's.

        A promise of which nobody has said whether it was kept is said not to be: that is why another one follows.
        """
        found = _promise(case, wanted)
        if isinstance(found, Rejection):
            return Followed(result="refused", follows=case.reference, rejections=[found])
        told = Followed(result="refused", follows=case.reference, promise=found.n)
        opening = _opening(case, procedure, wanted, found, at)
        if found.followed_by is None:
            faults = [*_old_faults(case, found, wanted, at), *self._new_faults(opening, at)]
            said = faults or await self._say(case, found, wanted, opening, at)
            if not isinstance(said, str):
                return told.model_copy(update={"rejections": said})
            found = found.model_copy(update={"followed_by": said})
        reference = found.followed_by or ""
        return await self._begun(told, opening.model_copy(update={"reference": reference}), at)

    async def _begun(self, told: Followed, opening: Opening, at: datetime) -> Followed:
        """The old one has said which it is: begin it, unless it was begun before."""
        escalation = workflow_id(opening.procedure.key, opening.reference)
        told = told.model_copy(update={"reference": opening.reference, "escalation": escalation})
        if await asyncio.to_thread(self._began, opening):
            return told.model_copy(update={"result": "already_begun"})
        if faults := self._new_faults(opening, at):
            return told.model_copy(update={"rejections": faults})
        ruled = rule_opening(opening, self.calendars, at)
        if not await asyncio.to_thread(self._claim, opening, ruled.case):
            return told.model_copy(update={"rejections": [_taken(opening.reference)]})
        new = await self.begin(opening)
        result = "begun" if new else "already_begun"
        return told.model_copy(update={"result": result, "warnings": list(ruled.warnings)})

    def _new_faults(self, opening: Opening, at: datetime) -> list[Rejection]:
        return _faults_of(opening, rule_opening(opening, self.calendars, at).rejection)

    async def _say(
        self, case: Case, promise: Promise, wanted: Wanted, opening: Opening, at: datetime
    ) -> str | list[Rejection]:
        """The old escalation says that the promise was not kept, and which one follows; it may know of one already."""
        old, who = workflow_id(case.procedure.key, case.reference), {"by": wanted.by, "name": wanted.name}
        broken = AnswerPromise(**who, promise=promise.n, done=False)
        this = f"{promise.n}-{case.n}"  # a refusal is an entry: what is asked after it is another act
        if promise.kept is None and (said := await self.act(old, broken, f"not-kept-{this}")).rejection:
            return [said.rejection]
        stage = opening.start.stage if opening.start else None
        new = rule_opening(opening, self.calendars, at).case
        for reference in _references(case):
            opened = opening.model_copy(update={"reference": reference})
            if not await asyncio.to_thread(self._claim_free, opened, new):
                continue
            follow = Follow(**who, promise=promise.n, reference=reference, at_stage=stage)
            receipt = await self.act(old, follow, f"follow-{this}-{reference}")
            if receipt.rejection is None:
                return reference
            if receipt.rejection.code != "reference_taken":
                return [receipt.rejection]
        return [_none_is_free(case)]

    def _began(self, opening: Opening) -> bool:
        """Whether what has the reference follows this very promise."""
        row, start = self.register.find(opening.reference), opening.start
        if start is None or not (row and row.n):
            return False
        told = self.register.history(opening.reference)
        because = (start.follows, start.follows_promise)
        return any(isinstance(one, Raised) and (one.follows, one.follows_promise) == because for one in told)

    def _claim_free(self, opening: Opening, case: Case) -> bool:
        """Under the reference of a draft that very draft will start."""
        return self.register.drafts.find(opening.reference) is None and self._claim(opening, case)

    def _claim(self, opening: Opening, case: Case) -> bool:
        """Claimed by the same promise before, it may not have begun: what it is begun with may be said anew."""
        start = opening.start or Start(subject=case.subject)
        digest = hashlib.sha256(f"{start.follows}\n{start.follows_promise}".encode()).hexdigest()
        summary = summary_of(case).model_copy(update={"n": 0, "reference": opening.reference})
        self.register.keep_procedure(opening.procedure)
        escalation = workflow_id(opening.procedure.key, opening.reference)
        return self.register.claim_reference(opening.reference, escalation, digest, summary) != "different"


def _references(case: Case) -> list[str]:
    """What may follow it may be called, in order."""
    names = (linked.reference_of(case, number) for number in range(2, MOST + 1))
    return [name for name in names if len(name) <= LONGEST]


def foresee(
    case: Case, promise: Promise, procedure: Procedure, wanted: Wanted, calendars: Calendars, at: datetime
) -> Foreseen:
    """What the new one would be, or every reason of its own procedure why it cannot; nothing is done."""
    opening = _opening(case, procedure, wanted, promise, at)
    ruled = rule_opening(opening, calendars, at)
    return Foreseen(ruled.case, _faults_of(opening, ruled.rejection))


def _opening(case: Case, procedure: Procedure, wanted: Wanted, promise: Promise, at: datetime) -> Opening:
    """Under the procedure as it is today; the old one keeps the one that it began under.

    Begun in the raiser's stead it is the raiser's all the same: the old one says who did so.
    """
    under = procedure.opened(case.procedure.process) if case.procedure.process else procedure
    said = wanted.model_dump(exclude={"promise", "fields"}, exclude_none=True)
    if wanted.by not in {None, *under.raiser.roles, *under.raiser.may_also_raise}:
        said |= {"by": case.raised_by, "name": case.raised_by_name}
    start = linked.start_of(case, promise, fields=wanted.fields, **said)
    return Opening.model_construct(reference=linked.reference_of(case, 2), procedure=under, start=start, raised_at=at)


def _promise(case: Case, wanted: Wanted) -> Promise | Rejection:
    """The one that is named, else the only one that may be meant."""
    now = case.follow_ups
    if wanted.promise is not None:
        named = now.promise(wanted.promise)
        there_are = ", ".join(str(promise.n) for promise in now.promises) or "none"
        message = f"There is no promise {wanted.promise}; there are: {there_are}."
        return named or Rejection(code="no_such_promise", message=message, field="promise")
    followed = [promise for promise in now.promises if promise.followed_by]
    meant = now.offered or [promise for promise in now.unanswered if promise.asked] or now.unanswered or followed
    if len(meant) == 1:
        return meant[0]
    numbers = ", ".join(str(promise.n) for promise in meant)
    said = f"Say which promise was not kept: {numbers}." if meant else "Nothing was promised that was not kept."
    return Rejection(code="which_promise" if meant else "no_such_promise", message=said, field="promise")


def _old_faults(case: Case, promise: Promise, wanted: Wanted, at: datetime) -> list[Rejection]:
    """What the old escalation would refuse; nothing is done."""
    who = {"by": wanted.by, "name": wanted.name, "promise": promise.n}
    if promise.kept is None:
        said = rules.rule(case, AnswerPromise.model_validate(who | {"done": False}), at)
        if said.rejection:
            return [said.rejection]
        case = said.case
    follow = Follow.model_validate(who | {"reference": linked.reference_of(case, 2)})
    refused = rules.rule(case, follow, at).rejection
    return [refused] if refused and refused.code != "reference_taken" else []


def _faults_of(opening: Opening, rejection: Rejection | None) -> list[Rejection]:
    """What the procedure refuses of the new one; of its form, every field at once."""
    if rejection is None:
        return []
    start, procedure = opening.start, opening.procedure
    if rejection.code != "incomplete" or start is None:
        return [rejection]
    track = start.track or next(iter(procedure.tracks), None)
    stage = start.stage or procedure.entry.default or procedure.ladder(track)[0].key
    found: list[tuple[str, str]] = forms.faults(procedure, start.fields, "start", stage)
    return [Rejection(code="incomplete", message=message, field=f"fields.{field}") for field, message in found]


def _none_is_free(case: Case) -> Rejection:
    return Rejection(
        code="no_reference",
        message=f"No reference after {case.reference} is free, or it would be longer than {LONGEST} characters. "
        "Start a new escalation with a reference of its own.",
    )


def _taken(reference: str) -> Rejection:
    message = f"{reference} was taken by another escalation in the meantime. Tell operations."
    return Rejection(code="reference_taken", message=message)
