"""Measure how well questions find tables and columns, with and without descriptions."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from columnist.documentation import Texts
from columnist.errors import ConfigError, TrainingSetError
from columnist.evaluation.intervals import Interval
from columnist.evaluation.retrieval.questions import Question, ask, write_documents
from columnist.evaluation.retrieval.ranking import Encode, rank_by_meaning, rank_by_words
from columnist.evaluation.retrieval.results import (
    NAMES,
    PEOPLE,
    Figure,
    Found,
    Method,
    Retrieval,
    Search,
    Target,
)

if TYPE_CHECKING:
    from columnist.synthesis.examples import Example

_TOP = 10
_RESAMPLES = 9_999


def measure_retrieval(
    examples: Sequence["Example"],
    texts_by_system: Mapping[str, Sequence[Texts]],
    encode: Encode | None,
    seed: int,
    level: float = 0.95,
    resamples: int = _RESAMPLES,
) -> Retrieval:
    """Measure how well questions find tables and columns with each documentation.

    Args:
        examples: Tables with what people wrote of them.
        texts_by_system: What each system wrote of the same tables, in the same order.
        encode: Embeds texts; without it, there is no search by embeddings.
        seed: Of the intervals.
        level: Of the intervals.
        resamples: Number of bootstrap samples.

    Returns:
        A search per target and method; a target that fewer than two tables have questions for is left out.

    Raises:
        TrainingSetError: There are fewer than two tables.
        ConfigError: A system is called as names alone or people are here.
        ValueError: The texts do not belong to the examples.
    """
    _require_aligned(examples, texts_by_system)
    searches = []
    for target in Target:
        questions = ask(target, examples)
        tables = len({question.table for question in questions})
        if tables < 2:
            continue
        documents = write_documents(target, examples, texts_by_system)
        bootstrap = _Bootstrap(questions, seed, level, resamples)
        for method in Method if encode else (Method.BM25,):
            ranks = {
                name: rank_by_meaning(questions, own, encode)
                if encode and method is Method.EMBEDDINGS
                else rank_by_words(questions, own)
                for name, own in documents.items()
            }
            searches.append(
                Search(
                    target=target,
                    method=method,
                    n_questions=len(questions),
                    n_tables=tables,
                    n_documents=len(documents[NAMES]),
                    found=_summarise(ranks, bootstrap),
                )
            )
    return Retrieval(seed=seed, level=level, resamples=resamples, searches=tuple(searches))


class _Bootstrap:
    """Means over questions in the same resamples of tables, each of which brings all of its questions."""

    def __init__(self, questions: Sequence[Question], seed: int, level: float, resamples: int):
        import numpy

        self._level = level
        _, self._tables = numpy.unique([question.table for question in questions], return_inverse=True)
        count = int(self._tables.max()) + 1
        # How often each table is drawn: one row per resample.
        self._drawn = numpy.random.default_rng(seed).multinomial(count, [1 / count] * count, size=resamples)

    def means(self, values: Any) -> Any:
        """Return the mean over questions in every resample."""
        import numpy

        totals = self._drawn @ numpy.bincount(self._tables, weights=values)
        return totals / (self._drawn @ numpy.bincount(self._tables))

    def interval(self, estimate: float, draws: Any) -> Interval:
        """Return the percentile interval of a figure."""
        import numpy

        low, high = numpy.quantile(draws, ((1 - self._level) / 2, (1 + self._level) / 2))
        return Interval(low=float(low), high=float(high), estimate=float(estimate), level=self._level)

    def share(self, mine: Any, theirs: Any) -> Interval | None:
        """Return the ratio of two means over questions, or ``None`` where the second may be nothing.

        As in Fieller's interval of a ratio (1954), a resample in which there is nothing to have a share of
        counts against both ends; where such resamples are too many, the interval has no end.
        """
        import numpy

        numerators, denominators = self.means(mine), self.means(theirs)
        known = denominators > 0
        ratios = numerators / numpy.where(known, denominators, 1)
        tail = (1 - self._level) / 2
        low = numpy.quantile(numpy.where(known, ratios, -numpy.inf), tail, method="nearest")
        high = numpy.quantile(numpy.where(known, ratios, numpy.inf), 1 - tail, method="nearest")
        if not numpy.isfinite([low, high]).all():
            return None
        return Interval(low=float(low), high=float(high), estimate=mine.mean() / theirs.mean(), level=self._level)


def _summarise(ranks: Mapping[str, Sequence[float]], bootstrap: _Bootstrap) -> tuple[Found, ...]:
    import numpy

    reciprocal = _compare({name: 1 / numpy.asarray(own) for name, own in ranks.items()}, bootstrap)
    recalled = _compare({name: (numpy.asarray(own) <= _TOP) * 1.0 for name, own in ranks.items()}, bootstrap)
    return tuple(
        Found(documentation=name, reciprocal_rank=reciprocal[name], recall_at_10=recalled[name]) for name in ranks
    )


def _compare(values: Mapping[str, Any], bootstrap: _Bootstrap) -> dict[str, Figure]:
    """Return each documentation's mean, what it gains over names, and its share of what people gain."""
    gains = {name: own - values[NAMES] for name, own in values.items()}
    figures = {}
    for name, own in values.items():
        gain = share = None
        if name != NAMES:
            gain = bootstrap.interval(gains[name].mean(), bootstrap.means(gains[name]))
        if name not in {NAMES, PEOPLE} and PEOPLE in values:
            share = bootstrap.share(gains[name], gains[PEOPLE])
        figures[name] = Figure(mean=bootstrap.interval(own.mean(), bootstrap.means(own)), gain=gain, share=share)
    return figures


def _require_aligned(examples: Sequence["Example"], texts_by_system: Mapping[str, Sequence[Texts]]) -> None:
    if len(examples) < 2:
        raise TrainingSetError(f"Retrieval needs at least 2 tables to choose from, got {len(examples)}; give more.")
    for name, texts in texts_by_system.items():
        if name in {NAMES, PEOPLE}:
            raise ConfigError(f"a system is called {name!r}, which stands for something else here; rename it")
        columns = [len(each.columns) for each in texts]
        if columns != [len(example.table.columns) for example in examples]:
            raise ValueError(f"the texts of {name} do not belong to the {len(examples)} examples")
