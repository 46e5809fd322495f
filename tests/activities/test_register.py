"""The register's activities, as Temporal calls them, on a real register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.register import RegisterKeeper
from escalation.history import HistoryEntry, Noted
from escalation.messages import InboxQuery, Respond
from escalation.summary import RecordBatch, Summary
from register.engine import open_engine, open_register
from register.errors import RegisterUnavailable
from register.store import Register
from tests.empty_register import empty_register

NOW = datetime(2026, 11, 9, 17, 1, tzinfo=UTC)
DEADLINE = datetime(2026, 11, 9, 17, tzinfo=UTC)
ESCALATION = "escalation/southwark/SWK-1"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return empty_register(tmp_path)


@pytest.fixture
def register(url: str) -> Iterator[Register]:
    opened = open_register(url)
    yield opened
    opened.close()


@pytest.fixture
def keeper(register: Register) -> RegisterKeeper:
    return RegisterKeeper(register, now=lambda: NOW)


def batch(last: int, first: int = 1, text: str = "a note") -> RecordBatch:
    entries: list[HistoryEntry] = [Noted(n=n, at=DEADLINE, stage="L1", text=text) for n in range(first, last + 1)]
    summary = Summary(
        reference="SWK-1",
        procedure="southwark",
        procedure_version="0123456789ab",
        subject_kind="lac",
        raised_at=DEADLINE,
        stage="L1",
        status="awaiting_response",
        waiting_for="operational_manager",
        n=last,
    )
    return RecordBatch(escalation=ESCALATION, entries=entries, summary=summary)


def answer(response_id: str, received_at: datetime) -> Respond:
    return Respond(response_id=response_id, stage="L1", text="We agree.", received_at=received_at)


def test_recording_returns_the_number_of_the_last_entry_held_also_when_retried(
    keeper: RegisterKeeper, register: Register
) -> None:
    for _ in range(2):
        assert ActivityEnvironment().run(keeper.record_entries, batch(3)) == 3
    assert register.history("SWK-1") == batch(3).entries


def test_a_conflict_says_what_conflicts_and_is_tried_until_somebody_mends_the_register(keeper: RegisterKeeper) -> None:
    ActivityEnvironment().run(keeper.record_entries, batch(2))
    with pytest.raises(ApplicationError, match="already says something else at: 1, 2") as raised:
        ActivityEnvironment().run(keeper.record_entries, batch(2, text="another"))
    assert (raised.value.type, raised.value.non_retryable) == ("ConflictingHistory", False)


@pytest.fixture
def impatient(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    monkeypatch.setattr("register.engine.PATIENCE", 0)
    opened = open_register(url)
    yield opened
    opened.close()


def test_a_register_that_is_locked_is_tried_again(url: str, impatient: Register) -> None:
    keeper = RegisterKeeper(impatient)
    engine = open_engine(url)
    with engine.execution_options(writes=True).begin(), pytest.raises(RegisterUnavailable):
        ActivityEnvironment().run(keeper.record_entries, batch(1))
    assert ActivityEnvironment().run(keeper.record_entries, batch(1)) == 1
    engine.dispose()


def test_the_inbox_gives_what_was_received_by_the_instant_asked_and_when_it_was_read(
    keeper: RegisterKeeper, register: Register
) -> None:
    in_time, late = answer("r1", DEADLINE), answer("r2", DEADLINE + timedelta(microseconds=1))
    for given in (late, in_time):
        register.put_in_inbox(ESCALATION, given)
    read = ActivityEnvironment().run(keeper.read_inbox, InboxQuery(escalation=ESCALATION, received_by=DEADLINE))
    assert (read.answers, read.read_at) == ([in_time], NOW)


def test_the_instant_of_reading_is_before_the_reading(register: Register) -> None:
    """Otherwise an answer that came between the two would be vouched for and missed."""

    def an_answer_comes() -> datetime:
        register.put_in_inbox(ESCALATION, answer("r1", DEADLINE))
        return NOW

    keeper = RegisterKeeper(register, now=an_answer_comes)
    read = ActivityEnvironment().run(keeper.read_inbox, InboxQuery(escalation=ESCALATION, received_by=DEADLINE))
    assert [given.response_id for given in read.answers] == ["r1"]


async def test_a_batch_crosses_the_wire_unchanged() -> None:
    converter: DataConverter = pydantic_data_converter
    assert await converter.decode(await converter.encode([batch(3)]), [RecordBatch]) == [batch(3)]


@pytest.mark.parametrize("method", [RegisterKeeper.record_entries, RegisterKeeper.read_inbox])
def test_the_activities_are_called_by_the_names_of_their_methods(method: object) -> None:
    name = activity._Definition.must_from_callable(method).name  # type: ignore[arg-type]
    assert name == getattr(method, "__name__", None)
