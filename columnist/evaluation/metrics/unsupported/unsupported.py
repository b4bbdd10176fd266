"""How many texts claim what the schema does not support, per table."""

from collections.abc import Sequence

import evaluate
from datasets import Features, List, Value

from columnist.ddl.tables import Table
from columnist.evaluation.claims import Subject, unsupported_claims
from columnist.evaluation.described import mean_or_none, says
from columnist.evaluation.measures import describe_metric
from columnist.evaluation.schemas import read_schema


class Unsupported(evaluate.Metric):  # type: ignore[misc]  # evaluate ships no types
    """Share of texts with a claim that nothing in the schema supports; per table from 0 to 1."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=describe_metric("unsupported"),
            citation="",
            inputs_description=(
                "predictions: per table the text of the table, then those of its columns; schemas: the table as JSON."
            ),
            features=Features({"predictions": List(Value("string")), "schemas": Value("string")}),
        )

    def _compute(self, predictions: list[list[str]], schemas: list[str]) -> dict[str, list[float | None]]:
        tables = map(read_schema, schemas)
        return {"unsupported": [unsupported_share(*each) for each in zip(predictions, tables, strict=True)]}


def unsupported_share(texts: Sequence[str], table: Table) -> float | None:
    """Return the share of all texts, the table's first, with an unsupported claim; a question claims nothing.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> table = Table(name="parcel", columns=(Column(name="weight", type="INT"),))
        >>> unsupported_share(["Parcels on their way.", "Weight in kilograms."], table)
        0.5
    """
    subjects = [Subject.of_table(table), *(Subject.of_column(table, column) for column in table.columns)]
    return mean_or_none(
        bool(unsupported_claims(says(text), subject)) for text, subject in zip(texts, subjects, strict=True)
    )
