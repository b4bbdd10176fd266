"""The registered model as MLflow loads it: a script run at load time, so nothing is unpickled.

Input: a frame with a column ``ddl``, one CREATE TABLE script a row. Output: a
frame with a column ``documentation``, one JSON document a row.
"""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd

from columnist.ddl import read_text
from columnist.documentation import merge
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.adapters import open_adapter
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import open_engine
from columnist.rendering import Format, render


class Describer(mlflow.pyfunc.PythonModel):
    """Documents CREATE TABLE scripts with the adapter it was registered with."""

    def load_context(self, context: Any) -> None:
        """Load the pinned base model with the adapter, and what tells how far its texts can be trusted."""
        self._adapter = open_adapter(Path(context.artifacts["adapter"]))
        self._acceptance = read_acceptance(self._adapter.folder)
        self._engine = open_engine(self._adapter.card.base_model, self._adapter)

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        """Document each script.

        Raises:
            SourceError: A script holds no CREATE TABLE.
        """
        scripts = [read_text(ddl) for ddl in model_input["ddl"]]
        tables = [table for script in scripts for table in script.tables]
        described = describe_tables(
            self._engine,
            tables,
            self._adapter.card.prompt,
            acceptance=self._acceptance,
            threshold=self._acceptance.threshold if self._acceptance else None,
        )
        merged = (merge(table, each.texts, each.acceptances) for table, each in zip(tables, described, strict=True))
        documents = [render([next(merged) for _ in script.tables], Format.JSON) for script in scripts]
        return pd.DataFrame({"documentation": documents})


mlflow.models.set_model(Describer())
