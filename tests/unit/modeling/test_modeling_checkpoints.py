"""Checkpoints: whole or not there, and never of another run."""

import pytest

from columnist.modeling.adapters import HistoryPoint
from columnist.modeling.checkpoints import claim_checkpoint, load_checkpoint, save_checkpoint
from columnist.values import Value

RUN = {"config": "{}", "training_set": "a" * 64}
HISTORY = [HistoryPoint(step=1, train_loss=2.5), HistoryPoint(step=2, train_loss=2.25, validation_loss=2.0)]


@pytest.fixture
def trained():
    """Two parameters after two steps, with their optimizer."""
    import torch

    torch.manual_seed(1)
    parameters = {name: torch.nn.Parameter(torch.randn(3, 2)) for name in ("a", "b")}
    optimizer = torch.optim.AdamW(parameters.values(), lr=0.1)
    for _ in range(2):
        step(parameters, optimizer)
    return parameters, optimizer


def step(parameters, optimizer):
    sum((parameter**2).sum() for parameter in parameters.values()).backward()
    optimizer.step()
    optimizer.zero_grad()


def test_what_was_saved_is_restored_and_goes_on_alike(trained, tmp_path):
    import torch

    file = tmp_path / "run.safetensors"
    save_checkpoint(file, RUN, 2, HISTORY, *trained)
    loaded = load_checkpoint(file, RUN)
    assert (loaded.step, loaded.history) == (2, tuple(HISTORY))
    fresh = {name: torch.nn.Parameter(torch.zeros(3, 2)) for name in ("a", "b")}
    optimizer = torch.optim.AdamW(fresh.values(), lr=0.1)
    loaded.restore(fresh, optimizer)
    step(*trained)
    step(fresh, optimizer)
    assert all(torch.equal(fresh[name], trained[0][name]) for name in fresh)


def test_saving_replaces_the_old_one_and_leaves_nothing_beside_it(trained, tmp_path):
    file = tmp_path / "run.safetensors"
    save_checkpoint(file, RUN, 1, HISTORY[:1], *trained)
    save_checkpoint(file, RUN, 2, HISTORY, *trained)
    assert load_checkpoint(file, RUN).step == 2
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_there_may_be_none(tmp_path):
    assert load_checkpoint(tmp_path / "none", RUN) is None


def test_one_of_another_run_is_ignored(trained, tmp_path):
    save_checkpoint(tmp_path / "run", RUN, 2, HISTORY, *trained)
    assert load_checkpoint(tmp_path / "run", {**RUN, "config": '{"seed":2}'}) is None


@pytest.mark.parametrize("keep", [0, 1, 8, 100, -1])
def test_a_cut_one_is_ignored(trained, tmp_path, keep):
    save_checkpoint(tmp_path / "run", RUN, 2, HISTORY, *trained)
    (tmp_path / "run").write_bytes((tmp_path / "run").read_bytes()[:keep])
    assert load_checkpoint(tmp_path / "run", RUN) is None


def test_one_with_a_flipped_bit_is_ignored(trained, tmp_path):
    save_checkpoint(tmp_path / "run", RUN, 2, HISTORY, *trained)
    data = bytearray((tmp_path / "run").read_bytes())
    data[-5] ^= 4
    (tmp_path / "run").write_bytes(data)
    assert load_checkpoint(tmp_path / "run", RUN) is None


@pytest.mark.parametrize(
    "metadata",
    [{}, {"fingerprint": "no json"}, {"fingerprint": '{"config": "{}"}', "step": "x", "history": "[]"}, None],
)
def test_a_foreign_safetensors_file_is_ignored(tmp_path, metadata):
    import torch
    from safetensors.torch import save_file

    save_file({"x": torch.zeros(1)}, tmp_path / "run", metadata=metadata)
    assert load_checkpoint(tmp_path / "run", {"config": "{}"}) is None


class Config(Value):
    seed: int


def test_a_finished_run_takes_its_checkpoint_away(tmp_path):
    with claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)) as file:
        file.write_text("state")
    assert not file.exists()


def test_a_failed_run_leaves_its_checkpoint_to_the_next(tmp_path):
    def fail():
        with claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)) as file:
            file.write_text("state")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        fail()
    with claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)) as file:
        assert file.read_text() == "state"


def test_two_runs_at_once_get_two_files(tmp_path):
    with (
        claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)) as one,
        claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)) as two,
    ):
        assert one != two


def test_other_inputs_get_another_file(tmp_path):
    names = set()
    for digest, seed in (("a", 1), ("a", 2), ("b", 1)):
        with claim_checkpoint(tmp_path, digest, Config(seed=seed)) as file:
            names.add(file.name)
    assert len(names) == 3


def test_a_timeout_of_the_run_itself_is_not_taken_for_a_claimed_file(tmp_path):
    from filelock import Timeout

    def fail():
        with claim_checkpoint(tmp_path, "a" * 64, Config(seed=1)):
            raise Timeout("another.lock")

    with pytest.raises(Timeout, match="another"):
        fail()
