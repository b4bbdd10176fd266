"""Probation: what a judge's word is worth, measured on ballots of people."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from columnist.errors import ConfigError
from columnist.evaluation.intervals import Interval
from columnist.files import write_whole
from columnist.judging.asking import Judgement, ask_judge
from columnist.judging.judge import Chat, Judge
from columnist.judging.settings import Probation
from columnist.studies.agreement import Agreement, measure_agreement, measure_raters_alpha
from columnist.studies.ballots import Ballot, Item, Preference, digest_rows, take_majority
from columnist.studies.clusters import Resampling, bootstrap_share
from columnist.values import Value


class Standing(StrEnum):
    """Whether a judge's word counts.

    ``PROBATION``: not yet compared with enough ballots of people. ``DEMOTED``:
    compared, and its agreement could be chance. ``ADMITTED``: it has a weight.
    """

    PROBATION = "probation"
    DEMOTED = "demoted"
    ADMITTED = "admitted"


class Habits(Value):
    """What a judge does whatever the texts say; ``None`` where fewer than two tables tell.

    Attributes:
        flips: Items whose answer changed with the order.
        flip_rate: Their share of the answered items.
        first_rate: Share of its choices of one option that fell on the one shown first.
        longer_rate: Share of its decisions between options of unequal length that fell on the longer one.
        unparsable: Items without an answer in one of the orders, or in both.
    """

    flips: int
    flip_rate: Interval | None
    first_rate: Interval | None
    longer_rate: Interval | None
    unparsable: int


class Calibration(Value):
    """A judge measured against people.

    Attributes:
        identity: Of the judge: its folder and its model.
        ballots_sha256: Digest of the ballots, whatever their order.
        items_sha256: Digest of the items that have ballots.
        agreement: With the answer that most raters gave; ``None`` where fewer than two tables have ballots.
        by_rater: With each rater alone.
        raters_alpha: Krippendorff's alpha among the raters: what people reach on these items.
        raters_longer_rate: How often the raters' majority preferred the longer text.
        weight: What the judge's word counts, between 0 and 1.
    """

    judge: str
    identity: str
    ballots_sha256: str
    items_sha256: str
    n_ballots: int
    n_items: int
    n_tables: int
    agreement: Agreement | None
    by_rater: dict[str, Agreement | None]
    raters_alpha: Interval | None
    raters_longer_rate: Interval | None
    habits: Habits
    standing: Standing
    weight: float = Field(ge=0, le=1)


def calibrate(
    judge: Judge,
    items: Sequence[Item],
    ballots: Sequence[Ballot],
    cache: Path,
    say: Callable[[int, int], None],
    chat: Chat | None = None,
) -> Calibration:
    """Ask a judge about the items that people have compared, and measure how far it agrees with them.

    Raises:
        ConfigError: A ballot is about an item that is not there, or names another table.
        ColumnistError: The judge's model cannot be used.
    """
    known = _match(items, ballots)
    judgements = {each.comparison_id: each for each in ask_judge(judge, known, cache, say, chat)}
    resampling = judge.settings.intervals
    voted: dict[str, list[Preference]] = defaultdict(list)
    for ballot in ballots:
        voted[ballot.comparison_id].append(ballot.preference)
    majority = {item.comparison_id: take_majority(voted[item.comparison_id]) for item in known}
    agreement = _agree(judgements, majority.items(), resampling)
    n_tables = len({item.table_id for item in known})
    standing, weight = weigh(agreement, len(ballots), n_tables, judge.settings.probation)
    return Calibration(
        judge=judge.name,
        identity=judge.identity,
        ballots_sha256=digest_rows(ballots),
        items_sha256=digest_rows(known),
        n_ballots=len(ballots),
        n_items=len(known),
        n_tables=n_tables,
        agreement=agreement,
        by_rater={
            rater: _agree(
                judgements,
                ((each.comparison_id, each.preference) for each in ballots if each.rater == rater),
                resampling,
            )
            for rater in sorted({ballot.rater for ballot in ballots})
        },
        raters_alpha=measure_raters_alpha(ballots, resampling),
        raters_longer_rate=_longer_rate(
            [(item.table_id, item.longer, majority[item.comparison_id]) for item in known], resampling
        ),
        habits=find_habits(list(judgements.values()), resampling),
        standing=standing,
        weight=weight,
    )


def weigh(agreement: Agreement | None, n_ballots: int, n_tables: int, probation: Probation) -> tuple[Standing, float]:
    """Return a judge's standing, and its weight: the lower bound of its agreement beyond chance (Cohen's kappa).

    A bound rather than an estimate: a judge that was compared with few ballots counts
    for less. Where the interval includes zero, the judge may as well answer at random.

    Example:
        >>> def of(low):
        ...     kappa = Interval(low=low, high=0.7, estimate=0.5, level=0.95)
        ...     return Agreement(n_items=90, n_tables=60, percent=kappa, kappa=kappa, alpha=kappa)
        >>> limits = Probation(min_ballots=100, min_tables=30)
        >>> [weigh(of(low), 200, 60, limits)[0].value for low in (0.3, -0.1)], weigh(of(0.3), 200, 60, limits)[1]
        (['admitted', 'demoted'], 0.3)
        >>> weigh(of(0.3), 99, 60, limits)[0].value, weigh(None, 0, 0, limits)[1]
        ('probation', 0.0)
    """
    if agreement is None or n_ballots < probation.min_ballots or n_tables < probation.min_tables:
        return Standing.PROBATION, 0.0
    if agreement.kappa.low <= 0:
        return Standing.DEMOTED, 0.0
    return Standing.ADMITTED, agreement.kappa.low


def find_habits(judgements: Sequence[Judgement], resampling: Resampling) -> Habits:
    """Measure what a judge does whatever the texts say."""
    answered = [each for each in judgements if each.preference]
    chosen = [
        (each.table_id, answer is first)
        for each in judgements
        for answer, first in ((each.as_given, Preference.A), (each.swapped, Preference.B))
        if answer in (Preference.A, Preference.B)
    ]
    return Habits(
        flips=sum(each.flipped for each in answered),
        flip_rate=bootstrap_share([(each.table_id, each.flipped) for each in answered], resampling),
        first_rate=bootstrap_share(chosen, resampling),
        longer_rate=_longer_rate([(each.table_id, each.longer, each.preference) for each in judgements], resampling),
        unparsable=len(judgements) - len(answered),
    )


def keep_calibration(calibration: Calibration, records: Path) -> Path:
    """Store a calibration for later evaluations and return its file.

    Raises:
        ConfigError: It cannot be written.
    """
    path = _record_path(records, calibration.judge, calibration.identity)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make {path.parent}: {error.strerror}; check COLUMNIST_HOME") from error
    write_whole(path, calibration.model_dump_json(indent=1) + "\n")
    return path


def find_calibration(judge: Judge, records: Path) -> Calibration | None:
    """Return the last calibration of exactly this judge, or ``None``: a changed folder or model has none.

    Raises:
        ConfigError: The record is damaged.
    """
    path = _record_path(records, judge.name, judge.identity)
    try:
        found = Calibration.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        raise ConfigError(f"{path} is damaged; remove it and calibrate judge {judge.name} again") from None
    if found.identity != judge.identity:
        raise ConfigError(f"{path} belongs to another judge; remove it and calibrate judge {judge.name} again")
    return found


def find_standing(judge: Judge, records: Path) -> tuple[Standing, float]:
    """Return a judge's standing and weight; on probation without a calibration.

    Raises:
        ConfigError: The record of its calibration is damaged.
    """
    found = find_calibration(judge, records)
    return (found.standing, found.weight) if found else (Standing.PROBATION, 0.0)


def _match(items: Sequence[Item], ballots: Sequence[Ballot]) -> list[Item]:
    """Return the items that have ballots."""
    by_id = {item.comparison_id: item for item in items}
    for ballot in ballots:
        item = by_id.get(ballot.comparison_id)
        if item is None:
            raise ConfigError(
                f"rater {ballot.rater!r} has a ballot on comparison {ballot.comparison_id!r}, which is not among the "
                "items; give the items that were rated"
            )
        if item.table_id != ballot.table_id:
            raise ConfigError(
                f"comparison {ballot.comparison_id!r} is about table {item.table_id!r}, but a ballot of rater "
                f"{ballot.rater!r} says {ballot.table_id!r}; give the items that were rated"
            )
    rated = {ballot.comparison_id for ballot in ballots}
    return [item for item in items if item.comparison_id in rated]


def _agree(
    judgements: dict[str, Judgement], preferences: Iterable[tuple[str, Preference]], resampling: Resampling
) -> Agreement | None:
    return measure_agreement(
        [(judgements[id_].table_id, judgements[id_].preference, preference) for id_, preference in preferences],
        resampling,
    )


def _longer_rate(
    cases: Iterable[tuple[str, Preference | None, Preference | None]], resampling: Resampling
) -> Interval | None:
    """Return how often a decision fell on the longer option."""
    decided = [
        (table, longer is chosen)
        for table, longer, chosen in cases
        if longer and chosen in (Preference.A, Preference.B)
    ]
    return bootstrap_share(decided, resampling)


def _record_path(records: Path, name: str, identity: str) -> Path:
    return records / "calibrations" / name / f"{identity[:32]}.json"
