"""Examples from a company's own comments, in its house style.

A harvest is a folder with examples and a record of where they come from. It holds
other people's words: it is kept apart by the class of its license, and no training
set uses it unless its configuration names the folder.
"""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from columnist.catalogs import Catalog, FoundTable, SourceKind, open_catalog
from columnist.catalogs.bare_statements import agrees, render_create_table, strip_comments
from columnist.ddl import read_text
from columnist.ddl.lexicon import Kind, lexicon, tokenize
from columnist.ddl.tables import Table
from columnist.digests import canonical_json, digest_bytes, digest_value
from columnist.documentation import Texts
from columnist.errors import ConfigError, SourceError, TrainingSetError
from columnist.synthesis.examples import Example, as_lines
from columnist.synthesis.human_texts import even_out, find_human_fault, is_secretive
from columnist.values import Value

EXAMPLES_FILE = "examples.jsonl"
RECORD_FILE = "harvest.json"
TEACHER = "human"
KIND = "harvested"
NOT_DESCRIBED = "too few columns are described"
NO_STATEMENT = "no statement can be written for it"
SECRETS = "its statement holds an address, a secret or personal data"
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*(?: (?:AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]*)*")
_PERMISSIVE = frozenset(
    {"Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "Unlicense", "CC0-1.0", "CC-BY-4.0"}
    | {"PostgreSQL", "Zlib", "CDLA-Permissive-2.0", "ODC-By-1.0", "PDDL-1.0"}
)


class LicenseClass(StrEnum):
    """What may be done with texts, in three steps; a folder holds one class.

    ``PERMISSIVE``: anybody may use them, with attribution. ``RESTRICTED``: under
    conditions, such as share-alike or no commerce. ``PROPRIETARY``: the company's own.
    """

    PERMISSIVE = "permissive"
    RESTRICTED = "restricted"
    PROPRIETARY = "proprietary"


class HarvestRecord(Value):
    """Where the examples of a harvest come from, and what was left out.

    Attributes:
        source: The name of the source, without passwords or absolute paths.
        source_digest: SHA-256 of what was read of it.
        license: SPDX identifier under which the texts may be used.
        tables: How many tables the source has.
        texts: How many texts the examples hold, of tables and columns.
        undocumented_columns: Columns of the examples that have no usable text.
        rejected_tables: Tables that became no example, by reason.
        rejected_texts: Texts that were left out of examples or made none, by reason.
        skipped: Parts of the source that could not be read.
        examples_sha256: Digest of the file of examples.
    """

    source_kind: SourceKind
    source: str
    source_digest: str
    license: str
    license_class: LicenseClass
    min_documented: float = Field(ge=0, le=1)
    tables: int
    examples: int
    texts: int
    undocumented_columns: int
    rejected_tables: dict[str, int]
    rejected_texts: dict[str, int]
    skipped: int = 0
    examples_sha256: str


def classify_license(license_: str, told: str | None = None) -> LicenseClass:
    """Return the class of a license: the one that was told, or what its identifier says.

    Args:
        license_: A SPDX expression; ``LicenseRef-`` and a name for one's own terms.
        told: The class, where a person has decided.

    Raises:
        ConfigError: The license is no SPDX expression, or its class cannot be the one told.

    Example:
        >>> [classify_license(name).value for name in ("MIT", "CC-BY-SA-4.0", "LicenseRef-ours")]
        ['permissive', 'restricted', 'proprietary']
    """
    if not _SPDX.fullmatch(license_):
        raise ConfigError(f"--license {license_!r}: expected a SPDX identifier such as MIT, or LicenseRef-NAME")
    if told is not None:
        return LicenseClass(told)
    if "LicenseRef-" in license_:
        return LicenseClass.PROPRIETARY
    alternatives = [set(re.split(r" (?:AND|WITH) ", part)) for part in license_.split(" OR ")]
    free = any(names <= _PERMISSIVE for names in alternatives)
    return LicenseClass.PERMISSIVE if free else LicenseClass.RESTRICTED


def harvest_source(
    source: str,
    license_: str,
    license_class: str | None = None,
    dialect: str | None = None,
    schema_name: str | None = None,
    min_documented: float = 0.3,
) -> tuple[tuple[Example, ...], HarvestRecord, tuple[str, ...]]:
    """Read a source and make examples of it.

    Args:
        source: As for ``columnist.catalogs.open_catalog``.
        license_: SPDX identifier under which the texts may be used.
        license_class: Its class; told from the license if left out.
        dialect: The source's SQL dialect; told from the source if left out.
        schema_name: Of a database: its schema.
        min_documented: The least share of a table's columns with a usable text.

    Returns:
        The examples, their record, and what of the source could not be read.

    Raises:
        ConfigError: The license is none.
        SourceError: The source cannot be read, or no table of it can be learned from.
    """
    class_ = classify_license(license_, license_class)
    catalog = open_catalog(source, dialect, schema_name)
    examples, record = harvest(catalog, license_, class_, min_documented)
    if not examples:
        reasons = ", ".join(f"{number} because {reason}" for reason, number in record.rejected_tables.items())
        raise SourceError(
            f"none of the {record.tables} tables of {catalog.name} can be learned from: {reasons}; "
            "give a source with comments, or a lower --min-documented"
        )
    return examples, record, catalog.skipped


def harvest(
    catalog: Catalog, license_: str, license_class: LicenseClass, min_documented: float
) -> tuple[tuple[Example, ...], HarvestRecord]:
    """Make examples of the tables whose columns people have described.

    Args:
        catalog: The tables, with their comments.
        license_: SPDX identifier under which the texts may be used.
        license_class: Its class.
        min_documented: The least share of a table's columns with a usable text.
    """
    rejected_texts: Counter[str] = Counter()
    rejected_tables: Counter[str] = Counter()
    examples: dict[str, Example] = {}
    group = f"{KIND}-{digest_value([catalog.kind.value, catalog.name])[:12]}"
    for found in catalog.tables:
        texts = _choose_texts(found.table, rejected_texts)
        fault, ddl = _judge(found, texts, min_documented)
        id_ = f"{group}-{digest_value(found.table.identifier)[:12]}"
        if fault or id_ in examples:
            rejected_tables[fault or "it comes twice"] += 1
            continue
        examples[id_] = Example(
            id=id_,
            group=group,
            ddl=ddl,
            table=_bare(found.table),
            reference=texts,
            naics_code="",
            use_case="",
            kind=KIND,
            teacher=TEACHER,
            license=license_,
        )
    made = tuple(examples.values())
    columns = [text for example in made for text in example.reference.columns]
    record = HarvestRecord(
        source_kind=catalog.kind,
        source=catalog.name,
        source_digest=catalog.digest,
        license=license_,
        license_class=license_class,
        min_documented=min_documented,
        tables=len(catalog.tables),
        examples=len(made),
        texts=sum(map(bool, columns)) + sum(bool(example.reference.table) for example in made),
        undocumented_columns=columns.count(""),
        rejected_tables=dict(sorted(rejected_tables.items())),
        rejected_texts=dict(sorted(rejected_texts.items())),
        skipped=len(catalog.skipped),
        examples_sha256=digest_bytes(as_lines(made)),
    )
    return made, record


def default_folder(home: Path, record: HarvestRecord) -> Path:
    """Return where a harvest is kept unless a person says otherwise: below the stores, out of version control."""
    name = re.sub(r"[^\w.-]+", "-", record.source).strip("-.") or record.source_kind.value
    return home / "harvested" / record.license_class.value / name


def write_harvest(examples: Iterable[Example], record: HarvestRecord, folder: Path) -> None:
    """Write a harvest, whole or not at all; a folder that holds an earlier harvest of the same source is replaced.

    Raises:
        ConfigError: The folder holds something else: another class of license,
            another source, or other files. Or it cannot be written.
    """
    _check_place(folder, record)
    folder = folder.resolve()
    content = {EXAMPLES_FILE: as_lines(examples), RECORD_FILE: _as_json(record)}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as place:
            fresh, old = Path(place) / "new", Path(place) / "old"
            fresh.mkdir()
            for name, data in content.items():
                (fresh / name).write_bytes(data)
            if folder.exists():
                folder.rename(old)
            try:
                fresh.rename(folder)
            except OSError:
                shutil.move(old, folder)
                raise
    except OSError as error:
        raise ConfigError(f"cannot write {folder}: {error.strerror}; give another --output") from error


def read_harvest(folder: Path) -> tuple[HarvestRecord, Iterator[Example]]:
    """Open a harvest: its record, and its examples as a stream.

    Raises:
        TrainingSetError: The folder holds no harvest, or its files are damaged or do not belong together.
    """
    record = _read_record(folder)
    path = folder / EXAMPLES_FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TrainingSetError(f"{path} cannot be read: {error.strerror}; harvest the source again") from error
    if digest_bytes(data) != record.examples_sha256:
        raise TrainingSetError(f"{path} is not the file that {RECORD_FILE} speaks of; harvest the source again")
    return record, _parse(data)


def _parse(data: bytes) -> Iterator[Example]:
    # The digest has shown that these are the lines that were written.
    return (Example.model_validate_json(line) for line in data.split(b"\n") if line)


def _choose_texts(table: Table, rejected: Counter[str]) -> Texts:
    """Take the comments that may be learned from; any other becomes empty and is counted."""

    def choose(name: str, comment: str | None) -> str:
        if not comment or not comment.strip():
            return ""
        fault = find_human_fault(name, comment)
        if fault:
            rejected[fault] += 1
        return "" if fault else even_out(comment)

    columns = tuple(choose(column.name, column.comment) for column in table.columns)
    return Texts(table=choose(table.name, table.comment), columns=columns)


def _judge(found: FoundTable, texts: Texts, min_documented: float) -> tuple[str, str]:
    """Return the reason against a table, or its statement."""
    described = sum(map(bool, texts.columns))
    if not described or described < min_documented * len(texts.columns):
        return NOT_DESCRIBED, ""
    candidates = _statements(found)
    if not candidates:
        return NO_STATEMENT, ""
    safe = next((ddl for ddl in candidates if not _holds_secrets(ddl, found.table.dialect)), "")
    return ("", safe) if safe else (SECRETS, "")


def _statements(found: FoundTable) -> list[str]:
    """Return statements without comments: the source's own where it tells all that is known, else one of ours."""
    table = _bare(found.table)
    own = strip_comments(found.statement, table.dialect) if found.statement else ""
    candidates = [f"{own.rstrip(';')};"] if own and agrees(own, table) else []
    written = render_create_table(table)
    return [*candidates, written] if _is_readable(written, table) else candidates


def _is_readable(ddl: str, table: Table) -> bool:
    try:
        read = read_text(ddl, table.dialect).tables
    except SourceError:
        return False
    return len(read) == 1 and [c.name for c in read[0].columns] == [c.name for c in table.columns]


def _holds_secrets(ddl: str, dialect: str) -> bool:
    tokens = tokenize(ddl, lexicon(dialect))
    return any(is_secretive(token.text.strip("'\"`")) for token in tokens if token.kind is Kind.STRING)


def _bare(table: Table) -> Table:
    hidden = {"comment": None, "definition": None}
    columns = tuple(
        column.model_copy(update={**hidden, **_without_secret_default(column.default)}) for column in table.columns
    )
    return table.model_copy(update={"comment": None, "line": 1, "columns": columns})


def _without_secret_default(default: str | None) -> dict[str, None]:
    return {"default": None} if default and is_secretive(default.strip("'\"")) else {}


def _as_json(record: HarvestRecord) -> bytes:
    return f"{canonical_json(record.model_dump(mode='json'))}\n".encode()


def _read_record(folder: Path) -> HarvestRecord:
    path = folder / RECORD_FILE
    try:
        return HarvestRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise TrainingSetError(
            f"{path} cannot be read: {error.strerror}; expected the folder of a harvest, run python run.py harvest"
        ) from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the file"
        raise TrainingSetError(f"{path}: {where}: {problem['msg']}; harvest the source again") from error


def _check_place(folder: Path, record: HarvestRecord) -> None:
    """Refuse a folder that holds anything but an earlier harvest of the same source and class."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is a file; give a new folder as --output")
    present = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if not present:
        return
    if RECORD_FILE not in present or present - {EXAMPLES_FILE, RECORD_FILE}:
        raise ConfigError(f"{folder} holds files that are no harvest; give a new folder as --output")
    earlier = _read_record(folder)
    if earlier.license_class is not record.license_class:
        raise ConfigError(
            f"{folder} holds {earlier.license_class.value} texts, these are {record.license_class.value}; "
            "classes are kept apart, give another --output"
        )
    if (earlier.source_kind, earlier.source) != (record.source_kind, record.source):
        raise ConfigError(
            f"{folder} holds the harvest of {earlier.source}, not of {record.source}; give another --output"
        )
