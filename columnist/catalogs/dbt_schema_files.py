"""The YAML files in which dbt projects describe models, seeds, snapshots and sources.

Such a file may come from anyone. It is measured before it is loaded, since aliases
and nesting can make a small file enormous, and what is not shaped as expected is
left out rather than trusted.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

TEMPLATE = re.compile(r"\{[{%#]")
_DEEPEST = 60
_MOST_NODES = 500_000
_KINDS = {"models": "model", "seeds": "seed", "snapshots": "snapshot"}
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class SchemaFile(NamedTuple):
    """The content of a schema file, or what is wrong with it."""

    content: Mapping[str, Any]
    fault: str = ""

    def tables(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each table's kind with its ``id``, ``name``, ``description`` and ``columns``."""
        for section, kind in _KINDS.items():
            for entry in listed(self.content, section):
                yield from ((kind, table) for table in _versions(entry))
        for source in listed(self.content, "sources"):
            schema = text_of(source, "schema") or text_of(source, "name")
            for entry in listed(source, "tables"):
                table = _described(entry, f"{text_of(source, 'name')}.{text_of(entry, 'name')}")
                named = text_of(entry, "identifier") or text_of(entry, "name")
                yield "source", {**table, "name": named, "schema": "" if TEMPLATE.search(schema) else schema}


def read_schema_file(text: str, name: str) -> SchemaFile:
    """Read a schema file; one that cannot be used is empty and says why.

    Example:
        >>> file = read_schema_file("models: [{name: orders, columns: [{name: id, description: The key.}]}]", "a.yml")
        >>> [(kind, table["name"], len(table["columns"])) for kind, table in file.tables()]
        [('model', 'orders', 1)]
        >>> read_schema_file("a: [", "b.yml").fault
        'b.yml is no YAML; left out'
    """
    try:
        if not _is_measured(text):
            return SchemaFile({}, f"{name} grows without measure through its aliases or nesting; left out")
        content = yaml.load(text, Loader=yaml.CSafeLoader)
    # A date such as 2024-13-45 is a ValueError, a mapping as a key a TypeError.
    except (yaml.YAMLError, ValueError, TypeError):
        return SchemaFile({}, f"{name} is no YAML; left out")
    return SchemaFile(content if isinstance(content, dict) else {})


def text_of(entry: object, key: str) -> str:
    """Return a text of an entry; empty where there is none, or something else.

    Example:
        >>> text_of({"name": " orders "}, "name"), text_of({"name": ["x"]}, "name"), text_of({"v": 2}, "v")
        ('orders', '', '2')
    """
    value = entry.get(key) if isinstance(entry, dict) else None
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def listed(entry: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the mappings of a list of an entry."""
    value = entry.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def mapping(entry: object, key: str) -> dict[str, Any]:
    """Return a mapping of an entry; empty where there is none."""
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, dict) else {}


def _versions(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a model, or each of its versions with the columns it has."""
    name = text_of(mapping(entry, "config"), "alias") or text_of(entry, "alias") or text_of(entry, "name")
    base = {**_described(entry, text_of(entry, "name")), "name": "" if TEMPLATE.search(name) else name}
    versions = listed(entry, "versions")
    if not versions:
        yield base
    for version in versions:
        number = text_of(version, "v")
        alias = text_of(mapping(version, "config"), "alias") or text_of(version, "alias")
        yield {
            "id": f"{base['id']}.v{number}",
            "name": alias or f"{base['name']}_v{number}",
            "description": text_of(version, "description") or base["description"],
            "columns": _columns_of_version(version, base["columns"]),
        }


def _columns_of_version(version: dict[str, Any], inherited: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Apply ``include`` and ``exclude``, and let a version's own columns replace those of the model."""
    columns = listed(version, "columns")
    if not columns:
        return inherited
    own = {text_of(column, "name"): column for column in columns if "name" in column}
    kept: list[dict[str, Any]] = []
    for rule in (column for column in columns if "include" in column):
        wanted, unwanted = rule["include"], rule.get("exclude")
        excluded = set(map(str, unwanted)) if isinstance(unwanted, list) else set()
        chosen = None if wanted in ("all", "*") else set(map(str, wanted if isinstance(wanted, list) else ()))
        names = ((column, text_of(column, "name")) for column in inherited)
        kept += [column for column, name in names if name not in excluded and (chosen is None or name in chosen)]
    merged = {text_of(column, "name"): column for column in kept}
    return list({**merged, **own}.values())


def _described(entry: dict[str, Any], id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": text_of(entry, "name"),
        "description": text_of(entry, "description"),
        "columns": listed(entry, "columns"),
    }


def _is_measured(text: str) -> bool:
    """Whether a document stays small once its aliases are followed: they can double it line by line."""
    sizes: dict[str, int] = {}
    open_: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        size = 0
        if isinstance(event, _OPENING):
            open_.append((event.anchor, 1))
        elif isinstance(event, _CLOSING):
            anchor, size = open_.pop()
            if anchor:
                sizes[anchor] = size
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
        elif isinstance(event, yaml.AliasEvent):
            size = sizes.get(str(event.anchor), 1)
        if size and open_:
            anchor, before = open_.pop()
            open_.append((anchor, before + size))
        total = max(total, size, open_[-1][1] if open_ else 0)
        if len(open_) > _DEEPEST or total > _MOST_NODES:
            return False
    return True
