"""Turn the bytes of a script into text, without guessing more than needed."""

import codecs
import re

from columnist.errors import SourceError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_UNDEFINED_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_PROBE_BYTES = 4096


def decode(data: bytes, name: str) -> tuple[str, str]:
    r"""Decode a script and name the encoding it is in.

    A byte order mark decides. Without one, NUL bytes in every other place mean
    UTF-16, since SQL is mostly ASCII; then UTF-8 is tried, and Windows-1252
    last, because nearly every byte is valid in it. Line ends are kept, except
    that a text whose only line end is a lone CR gets LF, to have lines at all.

    Args:
        data: The whole script.
        name: What to call the script in an error.

    Raises:
        SourceError: The bytes are no text.

    Example:
        >>> decode("é".encode("utf-16"), "a.sql")
        ('é', 'utf-16-le')
        >>> decode(b"caf\xe9", "a.sql")
        ('café', 'cp1252')
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding, name), encoding
    guess = _utf16_without_mark(data)
    if guess:
        return _decode_as(data, guess, name), guess
    if _CONTROL_BYTES.search(data):
        raise _not_text(name)
    try:
        return _with_lines(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        if _UNDEFINED_IN_CP1252.search(data):
            raise _not_text(name) from None
        return _with_lines(data.decode("cp1252")), "cp1252"


def _utf16_without_mark(data: bytes) -> str | None:
    probe = data[:_PROBE_BYTES]
    half = len(probe) // 2
    if half < 1 or len(data) % 2:
        return None
    zeros_first, zeros_second = probe[::2].count(0), probe[1::2].count(0)
    if zeros_second > 0.7 * half and zeros_first == 0:
        return "utf-16-le"
    if zeros_first > 0.7 * half and zeros_second == 0:
        return "utf-16-be"
    return None


def _decode_as(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name} starts like {encoding} but byte {error.start} does not fit; save it as UTF-8 and try again"
        ) from None
    if "\0" in text:
        raise _not_text(name)
    return _with_lines(text)


def _with_lines(text: str) -> str:
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def _not_text(name: str) -> SourceError:
    return SourceError(
        f"{name} is a binary file; expected a script of CREATE TABLE statements as text (UTF-8, UTF-16 or Windows-1252)"
    )
