"""Stores calibration reports as JSON, with their diagrams to look at."""

from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer

from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.acceptance.pictures import file_stem, render_calibration


class CalibrationMaterializer(BaseMaterializer):
    """One JSON file, and one picture for each list of tables."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (CalibrationReport,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.DATA_ANALYSIS

    def save(self, data: CalibrationReport) -> None:
        """Write the report."""
        with self.artifact_store.open(f"{self.uri}/calibration.json", "w") as file:
            file.write(data.model_dump_json(indent=1))

    def load(self, data_type: type[Any]) -> CalibrationReport:
        """Read the report back."""
        with self.artifact_store.open(f"{self.uri}/calibration.json", "r") as file:
            return CalibrationReport.model_validate_json(file.read())

    def save_visualizations(self, data: CalibrationReport) -> dict[str, VisualizationType]:
        """Draw reliability and risk-coverage."""
        pictures = {f"{self.uri}/{file_stem(each)}.png": render_calibration(each) for each in data.calibrations}
        for path, picture in pictures.items():
            with self.artifact_store.open(path, "wb") as file:
                file.write(picture)
        return dict.fromkeys(pictures, VisualizationType.IMAGE)

    def extract_metadata(self, data: CalibrationReport) -> dict[str, Any]:
        """Return the main numbers."""
        return dict(data.numbers())
