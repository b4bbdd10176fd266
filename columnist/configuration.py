"""Configuration files: YAML with ZenML's keys, checked before anything runs.

ZenML accepts a misspelt key at the top of a file in silence, and YAML a key that
comes twice. Here each file is checked first: the top-level keys against those we use, the parameters against the
pydantic models of the domain, which refuse unknown names.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from columnist.errors import ConfigError

_TOP_LEVEL = {"enable_cache", "parameters", "settings", "steps", "tags", "extra", "run_name"}


def load_config(
    path: Path, models: Mapping[str, type[BaseModel]], overrides: Sequence[str] = ()
) -> dict[str, BaseModel]:
    """Read a configuration file and return its validated parameters.

    Args:
        path: The YAML file.
        models: The expected parameters and the model of each.
        overrides: ``key=value`` texts, later ones win; keys are dotted paths below
            ``parameters``, values are YAML.

    Raises:
        ConfigError: The file is missing or not YAML, a key is unknown, missing or misspelt,
            or a value has the wrong type; the message names the key.
    """
    content = _read(path)
    unknown = sorted(set(content) - _TOP_LEVEL, key=str)
    if unknown:
        raise ConfigError(f"{path}: unknown key {unknown[0]!r}; expected one of {', '.join(sorted(_TOP_LEVEL))}")
    parameters = content.get("parameters")
    if not isinstance(parameters, dict):
        raise ConfigError(f"{path}: expected a mapping under 'parameters', got {type(parameters).__name__}")
    for override in overrides:
        _override(parameters, override)
    unknown = sorted(set(parameters) - set(models), key=str)
    missing = sorted(set(models) - set(parameters))
    if unknown or missing:
        trouble = f"unknown key 'parameters.{unknown[0]}'" if unknown else f"missing key 'parameters.{missing[0]}'"
        raise ConfigError(f"{path}: {trouble}; expected {', '.join(sorted(models))}")
    return {name: _validate(path, name, model, parameters[name]) for name, model in models.items()}


def _first_problem(error: ValidationError, model: type[BaseModel]) -> tuple[str, str]:
    """Return the dotted place and the message of what to mend first.

    A misspelt key is two problems, one key too many and one missing; the one that stands in the file comes first.
    """
    problems = error.errors()
    problem = next((each for each in problems if each["type"] == "extra_forbidden"), problems[0])
    message = problem["msg"]
    if problem["type"] == "extra_forbidden":
        missing = [str(each["loc"][-1]) for each in problems if each["type"] == "missing"]
        hint = f"is {missing[0]!r} meant, which is missing? " if missing else ""
        message = f"unknown key; {hint}expected one of {', '.join(_keys_at(model, problem['loc'][:-1]))}"
    return ".".join(str(part) for part in problem["loc"]), message


def _keys_at(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """Return the keys that a group may have, from where its validation failed.

    A place holds names of fields, and where several models fit the value of the field that tells them apart;
    numbers and the keys of mappings lead no further down.
    """
    models = [model]
    for part in place:
        below = [each.model_fields[part].annotation for each in models if part in each.model_fields]
        tagged = [each for each in models if part in _tags(each)]
        models = list(_models_in(below)) if below else tagged or models
    return sorted({name for each in models for name in each.model_fields})


def _models_in(annotations: Sequence[Any]) -> Iterator[type[BaseModel]]:
    """Yield the models that annotations such as ``tuple[A | B, ...]`` name."""
    for annotation in annotations:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        else:
            yield from _models_in(get_args(annotation))


def _tags(model: type[BaseModel]) -> set[Any]:
    literals = (field.annotation for field in model.model_fields.values() if get_origin(field.annotation) is Literal)
    return {value for literal in literals for value in get_args(literal)}


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"configuration file {path} does not exist; configs/ holds the ones that ship") from None
    except OSError as error:
        raise ConfigError(f"configuration file {path} cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"configuration file {path} cannot be read: {error}; save it as UTF-8") from error
    content = _parse(text, str(path))
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected a mapping with 'parameters', got {type(content).__name__}")
    return content


def _parse(text: str, name: str) -> Any:
    try:
        return yaml.load(text, _Loader)
    # A date such as 2024-13-45 is a ValueError.
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name} is not YAML: {' '.join(str(error).split())}") from error


class _Loader(yaml.SafeLoader):
    """Refuses a key that comes twice, of which YAML takes the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} comes twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _override(parameters: dict[str, Any], override: str) -> None:
    """Set one dotted key; a key that is not there yet is left for validation to refuse."""
    key, equals, value = override.partition("=")
    if not equals or not all(key.split(".")):
        raise ConfigError(f"--set {override!r}: expected key=value, such as training.epochs=2")
    *parents, last = key.split(".")
    target = parameters
    for parent in parents:
        target = target.setdefault(parent, {})
        if not isinstance(target, dict):
            raise ConfigError(f"--set {override!r}: {parent!r} is a value, not a group of keys")
    target[last] = _parse(value, f"--set {override!r}: the value")


def _validate(path: Path, name: str, model: type[BaseModel], value: Any) -> BaseModel:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        place, message = _first_problem(error, model)
        where = ".".join(part for part in ("parameters", name, place) if part)
        raise ConfigError(f"{path}: {where}: {message}") from error
