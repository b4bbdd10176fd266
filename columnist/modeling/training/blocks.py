"""A batch without padding: rows one after another, and which tokens look at which, as blocks."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from columnist.modeling.encoding import IGNORED, Row
from columnist.modeling.training.kernels import Block

_BLOCK_TOKENS = 128  # slots of a block; larger ones compute more that is hidden, smaller ones are more calls


class FlatBatch(NamedTuple):
    """Rows laid one after another.

    Attributes:
        tokens: int64 (1, tokens).
        positions: int64 (1, tokens).
        labels: int64 (labels), the tokens that count in the loss.
        predicting: int64 (labels), the places whose hidden states predict them.
        blocks: What attends to what.
    """

    tokens: Any
    positions: Any
    labels: Any
    predicting: Any
    blocks: tuple[Block, ...]


def flatten(rows: Sequence[Row], dtype: Any, device: Any) -> FlatBatch:
    """Lay rows one after another.

    Args:
        rows: The batch.
        dtype: Of the masks.
        device: Of the tensors.
    """
    import torch

    labels = [label for row in rows for label in row.labels]
    learned = [place for place, label in enumerate(labels) if label != IGNORED]
    blocks: list[Block] = []
    start = 0
    for row in rows:
        blocks.extend(_cut(row, start, dtype, device))
        start += len(row.tokens)
    return FlatBatch(
        tokens=torch.tensor([[token for row in rows for token in row.tokens]], device=device),
        positions=torch.tensor([[position for row in rows for position in row.positions]], device=device),
        labels=torch.tensor([labels[place] for place in learned], dtype=torch.long, device=device),
        predicting=torch.tensor([place - 1 for place in learned], dtype=torch.long, device=device),
        blocks=tuple(blocks),
    )


def _cut(row: Row, start: int, dtype: Any, device: Any) -> list[Block]:
    """Cut a row into its schema and groups of whole slots."""
    sizes = [sum(1 for _ in same) for _, same in groupby(row.segments)]
    schema, groups = sizes[0], _group(sizes[1:])
    blocks = [Block(start, start + schema, start, start, _mask([schema], 0, dtype, device))]
    place = start + schema
    for group in groups:
        mask = _mask(group, schema, dtype, device)
        blocks.append(Block(place, place + sum(group), start, start + schema, mask))
        place += sum(group)
    return blocks


def _group(sizes: Sequence[int]) -> list[list[int]]:
    """Group sizes in order into sums of at most a block, or one size that is larger.

    Example:
        >>> _group([60, 60, 60, 200, 5])
        [[60, 60], [60], [200], [5]]
    """
    groups: list[list[int]] = []
    for size in sizes:
        if not groups or sum(groups[-1]) + size > _BLOCK_TOKENS:
            groups.append([])
        groups[-1].append(size)
    return groups


def _mask(slots: Sequence[int], schema: int, dtype: Any, device: Any) -> Any:
    """Return what is added to scores: queries see the schema, and their own slot up to themselves."""
    import torch

    size = sum(slots)
    owner = torch.repeat_interleave(torch.arange(len(slots)), torch.tensor(slots))
    seen = (owner[:, None] == owner[None, :]) & torch.ones(size, size, dtype=torch.bool).tril()
    own = torch.zeros(size, size, dtype=dtype).masked_fill_(~seen, torch.finfo(dtype).min)
    return torch.cat([torch.zeros(size, schema, dtype=dtype), own], dim=1).to(device)
