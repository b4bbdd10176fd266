"""The candidate's texts against the baseline's, on tables neither has seen."""

import random
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.evaluation import metrics
from columnist.evaluation.described import says
from columnist.evaluation.intervals import Interval, bootstrap_difference, bootstrap_mean
from columnist.evaluation.measures import MEASURES, Direction, Measure
from columnist.values import Value

if TYPE_CHECKING:
    # What makes training sets takes most of a second to load, and whoever describes tables needs none of it.
    from columnist.synthesis.examples import Example

# Values of each measure by its name, one per table.
Measured = Mapping[str, Sequence[float | None]]
_NEEDS_ENCODER = "semantic"

# Cosines of texts and their counterparts, in order.
Similarity = Callable[[Sequence[str], Sequence[str]], Sequence[float]]


class EvaluationConfig(Value):
    """How an evaluation is made; nothing has a default, because each of these moves the result.

    Attributes:
        seed: Fixes the resampling and the choice of samples.
        level: Nominal coverage of the intervals.
        samples: Number of tables shown side by side.
        resamples: Number of bootstrap samples per interval.
    """

    seed: int = Field(ge=0)
    level: float = Field(gt=0, lt=1)
    samples: int = Field(ge=0)
    resamples: int = Field(ge=100)


class Finding(StrEnum):
    """What an interval of a difference says about the candidate."""

    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


class MetricResult(Value):
    """One measure of both models; ``difference`` is candidate minus baseline, paired by table.

    Attributes:
        n_tables: How many tables have this measure; the intervals are over these.
    """

    name: str
    direction: Direction
    n_tables: int
    candidate: Interval
    baseline: Interval
    difference: Interval

    @property
    def finding(self) -> Finding:
        """What the whole interval of the difference says; touching zero leaves it undecided."""
        low, high = self.difference.low, self.difference.high
        if low <= 0 <= high:
            return Finding.UNDECIDED
        return Finding.BETTER if (low > 0) == (self.direction is Direction.HIGHER) else Finding.WORSE

    @property
    def better_than_baseline(self) -> bool:
        """Whether the whole interval lies on the good side of zero."""
        return self.finding is Finding.BETTER


class ReplyFaults(Value):
    """What a raw reply about one table got wrong in its form; nothing where the product owns the form.

    Attributes:
        missing: Texts that were not there exactly once.
        invented: Texts for names that there are not.
    """

    missing: int = Field(default=0, ge=0)
    invented: int = Field(default=0, ge=0)


class TableSample(Value):
    """One table with all texts about it, abstentions among them, for a person to read."""

    table: str
    columns: tuple[str, ...]
    ddl: str
    reference: Texts
    candidate: Texts
    baseline: Texts


class Evaluation(Value):
    """What was measured, on how much, and some of what was read.

    A measure that fewer than two tables have is not among the metrics.
    """

    metrics: tuple[MetricResult, ...]
    n_tables: int
    n_texts: int
    samples: tuple[TableSample, ...]

    def metric(self, name: str) -> MetricResult:
        """Return the result of the measure of that name.

        Raises:
            KeyError: It was not measured.
        """
        return {result.name: result for result in self.metrics}[name]

    def numbers(self) -> dict[str, float]:
        """Return every estimate and bound as flat names, for an experiment tracker."""
        return {
            f"{result.name}.{whose}.{which}": getattr(getattr(result, whose), which)
            for result in self.metrics
            for whose in ("candidate", "baseline", "difference")
            for which in ("estimate", "low", "high")
        }


def compare(
    examples: Sequence["Example"],
    candidate: Sequence[Texts],
    baseline: Sequence[Texts],
    config: EvaluationConfig,
    similarity: Similarity | None = None,
) -> Evaluation:
    """Measure two models' texts on the same tables.

    Every value is a mean over the texts of one table, so that the table is the
    unit of all intervals: texts of one table are not independent of each other.
    Whether a table has a measure depends on its reference, never on a model.

    Args:
        examples: Tables with their references.
        candidate: The tuned model's texts, in the order of the examples.
        baseline: The base model's texts, in the same order.
        config: Seed, level and amounts.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the examples, by number of tables or columns.
    """
    ours = measure_texts(examples, candidate, similarity)
    theirs = measure_texts(examples, baseline, similarity)
    return Evaluation(
        metrics=compare_values(ours, theirs, config),
        n_tables=len(examples),
        n_texts=sum(1 + len(texts.columns) for texts in candidate),
        samples=_choose_samples(examples, candidate, baseline, config),
    )


def measure_texts(
    examples: Sequence["Example"],
    predictions: Sequence[Texts],
    similarity: Similarity | None = None,
    faults: Sequence[ReplyFaults] | None = None,
) -> Measured:
    """Return every measure's values, one per table in the order of the examples; ``None`` where it has none.

    Args:
        examples: Tables with their references.
        predictions: One model's texts, in the same order.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
        faults: What its replies got wrong in their form; nothing if left out.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the examples, by number of tables or columns.
    """
    _require_aligned(examples, predictions)
    found = faults or [ReplyFaults()] * len(examples)
    inputs: dict[str, Any] = {
        "predictions": [_flatten(texts) for texts in predictions],
        "references": [_flatten(example.reference) for example in examples],
        "names": [(example.table.name, *(column.name for column in example.table.columns)) for example in examples],
        "schemas": [example.table.model_dump_json() for example in examples],
        "missing": [each.missing for each in found],
        "invented": [each.invented for each in found],
    }
    modules = dict.fromkeys(measured.metric for measured in MEASURES)
    if similarity:
        inputs["similarities"] = _similarities(inputs["predictions"], inputs["references"], similarity)
    else:
        del modules[_NEEDS_ENCODER]
    return {name: values for module in modules for name, values in metrics.compute(module, inputs).items()}


def compare_values(candidate: Measured, baseline: Measured, config: EvaluationConfig) -> tuple[MetricResult, ...]:
    """Compare what was measured of two models on the same tables, measure by measure."""
    results = (_compare_one(each, candidate, baseline, config) for each in MEASURES if each.name in candidate)
    return tuple(result for result in results if result is not None)


def _compare_one(
    measure: Measure, candidate: Measured, baseline: Measured, config: EvaluationConfig
) -> MetricResult | None:
    seed, level, resamples = config.seed, config.level, config.resamples
    ours = [value for value in candidate[measure.name] if value is not None]
    theirs = [value for value in baseline[measure.name] if value is not None]
    if len(ours) < 2:
        return None
    return MetricResult(
        name=measure.name,
        direction=measure.direction,
        n_tables=len(ours),
        candidate=bootstrap_mean(ours, seed, level, resamples=resamples),
        baseline=bootstrap_mean(theirs, seed, level, resamples=resamples),
        difference=bootstrap_difference(ours, theirs, seed, level, resamples=resamples),
    )


def _similarities(
    predictions: Sequence[Sequence[str]], references: Sequence[Sequence[str]], similarity: Similarity
) -> list[tuple[float, ...]]:
    """Return one similarity per text; a text that says nothing is near to nothing."""
    written = [says(text).strip() for texts in predictions for text in texts]
    values = similarity(written, [text for texts in references for text in texts])
    rest = iter([value if text else 0.0 for text, value in zip(written, values, strict=True)])
    return [tuple(islice(rest, len(texts))) for texts in predictions]


def _choose_samples(
    examples: Sequence["Example"], candidate: Sequence[Texts], baseline: Sequence[Texts], config: EvaluationConfig
) -> tuple[TableSample, ...]:
    amount = min(config.samples, len(examples))
    chosen = sorted(random.Random(config.seed).sample(range(len(examples)), amount))
    return tuple(
        TableSample(
            table=examples[index].table.name,
            columns=tuple(column.name for column in examples[index].table.columns),
            ddl=examples[index].ddl,
            reference=examples[index].reference,
            candidate=candidate[index],
            baseline=baseline[index],
        )
        for index in chosen
    )


def _require_aligned(examples: Sequence["Example"], predictions: Sequence[Texts]) -> None:
    if len(examples) < 2:
        raise TrainingSetError(
            f"An evaluation needs at least 2 tables, got {len(examples)}; synthesize more test examples."
        )
    if len(predictions) != len(examples):
        raise ValueError(f"{len(examples)} examples need as many texts, got {len(predictions)}")
    for example, written in zip(examples, predictions, strict=True):
        if len(written.columns) != len(example.table.columns):
            raise ValueError(
                f"example {example.id} has {len(example.table.columns)} columns, "
                f"but its texts have {len(written.columns)}"
            )


def _flatten(texts: Texts) -> tuple[str, ...]:
    return (texts.table, *texts.columns)
