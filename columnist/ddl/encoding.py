"""Turn the bytes of a script into text, without guessing more than needed."""

import codecs
import re

from columnist.errors import SourceError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL_BYTES = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1a")
_MAX_CONTROL_SHARE = 0.02
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_PROBE_BYTES = 4096


def decode(data: bytes, name: str) -> tuple[str, str]:
    r"""Decode a script and name the encoding it is in.

    A byte order mark decides. Without one, NUL bytes in every other place mean
    UTF-16, since SQL is mostly ASCII; then UTF-8 is tried, and Windows-1252
    last, because nearly every byte is valid in it. A few control bytes are
    forgiven, since dumps have them in rows of binary columns. Line ends are
    kept, except that a text whose only line end is a lone CR gets LF.

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
    controls = len(data) - len(data.translate(None, delete=_CONTROL_BYTES))
    if b"\0" in data or controls > _MAX_CONTROL_SHARE * len(data):
        raise _not_text(name)
    text, encoding = _decode_unmarked(data)
    return _with_lines(text), encoding


def _decode_unmarked(data: bytes) -> tuple[str, str]:
    """Decode as UTF-8, or as Windows-1252 if more characters are wrong UTF-8 than right.

    Dumps of tables with binary columns hold a few bytes that are text in
    neither; they stand in rows, and must not spoil the names around them.
    """
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    if len(_NOT_ASCII.findall(text)) - wrong > wrong:
        return text, "utf-8"
    return data.decode("cp1252", errors="replace"), "cp1252"


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
