"""What a measurement of retrieval found."""

from enum import StrEnum

from pydantic import Field

from columnist.evaluation.intervals import Interval
from columnist.values import Value

NAMES = "names alone"
PEOPLE = "people"


class Target(StrEnum):
    """What is asked for, and of which words the question is made; ``columnist.evaluation.retrieval`` says how."""

    TABLE = "table"
    COLUMN = "column"
    DETAIL = "detail"


class Method(StrEnum):
    """How documents are ranked."""

    BM25 = "bm25"
    EMBEDDINGS = "embeddings"


class Figure(Value):
    """One figure of one documentation.

    Attributes:
        mean: Over questions; the interval comes from resampling tables with all of their questions.
        gain: Minus that of names alone, question by question; ``None`` for names themselves.
        share: Of the way from names to people, 1 being as far as people; ``None`` for names and people, and where
            people's gain is not surely above nothing.
    """

    mean: Interval
    gain: Interval | None = None
    share: Interval | None = None


class Found(Value):
    """How well questions find what they ask for with one documentation.

    Attributes:
        documentation: ``names alone``, ``people``, or a system's name.
        reciprocal_rank: 1 for the first place, 1/2 for the second, and so on.
        recall_at_10: Whether it is among the first ten.
    """

    documentation: str
    reciprocal_rank: Figure
    recall_at_10: Figure


class Search(Value):
    """All documentations, asked the same questions in the same way.

    Attributes:
        n_tables: Whose texts the questions are.
        n_documents: Among which the right one is looked for.
        found: Names first, then systems, then people where they have documents.
    """

    target: Target
    method: Method
    n_questions: int = Field(ge=1)
    n_tables: int = Field(ge=2)
    n_documents: int = Field(ge=2)
    found: tuple[Found, ...]

    def documentation(self, name: str) -> Found:
        """Return the figures of one documentation.

        Raises:
            KeyError: There is none of that name.
        """
        return {each.documentation: each for each in self.found}[name]


class Retrieval(Value):
    """Whether descriptions help to find data; ``columnist.evaluation.retrieval`` says what that can show."""

    seed: int
    level: float = Field(gt=0, lt=1)
    resamples: int = Field(ge=1)
    searches: tuple[Search, ...]

    def search(self, target: Target, method: Method) -> Search:
        """Return one search.

        Raises:
            KeyError: It was not made: there was no encoder, or there were too few questions.
        """
        return {(each.target, each.method): each for each in self.searches}[target, method]
