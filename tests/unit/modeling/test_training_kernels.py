"""Kernels: the values and gradients of the plain formulas."""

import pytest


@pytest.fixture
def rows(small_training_set, keen_base_model):
    from transformers import AutoTokenizer

    from columnist.modeling.encoding import encode_rows
    from columnist.modeling.prompts import PromptKind, render_prompts

    tokenizer = AutoTokenizer.from_pretrained(keen_base_model)
    return [
        row
        for example in small_training_set.train[:4]
        for row in encode_rows(tokenizer, render_prompts(example.table, PromptKind.COMPACT), example.reference, 3000)
    ]


@pytest.fixture
def losses(keen_base_model, small_config):
    """The loss of the model's own code and that of the kernels, each with its model in float32."""
    import torch

    from columnist.modeling.base_models import resolve_base_model
    from columnist.modeling.training.loss import make_loss, padded_loss
    from columnist.modeling.training.model import build_model

    plain, fast = (
        build_model(resolve_base_model(str(keen_base_model)), small_config, "cpu", torch.float32) for _ in range(2)
    )
    for model in (plain, fast):
        torch.manual_seed(8)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.1)
    loss = make_loss(fast, 0, torch.float32)
    return (plain, lambda batch, smoothing: padded_loss(plain, batch, 0, torch.float32, smoothing)), (fast, loss)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_losses_and_gradients_are_those_of_the_models_own_code(losses, rows, smoothing):
    import torch

    (plain, expected), (fast, found) = losses
    assert fast.get_base_model().config._attn_implementation == "columnist_blocks"
    one, other = expected(rows, smoothing), found(rows, smoothing)
    assert other.item() == pytest.approx(one.item(), rel=1e-5)
    one.backward()
    other.backward()
    gradients = [{n: p.grad for n, p in model.named_parameters() if p.requires_grad} for model in (plain, fast)]
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        assert gradient.abs().max() > 0
        torch.testing.assert_close(gradients[1][name], gradient, rtol=2e-3, atol=2e-4)


def test_small_blocks_change_nothing(losses, rows, monkeypatch):
    from columnist.modeling.training import blocks

    _, (_, found) = losses
    whole = found(rows, 0.0).item()
    monkeypatch.setattr(blocks, "_BLOCK_TOKENS", 1)
    assert found(rows, 0.0).item() == pytest.approx(whole, rel=1e-5)


def test_a_batch_is_the_sum_of_its_rows(losses, rows):
    _, (_, found) = losses
    assert found(rows, 0.0).item() == pytest.approx(sum(found([row], 0.0).item() for row in rows), rel=1e-5)


@pytest.mark.parametrize("bias", [True, False])
def test_lora_on_a_linear_layer(bias):
    import torch

    from columnist.modeling.training.kernels import LoraLinear

    torch.manual_seed(2)
    x, weight, a, b = (torch.randn(*shape, dtype=torch.float64) for shape in ((2, 5, 6), (7, 6), (3, 6), (7, 3)))
    shift = torch.randn(7, dtype=torch.float64) if bias else None
    for tensor in (x, a, b):
        tensor.requires_grad_()
    plain = torch.nn.functional.linear(x, weight, shift) + 2 * (x @ a.T) @ b.T
    found = LoraLinear.apply(x, weight, shift, a, b, 2.0)
    torch.testing.assert_close(found, plain)
    upstream = torch.randn_like(plain)
    for one, other in zip(
        torch.autograd.grad(found, (x, a, b), upstream), torch.autograd.grad(plain, (x, a, b), upstream), strict=True
    ):
        # Gradients of the weights are handed over in float32.
        torch.testing.assert_close(one.double(), other, rtol=1e-5, atol=1e-5)


def test_root_mean_square_normalisation():
    import torch

    from columnist.modeling.training.kernels import RmsNorm

    torch.manual_seed(2)
    x, weight = torch.randn(2, 5, 6, requires_grad=True), torch.randn(6)
    plain = x * (x.square().mean(-1, keepdim=True) + 0.1).rsqrt() * weight
    found = RmsNorm.apply(x, weight, 0.1)
    torch.testing.assert_close(found, plain)
    upstream = torch.randn_like(plain)
    torch.testing.assert_close(*(torch.autograd.grad(y, x, upstream)[0] for y in (found, plain)))
