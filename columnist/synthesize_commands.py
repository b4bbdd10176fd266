"""Making a training set from the command line: into a folder, with a bar, and what came of the quotas."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from columnist.configuration import load_config
from columnist.synthesis import SynthesisConfig, SynthesisRecord, synthesize_to
from columnist.synthesis.files import CARD_FILE, read_record
from columnist.synthesis.synthesizer import usual_processes
from columnist.terminal import err, out


def stream_training_set(config_file: Path, overrides: Sequence[str], folder: Path) -> None:
    """Make a training set in a folder, and say what it is.

    Raises:
        ConfigError: The configuration cannot be used.
        TrainingSetError: The training set cannot be made, or the folder cannot be used.
    """
    config = load_config(config_file, {"synthesis": SynthesisConfig}, overrides)["synthesis"]
    assert isinstance(config, SynthesisConfig)
    columns = (TextColumn("examples"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("examples", total=config.total)
        show = partial(progress.update, task)
        digest = synthesize_to(config, folder, lambda done, _: show(completed=done), usual_processes(config))
    print_quotas(read_record(folder))
    out.print(f"{config.train_examples} training, {config.validation_examples} validation, {config.test_examples} test")
    out.print(f"digest {digest}", soft_wrap=True)
    out.print(f"{folder / CARD_FILE} tells more", soft_wrap=True)


def print_quotas(record: SynthesisRecord) -> None:
    """Say how many quotas were met, and which were not."""
    missed = [quota for quota in record.quotas if not quota.met]
    out.print(f"{len(record.quotas) - len(missed)} of {len(record.quotas)} quotas met")
    for quota in missed:
        out.print(f"missed: {quota.name}, {quota.found:.1%} instead of {quota.wanted:.1%}")
