"""Rows as micro-batches, and micro-batches as the steps of a run."""

import random
from collections.abc import Sequence
from itertools import islice

from columnist.modeling.encoding import IGNORED, Row

Batch = list[Row]
Step = list[Batch]


def plan_steps(
    rows: Sequence[Row], seed: int, epochs: int, batch_tokens: int, accumulate: int, max_steps: int | None
) -> list[Step]:
    """Return the micro-batches of every optimizer step: a function of its arguments alone.

    The last step of an epoch may have fewer micro-batches.

    Args:
        rows: What is learned in each epoch.
        seed: Decides the order, together with the number of the epoch.
        epochs: Passes over the rows.
        batch_tokens: Padded tokens of a micro-batch.
        accumulate: Micro-batches of a step.
        max_steps: Cuts the plan.
    """
    steps: list[Step] = []
    for epoch in range(epochs):
        batches = iter(pack_rows(rows, batch_tokens, random.Random(f"{seed}/{epoch}")))
        while step := list(islice(batches, accumulate)):
            steps.append(step)
        if max_steps is not None and len(steps) >= max_steps:
            return steps[:max_steps]
    return steps


def pack_rows(rows: Sequence[Row], batch_tokens: int, order: random.Random | None) -> list[Batch]:
    """Group rows of similar length into batches of at most ``batch_tokens`` padded tokens.

    Rows are shuffled before the stable sort by length and the batches after it,
    so that neighbours change from epoch to epoch.
    """
    rows = list(rows)
    if order:
        order.shuffle(rows)
        # A little noise on the length: batches of one epoch are not those of the next.
        rows.sort(key=lambda row: len(row.tokens) * order.uniform(0.9, 1.1))
    else:
        rows.sort(key=lambda row: len(row.tokens))
    batches: list[Batch] = []
    widest = 0
    for row in rows:
        widest = max(widest, len(row.tokens))
        if not batches or widest * (len(batches[-1]) + 1) > batch_tokens:
            batches.append([])
            widest = len(row.tokens)
        batches[-1].append(row)
    if order:
        order.shuffle(batches)
    return batches


def count_labels(batches: Sequence[Batch]) -> int:
    """Return the tokens that count in the loss."""
    return sum(label != IGNORED for batch in batches for row in batch for label in row.labels)


def count_tokens(batches: Sequence[Batch]) -> int:
    """Return the tokens without padding."""
    return sum(len(row.tokens) for batch in batches for row in batch)
