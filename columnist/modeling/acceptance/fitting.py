"""Fit the acceptance model: logistic regressions, an isotonic correction where it proves better.

All choices are made by cross-validation over tables, because texts of one table resemble each
other: the strength of the regularisation by log loss, and the correction by log loss again.
"""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from columnist.modeling.acceptance.calibrator import Calibrator, Knot, Term, logistic
from columnist.modeling.acceptance.config import AcceptanceConfig
from columnist.modeling.acceptance.features import WITH_LOGPROBS, WITHOUT_LOGPROBS

_FEWEST, _RARE = 5, 0.01  # texts, and their share, in which a feature has to differ from its usual value


class Fit(NamedTuple):
    """A fitted calibrator, and what it predicted for tables it had not seen.

    Attributes:
        unseen: Cross-validated probability for each text, in the order they came.
        penalty: The penalty that was chosen; 0 where nothing could be told apart.
    """

    calibrator: Calibrator
    unseen: tuple[float, ...]
    penalty: float


def fit_calibrator(
    features: Sequence[Sequence[float]], labels: Sequence[bool], groups: Sequence[str], config: AcceptanceConfig
) -> Fit:
    """Fit a calibrator to labels, wherever they come from: a proxy, or ballots.

    Args:
        features: One row per text, as ``measure_features`` returns them; rows are all with
            log-probabilities or all without.
        labels: Whether each text is acceptable.
        groups: The table of each text.
        config: Folds, penalties, and when to try an isotonic correction.

    Returns:
        The calibrator. With too few tables, or labels of one kind alone, nothing can be told
        apart, and its probability is the same for all texts.
    """
    import numpy

    names = WITH_LOGPROBS if features and len(features[0]) == len(WITH_LOGPROBS) else WITHOUT_LOGPROBS
    values = _without_rare(numpy.asarray(features, dtype=float).reshape(len(features), len(names)))
    accepted = numpy.asarray(labels, dtype=bool)
    folds = _folds(values, accepted, groups, config)
    if not folds:
        logging.getLogger("columnist").warning(
            "acceptance: %d of %d texts are acceptable, too few of one kind to tell them apart; "
            "all get the same probability",
            accepted.sum(),
            len(accepted),
        )
        return _constant(names, values, accepted)
    scores = {penalty: _unseen_log_odds(values, accepted, folds, penalty) for penalty in config.penalties}
    penalty = min(scores, key=lambda each: (_log_loss(accepted, _logistic(scores[each])), each))
    log_odds = scores[penalty]
    knots: tuple[Knot, ...] = ()
    unseen = _logistic(log_odds)
    if len(accepted) >= config.isotonic_from:
        corrected = _unseen_isotonic(log_odds, accepted, folds)
        if _log_loss(accepted, corrected) < _log_loss(accepted, unseen):
            knots, unseen = _knots(log_odds, accepted), corrected
    calibrator = _calibrator(names, values, _fit_logistic(values, accepted, penalty), knots)
    return Fit(calibrator, tuple(map(float, unseen)), penalty)


def _without_rare(values: Any) -> Any:
    """Hold features constant whose values hardly vary: five texts about declared references teach nothing of them.

    What is constant in a fit is clipped to that value where the fit is applied, so that it never counts.
    """
    import numpy

    kept = values.copy()
    for place in range(values.shape[1] if len(values) else 0):
        found, counts = numpy.unique(values[:, place], return_counts=True)
        if len(values) - counts.max() < max(_FEWEST, len(values) * _RARE):
            kept[:, place] = found[counts.argmax()]
    return kept


def _folds(values: Any, accepted: Any, groups: Sequence[str], config: AcceptanceConfig) -> list[tuple[Any, Any]]:
    """Return train and test rows of each fold; none if a fold would have to learn from one kind of label alone."""
    from sklearn.model_selection import StratifiedGroupKFold

    tables_of = [{group for group, label in zip(groups, accepted, strict=True) if label == kind} for kind in (0, 1)]
    if min(map(len, tables_of)) < config.folds:
        return []
    splitter = StratifiedGroupKFold(config.folds, shuffle=True, random_state=config.seed)
    folds = list(splitter.split(values, accepted, list(groups)))
    return folds if all(0 < accepted[learn].sum() < len(learn) for learn, _ in folds) else []


def _fit_logistic(values: Any, accepted: Any, penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=2000)).fit(values, accepted)


def _unseen_log_odds(values: Any, accepted: Any, folds: Sequence[tuple[Any, Any]], penalty: float) -> Any:
    import numpy

    log_odds = numpy.zeros(len(accepted))
    for learn, measure in folds:
        model = _fit_logistic(values[learn], accepted[learn], penalty)
        low, high = values[learn].min(axis=0), values[learn].max(axis=0)
        log_odds[measure] = model.decision_function(values[measure].clip(low, high))
    return log_odds


def _fit_isotonic(log_odds: Any, accepted: Any) -> Any:
    from sklearn.isotonic import IsotonicRegression

    # No finite number of texts proves a probability of 0 or 1.
    margin = 1 / (len(accepted) + 2)
    return IsotonicRegression(y_min=margin, y_max=1 - margin, out_of_bounds="clip").fit(log_odds, accepted)


def _unseen_isotonic(log_odds: Any, accepted: Any, folds: Sequence[tuple[Any, Any]]) -> Any:
    import numpy

    corrected = numpy.zeros(len(accepted))
    for learn, measure in folds:
        corrected[measure] = _fit_isotonic(log_odds[learn], accepted[learn]).predict(log_odds[measure])
    return corrected


def _knots(log_odds: Any, accepted: Any) -> tuple[Knot, ...]:
    model = _fit_isotonic(log_odds, accepted)
    points = zip(model.X_thresholds_.tolist(), model.y_thresholds_.tolist(), strict=True)
    knots: list[Knot] = []
    for place, probability in points:
        if not knots or place > knots[-1].log_odds:
            knots.append(Knot(log_odds=place, probability=probability))
    return tuple(knots)


def _calibrator(names: Sequence[str], values: Any, model: Any, knots: tuple[Knot, ...]) -> Calibrator:
    scaler, regression = model[0], model[1]
    columns = zip(names, values.T, scaler.mean_, scaler.scale_, regression.coef_[0], strict=True)
    terms = tuple(
        Term(
            feature=name,
            low=float(column.min()),
            high=float(column.max()),
            mean=float(mean),
            deviation=float(deviation),
            weight=float(weight),
        )
        for name, column, mean, deviation, weight in columns
    )
    return Calibrator(intercept=float(regression.intercept_[0]), terms=terms, knots=knots)


def _constant(names: Sequence[str], values: Any, accepted: Any) -> Fit:
    """Return a calibrator that only knows the share that was accepted (Laplace's rule of succession)."""
    import math

    rate = (int(accepted.sum()) + 1) / (len(accepted) + 2)
    columns = values.T if len(values) else [()] * len(names)
    terms = tuple(
        Term(
            feature=name,
            low=float(min(column, default=0.0)),
            high=float(max(column, default=0.0)),
            mean=0.0,
            deviation=1.0,
            weight=0.0,
        )
        for name, column in zip(names, columns, strict=True)
    )
    calibrator = Calibrator(intercept=math.log(rate / (1 - rate)), terms=terms)
    return Fit(calibrator, (logistic(calibrator.intercept),) * len(accepted), 0.0)


def _logistic(log_odds: Any) -> Any:
    from scipy.special import expit

    return expit(log_odds)


def _log_loss(accepted: Any, probabilities: Any) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(accepted, probabilities, labels=[False, True]))
