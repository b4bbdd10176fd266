"""Bring a database of studies to the newest form of its tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from columnist.studies.storage.engines import writing

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x636F6C756D6E  # any number, as long as it is always the same


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database lacks, all in one transaction.

    Of two processes that do so at once, the second waits and then finds nothing to do.
    """
    with writing(engine) as session:
        connection = session.connection()
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(migration_config(connection), "head")


def migration_config(connection: object) -> Config:
    """Return Alembic's configuration for a connection."""
    # Its logging is the caller's business, and it has no ini file: nothing of it depends on the folder it runs in.
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
