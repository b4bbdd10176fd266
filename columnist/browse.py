"""Look at examples: of a folder, of a stored training set, or made on the spot where there is none."""

from collections.abc import Callable
from pathlib import Path

from columnist.synthesis.browsing import Wanted, draw_examples, make_examples, read_lines
from columnist.synthesis.examples import Example, Split


def browse_folder(folder: Path, wanted: Wanted, split: Split, number: int, seed: int) -> tuple[Example, ...]:
    """Draw examples from the folder of a training set or of a harvest.

    Raises:
        TrainingSetError: The folder holds no examples that can be read.
    """
    return draw_examples(read_lines(folder, split), wanted, number, seed)


def browse_stored(
    training_set: str | None, wanted: Wanted, split: Split, number: int, seed: int, say: Callable[[str], None]
) -> tuple[Example, ...]:
    """Draw examples from a training set of the ZenML store.

    Args:
        training_set: Its id; the latest if left out. Where none is stored yet, the
            grammar makes examples.
        wanted: Which to draw from.
        split: Of which split.
        number: How many.
        seed: Decides which.
        say: Called with a remark where there is something to know.

    Raises:
        ConfigError: The id is not that of a training set.
        TrainingSetError: Its rows cannot be read.
    """
    from columnist.registry.training_sets import stream_rows

    rows = stream_rows(split, training_set)
    if rows is not None:
        return draw_examples(rows, wanted, number, seed)
    made = make_examples(wanted, split, number, seed)
    say("no training set is stored yet; these examples are made on the spot by the grammar")
    return made
