"""The two axes of synthesis to look at: industries and use cases, listed, searched and checked."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from columnist.errors import ConfigError
from columnist.synthesis.lexicon import Attribute, Entity, Lexicon, UseCase, load_lexicon
from columnist.synthesis.naics import Industry, load_industries, load_sectors
from columnist.synthesis.packs import read_pack, read_packs
from columnist.values import Value

FEWEST_ATTRIBUTES = 4
_CHARACTERS_SHOWN = 160
_WORD = re.compile(r"\w+")


class SectorSummary(Value):
    """A sector with what can be generated for it: numbers of industries, use cases, and entities of those."""

    code: str
    title: str
    industries: int
    use_cases: int
    entities: int


class UseCaseSummary(Value):
    """A use case in one line."""

    id: str
    title: str
    decides: str
    sectors: tuple[str, ...]
    entities: int
    metrics: int


class EntityView(Value):
    """An entity of a use case."""

    id: str
    about: str
    attributes: int


class UseCaseView(Value):
    """All that is known of a use case.

    Attributes:
        metrics: What it watches: what each metric means, by its name.
        industries: How many six-digit industries it may be drawn with.
        examples: Titles of some of them.
    """

    id: str
    title: str
    decides: str
    sectors: dict[str, str]
    entities: tuple[EntityView, ...]
    metrics: dict[str, str]
    industries: int
    examples: tuple[str, ...]


class Hit(Value):
    """Something that was found.

    Attributes:
        kind: ``use case`` or ``industry``.
        id: What ``show`` takes, or the code of the industry.
        found: The text with the words that were looked for.
    """

    kind: str
    id: str
    title: str
    found: str


class PackSummary(Value):
    """What a pack of a team's own adds to the product's vocabulary: numbers of new entries."""

    file: str
    use_cases: int
    entities: int
    attributes: int
    units: int
    abbreviations: int


class Coverage(Value):
    """Whether the axes hold enough to draw from.

    Attributes:
        problems: What falls short; each is one line.
        unused: Entities that no use case needs and nothing refers to.
    """

    sectors: int
    industries: int
    use_cases: int
    entities: int
    attributes: int
    packs: tuple[PackSummary, ...]
    problems: tuple[str, ...]
    unused: tuple[str, ...]


class Taxonomy(Value):
    """Both axes: the industries by sector, and the vocabulary with its use cases.

    Attributes:
        vocabulary: Packs of a team's own that are part of it.
    """

    lexicon: Lexicon
    sectors: dict[str, str]
    industries: tuple[Industry, ...]
    vocabulary: tuple[Path, ...] = ()

    @cached_property
    def _use_cases(self) -> dict[str, UseCase]:
        return {case.id: case for case in self.lexicon.use_cases}

    def list_sectors(self) -> tuple[SectorSummary, ...]:
        """Summarize each sector, in the order of the classification.

        Example:
            >>> sectors = load_taxonomy().list_sectors()
            >>> len(sectors), sum(sector.industries for sector in sectors)
            (20, 1012)
        """
        return tuple(self._summarize(code, title) for code, title in self.sectors.items())

    def list_use_cases(self, sector: str) -> tuple[UseCaseSummary, ...]:
        """Summarize the use cases of a sector, by title.

        Args:
            sector: Its code as the classification prints it; of a range, one code is enough.

        Raises:
            ConfigError: There is no such sector.
        """
        code = self.find_sector(sector)
        found = [case for case in self.lexicon.use_cases if code in case.sectors]
        return tuple(_summarize_use_case(case) for case in sorted(found, key=lambda case: case.title.casefold()))

    def find_sector(self, sector: str) -> str:
        """Return the code of a sector: ``32`` stands for ``31-33``.

        Raises:
            ConfigError: There is no such sector.
        """
        for code in self.sectors:
            first, last = code[:2], code[-2:]
            if sector == code or (len(sector) == 2 and first <= sector <= last):
                return code
        raise ConfigError(f"there is no sector {sector!r}; expected one of {', '.join(self.sectors)}")

    def show(self, id_: str) -> UseCaseView:
        """Return all that is known of a use case.

        Raises:
            ConfigError: There is no such use case.
        """
        case = self._use_cases.get(id_)
        if case is None:
            close = get_close_matches(id_, self._use_cases, n=1)
            hint = f"did you mean {close[0]}?" if close else "python run.py taxonomy search finds one"
            raise ConfigError(f"there is no use case {id_!r}; {hint}")
        industries = [industry.title for industry in self.industries if industry.sector in case.sectors]
        entities = [self.lexicon.entities[name] for name in case.entities]
        return UseCaseView(
            id=case.id,
            title=case.title,
            decides=case.decides,
            sectors={code: self.sectors.get(code, "") for code in case.sectors},
            entities=tuple(self._view(entity) for entity in entities),
            metrics={_name(metric): _meaning(metric) for metric in case.watches},
            industries=len(industries),
            examples=tuple(industries[:: max(1, len(industries) // 5)][:5]),
        )

    def search(self, text: str) -> tuple[Hit, ...]:
        """Find use cases and industries that have all words of a text; those that have them in the title come first.

        A word also finds longer ones that begin with it, and its plural.

        Example:
            >>> load_taxonomy().search("soybean farming")[-2].id
            '111110'
        """
        words = [_singular(word) for word in _WORD.findall(text.casefold())]
        if not words:
            return ()
        cases = ((("use case", case.id, case.title), _texts_of(case)) for case in self.lexicon.use_cases)
        trades = ((("industry", each.code, each.title), (each.title, each.description)) for each in self.industries)
        return (*_matching(words, cases), *_matching(words, trades))

    def check(self, fewest_entities: int = 2, fewest_metrics: int = 2) -> Coverage:
        """Say whether every sector, use case and entity has what generating needs.

        Args:
            fewest_entities: How many entities each use case has to have.
            fewest_metrics: How many metrics each use case has to watch.
        """
        lexicon = self.lexicon
        problems = [
            f"sector {sector.code} ({sector.title}) has no use case"
            for sector in self.list_sectors()
            if not sector.use_cases
        ]
        for case in lexicon.use_cases:
            lost = sorted(set(case.sectors) - set(self.sectors))
            problems += [
                f"use case {case.id} names sector {code}, which is none of the classification" for code in lost
            ]
            problems += _shortage(f"use case {case.id}", "entities", len(case.entities), fewest_entities)
            problems += _shortage(f"use case {case.id}", "metrics", len(case.watches), fewest_metrics)
        for entity in lexicon.entities.values():
            number = len(lexicon.attributes_of(entity))
            problems += _shortage(f"entity {entity.id}", "attributes", number, FEWEST_ATTRIBUTES)
        return Coverage(
            sectors=len(self.sectors),
            industries=len(self.industries),
            use_cases=len(lexicon.use_cases),
            entities=len(lexicon.entities),
            attributes=sum(map(len, lexicon.sets.values())),
            packs=tuple(_summarize_pack(path) for path in self.vocabulary),
            problems=tuple(problems),
            unused=tuple(sorted(set(lexicon.entities) - _used(lexicon))),
        )

    def _summarize(self, code: str, title: str) -> SectorSummary:
        cases = [case for case in self.lexicon.use_cases if code in case.sectors]
        return SectorSummary(
            code=code,
            title=title,
            industries=sum(industry.sector == code for industry in self.industries),
            use_cases=len(cases),
            entities=len({name for case in cases for name in case.entities}),
        )

    def _view(self, entity: Entity) -> EntityView:
        return EntityView(id=entity.id, about=entity.about, attributes=len(self.lexicon.attributes_of(entity)))


def load_taxonomy(vocabulary: tuple[Path, ...] = (), naics: Path | None = None) -> Taxonomy:
    """Load both axes.

    Args:
        vocabulary: Packs of a team's own, beside those the product ships.
        naics: A CSV or workbook of the classification instead of the packaged one.

    Raises:
        TrainingSetError: A file cannot be read or is damaged.
    """
    return Taxonomy(
        lexicon=load_lexicon(vocabulary),
        sectors=load_sectors(naics),
        industries=load_industries(naics),
        vocabulary=vocabulary,
    )


def _summarize_use_case(case: UseCase) -> UseCaseSummary:
    return UseCaseSummary(
        id=case.id,
        title=case.title,
        decides=case.decides,
        sectors=case.sectors,
        entities=len(case.entities),
        metrics=len(case.watches),
    )


def _summarize_pack(path: Path) -> PackSummary:
    shipped = read_packs().values()
    known = {section: {name for pack in shipped for name in pack.get(section, {})} for section in _GROWN}
    attributes = {(name, key) for pack in shipped for name, entries in pack.get("sets", {}).items() for key in entries}
    pack = read_pack(path)
    own = {(name, key) for name, entries in pack.get("sets", {}).items() for key in entries}
    new = {section: len(set(pack.get(section, {})) - known[section]) for section in _GROWN}
    return PackSummary(file=path.name, attributes=len(own - attributes), **new)


_GROWN = ("use_cases", "entities", "units", "abbreviations")


def _used(lexicon: Lexicon) -> set[str]:
    """Entities that a table can come to be about, or refer to."""
    used = {name for case in lexicon.use_cases for name in case.entities}
    for entity in lexicon.entities.values():
        used |= {relation.to for relation in entity.belongs_to.values()} - {entity.id}
        used |= set(entity.pairs)
    return used | {entity.id for sort in ("log", "config") for entity in lexicon.of_sort(sort)}


def _shortage(owner: str, what: str, number: int, fewest: int) -> list[str]:
    return [f"{owner} has {number} {what}; expected {fewest} or more"] if number < fewest else []


def _name(attribute: Attribute) -> str:
    return " ".join(attribute.words)


def _meaning(metric: Attribute) -> str:
    """What a metric means; any period will do here."""
    return metric.means[0].replace("^", "the period")


def _texts_of(case: UseCase) -> tuple[str, ...]:
    metrics = (f"{_name(metric)}: {_meaning(metric)}" for metric in case.watches)
    return (case.title, case.id, case.decides, *(name.replace("_", " ") for name in case.entities), *metrics)


def _matching(words: list[str], entries: Iterable[tuple[tuple[str, str, str], tuple[str, ...]]]) -> tuple[Hit, ...]:
    """Return the hits among entries, each with its texts in the order of their weight."""
    found = []
    for (kind, id_, title), texts in entries:
        ranks = [_rank(word, texts) for word in words]
        if all(rank is not None for rank in ranks):
            worst = max(rank for rank in ranks if rank is not None)
            hit = Hit(kind=kind, id=id_, title=title, found=_excerpt(texts[worst], words))
            found.append((worst, hit))
    # Sorting keeps the order of the files where ranks are equal.
    return tuple(hit for _, hit in sorted(found, key=lambda each: each[0]))


def _rank(word: str, texts: tuple[str, ...]) -> int | None:
    looked_for: Callable[[str], object] = re.compile(rf"\b{re.escape(word)}", re.IGNORECASE).search
    return next((rank for rank, text in enumerate(texts) if looked_for(text.replace("_", " "))), None)


def _excerpt(text: str, words: list[str]) -> str:
    """Return the part of a long text in which the first word stands."""
    if len(text) <= _CHARACTERS_SHOWN:
        return text
    places = [place for word in words if (place := text.casefold().find(word)) >= 0]
    start = max(0, min(places, default=0) - _CHARACTERS_SHOWN // 3)
    piece = text[start : start + _CHARACTERS_SHOWN].strip()
    return f"{'...' if start else ''}{piece}{'...' if start + _CHARACTERS_SHOWN < len(text) else ''}"


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
