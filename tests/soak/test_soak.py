"""The short twin of `make soak`, and that its verdict notices what it is there to notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from activities.calendar import Calendars
from config import procedures
from escalation import rules
from escalation.fold import fold
from escalation.history import HistoryEntry
from escalation.local_calendar import LocalCalendar
from escalation.messages import SilenceProven
from starter.rehearsal.world import everyone
from tests.soak import past, verdict
from tests.soak.conftest import SHORT
from tests.soak.plan import DAY_ZERO, DEADLINE, LAPSE, PROCEDURE, Part, Soak, kills, parts
from tests.soak.run import soak_on
from tests.soak.stack import Stack
from tests.soak.verdict import Caught, Verdict

SILENT = Part("SOAK-0000", "silent", LAPSE)
IN_TIME = Part("SOAK-0000", "in_time", LAPSE, DEADLINE)
KEPT_AT = datetime(2026, 6, 11, 16, 1, 5, tzinfo=UTC)
PROCEDURES_OWN = procedures.load(PROCEDURE)
EVERYONE = everyone(PROCEDURES_OWN)


async def test_nothing_is_lost_doubled_or_invented_while_workers_die(server: Stack) -> None:
    found = await soak_on(server, SHORT)
    assert found.faults == []
    assert found.figures["worker killed"] == SHORT.kills
    assert found.figures["advanced by silence"] > 0
    assert found.figures["answers in time"] > 0
    assert found.figures["emails caught"] > 0


# The verdict can fall ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def before() -> list[HistoryEntry]:
    """A history right before its deadline."""
    calendar = Calendars(LocalCalendar()).calendar_for(DAY_ZERO.date())
    return past.going_on(PROCEDURES_OWN, SILENT.reference, calendar, EVERYONE).events


@pytest.fixture(scope="module")
def lapsed(before: list[HistoryEntry]) -> list[HistoryEntry]:
    case = fold(PROCEDURES_OWN, before)
    outcome = rules.take(case, SilenceProven(visit=case.visit.n, read_at=LAPSE), LAPSE)
    return [*before, *outcome.entries]


def faults_of(part: Part, entries: list[HistoryEntry], put: datetime | None = None) -> list[str]:
    found = Verdict()
    verdict.judge_story(found, part, entries, put)
    verdict.judge_answer(found, part, entries)
    return found.faults


def faults_of_mail(
    messages: list[Caught],
    told: dict[verdict.Key, str],
    wanted: set[verdict.Key],
    *may_miss: verdict.Key,
    deaths: tuple[datetime, ...] = (),
) -> list[str]:
    found = Verdict()
    verdict.judge_mail(found, wanted, set(may_miss), told, messages, deaths)
    return found.faults


def test_silence_that_lapsed_once_is_no_fault(lapsed: list[HistoryEntry]) -> None:
    assert faults_of(SILENT, lapsed) == []


def test_a_lost_advance_is_a_fault(before: list[HistoryEntry], lapsed: list[HistoryEntry]) -> None:
    assert len(faults_of(SILENT, before)) == 1
    assert len(faults_of(SILENT, [entry for entry in lapsed if entry.event != "advanced"])) == 1


def test_an_advance_made_twice_is_a_fault(before: list[HistoryEntry], lapsed: list[HistoryEntry]) -> None:
    assert len(faults_of(SILENT, [*lapsed, *lapsed[len(before) :]])) == 2


def test_a_lapse_over_an_answer_in_time_is_a_fault(lapsed: list[HistoryEntry]) -> None:
    assert any("although it was answered in time" in fault for fault in faults_of(IN_TIME, lapsed, put=DEADLINE))


def test_an_answer_that_no_history_holds_is_a_fault(before: list[HistoryEntry]) -> None:
    assert faults_of(IN_TIME, before, put=DEADLINE) == ["SOAK-0000: its answer stands 0 times in the history"]


def test_a_lapse_calls_for_the_alert_of_the_next_stage(before: list[HistoryEntry], lapsed: list[HistoryEntry]) -> None:
    wanted = verdict.called_for(PROCEDURES_OWN, lapsed, len(before), EVERYONE)
    assert {notice for _, _, notice, _ in wanted} == {"overdue", "alert"}
    assert any("head_of_service@" in address for *_, address in wanted)


def test_mail_that_is_missing_or_that_nobody_called_for_is_a_fault() -> None:
    key = ("SOAK-0000", 20, "alert", "head_of_service@rehearsal.example")
    message = Caught("<1@x>", key[3], KEPT_AT)
    assert faults_of_mail([message], {key: "<1@x>"}, {key}) == []
    assert len(faults_of_mail([], {key: "<1@x>"}, {key})) == 1
    assert len(faults_of_mail([message], {}, {key})) == 2
    assert faults_of_mail([], {}, {key}, key) == []
    assert len(faults_of_mail([message], {}, {key}, key)) == 1
    assert len(faults_of_mail([message], {key: "<1@x>"}, set())) == 1


def test_mail_of_which_no_history_tells_is_excused_where_it_was_overtaken_as_a_process_died_and_nowhere_else() -> None:
    key = ("SOAK-0000", 20, "alert", "head_of_service@rehearsal.example")
    kept = Caught("<1@x>", key[3], KEPT_AT, key[0], key[2])
    second = timedelta(seconds=1)
    assert faults_of_mail([kept], {}, {key}, key, deaths=(KEPT_AT + second,)) == []
    for other in (replace(kept, notice="overdue"), replace(kept, reference="SOAK-1"), replace(kept, address="x@y")):
        assert len(faults_of_mail([other], {}, {key}, key, deaths=(KEPT_AT + second,))) == 1
    for death in (KEPT_AT - second, KEPT_AT + 6 * second):
        assert len(faults_of_mail([kept], {}, {key}, key, deaths=(death,))) == 1
    assert len(faults_of_mail([kept], {}, {key}, deaths=(KEPT_AT + second,))) == 2  # nothing says that it was overtaken


def test_a_second_copy_is_excused_by_a_death_before_the_first_was_noted_and_by_nothing_else() -> None:
    second = timedelta(seconds=1)
    copies = [Caught("<1@x>", "a@b", KEPT_AT), Caught("<1@x>", "a@b", KEPT_AT + 9 * second)]

    def judged(noted: datetime, *deaths: datetime) -> Verdict:
        found = Verdict()
        verdict.judge_duplicates(found, copies, {"<1@x>": noted}, list(deaths))
        return found

    late = KEPT_AT + 10 * second
    assert judged(late, KEPT_AT + second).faults == []
    assert judged(late, KEPT_AT + second).figures["duplicates in the window"] == 1
    assert judged(late).faults
    assert judged(late, KEPT_AT + 8 * second).faults
    assert judged(KEPT_AT + second, KEPT_AT + second).faults


def test_a_soak_is_had_again_from_its_seed() -> None:
    assert parts(Soak(seed=7)) == parts(Soak(seed=7)) != parts(Soak(seed=8))
    assert kills(Soak(seed=7)) == kills(Soak(seed=7)) != kills(Soak(seed=8))
