"""What is known of a rung: which model it is, how large, how good, how fast, and at which price."""

from pydantic import Field

from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval
from columnist.values import Value

_SECONDS_PER_HOUR = 3_600


class Timing(Value):
    """What writing took on this machine, under the load of then.

    Attributes:
        tables: How many were written for it.
        seconds: For all of them, without loading the model.
        peak_bytes: The most memory that the process held, with the libraries and the model.
    """

    tables: int = Field(ge=1)
    seconds: float = Field(ge=0, allow_inf_nan=False)
    peak_bytes: int = Field(ge=0)

    @property
    def seconds_per_table(self) -> float:
        """Average time of a table."""
        return self.seconds / self.tables

    def usd_per_1000_tables(self, usd_per_hour: float) -> float:
        """Return what 1,000 tables cost on a machine of that price.

        Example:
            >>> Timing(tables=25, seconds=50, peak_bytes=0).usd_per_1000_tables(0.9)
            0.5
        """
        return self.seconds_per_table * usd_per_hour / _SECONDS_PER_HOUR * 1_000


class Measurement(Value):
    """What was measured of a rung.

    Attributes:
        values: The deciding measure's values, one per table that has it, in the order of the tables.
        means: Every measure's mean over tables.
        usd_per_1000_tables: From the time a table takes, and the price of the machine.
    """

    values: tuple[float, ...] = Field(min_length=2)
    means: dict[str, Interval]
    timing: Timing
    usd_per_1000_tables: float = Field(ge=0, allow_inf_nan=False)


class Rung(Value):
    """One candidate of a ladder.

    Attributes:
        license: As the model's files say, or as whoever configured it did; empty where no model writes.
        bytes: Of the base model's weights on disk; 0 where no model writes.
        parameters: Of the base model; an adapter adds a few in a hundred.
        measurement: ``None`` where the licence kept it from being measured.
    """

    name: str
    identity: SystemIdentity
    license: str
    bytes: int = Field(ge=0)
    parameters: int = Field(ge=0)
    measurement: Measurement | None
