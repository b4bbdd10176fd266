"""Launch a selection."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.errors import TrainingSetError
from columnist.evaluation.costs import Prices
from columnist.home import Home
from columnist.registry.artifacts import find_artifact
from columnist.selection import SelectionConfig
from columnist.selection.measuring import open_similarity
from columnist.selection.plans import Plan, plan_rungs
from pipelines.launch import CONFIGS, launch_pipeline, launch_synthesize


class PlannedSelection(NamedTuple):
    """A selection whose rungs, models and tables were looked at."""

    config: Path
    selection: SelectionConfig
    plans: tuple[Plan, ...]
    usd_per_hour: float


def plan_selection(
    config: Path,
    overrides: Sequence[str] = (),
    documented: Path | None = None,
    rungs: Sequence[str] = (),
    licenses: Sequence[str] = (),
) -> PlannedSelection:
    """Look whether every model and file is there and every measure can be measured, before a store is opened.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        documented: A file of documented tables in the place of the configured one.
        rungs: Rungs beside those of the configuration, as ``NAME=KIND:REFERENCE``.
        licenses: ``NAME=SPDX`` of rungs whose files do not say.

    Raises:
        ConfigError: The configuration cannot be used.
        ColumnistError: A model or a file of tables cannot be used.
    """
    if documented is not None:
        overrides = (*overrides, f"selection.documented={json.dumps(str(documented))}")
    loaded = load_config(config, {"selection": SelectionConfig}, overrides)["selection"]
    selection = SelectionConfig.model_validate(loaded).with_rungs(rungs, licenses)
    if selection.documented is not None:
        selection = selection.model_copy(update={"documented": str(Path(selection.documented).resolve())})
    price = Prices.load(CONFIGS / "prices.yaml").machine(selection.machine)
    os.environ.update(Home.library_environment())
    plans = plan_rungs(selection)
    open_similarity(selection.rule)
    return PlannedSelection(config, selection, plans, price.usd_per_hour)


def launch_select(planned: PlannedSelection, training_set_id: str | None = None) -> Any:
    """Run the select pipeline and return the choice's artifact version.

    Where a training set is needed and the store has none, one is synthesized first, with the
    configuration of the same name.

    Args:
        planned: What is chosen from, and how.
        training_set_id: Id of a training set; the latest if left out.

    Raises:
        ConfigError: There is no such training set.
        ColumnistError: A model cannot be used, or the training set was changed.
    """
    from pipelines.select import select

    selection = planned.selection
    needs_set = selection.documented is None or any(plan.training for plan in planned.plans)
    parameters: dict[str, Any] = {
        "training_set_id": _find_training_set(planned.config, training_set_id) if needs_set else None,
        "plans": planned.plans,
        "selection": selection,
        "usd_per_hour": planned.usd_per_hour,
    }
    return launch_pipeline(select, planned.config, parameters, Artifact.SELECTION)


def _find_training_set(config: Path, training_set_id: str | None) -> str:
    found = find_artifact(Artifact.TRAINING_SET, training_set_id)
    if found is None:
        size = config.name if (CONFIGS / "synthesize" / config.name).exists() else "default.yaml"
        found = launch_synthesize(CONFIGS / "synthesize" / size)
    if found.load().digest != found.content_hash:
        raise TrainingSetError(
            f"training set {found.id} was changed after it was made: its SHA-256 is not the recorded "
            f"{found.content_hash[:16]}…; synthesize a new one, or name another with --training-set"
        )
    return str(found.id)
