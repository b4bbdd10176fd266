import pytest
from study_parts import make_places

from benchmarks.postgres_server import find_postgres, run_postgres


@pytest.fixture(scope="session")
def postgres_url():
    """A PostgreSQL server of these tests alone, reached by a socket in a temporary folder."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl and postgres)")
    pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    with run_postgres(programs) as server:
        yield server.url


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
