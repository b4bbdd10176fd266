"""Stores the results of canary checks as JSON, with a page to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer
from zenml.metadata.metadata_types import MetadataType

from columnist.canary.checking import CanaryResult
from columnist.canary.page import render_result


class CanaryMaterializer(BaseMaterializer):
    """One JSON file, and a page of what changed."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (CanaryResult,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: CanaryResult) -> None:
        """Write the result."""
        with self.artifact_store.open(f"{self.uri}/canary.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> CanaryResult:
        """Read the result back."""
        with self.artifact_store.open(f"{self.uri}/canary.json", "r") as file:
            return CanaryResult.model_validate_json(file.read())

    def save_visualizations(self, data: CanaryResult) -> dict[str, VisualizationType]:
        """Write the page."""
        path = f"{self.uri}/canary.md"
        with self.artifact_store.open(path, "w") as file:
            file.write(render_result(data))
        return {path: VisualizationType.MARKDOWN}

    def extract_metadata(self, data: CanaryResult) -> dict[str, MetadataType]:
        """Return what a list of results shows."""
        return {"state": data.state.value, "model": data.model, "changed_texts": data.n_changed}
