"""How a training set came to be, as it is stored beside the examples."""

from typing import Any

from pydantic import Field

from columnist.values import Value


class QuotaResult(Value):
    """A quota and what came of it; both are shares of the training examples."""

    name: str
    wanted: float
    found: float

    @property
    def met(self) -> bool:
        """Whether the share is at least what was asked for."""
        return self.found >= self.wanted


class Diversity(Value):
    """How varied the tables of a collection are; shares lie between 0 and 1.

    Attributes:
        tables: Tables that were measured.
        columns: Their columns.
        texts: Column texts that were measured; abstentions are none.
        abstained: Share of the columns whose text abstains.
        distinct_3: Distinct runs of three words among all runs of three words of
            equally many texts of each collection that is compared.
        new_names: Share of the distinct column names that the other collections do
            not have, whatever the case and the separators.
        single_names: Share of the distinct column names that only one table has.
        name_echo: Share of the texts that only repeat words of the name.
        words: Words per text at the 10th, 50th and 90th percentile.
        width: Columns per table at the 10th, 50th and 90th percentile, and the most.
        types: Share of columns by family of types.
        dialects: Share of tables by dialect.
    """

    tables: int
    columns: int
    texts: int
    abstained: float
    distinct_3: float
    new_names: float
    single_names: float
    name_echo: float
    words: tuple[int, int, int]
    width: tuple[int, int, int, int]
    types: dict[str, float]
    dialects: dict[str, float]


class SynthesisRecord(Value):
    """How a training set came to be: every input with its digest, and what was turned down.

    Attributes:
        config: The resolved configuration.
        inputs: SHA-256 of each data file that was read, by file name; the NAICS
            file is among them.
        rejected: Number of rejected candidates by reason.
        teacher: Who wrote the texts.
        usage: What the teacher's calls came to, if it makes any.
        quotas: What was asked of the training examples, and what came of it.
        diversity: By collection: ``training`` and the evaluation files by name.
    """

    generator: str
    generator_version: str
    seed: int
    config: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, str]
    rejected: dict[str, int]
    teacher: str = "grammar"
    usage: dict[str, float] = Field(default_factory=dict)
    quotas: tuple[QuotaResult, ...] = ()
    diversity: dict[str, Diversity] = Field(default_factory=dict)
