"""What Alembic runs to migrate: on the connection it is given, in the transaction that is open there."""

from alembic import context

from pipeline.adapters.index.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite cannot alter much in place
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
