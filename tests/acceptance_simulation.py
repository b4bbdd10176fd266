"""A model that is right more often where it is sure, simulated on synthetic tables: what acceptance is fitted on."""

from collections.abc import Sequence
from functools import cache
from random import Random

from columnist.abstention import is_abstention
from columnist.modeling.acceptance.config import AcceptanceConfig, Closeness, Label
from columnist.modeling.acceptance.measuring import refer_examples
from columnist.modeling.acceptance.outcomes import Outcome, Referenced, judge
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT
from columnist.synthesis import SynthesisConfig, synthesize

CONFIG = AcceptanceConfig(
    seed=7,
    threshold=0.3,
    min_similarity=0.6,
    min_chrf=0.35,
    folds=5,
    penalties=(0.1, 1.0),
    isotonic_from=1000,
)
LABEL = Label(closeness=Closeness.LETTERS, at_least=0.99)


@cache
def referenced_tables() -> tuple[Referenced, ...]:
    """Sixty synthetic tables with their references."""
    made = synthesize(SynthesisConfig(seed=11, train_examples=60, validation_examples=1, test_examples=1))
    return tuple(refer_examples(made.train))


def simulate(referenced: Sequence[Referenced], seed: int = 1) -> list[Outcome]:
    """Outcomes of a model that is right in half of its texts, and then surer, and asks where a reference does."""
    rng = Random(seed)
    filled = [_write(known, rng) for known in referenced]
    return judge(referenced, filled, lambda texts, references: [a == b for a, b in zip(texts, references, strict=True)])


def _write(known: Referenced, rng: Random) -> dict[int, Filled]:
    references = {TABLE_SLOT: known.reference.table, **dict(enumerate(known.reference.columns))}
    told = [text for text in references.values() if text and not is_abstention(text)]
    return {index: _answer(reference, told, rng) for index, reference in references.items()}


def _answer(reference: str, told: Sequence[str], rng: Random) -> Filled:
    if is_abstention(reference) and rng.random() < 0.9:
        return Filled(reference, _logprobs(rng, 0.1))
    right = rng.random() < 0.5 and not is_abstention(reference)
    return Filled(reference if right else rng.choice(told or ["Some text."]), _logprobs(rng, 0.15 if right else 0.4))


def _logprobs(rng: Random, scale: float) -> tuple[float, ...]:
    return tuple(-rng.expovariate(1 / scale) for _ in range(rng.randint(6, 20)))
