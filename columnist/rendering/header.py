"""What a rendered document says of itself."""

from columnist.values import Value


class Header(Value):
    """Where the tables come from and which model wrote the machine text; either may be unknown."""

    source: str | None = None
    model: str | None = None
