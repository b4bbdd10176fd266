"""How a system is attacked."""

from pydantic import Field

from columnist.values import Value


class RedteamConfig(Value):
    """How a system is attacked.

    Attributes:
        level: Coverage of the intervals, and of the upper bound.
        every: Make each so many-th attack; 1 makes all.
        baselines: Base models that are asked for comparison, by reference.
        baseline_every: The same as ``every`` for them: they are slow, and nothing is decided by them.
    """

    level: float = Field(gt=0, lt=1)
    every: int = Field(ge=1)
    baselines: tuple[str, ...]
    baseline_every: int = Field(ge=1)
