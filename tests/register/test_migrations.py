"""The schema: prepared once, the same as the tables say, and refused where it is not this release's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from register.current import head, revisions
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


def test_a_register_of_a_newer_release_is_refused(url: str, engine: Engine, opened: Callable[[str], Register]) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    register = opened(url)
    with pytest.raises(SchemaNotCurrent, match="newer release"):
        register.check()


def test_upgrading_never_touches_a_register_of_a_newer_release(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(SchemaNotCurrent, match="newer release"):
        upgrade(url)


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
