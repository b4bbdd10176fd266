"""What a model writes today against what was pinned: what changed, how much it matters, and whether to alarm."""

import random
from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from columnist.canary.canary_set import CanarySet
from columnist.canary.fingerprint import Change, Fingerprint, only_hardware
from columnist.canary.pinning import PinnedRecord
from columnist.documentation import Texts
from columnist.evaluation import (
    EvaluationConfig,
    Finding,
    MetricResult,
    Similarity,
    compare_values,
    measure_texts,
)
from columnist.modeling.engines import EngineName
from columnist.values import Value

Share = Field(ge=0, le=1)


class CanaryConfig(Value):
    """How a check is made; nothing has a default, because each of these moves the result.

    Attributes:
        engine: What to decode with.
        seed: Fixes the resampling and the choice of samples.
        level: Nominal coverage of the intervals.
        resamples: Number of bootstrap samples per interval.
        samples: Changed texts that are shown.
        changed_share_same_cpu: Share of the texts that may change where the machine is the one of the record.
        changed_share_other_cpu: The same where the machine is another one and nothing else changed.
    """

    engine: EngineName
    seed: int = Field(ge=0)
    level: float = Field(gt=0, lt=1)
    resamples: int = Field(ge=100)
    samples: int = Field(ge=0)
    changed_share_same_cpu: float = Share
    changed_share_other_cpu: float = Share


class CanaryState(StrEnum):
    """What a check came to.

    ``UNCHANGED``: the same texts under the same fingerprint. ``NOTICE``: the same texts,
    although something that can decide them changed. ``TOLERATED``: other texts, no more
    than are allowed. ``ALARM``: other texts.
    """

    UNCHANGED = "unchanged"
    NOTICE = "notice"
    TOLERATED = "tolerated"
    ALARM = "alarm"


class ChangedText(Value):
    """A text that changed; the table's own has no column."""

    table: str
    column: str
    reference: str
    before: str
    after: str


class CanaryResult(Value):
    """What was found.

    Attributes:
        model: The reference of the model that was checked.
        record_sha256: Digest of the record that it was checked against.
        fingerprint: Of today.
        changes: What differs between the record's fingerprint and today's.
        n_texts: Texts that were compared: one per table and one per column.
        n_changed: Of these, how many are others now.
        metrics: Each measure of today's texts (the candidate) and of the pinned ones (the baseline), both
            measured today, so that a change of the measures themselves is not taken for one of the texts.
        samples: Some of the texts that changed.
    """

    model: str
    record_sha256: str
    fingerprint: Fingerprint
    changes: tuple[Change, ...]
    n_tables: int
    n_texts: int
    n_changed: int
    metrics: tuple[MetricResult, ...]
    samples: tuple[ChangedText, ...]
    state: CanaryState

    @property
    def summary(self) -> str:
        """What happened, why, and what it did to the measures, in two or three sentences."""
        texts = f"{self.n_changed} of {self.n_texts} texts on {self.n_tables} tables changed"
        said = f"{self.state.value}: {texts} since {self.model} was pinned. {self._cause()}"
        return f"{said} {self._effect()}" if self.n_changed else said

    @property
    def worse(self) -> tuple[str, ...]:
        """Names of the measures that are surely worse than they were."""
        return tuple(metric.name for metric in self._worse())

    def numbers(self) -> dict[str, float]:
        """Return the main numbers under flat names, as MLflow wants them."""
        return {
            "changed_texts": self.n_changed,
            "changed_share": self.n_changed / self.n_texts,
            "alarm": float(self.state is CanaryState.ALARM),
        } | {
            f"{metric.name}.{when}": interval.estimate
            for metric in self.metrics
            for when, interval in (
                ("now", metric.candidate),
                ("pinned", metric.baseline),
                ("difference", metric.difference),
            )
        }

    def _effect(self) -> str:
        if not self.worse:
            return "No measure is surely worse."
        falls = (f"{metric.name} by {abs(metric.difference.estimate):.3f}" for metric in self._worse())
        return f"Surely worse: {', '.join(falls)}."

    def _worse(self) -> Iterator[MetricResult]:
        return (metric for metric in self.metrics if metric.finding is Finding.WORSE)

    def _cause(self) -> str:
        if self.changes:
            said = "; ".join(map(str, self.changes))
            return f"Changed in the fingerprint: {said}."
        if self.n_changed:
            return (
                "Nothing in the fingerprint changed: decoding is not deterministic here, the machine differs in what "
                "is not recorded, or a converted model in the cache was changed."
            )
        return "Nothing in the fingerprint changed."


def check_texts(
    record: PinnedRecord,
    model: str,
    fingerprint: Fingerprint,
    canaries: CanarySet,
    texts: Sequence[Texts],
    config: CanaryConfig,
    similarity: Similarity | None = None,
) -> CanaryResult:
    """Compare what a model wrote today with its record.

    Args:
        record: What was pinned.
        model: The reference of the model.
        fingerprint: Of today.
        canaries: The tables.
        texts: What was written about each of them today.
        config: Seed, level and tolerances.
        similarity: Tells how near two texts are in meaning; without it, that is not measured.
    """
    changed = list(_changed_texts(canaries, record.texts, texts))
    changes = record.fingerprint.changes_to(fingerprint)
    now, pinned = (measure_texts(canaries.examples, each, similarity) for each in (texts, record.texts))
    settings = EvaluationConfig(seed=config.seed, level=config.level, samples=0, resamples=config.resamples)
    metrics = compare_values(now, pinned, settings)
    n_texts = sum(1 + len(each.columns) for each in texts)
    return CanaryResult(
        model=model,
        record_sha256=record.sha256,
        fingerprint=fingerprint,
        changes=changes,
        n_tables=len(texts),
        n_texts=n_texts,
        n_changed=len(changed),
        metrics=metrics,
        samples=tuple(random.Random(config.seed).sample(changed, min(config.samples, len(changed)))),
        state=judge(changes, len(changed) / n_texts, config),
    )


def judge(changes: tuple[Change, ...], share: float, config: CanaryConfig) -> CanaryState:
    """Decide what a share of changed texts means.

    Other weights, prompts, engines, libraries or code are no excuse for other texts: somebody has to look
    and pin again. Another machine is one, up to a share of the texts. No measure decides: of some twenty
    intervals of 0.95 one lies beside zero by chance, for a difference that matters to nobody.

    Args:
        changes: What differs in the fingerprint.
        share: Share of the texts that changed.
        config: The tolerances.

    Example:
        >>> config = CanaryConfig(engine="auto", seed=1, level=0.95, resamples=100, samples=3,
        ...                       changed_share_same_cpu=0, changed_share_other_cpu=0.2)
        >>> cores = Change(part="hardware", name="cores", before="2", after="8")
        >>> [judge((cores,), share, config).value for share in (0, 0.1, 0.3)]
        ['notice', 'tolerated', 'alarm']
    """
    if share == 0:
        return CanaryState.NOTICE if changes else CanaryState.UNCHANGED
    if not changes:
        allowed = config.changed_share_same_cpu
    else:
        allowed = config.changed_share_other_cpu if only_hardware(changes) else 0.0
    return CanaryState.TOLERATED if share <= allowed else CanaryState.ALARM


def _changed_texts(canaries: CanarySet, before: Sequence[Texts], after: Sequence[Texts]) -> Iterator[ChangedText]:
    for example, old, new in zip(canaries.examples, before, after, strict=True):
        names = ("", *(column.name for column in example.table.columns))
        rows = zip(names, *((each.table, *each.columns) for each in (example.reference, old, new)), strict=True)
        for name, reference, was, now in rows:
            if was != now:
                yield ChangedText(table=example.id, column=name, reference=reference, before=was, after=now)
