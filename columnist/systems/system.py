"""The systems whose texts are compared: who writes, in which form, and what was written already.

What a system writes is kept on disk in pieces of a few tables, under a digest of all that decides
it, so that a baseline is run once, goes on where it was interrupted, and is free afterwards.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from columnist import modeling
from columnist.ddl.tables import Table
from columnist.digests import digest_file, digest_value
from columnist.documentation import Acceptances, Texts
from columnist.errors import ConfigError
from columnist.evaluation import ReplyFaults
from columnist.evaluation.identity import SystemIdentity
from columnist.files import write_whole
from columnist.home import Home
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.adapters import Adapter, open_adapter
from columnist.modeling.base_models import EMBEDDED, BaseModel, resolve_base_model
from columnist.modeling.cleaning import clean
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import MAX_NEW_TOKENS, open_engine
from columnist.modeling.prompts import PromptKind, Request, parse_reply, prompt_digest, render_request
from columnist.modeling.shipped import shipped_adapter
from columnist.modeling.spelling import spell_out
from columnist.registry.sessions import open_stores
from columnist.registry.versions import open_model
from columnist.synthesis.examples import Example
from columnist.systems.replies import find_faults
from columnist.values import Value

DEFAULT = "default"  # the adapter that comes with the product
REGISTERED = "models:/"  # what references to registered versions begin with
_PIECE = 25  # tables: a minute or two of the slowest
# What turns the tokens of a slot into a text: kept texts of another version are no longer what is written.
_SHAPING = (
    "describing.py",
    "cleaning.py",
    "shortening.py",
    "naming_first.py",
    "mending.py",
    "guarding.py",
    "common_words.py",
    "data/common_words.txt",
    "data/named_words.txt",
    "dangers.py",
    "engines/endings.py",
)
_FORMAT = 1  # raise it when a piece is made otherwise than before


class Kind(StrEnum):
    """How a system writes.

    ``TUNED``: an adapter (a folder, ``models:/...`` or ``default``), with the
    prompt it has learned. ``SLOTS``: a base model with the long prompt, slot by
    slot. ``JSON``: the same, one JSON reply a table. ``SCHEMA``: the same, forced to
    follow the JSON schema. ``NAMES``: no model; each name spelled out.
    """

    TUNED = "tuned"
    SLOTS = "slots"
    JSON = "json"
    SCHEMA = "schema"
    NAMES = "names"


class Piece(Value):
    """What a system wrote about some tables.

    Attributes:
        faults: What each reply got wrong in its form.
        replies: The raw replies about each table, where there were any.
        acceptances: How likely each text would be accepted, where the system can tell; nothing is held back for it.
        seconds: How long it took, without loading the model, on the machine and under the load of then.
    """

    texts: tuple[Texts, ...]
    faults: tuple[ReplyFaults, ...]
    replies: tuple[tuple[str, ...], ...] = ()
    acceptances: tuple[Acceptances, ...] = ()
    seconds: float


class System(Value):
    """A system to compare, as ``NAME=KIND:REFERENCE`` names it."""

    name: str
    kind: Kind
    reference: str

    @classmethod
    def parse(cls, text: str, option: str = "") -> Self:
        """Read ``NAME=KIND:REFERENCE``.

        Args:
            text: The system.
            option: What a person gave it with, such as ``--baseline``, to be named where it is wrong.

        Raises:
            ConfigError: It is something else.

        Example:
            >>> System.parse("base=slots:smollm2-135m-instruct").kind
            <Kind.SLOTS: 'slots'>
        """
        name, _, rest = text.partition("=")
        kind, _, reference = rest.partition(":")
        if not name or kind not in set(Kind) or not (reference or kind == Kind.NAMES):
            given = f"{option} {text!r}".strip()
            fault = f"there is no kind {kind!r}; " if name and kind and kind not in set(Kind) else ""
            raise ConfigError(
                f"{given}: {fault}expected NAME=KIND:REFERENCE with KIND one of {', '.join(Kind)}, "
                f"such as base=slots:{EMBEDDED}"
            )
        return cls(name=name, kind=Kind(kind), reference=reference)

    def write(self, examples: Sequence[Example], cache: Path, say: Callable[[int, int], None]) -> Piece:
        """Write texts for examples, or take those that were written before.

        Args:
            examples: The tables.
            cache: The folder of what was written before.
            say: Called with the tables done and in all.

        Raises:
            ColumnistError: The model cannot be used.
        """
        writer = self._writer
        pieces = []
        for start in range(0, len(examples), _PIECE):
            tables = [example.table for example in examples[start : start + _PIECE]]
            pieces.append(_kept(writer, tables, cache))
            say(min(start + _PIECE, len(examples)), len(examples))
        return Piece(
            texts=tuple(texts for piece in pieces for texts in piece.texts),
            faults=tuple(fault for piece in pieces for fault in piece.faults),
            replies=tuple(reply for piece in pieces for reply in piece.replies),
            acceptances=tuple(chances for piece in pieces for chances in piece.acceptances),
            seconds=sum(piece.seconds for piece in pieces),
        )

    def identify(self) -> SystemIdentity:
        """Say which model this is; nothing is loaded but its files are checked.

        Raises:
            ColumnistError: The model cannot be used.
        """
        return SystemIdentity(name=self.name, kind=self.kind, reference=self.reference, **self._writer.facts)

    @property
    def _writer(self) -> "_Writer":
        return _WRITERS[self.kind](self.reference)


def _kept(writer: "_Writer", tables: Sequence[Table], cache: Path) -> Piece:
    """Return a piece from the cache, or write and keep it."""
    decides = [_FORMAT, writer.identity, [table.model_dump(mode="json") for table in tables]]
    path = cache / f"{digest_value(decides)[:32]}.json"
    try:
        return writer.read_again(tables, Piece.model_validate_json(path.read_bytes()))
    except (FileNotFoundError, ValidationError):
        pass
    writer.open()
    started = time.perf_counter()
    piece = writer.write(tables)
    piece = piece.model_copy(update={"seconds": time.perf_counter() - started})
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(path, piece.model_dump_json())
    return piece


class _Writer(ABC):
    """Writes texts about tables; its model is opened when the first piece is not there yet."""

    def __init__(self, reference: str):
        self.reference = reference

    @property
    @abstractmethod
    def identity(self) -> list[str]:
        """All that decides its texts."""

    @property
    def facts(self) -> dict[str, str]:
        """What a ``SystemIdentity`` says of its model."""
        return {}

    def open(self) -> None:  # noqa: B027  names are spelled out with nothing that is loaded
        """Load what it writes with, so that loading counts for no table."""

    @abstractmethod
    def write(self, tables: Sequence[Table]) -> Piece:
        """Write."""

    def read_again(self, _tables: Sequence[Table], piece: Piece) -> Piece:
        """Return what was kept, read as replies are read today."""
        return piece


class _Names(_Writer):
    @property
    def identity(self) -> list[str]:
        return ["names", *(spell_out(name) for name in ("cust_dob", "qty"))]

    def write(self, tables: Sequence[Table]) -> Piece:
        texts = [
            Texts(table=_spelled(table.name), columns=tuple(_spelled(column.name) for column in table.columns))
            for table in tables
        ]
        return _piece(texts)


class _Slots(_Writer):
    """A base model with the long prompt, slot by slot."""

    kind = PromptKind.INSTRUCT

    @property
    def identity(self) -> list[str]:
        return ["slots", _shaping_digest(), resolve_base_model(self.reference).digest, prompt_digest(self.kind)]

    @property
    def facts(self) -> dict[str, str]:
        base = resolve_base_model(self.reference)
        return {"model_sha256": base.digest, **_base_facts(base), "prompt_sha256": prompt_digest(self.kind)}

    def open(self) -> None:
        _ = self._engine

    def write(self, tables: Sequence[Table]) -> Piece:
        return _piece([described.texts for described in describe_tables(self._engine, tables, self.kind)])

    @cached_property
    def _engine(self) -> Any:
        return open_engine(self.reference, None)


class _Tuned(_Slots):
    """A tuned model with the prompt it has learned."""

    def __init__(self, reference: str):
        super().__init__(reference)
        self._adapter = _open_tuned(reference)
        self.kind = self._adapter.card.prompt

    @property
    def identity(self) -> list[str]:
        return ["tuned", "with acceptances", _shaping_digest(), self._adapter.digest, prompt_digest(self.kind)]

    @property
    def facts(self) -> dict[str, str]:
        base = resolve_base_model(self._adapter.card.base_model)
        return {"model_sha256": self._adapter.digest, **_base_facts(base), "prompt_sha256": prompt_digest(self.kind)}

    def write(self, tables: Sequence[Table]) -> Piece:
        acceptance = read_acceptance(self._adapter.folder)
        described = describe_tables(self._engine, tables, self.kind, acceptance=acceptance)
        chances = tuple(each.acceptances for each in described) if acceptance else ()
        return _piece([each.texts for each in described]).model_copy(update={"acceptances": chances})

    @cached_property
    def _engine(self) -> Any:
        return open_engine(self._adapter.card.base_model, self._adapter)


class _Json(_Slots):
    """A base model with the long prompt and one reply in JSON for each table."""

    forced = False

    @property
    def facts(self) -> dict[str, str]:
        if resolve_base_model(self.reference).gguf is None:
            raise self._no_engine()
        return super().facts

    @property
    def identity(self) -> list[str]:
        # The request itself, so that whatever shapes it counts.
        probe = render_request(Table(name="t", columns=()))[0].model_dump(mode="json")
        base = resolve_base_model(self.reference).digest
        return ["schema" if self.forced else "json", base, prompt_digest(self.kind), digest_value(probe)]

    def write(self, tables: Sequence[Table]) -> Piece:
        requests = [render_request(table) for table in tables]
        replies = iter(self._complete([request for own in requests for request in own]))
        return self._read(tables, [[next(replies) for _ in own] for own in requests])

    def read_again(self, tables: Sequence[Table], piece: Piece) -> Piece:
        return self._read(tables, piece.replies).model_copy(update={"seconds": piece.seconds})

    def _read(self, tables: Sequence[Table], replies: Sequence[Sequence[str]]) -> Piece:
        answered = [
            list(zip(render_request(table), own, strict=True)) for table, own in zip(tables, replies, strict=True)
        ]
        return Piece(
            texts=tuple(_read_texts(table, own) for table, own in zip(tables, answered, strict=True)),
            faults=tuple(_add_faults(own) for own in answered),
            replies=tuple(tuple(own) for own in replies),
            seconds=0,
        )

    def _complete(self, requests: Sequence[Request]) -> list[str]:
        if not hasattr(self._engine, "complete"):
            raise self._no_engine()
        # A text may be as long as a slot's; names and punctuation come on top.
        most = max(len(request.slots) for request in requests) * (MAX_NEW_TOKENS + 16) + 32
        schemas = [request.json_schema for request in requests] if self.forced else None
        found: list[str] = self._engine.complete(
            [(request.user, request.system) for request in requests], most, schemas
        )
        return found

    def _no_engine(self) -> ConfigError:
        return ConfigError(f"{self.reference}: a reply in JSON needs the engine openvino; give a .gguf file")


class _Schema(_Json):
    """The same, forced to follow the form."""

    forced = True


_WRITERS: dict[Kind, Callable[[str], _Writer]] = {
    Kind.TUNED: _Tuned,
    Kind.SLOTS: _Slots,
    Kind.JSON: _Json,
    Kind.SCHEMA: _Schema,
    Kind.NAMES: _Names,
}


def _base_facts(base: BaseModel) -> dict[str, str]:
    return {"base_model": base.reference, "base_model_sha256": base.digest, "license": base.license}


def _shaping_digest() -> str:
    folder = Path(modeling.__file__).parent
    return digest_value([digest_file(folder / name) for name in _SHAPING])


def _open_tuned(reference: str) -> Adapter:
    if reference == DEFAULT:
        return shipped_adapter()
    if not reference.startswith(REGISTERED):
        return open_adapter(Path(reference))
    open_stores(Home.find(), zenml=False)
    return open_model(reference)


def _read_texts(table: Table, answered: Sequence[tuple[Request, str]]) -> Texts:
    """Read and clean the texts of replies, as the product does."""
    texts = {
        slot.index: clean(text)
        for request, reply in answered
        for slot, text in zip(request.slots, parse_reply(request, reply), strict=True)
    }
    return Texts(table=texts[-1], columns=tuple(texts[place] for place in range(len(table.columns))))


def _add_faults(answered: Sequence[tuple[Request, str]]) -> ReplyFaults:
    found = [find_faults(request, reply) for request, reply in answered]
    return ReplyFaults(missing=sum(each.missing for each in found), invented=sum(each.invented for each in found))


def _piece(texts: Sequence[Texts]) -> Piece:
    return Piece(texts=tuple(texts), faults=(ReplyFaults(),) * len(texts), seconds=0)


def _spelled(name: str) -> str:
    return spell_out(name).capitalize() + "."
