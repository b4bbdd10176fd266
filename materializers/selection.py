"""Stores choices as JSON, with the ladder and its picture to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from columnist.selection import Choice
from columnist.selection.report import render_html, render_markdown, render_picture


class SelectionMaterializer(BaseMaterializer):
    """One JSON file; the page is static HTML, because dashboards run no scripts in previews."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (Choice,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: Choice) -> None:
        """Write the choice."""
        with self.artifact_store.open(f"{self.uri}/selection.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> Choice:
        """Read the choice back."""
        with self.artifact_store.open(f"{self.uri}/selection.json", "r") as file:
            return Choice.model_validate_json(file.read())

    def save_visualizations(self, data: Choice) -> dict[str, VisualizationType]:
        """Write the ladder, as a page and as Markdown, and the picture of quality against cost."""
        page, markdown, picture = (f"{self.uri}/selection.{suffix}" for suffix in ("html", "md", "png"))
        with self.artifact_store.open(page, "w") as file:
            file.write(render_html(data))
        with self.artifact_store.open(markdown, "w") as file:
            file.write(render_markdown(data))
        with self.artifact_store.open(picture, "wb") as file:
            file.write(render_picture(data))
        return {page: VisualizationType.HTML, markdown: VisualizationType.MARKDOWN, picture: VisualizationType.IMAGE}

    def extract_metadata(self, data: Choice) -> dict[str, Any]:
        """Return the outcome."""
        return {"chosen": data.chosen or "none", "best": data.best or "none", "margin": data.rule.margin}
