"""Measure how fast scripts are read: MB/s and tables/s.

Run: ``python -m benchmarks.ddl``, with ``--tables 2000 --inserts 200000`` to change the script.
"""

import argparse
import time
from collections.abc import Callable

from columnist.ddl import read_text

_COLUMNS = """  id bigint NOT NULL,
  customer_id integer REFERENCES shop.customer (id),
  state character varying(20) DEFAULT 'it''s open'::character varying NOT NULL,
  placed_at timestamp with time zone DEFAULT now(),
  total numeric(12,2) CHECK (total >= 0),
  tags text[],
  note text, -- free text; of no one
"""


def tables(count: int) -> str:
    """Return a script of tables with keys and comments, as pg_dump writes them."""
    return "".join(
        f"CREATE TABLE shop.order_{number} (\n{_COLUMNS}  PRIMARY KEY (id)\n);\n"
        f"COMMENT ON TABLE shop.order_{number} IS 'Orders of year {number}; one row each.';\n"
        f"COMMENT ON COLUMN shop.order_{number}.note IS 'What people''ve said.';\n"
        for number in range(count)
    )


def inserts(count: int) -> str:
    """Return a script of one table and many rows."""
    row = "INSERT INTO shop.t VALUES (1, 'it''s; some text', 3.5, NULL),\n(2, 'more', -1, '2024-01-01');\n"
    return f"CREATE TABLE shop.t (a int);\n{row * count}"


def measure(read: Callable[[], int]) -> tuple[float, int]:
    """Return the seconds of one call, and the tables it read."""
    started = time.perf_counter()
    found = read()
    return time.perf_counter() - started, found


def main() -> None:
    """Print one line for each kind of script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=2_000)
    parser.add_argument("--inserts", type=int, default=200_000)
    arguments = parser.parse_args()
    for name, script in (("tables", tables(arguments.tables)), ("rows", inserts(arguments.inserts))):
        megabytes = len(script.encode()) / 1e6
        for dialect in ("postgres", None):
            elapsed_s, found = measure(lambda script=script, dialect=dialect: len(read_text(script, dialect).tables))  # type: ignore[misc]
            print(
                f"{name:6} {dialect or 'detected':8} {megabytes:6.1f} MB {elapsed_s:6.2f} s"
                f" {megabytes / elapsed_s:6.1f} MB/s {found / elapsed_s:8.0f} tables/s"
            )


if __name__ == "__main__":
    main()
