"""The ballots of a simulated study, as they would be after its keys are opened."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from columnist.studies.agreement_report import LOSS, TIE, WIN
from columnist.studies.items import ItemKind
from columnist.studies.simulation import DrawnStudies, SimulatedStudy, draw_studies
from columnist.studies.unblinded import UnblindedBallot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_SCORES = {LOSS: 0.0, TIE: 0.5, WIN: 1.0}


def simulate_ballots(study: SimulatedStudy, seed: int) -> tuple[UnblindedBallot, ...]:
    """Return the ballots of one simulated study.

    Example:
        >>> study = SimulatedStudy(hypothesis="superior", margin=0, alpha=0.025, looks=(21, 42, 62), raters=4,
        ...                        icc=0.5, win_rate=0.8)
        >>> len(simulate_ballots(study, seed=1))  # 62 tables and 6 repeats by 4 raters
        272
    """
    import numpy

    return tuple(list_ballots(study, draw_studies(study, 1, numpy.random.default_rng(seed)), 0))


def list_ballots(study: SimulatedStudy, drawn: DrawnStudies, place: int) -> Iterator[UnblindedBallot]:
    """Yield the ballots of one of the drawn studies."""
    for (table, rater), answer in _cells(drawn.categories[place]):
        side = bool(drawn.candidate_was_a[place, table, rater])
        yield _ballot(ItemKind.MAIN, table, rater, _SCORES[answer], side)
    for (number, rater), kept in _cells(drawn.kept[place]):
        table = study.repeated[number]
        side = bool(drawn.candidate_was_a[place, table, rater])
        before = int(drawn.categories[place, table, rater])
        yield _ballot(ItemKind.REPEAT, table, rater, _SCORES[before if kept else (before + 1) % 3], not side)
    for (number, rater), failed in _cells(drawn.failed[place]):
        yield _ballot(ItemKind.ATTENTION, number, rater, 0.0 if failed else 1.0, side=True)


def _cells(values: "Array") -> Iterator[tuple[tuple[int, int], int]]:
    for row, given in enumerate(values.tolist()):
        for rater, value in enumerate(given):
            yield (row, rater), value


def _ballot(kind: ItemKind, number: int, rater: int, score: float, side: bool) -> UnblindedBallot:
    return UnblindedBallot(
        rater=f"simulated-{rater}",
        table_id=f"{kind.value}-{number}" if kind is ItemKind.ATTENTION else f"{number:016x}",
        item_id=f"{kind.value}-{number}",
        kind=kind,
        score=score,
        both_bad=False,
        candidate_was_a=side,
        seconds=30.0,
        candidate_length=100,
        baseline_length=100,
    )
