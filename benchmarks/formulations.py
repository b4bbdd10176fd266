"""Compare three forms of the task for a small tuned model: quality, and what it costs in time.

    python -m benchmarks.formulations TRAINING_SET --real TABLES.jsonl --to FOLDER

The same base model is tuned in each form (see ``formulation_forms``) on the same tables in the same order, with
the same number of steps, learning rate and optimizer, and then describes the same tables it has not seen:
test tables of the training set, and real tables that people have described (as ``quality`` reads them).
A form that is finished is not run again, and one that was interrupted goes on, as long as the settings are the
same. FOLDER gets a JSON file of results and one of texts for each form.

On two cores a form takes four to five minutes with the options as they are.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table as Grid

from benchmarks.formulation_forms import Form
from benchmarks.formulation_runs import MEASURED, Experiment, Quality, Result, Settings
from columnist.errors import ColumnistError
from columnist.evaluation.measures import MEASURES
from columnist.modeling.devices import quiet_libraries
from columnist.modeling.prompts import prompt_digest
from columnist.modeling.similarity import open_encoder
from columnist.synthesis.documented import draw_documented
from columnist.synthesis.files import read_training_set
from columnist.terminal import out

_LABELS = {measure.name: measure.label for measure in MEASURES}


def print_results(results: Sequence[Result]) -> None:
    """Print what each form cost, and what it was worth on synthetic and on real tables; a column for each form."""
    training = Grid("training", *(result.form.value for result in results))
    training.add_row("steps", *(str(result.settings.steps) for result in results))
    training.add_row("tokens read", *(f"{result.trained_tokens:,}" for result in results))
    training.add_row("of them learned", *(f"{result.learned_tokens:,}" for result in results))
    training.add_row("seconds", *(f"{result.training.wall_s:.0f}" for result in results))
    training.add_row("processor seconds", *(f"{result.training.cpu_s:.0f}" for result in results))
    training.add_row("loss at the end", *(f"{result.final_loss:.3f}" for result in results))
    out.print(training)
    _print_quality("unseen synthetic tables", results, [result.synthetic for result in results])
    _print_quality("unseen real tables", results, [result.real for result in results])


def _print_quality(title: str, results: Sequence[Result], qualities: Sequence[Quality]) -> None:
    grid = Grid(f"{qualities[0].tables} {title}", *(result.form.value for result in results))
    grid.add_row("every column exactly once", *(f"{quality.valid:.0%}" for quality in qualities))
    for name in MEASURED:
        means = (quality.means[name] for quality in qualities)
        grid.add_row(_LABELS[name], *(f"{mean.estimate:.3f} ({mean.low:.3f} to {mean.high:.3f})" for mean in means))
    grid.add_row("seconds a table", *(f"{quality.decoding.wall_s:.2f}" for quality in qualities))
    grid.add_row("processor seconds a table", *(f"{quality.decoding.cpu_s:.2f}" for quality in qualities))
    out.print(grid)


@click.command()
@click.argument("training_set", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--real",
    "real_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Tables people have described.",
)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="For results.")
@click.option("--form", "forms", type=click.Choice([form.value for form in Form]), multiple=True, help="Default: all.")
@click.option("--base-model", default="smollm2-135m-instruct", show_default=True, help="What is tuned.")
@click.option("--train", default=240, show_default=True, help="Tables to learn from.")
@click.option("--test", default=24, show_default=True, help="Unseen synthetic tables.")
@click.option("--real-tables", default=40, show_default=True, help="Unseen real tables.")
@click.option("--steps", default=60, show_default=True, help="Of the optimizer.")
@click.option("--tables-per-step", default=4, show_default=True, help="Tables of a step.")
@click.option("--batch", default=8, show_default=True, help="Tables decoded at once.")
@click.option("--learning-rate", default=1e-3, show_default=True, help="At its peak.")
@click.option("--lora-r", default=16, show_default=True, help="Rank of the adapters.")
@click.option("--max-row-tokens", default=900, show_default=True, help="Longer rows are split.")
@click.option("--seed", default=7, show_default=True, help="Decides which tables.")
def main(training_set: Path, real_file: Path, folder: Path, forms: tuple[str, ...], **options: Any) -> None:
    """Tune and measure each form, and print the comparison."""
    quiet_libraries()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        source = read_training_set(training_set)
        settings = Settings(**options, training_set=source.digest, prompt=prompt_digest())
        # More than wanted: tables with empty texts are left out.
        real = draw_documented(real_file, 2 * settings.real_tables, settings.seed)
        experiment = Experiment(settings, folder, source.train, source.test, real, open_encoder().similarities)
        results = [experiment.run(Form(form)) for form in forms or list(Form)]
    except ColumnistError as error:
        raise click.ClickException(str(error)) from error
    print_results(results)


if __name__ == "__main__":
    main()
