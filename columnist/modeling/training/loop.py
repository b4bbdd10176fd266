"""The loop: steps of micro-batches, validation, checkpoints, and where it ends."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from columnist.modeling.adapters import HistoryPoint, Stopped
from columnist.modeling.checkpoints import Checkpoint, save_checkpoint
from columnist.modeling.training.batches import Batch, Step, count_labels, count_tokens
from columnist.modeling.training.config import TrainingConfig
from columnist.modeling.training.interruption import SIGNALS, TrainingInterrupted, noticing_signals
from columnist.modeling.training.loss import make_loss
from columnist.modeling.training.stopping import best_step, is_exhausted
from columnist.modeling.training.team import Team


class Progress(NamedTuple):
    """Where a training run stands; speed counts unpadded tokens, learned or read."""

    step: int
    steps: int
    train_loss: float
    validation_loss: float | None
    tokens_per_s: float
    eta_s: float

    def summary(self) -> str:
        """Return the figures a person watches, in one line."""
        watched = "" if self.validation_loss is None else f", validation {self.validation_loss:.3f}"
        return f"loss {self.train_loss:.3f}{watched}, {self.tokens_per_s:.0f} tokens/s"

    def metrics(self) -> dict[str, float]:
        """Return the figures by name, for an experiment tracker."""
        numbers = {"train_loss": self.train_loss, "tokens_per_s": self.tokens_per_s}
        return numbers if self.validation_loss is None else {**numbers, "validation_loss": self.validation_loss}


class Loop:
    """The state of a run: weights, optimizer, history and the best weights so far.

    Attributes:
        history: Losses of the steps that were done.
        model: The model in peft's wrapping.
        parameters: The weights that are trained, by name.
    """

    def __init__(
        self,
        model: Any,
        config: TrainingConfig,
        plan: Sequence[Step],
        validation: list[Batch],
        pad_token: int,
        dtype: Any,
        team: Team,
    ):
        import torch

        self.model, self._config, self._plan, self._validation = model, config, plan, validation
        self._loss, self._team = make_loss(model, pad_token, dtype), team
        self.history: list[HistoryPoint] = []
        self.parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self._best: Mapping[str, Any] = {}
        self._optimizer = torch.optim.AdamW(
            self.parameters.values(), lr=config.learning_rate, weight_decay=config.weight_decay, betas=(0.9, 0.99)
        )

    def resume(self, state: Checkpoint) -> None:
        """Go on from a checkpoint."""
        state.restore(self.parameters, self._optimizer)
        self.history, self._best = list(state.history), state.best
        logging.getLogger("columnist").info("going on from step %d of %d", state.step, len(self._plan))

    def run(self, file: Path, fingerprint: Mapping[str, str], on_progress: Callable[[Progress], None]) -> Stopped:
        """Train to the end of the plan, or until validation says that it is enough.

        Args:
            file: Where to keep the checkpoint.
            fingerprint: What a checkpoint has to agree on to be resumed from.
            on_progress: Called after every step.

        Raises:
            TrainingInterrupted: A signal came; the checkpoint holds every step that was done.
        """
        steps, first = len(self._plan), len(self.history)
        started, tokens = time.monotonic(), 0
        with noticing_signals() as request:
            for number in range(first, steps):
                if is_exhausted(self.history, self._config.patience):
                    return self._keep_best(Stopped.PATIENCE)
                point = self._step(number)
                if number + 1 < steps and (number + 1) % self._config.checkpoint_every_steps == 0:
                    self._save(file, fingerprint)
                tokens += count_tokens(self._plan[number])
                elapsed, done = time.monotonic() - started, number + 1
                eta_s = elapsed / (done - first) * (steps - done)
                on_progress(
                    Progress(done, steps, point.train_loss or 0.0, point.validation_loss, tokens / elapsed, eta_s)
                )
                # A launcher may have told only some of the processes.
                signals = [int(number) for number in self._team.add(*(request.number == s for s in SIGNALS))]
                if any(signals) and done < steps:
                    self._save(file, fingerprint)
                    raise TrainingInterrupted(SIGNALS[signals.index(max(signals))], done, steps)
        return self._keep_best(Stopped.MAX_STEPS if steps == self._config.max_steps else Stopped.FINISHED)

    def validation_loss(self) -> float | None:
        """Return the mean loss over the validation split in nats a token, or ``None`` if it is empty."""
        import torch

        if not self._validation:
            return None
        self.model.eval()
        with torch.no_grad():
            (total,) = self._team.add(
                sum(float(self._loss(batch, 0.0)) for batch in self._team.share(self._validation))
            )
        self.model.train()
        return round(total / count_labels(self._validation), 5)

    def _step(self, number: int) -> HistoryPoint:
        loss, done = self._learn(number), number + 1
        watched = None
        if done % self._config.validate_every_steps == 0 or done == len(self._plan):
            watched = self.validation_loss()
        self.history.append(HistoryPoint(step=done, train_loss=round(loss, 5), validation_loss=watched))
        if self._config.patience is not None and watched is not None and best_step(self.history) == done:
            self._best = {name: parameter.detach().clone() for name, parameter in self.parameters.items()}
        return self.history[-1]

    def _learn(self, number: int) -> float:
        """Do one optimizer step and return its mean loss; every label of it weighs the same."""
        import torch

        step = self._plan[number]
        # Of the step alone, so that a resumed run drops the same activations.
        torch.manual_seed(self._config.seed * 1_000_003 + number)
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.rate(number, len(self._plan))
        labels, total = count_labels(step), 0.0
        for batch in self._team.share(step):
            loss = self._loss(batch, self._config.label_smoothing) / labels
            loss.backward()
            total += loss.item()
        (total,) = self._team.add(total)
        self._team.add_gradients(self.parameters.values())
        torch.nn.utils.clip_grad_norm_(self.parameters.values(), self._config.max_gradient_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return total

    def _save(self, file: Path, fingerprint: Mapping[str, str]) -> None:
        if not self._team.is_first:
            return
        save_checkpoint(
            file, fingerprint, len(self.history), self.history, self.parameters, self._optimizer, self._best
        )

    def _keep_best(self, stopped: Stopped) -> Stopped:
        import torch

        with torch.no_grad():
            for name, weights in self._best.items():
                self.parameters[name].copy_(weights)
        return stopped

    @property
    def trained_tokens(self) -> int:
        """Tokens that counted in the loss of the steps that were done."""
        return sum(count_labels(step) for step in self._plan[: len(self.history)])

    @property
    def kept_step(self) -> int:
        """The step whose weights the model has at the end."""
        best = best_step(self.history) if self._config.patience is not None else None
        return best or len(self.history)
