"""Words of identifiers: where one ends and the next begins."""

import re

_NAME_PART = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def split_name(name: str) -> tuple[str, ...]:
    """Split an identifier into lower-case words at case changes, digits and punctuation.

    Example:
        >>> split_name("custShippingAddr_2")
        ('cust', 'shipping', 'addr', '2')
        >>> split_name("HTTPStatus")
        ('http', 'status')
    """
    parts = (piece for part in _NAME_PART.findall(name) for piece in _CAMEL.split(part))
    return tuple(part.casefold() for part in parts)
