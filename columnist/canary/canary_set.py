"""The canary set: tables of our own in several dialects, each with the texts that a person would write."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from columnist.ddl import Table, read_file
from columnist.digests import digest_file, digest_value
from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.values import Value

FOLDER = Path(__file__).with_name("tables")
_REFERENCES = "references.yaml"


class CanarySet(Value):
    """Tables with their references.

    Attributes:
        sha256: Digest of the files they were read from, so that reading them otherwise does not make it another set.
    """

    sha256: str
    examples: tuple[Example, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone."""
        return tuple(example.table for example in self.examples)


@cache
def read_canary_set(folder: Path = FOLDER) -> CanarySet:
    """Read the scripts of a folder, each named by its dialect, and their references.

    Comments in a script stay: the set holds a few that try to instruct the model.

    Raises:
        ValueError: The references do not name the tables and columns of the scripts.
    """
    files = sorted(folder.glob("*.sql"))
    references = yaml.safe_load((folder / _REFERENCES).read_bytes())
    return CanarySet(
        sha256=digest_value({file.name: digest_file(file) for file in (*files, folder / _REFERENCES)}),
        examples=tuple(
            _example(file.name, table, references[file.name])
            for file in files
            for table in read_file(file, file.stem).tables
        ),
    )


def _example(file: str, table: Table, references: dict[str, Any]) -> Example:
    reference = references[table.name]
    names = [column.name for column in table.columns]
    if list(reference["columns"]) != names:
        raise ValueError(f"{file}, {table.name}: the references name {list(reference['columns'])}, its columns {names}")
    return Example(
        id=f"{file.removesuffix('.sql')}.{table.name}",
        ddl="",
        table=table,
        reference=Texts(table=reference["table"], columns=tuple(reference["columns"].values())),
        naics_code="",
        use_case="",
        teacher="person",
        license="Apache-2.0",
    )
