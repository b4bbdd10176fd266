"""Measure how far the probabilities beside a model's predictions can be trusted."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from columnist.documentation import Acceptances, Texts
from columnist.evaluation.comparison import EvaluationConfig
from columnist.evaluation.evaluating import TestTables, Written
from columnist.modeling.acceptance.calibration import Calibration, measure_calibration
from columnist.modeling.acceptance.calibrator import Acceptance
from columnist.modeling.acceptance.closeness import open_closeness
from columnist.modeling.acceptance.outcomes import Referenced, judge
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT
from columnist.synthesis.examples import Example


class Predicted(Protocol):
    """What a model wrote, with a probability beside each text."""

    @property
    def texts(self) -> tuple[Texts, ...]:
        """One entry per table."""
        ...

    @property
    def acceptances(self) -> tuple[Acceptances, ...]:
        """One entry per entry of ``texts``."""
        ...


def refer_examples(examples: Iterable[Example]) -> list[Referenced]:
    """Return the tables of examples with their references."""
    return [Referenced(example.id, example.table, example.reference) for example in examples]


def measure_predictions(
    name: str,
    referenced: Sequence[Referenced],
    predictions: Predicted,
    acceptance: Acceptance,
    config: EvaluationConfig,
) -> Calibration | None:
    """Measure probabilities against references, by the label that the acceptance model was fitted with.

    Args:
        name: What to call the tables.
        referenced: Tables with their references.
        predictions: What a model wrote for them, with probabilities and with nothing held back.
        acceptance: Where the probabilities come from.
        config: Seed, level and resamples of the bootstrap.

    Returns:
        The measures, or ``None`` where fewer than two tables have a text that describes.

    Raises:
        BaseModelError: The label needs the sentence encoder, and it is not installed.
    """
    filled = [{TABLE_SLOT: Filled(own.table)} | dict(enumerate(map(Filled, own.columns))) for own in predictions.texts]
    outcomes = judge(referenced, filled, open_closeness(acceptance.label))
    chances = {
        (known.id, place): chance
        for known, own in zip(referenced, predictions.acceptances, strict=True)
        for place, chance in ((TABLE_SLOT, own.table), *enumerate(own.columns))
    }
    given = [chances[one.group, one.slot] or 0.0 for one in outcomes]
    return measure_calibration(name, given, outcomes, acceptance.threshold, config.seed, config.level, config.resamples)


def measure_written(
    tables: TestTables, written: Written, acceptance: Acceptance, config: EvaluationConfig
) -> Calibration | None:
    """Measure the probabilities beside what was written about a set of tables.

    Only tables of projects that a fit leaves out count, where the set says which these are.

    Args:
        tables: The tables with their references.
        written: The candidate's texts about them, with probabilities.
        acceptance: Where the probabilities come from.
        config: Seed, level and resamples of the bootstrap.

    Returns:
        The measures, or ``None`` where fewer than two tables have a text that describes.
    """
    wanted = None if tables.unfitted is None else set(tables.unfitted)
    places = [place for place, example in enumerate(tables.examples) if wanted is None or example.id in wanted]
    return measure_predictions(
        tables.name,
        refer_examples(tables.examples[place] for place in places),
        written.model_copy(
            update={
                "texts": tuple(written.texts[place] for place in places),
                "acceptances": tuple(written.acceptances[place] for place in places),
            }
        ),
        acceptance,
        config,
    )
