"""Train an adapter."""

from zenml import pipeline
from zenml.client import Client

from columnist.modeling.training import TrainingConfig
from steps.train_adapter import train_adapter_step


@pipeline(enable_cache=False)
def train(training_set_id: str, training: TrainingConfig) -> None:
    """Fine-tune the base model with LoRA on one training set."""
    train_adapter_step(Client().get_artifact_version(training_set_id), training)
