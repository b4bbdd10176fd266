"""JSON of strangers, read strictly."""

import json
from collections import Counter
from typing import Any, NoReturn


def parse_json(text: str | bytes) -> Any:
    """Parse JSON and refuse what the standard library would accept in silence.

    A key that comes twice, ``NaN`` and the like, and nesting that exhausts the stack are errors.

    Raises:
        ValueError: The text is not strict JSON.

    Example:
        >>> parse_json('{"a": 1, "a": 2}')
        Traceback (most recent call last):
        ValueError: the key 'a' comes twice
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice!r} comes twice")
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
