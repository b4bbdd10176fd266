"""Definitions that can be told to MySQL again."""

import pytest

from columnist.ddl.tables import Column
from columnist.rendering.mysql_definitions import repeatable_definition


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("int(10)  unsigned\n NOT NULL AUTO_INCREMENT PRIMARY KEY", "int(10) unsigned NOT NULL AUTO_INCREMENT"),
        ("varchar(20) UNIQUE KEY DEFAULT 'a''b  c'", "varchar(20) DEFAULT 'a''b  c'"),
        ("varchar(20) KEY", "varchar(20)"),
        ("enum('PRIMARY KEY','key')", "enum('PRIMARY KEY','key')"),
        (
            "timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
            "timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        ),
        (
            "varchar(9) CHARACTER SET latin1 COLLATE latin1_bin",
            "varchar(9) CHARACTER SET latin1 COLLATE latin1_bin",
        ),
        ("int GENERATED ALWAYS AS (`a` + 1) STORED", "int GENERATED ALWAYS AS (`a` + 1) STORED"),
    ],
)
def test_everything_but_keys_is_repeated(definition: str, expected: str) -> None:
    assert repeatable_definition(Column(name="x", definition=definition)) == expected


@pytest.mark.parametrize(
    "definition",
    [
        "PRIMARY KEY",
        "SERIAL",
        "int COMMENT ''",
        "int CONSTRAINT positive CHECK (x > 0)",
        "int; DROP TABLE t",
        "int -- counted",
        "int # counted",
        "int /* counted */",
        "varchar(9) DEFAULT 'open",
    ],
)
def test_what_is_not_sure_is_refused(definition: str) -> None:
    assert repeatable_definition(Column(name="x", definition=definition)) is None
