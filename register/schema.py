"""Whether the database is prepared for this release, and how to prepare it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from register.errors import SchemaNotCurrent

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 20_2020
"""Number of the PostgreSQL advisory lock under which one process upgrades and the others wait."""


def upgrade_schema(engine: Engine) -> None:
    """Bring the database to this release's schema in one transaction, one process at a time."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        if not _is_newer(connection):
            command.upgrade(alembic_config(connection), "head")
            return
    require_current(engine)


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs, from any folder; `register/migrations/env.py` uses the connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def require_current(engine: Engine) -> None:
    """Raises SchemaNotCurrent, saying what to do, unless the database has exactly this release's schema."""
    with engine.connect() as connection:
        if set(_held(connection)) == {_head()}:
            return
        newer = _is_newer(connection)
    where = engine.url.render_as_string(hide_password=True)
    if newer:
        raise SchemaNotCurrent(f"The register at {where} belongs to a newer release of Twentydays. Run that release.")
    raise SchemaNotCurrent(
        f"The register at {where} is not prepared for this release. Run `twentydays register upgrade`."
    )


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())


def _head() -> str | None:
    return _scripts().get_current_head()


def _held(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _is_newer(connection: Connection) -> bool:
    known = {script.revision for script in _scripts().walk_revisions()}
    return not known.issuperset(_held(connection))
