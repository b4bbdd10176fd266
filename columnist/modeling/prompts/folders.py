"""The versioned folders that prompts are rendered from: settings, leads and templates."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from jinja2 import DictLoader, Environment, StrictUndefined, Template

from columnist.digests import digest_bytes, digest_value
from columnist.modeling.prompts.plain import plain
from columnist.modeling.prompts.prompt import PromptKind
from columnist.values import Value

_VERSIONS = {PromptKind.COMPACT: "v1", PromptKind.INSTRUCT: "v1"}


class Leads(Value):
    """What stands before a text; the spelled ones where the product has better words than the name."""

    table: str
    column: str
    table_spelled: str = ""
    column_spelled: str = ""


class Limits(Value):
    """How much of a stranger's text is shown, in bytes.

    Attributes:
        words: Of the words that a name is spelled out into.
        values: Of a column's values.
        line: Of a column's whole line.
        comment: Of a comment.
        comments: Of all comments of a window.
    """

    name: int
    words: int
    values: int
    line: int
    comment: int
    comments: int


class PromptFolder(Value):
    """The settings of one version of a prompt, ``prompt.yaml``."""

    kind: PromptKind
    version: int
    purpose: str
    leads: Leads
    limits: Limits


@cache
def open_folder(kind: PromptKind) -> PromptFolder:
    """Return the settings of a kind's current version."""
    return PromptFolder.model_validate(yaml.safe_load(_folder(kind).joinpath("prompt.yaml").read_bytes()))


@cache
def open_template(kind: PromptKind, name: str) -> Template:
    """Return a template of a kind's current version, such as ``schema``."""
    return _environment(kind).get_template(f"{name}.j2")


@cache
def read_examples(kind: PromptKind) -> tuple[dict[str, Any], ...]:
    """Return the examples that a kind's templates show."""
    return tuple(yaml.safe_load(_folder(kind).joinpath("examples.yaml").read_bytes()))


@cache
def folder_digest(kind: PromptKind) -> str:
    """Return the SHA-256 over the names and bytes of a kind's current version."""
    return digest_value({file.name: digest_bytes(file.read_bytes()) for file in _files(kind)})


@cache
def _environment(kind: PromptKind) -> Environment:
    texts = {file.name: file.read_text(encoding="utf-8") for file in _files(kind) if file.name.endswith(".j2")}
    # Plain text for a model: there is no markup to escape into.
    environment = Environment(loader=DictLoader(texts), autoescape=False, undefined=StrictUndefined)
    environment.filters["bounded"] = lambda text: plain(text, open_folder(kind).limits.line)
    return environment


def _files(kind: PromptKind) -> list[Traversable]:
    return sorted((file for file in _folder(kind).iterdir() if file.is_file()), key=lambda file: file.name)


def _folder(kind: PromptKind) -> Traversable:
    return files("columnist.modeling.prompts").joinpath(kind.value, _VERSIONS[kind])
