"""Launch a pipeline from a configuration file and hand back what it made.

A configuration is checked before ZenML is imported, which takes seconds.
"""

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.errors import ConfigError, TrainingSetError
from columnist.home import Home
from columnist.registry.artifacts import find_artifact, origins_of
from columnist.registry.versions import find_champion

_MOST_STORED_EXAMPLES = 200_000  # an artifact is held in memory, at about 10 KB an example
CONFIGS = Path(__file__).resolve().parent.parent / "configs"


def launch_synthesize(config: Path, overrides: Sequence[str] = ()) -> Any:
    """Run the synthesize pipeline and return the training set's artifact version.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    from columnist.synthesis import SynthesisConfig

    parameters = load_config(config, {"synthesis": SynthesisConfig}, overrides)
    total = SynthesisConfig.model_validate(parameters["synthesis"]).total
    if total > _MOST_STORED_EXAMPLES:
        raise ConfigError(
            f"{total:,} examples are more than the store's {_MOST_STORED_EXAMPLES:,}; stream them into a folder: "
            "python run.py synthesize --to FOLDER"
        )
    from pipelines.synthesize import synthesize

    return launch_pipeline(synthesize, config, parameters, Artifact.TRAINING_SET)


def launch_train(config: Path, overrides: Sequence[str] = (), training_set_id: str | None = None) -> Any:
    """Run the train pipeline on a training set, the latest by default, and return the adapter's artifact version.

    On a store without any training set one is synthesized first, with the
    configuration of the same name.

    Raises:
        ConfigError: The configuration cannot be used, or the training set is not there.
        TrainingSetError: The training set's files are not those that were made.
    """
    from columnist.modeling.acceptance.config import AcceptanceConfig
    from columnist.modeling.training import TrainingConfig

    parameters = load_config(config, {"training": TrainingConfig, "acceptance": AcceptanceConfig}, overrides)
    from pipelines.train import train

    training_set = find_artifact(Artifact.TRAINING_SET, training_set_id)
    if training_set is None:
        size = config.name if (CONFIGS / "synthesize" / config.name).exists() else "default.yaml"
        training_set = launch_synthesize(CONFIGS / "synthesize" / size)
    if training_set.load().digest != training_set.content_hash:
        raise TrainingSetError(
            f"training set {training_set.id} was changed after it was made: its SHA-256 is not the recorded "
            f"{training_set.content_hash[:16]}…; synthesize a new one, or name another with --training-set"
        )
    return launch_pipeline(train, config, {"training_set_id": str(training_set.id), **parameters}, Artifact.ADAPTER)


class PlannedEvaluation(NamedTuple):
    """An evaluation of which all that can be known without the stores was checked."""

    config: Path
    parameters: dict[str, Any]


def plan_evaluation(
    config: Path,
    overrides: Sequence[str] = (),
    baselines: Sequence[str] = (),
    documented: Path | None = None,
) -> PlannedEvaluation:
    """Check all that an evaluation was asked for; no store is opened and no model is loaded.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        baselines: Systems to compare beside those of the configuration, as ``NAME=KIND:REFERENCE``.
        documented: A file of documented tables in the place of the configured one.

    Raises:
        ConfigError: The configuration or a system cannot be used.
        ColumnistError: A model is not there, or the file of documented tables cannot be used.
    """
    from columnist.evaluation import EvaluationConfig
    from columnist.evaluation.costs import CostsConfig
    from columnist.evaluation.test_tables import TablesConfig, require_tables
    from columnist.systems.comparing import SystemsConfig

    if documented is not None:
        overrides = (*overrides, f"tables.documented={json.dumps(str(documented))}")
    parameters: dict[str, Any] = dict(
        load_config(
            config,
            {"evaluation": EvaluationConfig, "tables": TablesConfig, "systems": SystemsConfig, "costs": CostsConfig},
            overrides,
        )
    )
    parameters["costs"] = parameters["costs"].read_terms(CONFIGS.parent)
    parameters["systems"] = parameters["systems"].with_baselines(baselines)
    os.environ.update(Home.library_environment())
    parameters["systems"].require_models(registered=False)
    require_tables(parameters["tables"])
    return PlannedEvaluation(config, parameters)


def launch_evaluate(planned: PlannedEvaluation, adapter_id: str | None = None) -> Any:
    """Run the evaluate pipeline on an adapter, the latest by default, and return the evaluation's artifact version.

    On a store without any adapter it is the one that ships. Synthetic tables are of the
    test split of the training set that the adapter was trained from. The version that is
    the champion is compared too, unless it is the candidate itself.

    Args:
        planned: What is compared, and how.
        adapter_id: Id of an adapter's artifact version, or ``default`` for the one that ships.

    Raises:
        ConfigError: There is no such adapter.
        ColumnistError: A registered model is not there.
    """
    systems = planned.parameters["systems"]
    systems.require_models(registered=True)
    from pipelines.evaluate import evaluate
    from pipelines.shipped import find_evaluated

    adapter, training_set_id = find_evaluated(adapter_id)
    champion = find_champion(adapter.load().digest)
    parameters = {
        "training_set_id": training_set_id,
        "adapter_id": str(adapter.id),
        **planned.parameters,
        "systems": systems.with_champion(champion),
    }
    return launch_pipeline(evaluate, planned.config, parameters, Artifact.EVALUATION)


def launch_register(config: Path, overrides: Sequence[str] = (), evaluation_id: str | None = None) -> Any:
    """Run the register pipeline on an evaluated adapter, the latest by default, and return the version's artifact.

    Raises:
        ConfigError: The configuration cannot be used, or nothing was evaluated.
    """
    from columnist.registry.versions import RegistrationConfig

    parameters = load_config(config, {"registration": RegistrationConfig}, overrides)
    from pipelines.register import register

    evaluation = find_artifact(Artifact.EVALUATION, evaluation_id)
    if evaluation is None:
        raise ConfigError("there is no evaluated adapter to register yet; evaluate one: python run.py evaluate")
    origins = origins_of(evaluation)
    return launch_pipeline(
        register,
        config,
        {"adapter_id": origins.adapter_id, "origins": origins, **parameters},
        Artifact.REGISTERED_VERSION,
    )


def launch_pipeline(pipeline: Any, config: Path, parameters: Mapping[str, BaseModel | str], output: Artifact) -> Any:
    """Run a pipeline with ZenML's keys from the file and return one of its artifacts."""
    from zenml.enums import ExecutionMode

    options = {key: value for key, value in yaml.safe_load(config.read_text()).items() if key != "parameters"}
    run_name = options.pop("run_name", None) or f"{pipeline.name}-{uuid.uuid4().hex[:12]}"
    # Noted before it starts: a killed process leaves a run that says it is running for ever.
    Home.find().remember_run(run_name)
    # Failing fast raises what the step raised; the default mode only says that some step has failed.
    run = pipeline.with_options(run_name=run_name, execution_mode=ExecutionMode.FAIL_FAST, **options)(**parameters)
    return next(
        artifact
        for step in run.steps.values()
        for name, artifacts in step.outputs.items()
        for artifact in artifacts
        if name == output
    )
