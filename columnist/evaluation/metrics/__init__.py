"""The metrics, one module per folder in the layout of the ``evaluate`` library.

The modules are instantiated here rather than by ``evaluate.load``: that copies
a module's file into the cache of the home folder and imports the copy. The
copy works too (a test holds it), but the product should run the code it ships,
touch no home folder and need no network.
"""

import importlib
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

_CLASSES = {
    "semantic": "Semantic",
    "overlap": "Overlap",
    "unsupported": "Unsupported",
    "structure": "Structure",
    "name_echo": "NameEcho",
    "repetition": "Repetition",
    "filled": "Filled",
    "abstention": "Abstention",
    "limits": "Limits",
    "language": "Language",
    "leak": "Leak",
    "filler": "Filler",
    "information": "Information",
}


# Of each table, either one value or one for each of its texts.
Inputs = Mapping[str, Sequence[Sequence[str] | Sequence[float] | int]]


def compute(metric: str, inputs: Inputs) -> dict[str, list[float | None]]:
    """Run one metric module over the texts of many tables.

    ``evaluate`` is imported here because it takes seconds, and it insists on a
    folder of its own even when it keeps everything in memory.

    Args:
        metric: The name of the module.
        inputs: What the module needs of ``predictions``, ``references``, ``names`` and
            ``similarities``, which hold one list per table (the table first, then its
            columns), and of ``schemas``, ``missing`` and ``invented``, one value per table.

    Returns:
        Per measure of the module one value per table, in the order of the tables;
        ``None`` where the table's references leave nothing to measure.
    """
    module = importlib.import_module(f"columnist.evaluation.metrics.{metric}.{metric}")
    with tempfile.TemporaryDirectory() as folder:
        instance: Any = getattr(module, _CLASSES[metric])(keep_in_memory=True, cache_dir=folder)
        needed = {name: [_as_list(values) for values in inputs[name]] for name in instance.features}
        computed: dict[str, list[float | None]] = instance.compute(**needed)
    return computed


def _as_list(values: Any) -> Any:
    """Return a tuple as a list, which is what the library takes; a single value as it is."""
    return list(values) if isinstance(values, tuple) else values
