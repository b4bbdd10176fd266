"""The processes that train together: one alone, or several that accelerate has started.

Each takes every n-th micro-batch of a step; gradients are summed before the optimizer,
so that all hold the same weights and n processes do what one does with the same config.
Only the first writes files and reports progress.
"""

from collections.abc import Iterable
from typing import Any

from columnist.errors import ConfigError
from columnist.modeling.training.batches import Batch


class Team:
    """This process among those that train together.

    Attributes:
        rank: Number of this process, 0 for the first.
        size: How many there are.
    """

    def __init__(self, device: str):
        from accelerate import PartialState

        # With no sign of a launcher in the environment this is one process, and nothing is set up.
        self._state = PartialState(cpu=device == "cpu")
        self.rank, self.size = int(self._state.process_index), int(self._state.num_processes)

    @property
    def is_first(self) -> bool:
        """Whether this process writes and reports."""
        return self.rank == 0

    def share(self, batches: list[Batch]) -> list[Batch]:
        """Return the batches that this process computes."""
        return batches[self.rank :: self.size]

    def add(self, *numbers: float) -> tuple[float, ...]:
        """Return each number summed over all processes."""
        if self.size == 1:
            return numbers
        import torch

        return tuple(self._sum(torch.tensor(numbers, dtype=torch.float64, device=self._state.device)).tolist())

    def add_gradients(self, parameters: Iterable[Any]) -> None:
        """Sum the gradients over all processes, in one exchange."""
        if self.size == 1:
            return
        import torch

        parameters = list(parameters)
        # At the end of an epoch a process may have had nothing to do.
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        whole = self._sum(torch.cat([gradient.flatten() for gradient in gradients]))
        for parameter, part in zip(parameters, whole.split([p.numel() for p in parameters]), strict=True):
            parameter.grad = part.view_as(parameter)

    def wait(self) -> None:
        """Wait until all processes are here."""
        self._state.wait_for_everyone()

    def check(self, accumulate: int) -> None:
        """Refuse a number of micro-batches that cannot be shared evenly.

        Raises:
            ConfigError: It is not a multiple of the number of processes.
        """
        if accumulate % self.size:
            raise ConfigError(
                f"accumulate: {self.size} processes cannot share {accumulate} micro-batches a step evenly; "
                f"give a multiple of {self.size}"
            )

    def _sum(self, tensor: Any) -> Any:
        from accelerate.utils import reduce

        return reduce(tensor, reduction="sum")
