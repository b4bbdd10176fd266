"""Several processes, which talk over gloo here, do what one does."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from columnist.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
_TRAIN = """
import json, sys
from pathlib import Path
import torch
from columnist.errors import ConfigError
from columnist.modeling.training import TrainingConfig, train_adapter
from columnist.synthesis import TrainingSet

torch.set_num_threads(1)
folder = Path(sys.argv[1])
inputs = json.loads((folder / "inputs.json").read_text())
reports = []
try:
    train_adapter(
        TrainingSet.model_validate(inputs["training_set"]),
        TrainingConfig.model_validate(inputs["config"]),
        folder / "adapter",
        folder / "checkpoint.safetensors",
        reports.append,
    )
except ConfigError as error:
    sys.exit(str(error))
print(len(reports))
"""


def train_together(folder: Path, training_set, config, processes: int) -> list[subprocess.CompletedProcess]:
    """Train in several processes, with the variables that launchers set."""
    folder.mkdir(exist_ok=True)
    inputs = {"training_set": training_set.model_dump(mode="json"), "config": config.model_dump(mode="json")}
    (folder / "inputs.json").write_text(json.dumps(inputs))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    meeting = {"WORLD_SIZE": processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "LOCAL_WORLD_SIZE": processes}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _TRAIN, str(folder)],
            cwd=ROOT,
            env={**os.environ, **{k: str(v) for k, v in {**meeting, "RANK": rank, "LOCAL_RANK": rank}.items()}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(processes)
    ]
    # Both wait for each other, so neither may block on a full pipe: what they print is a few lines.
    return [subprocess.CompletedProcess(p.args, p.returncode, *said) for p in running if (said := p.communicate())]


@pytest.fixture
def config(small_config):
    changes = {"accumulate": 2, "batch_tokens": 800, "max_row_tokens": 800, "epochs": 2, "patience": 50}
    return small_config.model_copy(update=changes)


def test_two_processes_do_what_one_does_with_the_same_config(small_training_set, config, tmp_path):
    from columnist.modeling.adapters import open_adapter
    from columnist.modeling.training import train_adapter

    (tmp_path / "one").mkdir()
    one = train_adapter(small_training_set, config, tmp_path / "one" / "adapter", tmp_path / "one" / "checkpoint").card
    done = train_together(tmp_path / "two", small_training_set, config, 2)
    assert [process.returncode for process in done] == [0, 0], done
    # Only the first process reports.
    assert [int(process.stdout) for process in done] == [len(one.history), 0]
    two = open_adapter(tmp_path / "two" / "adapter").card
    for left, right in zip(one.history, two.history, strict=True):
        assert left.train_loss == pytest.approx(right.train_loss, abs=1e-4)
        assert left.validation_loss == pytest.approx(right.validation_loss, abs=1e-4)
    assert (one.kept_step, one.trained_tokens) == (two.kept_step, two.trained_tokens)


def test_micro_batches_that_cannot_be_shared_are_refused(small_training_set, config, tmp_path):
    odd = config.model_copy(update={"accumulate": 3})
    done = train_together(tmp_path / "odd", small_training_set, odd, 2)
    message = "accumulate: 2 processes cannot share 3 micro-batches a step evenly; give a multiple of 2"
    assert [process.stderr.splitlines()[-1] for process in done] == [message] * 2


def test_one_process_shares_with_nobody():
    from columnist.modeling.training.team import Team

    team = Team("cpu")
    assert (team.rank, team.size, team.is_first) == (0, 1, True)
    assert team.add(1.5, 2) == (1.5, 2)
    assert team.share([1, 2, 3]) == [1, 2, 3]
    team.check(7)


def test_sharing_is_even_or_refused():
    from columnist.modeling.training.team import Team

    team = Team("cpu")
    team.rank, team.size = 1, 3
    assert team.share(list(range(7))) == [1, 4]
    with pytest.raises(ConfigError, match="give a multiple of 3"):
        team.check(4)
