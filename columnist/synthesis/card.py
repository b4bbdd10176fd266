"""A training set on one page: what is in it, where it came from and how it reads."""

from collections import Counter
from collections.abc import Iterable

from columnist.synthesis.examples import Example, Split, TrainingSet
from columnist.synthesis.naics import load_industries, load_sectors

_SAMPLES = 3
_WIDTHS = ((1, 5), (6, 8), (9, 12), (13, 16), (17, 1000))
_OTHER_SECTOR = "other"


def render_card(training_set: TrainingSet) -> str:
    """Render the card of a training set as Markdown."""
    examples = [example for split in Split for example in training_set.split(split)]
    sections = (
        _head(training_set),
        _splits(training_set),
        _tally("Dialects", ("dialect", "tables"), (example.table.dialect for example in examples)),
        _tally("Sectors", ("sector", "tables"), (_sector(example) for example in examples)),
        _widths(examples),
        _tally("Rejected candidates", ("reason", "candidates"), Counter(training_set.record.rejected).elements()),
        _inputs(training_set),
        "## Samples",
        *(_sample(example) for example in _evenly(training_set.train, _SAMPLES)),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(training_set: TrainingSet) -> str:
    record = training_set.record
    licenses = sorted({example.license for split in Split for example in training_set.split(split)})
    return "\n".join(
        (
            "# Training set",
            "",
            f"- digest: `{training_set.digest}`",
            f"- generator: {record.generator} {record.generator_version}, seed {record.seed}",
            f"- license: {', '.join(licenses) or 'none, the set is empty'}",
        )
    )


def _splits(training_set: TrainingSet) -> str:
    rows = [
        (split.value, len(examples), _columns(examples), len({e.use_case for e in examples}), _industries(examples))
        for split in Split
        for examples in (training_set.split(split),)
    ]
    return "## Splits\n\n" + _table(("split", "tables", "columns", "use cases", "industries"), rows)


def _columns(examples: Iterable[Example]) -> int:
    return sum(len(example.table.columns) for example in examples)


def _industries(examples: Iterable[Example]) -> int:
    return len({example.naics_code for example in examples})


def _tally(title: str, head: tuple[str, str], items: Iterable[str]) -> str:
    counts = sorted(Counter(items).items(), key=lambda item: (-item[1], item[0]))
    return f"## {title}\n\n{_table(head, counts)}" if counts else ""


def _widths(examples: list[Example]) -> str:
    sizes = [len(example.table.columns) for example in examples]
    rows = [
        (f"{low} to {high}" if high < 1000 else f"{low} or more", sum(low <= size <= high for size in sizes))
        for low, high in _WIDTHS
    ]
    return f"## Columns per table\n\n{_table(('columns', 'tables'), rows)}"


def _inputs(training_set: TrainingSet) -> str:
    rows = [(f"`{name}`", f"`{digest}`") for name, digest in sorted(training_set.record.inputs.items())]
    return "## Inputs\n\n" + _table(("file", "SHA-256"), rows)


def _sample(example: Example) -> str:
    texts = zip(example.table.columns, example.reference.columns, strict=True)
    rows = [(f"`{column.name}`", f"`{column.type}`", text.replace("|", "\\|")) for column, text in texts]
    title = f"### `{example.table.qualified_name}` ({example.table.dialect}, {example.use_case})"
    return "\n\n".join((title, example.reference.table, _table(("column", "type", "text"), rows)))


def _sector(example: Example) -> str:
    code = _sector_by_industry().get(example.naics_code, "")
    return f"{code} {load_sectors()[code]}" if code else _OTHER_SECTOR


def _sector_by_industry() -> dict[str, str]:
    return {industry.code: industry.sector for industry in load_industries()}


def _evenly(examples: tuple[Example, ...], count: int) -> tuple[Example, ...]:
    """Pick examples spread evenly over the split."""
    step = max(1, len(examples) // count)
    return examples[::step][:count]


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
