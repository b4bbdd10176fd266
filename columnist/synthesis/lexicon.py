"""The generator's vocabulary: use cases, entities and attributes, read from data files.

The files are meant to be read and extended by people who know a trade, not
Python. In their phrases ``~`` stands for the thing a row describes ("the
claim"), and ``^`` for the period a metric covers ("the month").
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, field_validator

from columnist.digests import digest_bytes
from columnist.errors import TrainingSetError
from columnist.synthesis.english import pluralize, spell
from columnist.synthesis.naics import NAICS_FILE
from columnist.values import Value

_SECTIONS = ("use_cases", "entities", "sets", "units", "abbreviations")


class Kind(StrEnum):
    """What sort of fact a column holds; the key under which its meaning stands in the data files."""

    WHEN = "when"  # a date or a time: the generator chooses, the name follows
    DATE = "date"
    TIME = "time"
    WHETHER = "whether"
    AMOUNT = "amount"
    COUNT = "count"
    MEASURE = "measure"
    PERCENT = "percent"
    SCORE = "score"
    CODE = "code"
    NUMBER = "number"  # a business identifier that people read, such as an invoice number
    NAME = "name"
    TEXT = "text"
    DOCUMENT = "document"
    LIST = "list"  # several values in one column
    RECORD = "record"  # a structure with fields of its own; made by the generator, not written in packs
    RECORDS = "records"  # several such structures in one column

    @property
    def is_numeric(self) -> bool:
        """Whether values can be added or averaged."""
        return self in {Kind.AMOUNT, Kind.COUNT, Kind.MEASURE, Kind.PERCENT, Kind.SCORE}

    @property
    def is_moment(self) -> bool:
        """Whether the phrase is a clause that says when something happens."""
        return self in {Kind.WHEN, Kind.DATE, Kind.TIME}


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Attribute(Value):
    """A property of an entity, with the phrases that say what it means.

    Attributes:
        words: The words of its name before any naming style.
        means: Noun phrases; clauses for moments and flags.
        unit: Units it may be stored in, keys of ``Attributes.units``.
        values: The codes it may take.
        names: Other names for the same thing, as words joined by underscores.
        short: Names in which teams abbreviate it, as words joined by underscores.
        noun: How a sentence about the table may call it, where its name reads badly.
    """

    words: tuple[str, ...]
    kind: Kind
    means: tuple[str, ...] = Field(min_length=1)
    unit: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    noun: str = ""

    _tuples = field_validator("means", "unit", "values", "names", "short", mode="before")(_as_tuple)

    @classmethod
    def from_entry(cls, name: str, entry: dict[str, Any]) -> Self:
        """Read ``{amount: money paid on ~, names: [...]}``: the kind is the key of the meaning."""
        kinds = [key for key in entry if key in set(Kind)]
        if len(kinds) != 1:
            raise ValueError(f"attribute {name} needs exactly one of {', '.join(Kind)}, got {sorted(map(str, entry))}")
        rest = {key: value for key, value in entry.items() if key != kinds[0]}
        return cls.model_validate({"words": name.split("_"), "kind": kinds[0], "means": entry[kinds[0]], **rest})


class Relation(Value):
    """A reference to another entity: ``means`` completes "the customer ..."."""

    to: str
    means: str


class Entity(Value):
    """Something a table holds rows about.

    Attributes:
        row: What one row is, a noun phrase without an article.
        about: What the table is about, a plural noun phrase.
        sets: The sets of attributes it has, besides the one of its own name.
        pairs: Many-to-many relations by the other entity: what the pairs are (a
            plural noun phrase), then what the first and the second entity do in
            a pair, each completing "the driver ...".
        called: Its name in some sectors: a customer is a patient in a clinic.
        sort: ``log`` and ``config`` tables occur in every trade.
    """

    id: str
    row: str
    about: str
    plural: str = ""
    sort: str = Field(default="thing", pattern="^(thing|event|log|config)$")
    sets: tuple[str, ...] = ()
    belongs_to: dict[str, Relation] = Field(default_factory=dict)
    pairs: dict[str, tuple[str, str, str]] = Field(default_factory=dict)
    called: dict[str, str] = Field(default_factory=dict)

    @field_validator("belongs_to", mode="before")
    @classmethod
    def _roles(cls, value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            role: {"to": role, "means": entry} if isinstance(entry, str) else entry for role, entry in value.items()
        }

    @field_validator("called", mode="before")
    @classmethod
    def _sector_codes_are_texts(cls, value: Mapping[Any, str]) -> dict[str, str]:
        return {str(sector): name for sector, name in value.items()}

    def noun(self, sector: str) -> str:
        """What people of a sector call one of it."""
        return spell(self.called.get(sector, self.id).replace("_", " "))

    def about_in(self, sector: str) -> str:
        """What the table is about, in the words of a sector."""
        plain = self.plural or pluralize(self.id.replace("_", " "))
        return self.about.replace(plain, self.nouns(sector), 1) if sector in self.called else self.about

    def nouns(self, sector: str) -> str:
        """The plural of ``noun``."""
        return pluralize(self.noun(sector)) if sector in self.called or not self.plural else self.plural


class UseCase(Value):
    """A reason to keep data: what is decided, on which entities, watching which metrics."""

    id: str
    title: str
    sectors: tuple[str, ...] = Field(min_length=1)
    decides: str
    entities: tuple[str, ...] = Field(min_length=2)
    watches: tuple[Attribute, ...]

    @field_validator("sectors", mode="before")
    @classmethod
    def _sector_codes_are_texts(cls, value: Any) -> tuple[str, ...]:
        return tuple(str(code) for code in value)

    @field_validator("watches", mode="before")
    @classmethod
    def _metrics(cls, value: Any) -> tuple[Attribute, ...]:
        return tuple(Attribute.from_entry(name, entry) for name, entry in value.items())


class Lexicon(Value):
    """All vocabulary.

    Attributes:
        sets: Attributes by set; sets whose names start with ``row_`` hold the
            technical columns of the kinds of tables.
        units: What each unit's name suffix stands for.
        abbreviations: Short forms of words in names.
    """

    use_cases: tuple[UseCase, ...]
    entities: dict[str, Entity]
    sets: dict[str, tuple[Attribute, ...]]
    units: dict[str, str]
    abbreviations: dict[str, tuple[str, ...]]

    @cached_property
    def _attributes_by_entity(self) -> dict[str, tuple[Attribute, ...]]:
        return {
            name: tuple(a for part in (name, *entity.sets) for a in self.sets.get(part, ()))
            for name, entity in self.entities.items()
        }

    def attributes_of(self, entity: Entity) -> tuple[Attribute, ...]:
        """All attributes of an entity, its own first."""
        return self._attributes_by_entity[entity.id]

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The entities that refer to each entity, apart from references to itself."""
        found: dict[str, list[str]] = {}
        for entity in self.entities.values():
            for target in dict.fromkeys(relation.to for relation in entity.belongs_to.values()):
                if target != entity.id:
                    found.setdefault(target, []).append(entity.id)
        return {target: tuple(names) for target, names in found.items()}

    @cached_property
    def everywhere(self) -> dict[str, tuple[Entity, ...]]:
        """Logs and configurations of every trade by sort: those that no use case claims for itself."""
        claimed = {name for case in self.use_cases for name in case.entities}
        return {
            sort: tuple(entity for entity in self.of_sort(sort) if entity.id not in claimed)
            for sort in ("log", "config")
        }

    def of_sort(self, sort: str) -> tuple[Entity, ...]:
        """The entities of a sort, in the file's order."""
        return tuple(entity for entity in self.entities.values() if entity.sort == sort)


@cache
def load_lexicon(packs: tuple[Path, ...] = ()) -> Lexicon:
    """Load the vocabulary: the packs that the product ships, and those of a team.

    Args:
        packs: Files of a team's own, in the shape of the shipped ones. They may
            add to the product's sets and abbreviations, and refer to its
            entities; what they define anew has to be new.

    Raises:
        TrainingSetError: A file cannot be read, is damaged, or refers to something undefined.

    Example:
        >>> lexicon = load_lexicon()
        >>> len(lexicon.use_cases) >= 40 and len(lexicon.entities) >= 120
        True
    """
    return parse_lexicon({path.name: _read_pack(path) for path in _pack_files(packs)})


def parse_lexicon(packs: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """Build the vocabulary from the contents of packs by file name.

    Raises:
        TrainingSetError: An entry is malformed, defined twice, or refers to something undefined.
    """
    merged = _merge_packs(packs)
    try:
        lexicon = Lexicon(
            use_cases=tuple(UseCase(id=name, **entry) for name, entry in merged["use_cases"].items()),
            entities={name: Entity(id=name, **entry) for name, entry in merged["entities"].items()},
            sets={
                name: tuple(Attribute.from_entry(key, entry) for key, entry in entries.items())
                for name, entries in merged["sets"].items()
            },
            units=merged["units"],
            abbreviations={word: tuple(forms) for word, forms in merged["abbreviations"].items()},
        )
        _check_references(lexicon)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise TrainingSetError(f"the vocabulary of the generator is damaged: {reason}; mend the data file") from error
    return lexicon


def _check_references(lexicon: Lexicon) -> None:
    # Not a validator of the model: those run again wherever a lexicon becomes part of another value.
    entities, sets = lexicon.entities.values(), lexicon.sets.values()
    lost = {
        f"entity {name} of use case {case.id}"
        for case in lexicon.use_cases
        for name in case.entities
        if name not in lexicon.entities
    }
    targets = {relation.to for entity in entities for relation in entity.belongs_to.values()}
    targets |= {other for entity in entities for other in entity.pairs}
    units = {unit for attributes in sets for attribute in attributes for unit in attribute.unit}
    units |= {unit for case in lexicon.use_cases for metric in case.watches for unit in metric.unit}
    lost |= {f"entity {name}" for name in targets - set(lexicon.entities)}
    lost |= {f"set {name}" for entity in entities for name in entity.sets if name not in lexicon.sets}
    lost |= {f"unit {name}" for name in units - set(lexicon.units)}
    if lost:
        raise ValueError(f"named but not defined: {', '.join(sorted(lost))}")


def input_digests(packs: tuple[Path, ...] = (), naics: Path | None = None) -> dict[str, str]:
    """SHA-256 of each data file that the generator reads, by file name.

    Example:
        >>> {"core_attributes.yaml", "naics_2022.csv"} <= set(input_digests())
        True
    """
    industries = naics or files("columnist.synthesis").joinpath("data", NAICS_FILE)
    return {path.name: digest_bytes(path.read_bytes()) for path in (*_pack_files(packs), industries)}


def _pack_files(packs: tuple[Path, ...]) -> list[Path | Traversable]:
    folder = files("columnist.synthesis").joinpath("data", "vocabulary")
    shipped = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    return [*shipped, *packs]


def _merge_packs(packs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Join the sections of all packs; a set or an abbreviation may grow, anything else is defined once."""
    merged: dict[str, dict[str, Any]] = {section: {} for section in _SECTIONS}
    origin: dict[tuple[str, str], str] = {}
    for file_name, pack in packs.items():
        for section, entries in pack.items():
            for name, entry in entries.items():
                if section in {"sets", "abbreviations"}:
                    merged[section][name] = _joined(merged[section].get(name), entry)
                elif (section, name) in origin and entry != merged[section][name]:
                    raise TrainingSetError(
                        f"{file_name}: {name} of {section} is already defined in {origin[section, name]}; rename it"
                    )
                else:
                    merged[section][name] = entry
                    origin[section, name] = file_name
    return merged


def _joined(old: Any, new: Any) -> Any:
    if isinstance(new, dict):
        return {**(old or {}), **new}
    return list(dict.fromkeys([*(old or ()), *_as_tuple(new)]))


def _read_pack(path: Path | Traversable) -> dict[str, Any]:
    try:
        pack = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingSetError(
            f"{path}: expected a vocabulary pack, but it cannot be read: {error}; check the path"
        ) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise TrainingSetError(
            f"{path.name}: expected YAML, but it cannot be parsed: {reason}; mend the file"
        ) from error
    sections = pack if isinstance(pack, dict) else {}
    unknown = sorted(str(key) for key in sections if key not in _SECTIONS)
    if unknown or not sections or not all(isinstance(entries, dict) for entries in sections.values()):
        found = ", ".join(unknown) or "no section with entries"
        raise TrainingSetError(
            f"{path.name}: expected the sections {', '.join(_SECTIONS)}, found {found}; mend the file"
        )
    return sections
