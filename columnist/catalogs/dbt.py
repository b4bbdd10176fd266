"""dbt projects: their schema files, or the manifest and catalog that dbt has compiled from them.

Only the project's own texts are read: packages it has installed have authors and
licenses of their own. Nothing is rendered; of Jinja, ``{{ doc('name') }}`` alone is
understood, and looked up among the project's docs blocks.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from columnist.catalogs.catalog import Catalog, FoundTable, SourceKind
from columnist.catalogs.dbt_schema_files import TEMPLATE, SchemaFile, listed, mapping, read_schema_file, text_of
from columnist.ddl.dialects import DIALECTS, resolve
from columnist.ddl.tables import Column, Table
from columnist.digests import digest_bytes, digest_value
from columnist.errors import SourceError

PROJECT_FILE = "dbt_project.yml"
_MANIFEST, _CATALOG = "target/manifest.json", "target/catalog.json"
_NOT_OURS = frozenset({"target", "dbt_packages", "dbt_modules", "logs", "node_modules", "venv"})
_DESCRIBED = frozenset({"model", "seed", "snapshot"})
_DOCS_BLOCK = re.compile(r"\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}", re.DOTALL)
_DOC = re.compile(r"\{\{-?\s*doc\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"](\w+)['\"]\s*\)\s*-?\}\}")
_DEFAULT_DIALECT = "postgres"
_Entry = Mapping[str, Any]


def read_dbt_project(folder: Path, dialect: str | None = None) -> Catalog:
    """Read the models, seeds, snapshots and sources of a project.

    ``target/manifest.json`` is preferred where dbt has left one. Types come from
    ``target/catalog.json`` where that is there, else from ``data_type``.

    Args:
        folder: The folder with ``dbt_project.yml``.
        dialect: The dialect of its warehouse; told from the manifest if left out.

    Raises:
        SourceError: The project describes no table, or a compiled file is damaged.
    """
    files = _Files(folder)
    project = str(text_of(read_schema_file(files.read(PROJECT_FILE), PROJECT_FILE).content, "name") or folder.name)
    manifest = files.read_json(_MANIFEST)
    physical = _physical_columns(files.read_json(_CATALOG))
    skipped: list[str] = []
    entries = _from_manifest(manifest, project) if manifest else _from_schema_files(files, project, skipped)
    chosen = dialect or _adapter(manifest) or _DEFAULT_DIALECT
    tables: dict[str, Table] = {}
    for id_, entry in entries:
        table = _table(entry, physical.get(id_, {}), chosen)
        if table is None or table.qualified_name in tables:
            reason = "it names no columns, or one twice" if table is None else "it is described twice"
            skipped.append(f"{id_}: {reason}; left out")
        else:
            tables[table.qualified_name] = table
    if not tables:
        raise SourceError(
            f"{folder} is a dbt project, but none of its models or sources names a column; harvest another"
        )
    found = tuple(FoundTable(table=table) for table in tables.values())
    return Catalog(kind=SourceKind.DBT, name=project, digest=files.digest, tables=found, skipped=tuple(skipped))


class _Files:
    """The files of a project that were read, and what their digest is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: dict[str, str] = {}

    @property
    def digest(self) -> str:
        return digest_value(self._digests)

    def read(self, name: str) -> str:
        try:
            data = (self.folder / name).read_bytes()
            self._digests[name] = digest_bytes(data)
            return data.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{self.folder / name} cannot be read: {error}; check the dbt project") from error

    def read_json(self, name: str) -> dict[str, Any]:
        """Read a file that dbt has compiled; empty where there is none."""
        if not (self.folder / name).is_file():
            return {}
        try:
            content = json.loads(self.read(name))
        except (ValueError, RecursionError) as error:
            raise SourceError(
                f"{self.folder / name} is no JSON: {error}; run dbt docs generate again, or remove it"
            ) from error
        return content if isinstance(content, dict) else {}

    def named(self, *suffixes: str) -> Iterator[str]:
        """Yield the names of the project's own files with a suffix."""
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            own = not any(part in _NOT_OURS or part.startswith(".") for part in parts)
            if own and path.suffix.lower() in suffixes and path.is_file():
                yield "/".join(parts)


def _from_manifest(manifest: _Entry, project: str) -> Iterator[tuple[str, _Entry]]:
    """Yield what the manifest says of the project's own tables; its descriptions hold docs blocks already."""
    nodes = {**mapping(manifest, "nodes"), **mapping(manifest, "sources")}
    for id_, node in sorted(nodes.items()):
        kind = text_of(node, "resource_type")
        if text_of(node, "package_name") != project or not (kind in _DESCRIBED or kind == "source"):
            continue
        name = text_of(node, "identifier") or text_of(node, "alias") or text_of(node, "name")
        columns = [column for column in mapping(node, "columns").values() if isinstance(column, dict)]
        yield id_, {**_place(node), "name": name, "description": text_of(node, "description"), "columns": columns}


def _from_schema_files(files: _Files, project: str, skipped: list[str]) -> Iterator[tuple[str, _Entry]]:
    docs = _read_docs(files)
    for name in files.named(".yml", ".yaml"):
        if name == PROJECT_FILE:
            continue
        schema: SchemaFile = read_schema_file(files.read(name), name)
        if schema.fault:
            skipped.append(schema.fault)
        for kind, entry in schema.tables():
            id_ = f"{kind}.{project}.{entry['id']}"
            columns = [{**column, "description": _resolve(column, docs)} for column in entry["columns"]]
            yield id_, {**entry, "description": _resolve(entry, docs), "columns": columns}


def _read_docs(files: _Files) -> dict[str, str]:
    """Return the texts of the docs blocks in the project's Markdown files, by name."""
    return {name: text for file in files.named(".md") for name, text in _DOCS_BLOCK.findall(files.read(file))}


def _resolve(entry: _Entry, docs: Mapping[str, str]) -> str:
    """Put docs blocks where a description refers to them; what is not found stays, and is seen to be a template."""
    return _DOC.sub(lambda match: docs.get(match[1], match[0]).strip(), text_of(entry, "description"))


def _physical_columns(catalog: _Entry) -> dict[str, dict[str, str]]:
    """Return the types of the columns that the warehouse has, in its order, by table and column."""
    found = {}
    for id_, node in {**mapping(catalog, "nodes"), **mapping(catalog, "sources")}.items():
        columns = [column for column in mapping(node, "columns").values() if isinstance(column, dict)]
        ordered = sorted(columns, key=lambda column: column["index"] if isinstance(column.get("index"), int) else 0)
        found[id_] = {text_of(column, "name"): text_of(column, "type") for column in ordered if text_of(column, "name")}
    return found


def _table(entry: _Entry, physical: Mapping[str, str], dialect: str) -> Table | None:
    """Put a table together: the warehouse's columns where they are known, with the texts of the project."""
    described = {text_of(column, "name").casefold(): column for column in listed(entry, "columns")}
    names = physical or {text_of(column, "name"): text_of(column, "data_type") for column in listed(entry, "columns")}
    columns = tuple(
        Column(
            name=name,
            type=type_ or text_of(described.get(name.casefold(), {}), "data_type"),
            comment=text_of(described.get(name.casefold(), {}), "description") or None,
        )
        for name, type_ in names.items()
        if name
    )
    name = text_of(entry, "name")
    if not columns or not name:
        return None
    return Table(
        name=name,
        schema_name=text_of(entry, "schema") or None,
        dialect=dialect,
        columns=columns,
        comment=text_of(entry, "description") or None,
    )


def _place(node: _Entry) -> dict[str, str]:
    schema = text_of(node, "schema")
    # Models are built into schemas of developers and environments; of sources, the schema is part of the name.
    return {"schema": schema} if text_of(node, "resource_type") == "source" and not TEMPLATE.search(schema) else {}


def _adapter(manifest: _Entry) -> str | None:
    adapter = text_of(mapping(manifest, "metadata"), "adapter_type")
    try:
        return resolve(adapter) if adapter else None
    except SourceError:
        raise SourceError(
            f"the manifest names the adapter {adapter!r}; expected one of {', '.join(DIALECTS)}; say it with --dialect"
        ) from None
