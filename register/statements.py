"""How to insert a row unless it is there: the one statement that SQLite and PostgreSQL spell alike but apart.

Statements are built once and given their values when executed: building one costs more than running it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

Transaction = Callable[[], AbstractContextManager[Connection]]
"""A short one, to read or to write in."""


def insert_or(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can be told what to do where a key is taken."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one of its keys is taken; whether it was inserted."""
    return connection.execute(_insert_new(connection.dialect.name, table), values).first() is not None


@cache
def _insert_new(dialect: str, table: Table) -> Executable:
    # What is returned tells whether it was inserted: psycopg gives no row count for an insert.
    return insert_or(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)
