"""Measure a tuned model and its base model on real tables that people have described.

    python -m benchmarks.real_tables TABLES.jsonl --model models:/columnist@challenger --tables 60

TABLES.jsonl holds one object a line with ``ddl``, ``dialect``, ``description`` and ``columns``
(texts by column name). Tables are drawn by seed among those of 3 to 30 columns whose columns all have
a text. Prints the measures of both models with intervals over tables, and a few tables to read.
"""

import json
import random
from pathlib import Path

import click

from columnist.ddl import read_text
from columnist.documentation import Texts
from columnist.evaluation import EvaluationConfig, compare
from columnist.home import Home
from columnist.modeling.predicting import predict_base, predict_tuned
from columnist.registry.sessions import open_stores
from columnist.registry.versions import open_model
from columnist.synthesis import Example
from columnist.terminal import print_evaluation, print_sample


def load_examples(file: Path, count: int, seed: int) -> list[Example]:
    """Return tables that are described in full, without the comments that their DDL may carry."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    examples = [example for row in rows if (example := _example(row))]
    return random.Random(seed).sample(examples, min(count, len(examples)))


def _example(row: dict[str, object]) -> Example | None:
    (table,) = read_text(str(row["ddl"]), str(row["dialect"])).tables
    texts = row["columns"]
    assert isinstance(texts, dict)
    references = tuple(str(texts.get(column.name) or "").strip() for column in table.columns)
    if not 3 <= len(references) <= 30 or not all(references) or not row["description"]:
        return None
    bare = table.model_copy(
        update={
            "comment": None,
            "columns": tuple(column.model_copy(update={"comment": None}) for column in table.columns),
        }
    )
    return Example(
        id=str(row["id"]),
        ddl=str(row["ddl"]),
        table=bare,
        reference=Texts(table=str(row["description"]), columns=references),
        naics_code="",
        use_case="real",
        license=str(row["license"]),
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--model", default="models:/columnist@challenger", show_default=True)
@click.option("--tables", default=60, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(file: Path, model: str, tables: int, seed: int) -> None:
    """Print what both models are worth on real tables."""
    open_stores(Home.find(), zenml=False)
    examples = load_examples(file, tables, seed)
    adapter = open_model(model)
    tuned = predict_tuned(examples, adapter)
    base = predict_base(examples, adapter.card.base_model)
    config = EvaluationConfig(seed=seed, level=0.95, samples=3, resamples=2000)
    result = compare(examples, tuned.texts, base.texts, config)
    for sample in result.samples:
        print_sample(sample)
    print_evaluation(result)


if __name__ == "__main__":
    main()
