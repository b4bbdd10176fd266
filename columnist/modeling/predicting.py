"""Predict texts for examples, with a base model or with a tuned one."""

from collections.abc import Callable, Sequence

from columnist.documentation import Acceptances, Texts
from columnist.modeling.adapters import Adapter
from columnist.modeling.describing import Estimator, describe_tables
from columnist.modeling.engines import open_engine
from columnist.modeling.filling import OnProgress
from columnist.modeling.prompts import PromptKind
from columnist.synthesis.examples import Example
from columnist.values import Value


class Predictions(Value):
    """What one model wrote for a list of examples, in their order.

    Attributes:
        adapter_sha256: Digest of the adapter, or ``None`` for the base model alone.
        texts: Descriptions, abstentions as they were written, and empty texts where nothing usable came.
        acceptances: How likely each text would be accepted, one entry per entry of ``texts``; empty where
            no model of that was given.
    """

    base_model: str
    adapter_sha256: str | None
    prompt: PromptKind
    texts: tuple[Texts, ...]
    acceptances: tuple[Acceptances, ...] = ()


def predict_base(
    examples: Sequence[Example], base_model: str, on_progress: Callable[[int, int], None] | None = None
) -> Predictions:
    """Write texts with a base model and the long, general-purpose prompt.

    Raises:
        BaseModelError: The base model cannot be used.
    """
    tables = [example.table for example in examples]
    described = describe_tables(open_engine(base_model, None), tables, PromptKind.INSTRUCT, _of_tables(on_progress))
    return Predictions(
        base_model=base_model,
        adapter_sha256=None,
        prompt=PromptKind.INSTRUCT,
        texts=tuple(each.texts for each in described),
    )


def predict_tuned(
    examples: Sequence[Example],
    adapter: Adapter,
    on_progress: Callable[[int, int], None] | None = None,
    acceptance: Estimator | None = None,
    threshold: float | None = None,
) -> Predictions:
    """Write texts with a tuned model and the prompt it has learned.

    Args:
        examples: What to describe.
        adapter: The tuned model.
        on_progress: Called with the tables that are done and in all.
        acceptance: Tells how likely each text would be accepted.
        threshold: Questions stand in the place of texts that are less likely to be.

    Raises:
        AdapterError: The adapter does not fit its base model or these prompts.
    """
    engine = open_engine(adapter.card.base_model, adapter)
    tables = [example.table for example in examples]
    described = describe_tables(
        engine, tables, adapter.card.prompt, _of_tables(on_progress), acceptance=acceptance, threshold=threshold
    )
    return Predictions(
        base_model=adapter.card.base_model,
        adapter_sha256=adapter.digest,
        prompt=adapter.card.prompt,
        texts=tuple(each.texts for each in described),
        acceptances=tuple(each.acceptances for each in described) if acceptance else (),
    )


def _of_tables(on_progress: Callable[[int, int], None] | None) -> OnProgress | None:
    return (lambda progress: on_progress(progress.tables, progress.all_tables)) if on_progress else None
