"""That a hand-over is kept once, as it was first told, and can never be changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from register.directory_tables import hand_overs
from register.engine import open_engine
from register.hand_overs import HandOverRow, Part
from register.store import Register
from tests.register.conftest import RAISED


def a_row(hand_over: str = "HO-1", days: int = 0) -> HandOverRow:
    return HandOverRow(
        hand_over=hand_over,
        at=RAISED + timedelta(days=days),
        from_name="Amara Ndiaye",
        to_name="Sam Okafor",
        by="qau_manager",
        name="Priya Sharma",
        reason="She leaves.",
        escalations=(Part(reference="SWK-1", role="iro"),),
        drafts=(Part(reference="SWK-2", role="iro"),),
    )


def test_a_hand_over_is_found_as_it_was_kept(register: Register) -> None:
    assert register.hand_overs.find("HO-1") is None
    assert register.hand_overs.keep(a_row()) == a_row()
    assert register.hand_overs.find("HO-1") == a_row()


def test_kept_again_under_its_id_the_first_stands(register: Register) -> None:
    register.hand_overs.keep(a_row())
    assert register.hand_overs.keep(a_row().model_copy(update={"to_name": "Somebody Else"})) == a_row()
    assert register.hand_overs.listed() == [a_row()]


def test_the_newest_is_listed_first(register: Register) -> None:
    for n in (1, 3, 2):
        register.hand_overs.keep(a_row(f"HO-{n}", days=n))
    assert [row.hand_over for row in register.hand_overs.listed(2)] == ["HO-3", "HO-2"]


def test_it_can_be_neither_changed_nor_removed(register: Register, url: str) -> None:
    register.hand_overs.keep(a_row())
    engine = open_engine(url)
    for statement in (update(hand_overs).values(by="Nobody"), delete(hand_overs)):
        with pytest.raises(DatabaseError), engine.begin() as connection:
            connection.execute(statement)
    engine.dispose()
    assert register.hand_overs.find("HO-1") == a_row()
