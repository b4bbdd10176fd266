"""Schemas as prompts: what a model reads, and the slots it fills.

The product owns the structure of a documentation. A model is never asked for a
list of columns: it reads the schema once (the prefix) and then fills one slot for
the table and one for each column, each on its own, each ending with its line.
No column can be missing, doubled or invented. A model behind an endpoint fills a
form instead, whose names are given; what it adds or leaves out changes nothing.

Names and types in a schema are written by strangers. Defaults are never shown and
comments only on request; all of it is put on one line, cut and made harmless (see
``plain``), and an engine neutralises its tokenizer's control tokens besides.

Each kind is a versioned folder of settings and templates beside this file.
"""

from columnist.modeling.prompts.prompt import COLUMNS_PER_PROMPT, TABLE_SLOT, Prompt, PromptKind, Slot
from columnist.modeling.prompts.rendering import RENDERING, prompt_digest, render_prompts
from columnist.modeling.prompts.requests import Request, as_request, parse_reply, render_request

__all__ = [
    "COLUMNS_PER_PROMPT",
    "RENDERING",
    "TABLE_SLOT",
    "Prompt",
    "PromptKind",
    "Request",
    "Slot",
    "as_request",
    "parse_reply",
    "prompt_digest",
    "render_prompts",
    "render_request",
]
