"""Describe a script from end to end: choose who writes, let it write, render the texts."""

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from columnist.ddl import Script
from columnist.ddl.tables import Table
from columnist.digests import digest_value
from columnist.documentation import Described, TableDocumentation, merge
from columnist.errors import ConfigError
from columnist.home import Home
from columnist.modeling.acceptance import Acceptance, read_acceptance
from columnist.modeling.adapters import Adapter
from columnist.modeling.base_models import EMBEDDED, resolve_base_model
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import Engine, EngineName, Filled, OnFilled, open_engine, settle_engine
from columnist.modeling.filling import OnProgress, count_kept, count_open
from columnist.modeling.journal import Journal
from columnist.modeling.prompts import Prompt, PromptKind, prompt_digest
from columnist.modeling.shipped import shipped_adapter
from columnist.rendering import Format, Header, render
from columnist.tracing.records import Author
from columnist.values import Value

BASE, DEFAULT = "base", "default"
_REGISTERED = "models:/"

# Called with a document, who wrote it, and its tables with their texts.
OnDocument = Callable[[str, Author, Sequence[TableDocumentation]], None]


class Wishes(Value):
    """How a script is to be described.

    Attributes:
        model: ``models:/...``, the path of an adapter, ``default`` for the one that comes with the product,
            ``base`` for the base model as it is, or ``None`` for the registered champion, or else the
            challenger, or else the default.
        threshold: Texts less likely to be accepted are left to a person; the adapter's own if left out, and
            with 0 none is.
        max_length: The most characters a text may have.
        fresh: Whether to write again what the journal holds.
        engine: What to decode with.
        endpoint: Address of an endpoint in OpenAI's form that writes instead of a model on this machine.
        endpoint_model: Which of its models.
    """

    model: str | None = None
    engine: EngineName = EngineName.AUTO
    endpoint: str | None = None
    endpoint_model: str | None = None
    threshold: float | None = None
    max_length: int | None = None
    fresh: bool = False


class Writer(NamedTuple):
    """Who writes the texts.

    Attributes:
        name: As documents and messages show it.
        digest: Of all that decides a text beside the prompt.
        kind: The prompts it knows.
        acceptance: Tells how likely its texts are to be accepted.
        open: Opens its engine.
        author: What a document's record says of it.
    """

    name: str
    digest: str
    kind: PromptKind
    acceptance: Acceptance | None
    open: Callable[[], Engine]
    author: Author


def describe_script(
    script: Script,
    wishes: Wishes,
    format_name: str,
    on_progress: OnProgress | None = None,
    say: Callable[[str], None] = lambda _: None,
    on_document: OnDocument | None = None,
) -> str:
    """Return the documentation of a script's tables in one of the formats.

    Partitions keep the text of the table they belong to and are not described on
    their own. What is finished is kept in the home's journal, text by text: the same
    call goes on after an interruption, whatever ended it.

    Args:
        script: What was read.
        wishes: How to describe it.
        format_name: One of ``Format``.
        on_progress: Called whenever a prompt is finished.
        say: Called with lines about the work: who writes, and what need not be written again.
        on_document: Called with what is returned, and what a record of it has to say.

    Raises:
        ModelNotFound: The model is not there.
        AdapterError: The model does not fit its base model, or was changed.
        BaseModelError: The base model cannot be used.
    """
    home = Home.find()
    writer = choose_writer(wishes, home)
    if wishes.threshold and not writer.acceptance:
        say(f"how likely texts of {writer.name} are accepted is not known: none is held back for that")
    tables = [table for table in script.tables if table.partition_of is None]
    with Journal(home.journal, writer.digest, say, fresh=wishes.fresh) as journal:
        if kept := count_kept(tables, writer.kind, journal):
            wanted = sum(1 for table in tables if count_open(table))
            say(f"going on: {kept:,} of {wanted:,} tables were already described")
        described = iter(
            describe_tables(
                OnDemand(writer.open),
                tables,
                writer.kind,
                on_progress,
                acceptance=writer.acceptance,
                threshold=_threshold(wishes, writer),
                journal=journal,
                max_length=wishes.max_length,
            )
        )
    say(f"described by {writer.name}")
    documentations = [_merge(table, None if table.partition_of else next(described)) for table in script.tables]
    document = render(documentations, Format(format_name), Header(source=script.file, model=writer.name))
    if on_document:
        on_document(document, writer.author, documentations)
    return document


def choose_writer(wishes: Wishes, home: Home) -> Writer:
    """Find who is to write; nothing of it is loaded yet.

    Raises:
        ModelNotFound: The model is not there.
        AdapterError: Its files are damaged or were changed.
        BaseModelError: The base model is asked for and cannot be used.
        ConfigError: An endpoint is only half named, or beside another model.
    """
    if wishes.endpoint or wishes.endpoint_model or wishes.engine is EngineName.OPENAI:
        return _endpoint_writer(wishes)
    model = wishes.model or find_registered(home) or DEFAULT
    if model == BASE:
        return _base_writer(wishes)
    if model == DEFAULT:
        return _tuned_writer("the default model of columnist", shipped_adapter(), wishes)
    if model.startswith(_REGISTERED):
        _open_registry(home)
    # Imported here: the registry brings what training sets are made with.
    from columnist.registry.versions import open_model

    return _tuned_writer(model, open_model(model), wishes)


def _endpoint_writer(wishes: Wishes) -> Writer:
    if not (wishes.endpoint and wishes.endpoint_model) or wishes.model:
        raise ConfigError(
            "a model behind an endpoint is named by --endpoint URL and --endpoint-model NAME, both of them and "
            "without --model"
        )
    if wishes.engine not in (EngineName.AUTO, EngineName.OPENAI):
        raise ConfigError(
            f"an endpoint is asked by the engine openai, not by {wishes.engine.value}; leave out --engine"
        )
    reference = f"{wishes.endpoint}#{wishes.endpoint_model}"
    name = f"{wishes.endpoint_model} at {wishes.endpoint}"
    return Writer(
        name=name,
        digest=digest_value([reference, prompt_digest(PromptKind.INSTRUCT)]),
        kind=PromptKind.INSTRUCT,
        acceptance=None,
        open=lambda: open_engine(reference, None, EngineName.OPENAI),
        author=Author(name=name, prompt_sha256=prompt_digest(PromptKind.INSTRUCT), engine=EngineName.OPENAI.value),
    )


def _base_writer(wishes: Wishes) -> Writer:
    base = resolve_base_model(EMBEDDED)
    engine = settle_engine(base, wishes.engine)
    digest = digest_value([base.digest, prompt_digest(PromptKind.INSTRUCT), engine.value])
    author = Author(
        name=EMBEDDED,
        prompt_sha256=prompt_digest(PromptKind.INSTRUCT),
        engine=engine.value,
        base_model=EMBEDDED,
        base_model_sha256=base.digest,
    )
    return Writer(
        EMBEDDED, digest, PromptKind.INSTRUCT, None, lambda: open_engine(EMBEDDED, None, wishes.engine), author
    )


def _tuned_writer(name: str, adapter: Adapter, wishes: Wishes) -> Writer:
    card = adapter.card
    # Texts are kept under the engine that writes them: "auto" may stand for another one tomorrow.
    engine = settle_engine(resolve_base_model(card.base_model), wishes.engine)
    shown = f"{name} (adapter {adapter.digest[:12]})"
    return Writer(
        name=shown,
        digest=digest_value([card.base_model_digest, adapter.digest, prompt_digest(card.prompt), engine.value]),
        kind=card.prompt,
        acceptance=read_acceptance(adapter.folder),
        open=lambda: open_engine(card.base_model, adapter, wishes.engine),
        author=Author(
            name=shown,
            prompt_sha256=prompt_digest(card.prompt),
            engine=engine.value,
            adapter_sha256=adapter.digest,
            base_model=card.base_model,
            base_model_sha256=card.base_model_digest,
            training_set_sha256=card.training_set_sha256,
        ),
    )


class OnDemand:
    """An engine that is opened when there is something to fill: where all is known, none is."""

    def __init__(self, open: Callable[[], Engine]):
        self._open = cache(open)

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Fill the slots."""
        return self._open().fill(prompts, on_filled)


def _threshold(wishes: Wishes, writer: Writer) -> float | None:
    own = writer.acceptance.threshold if writer.acceptance else None
    # Whoever wants to see everything, and says 0, also wants what repeats itself.
    return (own if wishes.threshold is None else wishes.threshold) or None


def find_registered(home: Home) -> str | None:
    """Return the URI of the champion, or of the challenger where there is no champion yet."""
    # Importing MLflow and making its database takes longer than describing a small script.
    if not (os.environ.get("MLFLOW_TRACKING_URI") or home.mlflow_database.exists()):
        return None
    _open_registry(home)
    from columnist.registry.versions import MODEL_NAME, list_versions

    aliases = {alias for version in list_versions(MODEL_NAME) for alias in version["aliases"]}
    found = next((alias for alias in ("champion", "challenger") if alias in aliases), None)
    return f"{_REGISTERED}{MODEL_NAME}@{found}" if found else None


def _open_registry(home: Home) -> None:
    from columnist.registry.sessions import open_stores

    open_stores(home, zenml=False)


def _merge(table: Table, described: Described | None) -> TableDocumentation:
    return merge(table, described.texts, described.acceptances) if described else merge(table, None)
