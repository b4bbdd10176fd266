"""A training process that is really killed, and one that is asked to stop."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_TRAIN = """
import json, os, signal, sys
from pathlib import Path
import torch
from columnist.modeling.training import TrainingConfig, TrainingInterrupted, train_adapter
from columnist.synthesis import TrainingSet

torch.set_num_threads(1)
folder, number, at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
inputs = json.loads((folder / "inputs.json").read_text())

def on_progress(progress):
    print(progress.step, flush=True)
    if progress.step == at:
        os.kill(os.getpid(), number)

try:
    train_adapter(
        TrainingSet.model_validate(inputs["training_set"]),
        TrainingConfig.model_validate(inputs["config"]),
        folder / "adapter",
        folder / "checkpoint.safetensors",
        on_progress,
    )
except TrainingInterrupted as stopped:
    print(stopped)
    sys.exit(stopped.exit_code)
"""


@pytest.fixture
def config(small_config):
    changes = {"patience": 50, "accumulate": 2, "batch_tokens": 800, "max_row_tokens": 800, "lora_dropout": 0.1}
    return small_config.model_copy(update={**changes, "epochs": 3, "checkpoint_every_steps": 3})


@pytest.fixture
def unbroken(small_training_set, config, tmp_path):
    from columnist.modeling.training import train_adapter

    folder = tmp_path / "unbroken"
    folder.mkdir()
    return train_adapter(small_training_set, config, folder / "adapter", folder / "checkpoint.safetensors")


def run(folder: Path, training_set, config, number: int = 0, at: int = 0) -> tuple[int, list[str], list[str]]:
    """Train in a process of its own that sends itself a signal after a step; return exit code and both outputs."""
    folder.mkdir(exist_ok=True)
    inputs = {"training_set": training_set.model_dump(mode="json"), "config": config.model_dump(mode="json")}
    (folder / "inputs.json").write_text(json.dumps(inputs))
    command = [sys.executable, "-c", _TRAIN, str(folder), str(number), str(at)]
    # Where tests run in the background, SIGINT is ignored, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_a_killed_run_goes_on_to_the_same_losses(small_training_set, config, unbroken, tmp_path):
    from columnist.modeling.adapters import open_adapter

    steps = len(unbroken.card.history)
    code, seen, _ = run(tmp_path / "killed", small_training_set, config, signal.SIGKILL, at=5)
    assert (code, seen) == (-signal.SIGKILL, ["1", "2", "3", "4", "5"])
    code, seen, errors = run(tmp_path / "killed", small_training_set, config)
    assert (code, seen[0], seen[-1]) == (0, "4", str(steps)), errors
    resumed = open_adapter(tmp_path / "killed" / "adapter").card
    for left, right in zip(resumed.history, unbroken.card.history, strict=True):
        assert left.train_loss == pytest.approx(right.train_loss, abs=1e-3)
        assert left.validation_loss == pytest.approx(right.validation_loss, abs=1e-3)
    assert resumed.kept_step == unbroken.card.kept_step


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_asked_to_stop_saves_the_step_and_says_one_line(
    small_training_set, config, tmp_path, number, exit_code
):
    code, seen, errors = run(tmp_path / "stopped", small_training_set, config, number, at=4)
    assert (code, errors) == (exit_code, [])
    assert seen[:-1] == ["1", "2", "3", "4"]
    assert seen[-1].startswith(f"stopped by {number.name} after step 4 of ")
    code, seen, _ = run(tmp_path / "stopped", small_training_set, config)
    assert (code, seen[0]) == (0, "5")
