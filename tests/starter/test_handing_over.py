"""Handing over: everything of one raiser goes to another in one act, written down first, and done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from escalation.history import HandedOver
from escalation.messages import HandOver
from escalation.opening import Receipt
from register.hand_overs import HandOverRow, Part
from register.tables import escalations
from starter.escalations import NoOutcomeYet, NotFound, act
from starter.hand_overs import AT_ONCE, carry_out
from starter.office import Office
from tests.starter.conftest import Ran, until

pytestmark = pytest.mark.usefixtures("a_worker")
_numbers = count(1)
OLD, NEW = "Amara Ndiaye", "Amara Okafor"
RAISED_BY = {"role": "iro", "name": OLD}
WHO = ("--by", "qau_manager", "--name", "Priya Sharma")


@pytest.fixture
def raised(run: Callable[..., Ran], event: Callable[..., Path], office: Office) -> Callable[..., str]:
    """Starts an escalation and waits until the register has it."""

    def one(reference: str, by: dict[str, str] | None = None) -> str:
        assert run("start", str(event(reference, raised_by=by or RAISED_BY))).code == 0
        until(lambda: bool((row := office.register.find(reference)) and row.n))
        return reference

    return one


@pytest.fixture(autouse=True)
def none_left(office: Office, run: Callable[..., Ran]) -> Any:
    """Each test leaves the old raiser with nothing."""
    yield
    run("hand-over", "--from", OLD, "--to", NEW, *WHO)


def handed_over(office: Office, reference: str) -> list[HandedOver]:
    return [entry for entry in office.register.history(reference) if isinstance(entry, HandedOver)]


def test_everything_of_a_raiser_goes_to_another_in_one_act(
    run: Callable[..., Ran], raised: Callable[..., str], event: Callable[..., Path], office: Office
) -> None:
    references = [raised("HOV-1"), raised("HOV-2")]
    run("start", str(event("HOV-3", raised_by=RAISED_BY, requested_action=None)))
    other = raised("HOV-4", {"role": "iro", "name": "Somebody Else"})
    ran = run("hand-over", "--from", "amara  NDIAYE", "--to", "amara okafor", *WHO, "--reason", "She leaves.")
    assert ran.code == 0, ran.err
    assert "Handed over from Amara Ndiaye to Amara Okafor" in ran.out
    assert "2 escalations and 1 draft" in ran.out
    until(lambda: all(handed_over(office, reference) for reference in references))
    entries = [entry for reference in references for entry in handed_over(office, reference)]
    kept = office.register.hand_overs.listed(1)[0]
    assert {entry.hand_over for entry in entries} == {kept.hand_over}
    assert {(entry.to_name, entry.from_name, entry.by, entry.name) for entry in entries} == {
        (NEW, OLD, "qau_manager", "Priya Sharma")
    }
    assert (kept.from_name, kept.reason) == (OLD, "She leaves.")
    assert {part.reference for part in kept.escalations} == set(references)
    assert [part.reference for part in kept.drafts] == ["HOV-3"]
    assert run("drafts", "show", "HOV-3", "--json").json["raised_by"] == NEW
    assert handed_over(office, other) == []
    assert office.case("HOV-1").raised_by_name == NEW


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-11")
    before = len(office.register.hand_overs.listed())
    ran = run("hand-over", "--from", OLD, "--to", NEW, *WHO, "--dry-run", "--json")
    assert ran.code == 0
    assert ran.json["handed"] == [{"kind": "escalation", "reference": "HOV-11", "result": "would_be_done", "why": None}]
    assert ran.json["hand_over"] is None
    assert handed_over(office, "HOV-11") == []
    assert len(office.register.hand_overs.listed()) == before


def test_what_a_crash_left_is_done_again_and_nothing_twice(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-21")
    raised("HOV-22")
    row = written_down("HO-CRASHED", "HOV-21", "HOV-22")
    office.register.hand_overs.keep(row)
    one = row.model_copy(update={"escalations": row.escalations[:1]})
    assert [handed.result for handed in asyncio.run(_carry_out(office, one))] == ["done"]
    for _ in range(2):
        ran = run("hand-over", "--again", "ho-crashed")
        assert (ran.code, "2 escalations" in ran.out) == (0, True)
    until(lambda: bool(handed_over(office, "HOV-22")))
    assert [len(handed_over(office, reference)) for reference in ("HOV-21", "HOV-22")] == [1, 1]


def test_only_what_is_named_is_handed_over_and_a_strangers_is_refused(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-31")
    raised("HOV-32")
    raised("HOV-33", {"role": "iro", "name": "Somebody Else"})
    ran = run("hand-over", "--from", OLD, "--to", NEW, *WHO, "--only", "HOV-31,HOV-33,HOV-99")
    assert ran.code == 2
    assert "HOV-33 is Somebody Else's, not Amara Ndiaye's" in ran.err
    assert "HOV-99 is neither an open escalation nor a draft that waits" in ran.err
    assert run("hand-over", "--from", OLD, "--to", NEW, *WHO, "--only", "hov-31").code == 0
    until(lambda: bool(handed_over(office, "HOV-31")))
    assert handed_over(office, "HOV-32") == []


def test_one_whose_raiser_nobody_knows_is_named_and_goes_by_its_reference_alone(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-41")
    raised("HOV-42", {"role": "iro"})
    ran = run("hand-over", "--from", OLD, "--to", NEW, *WHO)
    assert ran.code == 0
    assert "HOV-42" in ran.out.partition("nobody knows whose they are")[2]
    assert handed_over(office, "HOV-42") == []
    assert run("hand-over", "--from", OLD, "--to", NEW, *WHO, "--only", "HOV-42").code == 0
    until(lambda: bool(handed_over(office, "HOV-42")))


def test_a_row_from_before_names_were_kept_is_known_from_its_history(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-51")
    with office.register._write() as connection:
        old = update(escalations).where(escalations.c.reference == "HOV-51")
        connection.execute(old.values(raised_by=None, raised_by_name=None))
    ran = run("hand-over", "--from", OLD, "--to", NEW, *WHO, "--dry-run", "--json")
    assert [handed["reference"] for handed in ran.json["handed"]] == ["HOV-51"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"--to": "Amara Okafer"}, "did you mean Amara Okafor?"),
        ({"--to": "Priya Sharma"}, "in no role that may raise this"),
        ({"--from": "Amara Ndiay"}, "did you mean Amara Ndiaye"),
        ({"--from": "Ruth Adeyemi"}, "nothing open is Ruth Adeyemi's; open ones are "),
        ({"--from": "Ruth Adeyemi"}, "Amara Ndiaye's ("),
        ({"--to": OLD}, "is the same person"),
        ({"--role": "qau_manager"}, "is not in the directory as qau_manager"),
    ],
)
def test_a_name_that_cannot_be_meant_is_refused_with_the_nearest(
    run: Callable[..., Ran], raised: Callable[..., str], changes: dict[str, str], says: str
) -> None:
    raised(f"HOV-6-{next(_numbers)}")
    said = {"--from": OLD, "--to": NEW} | changes
    ran = run("hand-over", *(word for pair in said.items() for word in pair), *WHO)
    assert ran.code == 2
    assert says in ran.err


def test_whom_the_rules_do_not_allow_it_nothing_is_asked_of_and_nothing_written(
    run: Callable[..., Ran], raised: Callable[..., str], office: Office
) -> None:
    raised("HOV-71")
    before = office.register.hand_overs.listed()
    ran = run("hand-over", "--from", OLD, "--to", NEW, "--by", "social_worker", "--name", "A Person")
    assert ran.code == 1
    assert "HOV-71: not handed over. A raiser's concerns are handed over by the" in ran.out
    assert office.register.hand_overs.listed() == before
    assert [entry.event for entry in office.register.history("HOV-71") if entry.event == "refused"] == []


def test_everything_that_is_missing_is_said_at_once(run: Callable[..., Ran]) -> None:
    ran = run("hand-over", "--from", OLD)
    assert ran.code == 2
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["--to", "--by", "--name"]
    assert "there is no hand-over HO-NONE" in run("hand-over", "--again", "HO-NONE").err


async def test_what_is_not_reached_is_said_and_the_rest_is_done(office: Office, raised: Callable[..., str]) -> None:
    for n in (81, 82, 83):
        await asyncio.to_thread(raised, f"HOV-{n}")

    async def reached(escalation: str, _command: HandOver, _act_id: str) -> Receipt:
        if escalation.endswith("81"):
            raise NoOutcomeYet("Nothing answers.")
        if escalation.endswith("82"):
            raise NotFound("No open escalation.")
        return Receipt(accepted=True, state=office.state("HOV-83"))

    handed = await carry_out(office.register, written_down("HO-X", "HOV-81", "HOV-82", "HOV-83"), reached)
    assert [each.result for each in handed] == ["not_reached", "not_reached", "done"]
    assert handed[0].why == "Nothing answers."


async def test_where_nothing_answers_at_all_the_others_are_not_asked(
    office: Office, raised: Callable[..., str]
) -> None:
    await asyncio.to_thread(raised, "HOV-91")
    asked = []

    async def reached(escalation: str, _command: HandOver, _act_id: str) -> Receipt:
        asked.append(escalation)
        raise NoOutcomeYet("Nothing answers.")

    row = written_down("HO-Y", *["HOV-91"] * (3 * AT_ONCE))
    handed = await carry_out(office.register, row, reached)
    assert {each.result for each in handed} == {"not_reached"}
    assert AT_ONCE <= len(asked) < 2 * AT_ONCE


def written_down(hand_over: str, *references: str) -> HandOverRow:
    return HandOverRow(
        hand_over=hand_over,
        at=datetime.now(UTC),
        from_name=OLD,
        to_name=NEW,
        by="qau_manager",
        name="Priya Sharma",
        escalations=tuple(Part(reference=reference, role="iro") for reference in references),
    )


async def _carry_out(office: Office, row: HandOverRow) -> Any:
    return await carry_out(office.register, row, partial(act, await office.temporal()))
