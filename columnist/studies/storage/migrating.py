"""Bring a database of studies to the newest form of its tables."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

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
        _run(connection)


def _run(connection: Connection) -> None:
    """Run Alembic inside the caller's transaction: without its ini and env files, nothing depends on where it runs."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)

    def missing(revision: Any, _context: Any) -> Any:
        # As Alembic's own documentation of EnvironmentContext does it; there is no public name.
        return scripts._upgrade_revs("head", revision)

    with EnvironmentContext(config, scripts, fn=missing) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()
