"""What an engine is: it fills slots and knows nothing of tables."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from columnist.modeling.prompts import Prompt

MAX_NEW_TOKENS = 64


class Filled(NamedTuple):
    """What a model wrote into one slot.

    Attributes:
        text: The raw text, without what ended it; empty where nothing whole came.
        logprobs: Natural logarithm of the model's probability of each token it wrote,
            the one that ended the text included; empty where an engine cannot tell.
    """

    text: str
    logprobs: tuple[float, ...] = ()


OnFilled = Callable[[int, tuple[Filled, ...]], None]


class Engine(Protocol):
    """Fills the slots of prompts, greedily."""

    def fill(self, prompts: Sequence[Prompt], on_filled: OnFilled | None = None) -> list[tuple[Filled, ...]]:
        """Return what was written into each prompt's slots, in order.

        Args:
            prompts: What to fill.
            on_filled: Called once for each prompt when all its slots are filled, with its place in
                ``prompts`` and what was written; in any order, as soon as it is known.
        """
        ...
