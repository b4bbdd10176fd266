"""Evaluate: what several systems wrote about the same tables, measured and compared."""

import random
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from columnist.digests import digest_bytes
from columnist.documentation import Acceptances, Texts
from columnist.evaluation.comparison import Comparison, EvaluationConfig, compare_values
from columnist.evaluation.costs import Cost, CostTerms, Usage, cost_of
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval, bootstrap_mean
from columnist.evaluation.measuring import Measured, ReplyFaults, Similarity, measure_texts
from columnist.evaluation.results import Evaluation, Role, Sample, SetResult, SystemResult, TableSet
from columnist.evaluation.retrieval import Retrieval, measure_retrieval
from columnist.evaluation.slices import compare_slices
from columnist.modeling.acceptance.calibration import Calibration
from columnist.synthesis.examples import Example, as_lines
from columnist.values import Value


class Encoder(Protocol):
    """Tells how near texts are in meaning."""

    def embed(self, texts: Sequence[str]) -> Any:
        """Return one row of unit length per text."""
        ...

    def similarities(self, texts: Sequence[str], others: Sequence[str]) -> Sequence[float]:
        """Return the cosine of each text and its counterpart."""
        ...


class TestTables(Value):
    """Tables with references that no system in question has learned from.

    Attributes:
        origin: Where they come from, in words.
        planned: How many were asked for.
        by_people: Whether people wrote the references.
        unfitted: Ids of the examples on which probabilities of acceptance can be measured, because the product fits
            them to other projects' tables; ``None`` for all.
    """

    __test__ = False  # not a test, whatever its name says

    name: str
    origin: str
    planned: int
    examples: tuple[Example, ...]
    by_people: bool = False
    unfitted: tuple[str, ...] | None = None

    def describe(self) -> TableSet:
        """Return what the tables are, without them."""
        return TableSet(
            name=self.name,
            origin=self.origin,
            sha256=digest_bytes(as_lines(self.examples)),
            n_tables=len(self.examples),
            planned=self.planned,
            n_texts=sum(1 + len(example.table.columns) for example in self.examples),
        )


class Written(Value):
    """What one system wrote about one set of tables, in their order.

    Attributes:
        tables: The set's name.
        faults: What each raw reply got wrong in its form.
        acceptances: How likely each text would be accepted; empty where the system cannot tell.
        usage: Tokens and time that it took, on the machine and under the load of then.
        hosted_usage: Tokens that a hosted model would take to say as much in answer to the long prompt.
    """

    tables: str
    identity: SystemIdentity
    role: Role
    texts: tuple[Texts, ...]
    faults: tuple[ReplyFaults, ...]
    acceptances: tuple[Acceptances, ...] = ()
    usage: Usage
    hosted_usage: Usage | None = None


def evaluate_systems(
    sets: Sequence[TestTables],
    written: Sequence[Written],
    calibrations: Sequence[Calibration],
    config: EvaluationConfig,
    terms: CostTerms,
    encoder: Encoder | None,
    smallest_slice: int,
) -> Evaluation:
    """Measure all systems on every set of tables, and compare the candidate with each of the others.

    Args:
        sets: The tables with their references.
        written: What each system wrote about each set; the candidate's first.
        calibrations: How far the candidate's probabilities can be trusted, each named for its set.
        config: Seed, level and amounts.
        terms: At which prices tokens and time are counted.
        encoder: Tells how near two texts are in meaning; without it, that is not measured.
        smallest_slice: Tables that a slice needs at least.

    Raises:
        TrainingSetError: A set has fewer than two tables.
        ValueError: The texts do not belong to the tables, or two systems have the same name.
    """
    calibrated = {each.name: each for each in calibrations}
    similarity = encoder.similarities if encoder else None
    found = []
    for tables in sets:
        own = [each for each in written if each.tables == tables.name]
        result = evaluate_tables(tables, own, config, similarity, smallest_slice)
        extra = {
            "systems": tuple(map(partial(_add_cost, terms, config), result.systems, own)),
            "hosted": _cost_hosted(own[0], terms, config),
            "calibration": calibrated.get(tables.name),
            "retrieval": _measure_retrieval(tables, own, config, encoder),
        }
        found.append(result.model_copy(update=extra))
    return Evaluation(config=config, sets=tuple(found))


def evaluate_tables(
    tables: TestTables,
    written: Sequence[Written],
    config: EvaluationConfig,
    similarity: Similarity | None,
    smallest_slice: int,
) -> SetResult:
    """Measure all systems on the same tables, and compare the first with each of the others.

    Whether a table has a measure depends on its reference, never on a system.

    Args:
        tables: The tables with their references.
        written: What each system wrote about them; the candidate's first.
        config: Seed, level and amounts.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
        smallest_slice: Tables that a slice needs at least.

    Raises:
        TrainingSetError: There are fewer than two tables, so there is no interval.
        ValueError: The texts do not belong to the tables, or two systems have the same name.
    """
    names = [each.identity.name for each in written]
    if len(set(names)) < len(names):
        raise ValueError(f"systems need names of their own, got {', '.join(names)}")
    examples = tables.examples
    measured = {
        each.identity.name: measure_texts(examples, each.texts, similarity, each.faults or None) for each in written
    }
    candidate, *others = names
    return SetResult(
        tables=tables.describe(),
        systems=tuple(
            SystemResult(identity=each.identity, role=each.role, means=_means(measured[each.identity.name], config))
            for each in written
        ),
        comparisons=tuple(
            Comparison(baseline=name, metrics=compare_values(measured[candidate], measured[name], config))
            for name in others
        ),
        slices=compare_slices(
            examples, measured[candidate], {name: measured[name] for name in others}, config, smallest_slice
        ),
        samples=_choose_samples(examples, written, config),
    )


def _add_cost(terms: CostTerms, config: EvaluationConfig, system: SystemResult, written: Written) -> SystemResult:
    cost = cost_of(written.usage, terms.machine_price, config.seed, config.level, resamples=config.resamples)
    return system.model_copy(update={"cost": cost})


def _cost_hosted(candidate: Written, terms: CostTerms, config: EvaluationConfig) -> dict[str, Cost]:
    """Return what hosted models would cost that answer the long prompt at the candidate's length."""
    usage = candidate.hosted_usage
    return (
        {}
        if usage is None
        else {
            name: cost_of(usage, price, config.seed, config.level, resamples=config.resamples)
            for name, price in terms.hosted.items()
        }
    )


def _measure_retrieval(
    tables: TestTables, written: Sequence[Written], config: EvaluationConfig, encoder: Encoder | None
) -> Retrieval | None:
    """Measure it where people have described the tables: what a grammar wrote asks no questions that people have."""
    if not tables.by_people:
        return None
    texts = {each.identity.name: each.texts for each in written}
    embed = encoder.embed if encoder else None
    return measure_retrieval(tables.examples, texts, embed, config.seed, config.level, config.resamples)


def _means(measured: Measured, config: EvaluationConfig) -> dict[str, Interval]:
    known = {name: [value for value in values if value is not None] for name, values in measured.items()}
    return {
        name: bootstrap_mean(values, config.seed, config.level, resamples=config.resamples)
        for name, values in known.items()
        if len(values) >= 2
    }


def _choose_samples(
    examples: Sequence[Example], written: Sequence[Written], config: EvaluationConfig
) -> tuple[Sample, ...]:
    amount = min(config.samples, len(examples))
    chosen = sorted(random.Random(config.seed).sample(range(len(examples)), amount))
    return tuple(
        Sample(
            table=examples[place].table.name,
            columns=tuple(column.name for column in examples[place].table.columns),
            ddl=examples[place].ddl,
            reference=examples[place].reference,
            texts={each.identity.name: each.texts[place] for each in written},
        )
        for place in chosen
    )
