"""Draw the tables that a ladder is measured on."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.evaluation.evaluating import TestTables
from columnist.selection.config import SelectionConfig
from columnist.selection.tables import draw_real, draw_synthetic
from columnist.synthesis import TrainingSet
from steps.code_metadata import log_code_version


@step
def draw_documented_tables(selection: SelectionConfig) -> Annotated[TestTables, Artifact.SELECTION_TABLES]:
    """Draw real tables that people have described."""
    return _logged(draw_real(selection))


@step
def draw_synthetic_tables(
    training_set: TrainingSet, selection: SelectionConfig
) -> Annotated[TestTables, Artifact.SELECTION_TABLES]:
    """Draw tables of a test split, which nothing has learned from."""
    return _logged(draw_synthetic(training_set, selection))


def _logged(tables: TestTables) -> TestTables:
    log_code_version()
    log_metadata({"tables": tables.describe().model_dump()})
    return tables
