"""Where a text ends, and what is kept of one that did not end: the same for all engines."""

from collections.abc import Sequence
from typing import Any


def stop_tokens(tokenizer: Any) -> frozenset[int]:
    """Return the tokens that end a text: the line end, and every control token.

    What a model writes after a control token is another turn.
    """
    newline = tokenizer("\n", add_special_tokens=False)["input_ids"]
    controls = {*tokenizer.all_special_ids, *tokenizer.get_added_vocab().values()}
    return frozenset(controls | set(newline if len(newline) == 1 else ()))


def finished_text(tokenizer: Any, tokens: Sequence[int], max_tokens: int) -> str:
    """Return the one line that tokens spell; its last sentence goes if it ran into the limit.

    Args:
        tokenizer: The model's tokenizer.
        tokens: What was written, without the token that ended it.
        max_tokens: How many the model was allowed to write.
    """
    text = str(tokenizer.decode(list(tokens), skip_special_tokens=True)).lstrip()
    # A line end may be part of a longer token, which does not stop the decoding.
    first, *following = text.splitlines() or [""]
    # A text that ran into the token limit would be cut in the middle of a thought.
    cut = len(tokens) >= max_tokens and not following
    return _whole_sentences(first) if cut else first.strip()


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
