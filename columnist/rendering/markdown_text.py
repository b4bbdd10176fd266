"""Text that a Markdown page shows as it is, whatever it contains."""

import re

from columnist.rendering.literals import one_line
from columnist.rendering.unseen import show_unseen

# A pipe and a backslash become entities, since renderers disagree about `\\|` in a table cell;
# `&`, `<` and `>` too, since many pass HTML through.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\\": "&#92;"}

# Everything else that means something inside a line gets a backslash (CommonMark 0.31.2, section 2.4):
# an underscore only outside of words, as `snake_case` is safe; dots, colons and @ only where GitHub's
# Markdown would make a link of them.
_SPECIAL = re.compile(
    r"""
      [&<>|\\`*\[\]~{}$\#!]
    | (?<![^\W_])_ | _(?![^\W_])
    | (?<=[wW]{3})\. | :(?=//) | (?<=\S)@(?=\S)
    | ^[-+=]
    """,
    re.VERBOSE,
)
_LIST_NUMBER = re.compile(r"^(\d+)([.)])")
_UNSAFE_IN_CODE = re.compile(r"[`|\\]")
_BACKTICKS = re.compile(r"`+")


def escape(text: str) -> str:
    r"""Return a text for a paragraph, heading or table cell: one line in which nothing is markup.

    It does not keep a renderer that guesses links from linking a bare domain
    or an e-mail address to itself.

    Example:
        >>> print(escape("<b>Net</b> | see [here](http://x.org)"))
        &lt;b&gt;Net&lt;/b&gt; &#124; see \[here\](http\://x.org)
        >>> print(escape("order_id\nand *more*"))
        order_id and \*more\*
    """
    escaped = _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), show_unseen(one_line(text)))
    return _LIST_NUMBER.sub(r"\1\\\2", escaped)


def code(text: str) -> str:
    r"""Return a name or type as a code span, or escaped where a code span could not hold it.

    Example:
        >>> print(code("varchar(20)"), code("odd`name"))
        `varchar(20)` odd\`name
    """
    line = show_unseen(one_line(text))
    return escape(text) if not line or _UNSAFE_IN_CODE.search(line) else f"`{line}`"


def fence(text: str, language: str = "") -> str:
    """Return a fenced code block that the text cannot close.

    Example:
        >>> print(fence("SELECT 1", "sql"))
        ```sql
        SELECT 1
        ```
    """
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{text}\n{marks}"
