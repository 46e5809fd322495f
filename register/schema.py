"""How the database is prepared for this release."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, func, select

from register.current import MIGRATIONS, is_newer, require_current

UPGRADE_LOCK = 20_2020
"""Number of the PostgreSQL advisory lock under which one process upgrades and the others wait."""


def upgrade_schema(engine: Engine) -> None:
    """Bring the database to this release's schema in one transaction, one process at a time."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        if not is_newer(connection):
            command.upgrade(alembic_config(connection), "head")
            return
    require_current(engine)


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs, from any folder; `register/migrations/env.py` uses the connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
