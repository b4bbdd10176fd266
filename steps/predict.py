"""Write texts for the test tables, with the base model alone and with the adapter."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.adapters import Adapter
from columnist.modeling.predicting import Predictions, predict_base, predict_tuned
from columnist.progress import ProgressLog
from columnist.synthesis import TrainingSet


@step
def predict_with_base_model(
    training_set: TrainingSet, adapter: Adapter
) -> Annotated[Predictions, Artifact.BASE_PREDICTIONS]:
    """Write texts with the adapter's base model and the general-purpose prompt."""
    return predict_base(training_set.test, adapter.card.base_model, ProgressLog("base model, tables").update)


@step
def predict_with_adapter(
    training_set: TrainingSet, adapter: Adapter
) -> Annotated[Predictions, Artifact.TUNED_PREDICTIONS]:
    """Write texts with the tuned model; probabilities stand beside them, and nothing is held back."""
    log, acceptance = ProgressLog("tuned model, tables"), read_acceptance(adapter.folder)
    return predict_tuned(training_set.test, adapter, log.update, acceptance)
