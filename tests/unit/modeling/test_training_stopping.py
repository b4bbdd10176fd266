"""Early stopping, budgets, accumulation: what they change and what they leave alone."""

import pytest
from pydantic import ValidationError

from columnist.errors import ConfigError
from columnist.modeling.adapters import Stopped
from columnist.modeling.curves import render_adapter_card, render_curves
from columnist.modeling.training import Progress, train_adapter
from columnist.modeling.training.batches import count_labels, count_tokens, plan_steps
from columnist.modeling.training.config import Schedule
from columnist.modeling.training.stopping import best_step


class Killed(Exception):
    """Stands for a kill signal."""


def train(training_set, config, folder, on_progress=None):
    folder.mkdir(exist_ok=True)
    return train_adapter(training_set, config, folder / "adapter", folder / "checkpoint.safetensors", on_progress)


@pytest.fixture(scope="session")
def overfitting(small_config):
    """Learns so fast that the validation loss soon rises."""
    return small_config.model_copy(
        update={"epochs": 12, "learning_rate": 0.1, "validate_every_steps": 2, "patience": 2, "lora_dropout": 0.1}
    )


@pytest.fixture(scope="session")
def stopped_early(small_training_set, overfitting, tmp_path_factory):
    return train(small_training_set, overfitting, tmp_path_factory.mktemp("stopped"))


def test_a_run_stops_when_validation_no_longer_gets_better(stopped_early, overfitting):
    card = stopped_early.card
    assert card.stopped is Stopped.PATIENCE
    watched = [point.step for point in card.history if point.validation_loss is not None]
    assert card.kept_step == best_step(card.history)
    assert watched.index(card.kept_step) == len(watched) - 1 - overfitting.patience
    assert card.history[-1].step == watched[-1]


def test_the_best_weights_are_the_ones_that_are_saved(small_training_set, stopped_early, overfitting, tmp_path):
    """A run that is cut at the best step has the very same weights, if its learning rate fell alike."""
    constant = overfitting.model_copy(update={"schedule": Schedule.CONSTANT, "warmup_share": 0.0})
    whole = train(small_training_set, constant, tmp_path / "whole")
    cut = constant.model_copy(update={"max_steps": whole.card.kept_step, "patience": None})
    short = train(small_training_set, cut, tmp_path / "cut")
    assert whole.card.kept_step < len(whole.card.history)
    assert short.card.stopped is Stopped.MAX_STEPS
    assert weights(whole) == weights(short)


def weights(adapter) -> bytes:
    return (adapter.folder / "adapter_model.safetensors").read_bytes()


@pytest.mark.parametrize("after", [1, 4])
def test_stopping_and_the_best_weights_survive_an_interruption(
    small_training_set, overfitting, stopped_early, tmp_path, after
):
    step = stopped_early.card.kept_step + after - 1

    def stop(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    with pytest.raises(Killed):
        train(small_training_set, overfitting, tmp_path, stop)
    assert train(small_training_set, overfitting, tmp_path).digest == stopped_early.digest


def test_patience_keeps_the_best_weights_also_at_the_end(small_training_set, small_config, tmp_path):
    patient = small_config.model_copy(update={"patience": 1000, "learning_rate": 0.2, "epochs": 6})
    card = train(small_training_set, patient, tmp_path).card
    assert card.stopped is Stopped.FINISHED
    assert card.kept_step == best_step(card.history)


def test_without_validation_nothing_stops_a_run(small_training_set, overfitting, tmp_path):
    unwatched = small_training_set.model_copy(update={"validation": ()})
    card = train(unwatched, overfitting.model_copy(update={"epochs": 1}), tmp_path).card
    assert (card.stopped, card.kept_step) == (Stopped.FINISHED, len(card.history))


def test_a_budget_ends_a_run_and_its_schedule(small_training_set, small_config, tmp_path):
    config = small_config.model_copy(update={"max_steps": 2})
    card = train(small_training_set, config, tmp_path).card
    assert (card.stopped, len(card.history)) == (Stopped.MAX_STEPS, 2)
    assert card.history[-1].validation_loss is not None
    assert card.trained_tokens < train(small_training_set, small_config, tmp_path / "all").card.trained_tokens


def test_accumulated_micro_batches_are_one_step(small_training_set, small_config, tmp_path):
    """One micro-batch of all rows and many small ones give the same losses: every label weighs the same."""
    base = {"epochs": 5, "validate_every_steps": 1}
    whole = small_config.model_copy(update={**base, "batch_tokens": 100_000})
    split = small_config.model_copy(update={**base, "batch_tokens": 1500, "accumulate": 1000})
    one, many = (
        train(small_training_set, config, tmp_path / name).card for name, config in (("a", whole), ("b", split))
    )
    assert len(one.history) == len(many.history) == 5
    for left, right in zip(one.history, many.history, strict=True):
        # In bfloat16 a sum depends on the shape of the batch.
        assert left.train_loss == pytest.approx(right.train_loss, rel=1e-2)


def test_a_plan_has_all_rows_in_steps_of_so_many_batches(row_of):
    rows = [row_of(length) for length in range(10, 60)]
    plan = plan_steps(rows, seed=1, epochs=2, batch_tokens=120, accumulate=3, max_steps=None)
    assert {len(step) for step in plan} <= {1, 2, 3}
    assert sum(count_tokens(step) for step in plan) == 2 * sum(range(10, 60))
    assert sum(count_labels(step) for step in plan) == 2 * 50
    assert plan_steps(rows, 1, 2, 120, 3, max_steps=4) == plan[:4]


@pytest.fixture
def row_of():
    from columnist.modeling.encoding import IGNORED, Row

    def make(length: int) -> Row:
        labels = (*(IGNORED,) * (length - 1), 1)
        return Row(tokens=(1,) * length, labels=labels, segments=(0,) * length, positions=tuple(range(length)))

    return make


def test_smoothing_raises_the_training_loss_and_not_the_validation_loss(small_training_set, small_config, tmp_path):
    once = small_config.model_copy(update={"max_steps": 1, "learning_rate": 1e-9})
    plain, smooth = (
        train(small_training_set, once.model_copy(update={"label_smoothing": share}), tmp_path / str(share)).card
        for share in (0.0, 0.5)
    )
    assert plain.history[0].train_loss != smooth.history[0].train_loss
    assert plain.history[0].validation_loss == pytest.approx(smooth.history[0].validation_loss, abs=1e-3)


def test_lower_layers_can_be_left_alone(small_training_set, small_config, tmp_path):
    import safetensors

    adapter = train(small_training_set, small_config.model_copy(update={"first_lora_layer": 1, "epochs": 1}), tmp_path)
    with safetensors.safe_open(adapter.folder / "adapter_model.safetensors", framework="pt") as opened:
        assert {name.split("layers.")[1][0] for name in opened.keys()} == {"1"}  # noqa: SIM118


@pytest.mark.parametrize(
    ("change", "message"),
    [({"first_lora_layer": 2}, "has layers 0 to 1, but 2 was given"), ({"quantize": "nf4"}, "needs a CUDA device")],
)
def test_what_cannot_be_had_is_said_in_one_line(small_training_set, small_config, tmp_path, change, message):
    config = type(small_config).model_validate({**small_config.model_dump(), **change})
    with pytest.raises(ConfigError, match=message) as caught:
        train(small_training_set, config, tmp_path)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "change",
    [{"label_smoothing": 1}, {"accumulate": 0}, {"patience": 0}, {"max_steps": 0}, {"schedule": "steps"}, {"x": 1}],
)
def test_settings_out_of_range_are_refused(small_config, change):
    with pytest.raises(ValidationError):
        type(small_config).model_validate({**small_config.model_dump(), **change})


def test_the_curves_and_the_card_show_where_it_stopped(stopped_early):
    card = stopped_early.card
    assert render_curves(card) != render_curves(card.model_copy(update={"stopped": Stopped.FINISHED}))
    text = render_adapter_card(card)
    assert f"of step {card.kept_step} of {len(card.history)}" in text
    assert "validation losses that no longer fell" in text
    assert f"- trained on: {card.device} in {card.precision}, torch {card.libraries['torch']}" in text
