"""The pieces of a training step that libraries compute with more memory traffic than they need.

On a CPU the matrix products of a small model take less than half of a step; the rest is
casts, copies and temporaries. Each function here is an autograd node of its own with the
same value as the library's, up to rounding, and a backward pass written out, which
leaves gradients of frozen weights out. ``tests/unit/modeling/test_training_kernels.py``
holds each to the plain formula.
"""

from typing import Any, NamedTuple

import torch
from torch.autograd import Function

_HEAD_ROWS = 256  # rows of logits at a time: they stay small beside the model, whatever the batch


class Block(NamedTuple):
    """Queries of one row that look at the row's schema and, in causal order, at their own slots.

    Attributes:
        start: First query token, counted over the whole batch.
        end: One after the last.
        prefix_start: First token of the schema.
        prefix_end: One after its last; equal to ``prefix_start`` for the schema itself.
        mask: (queries, keys), to be added to the scores; keys are schema, then queries.
    """

    start: int
    end: int
    prefix_start: int
    prefix_end: int
    mask: Any


class LoraLinear(Function):  # type: ignore[misc]
    """A frozen linear layer with LoRA: ``x W' + (x A') B'``, B already scaled."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, a: Any, b: Any, scaling: float) -> Any:
        """Multiply by the frozen weight and add the low-rank part in place."""
        flat = x.reshape(-1, x.shape[-1])
        a, b = a.to(weight.dtype), (b * scaling).to(weight.dtype)
        low = flat @ a.T
        y = flat @ weight.T if bias is None else torch.addmm(bias, flat, weight.T)
        y.addmm_(low, b.T)
        ctx.save_for_backward(flat, low, weight, a, b)
        ctx.scaling = scaling
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        """Return the gradients of input, A and B; the frozen weight gets none."""
        x, low, weight, a, b = ctx.saved_tensors
        (dy,) = gradients
        flat = dy.reshape(-1, dy.shape[-1])
        dlow = flat @ b
        dx = None
        if ctx.needs_input_grad[0]:
            dx = (flat @ weight).addmm_(dlow, a).view(*dy.shape[:-1], -1)
        da = (dlow.T @ x).float()
        db = (flat.T @ low).float() * ctx.scaling
        return dx, None, None, da, db, None


class RmsNorm(Function):  # type: ignore[misc]
    """Root mean square normalisation with a frozen weight; sums in float32."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, epsilon: float) -> Any:
        """Scale each vector to a root mean square of one, then by the weight."""
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        rate = (norm.square() / x.shape[-1] + epsilon).rsqrt()
        ctx.save_for_backward(x, weight, rate)
        return (x * rate).to(x.dtype) * weight

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        """Return the gradient of the input."""
        x, weight, rate = ctx.saved_tensors
        g = gradients[0] * weight
        along = (g * x).sum(-1, keepdim=True, dtype=torch.float32) * rate.pow(3) / x.shape[-1]
        return torch.addcmul(g * rate, x, along, value=-1).to(x.dtype), None, None


class BlockAttention(Function):  # type: ignore[misc]
    """Attention block by block: what the mask would hide is for the most part never computed.

    Queries (heads, tokens, width), keys and values (key heads, tokens, width); all rows of a
    batch lie one after another. Heads that share a key are rows of the same matrix product.
    """

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any, blocks: tuple[Block, ...], scaling: float) -> Any:
        """Attend block by block and keep the shares for the backward pass."""
        heads, tokens, width = query.shape
        key_heads = key.shape[0]
        query = (query * scaling).view(key_heads, heads // key_heads, tokens, width)
        out = torch.empty_like(query)
        shares = []
        for block in blocks:
            q = query[:, :, block.start : block.end].reshape(key_heads, -1, width)
            scores = q @ _keys(key, block).transpose(1, 2)
            scores.view(key_heads, -1, *block.mask.shape).add_(block.mask)
            share = torch.softmax(scores, -1)
            shares.append(share)
            out[:, :, block.start : block.end] = (share @ _keys(value, block)).view(
                key_heads, -1, block.end - block.start, width
            )
        ctx.save_for_backward(query, key, value, *shares)
        ctx.blocks, ctx.scaling = blocks, scaling
        return out.view(heads, tokens, width)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        """Return the gradients of queries, keys and values."""
        query, key, value, *shares = ctx.saved_tensors
        key_heads, _, _, width = query.shape
        gradient = gradients[0].reshape(query.shape)
        dquery, dkey, dvalue = torch.empty_like(query), torch.zeros_like(key), torch.zeros_like(value)
        for block, share in zip(ctx.blocks, shares, strict=True):
            q = query[:, :, block.start : block.end].reshape(key_heads, -1, width)
            g = gradient[:, :, block.start : block.end].reshape(key_heads, -1, width)
            dshare = g @ _keys(value, block).transpose(1, 2)
            dscores = torch._softmax_backward_data(dshare, share, -1, share.dtype)
            dquery[:, :, block.start : block.end] = (dscores @ _keys(key, block)).view(
                key_heads, -1, block.end - block.start, width
            )
            _add_keys(dvalue, block, share.transpose(1, 2) @ g)
            _add_keys(dkey, block, dscores.transpose(1, 2) @ q)
        return dquery.mul_(ctx.scaling).view(gradients[0].shape), dkey, dvalue, None, None


class HeadLoss(Function):  # type: ignore[misc]
    """Cross-entropy behind a frozen vocabulary head, summed; logits exist for a few rows at a time.

    The gradient with respect to the hidden states is computed on the way, because the
    logits it needs are there then.
    """

    @staticmethod
    def forward(ctx: Any, hidden: Any, weight: Any, labels: Any, smoothing: float) -> Any:
        """Sum the losses of all rows, and work out the gradient if it will be asked for."""
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        for start in range(0, len(hidden), _HEAD_ROWS):
            part, own = hidden[start : start + _HEAD_ROWS], labels[start : start + _HEAD_ROWS, None]
            logits = (part @ weight.T).float()
            whole = logits.logsumexp(-1, keepdim=True)
            total += (whole - (1 - smoothing) * logits.gather(1, own)).sum()
            if smoothing:
                total -= smoothing * logits.mean(-1).sum()
            if gradient is not None:
                share = logits.sub_(whole).exp_().sub_(smoothing / logits.shape[-1])
                share.scatter_add_(1, own, torch.full_like(whole, smoothing - 1))
                gradient[start : start + _HEAD_ROWS] = share.to(hidden.dtype) @ weight
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
        """Return the gradient of the hidden states."""
        (gradient,) = ctx.saved_tensors
        return gradient * gradients[0].to(gradient.dtype), None, None, None


def _keys(values: Any, block: Block) -> Any:
    own = values[:, block.start : block.end]
    if block.prefix_start == block.prefix_end:
        return own
    return torch.cat([values[:, block.prefix_start : block.prefix_end], own], dim=1)


def _add_keys(total: Any, block: Block, gradient: Any) -> None:
    shared = block.prefix_end - block.prefix_start
    total[:, block.start : block.end] += gradient[:, shared:]
    if shared:
        total[:, block.prefix_start : block.prefix_end] += gradient[:, :shared]
