"""Reaching the database: addresses, durability, locks, several writers, and errors that give nothing away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from escalation.history import Raised
from register import engine as reaching
from register.engine import open_engine, open_register, upgrade
from register.errors import InvalidRegisterURL, RegisterUnavailable
from register.store import Register
from tests.register.kept_disputes import a_history, from_rows, keep, procedure

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
def test_an_sqlite_register_survives_a_power_cut_and_waits_for_locks(tmp_path: Path, pragma: str, value: Any) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/register.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"pragma {pragma}").scalar() == value
    engine.dispose()


def test_the_short_address_of_postgresql_means_the_same_driver() -> None:
    assert open_engine("postgresql://u@h/d").url == open_engine("postgresql+psycopg://u@h/d").url


@pytest.mark.parametrize(
    "url",
    [
        "", "register.db", "sqlite://", "sqlite:///:memory:", "mysql://u:s3cret@h/d", "postgres://u:s3cret@h/d",
        "postgresql://u:s3cret@h:port/d", "postgresql+asyncpg://u:s3cret@h/d", "u:s3cret@h/d",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidRegisterURL, match="It must look like") as raised:
        open_register(url)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("use", [lambda url: open_register(url).check(), upgrade], ids=["use", "upgrade"])
def test_a_server_that_does_not_answer_is_named_without_the_password(use: Callable[[str], None]) -> None:
    with pytest.raises(RegisterUnavailable, match=r"127\.0\.0\.1:9/register cannot be used just now") as raised:
        use("postgresql://worker:s3cret@127.0.0.1:9/register")
    assert "s3cret" not in repr(raised.value) + repr(raised.value.__cause__)


def test_no_error_shows_what_was_to_be_stored(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as raised, engine.begin() as connection:
        connection.execute(text("insert into nowhere values (:text)"), {"text": "what a child said"})
    assert "what a child said" not in str(raised.value)


def test_a_locked_register_says_so_and_works_again_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, escalation: Any, opened: Callable[[str], Register]
) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", 0)
    url = f"sqlite:///{tmp_path}/register.db"
    upgrade(url)
    register = opened(url)
    engine = open_engine(url)
    with engine.execution_options(writes=True).begin():
        with pytest.raises(RegisterUnavailable, match="locked"):
            register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1))
        assert register.history(escalation.reference) == []
    assert register.record(escalation.id, escalation.entries(1, 1), escalation.summary(1)) == 1
    engine.dispose()


def test_a_register_that_comes_back_needs_no_restart(register: Register, engine: Engine) -> None:
    """Every pooled connection is cut while idle, as by a restart of the server."""
    register.check()
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
            )
    register.check()


@pytest.mark.parametrize("said", ["Ada\x00", "\x00", "²"])
def test_no_character_of_a_name_keeps_a_history_from_being_kept(register: Register, said: str) -> None:
    """PostgreSQL has no NUL in its text; the history, which is JSON there, has what was said."""
    of = procedure()
    register.keep_procedure(of)
    raised = a_history(carer=said)[0].model_copy(update={"name": said, "team": said})
    keep(register, of, 1, [raised])
    (kept,) = register.history("OURS-001")
    assert isinstance(kept, Raised)
    assert (kept.name, kept.fields) == (said, {"carer": said})
    assert from_rows(register, of, "raised", None, None, None).disputes == 1


def test_two_writers_of_one_history_at_once_keep_it_whole(
    url: str, escalation: Any, opened: Callable[[str], Register]
) -> None:
    """The same batches from several workers, as after a timeout: each of them succeeds."""
    registers = [opened(url) for _ in range(4)]

    def write(register: Register) -> None:
        for n in range(1, 31):
            assert register.record(escalation.id, escalation.entries(max(1, n - 2), n), escalation.summary(n)) >= n

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, registers))
    assert registers[0].history(escalation.reference) == escalation.entries(1, 30)
    assert registers[0].verify() == []


WRITER = """
import sys
sys.path.insert(0, {tests!r})
from conftest import Escalation
from register.engine import open_register
register = open_register({url!r})
mine = Escalation("P-" + sys.argv[1])
for n in range(1, 41):
    register.record(mine.id, mine.entries(n, n), mine.summary(n))
    register.put_in_inbox(mine.id, mine.answer(f"{{sys.argv[1]}}-{{n}}"))
"""


def test_several_processes_can_write_at_once(url: str, register: Register) -> None:
    code = WRITER.format(tests=str(Path(__file__).parent), url=url)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(n)], env=environment, stderr=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 2
    assert [row.n for row in register.escalations()] == [40] * 2
    assert len(register.unanswered_inbox()) == 80
    assert register.verify() == []


def test_a_process_killed_while_writing_loses_nothing_that_it_confirmed(url: str, register: Register) -> None:
    code = WRITER.format(tests=str(Path(__file__).parent), url=url) + "    print(n, flush=True)\n"
    code = code.replace("range(1, 41)", "range(1, 100_000)")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 5:
            pass  # it prints each number once that is kept
        writer.kill()
        confirmed = [5, *(int(line) for line in writer.stdout.read().splitlines())]
    assert len(register.history("P-0")) >= confirmed[-1]
    assert len(register.unanswered_inbox()) >= confirmed[-1]
    assert register.verify() == []
