"""From a training set to an adapter folder with its card."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from columnist.digests import canonical_json
from columnist.errors import TrainingSetError
from columnist.modeling.adapters import CARD, WEIGHTS, Adapter, AdapterCard
from columnist.modeling.base_models import BaseModel, load_tokenizer, resolve_base_model
from columnist.modeling.checkpoints import load_checkpoint
from columnist.modeling.devices import keep_freed_memory, pick_device, pick_dtype
from columnist.modeling.encoding import Row, encode_rows
from columnist.modeling.prompts import PromptKind, prompt_digest, render_prompts
from columnist.modeling.training.batches import pack_rows, plan_steps
from columnist.modeling.training.config import TrainingConfig
from columnist.modeling.training.loop import Loop, Progress
from columnist.modeling.training.model import build_model
from columnist.modeling.training.team import Team
from columnist.synthesis.examples import Example, TrainingSet

_LIBRARIES = ("torch", "transformers", "peft")


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
    In each of several processes that ``accelerate launch`` or ``torchrun`` has started,
    this trains one adapter together.

    Args:
        training_set: Its train split is learned, its validation split watched.
        config: The resolved configuration.
        folder: Where to write the adapter; must not exist.
        checkpoint: A file to resume from if it is there, and to keep up to date.
        on_progress: Called after every step.

    Raises:
        BaseModelError: The base model cannot be used.
        ConfigError: The base model has none of the target modules, or 4 bits cannot be had here.
        TrainingInterrupted: Ctrl-C or SIGTERM came; the checkpoint is up to date.
        TrainingSetError: There is nothing to train on.
    """
    keep_freed_memory()
    base = resolve_base_model(config.base_model)
    device = pick_device()
    dtype, team = pick_dtype(device), Team(device)
    loop = prepare_loop(base, training_set, config, device, dtype, team)
    fingerprint = {
        "config": canonical_json(config.model_dump(mode="json")),
        "training_set": training_set.digest,
        "base_model": base.digest,
        "prompt": prompt_digest(),
    }
    state = load_checkpoint(checkpoint, fingerprint)
    if state:
        loop.resume(state)
    report = on_progress if on_progress and team.is_first else lambda _: None
    stopped = loop.run(checkpoint, fingerprint, report)
    card = AdapterCard(
        base_model=config.base_model,
        base_model_digest=base.digest,
        base_model_license=base.license,
        prompt=PromptKind.COMPACT,
        prompt_sha256=prompt_digest(),
        training_config=config.model_dump(mode="json"),
        training_set_sha256=training_set.digest,
        train_examples=len(training_set.train),
        trained_tokens=loop.trained_tokens,
        history=tuple(loop.history),
        kept_step=loop.kept_step,
        stopped=stopped,
        device=device,
        precision=str(dtype).removeprefix("torch."),
        libraries={name: version(name) for name in _LIBRARIES},
    )
    if team.is_first:
        _write(folder, loop.model, card)
    team.wait()
    return Adapter(folder=folder, card=card)


def prepare_loop(
    base: BaseModel, training_set: TrainingSet, config: TrainingConfig, device: str, dtype: Any, team: Team
) -> Loop:
    """Load the model and plan the steps.

    Raises:
        BaseModelError: The base model cannot be used.
        ConfigError: The base model has none of the target modules.
        TrainingSetError: There is nothing to train on.
    """
    team.check(config.accumulate)
    tokenizer = load_tokenizer(base)
    rows = encode_examples(tokenizer, training_set.train, config.max_row_tokens)
    if not rows:
        raise TrainingSetError(
            f"no training example fits into {config.max_row_tokens} tokens (max_row_tokens); "
            f"{len(training_set.train)} examples came. Raise it or synthesize smaller tables"
        )
    watched = encode_examples(tokenizer, training_set.validation, config.max_row_tokens)
    plan = plan_steps(rows, config.seed, config.epochs, config.batch_tokens, config.accumulate, config.max_steps)
    validation = pack_rows(watched, config.batch_tokens, None)
    model = build_model(base, config, device, dtype)
    return Loop(model, config, plan, validation, tokenizer.pad_token_id or 0, dtype, team)


def encode_examples(tokenizer: Any, examples: Sequence[Example], max_row_tokens: int) -> list[Row]:
    """Return the rows of examples; slots that do not fit beside their schema are left out."""
    return [
        row
        for example in examples
        for row in encode_rows(
            tokenizer, render_prompts(example.table, PromptKind.COMPACT), example.reference, max_row_tokens
        )
    ]


def _write(folder: Path, model: Any, card: AdapterCard) -> None:
    """Write the weights in bfloat16 with their card; the folder appears complete or not at all."""
    import torch
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    part = folder.with_name(folder.name + ".part")
    part.mkdir(parents=True)
    state = get_peft_model_state_dict(model)
    weights = {name: state[name].detach().to("cpu", torch.bfloat16).contiguous() for name in sorted(state)}
    save_file(weights, part / WEIGHTS, metadata={"format": "pt"})
    _save_settings(model, part, card.base_model)
    (part / CARD).write_text(card.model_dump_json(indent=1))
    part.rename(folder)


def _save_settings(model: Any, folder: Path, base_model: str) -> None:
    settings = model.peft_config["default"]
    # peft keeps the matched modules in a set and the base's path: order and place must not reach the digest.
    settings.base_model_name_or_path = base_model
    settings.inference_mode = True
    if isinstance(settings.target_modules, set):
        settings.target_modules = sorted(settings.target_modules)
    settings.save_pretrained(folder)
