"""Alembic's entry: runs over asyncpg, on the connection handed in by bot/migrate.py."""

from alembic import context

from db.base import Base
from db.models import all as models

# Importing every model is what makes the metadata whole.
METADATA = Base.metadata if models.__all__ else None

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    compare_server_default=False,
    include_name=lambda name, kind, _parents: not (kind == "schema" and name == "jobs"),
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
