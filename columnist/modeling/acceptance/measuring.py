"""Measure how far the probabilities beside a model's predictions can be trusted."""

from collections.abc import Iterable

from columnist.evaluation.comparison import EvaluationConfig
from columnist.evaluation.evaluating import TestTables, Written
from columnist.modeling.acceptance.calibration import Calibration, measure_calibration
from columnist.modeling.acceptance.calibrator import Acceptance
from columnist.modeling.acceptance.closeness import open_closeness
from columnist.modeling.acceptance.outcomes import Referenced, judge
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT
from columnist.synthesis.examples import Example


def refer_examples(examples: Iterable[Example]) -> list[Referenced]:
    """Return the tables of examples with their references."""
    return [Referenced(example.id, example.table, example.reference) for example in examples]


def measure_written(
    tables: TestTables, written: Written, acceptance: Acceptance, config: EvaluationConfig
) -> Calibration | None:
    """Measure the probabilities beside what was written, by the label that the acceptance model was fitted with.

    Only tables of projects that a fit leaves out count, where the set says which these are.

    Args:
        tables: The tables with their references.
        written: The candidate's texts about them, with probabilities and with nothing held back.
        acceptance: Where the probabilities come from.
        config: Seed, level and resamples of the bootstrap.

    Returns:
        The measures, or ``None`` where fewer than two tables have a text that describes.

    Raises:
        BaseModelError: The label needs the sentence encoder, and it is not installed.
    """
    wanted = None if tables.unfitted is None else set(tables.unfitted)
    kept = [
        (example, texts, chances)
        for example, texts, chances in zip(tables.examples, written.texts, written.acceptances, strict=True)
        if wanted is None or example.id in wanted
    ]
    filled = [{TABLE_SLOT: Filled(own.table)} | dict(enumerate(map(Filled, own.columns))) for _, own, _ in kept]
    outcomes = judge(refer_examples(example for example, _, _ in kept), filled, open_closeness(acceptance.label))
    chances = {
        (example.id, place): chance
        for example, _, own in kept
        for place, chance in ((TABLE_SLOT, own.table), *enumerate(own.columns))
    }
    given = [chances[one.group, one.slot] or 0.0 for one in outcomes]
    return measure_calibration(
        tables.name, given, outcomes, acceptance.threshold, config.seed, config.level, config.resamples
    )
