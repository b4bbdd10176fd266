"""What Alembic runs: the connection comes from ``columnist.studies.storage.migrating``."""

from alembic import context

from columnist.studies.storage.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
# No transaction is begun here: the caller has one, and it holds all migrations or none.
context.run_migrations()
