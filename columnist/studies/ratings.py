"""The main ballots of a study as arrays: a row for each table, a column for each rater."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from columnist.errors import StudyError
from columnist.studies.agreement_report import BOTH_BAD, LOSS, TIE, WIN
from columnist.studies.items import ItemKind
from columnist.studies.registration import Registration
from columnist.studies.unblinded import UnblindedBallot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


@dataclass(frozen=True)
class Ratings:
    """What each rater said of each table.

    Attributes:
        tables: Ids, in registered order.
        raters: Ids, in registered order.
        categories: Of shape (tables, raters), -1 for no answer.
        candidate_was_a: Of the same shape; meaningless where there is no answer.
    """

    tables: tuple[str, ...]
    raters: tuple[str, ...]
    categories: "Array"
    candidate_was_a: "Array"

    @classmethod
    def of(cls, registration: Registration, ballots: Sequence[UnblindedBallot]) -> Self:
        """Arrange main ballots by the tables and raters that were registered.

        Raises:
            StudyError: A ballot is of no registered table or rater, or a rater has two on one item.
        """
        import numpy

        rows = {table.table_id: place for place, table in enumerate(registration.tables)}
        columns = {rater: place for place, rater in enumerate(registration.raters)}
        _refuse_strangers(registration, ballots, rows)
        categories = numpy.full((len(rows), len(columns)), -1)
        first = numpy.zeros(categories.shape, dtype=bool)
        for ballot in ballots:
            if ballot.kind is ItemKind.MAIN:
                place = rows[ballot.table_id], columns[ballot.rater]
                categories[place], first[place] = _categorise(ballot), ballot.candidate_was_a
        return cls(tables=tuple(rows), raters=tuple(columns), categories=categories, candidate_was_a=first)

    def of_raters(self, raters: Collection[str]) -> "Ratings":
        """Return the columns of some raters."""
        places = [place for place, rater in enumerate(self.raters) if rater in raters]
        names = tuple(self.raters[place] for place in places)
        return Ratings(self.tables, names, self.categories[:, places], self.candidate_was_a[:, places])

    def of_tables(self, places: "Array") -> "Ratings":
        """Return some of the rows."""
        names = tuple(self.tables[place] for place in places)
        return Ratings(names, self.raters, self.categories[places], self.candidate_was_a[places])

    @property
    def scores(self) -> "Array":
        """Of shape (tables, raters): 1 for a win, 0 for a loss, 0.5 for neither, NaN for no answer."""
        return score_categories(self.categories)


def score_categories(categories: "Array") -> "Array":
    """Return what each category counts.

    Example:
        >>> import numpy
        >>> score_categories(numpy.array([LOSS, TIE, WIN, BOTH_BAD, -1])).tolist()
        [0.0, 0.5, 1.0, 0.5, nan]
    """
    import numpy

    scores: Array = numpy.array([0.0, 0.5, 1.0, 0.5, numpy.nan])[categories]  # -1 is the last
    return scores


def _categorise(ballot: UnblindedBallot) -> int:
    return BOTH_BAD if ballot.both_bad else {0.0: LOSS, 0.5: TIE, 1.0: WIN}[ballot.score]


def _refuse_strangers(registration: Registration, ballots: Sequence[UnblindedBallot], rows: Collection[str]) -> None:
    for ballot in ballots:
        known = ballot.kind is ItemKind.ATTENTION or ballot.table_id in rows
        if ballot.rater not in registration.raters or not known:
            raise StudyError(
                f"study {registration.study_id}: a ballot of rater {ballot.rater} on table {ballot.table_id} is not of "
                "this study, which registered neither more raters nor more tables; give the ballots of this study"
            )
    doubles = [key for key, times in Counter((b.rater, b.item_id) for b in ballots).items() if times > 1]
    # Two items may not be about one table either: a table counts once.
    mains = Counter((b.rater, b.table_id) for b in ballots if b.kind is ItemKind.MAIN)
    doubles += [key for key, times in mains.items() if times > 1]
    if doubles:
        rater, item = min(doubles)
        raise StudyError(
            f"study {registration.study_id}: rater {rater} has two ballots on {item}; expected one, the last that was "
            "not undone"
        )
