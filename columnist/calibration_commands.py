"""The commands below ``run.py calibration``: fit when a model's texts are shown, and measure if that can be trusted."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from columnist.errors import ConfigError, TrainingSetError
from columnist.files import check_file, write_whole

if TYPE_CHECKING:
    from columnist.modeling.acceptance.calibration import CalibrationReport
    from columnist.modeling.adapters import Adapter
    from columnist.modeling.filling import OnProgress
    from columnist.synthesis.examples import TrainingSet

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "train" / "full.yaml"
_SEED, _RESAMPLES = 7, 2000


@click.group()
def calibration() -> None:
    """Fit how likely each text of a model is to be accepted, or measure whether that is true.

    \b
    Example: python run.py calibration measure models:/columnist@challenger --documented tables.jsonl
    """


def _tables(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which tables are used, and where pictures go."""
    function = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)
    function = click.option(
        "--pictures", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the diagrams here, and the JSON."
    )(function)
    function = click.option(
        "--tables", type=click.IntRange(2), help="At most so many documented tables, drawn by a fixed seed."
    )(function)
    function = click.option(
        "--documented",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Tables that people have described: JSON lines or a script with comments.",
    )(function)
    return click.option(
        "--training-set", metavar="FOLDER|ID", help="A folder of examples or the id of a stored set; else the latest."
    )(function)


@calibration.command()
@click.argument("model")
@click.option("--kept-half", is_flag=True, help="Only those documented tables that fit --documented leaves out.")
@_tables
def measure(
    model: str,
    kept_half: bool,
    training_set: str | None,
    documented: Path | None,
    tables: int | None,
    pictures: Path | None,
    as_json: bool,
) -> None:
    """Print calibration error, reliability and risk-coverage of a model on tables that its fit has not seen.

    They are tables that people have described, and the test split of a training set: where no tables are given,
    or where one is named.

    \b
    Example: python run.py calibration measure adapter/ --training-set training_set --documented tables.jsonl
    """
    from columnist.modeling.acceptance import read_acceptance
    from columnist.modeling.acceptance.adapting import measure_acceptance
    from columnist.modeling.acceptance.documented import Half, read_documented_tables
    from columnist.modeling.acceptance.measuring import refer_examples

    _check_documented(documented)
    adapter = _open(model)
    acceptance = read_acceptance(adapter.folder)
    if acceptance is None:
        raise ConfigError(
            f"{model} has no acceptance model; fit one: python run.py calibration fit {model} --to FOLDER"
        )
    sources = {}
    if training_set or not documented:
        sources["test"] = refer_examples(_read_training_set(training_set, adapter).test)
    if documented:
        half = Half.KEPT if kept_half else None
        sources["documented"] = read_documented_tables(documented, half, tables, _SEED)
    with _progress() as progress:
        report = measure_acceptance(adapter, acceptance, sources, _SEED, _RESAMPLES, progress)
    _show(report, pictures, as_json)


@calibration.command()
@click.argument("model")
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help="Folder of the new adapter.")
@click.option("--config", type=click.Path(path_type=Path), default=_CONFIG, show_default="configs/train/full.yaml")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter, as in train.")
@_tables
def fit(
    model: str,
    folder: Path,
    config: Path,
    overrides: tuple[str, ...],
    training_set: str | None,
    documented: Path | None,
    tables: int | None,
    pictures: Path | None,
    as_json: bool,
) -> None:
    """Copy an adapter with an acceptance model fitted on what it writes, and measure it on other tables.

    It is fitted on one half of the documented tables, parted by the project they come from, and measured on the
    other half; only figures are kept of them. Without any it is fitted on the validation split, whose texts an
    adapter was taught to imitate, so that it promises too much of real tables. It is measured on the test split too.

    \b
    Example: python run.py calibration fit adapter/ --to calibrated/ --documented tables.jsonl
    """
    from columnist.configuration import load_config
    from columnist.modeling.acceptance.adapting import add_acceptance, measure_acceptance
    from columnist.modeling.acceptance.calibration import CalibrationReport
    from columnist.modeling.acceptance.config import AcceptanceConfig
    from columnist.modeling.acceptance.documented import Half, read_documented_tables
    from columnist.modeling.acceptance.measuring import refer_examples
    from columnist.modeling.training import TrainingConfig

    loaded = load_config(config, {"training": TrainingConfig, "acceptance": AcceptanceConfig}, overrides)["acceptance"]
    settings = AcceptanceConfig.model_validate(loaded)
    _check_documented(documented)
    _make_folder(folder)
    adapter = _open(model)
    examples = _read_training_set(training_set, adapter)
    synthetic, unseen = {"validation": refer_examples(examples.validation)}, {"test": refer_examples(examples.test)}
    real = {}
    if documented:
        real["documented"] = read_documented_tables(documented, Half.FITTED, tables, _SEED)
        unseen["documented, other half"] = read_documented_tables(documented, Half.KEPT, tables, _SEED)
    with _progress() as progress:
        more = synthetic if real else {}
        calibrated, fitted = add_acceptance(adapter, real or synthetic, settings, folder, progress, more)
    with _progress() as progress:
        measured = measure_acceptance(calibrated, fitted.acceptance, unseen, _SEED, _RESAMPLES, progress)
    report = CalibrationReport(calibrations=(*fitted.report.calibrations, *measured.calibrations))
    _show(report, pictures, as_json)
    click.echo(f"{folder} has SHA-256 {calibrated.digest}", err=True)


def _check_documented(documented: Path | None) -> None:
    if documented:
        check_file(documented, "described tables: JSON lines, or a script with comments")


def _open(model: str) -> "Adapter":
    from columnist.home import Home
    from columnist.registry.sessions import open_stores
    from columnist.registry.versions import open_model

    if model.startswith("models:/"):
        open_stores(Home.find(), zenml=False)
    return open_model(model)


def _read_training_set(training_set: str | None, adapter: "Adapter") -> "TrainingSet":
    from columnist.synthesis.files import read_training_set
    from columnist.terminal import print_note

    with _training_folder(training_set) as folder:
        found = read_training_set(folder)
    if found.digest != adapter.card.training_set_sha256:
        print_note("the adapter was trained on another training set, which may hold some of these tables")
    return found


@contextlib.contextmanager
def _training_folder(training_set: str | None) -> Iterator[Path]:
    """Give the folder of a training set; the stores are opened only if it is in one."""
    if training_set is not None and Path(training_set).is_dir():
        yield Path(training_set)
        return
    if training_set is not None and os.sep in training_set:
        raise TrainingSetError(f"{training_set}: expected the folder or the id of a training set; check the path")
    from columnist.home import Home
    from columnist.registry.sessions import open_stores
    from columnist.registry.training_folders import open_training_set

    open_stores(Home.find())
    with open_training_set(training_set) as folder:
        yield folder


@contextlib.contextmanager
def _progress() -> Iterator["OnProgress"]:
    from columnist.terminal import DescribeProgress

    with DescribeProgress() as progress:
        yield progress.update


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"cannot make the folder {folder}: {error.strerror}; give a folder within one that exists"
        ) from error


def _show(report: "CalibrationReport", pictures: Path | None, as_json: bool) -> None:
    from columnist.modeling.acceptance.pictures import file_stem, render_calibration
    from columnist.terminal_calibration import print_calibration

    if pictures:
        _make_folder(pictures)
        write_whole(pictures / "calibration.json", report.model_dump_json(indent=1) + "\n")
        for each in report.calibrations:
            (pictures / f"{file_stem(each)}.png").write_bytes(render_calibration(each))
    if as_json:
        click.echo(report.model_dump_json(indent=2))
        return
    for each in report.calibrations:
        print_calibration(each)
