"""The loss of a batch: the head runs only where there is a label."""

from collections.abc import Sequence
from typing import Any

from columnist.modeling.encoding import IGNORED, Row, collate


def summed_loss(model: Any, rows: Sequence[Row], pad_token: int, dtype: Any, label_smoothing: float = 0.0) -> Any:
    """Return the loss of a batch summed over its labels, in nats.

    Args:
        model: A causal language model in peft's wrapping.
        rows: The batch.
        pad_token: Fills up shorter rows.
        dtype: Precision of the matrix products.
        label_smoothing: See ``TrainingConfig``.
    """
    import torch

    device = next(model.parameters()).device
    tensors = collate(rows, pad_token, device.type)
    base = model.get_base_model()
    mask = torch.zeros(tensors["mask"].shape, dtype=dtype, device=device)
    mask.masked_fill_(~tensors["mask"], torch.finfo(dtype).min)
    with torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32):
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
