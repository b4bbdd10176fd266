"""What every teacher can do."""

from collections.abc import Sequence
from typing import Protocol

from columnist.documentation import Texts
from columnist.synthesis.examples import Example
from columnist.values import Value


class Refusal(Value):
    """An example without usable texts.

    Attributes:
        reason: A short phrase under which refusals are counted; the same for all
            of a kind, without details of the single case.
    """

    reason: str


class Teacher(Protocol):
    """Writes the texts of examples.

    The grammar made the examples and has written a first text for each column,
    so its texts are what a teacher may build on as facts. Where they abstain,
    nothing can be known, and a teacher keeps the abstention.
    """

    @property
    def name(self) -> str:
        """Who wrote the texts, as examples record it: ``grammar``, ``openai:<model>``, ``local:<model>``."""

    @property
    def license(self) -> str:
        """SPDX identifier under which its texts may be used."""

    def write(self, examples: Sequence[Example]) -> Sequence[Texts | Refusal]:
        """Write texts for examples, one result per example in their order.

        Raises:
            ColumnistError: Nothing can be written at all, for example because
                the endpoint refuses the key; what was paid for is kept.
        """
