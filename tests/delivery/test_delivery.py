"""The short twin of `python -m tests.delivery`, and that its verdict notices what it is there to notice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from escalation.history import EmailNotSent
from tests.delivery import letters, run
from tests.delivery.letters import Letter
from tests.delivery.plan import kinds
from tests.delivery.post_office import Handed
from tests.delivery.run import Rehearsal
from tests.delivery.verdict import Story, Verdict, judge

FEW, SEED = 30, 1
NOON = datetime(2026, 6, 11, 12, tzinfo=UTC)
BODY = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"


@pytest.fixture
async def mail_server(tmp_path: Path) -> AsyncIterator[Rehearsal]:
    """A bad mail server, and a register; a week of silence brings enough."""
    async with run.rehearsal(tmp_path) as here:
        here.silence = timedelta(days=7)
        yield here


async def test_everyone_whom_a_procedure_names_hears_and_nobody_else_and_once(mail_server: Rehearsal) -> None:
    found = await run.play(mail_server, FEW, SEED)
    assert found.faults == []
    figures = found.figures
    assert figures["escalations"] == FEW
    assert figures["messages called for"] > 5 * FEW
    for happened in (
        "covered",
        "refused, or nobody there",
        "attempts that had to wait",
        "times the mail server was killed",
    ):
        assert figures[happened] > 0, happened


# The verdict can fall -------------------------------------------------------------------------------------------------


@pytest.fixture
async def played(mail_server: Rehearsal) -> tuple[Story, list[Letter]]:
    """One escalation of Southwark's procedure that went well."""
    southwark = next(kind for kind in kinds() if kind.name == "southwark")
    story = await run._one(mail_server, southwark, "DLV-0000", "fair")
    assert story
    kept = [letters.read(each) for each in mail_server.office.kept()]
    assert faults(story, kept) == []
    return story, kept


def faults(story: Story, kept: list[Letter]) -> list[str]:
    found = Verdict()
    judge(found, story, kept)
    return [name.removeprefix("FAULTS: ") for name, times in found.figures.items() if times and "FAULTS" in name]


async def test_the_verdict_falls_on_mail_that_is_lost_doubled_invented_or_indiscreet(
    played: tuple[Story, list[Letter]],
) -> None:
    story, kept = played
    first = kept[0]
    ids = [letter.message_id for letter in kept]
    once = next(letter for letter in kept if ids.count(letter.message_id) == 1 and b"/reply/" not in letter.content)
    assert faults(story, [letter for letter in kept if letter.message_id != first.message_id]) == ["never delivered"]
    assert faults(replace(story, handed=_all_heard(story)), [*kept, once]) == ["twice"]
    stranger = replace(once, message_id="<stranger@council.example>", address="stranger@council.example")
    assert faults(story, [*kept, stranger]) == ["not in the history"]
    for planted in (b"SECRET-childs-name", b"/reply/x"):
        told = replace(once, content=once.content.replace(BODY, BODY + planted + b"\r\n", 1))
        assert faults(story, [told if letter is once else letter for letter in kept]) == ["wrong message"]


async def test_the_verdict_falls_on_a_history_that_leaves_out_a_reader_or_adds_one(
    played: tuple[Story, list[Letter]],
) -> None:
    story, kept = played
    at, sent = next((n, entry) for n, entry in enumerate(story.entries) if entry.event == "email_sent")
    stranger = sent.delivered[0].model_copy(update={"address": "stranger@council.example", "message_id": "<x@y>"})
    for delivered, expected in (([], "missing"), ([*sent.delivered, stranger], "unexpected")):
        entries = [*story.entries]
        entries[at] = sent.model_copy(update={"delivered": delivered})
        assert expected in faults(replace(story, entries=entries), kept)


async def test_the_verdict_excuses_what_was_kept_as_a_process_died_and_was_overtaken_and_nothing_else(
    played: tuple[Story, list[Letter]],
) -> None:
    story, kept = played
    alert = replace(next(letter for letter in kept if letter.notice == "alert"), kept_at=NOON)
    overtaken = _taken_back_at_once(story)

    def unknown(story: Story, letter: Letter, *deaths: float) -> bool:
        died = tuple(NOON + timedelta(seconds=after) for after in deaths)
        return "not in the history" in faults(replace(story, deaths=died), [letter])

    assert not unknown(overtaken, alert, 1)
    assert unknown(overtaken, alert)
    assert unknown(overtaken, alert, -1)
    assert unknown(overtaken, alert, 6)
    assert unknown(overtaken, replace(alert, notice="overdue"), 1)
    assert unknown(overtaken, replace(alert, address="stranger@council.example"), 1)
    not_overtaken = [entry for entry in overtaken.entries if entry.event != "email_not_sent"]
    assert unknown(replace(overtaken, entries=not_overtaken), alert, 1)


def _taken_back_at_once(story: Story) -> Story:
    """The same beginning; then it was withdrawn, and its alert never went out, as far as the history knows."""
    raised, ended = story.entries[:2], next(entry for entry in story.entries if entry.event == "withdrawn")
    said = {"at": ended.at, "stage": raised[1].stage, "notice": "alert", "entry": 2, "part": "addressee"}
    entries = [*raised, ended.model_copy(update={"n": 3}), EmailNotSent(**said, n=4, why="It was closed.")]
    return replace(story, entries=entries, settled={}, handed=None)


def _all_heard(story: Story) -> list[Handed]:
    return [replace(one, came_to="accepted") for one in story.handed or []]
