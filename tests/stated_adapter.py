"""Adapters with a true card, for whatever reads cards and digests: their weights are never attached."""

from pathlib import Path

from columnist.modeling.adapters import Adapter, AdapterCard, open_adapter
from columnist.modeling.prompts import PromptKind

BASE_DIGEST = "1" * 64


def state_card(**changes) -> AdapterCard:
    known = {
        "base_model": "tiny",
        "base_model_digest": BASE_DIGEST,
        "base_model_license": "mit",
        "prompt": PromptKind.COMPACT,
        "prompt_sha256": "2" * 64,
        "training_config": {},
        "training_set_sha256": "3" * 64,
        "train_examples": 1,
        "trained_tokens": 1,
        "history": (),
    }
    return AdapterCard(**(known | changes))


def state_adapter(folder: Path, weights: bytes = b"weights") -> Adapter:
    """Write the files of an adapter into a new folder."""
    folder.mkdir(parents=True)
    (folder / "columnist.json").write_text(state_card().model_dump_json())
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(weights)
    return open_adapter(folder)
