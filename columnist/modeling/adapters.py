"""Adapters: folders with LoRA weights, the card that says what they fit, and their digest."""

import warnings
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from columnist.digests import digest_folder
from columnist.errors import AdapterError
from columnist.modeling.base_models import BaseModel
from columnist.modeling.prompts import PromptKind, prompt_digest
from columnist.values import Value

CARD = "columnist.json"
WEIGHTS = "adapter_model.safetensors"
SETTINGS = "adapter_config.json"


class HistoryPoint(Value):
    """One point of a training curve: losses in nats a token."""

    step: int
    train_loss: float | None = None
    validation_loss: float | None = None


class Stopped(StrEnum):
    """Why a training run ended."""

    FINISHED = "finished"
    MAX_STEPS = "max_steps"
    PATIENCE = "patience"


class AdapterCard(Value):
    """What an adapter was trained on and with, kept inside its folder.

    Times and speeds are left out on purpose: the same inputs give the same bytes.

    Attributes:
        training_config: The resolved configuration.
        training_set_sha256: Digest of the training set.
        prompt_sha256: Digest of the prompts it learned.
        trained_tokens: Tokens that counted in the loss, over all epochs.
        kept_step: The step whose weights these are: the best one, or the last.
        stopped: Why the run ended.
        device: Kind of device it was trained on, such as cpu.
        precision: Of the frozen weights and the matrix products, such as bfloat16.
        libraries: Versions of what decides the numbers.
    """

    base_model: str
    base_model_digest: str
    base_model_license: str
    prompt: PromptKind
    prompt_sha256: str
    training_config: dict[str, Any]
    training_set_sha256: str
    train_examples: int
    trained_tokens: int
    history: tuple[HistoryPoint, ...]
    kept_step: int | None = None
    stopped: Stopped = Stopped.FINISHED
    device: str = ""
    precision: str = ""
    libraries: dict[str, str] = Field(default_factory=dict)


class Adapter(Value):
    """A trained adapter on disk."""

    folder: Path
    card: AdapterCard

    @property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of the folder's files."""
        return digest_folder(self.folder)


def open_adapter(folder: Path) -> Adapter:
    """Read an adapter folder.

    Raises:
        AdapterError: The folder holds no adapter, or its card cannot be read.
    """
    # peft looks on the hub for settings that are not in the folder.
    missing = [name for name in (WEIGHTS, SETTINGS) if not (folder / name).is_file()]
    if missing:
        raise AdapterError(
            f"{folder} holds no adapter: expected a folder with {WEIGHTS}, {SETTINGS} and {CARD}, "
            f"but there is no {missing[0]}"
        )
    try:
        card = AdapterCard.model_validate_json((folder / CARD).read_bytes())
    except (OSError, ValidationError) as error:
        raise AdapterError(
            f"the card {folder / CARD} is missing or damaged; register or train the model again"
        ) from error
    return Adapter(folder=folder, card=card)


def check_fit(adapter: Adapter, base: BaseModel) -> None:
    """Refuse an adapter whose base model or prompts are not those it was trained with.

    Raises:
        AdapterError: A digest differs.
    """
    card = adapter.card
    if card.base_model_digest != base.digest:
        raise AdapterError(
            f"adapter {adapter.folder} was trained on {card.base_model} {card.base_model_digest[:16]}…, "
            f"but {base.reference} is {base.digest[:16]}…; give the base model it was trained on"
        )
    rendered = prompt_digest(card.prompt)
    if card.prompt_sha256 != rendered:
        raise AdapterError(
            f"adapter {adapter.folder} learned prompts {card.prompt_sha256[:16]}…, but this version of columnist "
            f"renders {rendered[:16]}…; train it again or use the version that trained it"
        )


def attach(model: Any, adapter: Adapter) -> Any:
    """Merge an adapter into its base model, in the model's own precision, and return the merged model.

    Raises:
        AdapterError: Its weights or settings are damaged, or are for other modules.
    """
    from peft import PeftModel
    from safetensors import SafetensorError

    try:
        with warnings.catch_warnings():
            # peft only warns when no weights come for a module: the base model alone would answer.
            warnings.filterwarnings("error", message="Found missing adapter keys")
            merged = PeftModel.from_pretrained(model, adapter.folder).merge_and_unload()
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError, UserWarning) as error:
        raise unattachable(adapter, error) from error
    return merged.eval()


def unattachable(adapter: Adapter, error: Exception) -> AdapterError:
    """Return the error of an adapter whose weights or settings are damaged, or are for other modules."""
    reason = " ".join(str(error).split())[:100] or type(error).__name__
    return AdapterError(
        f"adapter {adapter.folder} is damaged and cannot be attached ({reason}); register or train it again"
    )
