"""Vocabulary packs: data files of use cases, entities and attributes, joined into one body of entries.

Every entry remembers the file it stands in, so that a mistake in a team's pack is
reported where the team can mend it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import ValidationError

from columnist.errors import TrainingSetError

SECTIONS = ("use_cases", "entities", "sets", "units", "abbreviations")
_GROWING = frozenset({"sets", "abbreviations"})
_MALFORMED = (ValidationError, ValueError, KeyError, TypeError, AttributeError)
_Built = TypeVar("_Built")


class Entries:
    """The entries of all packs by section, and the file each one comes from.

    A set or an abbreviation may grow from pack to pack; anything else is defined once.
    """

    def __init__(self, packs: Mapping[str, Mapping[str, Any]]) -> None:
        self.sections: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        self._files: dict[tuple[str, str], str] = {}
        for file_name, pack in packs.items():
            for section, entries in pack.items():
                for name, entry in entries.items():
                    self._add(file_name, section, name, entry)

    def build(self, section: str, make: Callable[[str, Any], _Built]) -> Iterator[tuple[str, _Built]]:
        """Yield what a section's entries are made into, by name.

        Raises:
            TrainingSetError: An entry is malformed; the message names its file.
        """
        for name, entry in self.sections[section].items():
            try:
                yield name, make(name, entry)
            except _MALFORMED as error:
                self.refuse(section, name, _reason(error))

    def build_set(self, name: str, make: Callable[[str, Any], _Built]) -> tuple[_Built, ...]:
        """Return what the attributes of a set are made into.

        Raises:
            TrainingSetError: An attribute is malformed; the message names its file.
        """
        entries = self.sections["sets"][name]
        built = []
        for key in entries:
            try:
                built.append(make(key, entries[key]))
            except _MALFORMED as error:
                self.refuse("sets", f"{name}.{key}", _reason(error))
        return tuple(built)

    def refuse(self, section: str, name: str, reason: str) -> NoReturn:
        """Report a damaged entry by its file, section and name.

        Raises:
            TrainingSetError: Always.
        """
        file_name = self._files.get((section, name)) or self._files.get((section, name.split(".")[0]), "a pack")
        raise TrainingSetError(f"{file_name}: {name} of {section}: {reason}; mend the entry")

    def _add(self, file_name: str, section: str, name: str, entry: Any) -> None:
        known = self.sections[section]
        where = self._files.get((section, name))
        if section in _GROWING:
            self._grow(file_name, section, name, entry)
        elif where and entry != known[name]:
            raise TrainingSetError(f"{file_name}: {name} of {section} is already defined in {where}; rename it")
        else:
            known[name] = entry
        self._files[section, name] = file_name

    def _grow(self, file_name: str, section: str, name: str, entry: Any) -> None:
        known = self.sections[section]
        expected = dict if section == "sets" else (list, str)
        if not isinstance(entry, expected):
            self._files[section, name] = file_name
            said = "attributes by name" if section == "sets" else "a list of short forms"
            self.refuse(section, name, f"expected {said}, got {type(entry).__name__}")
        if isinstance(entry, dict):
            known[name] = {**known.get(name, {}), **entry}
            self._files.update(((section, f"{name}.{key}"), file_name) for key in entry)
        else:
            forms = [entry] if isinstance(entry, str) else entry
            known[name] = list(dict.fromkeys([*known.get(name, ()), *map(str, forms)]))


def pack_files(packs: tuple[Path, ...] = ()) -> list[Path | Traversable]:
    """List the packs that the product ships, and then a team's own.

    Raises:
        TrainingSetError: Two packs have the same file name, by which mistakes and digests are reported.
    """
    folder = files("columnist.synthesis").joinpath("data", "vocabulary")
    shipped = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    names = {path.name for path in shipped}
    for path in packs:
        if path.name in names:
            raise TrainingSetError(f"{path}: there is another pack called {path.name}; give this one another file name")
        names.add(path.name)
    return [*shipped, *packs]


def read_packs(packs: tuple[Path, ...] = ()) -> dict[str, dict[str, dict[str, Any]]]:
    """Read the packs that the product ships and a team's own, by file name.

    Raises:
        TrainingSetError: A file cannot be read or is no pack.
    """
    own = pack_files(packs)[len(_read_shipped()) :]
    return {**_read_shipped(), **{path.name: read_pack(path) for path in own}}


@cache
def _read_shipped() -> dict[str, dict[str, dict[str, Any]]]:
    return {path.name: read_pack(path) for path in pack_files()}


def read_pack(path: Path | Traversable) -> dict[str, dict[str, Any]]:
    """Read the sections of a pack.

    Raises:
        TrainingSetError: The file cannot be read, is no YAML, or has other sections.
    """
    try:
        pack = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{path}: expected a vocabulary pack, but it cannot be read: {error}; check the path"
        ) from error
    # A date such as 2024-13-45 is a ValueError.
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise TrainingSetError(
            f"{path.name}: expected YAML, but it cannot be parsed: {reason}; mend the file"
        ) from error
    sections = pack if isinstance(pack, dict) else {}
    unknown = sorted(str(key) for key in sections if key not in SECTIONS)
    if unknown or not sections or not all(isinstance(entries, dict) for entries in sections.values()):
        found = ", ".join(unknown) or "no section with entries"
        raise TrainingSetError(
            f"{path.name}: expected the sections {', '.join(SECTIONS)}, found {found}; mend the file"
        )
    return {section: {str(name): entry for name, entry in entries.items()} for section, entries in sections.items()}


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"])
        return f"{place}: {problem['msg']}" if place else str(problem["msg"])
    # Of a missing argument, Python names the function too: "Model.__init__() missing ...".
    return " ".join(str(error).split())
