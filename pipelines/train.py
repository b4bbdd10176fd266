"""Train an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.modeling.acceptance.config import AcceptanceConfig
from columnist.modeling.training import TrainingConfig
from steps.fit_acceptance import fit_acceptance
from steps.train_adapter import train_adapter_step


@pipeline(enable_cache=False)
def train(training_set_id: str, training: TrainingConfig, acceptance: AcceptanceConfig) -> None:
    """Fine-tune the base model with LoRA on one training set, then fit how likely its texts are to be accepted."""
    training_set = Client().get_artifact_version(training_set_id)
    trained = train_adapter_step(training_set, training)
    fit_acceptance(training_set, trained, acceptance)
