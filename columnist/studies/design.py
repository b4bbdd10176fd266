"""What a study of some size can show, by simulation, before anybody is asked to rate anything.

The model: each table has an effect of its own, which makes up the share ``icc`` of the variance; the rest
is noise of each ballot. A fifth of the ballots are ties where the systems are equal. A win counts 1, a tie
one half, and the test is a t-test over the tables' means: the table is the unit, not the ballot. What a study
demands besides is simulated by the whole procedure, see ``columnist.studies.simulation``.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from columnist.errors import ConfigError
from columnist.studies.config import StudyConfig
from columnist.studies.latent import shift_to, tie_bar
from columnist.studies.registration import Exclusions, Hypothesis
from columnist.values import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_DECIDED = 0.8  # share of ballots that are no tie, where the systems are equal
_POWER = 0.8  # by convention (Cohen 1988)
_TASTE = 0.1  # share of the variance by which raters differ in which system they prefer
_COSTLY = 0.1  # of power that conditions take away
_SLICE = 10  # tables
PROCEDURES = 1_000  # simulated at most: each costs as much as hundreds of tests
_MOST_DRAWN = 60_000_000  # ballots simulated: about a gigabyte while they are made
SECONDS_PER_ITEM = 37.0  # AlpacaEval's raters took 36,800 s for 1,000 comparisons (its README)

Say = Callable[[str, int, int], None]


class Question(Value):
    """What a study is to show, and how large it is.

    Attributes:
        alpha: One-sided.
        repeats: Hidden items; ``attention`` alike.
        exclusions: Rules for raters; without them, the whole procedure is not simulated.
        iccs: Shares of the variance that are the table's own: nobody knows it before, so several are looked at.
        win_rates: True win rates at which power is stated.
    """

    hypothesis: Hypothesis
    margin: float = Field(ge=0, lt=0.5)
    alpha: float = Field(gt=0, lt=0.5)
    tables: int = Field(ge=3, le=2000)
    raters: int = Field(ge=1, le=100)
    looks: tuple[int, ...]
    repeats: int = Field(default=0, ge=0)
    attention: int = Field(default=0, ge=0)
    exclusions: Exclusions | None = None
    iccs: tuple[float, ...] = (0.0, 0.2, 0.5, 0.8)
    win_rates: tuple[float, ...]
    seconds_per_item: float = SECONDS_PER_ITEM

    @property
    def bound(self) -> float:
        """What the win rate has to lie above.

        Example:
            >>> Question(hypothesis="non-inferior", margin=0.1, alpha=0.05, tables=62, raters=4, looks=(62,),
            ...          win_rates=(0.5,)).bound
            0.4
        """
        return 0.5 - self.margin if self.hypothesis is Hypothesis.NON_INFERIOR else 0.5 + self.margin


def ask(config: StudyConfig, given: Mapping[str, Any]) -> Question:
    """Return the question of a configured study, with what was given instead.

    Looks are kept at a third and two thirds of the tables where another number of tables was given.

    Raises:
        ConfigError: What was given does not fit together.
    """
    fields = config.model_dump(exclude={"seed"}) | dict(given)
    tables = fields["tables"]
    if tables != config.tables:
        fields["looks"] = tuple(sorted({max(2, math.ceil(tables / 3)), max(2, math.ceil(tables * 2 / 3)), tables}))
    superior = fields["hypothesis"] == Hypothesis.SUPERIOR
    if superior and "margin" not in given and config.hypothesis is not Hypothesis.SUPERIOR:
        fields["margin"] = 0.0  # the configured one is of the other question
    # Equal systems are what non-inferiority is asked for; a superior one has to be better by something.
    win_rates = (0.6, 0.66, 0.74) if superior else (0.5, 0.55, 0.6)
    if not superior and not fields["margin"]:
        raise ConfigError("--margin 0: expected more than 0 for the question non-inferior, such as 0.1")
    return Question(**fields, win_rates=win_rates)


class Power(Value):
    """What the study shows where tables differ by so much.

    Attributes:
        powers: Probability to show what was asked by one test over all tables, for each of the question's win rates.
        promoted: Probability that the whole procedure promotes, at the first of the win rates.
        detectable: The smallest true win rate that is shown with a power of 0.8.
        tables_needed: Tables for the same power at the first of the win rates; ``None`` where none are enough.
    """

    icc: float
    powers: tuple[float, ...]
    promoted: float | None
    detectable: float
    tables_needed: int | None


class Expected(Value):
    """How much rating looks save, where the true win rate is so high.

    Attributes:
        tables: Tables at which the study ends, on average.
        ballots: Ballots until then.
        shown: Probability that it ends by showing what was asked.
        promoted: Probability that the whole procedure promotes: with exclusions and conditions.
    """

    win_rate: float
    tables: float
    ballots: float
    shown: float
    promoted: float | None


class Plan(Value):
    """What a study can show, what it costs, and what it can not show."""

    question: Question
    rows: tuple[Power, ...]
    expected_icc: float
    expected: tuple[Expected, ...]
    ballots: int
    hours_per_rater: float
    taste_error: float
    cannot: tuple[str, ...]
    replications: int
    seed: int


class _Simulated:
    """Latent preferences of many studies; the same ones for every win rate, so that curves are smooth."""

    def __init__(self, question: Question, icc: float, replications: int, seed: int, taste: float = 0.0):
        import numpy

        generator = numpy.random.default_rng([seed, round(icc * 1000), round(taste * 1000)])
        shape = (replications, question.tables, question.raters)

        def normal(*sizes: int) -> "Array":
            return generator.standard_normal(sizes, dtype=numpy.float32)

        self._latent = math.sqrt(icc) * normal(*shape[:2], 1) + math.sqrt(1 - icc) * normal(*shape)
        if taste:
            self._latent += math.sqrt(taste) * normal(replications, 1, question.raters)
        self._bar = tie_bar()

    def means(self, win_rate: float) -> Any:
        """Return the means of tables, of shape (replications, tables)."""
        import numpy

        shift = shift_to(win_rate)
        wins = (self._latent > self._bar - shift).mean(axis=2, dtype=numpy.float64)
        return (wins + (self._latent > -self._bar - shift).mean(axis=2, dtype=numpy.float64)) / 2


def plan_study(question: Question, replications: int, seed: int, say: Say) -> Plan:
    """Simulate what a study can show.

    Args:
        question: What it is to show.
        replications: Simulated studies; 4,000 give a probability to within 0.015.
        seed: Of the simulation.
        say: Called with what is being simulated, and how far it is.

    Raises:
        ConfigError: So many ballots are more than fit into memory.
    """
    if question.tables * question.raters * replications > _MOST_DRAWN:
        most = _MOST_DRAWN // (question.tables * question.raters)
        raise ConfigError(
            f"{replications} simulated studies of {question.tables} x {question.raters} ballots do not fit into "
            f"memory; give --replications {most} or fewer"
        )
    rows = []
    for done, icc in enumerate(question.iccs):
        say("simulating", done, len(question.iccs) + 2)
        rows.append(_find_power(question, icc, replications, seed))
    say("simulating", len(question.iccs), len(question.iccs) + 2)
    expected_icc = question.iccs[len(question.iccs) // 2]
    expected = tuple(_find_expected(question, expected_icc, replications, seed))
    say("simulating", len(question.iccs) + 1, len(question.iccs) + 2)
    taste = _find_taste_error(question, expected_icc, replications, seed)
    say("simulating", len(question.iccs) + 2, len(question.iccs) + 2)
    items = question.tables + question.repeats + question.attention
    return Plan(
        question=question,
        rows=tuple(rows),
        expected_icc=expected_icc,
        expected=expected,
        ballots=items * question.raters,
        hours_per_rater=items * question.seconds_per_item / 3600,
        taste_error=taste,
        cannot=_cannot(question, rows, taste),
        replications=replications,
        seed=seed,
    )


def power_at(question: Question, icc: float, win_rate: float, replications: int, seed: int) -> float:
    """Return the probability that a study without looks and conditions shows what was asked."""
    return _share_shown(_Simulated(question, icc, replications, seed).means(win_rate), question)


def _find_power(question: Question, icc: float, replications: int, seed: int) -> Power:
    simulated = _Simulated(question, icc, replications, seed)
    means = [simulated.means(win_rate) for win_rate in question.win_rates]
    return Power(
        icc=icc,
        powers=tuple(_share_shown(each, question) for each in means),
        promoted=_find_promoted(question, icc, question.win_rates[0], replications, seed),
        detectable=_find_detectable(simulated, question),
        tables_needed=_count_tables(float(means[0].std(axis=1, ddof=1).mean()), question),
    )


def _find_detectable(simulated: _Simulated, question: Question) -> float:
    """Return the smallest win rate with the wanted power, by halving."""
    low, high = question.bound, 0.999
    for _ in range(12):
        middle = (low + high) / 2
        enough = _share_shown(simulated.means(middle), question) >= _POWER
        low, high = (low, middle) if enough else (middle, high)
    return (low + high) / 2


def _count_tables(deviation: float, question: Question) -> int | None:
    """Return how many tables give the wanted power at the first win rate, from the spread of tables' means.

    The usual formula for one mean; t instead of normal quantiles, by going round until it stays.
    """
    from scipy import stats

    distance = question.win_rates[0] - question.bound
    if distance <= 0:
        return None
    tables = 10.0
    for _ in range(50):
        quantiles = sum(stats.t.ppf(level, math.ceil(tables) - 1) for level in (1 - question.alpha, _POWER))
        tables = max(3.0, (quantiles * deviation / distance) ** 2)
    return math.ceil(tables)


def _find_expected(question: Question, icc: float, replications: int, seed: int) -> Iterator[Expected]:
    """Yield how far a study goes that ends at the first look at which it has shown what was asked."""
    import numpy

    from columnist.studies.sequential import t_bounds

    bounds = t_bounds(question.looks, question.alpha)
    simulated = _Simulated(question, icc, replications, seed)
    for win_rate in question.win_rates:
        means = simulated.means(win_rate)
        ended = numpy.full(replications, question.tables)
        shown = numpy.zeros(replications, dtype=bool)
        for tables, bound in zip(question.looks, bounds, strict=True):
            crossed = ~shown & _is_shown(means[:, :tables], question.bound, bound)
            ended[crossed] = tables
            shown |= crossed
        share = float(ended.mean())
        items = share + (question.repeats + question.attention) * share / question.tables
        yield Expected(
            win_rate=win_rate,
            tables=share,
            ballots=items * question.raters,
            shown=float(shown.mean()),
            promoted=_find_promoted(question, icc, win_rate, replications, seed),
        )


def _find_promoted(question: Question, icc: float, win_rate: float, replications: int, seed: int) -> float | None:
    """Return how often the whole procedure promotes; ``None`` without its rules."""
    from columnist.studies.simulation import SimulatedStudy, simulate

    if question.exclusions is None:
        return None
    times = min(replications, PROCEDURES)
    return simulate(SimulatedStudy.of(question, icc, win_rate), times, seed).promoted / times


def _find_taste_error(question: Question, icc: float, replications: int, seed: int) -> float:
    """Return how often a study errs that speaks of all raters there could be, where these differ in taste."""
    means = _Simulated(question, icc, replications, seed, taste=_TASTE).means(question.bound)
    return _share_shown(means, question)


def _share_shown(means: "Array", question: Question) -> float:
    from scipy import stats

    quantile = float(stats.t.ppf(1 - question.alpha, question.tables - 1))
    return float(_is_shown(means, question.bound, quantile).mean())


def _is_shown(means: "Array", bound: float, quantile: float) -> Any:
    """Tell of each study whether the whole one-sided interval of its win rate lies above a bound."""
    error = means.std(axis=1, ddof=1) / math.sqrt(means.shape[1])
    return means.mean(axis=1) - quantile * error > bound


def _cannot(question: Question, rows: Sequence[Power], taste: float) -> tuple[str, ...]:
    """Say what the study can not show, with its own numbers."""
    middle = rows[len(rows) // 2]
    said = [
        f"that other raters would agree: where raters differ in taste by a tenth of the variance, speaking of all "
        f"raters errs in {taste:.0%} of studies instead of {question.alpha:.1%}; the result is for these raters",
        f"a true win rate below {middle.detectable:.3f} (at icc {middle.icc:g}): it is more likely than one in five "
        "that nothing is shown then, and that proves no equality",
        f"anything about one dialect, sector or width: {_SLICE} tables of a kind have an interval "
        f"{_slice_width(question, middle):.2f} to either side",
        "that either text is right: the question is which one is better",
        "anything about tables unlike those that are drawn from",
    ]
    stopped = [row for row in rows if row.promoted is not None and row.promoted < row.powers[0] - _COSTLY]
    if stopped:
        least = min(stopped, key=lambda row: row.promoted or 0)
        said.insert(
            0,
            f"a better candidate where raters hardly agree about single tables: at icc {least.icc:g} and a true "
            f"win rate of {question.win_rates[0]:g} the conditions leave {least.promoted:.2f} of a power of "
            f"{least.powers[0]:.2f}",
        )
    weak = [row for row in rows if row.powers[0] < _POWER]
    if weak:
        worst = weak[-1]
        needed = f"{worst.tables_needed} tables are needed" if worst.tables_needed else "no number of tables is enough"
        said.insert(
            0,
            f"the answer, reliably, at a true win rate of {question.win_rates[0]:g}: at icc {worst.icc:g} its power is "
            f"{worst.powers[0]:.2f}; {needed} for {_POWER:g}"
            + (": this question is of no use with so few tables" if worst.powers[0] < _POWER / 2 else ""),
        )
    return tuple(said)


def _slice_width(question: Question, row: Power) -> float:
    """Return half the width of a 95 % interval over a slice's tables, from the variance of ballots and tables."""
    from scipy import stats

    # The score of one ballot varies by 0.2 at most (0.8 of them are 0 or 1); averaging raters leaves icc of it.
    deviation = math.sqrt(_DECIDED / 4 * (row.icc + (1 - row.icc) / question.raters))
    return float(stats.t.ppf(0.975, _SLICE - 1)) * deviation / math.sqrt(_SLICE)
