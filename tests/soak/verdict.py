"""Whether a soak lost, doubled or invented anything: what each history calls for, against what reached the world."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from itertools import pairwise
from pathlib import Path

from escalation import notices
from escalation.case import Case
from escalation.directory import Directory
from escalation.fold import apply, fold
from escalation.history import (
    Advanced,
    Bypassed,
    EmailFailed,
    EmailNotSent,
    EmailSent,
    HistoryEntry,
    Lapsed,
    LateResponse,
    Refused,
    Responded,
)
from escalation.procedure import Procedure
from escalation.working_days import london_date
from tests.soak.plan import DEADLINE, LAPSE, Part

Key = tuple[str, int, str, str]
"""Reference, number of the entry that called for it, notice, address."""
WINDOW = timedelta(seconds=5)
"""From a mail server's acceptance to our note of it, on a machine that is busy with a soak."""


@dataclass(frozen=True)
class Caught:
    """One message in the catcher's folder, and when it was kept."""

    message_id: str
    address: str
    kept_at: datetime
    reference: str = ""
    notice: str = ""


@dataclass
class Verdict:
    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def fault(self, reference: str, what: str) -> None:
        self.faults.append(f"{reference}: {what}")


def caught(folder: Path) -> list[Caught]:
    return [_read(file) for file in sorted(folder.glob("*.eml"))]


def _read(file: Path) -> Caught:
    with file.open("rb") as stream:
        headers = BytesHeaderParser().parse(stream)
    about = (str(headers["X-Twentydays-Reference"]), str(headers["X-Twentydays-Notice"]))
    return Caught(str(headers["Message-ID"]), str(headers["X-Envelope-To"]), kept_at(file), *about)


def kept_at(file: Path) -> datetime:
    """When the catcher kept a message, as its file is named."""
    return datetime.strptime(file.name.split("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)


def in_the_window(kept: datetime, deaths: Iterable[datetime]) -> bool:
    """Whether a process died right after a message was kept: whoever sent it may never have heard so."""
    return any(timedelta(0) <= death - kept <= WINDOW for death in deaths)


# One history ---------------------------------------------------------------------------------------------------------


def judge_story(verdict: Verdict, part: Part, entries: list[HistoryEntry], put: datetime | None) -> None:
    """The stage that fell due was left once at most, by silence exactly where there was silence."""
    first = entries[1].stage
    events = Counter(entry.event for entry in entries)
    if events["raised"] != 1:
        verdict.fault(part.reference, f"raised {events['raised']} times")
    if not part.given:
        return
    left = [e for e in entries if isinstance(e, Advanced | Bypassed) and e.from_stage == first]
    lapsed = [e for e in entries if isinstance(e, Lapsed) and e.stage == first]
    for event, found in (("left", left), ("lapsed", lapsed)):
        if len(found) > 1:
            verdict.fault(part.reference, f"{first} {event} {len(found)} times")
    verdict.figures["advanced by silence"] += bool(lapsed and left)
    if lapsed and not left:
        verdict.fault(part.reference, "lapsed and not advanced")
    _judge_silence(verdict, part, entries, put, silent=bool(lapsed))


def _judge_silence(
    verdict: Verdict, part: Part, entries: list[HistoryEntry], put: datetime | None, *, silent: bool
) -> None:
    in_time = part.answered is not None and part.answered <= DEADLINE
    acted = any(e.event in {"decided", "withdrawn"} for e in entries[: _place(entries, Lapsed)])
    if in_time and put and put >= LAPSE:
        verdict.figures["answers that reached the inbox after the lapse (no promise)"] += 1
    elif in_time and silent:
        verdict.fault(part.reference, "lapsed although it was answered in time")
    elif not in_time and not acted and not silent:
        verdict.fault(part.reference, "a lost advance: nobody answered, nobody decided, and it did not lapse")


def _place(entries: list[HistoryEntry], kind: type[HistoryEntry]) -> int:
    return next((n for n, entry in enumerate(entries) if isinstance(entry, kind)), len(entries))


def judge_answer(verdict: Verdict, part: Part, entries: list[HistoryEntry]) -> None:
    """Every answer stands in the history once, as in time or late, or its refusal does."""
    if part.answered is None:
        return
    mine = [e for e in entries if isinstance(e, Responded | LateResponse)]
    refused = [e for e in entries if isinstance(e, Refused) and e.do == "respond"]
    if len(mine) != 1 and not (refused and not mine):
        verdict.fault(part.reference, f"its answer stands {len(mine)} times in the history")
    if any(isinstance(e, Responded) != (part.answered <= DEADLINE) for e in mine):
        verdict.fault(part.reference, "its answer is told as in time where it was late, or the other way round")
    verdict.figures["answers in time"] += sum(isinstance(e, Responded) for e in mine)
    verdict.figures["answers late"] += sum(isinstance(e, LateResponse) for e in mine)


# What each history calls for -----------------------------------------------------------------------------------------


def called_for(procedure: Procedure, entries: list[HistoryEntry], since: int, directory: Directory) -> set[Key]:
    """What has to reach whom for the entries after number `since`."""
    return {
        (case.reference, notice.entry, notice.notice, person.email)
        for case, entry in _told(procedure, entries)
        if entry.n > since
        for notice in notices.called_for(case, entry)
        for role in notice.reaches
        for person in directory.holders(role, case.team, london_date(entry.at))
    }


def _told(procedure: Procedure, entries: list[HistoryEntry]) -> Iterator[tuple[Case, HistoryEntry]]:
    """Each entry with the case right after it, before anything else."""
    case = fold(procedure, entries[:1])
    for entry in entries[1:]:
        case = apply(case, entry)
        yield case, entry


def overtaken(wanted: set[Key], entries: list[HistoryEntry]) -> set[Key]:
    """Those of which the history says that they were overtaken: they may have gone out before, and need not have."""
    given_up = {(entry.entry, entry.notice) for entry in entries if isinstance(entry, EmailNotSent)}
    return {key for key in wanted if key[1:3] in given_up}


def told_of(reference: str, entries: list[HistoryEntry], since: int) -> dict[Key, str]:
    """What the history says was delivered, with its Message-ID."""
    return {
        (reference, entry.entry, entry.notice, delivery.address): delivery.message_id
        for entry in entries
        if isinstance(entry, EmailSent) and entry.n > since
        for delivery in entry.delivered
    }


def judge_mail(
    verdict: Verdict,
    wanted: set[Key],
    may_miss: set[Key],
    told: dict[Key, str],
    messages: list[Caught],
    deaths: Iterable[datetime] = (),
) -> None:
    """`may_miss` of what is wanted need not be told of; whatever is told of is wanted, and was caught, and back.

    One exception: what was kept as a process died, and overtaken before it could be tried again.
    """
    there = {(message.message_id, message.address) for message in messages}
    for key in sorted(wanted - told.keys() - may_miss):
        verdict.fault(key[0], f"missing: {key[2]} of entry {key[1]} to {key[3]} is called for and not told of")
    for key in sorted(told.keys() - wanted):
        verdict.fault(key[0], f"{key[2]} of entry {key[1]} to {key[3]} was sent and is not called for")
    for key, message_id in sorted(told.items()):
        if (message_id, key[3]) not in there:
            verdict.fault(key[0], f"missing: {key[2]} of entry {key[1]} to {key[3]} never reached the catcher")
    known = {(message_id, key[3]) for key, message_id in told.items()}
    overtaken_ones = {(reference, notice, address) for reference, _, notice, address in may_miss - told.keys()}
    for message in messages:
        if (message.message_id, message.address) in known:
            continue
        about = (message.reference, message.notice, message.address)
        if about in overtaken_ones and in_the_window(message.kept_at, deaths):
            verdict.figures["overtaken in the window"] += 1
        else:
            verdict.fault("mail", f"{message.message_id} reached {message.address} and no history tells of it")
    verdict.figures["notices called for"] += len(wanted)
    verdict.figures["emails caught"] += len(messages)


def judge_failures(verdict: Verdict, reference: str, entries: list[HistoryEntry]) -> None:
    """Nobody refuses mail in a soak and every role is held."""
    for entry in entries:
        if isinstance(entry, EmailFailed):
            verdict.fault(reference, f"entry {entry.n} says that {entry.notice} failed")
    verdict.figures["notices overtaken"] += sum(isinstance(entry, EmailNotSent) for entry in entries)


# Twice ---------------------------------------------------------------------------------------------------------------


def judge_duplicates(
    verdict: Verdict, messages: list[Caught], noted_at: dict[str, datetime], killed: list[datetime]
) -> None:
    """A second copy is excused by a death between its acceptance and our note of it, and by nothing else."""
    copies = defaultdict(list)
    for message in messages:
        copies[message.message_id].append(message)
    for message_id, same in copies.items():
        for first, second in pairwise(same):
            deaths = [death - first.kept_at for death in killed if first.kept_at <= death <= second.kept_at]
            noted = noted_at.get(message_id)
            if noted and noted < second.kept_at:
                verdict.fault("mail", f"{message_id} was sent again although its acceptance had been noted")
            elif not deaths or min(deaths) > WINDOW:
                verdict.fault("mail", f"{message_id} was sent twice and no process had died ({deaths})")
            else:
                verdict.figures["duplicates in the window"] += 1
