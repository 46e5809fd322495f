"""How the register's database is reached: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from register.errors import InvalidRegisterURL, unavailable
from register.store import Register

PATIENCE = 10
"""Seconds to wait for a lock or a free connection before giving up."""
FORMS = "sqlite:///var/register.db or postgresql+psycopg://user:password@host/database"


def open_register(url: str) -> Register:
    """The register at this address. Raises InvalidRegisterURL; nothing is connected to before the first use."""
    return Register(open_engine(url))


def upgrade(url: str) -> None:
    """Prepare the database for this release; harmless when it is prepared, or when two processes do it at once.

    Raises InvalidRegisterURL, RegisterUnavailable, and SchemaNotCurrent where it belongs to a newer release.
    """
    from register.schema import upgrade_schema  # noqa: PLC0415 - Alembic, which nothing but an upgrade needs

    engine = open_engine(url)
    try:
        with unavailable(engine):
            upgrade_schema(engine)
    finally:
        engine.dispose()


def open_engine(url: str) -> Engine:
    """An engine whose errors show no parameters, since those hold personal text, and no password."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    return _postgresql(address)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidRegisterURL(f"The register's address cannot be read. It must look like {FORMS}.") from None
    if address.drivername in {"sqlite", "sqlite+pysqlite"} and address.database not in {None, "", ":memory:"}:
        return address
    if address.drivername in {"postgresql", "postgresql+psycopg"}:
        return address.set(drivername="postgresql+psycopg")
    raise InvalidRegisterURL(
        f"The register cannot be kept at {address.render_as_string(hide_password=True)}. It must look like {FORMS}."
    )


def _sqlite(address: URL) -> Engine:
    Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_timeout=PATIENCE,
        connect_args={"timeout": PATIENCE, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in (
        f"busy_timeout = {PATIENCE * 1000}",
        "journal_mode = wal",
        "synchronous = full",  # an answer or an acceptance that we have confirmed survives a power cut
        "foreign_keys = on",
    ):
        connection.execute(f"pragma {pragma}").close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a reading transaction that turns into a writing one cannot wait for it."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _postgresql(address: URL) -> Engine:
    try:
        engine = create_engine(
            address,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_timeout=PATIENCE,
            connect_args={
                "connect_timeout": PATIENCE,
                "application_name": "twentydays",
                "options": f"-c lock_timeout={PATIENCE}s -c timezone=UTC",
            },
        )
    except ModuleNotFoundError:
        raise InvalidRegisterURL(
            "PostgreSQL needs the driver psycopg: install Twentydays with its extra `postgresql`."
        ) from None
    event.listen(engine, "connect", _leave_out_nul)
    return engine


def _leave_out_nul(connection: Any, _record: Any) -> None:
    """PostgreSQL takes no NUL in text, and a person's name or reference may hold one. Histories, in JSON, have it."""
    from register.postgresql import TextWithoutNul  # noqa: PLC0415 - the driver, which only this database needs

    connection.adapters.register_dumper(str, TextWithoutNul)
