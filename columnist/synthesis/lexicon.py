"""The generator's vocabulary: use cases, entities and attributes, read from data files.

The files are meant to be read and extended by people who know a trade, not
Python. In their phrases ``~`` stands for the thing a row describes ("the
claim"), and ``^`` for the period a metric covers ("the month").
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator

from columnist.digests import digest_bytes
from columnist.errors import TrainingSetError
from columnist.synthesis.english import pluralize, spell
from columnist.synthesis.naics import NAICS_FILE
from columnist.synthesis.packs import Entries, pack_files, read_packs
from columnist.values import Value

_TRADES_OF_ONE = 3  # use cases that share what belongs to one trade


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
        try:
            return cls.model_validate({"words": name.split("_"), "kind": kinds[0], "means": entry[kinds[0]], **rest})
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"]))
            raise ValueError(
                f"attribute {name}: {where}: {problem['msg']}, got {problem['input']!r} (YAML reads an unquoted yes, "
                "no, on, off, true, false or number as something else than text)"
            ) from error


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
        sort: Whether rows are things, events, entries of a log, or settings.
        everywhere: A log or configuration that occurs in every trade.
    """

    id: str
    row: str
    about: str
    plural: str = ""
    sort: str = Field(default="thing", pattern="^(thing|event|log|config)$")
    everywhere: bool = False
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
    """A reason to keep data: what is decided, on which entities, watching which metrics.

    Attributes:
        industries: The first digits of the industries it occurs in, where it does
            not occur all over its sectors.
    """

    id: str
    title: str
    sectors: tuple[str, ...] = Field(min_length=1)
    industries: tuple[str, ...] = ()
    decides: str
    entities: tuple[str, ...] = Field(min_length=2)
    watches: tuple[Attribute, ...]

    @field_validator("sectors", "industries", mode="before")
    @classmethod
    def _sector_codes_are_texts(cls, value: Any) -> tuple[str, ...]:
        return tuple(str(code) for code in value)

    def occurs_in(self, code: str) -> bool:
        """Whether it occurs in an industry of one of its sectors."""
        return not self.industries or code.startswith(self.industries)

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
    def common(self) -> frozenset[str]:
        """The entities of so many use cases that they say nothing about a trade, such as customers."""
        uses = Counter(name for case in self.use_cases for name in case.entities)
        return frozenset(name for name, count in uses.items() if count > _TRADES_OF_ONE)

    @cached_property
    def everywhere(self) -> dict[str, tuple[Entity, ...]]:
        """Logs and configurations that occur in every trade, by sort."""
        return {sort: tuple(entity for entity in self.of_sort(sort) if entity.everywhere) for sort in ("log", "config")}

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
    return parse_lexicon(read_packs(packs))


def parse_lexicon(packs: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """Build the vocabulary from the contents of packs by file name.

    Raises:
        TrainingSetError: An entry is malformed, defined twice, or refers to something undefined.
    """
    entries = Entries(packs)
    lexicon = Lexicon(
        use_cases=tuple(case for _, case in entries.build("use_cases", lambda id_, entry: UseCase(id=id_, **entry))),
        entities=dict(entries.build("entities", lambda id_, entry: Entity(id=id_, **entry))),
        sets={name: entries.build_set(name, Attribute.from_entry) for name in entries.sections["sets"]},
        units=dict(entries.build("units", lambda _, meaning: str(meaning))),
        abbreviations=dict(entries.build("abbreviations", lambda _, forms: tuple(forms))),
    )
    _check_references(lexicon, entries)
    return lexicon


def _check_references(lexicon: Lexicon, entries: Entries) -> None:
    # Not a validator of the model: those run again wherever a lexicon becomes part of another value.
    known = {"entity": set(lexicon.entities), "set": set(lexicon.sets), "unit": set(lexicon.units)}
    for section, name, missing in _named(lexicon):
        sort, _, key = missing.partition(" ")
        if key not in known[sort]:
            of = f" of use case {name}" if section == "use_cases" else ""
            entries.refuse(section, name, f"{missing}{of} is named but not defined")


def _named(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    """Yield the section and the name of each entry with what it refers to, such as ``unit kg``."""
    for case in lexicon.use_cases:
        yield from (("use_cases", case.id, f"entity {name}") for name in case.entities)
        yield from (("use_cases", case.id, f"unit {unit}") for metric in case.watches for unit in metric.unit)
    for entity in lexicon.entities.values():
        others = [*(relation.to for relation in entity.belongs_to.values()), *entity.pairs]
        yield from (("entities", entity.id, f"entity {name}") for name in others)
        yield from (("entities", entity.id, f"set {name}") for name in entity.sets)
    for name, attributes in lexicon.sets.items():
        for attribute in attributes:
            yield from (("sets", f"{name}.{'_'.join(attribute.words)}", f"unit {unit}") for unit in attribute.unit)


def input_digests(packs: tuple[Path, ...] = (), naics: Path | None = None) -> dict[str, str]:
    """SHA-256 of each data file that the generator reads, by file name.

    Raises:
        TrainingSetError: A file of one's own cannot be read.

    Example:
        >>> {"core_attributes.yaml", "naics_2022.csv"} <= set(input_digests())
        True
    """
    data = files("columnist.synthesis").joinpath("data")
    shipped = [path for folder in (data, data.joinpath("naming")) for path in folder.iterdir() if path.is_file()]
    read = [path for path in shipped if naics is None or path.name != NAICS_FILE]
    own = [naics] if naics else []
    try:
        return {path.name: digest_bytes(path.read_bytes()) for path in (*read, *pack_files(packs), *own)}
    except OSError as error:
        raise TrainingSetError(
            f"a vocabulary pack or industry file cannot be read: {error.filename}: {error.strerror}; check the path"
        ) from error
