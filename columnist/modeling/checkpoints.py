"""Checkpoints of a training run: one safetensors file, replaced atomically.

The file holds the trainable weights, the optimizer's moments, the best weights so far
if the run keeps them and, as metadata, the step, the history, what the run was started
with and a digest of the tensors. It is never a pickle.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from columnist.digests import digest_value
from columnist.modeling.adapters import HistoryPoint
from columnist.values import Value

_MOMENTS = ("exp_avg", "exp_avg_sq")
_BEST = "best/"


class Checkpoint:
    """A loaded checkpoint.

    Attributes:
        step: Steps that were done.
        history: Their losses.
        best: The weights with the lowest validation loss so far; empty if the run keeps none.
    """

    def __init__(self, step: int, history: Sequence[HistoryPoint], tensors: Mapping[str, Any]):
        self.step, self.history, self._tensors = step, tuple(history), tensors
        self.best = {name.removeprefix(_BEST): tensor for name, tensor in tensors.items() if name.startswith(_BEST)}

    def restore(self, parameters: Mapping[str, Any], optimizer: Any) -> None:
        """Put weights and moments back as they were."""
        import torch

        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(self._tensors[f"weight/{name}"])
                optimizer.state[parameter] = {
                    "step": torch.tensor(float(self.step)),
                    **{moment: self._tensors[f"{moment}/{name}"].to(parameter.device) for moment in _MOMENTS},
                }


def save_checkpoint(
    file: Path,
    fingerprint: Mapping[str, str],
    step: int,
    history: Sequence[HistoryPoint],
    parameters: Mapping[str, Any],
    optimizer: Any,
    best: Mapping[str, Any] | None = None,
) -> None:
    """Write a checkpoint beside the old one, then put it in its place."""
    from safetensors.torch import save_file

    tensors = {f"weight/{name}": parameter.detach() for name, parameter in parameters.items()}
    for moment in _MOMENTS:
        tensors |= {f"{moment}/{name}": optimizer.state[parameter][moment] for name, parameter in parameters.items()}
    tensors |= {_BEST + name: tensor for name, tensor in (best or {}).items()}
    tensors = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
    metadata = {
        "fingerprint": json.dumps(dict(fingerprint), sort_keys=True),
        "step": str(step),
        "history": json.dumps([point.model_dump() for point in history]),
        "tensors_sha256": _digest_tensors(tensors),
    }
    part = file.with_name(file.name + ".part")
    save_file(tensors, part, metadata=metadata)
    part.replace(file)


def load_checkpoint(file: Path, fingerprint: Mapping[str, str]) -> Checkpoint | None:
    """Read a checkpoint of the same run; ``None`` if there is none, it is damaged or of another run.

    Args:
        file: The checkpoint.
        fingerprint: Configuration and digests of the run that wants to resume.
    """
    from safetensors import SafetensorError, safe_open

    if not file.exists():
        return None
    try:
        with safe_open(file, framework="pt") as opened:
            metadata = opened.metadata() or {}
            if json.loads(metadata["fingerprint"]) != dict(fingerprint):
                return None
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        history = [HistoryPoint.model_validate(point) for point in json.loads(metadata["history"])]
        # A run that goes on from a flipped bit would end with an adapter that no other run gives.
        whole = metadata["tensors_sha256"] == _digest_tensors(tensors)
        return Checkpoint(int(metadata["step"]), history, tensors) if whole else None
    except (SafetensorError, KeyError, ValueError):
        return None


@contextmanager
def claim_checkpoint(folder: Path, training_set_sha256: str, config: Value) -> Iterator[Path]:
    """Yield the checkpoint file of a training run, for this process alone.

    An interrupted run of the same inputs finds its own checkpoint again. While
    another process trains on the same inputs at the same time, this one gets a
    file of its own, so that the two do not overwrite each other. The file is removed
    when the run has finished and kept when it fails.

    Args:
        folder: Where checkpoints are kept.
        training_set_sha256: Digest of the training set.
        config: The training configuration.
    """
    name = digest_value({"training_set": training_set_sha256, "config": config.model_dump(mode="json")})[:16]
    file, lock = _claim(folder, name)
    try:
        yield file
        file.unlink(missing_ok=True)
    finally:
        lock.release()


def _claim(folder: Path, name: str) -> tuple[Path, BaseFileLock]:
    """Return the first file of a name that no other process holds, with the lock that keeps it."""
    number = 0
    while True:
        file = folder / f"{name}-{number}.safetensors"
        lock = FileLock(f"{file}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            number += 1
        else:
            return file, lock


def _digest_tensors(tensors: Mapping[str, Any]) -> str:
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].numpy().tobytes())
    return digest.hexdigest()
