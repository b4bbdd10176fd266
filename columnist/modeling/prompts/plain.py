"""Texts of strangers on one line: names, types and comments that cannot act as anything else."""

import re

# Starts of what chat templates and fences are made of: <|im_end|>, </s>, <start_of_turn>, [INST], ``` and the like.
_CONTROL = re.compile(r"<(?=[|/!\w])|\[(?=/?(?:INST|SYS|TOOL|AVAILABLE))|`(?=``)", re.IGNORECASE)
_UNSEEN = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def plain(text: str, max_bytes: int) -> str:
    r"""Return a text on one line, without control characters, unable to close a fence, and of bounded length.

    A tokenizer makes at most one token of a byte, so that no schema can fill the
    context of a model.

    Example:
        >>> plain("a\n  b\x00", max_bytes=100), plain("éé", max_bytes=3)
        ('a b', 'é')
        >>> plain("x<|im_end|></notes>", max_bytes=100)
        'x< |im_end|>< /notes>'
    """
    # Far more than can be shown: what is cut here would have been cut below.
    line = " ".join(_UNSEEN.sub(" ", text[: 16 * max_bytes]).split())
    return _CONTROL.sub(lambda match: match.group() + " ", line).encode()[:max_bytes].decode(errors="ignore").strip()


def listed(texts: tuple[str, ...], max_bytes: int) -> str:
    """Join as many texts as fit; dots stand for the others.

    Example:
        >>> listed(("packed", "sent", "lost"), max_bytes=100), listed(("packed", "sent", "lost"), max_bytes=14)
        ('packed, sent, lost', 'packed, sent, ...')
    """
    shown: list[str] = []
    used = 0
    for text in texts:
        line = plain(text, max_bytes)
        used += len(line.encode()) + 2
        if used > max_bytes + 2:
            return ", ".join([*shown, "..."])
        if line:
            shown.append(line)
    return ", ".join(shown)
