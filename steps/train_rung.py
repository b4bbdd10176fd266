"""Train the adapter of one rung."""

from typing import Annotated

from zenml import step

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.modeling.adapters import Adapter
from columnist.modeling.training import TrainingConfig
from columnist.selection.plans import train_once
from columnist.synthesis import TrainingSet
from materializers.adapter import AdapterMaterializer
from steps.train_adapter import train_adapter_step


@step(output_materializers=AdapterMaterializer)
def train_rung(training_set: TrainingSet, training: TrainingConfig) -> Annotated[Adapter, Artifact.TRAINED_ADAPTER]:
    """Train an adapter, resumed from its checkpoint; one that an interrupted selection finished is taken."""
    return train_once(
        Home.find().folder / "selection" / "adapters",
        training_set.digest,
        training,
        lambda: train_adapter_step.entrypoint(training_set, training),
    )
