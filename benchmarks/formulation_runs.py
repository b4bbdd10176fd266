"""One form of the task, trained and measured: what ``formulations`` does three times on the same material."""

import json
import random
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.formulation_forms import Form, Reply, decode, encode
from columnist.digests import digest_value
from columnist.errors import TrainingSetError
from columnist.evaluation import ReplyFaults, Similarity, bootstrap_mean, measure_texts
from columnist.modeling.base_models import load_model, load_tokenizer, resolve_base_model
from columnist.modeling.checkpoints import load_checkpoint
from columnist.modeling.devices import pick_dtype
from columnist.modeling.encoding import Row
from columnist.modeling.prompts import Prompt, PromptKind, render_prompts
from columnist.modeling.training.batches import Step, count_labels, count_tokens
from columnist.modeling.training.config import TrainingConfig
from columnist.modeling.training.loop import Loop, Progress
from columnist.modeling.training.model import build_model
from columnist.modeling.training.team import Team
from columnist.synthesis.examples import Example
from columnist.terminal import err
from columnist.values import Value

MEASURED = (
    "structure",
    "semantic_similarity",
    "semantic_similarity_table",
    "chrf",
    "rouge_l",
    "name_echo",
    "repetition",
)
_DEVICE = "cpu"
_LENGTH_GROUPS = 16  # steps whose tables are sorted by length together, which spares padding


class Settings(Value):
    """What all forms share; a result belongs to exactly one of these.

    Attributes:
        train: Tables to learn from.
        tables_per_step: Tables of an optimizer step, the same ones in each form.
        batch: Tables that are decoded at once.
        max_row_tokens: Tables that are longer in any form are left out of all.
        training_set: Digest of the training set.
        prompt: Digest of the prompts, because a form that was tuned on others is another form.
    """

    base_model: str
    seed: int
    train: int
    test: int
    real_tables: int
    steps: int
    tables_per_step: int
    batch: int
    learning_rate: float
    lora_r: int
    max_row_tokens: int
    training_set: str
    prompt: str

    @property
    def digest(self) -> str:
        """Return what tells these settings from others."""
        return digest_value(self.model_dump(mode="json"))

    def config(self) -> TrainingConfig:
        """Return the training configuration, the same for all forms."""
        return TrainingConfig(
            base_model=self.base_model,
            seed=self.seed,
            epochs=1,
            learning_rate=self.learning_rate,
            warmup_share=0.1,
            weight_decay=0.0,
            max_gradient_norm=1.0,
            lora_r=self.lora_r,
            lora_alpha=2 * self.lora_r,
            target_modules="all-linear",
            batch_tokens=self.max_row_tokens,
            max_row_tokens=self.max_row_tokens,
            validate_every_steps=self.steps,
            checkpoint_every_steps=10,
        )


class Cost(Value):
    """Seconds by the clock, and of processor time, which depend less on what else the machine does."""

    wall_s: float
    cpu_s: float


class Mean(Value):
    """A mean over tables with its 95 % interval."""

    estimate: float
    low: float
    high: float


class Quality(Value):
    """What a form was worth on tables of one kind.

    Attributes:
        valid: Share of tables with every column exactly once.
        decoding: Of one table, decoded in company.
    """

    tables: int
    valid: float
    decoding: Cost
    means: dict[str, Mean]


class Result(Value):
    """What one form cost and was worth."""

    form: Form
    settings: Settings
    trained_tokens: int
    learned_tokens: int
    training: Cost
    final_loss: float
    synthetic: Quality
    real: Quality


def order_steps(lengths: Sequence[int], steps: int, tables_per_step: int, seed: int) -> list[list[int]]:
    """Return the tables of each step, epoch after epoch; tables of like length share a step.

    Example:
        >>> [len(step) for step in order_steps([5, 9, 5, 9, 7], steps=3, tables_per_step=2, seed=1)]
        [2, 2, 2]
    """
    ordered: list[list[int]] = []
    epoch = 0
    while len(ordered) < steps:
        shuffle = random.Random(f"{seed}/{epoch}")
        places = shuffle.sample(range(len(lengths)), len(lengths))
        size = tables_per_step * _LENGTH_GROUPS
        grouped = [
            place
            for start in range(0, len(places), size)
            for place in sorted(places[start : start + size], key=lambda place: (lengths[place], place))
        ]
        ends = range(tables_per_step, len(grouped) + 1, tables_per_step)
        own = [grouped[end - tables_per_step : end] for end in ends]
        ordered += shuffle.sample(own, len(own))
        epoch += 1
    return ordered[:steps]


class Experiment:
    """The shared material: the tokenizer, the tables, and the order in which they are learned."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        train: Sequence[Example],
        test: Sequence[Example],
        real: Sequence[Example],
        similarity: Similarity,
    ):
        self.settings, self.folder, self.similarity = settings, folder, similarity
        self.base = resolve_base_model(settings.base_model)
        self.tokenizer = load_tokenizer(self.base)
        self.rows = self._encode(train)
        lengths = [len(row.tokens) for row in self.rows[Form.JSON]]
        self.order = order_steps(lengths, settings.steps, settings.tables_per_step, settings.seed)
        self.test, self.real = _whole(test, settings.test), _whole(real, settings.real_tables)

    def run(self, form: Form) -> Result:
        """Train and measure one form, or return what was measured before."""
        name = f"{form.value}-{self.settings.digest[:12]}"
        file = self.folder / f"{name}.json"
        if file.exists():
            return Result.model_validate_json(file.read_text(encoding="utf-8"))
        # One micro-batch a step, of the same tables in every form.
        steps = [[[self.rows[form][place] for place in places]] for places in self.order]
        training, final_loss = self._train(form, steps, self.folder / name)
        model = self._open(self.folder / name)
        texts: dict[str, Any] = {}
        result = Result(
            form=form,
            settings=self.settings,
            trained_tokens=sum(map(count_tokens, steps)),
            learned_tokens=sum(map(count_labels, steps)),
            training=training,
            final_loss=final_loss,
            synthetic=self._measure(form, model, self.test, texts),
            real=self._measure(form, model, self.real, texts),
        )
        (self.folder / f"{name}-texts.json").write_text(json.dumps(texts, indent=1), encoding="utf-8")
        file.write_text(result.model_dump_json(indent=1), encoding="utf-8")
        return result

    def _encode(self, train: Sequence[Example]) -> dict[Form, list[Row]]:
        """Encode the first tables that are not too long in any form."""
        rows: dict[Form, list[Row]] = {form: [] for form in Form}
        for example in _whole(train, len(train)):
            own = {form: encode(form, self.tokenizer, _prompt(example), example.reference) for form in Form}
            if max(len(row.tokens) for row in own.values()) <= self.settings.max_row_tokens:
                for form, row in own.items():
                    rows[form].append(row)
            if len(rows[Form.JSON]) == self.settings.train:
                return rows
        raise TrainingSetError(
            f"{len(rows[Form.JSON])} of the training tables fit into {self.settings.max_row_tokens} tokens in every "
            f"form, expected {self.settings.train}; lower --train or synthesize more"
        )

    def _train(self, form: Form, steps: list[Step], adapter: Path) -> tuple[Cost, float]:
        """Tune the base model and save the adapter with what the tuning cost; go on where it was interrupted."""
        record = adapter / "training.json"
        if record.exists():
            found = json.loads(record.read_text(encoding="utf-8"))
            return Cost.model_validate(found["training"]), float(found["final_loss"])
        config, dtype = self.settings.config(), pick_dtype(_DEVICE)
        model = build_model(self.base, config, _DEVICE, dtype)
        loop = Loop(model, config, steps, [], self.tokenizer.pad_token_id or 0, dtype, Team(_DEVICE))
        checkpoint = self.folder / f"{adapter.name}.checkpoint"
        fingerprint = {"settings": self.settings.digest, "form": form.value}
        if state := load_checkpoint(checkpoint, fingerprint):
            loop.resume(state)
        clock, done = _Clock(), len(loop.history)
        loop.run(checkpoint, fingerprint, lambda progress: _say(form, progress))
        # Of a run that was interrupted, the speed since then stands for all of it.
        training = clock.read(max(1, len(steps) - done) / len(steps))
        last = [point.train_loss or 0.0 for point in loop.history[-10:]]
        final_loss = round(sum(last) / len(last), 4)
        model.save_pretrained(adapter)
        record.write_text(json.dumps({"training": training.model_dump(), "final_loss": final_loss}), encoding="utf-8")
        return training, final_loss

    def _open(self, adapter: Path) -> Any:
        """Merge in float32, because a tuning's changes are smaller than a step of bfloat16."""
        import torch
        from peft import PeftModel

        model = PeftModel.from_pretrained(load_model(self.base, dtype=torch.float32), adapter)
        return model.merge_and_unload().to(pick_dtype(_DEVICE)).eval()

    def _measure(self, form: Form, model: Any, examples: Sequence[Example], texts: dict[str, Any]) -> Quality:
        replies, decoding = self._decode(form, model, [_prompt(example) for example in examples])
        faults = [ReplyFaults(missing=reply.missing, invented=reply.invented) for reply in replies]
        written = [reply.texts for reply in replies]
        values = measure_texts(examples, written, self.similarity, faults)
        texts |= {example.id: reply.texts.model_dump() for example, reply in zip(examples, replies, strict=True)}
        return Quality(
            tables=len(examples),
            valid=sum(not reply.missing and not reply.invented for reply in replies) / len(replies),
            decoding=decoding,
            means={name: _mean(values[name], self.settings.seed) for name in MEASURED},
        )

    def _decode(self, form: Form, model: Any, prompts: Sequence[Prompt]) -> tuple[list[Reply], Cost]:
        """Decode tables of like width together, the same ones in every form."""
        order = sorted(range(len(prompts)), key=lambda place: (len(prompts[place].slots), place))
        replies: dict[int, Reply] = {}
        clock = _Clock()
        for start in range(0, len(order), self.settings.batch):
            places = order[start : start + self.settings.batch]
            batch = decode(form, model, self.tokenizer, [prompts[place] for place in places])
            replies |= dict(zip(places, batch, strict=True))
        return [replies[place] for place in range(len(prompts))], clock.read(len(prompts))


class _Started(NamedTuple):
    wall_s: float
    cpu_s: float


class _Clock:
    """Measures from when it is made."""

    def __init__(self) -> None:
        self._started = _Started(time.monotonic(), time.process_time())

    def read(self, per: float) -> Cost:
        """Return the seconds since the start, divided by how many things were done in them."""
        wall_s, cpu_s = time.monotonic() - self._started.wall_s, time.process_time() - self._started.cpu_s
        return Cost(wall_s=round(wall_s / per, 3), cpu_s=round(cpu_s / per, 3))


def _mean(values: Sequence[float | None], seed: int) -> Mean:
    interval = bootstrap_mean([value for value in values if value is not None], seed, 0.95)
    return Mean(estimate=round(interval.estimate, 4), low=round(interval.low, 4), high=round(interval.high, 4))


def _prompt(example: Example) -> Prompt:
    (prompt,) = render_prompts(example.table, PromptKind.COMPACT)
    return prompt


def _whole(examples: Sequence[Example], count: int) -> list[Example]:
    """Return the first examples that one prompt holds and that have a text for every slot."""
    return list(islice((example for example in examples if _is_whole(example)), count))


def _is_whole(example: Example) -> bool:
    is_complete = bool(example.reference.table) and all(example.reference.columns)
    return is_complete and len(render_prompts(example.table, PromptKind.COMPACT)) == 1


def _say(form: Form, progress: Progress) -> None:
    if progress.step % 10 == 0 or progress.step == progress.steps:
        err.print(
            f"{form.value}: step {progress.step} of {progress.steps}, {progress.summary()}, {progress.eta_s:.0f} s left"
        )
