"""Predict texts for examples, with a base model or with a tuned one."""

from collections.abc import Callable, Sequence

from columnist.documentation import Texts
from columnist.modeling.adapters import Adapter
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import open_engine
from columnist.modeling.prompts import PromptKind
from columnist.synthesis.examples import Example
from columnist.values import Value


class Predictions(Value):
    """What one model wrote for a list of examples, in their order.

    Attributes:
        adapter_sha256: Digest of the adapter, or ``None`` for the base model alone.
        texts: Descriptions, abstentions as they were written, and empty texts where nothing usable came.
    """

    base_model: str
    adapter_sha256: str | None
    prompt: PromptKind
    texts: tuple[Texts, ...]


def predict_base(
    examples: Sequence[Example], base_model: str, on_progress: Callable[[int, int], None] | None = None
) -> Predictions:
    """Write texts with a base model and the long, general-purpose prompt.

    Raises:
        BaseModelError: The base model cannot be used.
    """
    return _predict(examples, base_model, None, PromptKind.INSTRUCT, on_progress)


def predict_tuned(
    examples: Sequence[Example], adapter: Adapter, on_progress: Callable[[int, int], None] | None = None
) -> Predictions:
    """Write texts with a tuned model and the prompt it has learned.

    Raises:
        AdapterError: The adapter does not fit its base model or these prompts.
    """
    return _predict(examples, adapter.card.base_model, adapter, adapter.card.prompt, on_progress)


def _predict(
    examples: Sequence[Example],
    base_model: str,
    adapter: Adapter | None,
    prompt: PromptKind,
    on_progress: Callable[[int, int], None] | None,
) -> Predictions:
    engine = open_engine(base_model, adapter)
    texts = describe_tables(engine, [example.table for example in examples], prompt, on_progress)
    return Predictions(
        base_model=base_model,
        adapter_sha256=adapter.digest if adapter else None,
        prompt=prompt,
        texts=tuple(texts),
    )
