"""Where each escalation stands, whose each reference is, and the procedures by version."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from config import procedures
from escalation.procedure import Form, Procedure, Raiser, Response, Source, Stage
from register.store import Register

SUMMER = datetime(2026, 7, 1, 17, tzinfo=timezone(timedelta(hours=1)))


def test_the_row_says_what_the_newest_summary_says(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 2), escalation.summary(2))
    later = escalation.summary(3, status="closed", waiting_for=None, closed_at=SUMMER, outcome="resolved")
    register.record(escalation.id, escalation.entries(3, 3), later)
    row = register.find(escalation.reference)
    assert row is not None
    assert row.model_dump(exclude={"escalation", "start_digest"}) == later.model_dump()
    assert (row.escalation, row.start_digest) == (escalation.id, None)


def test_instants_come_back_aware_and_equal(register: Register, escalation: Any) -> None:
    precise = SUMMER + timedelta(microseconds=7)
    register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1, due=SUMMER, cap=precise))
    row = register.find(escalation.reference)
    assert row is not None
    assert (row.due, row.cap) == (SUMMER, precise)
    assert row.due is not None
    assert row.due.utcoffset() == timedelta(0)


def test_an_older_summary_never_replaces_a_newer_one(register: Register, escalation: Any) -> None:
    register.record(escalation.id, escalation.entries(1, 4), escalation.summary(4, stage="L2"))
    register.record(escalation.id, escalation.entries(1, 3), escalation.summary(3, stage="L1"))
    row = register.find(escalation.reference)
    assert row is not None
    assert (row.stage, row.n) == ("L2", 4)


def test_an_unknown_reference_is_not_found(register: Register) -> None:
    assert register.find("SWK-404") is None


def test_a_reference_is_new_once_and_then_the_same_or_different(
    register: Register, escalation: Any, another: Any
) -> None:
    def claim(owner: str, digest: str) -> str:
        return register.claim_reference(escalation.reference, owner, digest, escalation.summary(0))

    assert claim(escalation.id, "one") == "new"
    assert claim(escalation.id, "one") == "same"
    assert claim(escalation.id, "two") == "different"
    assert claim(another.id, "one") == "different"


def test_one_escalation_cannot_take_two_references(register: Register, escalation: Any) -> None:
    register.claim_reference("SWK-1", escalation.id, "one", escalation.summary(0))
    assert register.claim_reference("SWK-2", escalation.id, "one", escalation.summary(0)) == "different"
    assert register.find("SWK-2") is None


def test_a_claimed_escalation_shows_before_its_first_entry_and_keeps_its_digest_after(
    register: Register, escalation: Any
) -> None:
    register.claim_reference(escalation.reference, escalation.id, "one", escalation.summary(7))
    claimed = register.find(escalation.reference)
    assert claimed is not None
    assert (claimed.n, claimed.start_digest, claimed.status) == (0, "one", "awaiting_response")
    register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1))
    begun = register.find(escalation.reference)
    assert begun is not None
    assert (begun.n, begun.start_digest) == (1, "one")
    assert register.claim_reference(escalation.reference, escalation.id, "one", escalation.summary(0)) == "same"
    assert register.find(escalation.reference) == begun


def test_of_many_claims_at_once_exactly_one_is_new(
    url: str, escalation: Any, opened: Callable[[str], Register]
) -> None:
    registers = [opened(url) for _ in range(6)]

    def claim(n: int) -> str:
        owner = f"escalation/{n}/SWK-1"
        return registers[n].claim_reference("SWK-1", owner, "digest", escalation.summary(0))

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(claim, range(6))) == ["different"] * 5 + ["new"]


@pytest.fixture
def several(register: Register, escalation: Any) -> Register:
    states = {"A-1": "awaiting_response", "A-2": "closed", "A-3": "withdrawn", "A-4": "unresolved_hold"}
    for reference, status in states.items():
        summary = escalation.summary(
            1, reference=reference, status=status, procedure=f"council-{int(reference[2]) % 2}"
        )
        register.record(f"escalation/x/{reference}", escalation.entries(1, 1), summary)
    return register


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["A-1", "A-2", "A-3", "A-4"]),
        ({"open_only": True}, ["A-1", "A-4"]),
        ({"procedure": "council-0"}, ["A-2", "A-4"]),
        ({"status": "closed"}, ["A-2"]),
        ({"limit": 2}, ["A-1", "A-2"]),
        ({"limit": 2, "after": "A-2"}, ["A-3", "A-4"]),
        ({"open_only": True, "procedure": "council-1", "after": "A-1"}, []),
    ],
)
def test_escalations_are_listed_in_pages(several: Register, asked: dict[str, Any], found: list[str]) -> None:
    assert [row.reference for row in several.escalations(**asked)] == found


def test_every_version_of_a_procedure_is_kept(register: Register) -> None:
    first = a_procedure("First")
    second = a_procedure("Second")
    for procedure in (first, second, first):
        register.keep_procedure(procedure)
    assert register.procedure("council", first.version) == first
    assert register.procedure("council", second.version) == second
    assert register.procedure("council", "0") is None


def test_a_procedure_is_kept_in_the_order_of_the_document(register: Register) -> None:
    """Lines of a form are printed in their order, and the version is that of what is read back."""
    procedure = procedures.load("leicestershire")
    register.keep_procedure(procedure)
    kept = register.procedure(procedure.key, procedure.version)
    assert kept is not None
    assert kept.version == procedure.version
    assert [list(form.lines) for form in kept.forms] == [list(form.lines) for form in procedure.forms]


def a_procedure(title: str) -> Procedure:
    return Procedure(
        key="council",
        title=title,
        council="A council",
        source=Source(title="Procedure", amended="2026", reference="1"),
        subjects=["lac"],
        roles={"iro": "Independent Reviewing Officer", "manager": "Manager"},
        raiser=Raiser(roles=["iro"], line_manager="manager"),
        quality_assurance="manager",
        stages=[Stage(key="L1", title="Stage 1", addressee=["manager"], response=Response(working_days=3))],
        forms=[Form(title="Form", lines={"Reference": "reference"})],
    )
