"""LoRA training with a completion-only loss, resumable after any interruption.

A hand-written loop instead of a trainer framework: rows carry their own attention
mask (see ``encoding``), the head runs only where there is a label, and a checkpoint
is one safetensors file. ``docs/adr/0005-training-loop.md`` has the reasons and figures.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from columnist.digests import canonical_json
from columnist.errors import ConfigError, TrainingSetError
from columnist.modeling.adapters import CARD, Adapter, AdapterCard, HistoryPoint
from columnist.modeling.base_models import BaseModel, load_model, load_tokenizer, resolve_base_model
from columnist.modeling.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from columnist.modeling.devices import pick_device, pick_dtype
from columnist.modeling.encoding import IGNORED, Row, collate, encode_rows
from columnist.modeling.prompts import PromptKind, prompt_digest, render_prompts
from columnist.synthesis.examples import Example, TrainingSet
from columnist.values import Value


class TrainingConfig(Value):
    """What to train and how; ``configs/train`` gives the reason for each value.

    Attributes:
        base_model: See ``columnist.modeling.base_models``.
        epochs: Passes over the training examples.
        learning_rate: Peak rate; it warms up, then falls along a cosine to a tenth.
        warmup_share: Share of the steps spent warming up.
        batch_tokens: Tokens of one optimizer step, padding included.
        max_row_tokens: Rows longer than this are split; bounds memory.
        validate_every_steps: Steps between validation losses.
        checkpoint_every_steps: Steps between checkpoints; at most this much work is lost.
    """

    base_model: str
    seed: int
    epochs: int = Field(ge=1)
    learning_rate: float = Field(gt=0, lt=1)
    warmup_share: float = Field(ge=0, lt=1)
    weight_decay: float = Field(ge=0)
    max_gradient_norm: float = Field(gt=0)
    lora_r: int = Field(ge=1)
    lora_alpha: int = Field(ge=1)
    target_modules: str | tuple[str, ...]
    batch_tokens: int = Field(ge=64)
    max_row_tokens: int = Field(ge=64)
    validate_every_steps: int = Field(ge=1)
    checkpoint_every_steps: int = Field(ge=1)


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


def train_adapter(
    training_set: TrainingSet,
    config: TrainingConfig,
    folder: Path,
    checkpoint: Path,
    on_progress: Callable[[Progress], None] | None = None,
) -> Adapter:
    """Train a LoRA adapter and write it to a folder.

    The same inputs, seed, library versions and number of threads give the same
    bytes; across processors or thread counts sums are rounded in another order.

    Args:
        training_set: Its train split is learned, its validation split watched.
        config: The resolved configuration.
        folder: Where to write the adapter; must not exist.
        checkpoint: A file to resume from if it is there, and to keep up to date.
        on_progress: Called after every step.

    Raises:
        BaseModelError: The base model cannot be used.
        ConfigError: The base model has none of the target modules.
        TrainingSetError: There is nothing to train on.
    """
    base = resolve_base_model(config.base_model)
    tokenizer = load_tokenizer(base)
    trainer = _Trainer(base, tokenizer, training_set, config)
    state = load_checkpoint(checkpoint, trainer.fingerprint())
    history = trainer.run(state, checkpoint, on_progress or (lambda _: None))
    return trainer.save(folder, history)


class _Trainer:
    """One training run: the model, its optimizer and the plan of batches."""

    def __init__(self, base: BaseModel, tokenizer: Any, training_set: TrainingSet, config: TrainingConfig):
        import torch

        self.base, self.tokenizer, self.training_set, self.config = base, tokenizer, training_set, config
        self.device = pick_device()
        self.dtype = pick_dtype(self.device)
        self.rows = self._encode(training_set.train, "train")
        self.validation = _pack(self._encode(training_set.validation, "validation"), config.batch_tokens, None)
        self.plan = self._plan_batches()
        torch.manual_seed(config.seed)
        self.model = self._add_lora(load_model(base, dtype=self.dtype, attn_implementation="eager")).to(self.device)
        self.parameters = {name: p for name, p in self.model.named_parameters() if p.requires_grad}
        self.optimizer = torch.optim.AdamW(
            self.parameters.values(), lr=config.learning_rate, weight_decay=config.weight_decay, betas=(0.9, 0.99)
        )

    def fingerprint(self) -> dict[str, str]:
        """Return what a checkpoint has to agree on to be resumed from."""
        return {
            "config": canonical_json(self.config.model_dump(mode="json")),
            "training_set": self.training_set.digest,
            "base_model": self.base.digest,
            "prompt": prompt_digest(),
        }

    def run(
        self, state: Checkpoint | None, file: Path, on_progress: Callable[[Progress], None]
    ) -> tuple[HistoryPoint, ...]:
        """Train to the end of the plan, from the checkpoint if there is one."""
        history: list[HistoryPoint] = []
        first = 0
        if state:
            state.restore(self.parameters, self.optimizer)
            first, history = state.step, list(state.history)
            logging.getLogger("columnist").info("going on from step %d of %d", first, len(self.plan))
        started, tokens = time.monotonic(), 0
        for step in range(first, len(self.plan)):
            batch = self.plan[step]
            loss = self._step(step, batch)
            tokens += sum(len(row.tokens) for row in batch)
            done = step + 1
            watched = None
            if done % self.config.validate_every_steps == 0 or done == len(self.plan):
                watched = self.validation_loss()
            history.append(HistoryPoint(step=done, train_loss=round(loss, 5), validation_loss=watched))
            if done % self.config.checkpoint_every_steps == 0 and done < len(self.plan):
                save_checkpoint(file, self.fingerprint(), done, history, self.parameters, self.optimizer)
            elapsed = time.monotonic() - started
            eta_s = elapsed / (done - first) * (len(self.plan) - done)
            on_progress(Progress(done, len(self.plan), loss, watched, tokens / elapsed, eta_s))
        return tuple(history)

    def validation_loss(self) -> float | None:
        """Return the mean loss over the validation split in nats a token, or ``None`` if it is empty."""
        import torch

        if not self.validation:
            return None
        total, count = 0.0, 0
        self.model.eval()
        with torch.no_grad():
            for batch in self.validation:
                loss, labels = self._loss(batch)
                total, count = total + loss.item(), count + labels
        self.model.train()
        return round(total / count, 5)

    def save(self, folder: Path, history: tuple[HistoryPoint, ...]) -> Adapter:
        """Write the adapter in bfloat16 with its card; the folder appears complete or not at all."""
        import torch
        from peft import get_peft_model_state_dict
        from safetensors.torch import save_file

        part = folder.with_name(folder.name + ".part")
        part.mkdir(parents=True)
        state = get_peft_model_state_dict(self.model)
        weights = {name: state[name].detach().to("cpu", torch.bfloat16).contiguous() for name in sorted(state)}
        save_file(weights, part / "adapter_model.safetensors", metadata={"format": "pt"})
        self._save_config(part)
        card = AdapterCard(
            base_model=self.config.base_model,
            base_model_digest=self.base.digest,
            base_model_license=self.base.license,
            prompt=PromptKind.COMPACT,
            prompt_sha256=prompt_digest(),
            training_config=self.config.model_dump(mode="json"),
            training_set_sha256=self.training_set.digest,
            train_examples=len(self.training_set.train),
            trained_tokens=sum(_labelled(row) for batch in self.plan for row in batch),
            history=history,
        )
        (part / CARD).write_text(card.model_dump_json(indent=1))
        part.rename(folder)
        return Adapter(folder=folder, card=card)

    def _save_config(self, folder: Path) -> None:
        config = self.model.peft_config["default"]
        # peft keeps the matched modules in a set and the base's path: order and place must not reach the digest.
        config.base_model_name_or_path = self.config.base_model
        config.inference_mode = True
        if isinstance(config.target_modules, set):
            config.target_modules = sorted(config.target_modules)
        config.save_pretrained(folder)

    def _encode(self, examples: Sequence[Example], split: str) -> list[Row]:
        rows = [
            row
            for example in examples
            for row in encode_rows(
                self.tokenizer,
                render_prompts(example.table, PromptKind.COMPACT),
                example.reference,
                self.config.max_row_tokens,
            )
        ]
        if not rows and split == "train":
            raise TrainingSetError(
                f"no training example fits into {self.config.max_row_tokens} tokens (max_row_tokens); "
                f"{len(examples)} examples came. Raise it or synthesize smaller tables"
            )
        return rows

    def _plan_batches(self) -> list[list[Row]]:
        epochs = range(self.config.epochs)
        return [
            batch
            for epoch in epochs
            for batch in _pack(self.rows, self.config.batch_tokens, random.Random(f"{self.config.seed}/{epoch}"))
        ]

    def _add_lora(self, model: Any) -> Any:
        from peft import LoraConfig, get_peft_model

        modules = self.config.target_modules
        config = LoraConfig(
            r=self.config.lora_r,
            lora_alpha=self.config.lora_alpha,
            lora_dropout=0.0,
            target_modules=modules if isinstance(modules, str) else list(modules),
            task_type="CAUSAL_LM",
        )
        try:
            return get_peft_model(model, config).train()
        except ValueError as error:
            raise ConfigError(
                f"target_modules: {self.config.base_model} has no modules named {modules}; "
                "expected names of its linear layers, or all-linear"
            ) from error

    def _step(self, step: int, batch: Sequence[Row]) -> float:
        import torch

        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * _schedule(step, len(self.plan), self.config.warmup_share)
        loss, labels = self._loss(batch)
        mean = loss / labels
        mean.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.config.max_gradient_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(mean.item())

    def _loss(self, batch: Sequence[Row]) -> tuple[Any, int]:
        """Return the summed loss of a batch and the number of labels in it."""
        import torch

        tensors = collate(batch, self.tokenizer.pad_token_id or 0, self.device)
        decoder, head = self.model.get_base_model().get_decoder(), self.model.get_base_model().get_output_embeddings()
        low = torch.finfo(self.dtype).min
        mask = torch.zeros(tensors["mask"].shape, dtype=self.dtype, device=self.device)
        mask.masked_fill_(~tensors["mask"], low)
        with torch.autocast(self.device, dtype=self.dtype, enabled=self.dtype is not torch.float32):
            hidden = decoder(
                input_ids=tensors["tokens"],
                attention_mask=mask,
                position_ids=tensors["positions"],
                use_cache=False,
            ).last_hidden_state
            following = tensors["labels"][:, 1:]
            learned = following != IGNORED
            # The head over the vocabulary is a fifth of the work; it runs only where there is a label.
            logits = head(hidden[:, :-1][learned]).float()
        loss = torch.nn.functional.cross_entropy(logits, following[learned], reduction="sum")
        return loss, int(learned.sum())


def _pack(rows: Sequence[Row], batch_tokens: int, order: random.Random | None) -> list[list[Row]]:
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
    batches: list[list[Row]] = []
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


def _schedule(step: int, steps: int, warmup_share: float) -> float:
    """Return the share of the peak learning rate at a step: linear warm-up, cosine to a tenth.

    Example:
        >>> [round(_schedule(step, 10, 0.2), 2) for step in (0, 1, 2, 9)]
        [0.5, 1.0, 1.0, 0.13]
    """
    warmup = max(1, round(steps * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress))


def _labelled(row: Row) -> int:
    return sum(label != IGNORED for label in row.labels)
