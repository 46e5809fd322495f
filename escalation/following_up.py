"""How history entries change what outlives the close; the rest of the fold is in escalation/fold.py."""

from __future__ import annotations

from typing import Any

from escalation.entry import Entry
from escalation.follow_up import FollowUps, Promise, Question
from escalation.history import (
    ChangeAsked,
    ChangeTold,
    Followed,
    HandedOver,
    OfferEnded,
    Promised,
    PromiseDue,
    PromiseKept,
    PromiseNotKept,
    Reminded,
    TurnPassed,
)  # fmt: skip


def after(now: FollowUps, entry: Entry, *, ended: bool) -> FollowUps:
    """What stands after one more entry. `ended`: no stage of the escalation runs any more."""
    match entry:
        case Promised():
            return _settled(_promised(now, entry))
        case PromiseDue():
            return _put(_changed(now, entry.promises, asked=True), entry, "was_it_done")
        case PromiseKept():
            return _settled(_changed(now, [entry.promise], kept=True, answered_at=entry.at))
        case PromiseNotKept():
            instead = entry.by if entry.on_behalf_of else None
            said = {"kept": False, "answered_at": entry.at, "answered_instead": instead}
            said |= {"offered": ended, "went_on": not ended}
            return _settled(_changed(now, [entry.promise], **said))
        case OfferEnded():
            return _changed(now, entry.promises, offered=False)
        case Followed():
            return _changed(now, [entry.promise], offered=False, followed_by=entry.reference)
        case ChangeAsked():
            return _put(_with(now, ask_on=None, change_asked=True), entry, "what_changed")
        case ChangeTold():
            return _settled(_with(now, changed=entry.changed, ask_on=entry.ask_again_on, change_asked=False))
        case Reminded(about="follow_up"):
            return _with(now, reminders=entry.count)
        case TurnPassed(about="follow_up"):
            return _with(now, passed_to=entry.to)
        case HandedOver() if now.questions:
            return _with(now, since=entry.at, reminders=0, passed_to=None)
    return now


def _promised(now: FollowUps, entry: Promised) -> FollowUps:
    """A new one; or another date, on which it is asked about anew."""
    if entry.corrects is not None:
        return _changed(now, [entry.corrects], done_by=entry.done_by, dated_at=entry.at, asked=False)
    promise = Promise(
        n=entry.n,
        done_by=entry.done_by,
        by=entry.by,
        stage=entry.stage or "",
        visit=entry.visit,
        action=entry.action,
        text=entry.text,
        dated_at=entry.at,
    )
    return _with(now, promises=(*now.promises, promise))


def _put(now: FollowUps, entry: Entry, question: Question) -> FollowUps:
    """A question was put: it is chased from now on. Whoever may answer an older one already may answer this."""
    return _with(now, since=entry.at, reminders=0, asked_in=now.asked_in | {question: entry.n})


def _settled(now: FollowUps) -> FollowUps:
    """With no question left, nobody is chased."""
    return now if now.questions else _with(now, since=None, reminders=0, passed_to=None)


def _changed(now: FollowUps, numbers: list[int], **said: Any) -> FollowUps:
    promises = (one.model_copy(update=said) if one.n in numbers else one for one in now.promises)
    return _with(now, promises=tuple(promises))


def _with(now: FollowUps, **said: Any) -> FollowUps:
    return now.model_copy(update=said)
