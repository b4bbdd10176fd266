"""Whether a text says what its reference says: by meaning, or by letters where no encoder is installed."""

from collections.abc import Callable, Sequence

from columnist.modeling.acceptance.config import AcceptanceConfig, Closeness, Label

Close = Callable[[Sequence[str], Sequence[str]], list[bool]]
"""Tells of paired texts and references whether each pair is close enough."""


def choose_label(config: AcceptanceConfig) -> Label:
    """Return the label that this machine can compute; without the sentence encoder it goes by letters.

    Raises:
        BaseModelError: The sentence encoder is installed but was changed.
    """
    from columnist.modeling.similarity import find_encoder

    if find_encoder() is None:
        return Label(closeness=Closeness.LETTERS, at_least=config.min_chrf)
    return Label(closeness=Closeness.MEANING, at_least=config.min_similarity)


def open_closeness(label: Label) -> Close:
    """Return what compares texts with their references.

    Raises:
        BaseModelError: The label needs the sentence encoder, and it is not installed or was changed.
    """
    measure = measure_chrf if label.closeness is Closeness.LETTERS else _measure_meaning()
    return lambda texts, references: [value >= label.at_least for value in measure(texts, references)]


def measure_chrf(texts: Sequence[str], references: Sequence[str]) -> list[float]:
    """Return sacrebleu's chrF2 of each text, from 0 to 1.

    Example:
        >>> measure_chrf(["Units held."], ["Units held."])
        [1.0]
    """
    from sacrebleu.metrics import CHRF

    measure = CHRF()
    return [
        float(measure.sentence_score(text, [reference]).score) / 100
        for text, reference in zip(texts, references, strict=True)
    ]


def _measure_meaning() -> Callable[[Sequence[str], Sequence[str]], list[float]]:
    from columnist.modeling.similarity import open_encoder

    return open_encoder().similarities
