"""Describe a script from end to end: choose the model, write the texts, render them."""

from columnist.ddl import Script
from columnist.ddl.tables import Table
from columnist.documentation import Described, TableDocumentation, merge
from columnist.errors import ModelNotFound
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.adapters import Adapter
from columnist.modeling.base_models import EMBEDDED
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import open_engine
from columnist.modeling.filling import OnProgress
from columnist.modeling.prompts import PromptKind
from columnist.registry.versions import MODEL_NAME, list_versions, open_model
from columnist.rendering import Format, Header, render

BASE = "base"


def describe_script(script: Script, model: str | None, format_name: str, on_progress: OnProgress | None = None) -> str:
    """Return the documentation of a script's tables in one of the formats.

    Partitions keep the text of the table they belong to and are not described on their own.

    Args:
        script: What was read.
        model: ``models:/...``, the path of an adapter, ``base``, or ``None`` for the
            registered champion, or else the challenger.
        format_name: One of ``Format``.
        on_progress: Called with prompts done and in all.

    Raises:
        ModelNotFound: The model is not there, or none was named and none is registered.
        AdapterError: The model does not fit its base model.
    """
    reference = model or _registered()
    adapter = None if reference == BASE else open_model(reference)
    documentations = _document(script, adapter, on_progress)
    name = EMBEDDED if adapter is None else f"{reference} (adapter {adapter.digest[:12]})"
    return render(documentations, Format(format_name), Header(source=script.file, model=name))


def _document(script: Script, adapter: Adapter | None, on_progress: OnProgress | None) -> list[TableDocumentation]:
    base_model, prompt = (adapter.card.base_model, adapter.card.prompt) if adapter else (EMBEDDED, PromptKind.INSTRUCT)
    tables = [table for table in script.tables if table.partition_of is None]
    engine = open_engine(base_model, adapter)
    acceptance = read_acceptance(adapter.folder) if adapter else None
    threshold = acceptance.threshold if acceptance else None
    each = iter(describe_tables(engine, tables, prompt, on_progress, acceptance=acceptance, threshold=threshold))
    return [_merge(table, next(each) if table.partition_of is None else None) for table in script.tables]


def _merge(table: Table, described: Described | None) -> TableDocumentation:
    return merge(table, described.texts, described.acceptances) if described else merge(table, None)


def _registered() -> str:
    """Return the URI of the champion, or of the challenger where there is no champion yet."""
    aliases = {alias for version in list_versions(MODEL_NAME) for alias in version["aliases"]}
    for alias in ("champion", "challenger"):
        if alias in aliases:
            return f"models:/{MODEL_NAME}@{alias}"
    raise ModelNotFound(
        "no model is registered yet; run `python run.py demo` to train one, or add --model base "
        "to use the base model as it is"
    )
