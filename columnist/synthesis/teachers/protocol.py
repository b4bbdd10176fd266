"""What every teacher can do, and what it tells about its work."""

from collections.abc import Sequence
from typing import Protocol

from pydantic import Field

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


class TeacherReport(Value):
    """What a teacher did and what it cost, for the data card.

    Tokens and dollars are those of all answers that were used, whenever they were
    paid for: a run that was interrupted and resumed reports the same as one that was not.

    Attributes:
        teacher: Who wrote the texts.
        license: SPDX identifier under which they may be used.
        prompt: Name of the prompt with the SHA-256 of its files; empty where there is none.
        examples: Number of examples that texts were asked for.
        refused: Number of refusals by reason.
        requests: Number of different requests these examples needed.
        answered_from_ledger: How many of them an earlier run had settled already.
        attempts: How often a request was sent, retries included, in this run or an earlier one.
        estimated: Whether some of the tokens and dollars are estimates, because an
            answer did not tell them or never came.
    """

    teacher: str
    license: str
    prompt: str = ""
    examples: int = 0
    refused: dict[str, int] = Field(default={})
    requests: int = 0
    answered_from_ledger: int = 0
    attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0
    estimated: bool = False


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

    def report(self) -> TeacherReport:
        """Tell what was done so far and what it cost."""
