"""Tables that people have described, parted into those a fit may learn from and those that it is measured on."""

import json
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

from columnist.digests import digest_bytes
from columnist.modeling.acceptance.outcomes import Referenced
from columnist.synthesis.documented import read_documented

_PROJECT = "source_repo"


class Half(StrEnum):
    """What a documented table is used for."""

    FITTED = "fitted"
    KEPT = "kept"


def read_documented_tables(path: Path, half: Half | None, most: int | None, seed: int) -> list[Referenced]:
    """Read documented tables, or one half of them.

    All tables of a project are in one half, because its tables are described alike.

    Args:
        path: As ``columnist.synthesis.documented.read_documented`` takes it; a row's ``source_repo`` names
            its project, and without one every table is a project of its own.
        half: Which half; ``None`` for all.
        most: At most so many tables.
        seed: Decides which, if there are more.

    Raises:
        TrainingSetError: The file cannot be read.
        SourceError: The script cannot be read.
    """
    found = read_documented(path)
    projects = _projects(path) if path.suffix == ".jsonl" else {}
    wanted = [known for known in found if half is None or half_of(projects.get(known.id, known.id)) is half]
    if most is not None and len(wanted) > most:
        wanted = Random(seed).sample(wanted, most)
    return [Referenced(known.id, known.table, known.texts) for known in wanted]


def half_of(project: str) -> Half:
    """Return the half that a project's tables belong to, which depends on its name alone.

    Example:
        >>> [half_of(name).value for name in ("fivetran/dbt_shopify_source", "mozilla/bigquery-etl")]
        ['kept', 'fitted']
    """
    return Half.FITTED if int(digest_bytes(project.encode())[:8], 16) % 2 == 0 else Half.KEPT


def _projects(path: Path) -> dict[str, str]:
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    return {str(row["id"]): str(row[_PROJECT]) for row in rows if row.get("id") and row.get(_PROJECT)}
