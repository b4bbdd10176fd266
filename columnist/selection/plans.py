"""What is going to be measured: rungs whose configurations are read and whose models are there."""

import shutil
from collections.abc import Callable
from pathlib import Path

import yaml
from pydantic import BaseModel

from columnist.configuration import load_config
from columnist.digests import digest_value
from columnist.errors import ConfigError
from columnist.modeling.acceptance.config import AcceptanceConfig
from columnist.modeling.adapters import Adapter, open_adapter
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.training import TrainingConfig
from columnist.selection.config import RungConfig, SelectionConfig
from columnist.selection.measuring import identify_rung
from columnist.selection.tables import draw_real
from columnist.systems import System
from columnist.values import Value


class Plan(Value):
    """A rung that can be measured: a system that is there, or a training whose base model is.

    Attributes:
        license: As somebody has said it; else the files say.
    """

    name: str
    system: System | None = None
    training: TrainingConfig | None = None
    license: str | None = None


def plan_rungs(selection: SelectionConfig) -> tuple[Plan, ...]:
    """Read what the rungs need and look whether their models are there, before hours of work depend on them.

    Raises:
        ColumnistError: A configuration, a model or a file of tables cannot be used.
    """
    if selection.documented is not None:
        if not Path(selection.documented).is_file():
            raise ConfigError(
                f"selection.documented: expected a file of documented tables, but {selection.documented} is none; name "
                "yours with --documented FILE, or use the test split of a training set: --set selection.documented=null"
            )
        draw_real(selection)  # what it holds is looked at now, too
    return tuple(_plan(rung, selection) for rung in selection.rungs)


def _plan(rung: RungConfig, selection: SelectionConfig) -> Plan:
    if rung.system is not None:
        system = System.parse(f"{rung.name}={rung.system}")
        identify_rung(system, rung.license)
        return Plan(name=rung.name, system=system, license=rung.license)
    training = _read_training(rung)
    license_ = rung.license or resolve_base_model(training.base_model).license
    if not selection.rule.allows(license_):
        raise ConfigError(
            f"rung {rung.name!r}: the licence of {training.base_model}, {license_}, is not on the list of allowed "
            "ones, so it is not trained; leave the rung out, or state its licence with --license if the files do not"
        )
    return Plan(name=rung.name, training=training, license=rung.license)


def _read_training(rung: RungConfig) -> TrainingConfig:
    models: dict[str, type[BaseModel]] = {"training": TrainingConfig, "acceptance": AcceptanceConfig}
    overrides = [
        f"training.{key}={yaml.safe_dump(value, default_flow_style=True)}" for key, value in rung.settings.items()
    ]
    return TrainingConfig.model_validate(load_config(Path(str(rung.train)), models, overrides)["training"])


def train_once(
    folder: Path, training_set_sha256: str, training: TrainingConfig, train: Callable[[], Adapter]
) -> Adapter:
    """Return an adapter that was trained before from the same inputs, or train and keep one.

    Args:
        folder: Keeps the adapters.
        training_set_sha256: Digest of the training set.
        training: How it is trained.
        train: Trains it.

    Raises:
        ColumnistError: It cannot be trained, or what was kept is damaged.
    """
    base = resolve_base_model(training.base_model).digest
    name = digest_value([training_set_sha256, base, training.model_dump(mode="json")])[:32]
    kept = folder / name
    if not kept.exists():
        trained = train()
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)  # of a process that was killed while it copied
        shutil.copytree(trained.folder, part)
        part.rename(kept)
    return open_adapter(kept)
