"""What a lineage consists of."""

from columnist.values import Value

Fact = str | int | bool | None


class Link(Value):
    """One station of a lineage and what is known of it."""

    name: str
    facts: dict[str, Fact]


class Lineage(Value):
    """The whole chain, from the alias back to code and base model.

    Attributes:
        notes: What is not there yet, such as a study of a version that was never compared.
    """

    version: str
    links: tuple[Link, ...]
    notes: tuple[str, ...] = ()
