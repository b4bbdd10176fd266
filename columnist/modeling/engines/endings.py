"""Where a text ends, and what is kept of one that did not end: the same for all engines."""

from collections.abc import Sequence
from typing import Any

# How vocabularies write a line end: plainly, as GPT-2's letter for its byte, or as a byte of its own.
_LINE_ENDS = ("\n", "Ċ", "<0x0A>")


def stop_tokens(tokenizer: Any) -> frozenset[int]:
    """Return the tokens that end a text.

    They are the control tokens, since what a model writes after one is another turn, and
    all tokens that hold a line end, such as a full stop with its line end.
    """
    lines = {i for token, i in tokenizer.get_vocab().items() if any(end in token for end in _LINE_ENDS)}
    return frozenset(_controls(tokenizer) | lines)


def finished_text(tokenizer: Any, tokens: Sequence[int], max_tokens: int) -> str:
    """Return the first line that tokens spell; its last sentence goes if it ran into the limit.

    Args:
        tokenizer: The model's tokenizer.
        tokens: What was written, the token that ended it included: it may hold a full stop.
        max_tokens: How many the model was allowed to write.
    """
    controls = _controls(tokenizer)
    written = [token for token in tokens if token not in controls]
    text = str(tokenizer.decode(written)).lstrip(" ")
    first = next(iter(text.splitlines()), "")
    # A text that ran into the token limit would be cut in the middle of a thought.
    cut = len(written) >= max_tokens and first == text
    return _whole_sentences(first) if cut else first.strip()


def _controls(tokenizer: Any) -> set[int]:
    return {*tokenizer.all_special_ids, *tokenizer.get_added_vocab().values()}


def _whole_sentences(text: str) -> str:
    """Return a text up to the end of its last whole sentence, or nothing.

    Example:
        >>> _whole_sentences("Day of the sale. It is stored in")
        'Day of the sale.'
        >>> _whole_sentences("Date and time when the")
        ''
    """
    end = max(text.rfind(mark) for mark in (". ", "! ", "? "))
    if text.rstrip().endswith((".", "!", "?")):
        return text.strip()
    return text[: end + 1].strip() if end >= 0 else ""
