"""Synthetic tables with references, straight from the grammar, to try measures on."""

from collections.abc import Callable

from columnist.synthesis.candidates import open_source
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.examples import Example, Split
from columnist.synthesis.generator import generate_group
from columnist.synthesis.validators import find_fault

_WIDEST = 60  # columns: a table of hundreds says no more about a measure, and takes as long as twenty


def draw_tables(number: int, seed: int, say: Callable[[int, int], None]) -> tuple[Example, ...]:
    """Make tables of the test split, group by group; several are of one group.

    Args:
        number: How many.
        seed: Decides which.
        say: Called with the tables made and in all.
    """
    source = open_source(SynthesisConfig(seed=seed, train_examples=1, validation_examples=0, test_examples=number))
    made: list[Example] = []
    group = 0
    while len(made) < number:
        drawn = generate_group(source, Split.TEST, group)
        made += [each for each in drawn if len(each.table.columns) <= _WIDEST and not find_fault(each)]
        group += 1
        say(min(len(made), number), number)
    return tuple(made[:number])
