"""What was promised for a date: noted from an answer or by hand, done or not, followed by another escalation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from escalation import duties
from escalation.case import Case
from escalation.follow_up import Promise
from escalation.history import Followed, LateResponse, Promised, PromiseKept, PromiseNotKept, Responded
from escalation.messages import AnswerPromise, Follow, RecordPromise
from escalation.rules.acting import as_raiser, ensure_lives, following_up
from escalation.rules.page import Page, RefusedActError
from escalation.words import on
from escalation.working_days import london_date

MOST_DAYS = 731
"""Two years: what is promised for a later date is more likely a slip of the pen."""

WENT_ON = "That it was not done was said while this escalation was open, which went further by itself."


def fault_of(done_by: date | None, given_at: datetime) -> str | None:
    """What is wrong with the date of a promise that was given at an instant; None where nothing is."""
    today = london_date(given_at)
    if done_by is None or today <= done_by <= today + timedelta(days=MOST_DAYS):
        return None
    if done_by < today:
        return f"{on(done_by)} is before {on(today)}, when it was promised. Give that day or a later one."
    return f"{on(done_by)} is more than two years away. Give a date up to {on(today + timedelta(days=MOST_DAYS))}."


def ensure_date(done_by: date | None, given_at: datetime) -> None:
    if fault := fault_of(done_by, given_at):
        raise RefusedActError("promised_date", fault, "done_by")


def note(page: Page) -> None:
    """Every promise in the answer just written. An answer counts whatever is wrong with a date in it."""
    given = next((entry for entry in reversed(page.entries) if isinstance(entry, Responded | LateResponse)), None)
    if given is None:
        return
    said: list[dict[str, Any]] = [{"done_by": given.done_by, "text": given.text}]
    said += [{"done_by": one.done_by, "action": one.action, "text": one.text} for one in given.answers]
    how = {"how": given.how, "recorded_by": given.recorded_by, "recorded_by_name": given.recorded_by_name}
    about = {"response": given.n, "visit": given.visit, "stage": given.stage, "by": given.by, "name": given.name}
    for promise in said:
        if promise["done_by"] is None:
            continue
        if fault := fault_of(promise["done_by"], given.received_at):
            page.warn("promised_date", f"The answer counts, but the date promised in it does not. {fault}")
        else:
            page.write(Promised.model_validate(promise | how | about | {"at": page.at}))


def record(page: Page, command: RecordPromise) -> None:
    """By the raiser, as every answer that came another way, or by quality assurance."""
    ensure_lives(page.case)
    case = page.case
    if command.by != case.procedure.quality_assurance:
        following_up(case, command)
    ensure_date(command.done_by, page.at)
    corrected = _correctable(case, command.promise) if command.promise is not None else None
    page.write(
        Promised(
            at=page.at,
            stage=corrected.stage if corrected else case.visit.stage,
            by=_who_promised(case, command, corrected),
            done_by=command.done_by,
            visit=corrected.visit if corrected else case.visit.n,
            text=command.text,
            corrects=command.promise,
            how=command.how,
            recorded_by=command.by,
            recorded_by_name=command.name,
        )
    )
    if corrected:
        _close_task(page, corrected.n)


def _who_promised(case: Case, command: RecordPromise, corrected: Promise | None) -> str | None:
    if command.promised_by is None:
        return corrected.by if corrected else case.addressees()[0]
    if command.promised_by not in case.procedure.roles:
        known = ", ".join(case.procedure.roles)
        raise RefusedActError(
            "no_such_role", f"There is no role {command.promised_by}; there are: {known}.", "promised_by"
        )
    return command.promised_by


def _correctable(case: Case, n: int) -> Promise:
    """Once it is said whether it was kept, another date is a promise of its own."""
    promise = _promise(case, n)
    if promise.kept is not None:
        raise RefusedActError(
            "answered_already",
            f"It was said already that promise {n} was {'' if promise.kept else 'not '}kept. "
            "Record another date as a new promise, without `promise`.",
            "promise",
        )
    return promise


def answer(page: Page, command: AnswerPromise) -> None:
    """Was it done? It may be said before its date; the same said again changes nothing."""
    case = page.case
    promise = _promise(case, command.promise) if command.promise is not None else None
    if promise and promise.kept == command.done:
        following_up(case, command)
        return
    who = following_up(case, command)
    promise = promise or _the_only_one(case)
    if promise.kept is not None:
        raise RefusedActError(
            "answered_already",
            f"It was said already that promise {promise.n} was {'' if promise.kept else 'not '}kept.",
            "promise",
        )
    kind = PromiseKept if command.done else PromiseNotKept
    said = {"promise": promise.n, "done_by": promise.done_by, "text": command.text}
    page.write(kind.model_validate(said | who | {"at": page.at, "stage": promise.stage or case.visit.stage}))
    _close_task(page, promise.n, **who)


def _close_task(page: Page, n: int, **who: Any) -> None:
    page.complete(duties.promise_task(n), **who)


def _the_only_one(case: Case) -> Promise:
    """Which promise is meant where none is named: the only one that is not answered, or the only one asked about."""
    left = case.follow_ups.unanswered
    asked = [promise for promise in left if promise.asked]
    found = asked if len(asked) == 1 else left
    if len(found) == 1:
        return found[0]
    if not left:
        raise RefusedActError("no_such_promise", "No promise waits for an answer.", "promise")
    raise RefusedActError("which_promise", f"Say which promise: {_listed(left)}.", "promise")


def _promise(case: Case, n: int | None) -> Promise:
    promise = case.follow_ups.promise(n)
    if promise is None:
        there_are = _listed(case.follow_ups.promises) or "there is none"
        raise RefusedActError("no_such_promise", f"There is no promise {n}: {there_are}.", "promise")
    return promise


def _listed(promises: Any) -> str:
    return ", ".join(f"{promise.n} (by {on(promise.done_by)})" for promise in promises)


def follow(page: Page, command: Follow) -> None:
    """The escalation that was begun because a promise was not kept; named twice, it stands here once."""
    case = page.case
    promise = _promise(case, command.promise)
    if promise.followed_by == command.reference:
        return
    ensure_lives(case)
    # Whoever answered in the raiser's stead goes on, though with the answer the turn is nobody's any more.
    who = as_raiser(case, command, passed_to=promise.answered_instead or case.follow_ups.passed_to)
    ensure_may_follow(case, promise)
    if command.reference in {case.reference, *(other.followed_by for other in case.follow_ups.promises)}:
        raise RefusedActError("reference_taken", f"{command.reference} is another escalation.", "reference")
    said = {"promise": promise.n, "reference": command.reference, "at_stage": command.at_stage}
    page.write(Followed.model_validate(said | who | {"at": page.at, "stage": case.visit.stage}))


def ensure_may_follow(case: Case, promise: Promise) -> None:
    """A linked escalation is for what is closed; whatever is open goes further by itself."""
    if case.open:
        raise RefusedActError(
            "still_open", "This escalation is still open: take it further with `decide` or `bypass` instead."
        )
    if promise.followed_by:
        raise RefusedActError("followed_already", f"{promise.followed_by} follows it already.", "promise")
    if promise.kept is None:
        raise RefusedActError("not_answered", "Say first that it was not done (answer_promise).", "promise")
    if not promise.offered:
        over = WENT_ON if promise.went_on else "The time to begin a linked escalation is over."
        why = "It was done." if promise.kept else over
        raise RefusedActError("not_offered", f"{why} Start a new escalation instead.", "promise")
