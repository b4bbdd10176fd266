"""Stores evaluations as JSON, with the report and its picture to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from columnist.evaluation.report import render_html, render_markdown, render_picture
from columnist.evaluation.results import Evaluation


class EvaluationMaterializer(BaseMaterializer):
    """One JSON file; the report is static HTML, because dashboards run no scripts in previews."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (Evaluation,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: Evaluation) -> None:
        """Write the evaluation."""
        with self.artifact_store.open(f"{self.uri}/evaluation.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> Evaluation:
        """Read the evaluation back."""
        with self.artifact_store.open(f"{self.uri}/evaluation.json", "r") as file:
            return Evaluation.model_validate_json(file.read())

    def save_visualizations(self, data: Evaluation) -> dict[str, VisualizationType]:
        """Write the report, as a page and as Markdown, and the pictures of the differences."""
        report, markdown = f"{self.uri}/report.html", f"{self.uri}/report.md"
        with self.artifact_store.open(report, "w") as file:
            file.write(render_html(data))
        with self.artifact_store.open(markdown, "w") as file:
            file.write(render_markdown(data))
        pictures = {f"{self.uri}/differences_{found.tables.name}.png": render_picture(found) for found in data.sets}
        for path, picture in pictures.items():
            with self.artifact_store.open(path, "wb") as file:
                file.write(picture)
        kinds = {report: VisualizationType.HTML, markdown: VisualizationType.MARKDOWN}
        return {**kinds, **dict.fromkeys(pictures, VisualizationType.IMAGE)}
