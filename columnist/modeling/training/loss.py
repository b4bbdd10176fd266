"""The loss of a batch: the head runs only where there is a label."""

from collections.abc import Callable, Sequence
from typing import Any

from columnist.modeling.encoding import IGNORED, Row, collate
from columnist.modeling.training.blocks import flatten
from columnist.modeling.training.fast import BlockLayout, install_kernels
from columnist.modeling.training.kernels import HeadLoss

Loss = Callable[[Sequence[Row], float], Any]


def make_loss(model: Any, pad_token: int, dtype: Any) -> Loss:
    """Return the function from rows and label smoothing to a loss summed over the labels, in nats.

    Where there are kernels for the model they are put into it.

    Args:
        model: A causal language model in peft's wrapping.
        pad_token: Fills up shorter rows.
        dtype: Precision of the matrix products.
    """
    device = next(model.parameters()).device.type
    layout = install_kernels(model, device)
    if layout is None:
        return lambda rows, smoothing: padded_loss(model, rows, pad_token, dtype, smoothing)
    return lambda rows, smoothing: _flat_loss(model, layout, rows, dtype, smoothing)


def padded_loss(model: Any, rows: Sequence[Row], pad_token: int, dtype: Any, label_smoothing: float) -> Any:
    """Return the loss of a batch by the model's own code, under a mask over padded rows."""
    import torch

    device = next(model.parameters()).device
    tensors = collate(rows, pad_token, device.type)
    base = model.get_base_model()
    mask = torch.zeros(tensors["mask"].shape, dtype=dtype, device=device)
    mask.masked_fill_(~tensors["mask"], torch.finfo(dtype).min)
    with _precision(device.type, dtype):
        hidden = base.get_decoder()(
            input_ids=tensors["tokens"], attention_mask=mask, position_ids=tensors["positions"], use_cache=False
        ).last_hidden_state
        following = tensors["labels"][:, 1:]
        learned = following != IGNORED
        # The head over the vocabulary is a fifth of the work.
        logits = base.get_output_embeddings()(hidden[:, :-1][learned]).float()
    return torch.nn.functional.cross_entropy(
        logits, following[learned], reduction="sum", label_smoothing=label_smoothing
    )


def _flat_loss(model: Any, layout: BlockLayout, rows: Sequence[Row], dtype: Any, label_smoothing: float) -> Any:
    device = next(model.parameters()).device
    batch = flatten(rows, dtype, device)
    layout.blocks = batch.blocks
    base = model.get_base_model()
    with _precision(device.type, dtype):
        hidden = base.get_decoder()(
            input_ids=batch.tokens, position_ids=batch.positions, use_cache=False
        ).last_hidden_state[0]
    return HeadLoss.apply(hidden[batch.predicting], base.get_output_embeddings().weight, batch.labels, label_smoothing)


def _precision(device: str, dtype: Any) -> Any:
    import torch

    return torch.autocast(device, dtype=dtype, enabled=dtype is not torch.float32)
