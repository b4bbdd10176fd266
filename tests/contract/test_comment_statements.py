"""Real databases execute the comment statements, and say the texts when asked for them.

DuckDB runs in this process. PostgreSQL and MariaDB run where their binaries are
installed, as private servers in a temporary folder, reachable by a socket only.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.postgres_server import find_postgres, run_postgres
from columnist.ddl import read_file, read_text
from columnist.ddl.tables import Column, Table
from columnist.documentation import Origin, TableDocumentation, Texts, merge
from columnist.rendering import Format, Header, render

SCRIPTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "ddl"
HOSTILE = "It's \\ 100 % \"done\"; -- no /* comment */ `é` 漢字 :x $1 ${y} {{z}}\n'); DROP TABLE x;"

Run = Callable[[str], str]


def describe(table: Table) -> TableDocumentation:
    """Invent a text for the table and each of its columns."""
    columns = tuple(f"{column.name} of {table.name}. {HOSTILE}" for column in table.columns)
    return merge(table, Texts(table=f"{table.name}. {HOSTILE}", columns=columns))


def expected_texts(documentations: list[TableDocumentation]) -> dict[tuple[str, str], str]:
    """Return what a database should say, by table and column; the table itself has no column."""
    return {
        (documentation.table.name, name): text.value if text.origin is Origin.HUMAN else text.value.replace("\n", " ")
        for documentation in documentations
        if documentation.table.partition_of is None
        for name, text in zip(
            ("", *(column.name for column in documentation.table.columns)),
            (documentation.description, *documentation.columns),
            strict=True,
        )
    }


# --- DuckDB


def test_duckdb_says_what_was_written_and_keeps_what_people_wrote() -> None:
    script = """
        CREATE SCHEMA shop;
        CREATE TABLE shop."Order Items" (id INTEGER PRIMARY KEY, "select" DECIMAL(8, 2), note VARCHAR);
        CREATE TABLE plain (id INTEGER);
        COMMENT ON TABLE plain IS 'Written by a person.';
        COMMENT ON COLUMN shop."Order Items".note IS 'Human too.';
    """
    documentations = [describe(table) for table in read_text(script, "duckdb").tables]
    with duckdb.connect() as connection:
        connection.execute(script)
        connection.execute(render(documentations, Format.SQL, Header(source="x\nDROP TABLE plain;")))
        told = connection.execute(
            "SELECT table_name, '', comment FROM duckdb_tables() UNION ALL "
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
    assert {(table, column): comment for table, column, comment in told} == expected_texts(documentations)
    assert ("plain", "", "Written by a person.") in told
    assert ("Order Items", "note", "Human too.") in told


# --- PostgreSQL


@pytest.fixture(scope="module")
def postgres() -> Iterator[Run]:
    programs = find_postgres()
    if programs is None or shutil.which("psql") is None:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl and psql)")
    with run_postgres(programs, ["fsync=off"]) as server:
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(server.folder), "-U", "tester"]

        def run(script: str) -> str:
            done = subprocess.run(
                ["psql", *options, "postgres"], input=script, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        yield run


READ_POSTGRES = """
    SELECT json_agg(json_build_array(c.relname, coalesce(a.attname, ''), d.description))
    FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0;
"""


def read_postgres(run: Run) -> dict[tuple[str, str], str]:
    with duckdb.connect() as connection:
        pairs = connection.execute("SELECT unnest(?::JSON::VARCHAR[][])", [run(READ_POSTGRES)]).fetchall()
    return {(table, column): comment for ((table, column, comment),) in pairs}


@pytest.mark.slow
def test_postgres_says_what_was_written(postgres: Run) -> None:
    postgres("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    script = """
        CREATE TABLE "Order Items" (id integer PRIMARY KEY, "a""b" text, "select" numeric, plain text);
        CREATE TABLE events (at timestamptz, kind text) PARTITION BY RANGE (at);
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        COMMENT ON COLUMN "Order Items".plain IS 'Written by a person.';
    """
    documentations = [describe(table) for table in read_text(script, "postgres").tables]
    postgres(script)
    postgres(render(documentations, Format.SQL))
    assert read_postgres(postgres) == expected_texts(documentations)


@pytest.mark.slow
def test_postgres_says_every_text_of_a_real_schema(postgres: Run) -> None:
    path = SCRIPTS / "postgres__pagila__pagila-schema.sql"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    postgres("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    documentations = [describe(table) for table in read_file(path, "postgres").tables]
    postgres("\\set ON_ERROR_STOP off\n" + _with_stand_ins(path.read_text()))
    postgres(render(documentations, Format.SQL))
    texts = expected_texts(documentations)
    told = read_postgres(postgres)
    assert {key: told.get(key) for key in texts} == texts
    assert len(texts) >= 100


def _with_stand_ins(script: str) -> str:
    """Give a server older than the schema what its tables need: a role, a function, a type, stored columns."""
    script = script.replace("uuidv7()", "gen_random_uuid()").replace("VIRTUAL", "STORED")
    return "CREATE ROLE postgres;\n" + re.sub(r"public\.vector\(\d+\)", "real[]", script)


# --- MariaDB


@pytest.fixture(scope="module")
def mariadb() -> Iterator[Run]:
    server, install, client = (shutil.which(name) for name in ("mariadbd", "mariadb-install-db", "mariadb"))
    if server is None or install is None or client is None:
        pytest.skip("no MariaDB server is installed (mariadbd, mariadb-install-db and mariadb)")
    folder = Path(tempfile.mkdtemp(prefix="my"))
    socket, places = folder / "s", ["--no-defaults", f"--datadir={folder / 'data'}"]
    user = ["--user=root"] if os.geteuid() == 0 else []
    plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([install, *places, *user, *plain], check=True, capture_output=True)
    running = subprocess.Popen(
        [server, *places, *user, f"--socket={socket}", "--skip-networking", "--character-set-server=utf8mb4"],
        stderr=subprocess.DEVNULL,
    )
    command = [
        client,
        "--no-defaults",
        f"--socket={socket}",
        "--user=root",
        "-N",
        "-r",
        "--default-character-set=utf8mb4",
    ]

    def run(script: str) -> str:
        prefix = "CREATE DATABASE IF NOT EXISTS shop; USE shop;\n"
        done = subprocess.run(command, input=prefix + script, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    _wait_for(socket, running)
    yield run
    running.terminate()
    running.wait(timeout=60)
    shutil.rmtree(folder)


def _wait_for(socket: Path, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while not socket.exists():
        assert running.poll() is None, "the server stopped"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.1)


def show_create(run: Run, table: str) -> list[str]:
    return run(f"SHOW CREATE TABLE `{table}`;").split("\t", 1)[1].rstrip("\n").split("\n")


def with_definitions(run: Run, table: Table) -> Table:
    """Take the definitions of a table's columns from the server, which writes one per line."""
    lines = [line.strip().rstrip(",") for line in show_create(run, table.name)]
    defined = {line.split("`")[1]: line.split("`", 2)[2].strip() for line in lines if line.startswith("`")}
    columns = tuple(
        column.model_copy(update={"definition": defined[column.name].split(" COMMENT '")[0]})
        for column in table.columns
    )
    return table.model_copy(update={"columns": columns})


def without_comments(lines: list[str]) -> list[str]:
    return [line.split(" COMMENT '")[0].split(" COMMENT='")[0].rstrip(",") for line in lines]


READ_MARIADB = """
    SELECT HEX(table_name), '', HEX(table_comment) FROM information_schema.tables WHERE table_schema = 'shop'
    UNION ALL
    SELECT HEX(table_name), HEX(column_name), HEX(column_comment) FROM information_schema.columns
    WHERE table_schema = 'shop';
"""


def read_mariadb(run: Run) -> dict[tuple[str, str], str]:
    rows = [[bytes.fromhex(field).decode() for field in line.split("\t")] for line in run(READ_MARIADB).splitlines()]
    return {(table, column): comment for table, column, comment in rows if comment}


def check_mariadb(run: Run, tables: list[Table], left_out: set[tuple[str, str]]) -> None:
    """Comment on tables, and see that the server's own statements differ by the comments alone."""
    before = [show_create(run, table.name) for table in tables]
    documentations = [describe(table) for table in tables]
    script = render(documentations, Format.SQL)
    assert script.count("left out") == len(left_out)
    run(script)
    after = [show_create(run, table.name) for table in tables]
    assert [without_comments(lines) for lines in after] == [without_comments(lines) for lines in before]
    assert before != after
    texts = expected_texts(documentations)
    told = {key: text for key, text in read_mariadb(run).items() if key[0] in {table.name for table in tables}}
    assert told == {key: text for key, text in texts.items() if key not in left_out}


@pytest.mark.slow
def test_mariadb_changes_comments_alone(mariadb: Run) -> None:
    mariadb("DROP DATABASE shop;")
    script = """
        CREATE TABLE `order items` (
          id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          code CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
          state ENUM('new', 'it''s; --', 'done') DEFAULT 'new',
          price DECIMAL(8,2) UNSIGNED ZEROFILL DEFAULT 0.00,
          gross DECIMAL(8,2) AS (price * 2) PERSISTENT,
          added TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
          secret INT INVISIBLE,
          note TEXT COMMENT 'Written by a person.'
        );
        CREATE TABLE parts (item BIGINT UNSIGNED NOT NULL, FOREIGN KEY (item) REFERENCES `order items` (id));
    """
    mariadb(script)
    # A definition that holds the marks of a comment is not told again, though these are inside a literal.
    tables = [with_definitions(mariadb, table) for table in read_text(script, "mysql").tables]
    check_mariadb(mariadb, tables, left_out={("order items", "state")})


# MariaDB keeps a CHECK with its column, where MySQL would add a second one: neither is tried.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "left_out"),
    [("mysql__tbls__mysql.sql", {("users", "username")}), ("mysql__ensembl__table.sql", set())],
)
def test_definitions_that_were_read_change_comments_alone(
    mariadb: Run, name: str, left_out: set[tuple[str, str]]
) -> None:
    path = SCRIPTS / name
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    mariadb("DROP DATABASE IF EXISTS shop;")
    mariadb(path.read_text())
    check_mariadb(mariadb, list(read_file(path, "mysql").tables), left_out)


@pytest.mark.slow
def test_mariadb_would_lose_what_a_guessed_definition_leaves_out(mariadb: Run) -> None:
    mariadb("DROP DATABASE IF EXISTS shop;")
    mariadb("CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY);")
    table = Table(name="t", dialect="mysql", columns=(Column(name="id", type="INT", nullable=False),))
    before = show_create(mariadb, "t")
    mariadb(render([merge(table, Texts(table="", columns=("The key.",)))], Format.SQL))
    assert show_create(mariadb, "t") == before
