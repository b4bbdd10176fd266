"""What tables have in common: the dialect, the sector, the width and what makes them hard."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from columnist.evaluation.comparison import Comparison, EvaluationConfig, compare_values
from columnist.evaluation.measuring import Measured
from columnist.evaluation.results import Slice
from columnist.identifiers import split_name
from columnist.modeling.spelling import spell_out
from columnist.synthesis.examples import Example

DIMENSIONS = ("dialect", "sector", "width", "difficulty")
_WIDTHS = ((5, "up to 5 columns"), (10, "6 to 10 columns"), (20, "11 to 20 columns"), (99, "21 to 99 columns"))
_WIDEST = "100 columns or more"
_FEW = 0.25  # of a table's names may be short forms in a table that counts as plain


def slices_of(example: Example) -> Iterator[tuple[str, str]]:
    """Yield the dimensions and values of the slices that a table is in.

    What makes a synthetic table hard is known from its making. Of a real one it is
    told by its names alone: it is ``abbreviated`` where more than a quarter of
    them has a short form that can be spelled out, and ``plain`` otherwise.
    """
    yield "dialect", example.table.dialect
    if example.naics_code:
        yield "sector", example.naics_code[:2]
    width = len(example.table.columns)
    yield "width", next((label for most, label in _WIDTHS if width <= most), _WIDEST)
    for difficulty in _difficulties(example):
        yield "difficulty", difficulty


def _difficulties(example: Example) -> Sequence[str]:
    if example.naics_code or example.classes:
        return [each.value for each in example.classes] or ["plain"]
    names = [column.name for column in example.table.columns]
    short = sum(spell_out(name) != " ".join(split_name(name)) for name in names)
    return ["abbreviated" if short > _FEW * len(names) else "plain"]


def compare_slices(
    examples: Sequence[Example],
    candidate: Measured,
    baselines: Mapping[str, Measured],
    config: EvaluationConfig,
    smallest: int,
) -> tuple[Slice, ...]:
    """Compare the candidate with each baseline on every slice of the tables.

    Args:
        examples: The tables.
        candidate: Values of each measure, one per table.
        baselines: The same of each other system, by its name.
        config: Seed, level and amounts.
        smallest: Tables that a slice needs at least; smaller ones are left out.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        for key in slices_of(example):
            places[key].append(place)
    order = sorted(places, key=lambda key: (DIMENSIONS.index(key[0]), key[1]))
    return tuple(
        Slice(
            dimension=dimension,
            value=value,
            n_tables=len(places[dimension, value]),
            comparisons=tuple(
                Comparison(
                    baseline=name,
                    metrics=compare_values(
                        _pick(candidate, places[dimension, value]), _pick(own, places[dimension, value]), config
                    ),
                )
                for name, own in baselines.items()
            ),
        )
        for dimension, value in order
        if len(places[dimension, value]) >= smallest
    )


def _pick(measured: Measured, places: Sequence[int]) -> Measured:
    return {name: [values[place] for place in places] for name, values in measured.items()}
