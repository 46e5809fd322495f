"""Whether what was delivered is what the procedures call for: nothing missing, nothing unexpected, nothing twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.delivery import letters, oracle
from tests.delivery.council import Council
from tests.delivery.course import Settled
from tests.delivery.letters import Letter
from tests.delivery.oracle import Call
from tests.delivery.post_office import Handed, Kept
from tests.delivery.readers import Readers, readers
from tests.delivery.standing import Doc, Standing, day_of, standings
from tests.soak.verdict import in_the_window

OVERTAKE = {"responded", "advanced", "bypassed", "notice_ended", "closed", "withdrawn", "held", "alert_told"}
"""After which what asked for an answer need not go out any more."""
SETTLE = {"email_sent", "email_failed", "email_not_sent"}


@dataclass
class Verdict:
    faults: list[str] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    def fault(self, kind: str, reference: str, what: str) -> None:
        self.faults.append(f"{reference}: {kind}: {what}")
        self.figures[f"FAULTS: {kind}"] += 1


@dataclass(frozen=True)
class Story:
    """One escalation that was played, and all that is known of it.

    `settled` is empty and `handed` None where nobody watched the deliveries: `deaths` then says when (really) a process
    died on the way of a message. Entries up to number `since` were made up.
    """

    reference: str
    doc: Doc
    council: Council
    entries: list[Any]
    settled: dict[tuple[Any, ...], Settled] = field(default_factory=dict)
    handed: list[Handed] | None = None
    since: int = 0
    links: bool = True
    deaths: tuple[datetime, ...] = ()


def judge(verdict: Verdict, story: Story, kept: list[Letter]) -> None:
    """`kept` is what the mail server accepted for this reference."""
    states = list(standings(story.doc, story.entries))
    wanted = _wanted(story, states)
    for call, now in wanted.values():
        _judge_call(verdict, story, states, call, now)
    told = _deliveries(story)
    for key in {key for key, _ in told} - wanted.keys():
        verdict.fault("unexpected", story.reference, f"{key} was sent, and nothing calls for it")
    _judge_letters(verdict, story, wanted, kept)
    _judge_duplicates(verdict, story, kept)


def _wanted(story: Story, states: list[tuple[Any, Standing]]) -> dict[tuple[Any, ...], tuple[Call, Standing]]:
    """What the history calls for, entry by entry: an alarm asks anew only where no alert is still being sent."""
    wanted: dict[tuple[Any, ...], tuple[Call, Standing]] = {}
    sending: dict[tuple[Any, ...], Call] = {}
    for entry, now in states:
        if entry.event in SETTLE and not getattr(entry, "bounced", False):
            sending.pop(_key(entry), None)
        here = [now.stay_of(call.entry).n == now.stay.n for call in sending.values() if call.part == "addressee"]
        now.on_its_way = any(here)
        called = {call.key: (call, now) for call in oracle.calls(now, entry)}
        sending |= {key: call for key, (call, _) in called.items()}
        wanted |= called if entry.n > story.since else {}
    return wanted


# One notice -----------------------------------------------------------------------------------------------------------


def _judge_call(
    verdict: Verdict, story: Story, states: list[tuple[Any, Standing]], call: Call, called: Standing
) -> None:
    settled, about = story.settled.get(call.key), f"{call.notice} of entry {call.entry} ({call.part}) at {call.stage}"
    sent = {one.address: one for entry in _of(story, call, "email_sent") for one in entry.delivered}
    failed = [one for entry in _of(story, call, "email_failed") if not entry.bounced for one in entry.failed]
    not_sent = _of(story, call, "email_not_sent")
    if not (sent or failed or not_sent):
        verdict.fault("missing", story.reference, f"{about}: the history says nothing of it")
        return
    now = states[settled.known - 1][1] if settled else called
    tried = [readers(call, now, story.council, on) for on in _days(story, call, settled)]
    verdict.figures["notices called for"] += 1
    verdict.figures["covered"] += sum(one.cover is not None for one in sent.values())
    for address in sorted(sent.keys() - {address for each in tried for address in each.accepted}):
        verdict.fault("unexpected", story.reference, f"{about} to {address}")
    if not_sent and _was_overtaken(story, call, not_sent[0]):
        verdict.figures["overtaken before they went out"] += 1
        return
    last = tried[-1]
    verdict.figures["messages called for"] += len(last.accepted)
    for address in sorted(last.accepted.keys() - sent.keys()):
        verdict.fault("missing", story.reference, f"{about} to {address}")
    _judge_roles(verdict, story, about, last, sent)
    if last.accepted or not call.again:  # a further try that reached nobody is said to have been in vain, no more
        _judge_failures(verdict, story, about, last, failed)
    if not_sent and (last.accepted or not call.again) and (last.written_to or last.nobody) and not call.stand_ins:
        verdict.fault("missing", story.reference, f"{about} was given up: {not_sent[0].why}")


def _judge_roles(verdict: Verdict, story: Story, about: str, last: Readers, sent: dict[str, Any]) -> None:
    for address, one in sent.items():
        ways = last.accepted.get(address)
        if ways and (one.role, one.cover) not in ways:
            said = f"as {one.role}, cover {one.cover}, where it is {sorted(ways, key=str)}"
            verdict.fault("wrong role", story.reference, f"{about}: {address} {said}")


def _judge_failures(verdict: Verdict, story: Story, about: str, last: Readers, failed: list[Any]) -> None:
    """The history says of everyone who was refused, and of every role that nobody holds, that they were not reached."""
    verdict.figures["refused, or nobody there"] += len(failed)
    refused = {one.address for one in failed if one.address}
    nobody = {one.role for one in failed if not one.address}
    for address in sorted(refused ^ set(last.refused)):
        verdict.fault("wrong failure", story.reference, f"{about}: {address} refused: {address in refused}")
    for role in sorted(nobody ^ last.nobody):
        verdict.fault("wrong failure", story.reference, f"{about}: nobody in {role}: {role in nobody}")


def _was_overtaken(story: Story, call: Call, not_sent: Any) -> bool:
    """Only what asks for an answer may be, and only by what makes the answer needless."""
    between = story.entries[call.entry : not_sent.n - 1]
    return call.asks and any(entry.event in OVERTAKE for entry in between)


def _days(story: Story, call: Call, settled: Settled | None) -> list[date]:
    """The London dates on which it was tried; where nobody watched, those of its acceptances or its entry."""
    if settled:
        return list(dict.fromkeys(day_of(instant) for instant in settled.attempts))
    found = [day_of(one.accepted_at) for entry in _of(story, call, "email_sent") for one in entry.delivered]
    return sorted(set(found)) or [day_of(story.entries[call.entry - 1].at)]


def _of(story: Story, call: Call, event: str) -> list[Any]:
    return [entry for entry in story.entries if entry.event == event and _key(entry) == call.key]


def _key(entry: Any) -> tuple[int, str, str, str | None]:
    return entry.entry, entry.notice, entry.part, entry.sent_for


def _deliveries(story: Story) -> dict[tuple[Any, str], Any]:
    sent = [entry for entry in story.entries if entry.event == "email_sent" and entry.entry > story.since]
    return {(_key(entry), one.address): one for entry in sent for one in entry.delivered}


# The messages themselves ----------------------------------------------------------------------------------------------


def _judge_letters(
    verdict: Verdict, story: Story, wanted: dict[tuple[Any, ...], tuple[Call, Standing]], kept: list[Letter]
) -> None:
    """History and mail server tell the same; each message is what it should be."""
    told: dict[tuple[str, str], tuple[Any, Any]] = {}
    for (key, address), one in _deliveries(story).items():
        if (one.message_id, address) in told:
            verdict.fault("same id", story.reference, f"{one.message_id} stands for {key} and another notice")
        told[one.message_id, address] = (key, one)
    there = {(letter.message_id, letter.address): letter for letter in kept}
    verdict.figures["messages delivered"] += len(there)
    for message_id, address in sorted(there.keys() - told.keys()):
        letter = there[message_id, address]
        if _was_overtaken_in_the_window(story, letter, wanted):
            verdict.figures["overtaken in the window"] += 1
        elif not _was_on_its_way(story, letter):
            verdict.fault("not in the history", story.reference, f"{letter.notice} at {letter.stage} to {address}")
    for id_and_address, (key, one) in sorted(told.items()):
        kept_letter = there.get(id_and_address)
        if kept_letter is None:
            verdict.fault("never delivered", story.reference, f"{key} to {one.address}")
        elif key in wanted:
            for fault in letters.faults(kept_letter, wanted[key][0], one.role, links=story.links):
                verdict.fault("wrong message", story.reference, f"{key} to {one.address}: {fault}")


def _was_on_its_way(story: Story, letter: Letter) -> bool:
    """The server kept it and never said so, and by the next attempt something else was to be sent, or nothing."""
    same = [one for one in story.handed or [] if letters.id_of(one.content) == letter.message_id]
    return bool(same) and all(one.came_to in {"unreachable", "died"} for one in same)


def _was_overtaken_in_the_window(
    story: Story, letter: Letter, wanted: dict[tuple[Any, ...], tuple[Call, Standing]]
) -> bool:
    """A process died right after it was kept, and of this very notice the history says that it was overtaken."""
    if letter.kept_at is None or not in_the_window(letter.kept_at, story.deaths):
        return False
    same = [
        (call, now, told[0])
        for call, now in wanted.values()
        if (call.notice, call.stage) == (letter.notice, letter.stage) and (told := _of(story, call, "email_not_sent"))
    ]
    return any(
        _was_overtaken(story, call, told)
        and any(letter.address in readers(call, now, story.council, on).accepted for on in _days(story, call, None))
        for call, now, told in same
    )


def _was_refused(story: Story, letter: Letter) -> bool:
    """Whether the same notice, as rendered for the same date, was refused to somebody else."""

    def rendering(of: Letter) -> tuple[str, ...]:
        return of.notice, of.stage, str(of.message["Date"])

    refused = [one for one in story.handed or [] if one.came_to == "refused"]
    return any(rendering(letters.read(Kept(one.address, one.content))) == rendering(letter) for one in refused)


def _judge_duplicates(verdict: Verdict, story: Story, kept: list[Letter]) -> None:
    """A second copy is excused by an attempt of which we never heard that it had come to.

    It has the same bytes, but where another of its readers was refused before it: then it names who is asked instead.
    """
    if story.handed is None:
        return
    copies: dict[str, list[Letter]] = defaultdict(list)
    for letter in kept:
        copies[letter.message_id].append(letter)
    unheard = Counter(letters.id_of(one.content) for one in story.handed if one.came_to in {"unreachable", "died"})
    for message_id, same in copies.items():
        others = {(letter.address, letter.content) for letter in same}
        if len(others) > 1 and not (len({address for address, _ in others}) == 1 and _was_refused(story, same[0])):
            verdict.fault("same id", story.reference, f"{message_id} stands for different messages")
        if len(same) - 1 > unheard[message_id]:
            verdict.fault("twice", story.reference, f"{same[0].notice} to {same[0].address} {len(same)} times")
        verdict.figures["duplicates, each excused by a breakdown"] += len(same) - 1
