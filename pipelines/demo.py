"""The whole loop at smoke size, told as it happens."""

import sys
from pathlib import Path

from columnist.terminal import (
    print_evaluation,
    print_heading,
    print_lineage,
    print_panel,
    print_sample,
    print_version,
)
from pipelines.launch import (
    CONFIGS,
    launch_evaluate,
    launch_register,
    launch_synthesize,
    launch_train,
    plan_evaluation,
)

_NEXT = """\
{python} run.py describe YOUR_SCHEMA.sql                     document your own tables
{python} run.py describe YOUR_SCHEMA.sql --format sql        the same as comment statements
{python} run.py synthesize && {python} run.py train    a larger training set, and longer training"""


def run_demo() -> None:
    """Synthesize, train, evaluate and register; then show what came of it.

    Each part hands its artifact to the next by id, so that other runs in the
    same store do not get in between. A demo that was interrupted while training
    goes on from its last checkpoint.
    """
    print_heading("1 of 4  Synthesize a training set")
    training_set = launch_synthesize(CONFIGS / "synthesize" / "smoke.yaml")
    print_heading("2 of 4  Teach the base model")
    adapter = launch_train(CONFIGS / "train" / "smoke.yaml", training_set_id=str(training_set.id))
    print_heading("3 of 4  Compare it with the base model on tables it has not seen")
    evaluation = launch_evaluate(plan_evaluation(CONFIGS / "evaluate" / "smoke.yaml"), str(adapter.id))
    print_heading("4 of 4  Register it")
    version = launch_register(CONFIGS / "register" / "smoke.yaml", evaluation_id=str(evaluation.id)).load()
    result = evaluation.load()
    print_heading("One unseen schema, before and after")
    (found,) = result.sets
    print_panel("schema", found.samples[0].ddl)
    print_sample(found.samples[0].before_and_after(found.candidate.identity.name, found.comparisons[0].baseline))
    print_heading("Metrics")
    print_evaluation(result)
    print_heading("Registered")
    print_version(version)
    print_heading("Lineage")
    _print_lineage(version.uri)
    print_heading("What to try next")
    print_panel("commands", _NEXT.format(python=_python()))


def _python() -> str:
    """Return this Python as it can be typed from the current folder."""
    executable = Path(sys.executable)
    return str(executable.relative_to(Path.cwd()) if executable.is_relative_to(Path.cwd()) else executable)


def _print_lineage(uri: str) -> None:
    from columnist.registry.lineage import trace_lineage

    print_lineage(trace_lineage(uri))
