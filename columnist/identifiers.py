"""Words of identifiers: where one ends and the next begins."""

import re
from collections.abc import Sequence
from itertools import pairwise

_NAME_PART = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def split_name(name: str) -> tuple[str, ...]:
    """Split an identifier into lower-case words at case changes, digits and punctuation.

    Example:
        >>> split_name("custShippingAddr_2")
        ('cust', 'shipping', 'addr', '2')
        >>> split_name("HTTPStatus")
        ('http', 'status')
        >>> split_name("DatumÄnderung")
        ('datum', 'änderung')
    """
    parts = (piece for part in _NAME_PART.findall(name) for piece in _split_camel(part))
    return tuple(part.casefold() for part in parts)


def _split_camel(part: str) -> Sequence[str]:
    if part.isascii():
        return _CAMEL.split(part)
    # Patterns know no class of all capitals.
    cuts = [
        place
        for place in range(1, len(part))
        if part[place].isupper() and (part[place - 1].islower() or part[place + 1 : place + 2].islower())
    ]
    return [part[start:end] for start, end in pairwise((0, *cuts, len(part)))]
