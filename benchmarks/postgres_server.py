"""A PostgreSQL server to throw away: for the tests of what is kept in one, and for loading it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_INITIALIZE = ("-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C")


class PostgresServer:
    """A server in a folder of its own, reached by a socket in that folder and by no network.

    Attributes:
        folder: Of the socket, the data and the log.
        url: Of the database ``postgres``.
    """

    def __init__(self, programs: Path, folder: Path, settings: Sequence[str] = ()):
        self.folder, self._programs = folder, programs
        self.url = f"postgresql://tester@/postgres?host={folder}"
        self._settings = ("listen_addresses=", f"unix_socket_directories={folder}", *settings)
        # The server refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None

    def initialize(self) -> None:
        """Make the data folder."""
        if self._user:
            shutil.chown(self.folder, self._user, self._user)
        self._run("initdb", "-D", str(self.folder / "data"), *_INITIALIZE)

    def start(self) -> None:
        """Start, and wait until connections are taken."""
        options = " ".join(f"-c '{setting}'" for setting in self._settings)
        self._control("-o", options, "-l", str(self.folder / "log"), "start")

    def crash(self) -> None:
        """Stop as a power cut would for the server: nothing that only its memory holds is written any more."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        # The server keeps what it is started with: a pipe to it would never end.
        command = [str(self._programs / program), *arguments]
        groups = () if self._user else None  # of root's, none
        subprocess.run(
            command,
            user=self._user,
            group=self._user,
            extra_groups=groups,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )


def find_postgres() -> Path | None:
    """Return the folder of the programs of an installed server; ``None`` where there is none."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def run_postgres(programs: Path, settings: Sequence[str] = ()) -> Iterator[PostgresServer]:
    """Run a server that is gone with all its data when this ends.

    Args:
        programs: What ``find_postgres`` returns.
        settings: Further ones, as ``name=value``.
    """
    # Short, and not where TMPDIR may point to: a socket's path has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(programs, Path(folder), settings)
        server.initialize()
        server.start()
        try:
            yield server
        finally:
            server.crash()
