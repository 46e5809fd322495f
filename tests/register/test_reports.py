"""What reports made from rows count once, correct, catch up with and make again; and whose turn it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine, delete, func, insert, select

from escalation.history import Advanced, Closed, HistoryEntry, Noted
from escalation.procedure import Procedure
from escalation.summary import Summary
from register import count as counting
from register.disputes import WRITTEN_AS
from register.store import Register
from register.tables import alike, behind, disputes, period_figures
from tests.register.kept_disputes import MARCH, a_history, day, from_rows, keep, procedure


def test_what_was_closed_after_the_date_is_not_counted_as_closed_on_it(register: Register) -> None:
    of = procedure()
    register.keep_procedure(of)
    keep(register, of, 1, a_history(Closed(at=day(70), outcome="resolved", date_concluded=day(70).date())))
    assert [from_rows(register, of, "closed", None, None, day(n).date()).disputes for n in (69, 70)] == [0, 1]


# Kept once, and corrected ---------------------------------------------------------------------------------------------


def test_whole_months_are_counted_once_until_something_of_them_is_written_down_late(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, made = procedure(), list[date | None]()
    register.keep_procedure(of)
    real = counting.Count.made
    monkeypatch.setattr(counting.Count, "made", lambda self: (made.append(self._day), real(self))[1])
    keep(register, of, 1, a_history(Closed(at=day(70), outcome="resolved", date_concluded=day(70).date())))
    keep(register, of, 2, a_history())
    assert from_rows(register, of, "closed", *MARCH, None).disputes == 1
    counted = len(made)
    assert from_rows(register, of, "closed", *MARCH, None).disputes == 1
    keep(register, of, 2, a_history(Advanced(at=day(100), stage="S2", from_stage="S1", because="decided")))
    assert from_rows(register, of, "closed", *MARCH, None).disputes == 1
    assert len(made) == counted, "what comes later changes nothing of March"
    late: list[HistoryEntry] = [
        Advanced(at=day(100), stage="S2", from_stage="S1", because="decided"),
        Closed(at=day(101), outcome="resolved", date_concluded=date(2026, 3, 20)),
    ]
    keep(register, of, 2, a_history(*late))
    said = from_rows(register, of, "closed", *MARCH, None)
    assert (said.disputes, said.resolved_by_stage) == (2, {"S1": 2})
    assert len(made) > counted


def test_the_period_before_stands_beside_a_period_of_whole_months(register: Register) -> None:
    of = procedure()
    register.keep_procedure(of)
    for n, ended in enumerate((40, 41, 70)):
        keep(register, of, n, a_history(Closed(at=day(ended), outcome="resolved", date_concluded=day(ended).date())))
    said = register.reports.figures(of, "closed", *MARCH)
    assert said.before
    assert (said.disputes, said.before.disputes, said.before.first) == (1, 2, date(2026, 2, 1))
    assert register.reports.figures(of, "closed", date(2026, 3, 2), MARCH[1]).before is None


# Left behind ----------------------------------------------------------------------------------------------------------


def test_what_an_older_release_or_a_backup_has_written_is_caught_up_with(register: Register, engine: Engine) -> None:
    of = procedure()
    register.keep_procedure(of)
    keep(register, of, 1, a_history())
    with engine.begin() as connection:  # as a release does that knows no such rows: only the trigger sees it
        connection.execute(delete(disputes))
        held = connection.execute(select(behind)).all()
        connection.execute(insert(behind).values(escalation="escalation/ours/OURS-001"))
    assert held == []
    assert from_rows(register, of, "raised", None, None, None).disputes == 1


def test_every_entry_marks_its_escalation_until_its_row_follows(register: Register, engine: Engine) -> None:
    of = procedure()
    register.keep_procedure(of)
    keep(register, of, 1, a_history())
    keep(register, of, 1, a_history(Noted(at=day(1), text="A note.")))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(behind)) == 0
        assert connection.scalar(select(disputes.c.n)) == 1


def test_rows_of_an_older_reading_are_made_again(register: Register, engine: Engine) -> None:
    of = procedure()
    register.keep_procedure(of)
    keep(register, of, 1, a_history(theme=2))
    with engine.begin() as connection:
        connection.execute(disputes.update().values(written_as=0, team="Nowhere"))
    assert from_rows(register, of, "raised", None, None, None).counts["team"] == {}
    with engine.connect() as connection:
        assert connection.scalar(select(disputes.c.written_as)) == WRITTEN_AS


def test_all_rows_can_be_made_again_from_the_histories(register: Register, engine: Engine) -> None:
    of = procedure()
    register.keep_procedure(of)
    for n in range(3):
        keep(register, of, n, a_history(theme=1, issue="a"))
    before = from_rows(register, of, "raised", None, None, None)
    from_rows(register, of, "raised", *MARCH, None)
    with engine.begin() as connection:
        connection.execute(disputes.update().values(raised_by="Nobody"))
    assert register.disputes.rebuild() == 3
    assert from_rows(register, of, "raised", None, None, None) == before
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(period_figures)) == 0


def test_a_procedure_that_is_kept_only_afterwards_is_read_by_then(register: Register) -> None:
    of = procedure()
    keep(register, of, 1, a_history(theme=2))
    assert from_rows(register, of, "raised", None, None, None).disputes == 1
    register.keep_procedure(of)
    assert from_rows(register, of, "raised", None, None, None).counts["theme"] == {"2": 1}


def test_nothing_that_a_person_wrote_stands_in_a_row(register: Register, engine: Engine) -> None:
    of = procedure()
    register.keep_procedure(of)
    keep(register, of, 1, a_history(theme="Anna Smith", concern="Anna", other_text="Anna's passport"))
    keep(register, of, 2, a_history(theme="Anna", issue="Anna"))
    with engine.connect() as connection:
        everything = [list(row) for table in (disputes, alike) for row in connection.execute(select(table))]
    assert "Anna" not in str(everything)


# Whose turn -----------------------------------------------------------------------------------------------------------


def test_what_is_outstanding_says_whose_turn_it_was_and_since_when(
    register: Register, play: Callable[[], tuple[Procedure, list[HistoryEntry], Summary]]
) -> None:
    of, entries, summary = play()
    register.keep_procedure(of)
    register.record(f"escalation/{of.key}/{summary.reference}", entries, summary)
    (one,) = register.reports.figures(of, "outstanding", on=date(2026, 3, 12)).outstanding
    assert (one.stage, one.waiting_for, one.since) == ("L1", "operational_manager", date(2026, 3, 2))
    assert one.due
    assert (one.due.date(), one.overdue) == (date(2026, 3, 9), 3)


@pytest.fixture
def play() -> Callable[[], tuple[Procedure, list[HistoryEntry], Summary]]:
    """One that was alerted on Monday 2 March 2026 and never answered; nothing was written down since."""
    from escalation.summary import summary_of
    from tests.escalation.driver import Play

    def one() -> tuple[Procedure, list[HistoryEntry], Summary]:
        played = Play("southwark", "2026-03-02 10:00")
        played.start(team="North")
        return played.procedure, played.entries, summary_of(played.case)

    return one
