"""Stores decisions of gates as JSON, with a page to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from columnist.gates import GateResult
from columnist.gates.pages import render_html


class GateMaterializer(BaseMaterializer):
    """One JSON file; its digest is that of the decision, so that a changed file is noticed."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (GateResult,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: GateResult) -> None:
        """Write the decision."""
        with self.artifact_store.open(f"{self.uri}/gate_result.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> GateResult:
        """Read the decision back."""
        with self.artifact_store.open(f"{self.uri}/gate_result.json", "r") as file:
            return GateResult.model_validate_json(file.read())

    def save_visualizations(self, data: GateResult) -> dict[str, VisualizationType]:
        """Write the page."""
        page = f"{self.uri}/gate.html"
        with self.artifact_store.open(page, "w") as file:
            file.write(render_html(data))
        return {page: VisualizationType.HTML}

    def extract_metadata(self, data: GateResult) -> dict[str, Any]:
        """Return what a list of decisions shows."""
        return {"verdict": data.verdict.value, "model_sha256": data.model_sha256, "sha256": data.digest}

    def compute_content_hash(self, data: GateResult) -> str:
        """Return the digest of the decision."""
        return data.digest
