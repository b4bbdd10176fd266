"""Stores training sets as JSON lines with a card to read in the dashboard."""

from pathlib import Path
from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer
from zenml.utils import io_utils

from columnist.synthesis import TrainingSet
from columnist.synthesis.card import describe_training_set, render_card
from columnist.synthesis.files import read_training_set, write_training_set


class TrainingSetMaterializer(BaseMaterializer):
    """One file a split and one for the record; the content hash is the training set's digest."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (TrainingSet,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA

    def save(self, data: TrainingSet) -> None:
        """Write the training set below the artifact's URI."""
        with self.get_temporary_directory(delete_at_exit=True) as folder:
            write_training_set(data, Path(folder))
            io_utils.copy_dir(folder, f"{self.uri}/rows")

    def load(self, data_type: type[Any]) -> TrainingSet:
        """Read the training set back.

        Raises:
            TrainingSetError: A file is missing or damaged.
        """
        with self.get_temporary_directory(delete_at_exit=True) as folder:
            io_utils.copy_dir(f"{self.uri}/rows", folder, overwrite=True)
            return read_training_set(Path(folder))

    def save_visualizations(self, data: TrainingSet) -> dict[str, VisualizationType]:
        """Write the data card: counts, quotas, diversity, inputs and samples."""
        card = describe_training_set(data)
        pages = {
            f"{self.uri}/card.md": (render_card(card), VisualizationType.MARKDOWN),
            f"{self.uri}/card.json": (card.model_dump_json(indent=1), VisualizationType.JSON),
        }
        for path, (text, _) in pages.items():
            with self.artifact_store.open(path, "w") as file:
                file.write(text)
        return {path: kind for path, (_, kind) in pages.items()}

    def extract_metadata(self, data: TrainingSet) -> dict[str, Any]:
        """Return the counts, the digest and the record, to find the artifact by."""
        return {
            "sha256": data.digest,
            "train_rows": len(data.train),
            "validation_rows": len(data.validation),
            "test_rows": len(data.test),
            "generator": data.record.generator,
            "seed": data.record.seed,
            "teacher": data.record.teacher,
            "quotas_met": f"{sum(quota.met for quota in data.record.quotas)} of {len(data.record.quotas)}",
            "inputs": dict(data.record.inputs),
        }

    def compute_content_hash(self, data: TrainingSet) -> str:
        """Return the training set's digest."""
        return data.digest
