"""Thousands of simulated studies, decided by the code that decides real ones: how often it errs, and what it finds.

The model is that of ``columnist.studies.design``: a table's own effect makes up the share ``icc`` of the
variance, and a fifth of the ballots are ties where the systems are equal. Of a rater's own noise, some stays when
the same item is shown again. Raters are honest, or careless: these answer by chance, attention items too. Each look
judges raters by the repeats and attention items that it has.

What this does *not* cover: raters who differ in taste, or who talk to each other, and honest ones who overlook what
is wrong with an attention item, or are too fast: rules exclude them that have nothing to do with who wrote what.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic import Field, model_validator

from columnist.errors import ConfigError
from columnist.studies.agreement_report import LOSS, TIE, WIN
from columnist.studies.analysis import RESAMPLES
from columnist.studies.assignment import spread
from columnist.studies.clusters import Resampling, draw_clusters
from columnist.studies.conditions import (
    intervals_agree,
    position_biased,
    raters_agree,
    repeats_hold,
    survives_each_removal,
)
from columnist.studies.latent import shift_to, tie_bar
from columnist.studies.ratings import score_categories
from columnist.studies.registration import Exclusions, Hypothesis, RegisteredTable, Registration
from columnist.studies.sequential import t_bounds
from columnist.studies.verdict import judge_means
from columnist.studies.winrate import average_raters, find_threshold
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from columnist.studies.design import Question

    Array = NDArray[Any]

_CARELESS = (0.4, 0.2, 0.4)  # chances of loss, tie and win
_CHUNK = 200  # studies at once, whose resamples take 100 MiB


class SimulatedStudy(Value):
    """A study as it is registered, and the truth that it does not know.

    Attributes:
        icc: Share of the variance that is the table's own.
        win_rate: The true one.
        stability: Share of a rater's own noise that is the same when an item is shown again.
        careless: How many of the raters answer by chance.
        repeats: Hidden, over all looks; ``attention`` items alike.
        least_consistency: Of hidden repeats; a rater with less does not count.
        most_failures: Of attention items; a rater with more does not count.
    """

    hypothesis: Hypothesis
    margin: float = Field(ge=0, lt=0.5)
    alpha: float = Field(gt=0, lt=0.5)
    looks: tuple[int, ...] = Field(min_length=1)
    raters: int = Field(ge=1, le=100)
    icc: float = Field(ge=0, le=1)
    win_rate: float = Field(gt=0, lt=1)
    stability: float = Field(default=0.8, ge=0, le=1)
    careless: int = Field(default=0, ge=0)
    repeats: int = Field(default=6, ge=0)
    least_consistency: float = Field(default=0.5, ge=0, le=1)
    attention: int = Field(default=0, ge=0)
    most_failures: int = Field(default=1, ge=0)

    @model_validator(mode="after")
    def _repeats_fit(self) -> Self:
        if 2 * self.repeats > self.looks[0] or self.careless > self.raters:
            raise ValueError(f"expected at most {self.looks[0] // 2} repeats and {self.raters} careless raters")
        return self

    @property
    def repeated(self) -> tuple[int, ...]:
        """Places of the tables that are shown twice, look after look: of each look the first ones."""
        starts = (0, *self.looks)
        counts = spread(self.repeats, self.looks)
        return tuple(start + n for start, count in zip(starts, counts, strict=False) for n in range(count))

    @classmethod
    def of(cls, question: "Question", icc: float, win_rate: float, careless: int = 0) -> Self:
        """Return the study that would answer a question, if something were true.

        Raises:
            ConfigError: The question has no rules of exclusion.
        """
        if question.exclusions is None:
            raise ConfigError("the question has no rules of exclusion, so its procedure is not known; configure them")
        return cls(
            **question.model_dump(include={"hypothesis", "margin", "alpha", "looks", "raters", "attention"}),
            icc=icc,
            win_rate=win_rate,
            careless=min(careless, question.raters),
            repeats=min(question.repeats, question.looks[0] // 2),
            least_consistency=question.exclusions.min_repeat_consistency,
            most_failures=question.exclusions.max_attention_failures,
        )

    @property
    def threshold(self) -> float:
        """What the win rate has to lie above."""
        return find_threshold(self.hypothesis, self.margin)

    def register(self) -> Registration:
        """Return a registration with the same rules, of tables and raters that do not exist."""
        nothing = "0" * 64
        return Registration(
            study_id="0" * 16,
            hypothesis=self.hypothesis,
            margin=self.margin,
            alpha=self.alpha,
            looks=self.looks,
            tables=tuple(
                RegisteredTable(table_id=f"{n:016x}", sha256=nothing, dialect="", width="", sector="", difficulty="")
                for n in range(self.looks[-1])
            ),
            items=(),
            raters=tuple(f"simulated-{n}" for n in range(self.raters)),
            repeats=self.repeats,
            attention=self.attention,
            exclusions=Exclusions(
                min_seconds_per_item=0,
                max_attention_failures=self.most_failures,
                min_repeat_consistency=self.least_consistency,
            ),
            seed=0,
            candidate_sha256=nothing,
            baseline_sha256=nothing,
            test_set_sha256=nothing,
            commitments=(nothing,) * len(self.looks),
            opened_at="2000-01-01T00:00:00Z",
        )


@dataclass(frozen=True)
class DrawnStudies:
    """The ballots of many simulated studies.

    Attributes:
        categories: Of shape (studies, tables, raters).
        candidate_was_a: Of the same shape.
        kept: Whether each repeat was answered as before, of shape (studies, repeats, raters).
        failed: Whether each attention item was answered wrongly, of shape (studies, attention items, raters).
    """

    categories: "Array"
    candidate_was_a: "Array"
    kept: "Array"
    failed: "Array"


class Outcome(Value):
    """How many of the simulated studies ended how.

    Attributes:
        shown_once: By one t-test over all tables, without looks or conditions: what ``study plan`` calls power.
        shown_by_looks: At one of the looks, without conditions.
        promoted: By the whole procedure, with exclusions and conditions; ``rejected`` alike.
        mean_tables: Tables at which the whole procedure ended, on average.
        mean_tables_by_looks: The same without conditions.
        raters_excluded: Share of raters by all they answered, over all studies.
        unmet: Studies in which a condition was not met at a look whose interval said promote, by its name.
    """

    study: SimulatedStudy
    replications: int
    shown_once: int
    shown_by_looks: int
    promoted: int
    rejected: int
    mean_tables: float
    mean_tables_by_looks: float
    raters_excluded: float
    unmet: dict[str, int]


def simulate(study: SimulatedStudy, replications: int, seed: int) -> Outcome:
    """Simulate a study many times.

    Args:
        study: What is registered, and what is true.
        replications: How many times.
        seed: Of the simulation.
    """
    import numpy

    procedure = Procedure(study)
    parts = []
    for done in range(0, replications, _CHUNK):
        drawn = draw_studies(study, min(_CHUNK, replications - done), numpy.random.default_rng([seed, done]))
        parts.append(procedure.decide(drawn))
    joined = {name: numpy.concatenate([getattr(part, name) for part in parts]) for name in _Decided.__annotations__}
    unmet = joined["unmet"]
    return Outcome(
        study=study,
        replications=replications,
        shown_once=int(joined["once"].sum()),
        shown_by_looks=int((joined["by_looks"] == 1).sum()),
        promoted=int((joined["judged"] == 1).sum()),
        rejected=int((joined["judged"] == -1).sum()),
        mean_tables=float(joined["tables"].mean()),
        mean_tables_by_looks=float(joined["tables_by_looks"].mean()),
        raters_excluded=float(joined["excluded"].mean()),
        unmet={name: int(unmet[:, place].sum()) for place, name in enumerate(CONDITIONS)},
    )


CONDITIONS = (
    "raters agree",
    "no rater decides alone",
    "no side is preferred",
    "repeats are consistent",
    "intervals agree",
)


@dataclass(frozen=True)
class _Decided:
    """What became of some studies; a row for each."""

    once: "Array"
    by_looks: "Array"
    tables_by_looks: "Array"
    judged: "Array"
    tables: "Array"
    excluded: "Array"
    unmet: "Array"


class _Hidden(NamedTuple):
    """How many hidden items each rater has answered."""

    repeats: int
    attention: int

    def plus(self, more: "_Hidden") -> "_Hidden":
        return _Hidden(self.repeats + more.repeats, self.attention + more.attention)


class Procedure:
    """The whole procedure of a study: exclusions, looks and conditions, for many studies at once."""

    def __init__(self, study: SimulatedStudy):
        from scipy import stats

        self.study = study
        self.bounds = t_bounds(study.looks, study.alpha)
        tables = study.looks[-1]
        self._single = float(stats.t.isf(study.alpha, tables - 1))
        self._resampling = Resampling(seed=0, level=1 - 2 * study.alpha, resamples=RESAMPLES)
        shown = zip(spread(study.repeats, study.looks), spread(study.attention, study.looks), strict=True)
        self._shown = tuple(itertools.accumulate(itertools.starmap(_Hidden, shown), _Hidden.plus))
        self._draws = [draw_clusters(look, self._resampling).astype(float) for look in study.looks]

    def decide(self, drawn: DrawnStudies) -> _Decided:
        """Decide every study, as ``analyse`` does it, at its first look that says something."""
        import numpy

        study = self.study
        everybody = average_raters(score_categories(drawn.categories))
        by_looks, tables_by_looks = self._stop(
            judge_means(everybody[:, :look], study.threshold, bound)
            for look, bound in zip(study.looks, self.bounds, strict=True)
        )
        unmet = numpy.zeros((len(everybody), len(CONDITIONS)), dtype=bool)
        judged, tables = self._stop(self._judge(place, drawn, unmet) for place in range(len(study.looks)))
        return _Decided(
            once=judge_means(everybody, study.threshold, self._single) == 1,
            by_looks=by_looks,
            tables_by_looks=tables_by_looks,
            judged=judged,
            tables=tables,
            excluded=self._exclude(len(study.looks) - 1, drawn).mean(axis=1),
            unmet=unmet,
        )

    def _stop(self, looks: Iterator["Array"]) -> tuple["Array", "Array"]:
        """Return the first judgement of each study that is not 0, and the tables at which it fell."""
        import numpy

        judged = ended = numpy.zeros(0, dtype=int)
        for tables, here in zip(self.study.looks, looks, strict=True):
            if not len(judged):
                judged, ended = numpy.zeros_like(here), numpy.full(len(here), self.study.looks[-1])
            stops = (judged == 0) & (here != 0)
            judged, ended = numpy.where(stops, here, judged), numpy.where(stops, tables, ended)
        return judged, ended

    def _exclude(self, place: int, drawn: DrawnStudies) -> "Array":
        """Tell of each rater whether a rule is broken by what a look has, of shape (studies, raters)."""
        study, shown = self.study, self._shown[place]
        kept, failed = drawn.kept[:, : shown.repeats].sum(axis=1), drawn.failed[:, : shown.attention].sum(axis=1)
        bad: Array = (kept < study.least_consistency * shown.repeats) | (failed > study.most_failures)
        return bad

    def _judge(self, place: int, drawn: DrawnStudies, unmet: "Array") -> "Array":
        """Judge every study at one look, with the conditions; remember which ones were not met."""
        import numpy

        tables, bound = self.study.looks[place], self.bounds[place]
        bad, repeats = self._exclude(place, drawn), self._shown[place].repeats
        seen = numpy.where(bad[:, None, :], -1, drawn.categories[:, :tables])
        counted = (~bad).sum(axis=1)
        judged = judge_means(average_raters(score_categories(seen)), self.study.threshold, bound)
        judged = numpy.where(counted >= math.ceil(self.study.raters / 2), judged, 0)
        places = numpy.flatnonzero(judged == 1)
        if len(places):
            side = drawn.candidate_was_a[places, :tables]
            kept = numpy.where(bad, 0, drawn.kept[:, :repeats].sum(axis=1))[places].sum(axis=1)
            holds = self._check(place, seen[places], side, kept, counted[places] * repeats)
            unmet[places] |= ~holds
            judged[places] = holds.all(axis=1)
        return judged

    def _check(self, place: int, seen: "Array", side: "Array", kept: "Array", shown: "Array") -> "Array":
        """Return whether each condition holds in each study, in the order of ``CONDITIONS``."""
        import numpy

        level, draws = self._resampling.level, self._draws[place]
        return numpy.stack(
            [
                raters_agree(seen, draws, level),
                survives_each_removal(seen, self.study.threshold),
                ~position_biased(seen, side).any(axis=1),
                repeats_hold(kept, shown, self.study.least_consistency),
                intervals_agree(average_raters(score_categories(seen)), draws, level),
            ],
            axis=1,
        )


def draw_studies(study: SimulatedStudy, replications: int, generator: Any) -> DrawnStudies:
    """Draw the ballots of studies.

    Args:
        study: What is true.
        replications: How many studies.
        generator: numpy's.
    """
    import numpy

    tables, raters = study.looks[-1], study.raters
    table = math.sqrt(study.icc) * generator.standard_normal((replications, tables, 1))
    lasting = math.sqrt((1 - study.icc) * study.stability) * generator.standard_normal((replications, tables, raters))
    passing = math.sqrt((1 - study.icc) * (1 - study.stability))

    def answer(latent: "Array") -> "Array":
        noisy = latent + passing * generator.standard_normal(latent.shape)
        bar, shift = tie_bar(), shift_to(study.win_rate)
        given = numpy.where(noisy > bar - shift, WIN, numpy.where(noisy > -bar - shift, TIE, LOSS))
        careless = generator.choice([LOSS, TIE, WIN], p=_CARELESS, size=(*given.shape[:2], study.careless))
        given[..., : study.careless] = careless
        return given

    latent = table + lasting
    # Of two items that follow each other the candidate is A on one, for every rater.
    turns = generator.random((replications, (tables + 1) // 2, raters)) < 0.5
    sides = numpy.stack([turns, ~turns], axis=2).reshape(replications, -1, raters)[:, :tables]
    categories, places = answer(latent), list(study.repeated)
    # Who answers by chance does not choose the text of the table itself in 60 % of cases: a loss or a tie.
    failed = numpy.zeros((replications, study.attention, raters), dtype=bool)
    failed[..., : study.careless] = generator.random(failed[..., : study.careless].shape) < sum(_CARELESS[:2])
    kept = categories[:, places] == answer(latent[:, places])
    return DrawnStudies(categories=categories, candidate_was_a=sides, kept=kept, failed=failed)
