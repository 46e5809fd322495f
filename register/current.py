"""Can this release work on the database as it stands? Told without Alembic, which only an upgrade waits for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from register.errors import SchemaNotCurrent

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = "alembic_version"
"""Alembic's own table: one row, the revision that is held."""


def require_current(engine: Engine) -> None:
    """Raises SchemaNotCurrent, saying what to do, unless this release can work on the database.

    It can on its own schema, and on one that a newer release has prepared: a migration adds, so that both work side by
    side and there is a way back. Where something that this release uses was dropped since, the revision tells.
    """
    with engine.connect() as connection:
        found = held(connection)
    if found == {head()}:
        return
    where = engine.url.render_as_string(hide_password=True)
    if found <= revisions():
        raise SchemaNotCurrent(
            f"The register at {where} is not prepared for this release. Run `twentydays register upgrade`."
        )
    if any(head() < oldest_beside(revision) for revision in found):
        raise SchemaNotCurrent(
            f"The register at {where} belongs to a newer release of Twentydays, beside which this one cannot work. "
            "Run that release."
        )


def held(connection: Connection) -> set[str]:
    """The revision that the database has; empty where it was never prepared."""
    if not inspect(connection).has_table(VERSIONS):
        return set()
    return set(connection.scalars(select(column("version_num")).select_from(table(VERSIONS))))


def is_newer(connection: Connection) -> bool:
    """Whether a release that we do not know has prepared it."""
    return not revisions().issuperset(held(connection))


def oldest_beside(revision: str) -> str:
    """The newest revision of the oldest release that can still work beside this one; empty where any can.

    `0012` adds to what stood before, and no more. `0013.0009` drops what releases before 0009 used, and whatever
    follows it says so too: `0014.0009`.
    """
    return revision.partition(".")[2]


def head() -> str:
    """The newest revision of this release."""
    return max(revisions())


@cache
def revisions() -> frozenset[str]:
    """Every revision of this release: with it the name of its file begins."""
    return frozenset(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
