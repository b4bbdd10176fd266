"""Draw the tables of an evaluation."""

from typing import Annotated

from zenml import step
from zenml.utils.metadata_utils import log_metadata

from columnist.artifact_names import Artifact
from columnist.evaluation import EvaluationConfig, test_tables
from columnist.evaluation.test_tables import TablesConfig, TestSets
from columnist.synthesis import TrainingSet


@step(name="draw_test_tables")
def draw_test_tables_step(
    training_set: TrainingSet, evaluation: EvaluationConfig, tables: TablesConfig
) -> Annotated[TestSets, Artifact.TEST_TABLES]:
    """Draw tables that the candidate has not learned from."""
    drawn = test_tables.draw_test_tables(training_set, tables, evaluation.seed)
    log_metadata({each.name: each.describe().model_dump() for each in drawn.sets})
    return drawn
