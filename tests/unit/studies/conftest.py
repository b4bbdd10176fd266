import os
import shutil
import subprocess
from pathlib import Path

import pytest
from study_parts import make_places

POSTGRES = Path("/usr/local/bin/postgres")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory):
    """A PostgreSQL server of these tests alone, reached by a socket in a temporary folder."""
    if not POSTGRES.exists():
        pytest.skip(f"{POSTGRES} is not installed")
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    programs = POSTGRES.resolve().parent
    # Short and outside pytest's own folder: a socket's path has at most 107 characters, and the server's user needs in.
    folder = Path("/tmp") / f"columnist-pg-{os.getpid()}"
    folder.mkdir(mode=0o755)
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = "postgres"
        shutil.chown(folder, user, user)
    initdb = ["-D", folder / "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C"]
    started = False
    try:
        subprocess.run([programs / "initdb", *initdb], user=user, check=True, capture_output=True, cwd=folder)
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        start = ["-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"]
        subprocess.run([programs / "pg_ctl", *start], user=user, check=True, capture_output=True, cwd=folder)
        started = True
        yield f"postgresql://tester@/postgres?host={folder}"
    finally:
        if started:
            stop = ["-D", folder / "data", "-m", "immediate", "-w", "stop"]
            subprocess.run([programs / "pg_ctl", *stop], user=user, check=True, capture_output=True, cwd=folder)
        shutil.rmtree(folder)


@pytest.fixture
def postgres_database(postgres_url):
    """An empty database of the server."""
    import psycopg

    name = "studies"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """The URL of an empty database, once of each kind."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_database")
    return f"sqlite:///{tmp_path / 'studies.db'}"


@pytest.fixture
def places(tmp_path, database):
    found = make_places(tmp_path, database)
    yield found
    found.storage.close()


@pytest.fixture
def local_places(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    found = make_places(tmp_path)
    yield found
    found.storage.close()
