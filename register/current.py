"""Has the database exactly this release's schema? Told without Alembic, which only an upgrade waits for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from register.errors import SchemaNotCurrent

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
"""Alembic's own table: one row, the revision that is held."""


def require_current(engine: Engine) -> None:
    """Raises SchemaNotCurrent, saying what to do, unless the database has exactly this release's schema."""
    with engine.connect() as connection:
        if held(connection) == {head()}:
            return
        newer = is_newer(connection)
    where = engine.url.render_as_string(hide_password=True)
    if newer:
        raise SchemaNotCurrent(f"The register at {where} belongs to a newer release of Twentydays. Run that release.")
    raise SchemaNotCurrent(
        f"The register at {where} is not prepared for this release. Run `twentydays register upgrade`."
    )


def held(connection: Connection) -> set[str]:
    """The revision that the database has; empty where it was never prepared."""
    if not inspect(connection).has_table(VERSIONS):
        return set()
    return set(connection.scalars(select(column("version_num")).select_from(table(VERSIONS))))


def is_newer(connection: Connection) -> bool:
    """Whether a release that we do not know has prepared it."""
    return not revisions().issuperset(held(connection))


def head() -> str:
    """The newest revision of this release."""
    return max(revisions())


@cache
def revisions() -> frozenset[str]:
    """Every revision of this release: four digits, with which the name of its file begins."""
    return frozenset(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
