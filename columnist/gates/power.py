"""How surely a gate tells a better model from an equal one: to be read before tables are chosen, not after."""

import math

from columnist.errors import ConfigError

_MOST_TABLES = 1_000_000


def plan_power(tables: int, effect: float, sd: float, level: float, margin: float = 0.0) -> float:
    """Return the probability that a criterion of superiority holds for a model that is truly better.

    The power of the paired t test, one-sided at ``(1 - level) / 2``, from the noncentral t
    distribution (Cohen 1988, chapter 2). The gate's bootstrap interval of that level is a
    little narrower than the t interval, so its power is not below this for differences
    that are roughly normal, and comes near to it for others as tables grow in number.

    Args:
        tables: Number of tables, each measured for both models.
        effect: The true mean improvement per table.
        sd: Standard deviation of the improvement over tables, not of a model's own values.
        level: Level of the evaluation's intervals.
        margin: That of the criterion.

    Raises:
        ConfigError: There are fewer than two tables, or the deviation or the level is impossible.

    Example:
        >>> round(plan_power(tables=50, effect=0.5, sd=1.0, level=0.95), 3)
        0.934
    """
    _require_possible(tables, effect, sd, level, margin)
    from scipy.stats import nct, t  # takes half a second to import

    freedom = tables - 1
    critical = t.ppf((1 + level) / 2, freedom)
    return float(nct.sf(critical, freedom, (effect - margin) / sd * math.sqrt(tables)))


def plan_tables(power: float, effect: float, sd: float, level: float, margin: float = 0.0) -> int:
    """Return the least number of tables with which the criterion holds with a power.

    Args:
        power: How surely a truly better model is to pass.
        effect: As in ``plan_power``.
        sd: As in ``plan_power``.
        level: As in ``plan_power``.
        margin: As in ``plan_power``.

    Raises:
        ConfigError: No million tables are enough, such as where the effect is not above the margin.

    Example:
        >>> plan_tables(power=0.8, effect=0.5, sd=1.0, level=0.95)
        34
    """
    fewest, most = 2, 2
    while plan_power(most, effect, sd, level, margin) < power:
        if most >= _MOST_TABLES or effect <= margin:
            raise ConfigError(
                f"no number of tables shows an effect of {effect:g} beyond a margin of {margin:g} with power {power:g};"
                " a larger effect or a smaller margin is needed"
            )
        fewest, most = most, 2 * most
    while fewest < most:
        middle = (fewest + most) // 2
        enough = plan_power(middle, effect, sd, level, margin) >= power
        fewest, most = (fewest, middle) if enough else (middle + 1, most)
    return most


def explain_power(effect: float, margin: float) -> str:
    """Return why an effect can never be shown beyond a margin, in a sentence; nothing where it can.

    Example:
        >>> explain_power(0.02, 0.03)
        'The effect, 0.02, is not above the margin, 0.03: more tables make it no surer, and only chance shows it.'
        >>> explain_power(0.05, 0.03)
        ''
    """
    if effect > margin:
        return ""
    return (
        f"The effect, {effect:g}, is not above the margin, {margin:g}: more tables make it no surer, and only chance "
        "shows it."
    )


def _require_possible(tables: int, effect: float, sd: float, level: float, margin: float) -> None:
    """Refuse what cannot be planned with, by the one rule that it breaks."""
    if tables < 2:
        raise ConfigError(f"planning needs 2 tables or more, got {tables}")
    if not 0 < sd < math.inf:
        raise ConfigError(f"planning needs a standard deviation above 0, got {sd:g}")
    if not 0 < level < 1:
        raise ConfigError(f"planning needs a level between 0 and 1, got {level:g}")
    for name, value in (("effect", effect), ("margin", margin)):
        if not math.isfinite(value):
            raise ConfigError(f"planning needs a finite {name}, got {value:g}")
