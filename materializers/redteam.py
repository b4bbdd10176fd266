"""Stores what attacks came to as JSON, with a page to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from columnist.redteam import RedteamResult
from columnist.redteam.report import render_report


class RedteamMaterializer(BaseMaterializer):
    """One JSON file and a Markdown page, in which the texts of attackers are escaped."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (RedteamResult,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: RedteamResult) -> None:
        """Write the result."""
        with self.artifact_store.open(f"{self.uri}/redteam.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> RedteamResult:
        """Read the result back."""
        with self.artifact_store.open(f"{self.uri}/redteam.json", "r") as file:
            return RedteamResult.model_validate_json(file.read())

    def save_visualizations(self, data: RedteamResult) -> dict[str, VisualizationType]:
        """Write the page."""
        page = f"{self.uri}/redteam.md"
        with self.artifact_store.open(page, "w") as file:
            file.write(render_report(data))
        return {page: VisualizationType.MARKDOWN}
