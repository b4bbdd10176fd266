"""Fit the acceptance model of a trained adapter."""

from typing import Annotated

from zenml import get_step_context, step
from zenml.client import Client
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.home import Home
from columnist.modeling.acceptance.adapting import add_acceptance
from columnist.modeling.acceptance.calibration import CalibrationReport
from columnist.modeling.acceptance.config import AcceptanceConfig
from columnist.modeling.acceptance.measuring import refer_examples
from columnist.modeling.adapters import Adapter
from columnist.progress import ProgressLog
from columnist.registry import tracking
from columnist.synthesis import TrainingSet
from materializers.adapter import AdapterMaterializer
from materializers.calibration import CalibrationMaterializer
from steps.calibration_pictures import log_calibrations
from steps.code_metadata import log_code_version


@step(
    output_materializers={
        Artifact.ADAPTER.value: AdapterMaterializer,
        Artifact.FITTED_CALIBRATION.value: CalibrationMaterializer,
    },
)
def fit_acceptance(
    training_set: TrainingSet, trained_adapter: Adapter, acceptance: AcceptanceConfig
) -> tuple[
    Annotated[Adapter, Artifact.ADAPTER],
    Annotated[CalibrationReport, Artifact.FITTED_CALIBRATION],
]:
    """Let the adapter write for the validation tables, and fit how likely each text is to be accepted."""
    log_code_version()
    context, log = get_step_context(), ProgressLog("acceptance, tables")
    trained = Client().get_run_step(context.inputs["trained_adapter"][0].producer_step_run_id)
    mlflow_run = str(trained.run_metadata["mlflow_run_id"])
    log_metadata({"mlflow_run_id": mlflow_run})
    adapter, fitted = add_acceptance(
        trained_adapter,
        {"validation": refer_examples(training_set.validation)},
        acceptance,
        Home.find().scratch / str(context.step_run.id),
        lambda progress: log.update(progress.tables, progress.all_tables),
    )
    tracking.log_text(mlflow_run, acceptance.model_dump_json(indent=1), "acceptance_config.json")
    tracking.log_text(mlflow_run, fitted.acceptance.model_dump_json(indent=1), "acceptance.json")
    log_calibrations(mlflow_run, fitted.report)
    return adapter, fitted.report
