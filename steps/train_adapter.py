"""Train an adapter on a training set."""

from typing import Annotated

from zenml import get_step_context, step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.modeling.checkpoints import claim_checkpoint
from columnist.modeling.curves import render_curves
from columnist.modeling.training import Progress, TrainingConfig, train_adapter
from columnist.progress import ProgressLog
from columnist.registry import tracking
from columnist.synthesis import TrainingSet
from columnist.synthesis.card import describe_training_set, render_card
from materializers.adapter import AdapterMaterializer
from steps.code_metadata import log_code_version, run_tags


@step(name="train_adapter", output_materializers=AdapterMaterializer)
def train_adapter_step(
    training_set: TrainingSet, training: TrainingConfig
) -> Annotated[Adapter, Artifact.TRAINED_ADAPTER]:
    """Train a LoRA adapter; an interrupted run of the same inputs is resumed from its checkpoint."""
    log_code_version()
    home, tags, log = Home.find(), run_tags(), ProgressLog("training steps")
    with (
        tracking.tracked_run(tags["zenml.run_name"], {**tags, "columnist.kind": "training"}) as mlflow_run,
        claim_checkpoint(home.checkpoints, training_set.digest, training) as checkpoint,
    ):
        log_metadata({"mlflow_run_id": mlflow_run})
        tracking.log_text(mlflow_run, training.model_dump_json(indent=1), "config.json")
        _log_training_set(mlflow_run, training_set)
        tracking.log_params(mlflow_run, {**training.model_dump(), "training_set_sha256": training_set.digest})

        def report(progress: Progress) -> None:
            log.update(progress.step, progress.steps, progress.summary(), progress.eta_s)
            tracking.log_metrics(mlflow_run, progress.metrics(), progress.step)

        folder = home.scratch / str(get_step_context().step_run.id)
        adapter = train_adapter(training_set, training, folder, checkpoint, report)
        tracking.log_picture(mlflow_run, render_curves(adapter.card), "curves.png")
    return adapter


def _log_training_set(mlflow_run: str, training_set: TrainingSet) -> None:
    """Log the training set as the dataset of a run, and its card as an artifact."""
    card = describe_training_set(training_set)
    artifact = get_step_context().inputs["training_set"][0]
    profile = {name: counts.tables for name, counts in card.splits.items()}
    tracking.log_dataset(mlflow_run, artifact.name, training_set.digest, artifact.uri, profile)
    tracking.log_text(mlflow_run, render_card(card), "data_card.md")
    tracking.log_text(mlflow_run, card.model_dump_json(indent=1), "data_card.json")
