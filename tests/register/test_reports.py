"""That reports made from rows say what reports made from all histories say, whatever has happened and whenever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select

from escalation.figures import Figures
from escalation.history import (
    Advanced,
    CafcassReferred,
    CapReached,
    ChangeTold,
    Closed,
    FormCompleted,
    HistoryEntry,
    Lapsed,
    LateResponse,
    Noted,
    Promised,
    PromiseDue,
    PromiseKept,
    Raised,
    Responded,
    Withdrawn,
)  # fmt: skip
from escalation.procedure import Procedure
from escalation.reporting import figures
from escalation.summary import Summary
from escalation.wire import Subject
from register import count as counting
from register.disputes import WRITTEN_AS
from register.store import Register
from register.tables import behind, disputes, period_figures
from tests.escalation.driver import a_procedure

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
MARCH = date(2026, 3, 1), date(2026, 3, 31)
Dates = tuple[date | None, date | None, date | None]
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PERIODS: st.SearchStrategy[Dates] = st.one_of(
    st.tuples(DAYS, DAYS).map(lambda both: (min(both), max(both), None)),
    st.integers(1, 11).map(lambda month: (date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1), None)),
    DAYS.map(lambda day: (None, day, None)),
    DAYS.map(lambda day: (None, None, day)),
    st.just((None, None, None)),
)
"""From one date to another, a whole month, until a date, on a date, and all."""
_numbers = count(1)


def day(n: float) -> datetime:
    return START + timedelta(days=n)


def procedure(key: str = "ours") -> Procedure:
    lists = {
        "theme": {"title": "T", "items_in": "issue", "codes": [{"code": n, "title": str(n)} for n in (1, 2)]},
        "area": {"title": "A", "codes": [{"code": "Strategic issues", "title": "S"}]},
        "ground": {
            "title": "G",
            "codes": [{"code": 1, "title": "A", "stages": ["S1"]}, {"code": 1, "title": "B", "stages": ["S2"]}],
        },
    }
    lists["theme"]["codes"][0]["items"] = ["Late", "Poor"]  # type: ignore[index]
    reports = {
        "closed": {"title": "C", "period": "quarter", "patterns_from": 2},
        "raised": {
            "title": "R",
            "period": "year",
            "belongs": "raised",
            "counts": ["raised_by", "team", "carer", "started_at", "subject", "theme"],
        },
        "listed": {"title": "L", "period": "month", "open_at": ["S2"], "counts": ["ground"]},
        "flagged": {"title": "F", "period": "year", "belongs": "raised", "flag": "partner_agency"},
        "reached": {"title": "S", "period": "year", "reached": ["S2"], "outcomes": ["resolved", "withdrawn"]},
    }
    cafcass = {"to": "watcher", "subjects": ["lac"]}
    more = {"taxonomies": lists, "reports": reports, "cap": {"working_days": 20}, "cafcass": cafcass, "key": key}
    return a_procedure({}, {}, {}, **more)


# Histories ------------------------------------------------------------------------------------------------------------


@st.composite
def happenings(draw: Any) -> list[HistoryEntry]:
    """What may come after a dispute was raised, each some time after the other, a close perhaps written down late."""
    at, found, stage = draw(st.floats(0, 300)), list[HistoryEntry](), 1
    said = {
        "theme": draw(st.sampled_from([None, 1, 2, [1, 2], "Anna's own"])),
        "issue": draw(st.sampled_from([None, "a", 2])),
    }
    said |= {"carer": draw(st.sampled_from([None, "FC-1", "FC-2"])), "partner_agency": draw(st.booleans())}
    said |= {"ground": 1, "area": draw(st.sampled_from([None, "Strategic issues"]))}
    found.append(
        Raised(
            at=day(at),
            stage="S1",
            by="iro",
            name=draw(st.sampled_from([None, "Ada", "Ben"])),
            reference="XXX",
            team=draw(st.sampled_from([None, "North", "South"])),
            subject=Subject(kind="lac"),
            fields={key: value for key, value in said.items() if value is not None},
        )
    )
    for what in draw(st.lists(st.sampled_from("raltcnwxfopdkh"), max_size=8)):
        if what in "cw" and any(isinstance(one, Closed | Withdrawn) for one in found):
            continue
        at += draw(st.floats(0, 40))
        found.append(entry_of(what, day(at), f"S{stage}", draw))
        stage = min(stage + 1, 3) if what == "a" else stage
    return found


def entry_of(what: str, at: datetime, stage: str, draw: Any) -> HistoryEntry:
    following = f"S{min(int(stage[1:]) + 1, 3)}"
    answer = {"at": at, "stage": stage, "visit": 1, "response_id": "r", "received_at": at}
    match what:
        case "r":
            return Responded(**answer)
        case "t":
            return LateResponse(**answer, due=at, working_days_late=1)
        case "a":
            return Advanced(at=at, stage=following, from_stage=stage, because="decided", fields={"ground": 1})
        case "l":
            return Lapsed(at=at, stage=stage, due=at, then="advance")
        case "c":
            concluded = at.date() - timedelta(days=draw(st.integers(0, 60)))
            outcome = draw(st.sampled_from(["resolved", "unresolved", "no_longer_applicable"]))
            return Closed(at=at, outcome=outcome, date_concluded=concluded)
        case "w":
            return Withdrawn(at=at)
        case "x":
            return CapReached(at=at, cap=at)
        case "o":
            return CafcassReferred(at=at, leaves_ladder=draw(st.booleans()))
        case "f":
            return FormCompleted(at=at, stage=stage, fields={"theme": 2})
    return afterwards(what, at, draw)


def afterwards(what: str, at: datetime, draw: Any) -> HistoryEntry:
    """What may come when it is closed, too."""
    match what:
        case "p":
            return Promised(at=at, done_by=at.date())
        case "d":
            return PromiseDue(at=at, promises=[2])
        case "k":
            return PromiseKept(at=at, promise=2, done_by=at.date())
        case "h":
            return ChangeTold(at=at, changed=draw(st.sampled_from(["changed", "not_changed", "too_early"])))
    return Noted(at=at, text="A note.")


def keep(register: Register, of: Procedure, n: int, history: Sequence[HistoryEntry], upto: int | None = None) -> None:
    """The history as far as `upto`, under a reference of its own."""
    reference = f"{of.key.upper()}-{n:03}"
    renamed = [e.model_copy(update={"reference": reference}) if isinstance(e, Raised) else e for e in history]
    entries = [entry.model_copy(update={"n": n}) for n, entry in enumerate(renamed, 1)][:upto]
    ended = next((entry for entry in entries if isinstance(entry, Closed | Withdrawn)), None)
    summary = Summary(
        reference=reference,
        procedure=of.key,
        procedure_version=of.version,
        subject_kind="lac",
        raised_at=entries[0].at,
        stage="S1",
        status="closed" if ended else "awaiting_response",
        closed_at=ended.at if ended else None,
        n=len(entries),
    )
    register.record(f"escalation/{of.key}/{reference}", entries, summary)


def from_histories(register: Register, of: Procedure, key: str, *dates: date | None) -> Figures:
    first, last, on = dates
    return figures(of, key, register.cases.past(of.key, None, last or on), (), first, last, on)


def from_rows(register: Register, of: Procedure, key: str, *dates: date | None) -> Figures:
    return register.reports.figures(of, key, *dates).model_copy(update={"before": None})


def check(register: Register, of: Procedure, dates: Dates) -> None:
    for key in of.reports:
        rows, histories = from_rows(register, of, key, *dates), from_histories(register, of, key, *dates)
        turns = {"waiting_for": None, "since": None, "due": None}
        bare = [one.model_copy(update=turns) for one in rows.outstanding]
        said, expected = dict(rows.model_copy(update={"outstanding": bare})), dict(histories)
        assert {name: said[name] for name in said if said[name] != expected[name]} == {}, (key, expected)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(happenings(), min_size=1, max_size=6), dates=PERIODS, cut=st.integers(1, 6))
def test_rows_say_what_histories_say(
    register: Register, histories: list[list[HistoryEntry]], dates: Dates, cut: int
) -> None:
    """In two steps: what is made of past months in between is corrected by whatever is written down late."""
    of = procedure(f"ours{next(_numbers)}")
    register.keep_procedure(of)
    for upto in (cut, None):
        for n, history in enumerate(histories):
            keep(register, of, n, history, upto)
        check(register, of, dates)


def a_history(*rest: HistoryEntry, **fields: Any) -> list[HistoryEntry]:
    raised = Raised(at=day(0), stage="S1", by="iro", reference="XXX", subject=Subject(kind="lac"), fields=fields)
    return [raised, *rest]


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
    late = [
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
    with engine.connect() as connection:
        everything = [list(row) for table in (disputes, counting.alike) for row in connection.execute(select(table))]
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
