"""The schema: prepared once, the same as the tables say, and refused where it is not this release's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from register.current import head, oldest_beside, revisions
from register.engine import open_engine, upgrade
from register.errors import SchemaNotCurrent
from register.schema import alembic_config
from register.store import Register
from register.tables import metadata

ROOT = Path(__file__).parents[2]


def test_the_migrations_make_what_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_checks_that_the_tables_say(engine: Engine) -> None:
    for table in metadata.tables.values():
        named = {constraint.name for constraint in table.constraints if str(constraint.name).startswith("ck_")}
        assert {check["name"] for check in inspect(engine).get_check_constraints(table.name)} == named


def test_a_revision_is_the_number_with_which_its_file_begins() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert {script.revision for script in scripts.walk_revisions()} == revisions()
    assert scripts.get_current_head() == head()


def test_upgrading_twice_changes_nothing(url: str, register: Register) -> None:
    upgrade(url)
    register.check()


def test_an_unprepared_register_is_refused_and_the_way_out_is_named(
    empty_url: str, opened: Callable[[str], Register]
) -> None:
    register = opened(empty_url)
    with pytest.raises(SchemaNotCurrent, match="twentydays register upgrade"):
        register.check()
    upgrade(empty_url)
    register.check()


@pytest.mark.parametrize("revision", ["9999", f"9999.{head()}"])
def test_a_register_to_which_a_newer_release_only_added_is_worked_on(
    url: str, engine: Engine, opened: Callable[[str], Register], revision: str
) -> None:
    prepared_as(engine, revision)
    opened(url).check()
    upgrade(url)
    assert revision_of(engine) == revision


@pytest.mark.parametrize("ask", [lambda opened, url: opened(url).check(), lambda _, url: upgrade(url)])
def test_a_register_from_which_a_newer_release_dropped_what_this_one_uses_is_refused_and_left_alone(
    url: str, engine: Engine, opened: Callable[[str], Register], ask: Callable[[Callable[[str], Register], str], None]
) -> None:
    prepared_as(engine, "9999.9998")
    with pytest.raises(SchemaNotCurrent, match="belongs to a newer release"):
        ask(opened, url)
    assert revision_of(engine) == "9999.9998"


def test_once_something_was_dropped_every_later_revision_says_so() -> None:
    ordered = [oldest_beside(revision) for revision in sorted(revisions())]
    assert ordered == sorted(ordered)


def prepared_as(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = :revision"), {"revision": revision})


def revision_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("select version_num from alembic_version")))


def test_each_migration_only_adds_and_asks_nothing_of_the_release_before(empty_url: str) -> None:
    engine, before = open_engine(empty_url), dict[str, dict[str, tuple[str, bool]]]()
    for revision in sorted(revisions()):
        with engine.execution_options(writes=True).begin() as connection:
            command.upgrade(alembic_config(connection), revision)
            now = columns(connection)
        for table, known in before.items():
            gained = {name: how for name, how in now.get(table, {}).items() if name not in known}
            must_be_filled = [name for name, (_, may_be_left_out) in gained.items() if not may_be_left_out]
            assert (revision, table, must_be_filled) == (revision, table, [])
            assert known.items() <= now.get(table, {}).items() or oldest_beside(revision), (revision, table)
        before = now
    engine.dispose()
    assert {table: set(known) for table, known in before.items() if table != "alembic_version"} == {
        table.name: {column.name for column in table.columns} for table in metadata.tables.values()
    }


def columns(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Of each table, by their names: the type, and whether who does not know it may leave it out."""
    found = inspect(connection)
    return {
        table: {
            column["name"]: (str(column["type"]), column["nullable"] or column["default"] is not None)
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
    }


def test_several_threads_can_upgrade_at_once(empty_url: str, opened: Callable[[str], Register]) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(upgrade, [empty_url] * 6))
    opened(empty_url).check()


def test_several_processes_can_upgrade_at_once_from_another_folder(
    empty_url: str, tmp_path: Path, opened: Callable[[str], Register]
) -> None:
    code = "import sys; from register.engine import upgrade; upgrade(sys.argv[1])"
    command = [sys.executable, "-c", code, empty_url]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 2
    opened(empty_url).check()


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("alembic.op.execute", fail)
    with pytest.raises(RuntimeError, match="the power went"):
        upgrade(empty_url)
    engine = open_engine(empty_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_the_folder_of_an_sqlite_register_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/new/folder/register.db")
    assert (tmp_path / "new/folder/register.db").is_file()


def test_every_database_used_here_is_its_own(postgresql: Callable[[str], str]) -> None:
    assert postgresql("template0") != postgresql("template0")
