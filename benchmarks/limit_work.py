"""How much arithmetic and memory traffic a model's decoding and training take at the least.

Multiplications and additions of matrices count as two FLOP. Norms, rotations, softmax, sampling,
activations and copies are left out: they are small, and a ceiling without them is a ceiling still.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Architecture(NamedTuple):
    """The sizes of a decoder with gated feed-forward layers.

    Attributes:
        queries: Width of all queries together; of keys and values it is ``keys``.
    """

    layers: int
    hidden: int
    queries: int
    keys: int
    feed_forward: int
    vocabulary: int

    @classmethod
    def of(cls, config: Any) -> "Architecture":
        """Read the sizes from a configuration of ``transformers``."""
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        return cls(
            layers=config.num_hidden_layers,
            hidden=config.hidden_size,
            queries=head * config.num_attention_heads,
            keys=head * config.num_key_value_heads,
            feed_forward=config.intermediate_size,
            vocabulary=config.vocab_size,
        )

    def linears(self) -> list[tuple[int, int]]:
        """Return inputs and outputs of the matrices of one layer.

        Example:
            >>> Architecture(2, 4, 4, 2, 8, 10).linears()
            [(4, 4), (4, 2), (4, 2), (4, 4), (4, 8), (4, 8), (8, 4)]
        """
        wide, narrow, inner = (self.hidden, self.queries), (self.hidden, self.keys), (self.hidden, self.feed_forward)
        return [wide, narrow, narrow, wide[::-1], inner, inner, inner[::-1]]

    def layers_flop(self) -> int:
        """Return the FLOP of one token in all layers, attention left out.

        Example:
            >>> Architecture(2, 4, 4, 2, 8, 10).layers_flop()  # 2 layers x 2 x (16+8+8+16+32+32+32)
            576
        """
        return 2 * self.layers * sum(a * b for a, b in self.linears())

    def head_flop(self) -> int:
        """Return the FLOP of one prediction over the vocabulary."""
        return 2 * self.hidden * self.vocabulary

    def attention_flop(self, first: int, tokens: int) -> int:
        """Return the FLOP of attention of ``tokens`` tokens, the first of which sees ``first`` others and itself.

        Example:
            >>> Architecture(1, 4, 4, 2, 8, 10).attention_flop(3, 2)  # 4 x 4 x (4 + 5)
            144
        """
        seen = tokens * (first + 1) + tokens * (tokens - 1) // 2
        return 4 * self.layers * self.queries * seen

    def weights(self) -> int:
        """Return how many weights one step of decoding reads; the head's are the embedding's."""
        return self.layers * sum(a * b for a, b in self.linears()) + self.hidden * self.vocabulary


class Work(NamedTuple):
    """The least work of describing a table.

    Attributes:
        read_flop: Of its schema and its leads.
        write_flop: Of the texts.
        steps: Tokens of the longest text: all texts are written side by side.
    """

    read_flop: int
    write_flop: int
    steps: int


def table_work(model: Architecture, prefix: int, leads: Sequence[int], texts: Sequence[int]) -> Work:
    """Return the work of one prompt whose schema is computed once.

    Args:
        model: The sizes.
        prefix: Tokens of the schema.
        leads: Tokens of each slot's lead; its last token predicts the first of the text.
        texts: Tokens written into each slot, the one that ended it included.

    Example:
        >>> table_work(Architecture(1, 1, 1, 1, 1, 1), prefix=1, leads=[1], texts=[2])
        Work(read_flop=40, write_flop=30, steps=2)
    """
    layers, head = model.layers_flop(), model.head_flop()
    read = prefix * layers + model.attention_flop(0, prefix)
    write = 0
    for lead, text in zip(leads, texts, strict=True):
        read += lead * layers + model.attention_flop(prefix, lead)
        # The token that ends a text is predicted, and never read.
        write += (text - 1) * layers + text * head + model.attention_flop(prefix + lead, text - 1)
    return Work(read, write, max(texts, default=0))


def training_flop(model: Architecture, tokens: int, labels: int, row_tokens: int, lora_r: int, first_layer: int) -> int:
    """Return the FLOP of a LoRA step: forward, and back through what lies above the first adapter.

    The frozen matrices take no gradient of their own, so going back costs what going forward did.

    Args:
        model: The sizes.
        tokens: Tokens of the step, without padding.
        labels: Tokens that the loss counts; the head runs for these alone.
        row_tokens: Tokens of a mean row, for attention.
        lora_r: Rank of the adapter.
        first_layer: Layers below it have no adapter and are not gone back through.

    Example:
        >>> training_flop(Architecture(1, 1, 1, 1, 1, 1), tokens=1, labels=1, row_tokens=1, lora_r=0, first_layer=0)
        44
    """
    share = (model.layers - first_layer) / model.layers
    adapter = 2 * lora_r * sum(a + b for a, b in model.linears()) * (model.layers - first_layer)
    attention = model.attention_flop(0, row_tokens) * tokens / row_tokens
    forward = tokens * (model.layers_flop() + adapter) + attention + labels * model.head_flop()
    # Back through attention are four products where there were two; an adapter's two matrices do take gradients.
    backward = tokens * (model.layers_flop() * share + 2 * adapter) + 2 * attention * share + labels * model.head_flop()
    return round(forward + backward)
