"""Is the case the fold of its history, read back from JSON too?"""

from __future__ import annotations

import pytest

from escalation.errors import TwentydaysError
from escalation.fold import apply, fold
from escalation.history import History
from escalation.messages import Bypass, GrantExtension, RecordTold, RequestExtension
from tests.escalation.driver import Play, numbers


@pytest.fixture
def play() -> Play:
    """A long life: an outage, more time, a late answer, a bypass, a hold at the cap, a close."""
    play = Play("southwark", "2026-10-20 10:00")
    play.start(deliver=False)
    play.pass_time("2026-10-21 12:00", mail=False)
    play.act(RecordTold(by="iro", told_at=play.now, how="told"))
    play.act(RequestExtension(by="operational_manager", working_days=2))
    play.act(GrantExtension(by="iro", working_days=2))
    play.pass_time("2026-11-02 10:00")
    play.respond("L1")
    play.act(Bypass(by="iro", to="L4"))
    play.deliver(refuse=["director_csc"])
    play.pass_time("2026-11-25 10:00")
    play.decide("satisfied", by="iro")
    return play


def test_the_fold_of_a_history_is_the_case_that_wrote_it(play: Play) -> None:
    assert fold(play.procedure, play.entries) == play.case


def test_so_is_the_fold_of_what_json_kept_of_it(play: Play) -> None:
    kept = History.validate_json(History.dump_json(play.entries))
    assert kept == play.entries
    assert fold(play.procedure, kept) == play.case


def test_entries_are_numbered_from_one_without_a_gap(play: Play) -> None:
    assert numbers(play.entries) == list(range(1, len(play.entries) + 1))


def test_applying_an_entry_leaves_the_case_before_it_as_it_was(play: Play) -> None:
    case = fold(play.procedure, play.entries[:1])
    for entry in play.entries[1:]:
        before = case.model_dump_json()
        following = apply(case, entry)
        assert apply(case, entry) == following
        assert case.model_dump_json() == before
        case = following


def test_a_history_that_pins_no_calendar_is_refused(play: Play) -> None:
    with pytest.raises(TwentydaysError, match="begins with the entry `calendar_pinned`"):
        fold(play.procedure, play.entries[1:])
    with pytest.raises(TwentydaysError):
        fold(play.procedure, [])
