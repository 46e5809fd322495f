"""Whether what was delivered is what the procedures call for: nothing missing, nothing unexpected, nothing twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.delivery import letters, oracle
from tests.delivery.council import Council
from tests.delivery.course import Settled
from tests.delivery.letters import Letter
from tests.delivery.oracle import Call
from tests.delivery.post_office import Handed
from tests.delivery.readers import Readers, readers
from tests.delivery.standing import Doc, Standing, day_of, standings

OVERTAKE = {"responded", "advanced", "bypassed", "notice_ended", "closed", "withdrawn", "held"}
"""After which what asked for an answer need not go out any more."""


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

    `settled` is empty and `handed` None where nobody watched the deliveries; entries up to number `since` were made up.
    """

    reference: str
    doc: Doc
    council: Council
    entries: list[Any]
    settled: dict[tuple[Any, ...], Settled] = field(default_factory=dict)
    handed: list[Handed] | None = None
    since: int = 0
    links: bool = True


def judge(verdict: Verdict, story: Story, kept: list[Letter]) -> None:
    """`kept` is what the mail server accepted for this reference."""
    states = list(standings(story.doc, story.entries))
    wanted = {
        call.key: (call, now) for entry, now in states if entry.n > story.since for call in oracle.calls(now, entry)
    }
    for call, now in wanted.values():
        _judge_call(verdict, story, states, call, now)
    told = _deliveries(story)
    for key in {key for key, _ in told} - wanted.keys():
        verdict.fault("unexpected", story.reference, f"{key} was sent, and nothing calls for it")
    _judge_letters(verdict, story, wanted, kept)
    _judge_duplicates(verdict, story, kept)


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
    _judge_failures(verdict, story, about, last, failed)
    if not_sent and (last.written_to or last.nobody) and not call.stand_ins:
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
        if not _was_on_its_way(story, letter):
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


def _judge_duplicates(verdict: Verdict, story: Story, kept: list[Letter]) -> None:
    """A second copy has the same bytes, and is excused by an attempt of which we never heard that it had come to."""
    if story.handed is None:
        return
    copies: dict[str, list[Letter]] = defaultdict(list)
    for letter in kept:
        copies[letter.message_id].append(letter)
    unheard = Counter(letters.id_of(one.content) for one in story.handed if one.came_to in {"unreachable", "died"})
    for message_id, same in copies.items():
        if len({(letter.address, letter.content) for letter in same}) > 1:
            verdict.fault("same id", story.reference, f"{message_id} stands for different messages")
        if len(same) - 1 > unheard[message_id]:
            verdict.fault("twice", story.reference, f"{same[0].notice} to {same[0].address} {len(same)} times")
        verdict.figures["duplicates, each excused by a breakdown"] += len(same) - 1
