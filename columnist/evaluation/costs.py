"""What descriptions cost: tokens, seconds and money, from a dated price file.

Whoever runs a model pays for hours of a machine; whoever asks a hosted one pays for tokens. Both are brought
to one figure, US dollars per 1,000 tables. It leaves out what is not counted here: idle hours, retries,
discounts for batches or cached input, the reasoning tokens of models that think first, and people's time.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import Field, FiniteFloat, model_validator

from columnist.configuration import load_config
from columnist.errors import ConfigError
from columnist.evaluation.intervals import Interval, bootstrap_mean
from columnist.values import Value

_MILLION = 1_000_000
_TABLES = 1_000
_SECONDS_PER_HOUR = 3_600

Usd = Annotated[FiniteFloat, Field(gt=0)]
Tokens = Annotated[int, Field(ge=0)]


class Usage(Value):
    """What describing some tables took.

    Attributes:
        input_tokens: Of each table; a schema that several texts share counts once.
        output_tokens: Of each table.
        seconds: For all of them, without loading the model; ``None`` where nothing was run.
    """

    input_tokens: tuple[Tokens, ...]
    output_tokens: tuple[Tokens, ...]
    seconds: float | None = Field(ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _counts_are_paired(self) -> Self:
        if len(self.input_tokens) != len(self.output_tokens) or not self.input_tokens:
            raise ValueError(
                f"each table has its input and output tokens, but {len(self.input_tokens)} and "
                f"{len(self.output_tokens)} counts came"
            )
        return self


class Source(Value):
    """Where a price was read.

    Attributes:
        read: The day on which it was looked up.
        verified: Whether the page is the seller's own; otherwise somebody else reports the price.
    """

    title: str = Field(min_length=1)
    url: str = Field(pattern=r"^https://\S+$")
    read: date
    verified: bool


class HostedPrice(Value):
    """What tokens of a hosted model cost, without discounts for batches or cached input."""

    usd_per_million_input_tokens: Usd
    usd_per_million_output_tokens: Usd
    source: Source


class MachinePrice(Value):
    """What an hour of a machine costs, with no commitment."""

    machine: str = Field(min_length=1)
    usd_per_hour: Usd
    source: Source


Price = HostedPrice | MachinePrice
P = TypeVar("P", HostedPrice, MachinePrice)


class Prices(Value):
    """A dated price file."""

    dated: date
    hosted: dict[str, HostedPrice] = Field(min_length=1)
    machines: dict[str, MachinePrice] = Field(min_length=1)

    @model_validator(mode="after")
    def _nothing_was_read_later(self) -> Self:
        entries: dict[str, Price] = {**self.hosted, **self.machines}
        later = next((name for name, price in entries.items() if price.source.read > self.dated), None)
        if later:
            raise ValueError(f"the price of {later} was read after {self.dated}, the date of the file")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a price file.

        Raises:
            ConfigError: It is missing, not YAML, or says something else than prices with their sources.
        """
        prices = load_config(path, {"prices": cls})["prices"]
        assert isinstance(prices, cls)  # load_config validated it as such
        return prices

    def hosted_model(self, name: str) -> HostedPrice:
        """Return the price of a hosted model.

        Raises:
            ConfigError: The file has no such entry.
        """
        return _find(self.hosted, name, "hosted model")

    def machine(self, name: str) -> MachinePrice:
        """Return the price of a machine.

        Raises:
            ConfigError: The file has no such entry.
        """
        return _find(self.machines, name, "machine")


class CostTerms(Value):
    """At which prices an evaluation counts.

    Attributes:
        dated: When the prices were read.
        machine_price: Of the machine on which systems are said to run.
        hosted: Of hosted models to compare with, by name.
    """

    dated: date
    machine_price: MachinePrice
    hosted: dict[str, HostedPrice]


class CostsConfig(Value):
    """Which prices to count with.

    Attributes:
        prices: The price file; a relative path is below the checkout.
        machine: The entry of the machine on which systems are said to run.
        hosted: Entries of hosted models to compare with.
    """

    prices: str
    machine: str
    hosted: tuple[str, ...]

    def read_terms(self, root: Path) -> CostTerms:
        """Read the prices.

        Raises:
            ConfigError: The file cannot be used, or has no such entry.
        """
        prices = Prices.load(root / self.prices)
        hosted = {name: prices.hosted_model(name) for name in self.hosted}
        return CostTerms(dated=prices.dated, machine_price=prices.machine(self.machine), hosted=hosted)


class Cost(Value):
    """What a table costs on average, and what 1,000 of them do.

    Attributes:
        n_tables: On how many tables it was counted.
        seconds: Per table, on the machine and under the load of then; ``None`` where nothing was run.
        usd_per_1000_tables: At the price; ``None`` without one.
    """

    n_tables: int = Field(ge=2)
    input_tokens: Interval
    output_tokens: Interval
    seconds: float | None = Field(ge=0, allow_inf_nan=False)
    usd_per_1000_tables: float | None = Field(ge=0, allow_inf_nan=False)


def cost_of(usage: Usage, price: Price | None, seed: int, level: float = 0.95, *, resamples: int = 9_999) -> Cost:
    """Return what tables cost.

    Args:
        usage: What describing them took.
        price: Of the tokens of a hosted model, or of the machine on which it ran.
        seed: Of the intervals, which come from resampling tables.
        level: Of the intervals.
        resamples: Number of bootstrap samples.

    Raises:
        ValueError: There are fewer than two tables, or the price is a machine's and nothing was run.

    Example:
        >>> usage = Usage(input_tokens=(500, 500), output_tokens=(80, 80), seconds=None)
        >>> source = Source(title="Prices", url="https://example.com", read=date(2026, 11, 22), verified=True)
        >>> price = HostedPrice(usd_per_million_input_tokens=2, usd_per_million_output_tokens=10, source=source)
        >>> cost_of(usage, price, seed=1).usd_per_1000_tables
        1.8
    """
    count = len(usage.input_tokens)
    incoming, outgoing = (
        bootstrap_mean(tuple(map(float, counts)), seed, level, resamples=resamples)
        for counts in (usage.input_tokens, usage.output_tokens)
    )
    return Cost(
        n_tables=count,
        input_tokens=incoming,
        output_tokens=outgoing,
        seconds=None if usage.seconds is None else usage.seconds / count,
        usd_per_1000_tables=None if price is None else _usd(usage, price) * _TABLES / count,
    )


def _usd(usage: Usage, price: Price) -> float:
    """Return what all tables of a usage cost."""
    if isinstance(price, HostedPrice):
        incoming = sum(usage.input_tokens) * price.usd_per_million_input_tokens
        outgoing = sum(usage.output_tokens) * price.usd_per_million_output_tokens
        return (incoming + outgoing) / _MILLION
    if usage.seconds is None:
        raise ValueError(f"hours of a machine ({price.machine}) have a price, but nothing was run on it")
    return usage.seconds / _SECONDS_PER_HOUR * price.usd_per_hour


def _find(entries: Mapping[str, P], name: str, what: str) -> P:
    if name not in entries:
        raise ConfigError(f"{what} {name!r} has no price; add it to the price file or name one of {', '.join(entries)}")
    return entries[name]
