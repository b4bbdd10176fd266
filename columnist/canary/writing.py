"""Whose texts are checked, and what it writes about the canary set today."""

from collections.abc import Sequence
from typing import NamedTuple

from columnist.canary.canary_set import CanarySet
from columnist.describe import DEFAULT, find_registered
from columnist.documentation import Texts
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import EngineName, open_engine
from columnist.modeling.filling import OnProgress
from columnist.modeling.shipped import shipped_adapter
from columnist.registry.sessions import open_stores
from columnist.registry.versions import open_model

_REGISTERED = "models:/"


class Subject(NamedTuple):
    """The model whose texts are pinned or checked.

    Attributes:
        reference: ``default``, ``models:/...`` or the absolute path of an adapter folder: what a record is found by.
    """

    reference: str
    adapter: Adapter


def find_subject(model: str | None, home: Home) -> Subject:
    """Open the model that a reference names; nothing of its weights is loaded yet.

    Args:
        model: ``default`` for the adapter that ships, ``models:/...`` or an adapter folder; if left out the
            registered champion, or else the challenger, or else the default, as ``describe`` takes it.
        home: Where its registry is.

    Raises:
        ModelNotFound: It is not there.
        AdapterError: Its files are damaged, or are not those that were registered.
    """
    reference = model or find_registered(home) or DEFAULT
    if reference == DEFAULT:
        return Subject(DEFAULT, shipped_adapter())
    if reference.startswith(_REGISTERED):
        open_stores(home, zenml=False)
        return Subject(reference, open_model(reference))
    adapter = open_model(reference)
    return Subject(str(adapter.folder.resolve()), adapter)


def write_texts(
    adapter: Adapter, canaries: CanarySet, engine: EngineName, on_progress: OnProgress | None = None
) -> Sequence[Texts]:
    """Write about every table of the set; nothing that was written before is taken, and nothing is held back.

    All tables are written in one batch and in the set's order, because what shares a
    batch with a slot can decide a near-tie between two words.

    Raises:
        AdapterError: The adapter does not fit its base model or the prompts of this version.
        BaseModelError: The base model cannot be used.
    """
    card = adapter.card
    opened = open_engine(card.base_model, adapter, engine)
    return [each.texts for each in describe_tables(opened, canaries.tables, card.prompt, on_progress)]
