"""A training set on one page: what is in it, where it came from, and how it reads."""

from collections.abc import Iterable, Mapping, Sequence

from columnist.rendering.markdown_text import code, escape
from columnist.synthesis.examples import Example, Split, TrainingSet
from columnist.synthesis.naics import load_sectors
from columnist.synthesis.record import Diversity, SynthesisRecord
from columnist.synthesis.tally import WIDTHS, Tally, label
from columnist.values import Value

HARVESTED = "harvested"  # the kind of examples whose texts people of a company wrote
_SAMPLES = 4
_SAMPLE_ROWS = 30
_AXES = {
    "class": "Hard classes",
    "dialect": "Dialects",
    "sector": "Sectors",
    "kind": "Kinds of tables",
    "width": "Columns per table",
    "license": "Licenses",
    "teacher": "Teachers",
}


class SplitCounts(Value):
    """The size of a split, and its examples by axis and value."""

    tables: int
    columns: int
    use_cases: int
    industries: int
    by: dict[str, dict[str, int]]


class DataCard(Value):
    """Everything that a reader of a training set should know, as a value.

    Attributes:
        digest: Of the training set.
        splits: By split.
        samples: A few training examples.
    """

    digest: str
    record: SynthesisRecord
    splits: dict[str, SplitCounts]
    samples: tuple[Example, ...]


def describe_training_set(training_set: TrainingSet) -> DataCard:
    """Make the card of a training set that is at hand as a value."""
    tally = Tally()
    for split in Split:
        for example in training_set.split(split):
            tally.add(split, label(example), len(example.table.columns))
    return make_card(training_set.record, tally, training_set.digest, training_set.train)


def make_card(record: SynthesisRecord, tally: Tally, digest: str, examples: Sequence[Example]) -> DataCard:
    """Make a card from counts; samples are spread evenly over the examples given."""
    return DataCard(
        digest=digest,
        record=record,
        splits={split.value: _count(split, tally) for split in Split},
        samples=tuple(_evenly(examples, _SAMPLES)),
    )


def render_card(card: DataCard) -> str:
    """Render a card as Markdown."""
    sections = (
        _head(card),
        _splits(card),
        _quotas(card),
        _diversity(card.record.diversity),
        *(_axis(card, axis, title) for axis, title in _AXES.items()),
        _usage(card.record),
        _tally("Rejected candidates", ("reason", "candidates"), card.record.rejected),
        _inputs(card.record),
        "## Samples",
        *(_sample(example) for example in card.samples),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _count(split: Split, tally: Tally) -> SplitCounts:
    return SplitCounts(
        tables=tally.examples[split.value],
        columns=tally.columns[split.value],
        use_cases=len(tally.counts(split, "use case")),
        industries=len(tally.counts(split, "industry")),
        by={axis: dict(tally.counts(split, axis).most_common()) for axis in _AXES},
    )


def _head(card: DataCard) -> str:
    record = card.record
    licenses = sorted({name for counts in card.splits.values() for name in counts.by["license"]})
    return "\n".join(
        (
            "# Training set",
            "",
            f"- digest: `{card.digest}`",
            f"- generator: {record.generator} {record.generator_version}, seed {record.seed}",
            f"- texts by: {escape(record.teacher)}",
            f"- license: {', '.join(licenses) or 'none, the set is empty'}",
            _origin(card),
        )
    )


def _origin(card: DataCard) -> str:
    """Say whose words are in the set; those of a company are only where it asked for them."""
    harvested = sum(counts.by["kind"].get(HARVESTED, 0) for counts in card.splits.values())
    if harvested:
        number = f"{harvested} example{'s' if harvested > 1 else ''}"
        return f"- with comments that people of a company wrote, because the run asked for them: {number}"
    return "- no row, name or text of any customer went into it; `run.py prove-clean` checks it against a catalog"


def _splits(card: DataCard) -> str:
    rows = [(name, c.tables, c.columns, c.use_cases, c.industries) for name, c in card.splits.items()]
    return "## Splits\n\n" + _table(("split", "tables", "columns", "use cases", "industries"), rows)


def _quotas(card: DataCard) -> str:
    quotas = card.record.quotas
    if not quotas:
        return ""
    met = sum(quota.met for quota in quotas)
    rows = [(q.name, f"{q.wanted:.1%}", f"{q.found:.1%}", "met" if q.met else "**missed**") for q in quotas]
    head = ("quota", "at least", "found", "")
    return f"## Quotas\n\n{met} of {len(quotas)} are met, as shares of the training tables.\n\n{_table(head, rows)}"


def _diversity(diversity: dict[str, Diversity]) -> str:
    if not diversity:
        return ""
    found = list(diversity.values())
    rows: list[tuple[object, ...]] = [
        ("tables measured", *(d.tables for d in found)),
        ("column texts", *(d.texts for d in found)),
        ("distinct-3 of equally many texts", *(f"{d.distinct_3:.3f}" for d in found)),
        ("column names unseen in the others", *(f"{d.new_names:.1%}" for d in found)),
        ("column names that one table has", *(f"{d.single_names:.1%}" for d in found)),
        ("texts that echo the name", *(f"{d.name_echo:.1%}" for d in found)),
        ("columns that abstain", *(f"{d.abstained:.1%}" for d in found)),
        ("words per text, p10 / p50 / p90", *(" / ".join(map(str, d.words)) for d in found)),
        ("columns per table, p10 / p50 / p90 / most", *(" / ".join(map(str, d.width)) for d in found)),
    ]
    families = dict.fromkeys(family for d in found for family in d.types)
    rows += [(f"type: {family}", *(f"{d.types.get(family, 0):.1%}" for d in found)) for family in families]
    dialects = dict.fromkeys(dialect for d in found for dialect in d.dialects)
    rows += [(f"dialect: {dialect}", *(f"{d.dialects.get(dialect, 0):.1%}" for d in found)) for dialect in dialects]
    return "## Diversity\n\n" + _table(("", *map(escape, diversity)), rows)


def _axis(card: DataCard, axis: str, title: str) -> str:
    splits = list(card.splits.values())
    values = dict.fromkeys(value for counts in splits for value in counts.by[axis])
    rows = [(escape(_name(axis, value)), *(counts.by[axis].get(value, 0) for counts in splits)) for value in values]
    if axis == "width":
        order = [f"{low} to {high}" if high < 1000 else f"{low} or more" for low, high in WIDTHS]
        rows.sort(key=lambda row: order.index(str(row[0])))
    return f"## {title}\n\n{_table((axis, *card.splits), rows)}" if rows else ""


def _name(axis: str, value: str) -> str:
    return f"{value} {load_sectors().get(value, '')}".strip() if axis == "sector" else value


def _usage(record: SynthesisRecord) -> str:
    return _tally("Calls to the teacher", ("what", "sum"), record.usage)


def _tally(title: str, head: tuple[str, str], counts: Mapping[str, float]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [(escape(name), count) for name, count in ordered]
    return f"## {title}\n\n{_table(head, rows)}" if rows else ""


def _inputs(record: SynthesisRecord) -> str:
    rows = [(code(name), code(digest)) for name, digest in sorted(record.inputs.items())]
    return "## Inputs\n\n" + _table(("file", "SHA-256"), rows)


def _sample(example: Example) -> str:
    texts = list(zip(example.table.columns, example.reference.columns, strict=True))
    rows = [(code(column.name), code(column.type), escape(text)) for column, text in texts[:_SAMPLE_ROWS]]
    more = f"and {len(texts) - _SAMPLE_ROWS} more columns" if len(texts) > _SAMPLE_ROWS else ""
    title = f"### {code(example.table.qualified_name)} ({example.table.dialect}, {example.use_case or HARVESTED})"
    blocks = (title, escape(example.reference.table), _table(("column", "type", "text"), rows), more)
    return "\n\n".join(block for block in blocks if block)


def _evenly(examples: Sequence[Example], count: int) -> Sequence[Example]:
    """Pick examples spread evenly over those given."""
    return examples[:: max(1, len(examples) // count)][:count]


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
