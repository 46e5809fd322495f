"""How Alembic runs the revisions: on the connection it is given, inside the transaction that is open there."""

from __future__ import annotations

from alembic import context

from register.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
