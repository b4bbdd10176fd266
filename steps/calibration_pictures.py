"""What MLflow runs show of calibrations."""

from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.acceptance.pictures import file_stem, render_calibration
from columnist.registry import tracking


def log_calibrations(mlflow_run: str, report: CalibrationReport) -> None:
    """Log numbers, curves and pictures of a calibration report to an MLflow run."""
    tracking.log_metrics(mlflow_run, report.numbers())
    tracking.log_text(mlflow_run, report.model_dump_json(indent=1), "calibration.json")
    for calibration in report.calibrations:
        tracking.log_picture(mlflow_run, render_calibration(calibration), f"{file_stem(calibration)}.png")
