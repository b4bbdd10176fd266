"""Training: the same bytes each time, resumable at any step, and something is learned."""

import math
import random

import pytest

from columnist.errors import BaseModelError, TrainingSetError
from columnist.modeling.adapters import open_adapter
from columnist.modeling.encoding import IGNORED, Row
from columnist.modeling.training import Progress, train_adapter
from columnist.modeling.training.batches import pack_rows


class Killed(Exception):
    """Stands for a kill signal."""


def train(training_set, config, folder, on_progress=None):
    return train_adapter(training_set, config, folder / "adapter", folder / "checkpoint.safetensors", on_progress)


def train_until(step, training_set, config, folder) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    with pytest.raises(Killed):
        train(training_set, config, folder, stop)


def test_the_same_inputs_give_the_same_bytes(small_training_set, small_config, trained_adapter, tmp_path):
    again = train(small_training_set, small_config, tmp_path)
    assert again.digest == trained_adapter.digest


def test_another_seed_gives_other_bytes(small_training_set, small_config, trained_adapter, tmp_path):
    other = small_config.model_copy(update={"seed": small_config.seed + 1})
    assert train(small_training_set, other, tmp_path).digest != trained_adapter.digest


def test_the_random_state_of_the_caller_does_not_matter(small_training_set, small_config, trained_adapter, tmp_path):
    import torch

    random.seed(99)
    torch.manual_seed(99)
    assert train(small_training_set, small_config, tmp_path).digest == trained_adapter.digest


@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_a_resumed_run_ends_with_the_bytes_of_an_unbroken_one(
    small_training_set, small_config, trained_adapter, tmp_path, step
):
    train_until(step, small_training_set, small_config, tmp_path)
    seen = []
    resumed = train(small_training_set, small_config, tmp_path, lambda progress: seen.append(progress.step))
    assert resumed.digest == trained_adapter.digest
    # A checkpoint is written after every second step: nothing before the last one is done twice.
    assert seen[0] == step - step % small_config.checkpoint_every_steps + 1


def test_a_run_killed_twice_ends_with_the_same_bytes(small_training_set, small_config, trained_adapter, tmp_path):
    train_until(3, small_training_set, small_config, tmp_path)
    train_until(5, small_training_set, small_config, tmp_path)
    assert train(small_training_set, small_config, tmp_path).digest == trained_adapter.digest


def test_a_checkpoint_of_other_inputs_is_ignored(small_training_set, small_config, trained_adapter, tmp_path):
    train_until(3, small_training_set, small_config.model_copy(update={"learning_rate": 1e-3}), tmp_path)
    seen = []
    adapter = train(small_training_set, small_config, tmp_path, lambda progress: seen.append(progress.step))
    assert adapter.digest == trained_adapter.digest
    assert seen[0] == 1


def test_a_checkpoint_of_another_training_set_is_ignored(small_training_set, small_config, tmp_path):
    train_until(3, small_training_set, small_config, tmp_path)
    fewer = small_training_set.model_copy(update={"train": small_training_set.train[1:]})
    seen = []
    train(fewer, small_config, tmp_path, lambda progress: seen.append(progress.step))
    assert seen[0] == 1


def test_an_interrupted_run_leaves_no_adapter(small_training_set, small_config, tmp_path):
    train_until(3, small_training_set, small_config, tmp_path)
    assert not (tmp_path / "adapter").exists()


def test_something_is_learned(small_training_set, small_config, tmp_path):
    config = small_config.model_copy(update={"epochs": 9, "checkpoint_every_steps": 1000})
    losses = [
        point.train_loss for point in train(small_training_set, config, tmp_path).card.history if point.train_loss
    ]
    assert len(losses) >= 30
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_the_first_loss_is_that_of_the_base_model(small_training_set, small_config, tmp_path):
    """A new adapter changes nothing; the loss then is the model's own, worked out slot by slot."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from columnist.modeling.encoding import encode_lead, encode_prefix
    from columnist.modeling.prompts import PromptKind, render_prompts

    one = small_training_set.model_copy(update={"train": small_training_set.train[:1], "validation": ()})
    config = small_config.model_copy(update={"epochs": 1, "batch_tokens": 20_000, "max_row_tokens": 20_000})
    (point,) = train(one, config, tmp_path).card.history
    model = AutoModelForCausalLM.from_pretrained(config.base_model).float().eval()
    tokenizer = AutoTokenizer.from_pretrained(config.base_model)
    (example,) = one.train
    (prompt,) = render_prompts(example.table, PromptKind.COMPACT)
    total, count = 0.0, 0
    for slot, text in zip(prompt.slots, (example.reference.table, *example.reference.columns), strict=True):
        before = [*encode_prefix(tokenizer, prompt), *encode_lead(tokenizer, slot.lead)]
        answer = [*tokenizer(f" {text}", add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
        with torch.inference_mode():
            logits = model(input_ids=torch.tensor([before + answer])).logits[0, len(before) - 1 : -1]
        total += torch.nn.functional.cross_entropy(logits, torch.tensor(answer), reduction="sum").item()
        count += len(answer)
    # Training may run in bfloat16, which has eight bits of precision.
    assert point.train_loss == pytest.approx(total / count, rel=1e-2)


def test_the_card_says_what_was_trained(small_training_set, small_config, trained_adapter):
    card = open_adapter(trained_adapter.folder).card
    assert card == trained_adapter.card
    assert card.training_set_sha256 == small_training_set.digest
    assert card.train_examples == len(small_training_set.train)
    assert card.base_model_license == "mit"
    assert card.training_config == small_config.model_dump(mode="json")
    assert card.trained_tokens > 0
    assert [point.step for point in card.history] == list(range(1, len(card.history) + 1))


def test_validation_losses_come_at_their_steps_and_at_the_end(small_config, trained_adapter):
    history = trained_adapter.card.history
    watched = [point.step for point in history if point.validation_loss is not None]
    every = small_config.validate_every_steps
    assert watched == sorted({*range(every, len(history) + 1, every), len(history)})


def test_an_empty_validation_split_is_not_watched(small_training_set, small_config, tmp_path):
    card = train(small_training_set.model_copy(update={"validation": ()}), small_config, tmp_path).card
    assert {point.validation_loss for point in card.history} == {None}


def test_progress_says_how_far_the_run_is(small_training_set, small_config, tmp_path):
    seen = []
    train(small_training_set, small_config, tmp_path, seen.append)
    assert [progress.step for progress in seen] == list(range(1, seen[0].steps + 1))
    assert seen[-1].eta_s == 0
    assert all(progress.tokens_per_s > 0 for progress in seen)
    assert set(seen[-1].metrics()) == {"train_loss", "tokens_per_s", "validation_loss"}
    assert "validation" in seen[-1].summary()
    assert "validation" not in seen[0].summary()


def test_a_training_set_whose_tables_are_all_too_long_is_refused(small_training_set, small_config, tmp_path):
    with pytest.raises(TrainingSetError, match=r"no training example fits into 64 tokens \(max_row_tokens\)"):
        train(small_training_set, small_config.model_copy(update={"max_row_tokens": 64}), tmp_path)


def test_an_empty_training_set_is_refused(small_training_set, small_config, tmp_path):
    with pytest.raises(TrainingSetError):
        train(small_training_set.model_copy(update={"train": ()}), small_config, tmp_path)


def test_an_unknown_base_model_is_refused(small_training_set, small_config, tmp_path):
    with pytest.raises(BaseModelError):
        train(small_training_set, small_config.model_copy(update={"base_model": "nope"}), tmp_path)


def test_target_modules_may_be_a_list(small_training_set, small_config, tmp_path):
    import safetensors

    config = small_config.model_copy(update={"target_modules": ("q_proj", "v_proj"), "epochs": 1})
    adapter = train(small_training_set, config, tmp_path)
    with safetensors.safe_open(adapter.folder / "adapter_model.safetensors", framework="pt") as opened:
        assert {name.split(".")[-3] for name in opened.keys()} == {"q_proj", "v_proj"}  # noqa: SIM118


def test_target_modules_that_the_model_does_not_have_are_refused(small_training_set, small_config, tmp_path):
    from columnist.errors import ConfigError

    with pytest.raises(ConfigError, match="target_modules"):
        train(small_training_set, small_config.model_copy(update={"target_modules": ("nope",)}), tmp_path)


def row(length: int) -> Row:
    return Row(tokens=(1,) * length, labels=(IGNORED,) * length, segments=(0,) * length, positions=tuple(range(length)))


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_batches_hold_every_row_once_and_respect_their_size(seed):
    rows = [row(length) for length in (5, 90, 40, 7, 7, 130, 60, 3)]
    batches = pack_rows(rows, 120, random.Random(seed) if seed else None)
    assert sorted(len(r.tokens) for batch in batches for r in batch) == sorted(len(r.tokens) for r in rows)
    for batch in batches:
        # A row that is too long by itself goes alone.
        assert len(batch) == 1 or len(batch) * max(len(r.tokens) for r in batch) <= 120


def test_epochs_are_shuffled_differently():
    rows = [row(length) for length in range(10, 60)]
    first, second = (pack_rows(rows, 120, random.Random(f"7/{epoch}")) for epoch in (0, 1))
    assert first != second


def test_losses_are_finite(trained_adapter):
    assert all(math.isfinite(point.train_loss) for point in trained_adapter.card.history)
