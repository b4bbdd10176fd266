"""One trainer in a process of its own, for ``benchmarks.train``.

    python -m benchmarks.train_one TRAINER INPUTS.json RESULT.json

Both trainers get the same rows: the same token ids, and the same of them count in the loss. Both
start with fresh LoRA weights on the same modules. What is timed begins after the first step, which
warms up, and ends with the last; loading and tokenizing are left out.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

MISSING = 3  # exit code: TRL is not installed
_REPEATS = 5  # of each product of matrices; the fastest counts
_LIMIT_TOKENS = 2048


def main() -> None:
    """Train or measure, and write what was found."""
    name, inputs_file, result_file = sys.argv[1:]
    inputs = json.loads(Path(inputs_file).read_text(encoding="utf-8"))
    try:
        result = TRAINERS[name](inputs)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed", file=sys.stderr)
        sys.exit(MISSING)
    result["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(result_file).write_text(json.dumps(result), encoding="utf-8")


class _Timeline:
    """When each step ended, and what it held: tokens, and tokens that count in the loss."""

    def __init__(self) -> None:
        self.ends_s: list[float] = []
        self.cpu_ends_s: list[float] = []
        self.sizes: list[tuple[int, int]] = []

    def end(self) -> None:
        self.ends_s.append(time.perf_counter())
        self.cpu_ends_s.append(time.process_time())

    def summary(self) -> dict[str, Any]:
        counted = self.sizes[1 : len(self.ends_s)]
        return {
            "steps": len(self.ends_s),
            "timed_s": self.ends_s[-1] - self.ends_s[0],
            "timed_cpu_s": self.cpu_ends_s[-1] - self.cpu_ends_s[0],
            "timed_tokens": sum(tokens for tokens, _ in counted),
            "timed_useful_tokens": sum(labels for _, labels in counted),
        }


def train_ours(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Train with the product's own loop."""
    import torch

    from columnist.modeling.base_models import resolve_base_model
    from columnist.modeling.devices import keep_freed_memory, pick_dtype
    from columnist.modeling.training.adapter import prepare_loop
    from columnist.modeling.training.batches import count_labels, count_tokens, plan_steps
    from columnist.modeling.training.team import Team

    keep_freed_memory()
    config, training_set = _config(inputs), _training_set(inputs)
    base, timeline = resolve_base_model(config.base_model), _Timeline()
    rows, watched = _rows(inputs)
    plan = plan_steps(rows, config.seed, config.epochs, config.batch_tokens, config.accumulate, config.max_steps)
    timeline.sizes = [(count_tokens(step), count_labels(step)) for step in plan]
    unwatched = training_set.model_copy(update={"validation": ()})
    loop = prepare_loop(base, unwatched, config, "cpu", pick_dtype("cpu"), Team("cpu"))
    with tempfile.TemporaryDirectory() as folder:
        loop.run(Path(folder) / "checkpoint", {}, lambda _: timeline.end())
    result = {**timeline.summary(), "version": f"torch {torch.__version__}"}
    return {**result, **_validation(loop.model, watched, inputs)}


def train_with_trl(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Train with TRL's SFTTrainer, at its fastest: bfloat16, eager attention, batches of like lengths."""
    import datasets
    import torch
    from trl import SFTConfig, SFTTrainer

    from columnist.modeling.base_models import load_model, load_tokenizer, resolve_base_model
    from columnist.modeling.devices import pick_dtype

    config, timeline = _config(inputs), _Timeline()
    base = resolve_base_model(config.base_model)
    rows, watched = _rows(inputs)
    dataset = datasets.Dataset.from_list([{"input_ids": list(r.tokens), "labels": list(r.labels)} for r in rows])
    per_batch = max(1, round(config.batch_tokens / (sum(len(row.tokens) for row in rows) / len(rows))))
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=per_batch,
            gradient_accumulation_steps=config.accumulate,
            num_train_epochs=config.epochs,
            max_steps=config.max_steps or -1,
            learning_rate=config.learning_rate,
            lr_scheduler_type="cosine_with_min_lr",
            lr_scheduler_kwargs={"min_lr_rate": config.final_rate_share},
            warmup_steps=config.warmup_share,
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_gradient_norm,
            adam_beta2=0.99,
            bf16=pick_dtype("cpu") is torch.bfloat16,
            use_cpu=True,
            gradient_checkpointing=False,
            train_sampling_strategy="group_by_length",
            max_length=None,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            logging_steps=10_000,
            seed=config.seed,
        )
        trainer = SFTTrainer(
            model=load_model(base, dtype=torch.float32, attn_implementation="eager"),
            args=arguments,
            train_dataset=dataset,
            processing_class=load_tokenizer(base),
            peft_config=_lora(config),
        )
        _watch(trainer, timeline)
        trainer.train()
    result = {**timeline.summary(), "version": f"trl {version('trl')}", "rows_per_batch": per_batch}
    return {**result, **_validation(trainer.model, watched, inputs)}


def _watch(trainer: Any, timeline: _Timeline) -> None:
    """Count what goes into each batch, and note when each step ends."""
    from transformers import TrainerCallback

    collate = trainer.data_collator

    def counting(examples: Sequence[Mapping[str, Any]]) -> Any:
        tokens = sum(len(example["input_ids"]) for example in examples)
        labels = sum(int(label) != -100 for example in examples for label in example["labels"])
        timeline.sizes.append((tokens, labels))
        return collate(examples)

    class Clock(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            timeline.end()

    trainer.data_collator = counting
    trainer.add_callback(Clock())


def _lora(config: Any) -> Any:
    from peft import LoraConfig

    return LoraConfig(
        r=config.lora_r, lora_alpha=config.lora_alpha, target_modules=config.target_modules, task_type="CAUSAL_LM"
    )


def measure_limit(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Time the products of matrices that no training step of this model can do without.

    Forward and gradient of the input for each linear layer, and the same of the vocabulary's
    head for the share of tokens that count. Attention, norms and LoRA itself are left out.
    """
    import torch

    from columnist.modeling.base_models import load_model, resolve_base_model
    from columnist.modeling.devices import pick_dtype

    dtype = pick_dtype("cpu")
    model = load_model(resolve_base_model(_config(inputs).base_model), dtype=dtype)
    head = model.get_output_embeddings()
    rows, _ = _rows(inputs)
    learned = sum(label != -100 for row in rows for label in row.labels) / sum(len(row.tokens) for row in rows)
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear) and m is not head]
    sizes: dict[tuple[int, ...], int] = {}
    for module in linear:
        sizes[tuple(module.weight.shape)] = sizes.get(tuple(module.weight.shape), 0) + 1
    total_s = sum(count * _product_s(shape, _LIMIT_TOKENS, dtype) for shape, count in sizes.items())
    head_s = _product_s(tuple(head.weight.shape), round(_LIMIT_TOKENS * learned), dtype)
    flop = 4.0 * (sum(m.weight.numel() for m in linear) + learned * head.weight.numel())
    seconds = (total_s + head_s) / _LIMIT_TOKENS
    return {
        "tokens_per_s": 1 / seconds,
        "useful_tokens_per_s": learned / seconds,
        "flop_per_token": flop,
        "flop_per_s": flop / seconds,
        "dtype": str(dtype).removeprefix("torch."),
    }


def _product_s(shape: tuple[int, ...], tokens: int, dtype: Any) -> float:
    """Return the seconds of a linear layer's forward product and that of its input's gradient."""
    import torch

    weight = torch.randn(shape, dtype=dtype)
    x, dy = torch.randn(tokens, shape[1], dtype=dtype), torch.randn(tokens, shape[0], dtype=dtype)
    return min(_seconds(lambda: x @ weight.T) for _ in range(_REPEATS)) + min(
        _seconds(lambda: dy @ weight) for _ in range(_REPEATS)
    )


def _seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _validation(model: Any, rows: Sequence[Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the validation loss in two forms: each slot by itself, and a table as one text."""
    import torch

    from columnist.modeling.devices import pick_dtype
    from columnist.modeling.training.loss import padded_loss

    if not inputs["validation"]:
        return {}
    model.eval()
    base = model.get_base_model()
    base.set_attn_implementation("eager")
    restore_forwards(model)
    forms = {"slots": rows, "text": [as_text(row) for row in rows]}
    found = {}
    with torch.no_grad():
        for form, own in forms.items():
            total = sum(float(padded_loss(model, [row], 0, pick_dtype("cpu"), 0.0)) for row in own)
            found[form] = total / sum(label != -100 for row in own for label in row.labels)
    return {"validation_loss": found}


def restore_forwards(model: Any) -> None:
    """Take the kernels out again, so that both models are measured by the same code."""
    for module in model.modules():
        vars(module).pop("forward", None)


def as_text(row: Any) -> Any:
    """Return a row in which each token sees all before it, as a general trainer has it."""
    size = len(row.tokens)
    return row.model_copy(update={"segments": (0,) * size, "positions": tuple(range(size))})


def _config(inputs: Mapping[str, Any]) -> Any:
    from columnist.modeling.training import TrainingConfig

    return TrainingConfig.model_validate(inputs["config"])


def _training_set(inputs: Mapping[str, Any]) -> Any:
    from columnist.synthesis import SynthesisConfig, synthesize

    wanted = {"train_examples": inputs["tables"], "validation_examples": max(1, inputs["validation"])}
    return synthesize(SynthesisConfig(seed=inputs["seed"], test_examples=1, **wanted))


def _rows(inputs: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the rows of the train and of the validation split."""
    from columnist.modeling.base_models import load_tokenizer, resolve_base_model
    from columnist.modeling.training.adapter import encode_examples

    config, training_set = _config(inputs), _training_set(inputs)
    tokenizer = load_tokenizer(resolve_base_model(config.base_model))
    return (
        encode_examples(tokenizer, training_set.train, config.max_row_tokens),
        encode_examples(tokenizer, training_set.validation, config.max_row_tokens),
    )


TRAINERS = {"columnist": train_ours, "trl": train_with_trl, "limit": measure_limit}

if __name__ == "__main__":
    # Libraries that look for a hub find none; everything is on disk.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    main()
