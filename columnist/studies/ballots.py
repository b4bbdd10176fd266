"""Items to compare and the ballots that raters cast on them, as JSON lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError

from columnist.digests import digest_value
from columnist.errors import ConfigError
from columnist.values import Value


class Preference(StrEnum):
    """Which option is the better text; ``TIE`` and ``BOTH_BAD`` are answers of their own."""

    A = "A"
    B = "B"
    TIE = "TIE"
    BOTH_BAD = "BOTH_BAD"

    @property
    def swapped(self) -> "Preference":
        """The same answer when the options change places.

        Example:
            >>> Preference.A.swapped.value, Preference.TIE.swapped.value
            ('B', 'TIE')
        """
        return {Preference.A: Preference.B, Preference.B: Preference.A}.get(self, self)


class Item(Value):
    """Two texts about the same thing, to be compared.

    Attributes:
        comparison_id: Names it; ballots refer to it.
        table_id: The table it is about: items of one table are not independent of each other.
        schema_text: The table as its readers see it; ``schema`` in JSON.
        subject: What the options describe, such as ``column qty_oh``; empty for the whole table.
        option_a: One text, or a table's whole documentation as lines.
        option_b: The other.
    """

    comparison_id: str = Field(min_length=1)
    table_id: str = Field(min_length=1)
    schema_text: str = Field(alias="schema")
    subject: str = ""
    option_a: str
    option_b: str

    @property
    def longer(self) -> Preference | None:
        """The option with more characters, if one has more.

        Example:
            >>> Item(comparison_id="1", table_id="t", schema_text="", option_a="Rows.", option_b="Orders.").longer.value
            'B'
        """
        if len(self.option_a) == len(self.option_b):
            return None
        return Preference.A if len(self.option_a) > len(self.option_b) else Preference.B


class Ballot(Value):
    """What one rater answered about one item.

    Attributes:
        seconds: How long it took, where that was measured.
    """

    comparison_id: str = Field(min_length=1)
    table_id: str = Field(min_length=1)
    rater: str = Field(min_length=1)
    preference: Preference
    seconds: float | None = Field(default=None, ge=0, allow_inf_nan=False)


_Row = TypeVar("_Row", Item, Ballot)


def read_items(path: Path) -> tuple[Item, ...]:
    """Read items from JSON lines.

    Raises:
        ConfigError: The file cannot be read, a line is no item, or two have one id.
    """
    items = _read_rows(path, Item)
    _refuse_doubles(path, (item.comparison_id for item in items), "comparison_id")
    return items


def read_ballots(path: Path) -> tuple[Ballot, ...]:
    """Read ballots from JSON lines.

    Raises:
        ConfigError: The file cannot be read, a line is no ballot, or a rater has two on one item.
    """
    ballots = _read_rows(path, Ballot)
    _refuse_doubles(path, ((ballot.comparison_id, ballot.rater) for ballot in ballots), "comparison_id and rater")
    return ballots


def digest_rows(rows: Iterable[Value]) -> str:
    """Return the SHA-256 of items or ballots, whatever order they came in."""
    return digest_value(sorted(digest_value(row.model_dump(mode="json")) for row in rows))


def take_majority(preferences: Sequence[Preference]) -> Preference:
    """Return the answer that most raters gave; where several have as many, the raters prefer none.

    Example:
        >>> take_majority([Preference.A, Preference.B, Preference.A]).value
        'A'
        >>> take_majority([Preference.A, Preference.B]).value
        'TIE'
    """
    (first, most), *others = Counter(preferences).most_common(2)
    return Preference.TIE if others and others[0][1] == most else first


def _read_rows(path: Path, kind: type[_Row]) -> tuple[_Row, ...]:
    what = kind.__name__.lower()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError(f"{path} cannot be read ({reason}); give a file of {what}s, one JSON object a line") from None
    # Only a line feed ends a line: JSON may hold other line separators as they are.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise ConfigError(f"{path} is empty; give a file of {what}s, one JSON object a line")
    return tuple(_read_row(line, f"{path}:{number}", kind) for number, line in lines)


def _read_row(line: str, where: str, kind: type[_Row]) -> _Row:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        fields = ", ".join(field.alias or name for name, field in kind.model_fields.items())
        raise ConfigError(
            f"{where}: {place + ': ' if place else ''}{problem['msg']}; expected one {kind.__name__.lower()} "
            f"as a JSON object with {fields}"
        ) from None


def _refuse_doubles(path: Path, keys: Iterable[object], what: str) -> None:
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise ConfigError(f"{path}: {twice[0]!r} comes twice; each {what} may come once, so remove one of the lines")
