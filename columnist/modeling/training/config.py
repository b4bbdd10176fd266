"""What to train and how: the configuration, and the learning rate it gives each step."""

import math
from enum import StrEnum

from pydantic import Field

from columnist.values import Value


class Schedule(StrEnum):
    """How the learning rate falls after the warm-up."""

    COSINE = "cosine"
    LINEAR = "linear"
    CONSTANT = "constant"


class Quantize(StrEnum):
    """How the frozen base model is held: in the computing precision, or in 4 bits (QLoRA)."""

    NONE = "none"
    NF4 = "nf4"


class TrainingConfig(Value):
    """What to train and how; ``configs/train`` gives the reason for each value.

    Attributes:
        base_model: See ``columnist.modeling.base_models``.
        epochs: Passes over the training examples.
        max_steps: Ends the run after so many optimizer steps, for a budget; the
            learning rate then falls over these steps.
        learning_rate: Peak rate; it warms up, then falls to ``final_rate_share`` of it.
        warmup_share: Share of the steps spent warming up.
        label_smoothing: Share of each label's weight that is spread over the vocabulary.
            Validation losses are not smoothed, so that they compare across values.
        first_lora_layer: Decoder layers below this one get no adapter and no backward pass.
        quantize: ``nf4`` holds the base in 4 bits; needs a CUDA device and the ``gpu`` extra.
        batch_tokens: Tokens of one micro-batch, padding included; bounds memory.
        accumulate: Micro-batches of one optimizer step.
        max_row_tokens: Rows longer than this are split; bounds memory.
        validate_every_steps: Steps between validation losses.
        patience: Validations in a row without a better loss after which the run stops.
            The best weights are then kept, also if the run gets to its end. Without it
            the last weights are kept.
        checkpoint_every_steps: Steps between checkpoints; at most this much work is lost.
    """

    base_model: str
    seed: int
    epochs: int = Field(ge=1)
    max_steps: int | None = Field(default=None, ge=1)
    learning_rate: float = Field(gt=0, lt=1)
    schedule: Schedule = Schedule.COSINE
    final_rate_share: float = Field(default=0.1, ge=0, le=1)
    warmup_share: float = Field(ge=0, lt=1)
    weight_decay: float = Field(ge=0)
    max_gradient_norm: float = Field(gt=0)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)
    lora_r: int = Field(ge=1)
    lora_alpha: int = Field(ge=1)
    lora_dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: str | tuple[str, ...]
    first_lora_layer: int = Field(default=0, ge=0)
    quantize: Quantize = Quantize.NONE
    batch_tokens: int = Field(ge=64)
    accumulate: int = Field(default=1, ge=1)
    max_row_tokens: int = Field(ge=64)
    validate_every_steps: int = Field(ge=1)
    patience: int | None = Field(default=None, ge=1)
    checkpoint_every_steps: int = Field(ge=1)

    def rate(self, step: int, steps: int) -> float:
        """Return the learning rate of a step, counted from 0.

        Args:
            step: The step.
            steps: Steps of the whole run.
        """
        return self.learning_rate * _share(step, steps, self.warmup_share, self.schedule, self.final_rate_share)


def _share(step: int, steps: int, warmup_share: float, schedule: Schedule, final: float) -> float:
    """Return the share of the peak learning rate at a step: linear warm-up, then the schedule.

    Example:
        >>> [round(_share(step, 10, 0.2, Schedule.COSINE, 0.1), 2) for step in (0, 1, 2, 9)]
        [0.5, 1.0, 1.0, 0.13]
        >>> [round(_share(step, 10, 0.2, Schedule.LINEAR, 0.0), 2) for step in (2, 6, 9)]
        [1.0, 0.5, 0.12]
    """
    warmup = max(1, round(steps * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    left = {
        Schedule.COSINE: 0.5 * (1 + math.cos(math.pi * progress)),
        Schedule.LINEAR: 1 - progress,
        Schedule.CONSTANT: 1.0,
    }[schedule]
    return final + (1 - final) * left
