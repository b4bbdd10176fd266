"""The card of a training set: what is in it and where it came from, as Markdown."""

from collections import Counter
from collections.abc import Iterable, Mapping

from columnist.synthesis.examples import Example, Split, TrainingSet

_SAMPLES = 3


def render_card(training_set: TrainingSet) -> str:
    """Return counts, digests and samples of a training set.

    The samples are spread evenly over the train split, so the same training set gives the same card.
    """
    record = training_set.record
    examples = [example for split in Split for example in training_set.split(split)]
    return "\n\n".join(
        [
            "# Training set",
            _grid(
                {
                    "sha256": f"`{training_set.digest}`",
                    "generator": f"{record.generator} {record.generator_version}, seed {record.seed}",
                    **{split.value: f"{len(training_set.split(split))} examples" for split in Split},
                    "columns": str(sum(len(example.table.columns) for example in examples)),
                    "licences": ", ".join(sorted({example.license for example in examples})),
                }
            ),
            "## Dialects",
            _grid(_shares(example.table.dialect for example in examples)),
            "## Sectors (first two digits of NAICS 2022)",
            _grid(_shares(example.naics_code[:2] for example in examples)),
            "## Columns per table",
            _grid(_shares(_width(len(example.table.columns)) for example in examples)),
            "## Rejected candidates",
            _grid({reason: str(count) for reason, count in sorted(record.rejected.items())}),
            "## Inputs",
            _grid({name: f"`{digest}`" for name, digest in sorted(record.inputs.items())}),
            "## Samples",
            *(
                _sample(example)
                for example in training_set.train[:: max(1, len(training_set.train) // _SAMPLES)][:_SAMPLES]
            ),
        ]
    )


def _grid(rows: Mapping[str, str]) -> str:
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in rows.items())


def _shares(values: Iterable[str]) -> dict[str, str]:
    counts = Counter(values)
    total = sum(counts.values())
    return {value: f"{count} ({count / total:.0%})" for value, count in sorted(counts.items())}


def _width(columns: int) -> str:
    """Return the class of a table's width.

    Example:
        >>> [_width(n) for n in (3, 12, 40)]
        ['01 to 05', '11 to 20', 'over 20']
    """
    for low, high in ((1, 5), (6, 10), (11, 20)):
        if columns <= high:
            return f"{low:02} to {high:02}"
    return "over 20"


def _sample(example: Example) -> str:
    texts = zip(example.table.columns, example.reference.columns, strict=True)
    lines = "\n".join(f"- `{column.name}`: {text}" for column, text in texts)
    return f"```sql\n{example.ddl}\n```\n\n{example.reference.table}\n\n{lines}"
