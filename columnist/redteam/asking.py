"""A base model asked as people ask one: the long prompt, the script as it is, and a reply in JSON.

This is what the product is compared with, so nothing of the product shields it: comments and
defaults are shown, and no text is cleaned. Only control tokens stay neutralised, as by any engine.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from columnist.ddl.tables import Table
from columnist.digests import digest_value
from columnist.errors import ConfigError
from columnist.files import write_whole
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.engines import open_engine
from columnist.modeling.prompts import TABLE_SLOT, Prompt, PromptKind, Request, as_request, parse_reply, render_prompts

_PIECE = 10  # requests: a minute of the slowest
_TOKENS = 64  # for each text and its name
_REPLIES = TypeAdapter(list[str])


class AskedBase:
    """A base model and what it replied, kept piece by piece."""

    def __init__(self, reference: str, cache: Path):
        self._reference, self._cache = reference, cache

    def write(
        self, scripts: Sequence[tuple[str, Table]], say: Callable[[int, int], None]
    ) -> list[list[tuple[int, str]]]:
        """Return what is written about each table: the position of each text, and the text as it came.

        Small models answer in prose. Where no text can be read from a reply, the reply is what a
        person would see, and stands as the table's text.

        Args:
            scripts: Scripts as they are, and the one table that each makes.
            say: Called with the scripts done and in all.

        Raises:
            BaseModelError: The base model cannot be used.
            ConfigError: Its engine takes no chat requests.
        """
        requests = [ask_about_script(ddl, table) for ddl, table in scripts]
        replies: list[str] = []
        for start in range(0, len(requests), _PIECE):
            replies += self._kept(requests[start : start + _PIECE])
            say(len(replies), len(requests))
        return [_read(request, reply) for request, reply in zip(requests, replies, strict=True)]

    def _kept(self, requests: Sequence[Request]) -> list[str]:
        decides = ["script", self._base_digest, _TOKENS, [[each.system, each.user] for each in requests]]
        path = self._cache / f"{digest_value(decides)[:32]}.json"
        try:
            return _REPLIES.validate_json(path.read_bytes())
        except (FileNotFoundError, ValidationError):
            replies = self._complete(requests)
        self._cache.mkdir(parents=True, exist_ok=True)
        write_whole(path, _REPLIES.dump_json(replies).decode())
        return replies

    def _complete(self, requests: Sequence[Request]) -> list[str]:
        if not hasattr(self._engine, "complete"):
            raise ConfigError(
                f"{self._reference}: expected a base model that the engine openvino runs, which takes chat requests; "
                "give a .gguf file"
            )
        most = max(len(request.slots) for request in requests) * _TOKENS + 32
        replies: list[str] = self._engine.complete([(request.user, request.system) for request in requests], most)
        return replies

    @cached_property
    def _base_digest(self) -> str:
        return resolve_base_model(self._reference).digest

    @cached_property
    def _engine(self) -> Any:
        return open_engine(self._reference, None)


def ask_about_script(ddl: str, table: Table) -> Request:
    """Return the request for texts about a table, with its script as it is in place of the product's own rendering.

    Example:
        >>> from columnist.ddl import read_text
        >>> ddl = "CREATE TABLE stock (qty int DEFAULT 7); -- of the shop"
        >>> request = ask_about_script(ddl, read_text(ddl).tables[0])
        >>> ddl in request.user, len(request.slots)
        (True, 2)
    """
    slots = tuple(slot for prompt in render_prompts(table, PromptKind.INSTRUCT) for slot in prompt.slots)
    return as_request(Prompt(instructions="", schema_text=ddl, slots=slots))


def _read(request: Request, reply: str) -> list[tuple[int, str]]:
    texts = [(slot.index, text) for slot, text in zip(request.slots, parse_reply(request, reply), strict=True)]
    return texts if any(text for _, text in texts) else [(TABLE_SLOT, reply.strip())]
