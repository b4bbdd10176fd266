"""The commands below ``run.py bench``: measure this product on this machine, beside its alternatives.

The benchmarks belong to the checkout and not to the package: what is installed must not
depend on them. So a benchmark is imported when it is asked for, and not before.
"""

import importlib
import importlib.util
from pathlib import Path

import click

from columnist.errors import ConfigError

BENCHMARKS = {
    "tokens": "Count the input tokens of both prompts, for each tokenizer.",
    "train": "Time training beside TRL's SFTTrainer: same data, model and quality.",
    "decode": "Time decoding beside transformers.generate, llama.cpp and vLLM.",
    "limit": "Measure what this machine could do at most, and the share that is reached.",
    "quality": "Compare models on real tables that people have described.",
    "retrieval": "Measure whether descriptions help to find tables and columns.",
    "rating_load": "Load the rating pages, kill the server, and count lost ballots.",
    "formulations": "Compare ways to put the task: quality and speed of each.",
}


class _Benchmarks(click.Group):
    """A group whose subcommands are the ``main`` of modules in the folder ``benchmarks``."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(BENCHMARKS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_benchmark(cmd_name) if cmd_name in BENCHMARKS else None

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the summaries above, which needs no import."""
        with formatter.section("Commands"):
            formatter.write_dl(list(BENCHMARKS.items()))


@click.group(cls=_Benchmarks)
def bench() -> None:
    """Measure speed, memory and quality on this machine; benchmarks/README.md explains each figure.

    \b
    Example: python run.py bench decode --tables 40
    """


def load_benchmark(name: str) -> click.Command:
    """Import a benchmark and return its command.

    Raises:
        ConfigError: The folder of benchmarks or this benchmark is not in the checkout.
    """
    if importlib.util.find_spec("benchmarks") is None:
        raise ConfigError(
            f"bench {name} needs the folder benchmarks, which is not beside run.py; "
            "run it from a whole checkout of the repository"
        )
    if importlib.util.find_spec(f"benchmarks.{name}") is None:
        folder = Path(str(importlib.import_module("benchmarks").__file__)).parent
        raise ConfigError(f"bench {name} is not in {folder}, which holds other benchmarks; update the checkout")
    command = importlib.import_module(f"benchmarks.{name}").main
    assert isinstance(command, click.Command), f"benchmarks.{name}.main must be a command"
    return command
