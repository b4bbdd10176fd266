"""The commands ``run.py gate``, ``run.py gate plan`` and ``run.py gates``: decide, plan, and look back."""

import json
import logging
import sys
from pathlib import Path

import click

from columnist.default_command import DefaultGroup

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "gate" / "default.yaml"


@click.group(cls=DefaultGroup, default="decide")
def gate() -> None:
    """Decide whether an evaluated model may pass: exit code 0 if it does, 1 if not, 2 if evidence is missing.

    Without a command below, it decides: `gate --config FILE` is `gate decide --config FILE`.

    \b
    Example: python run.py gate --config configs/gate/default.yaml
    """


@gate.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_CONFIG,
    show_default="configs/gate/default.yaml",
    help="The configuration file with all thresholds.",
)
@click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter of the configuration."
)
@click.option("--evaluation", metavar="ID", help="Id of an evaluation; the latest if left out.")
@click.option("--redteam", metavar="ID|FILE", help="Result of attacks: its id or a file; the latest if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def decide(
    config: Path, overrides: tuple[str, ...], evaluation: str | None, redteam: str | None, as_json: bool
) -> None:
    """Decide upon an evaluation and the result of attacks; the decision is stored, whatever it is.

    \b
    Example: python run.py gate decide --evaluation 2f0c6c1e --redteam redteam.json
    """
    from pipelines.launch_gate import launch_gate, plan_gate

    planned = plan_gate(config, overrides, redteam)
    _open_stores()
    from columnist.terminal_gate import print_gate_result

    result = launch_gate(planned, evaluation)
    if as_json:
        click.echo(result.model_dump_json(indent=2))
    else:
        print_gate_result(result)
    if result.verdict.value != "pass":
        sys.exit(1)


@gate.command()
@click.option("--tables", type=click.IntRange(2), help="Number of tables; else how many are needed is printed.")
@click.option("--effect", type=float, required=True, help="True mean improvement per table that is to be noticed.")
@click.option("--sd", type=float, required=True, help="Standard deviation of the improvement over tables.")
@click.option("--margin", type=click.FloatRange(0), default=0.0, show_default=True, help="That of the criterion.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the evaluation's intervals.")
@click.option(
    "--power",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.8,
    show_default=True,
    help="Wanted power, where no number of tables is given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(
    tables: int | None, effect: float, sd: float, margin: float, level: float, power: float, as_json: bool
) -> None:
    """Print how surely a truly better model passes a criterion of superiority, or how many tables that takes.

    \b
    Example: python run.py gate plan --tables 200 --effect 0.03 --sd 0.12
    """
    from columnist.gates.power import explain_power, plan_power, plan_tables

    planned = plan_tables(power, effect, sd, level, margin) if tables is None else tables
    reached = plan_power(planned, effect, sd, level, margin)
    if as_json:
        found = {"tables": planned, "power": reached, "effect": effect, "sd": sd, "margin": margin, "level": level}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(
        f"With {planned} tables, an improvement of {effect:g} with a deviation of {sd:g} is shown beyond a margin of "
        f"{margin:g} in {reached:.1%} of evaluations (intervals at {level:g}); one that is as large as the margin in "
        f"{(1 - level) / 2:.1%}."
    )
    if reason := explain_power(effect, margin):
        click.echo(reason)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def gates(as_json: bool) -> None:
    """List all decisions of gates, newest first, rejections like approvals.

    \b
    Example: python run.py gates --json
    """
    _open_stores()
    from columnist.registry.gate_results import list_decisions
    from columnist.terminal_gate import print_decisions

    decisions = list_decisions()
    if not as_json:
        print_decisions(decisions)
        return
    listed = [
        {
            "artifact_id": each.artifact_id,
            "sha256": each.result.digest,
            "reasons": each.result.reasons,
            **each.result.model_dump(mode="json"),
        }
        for each in decisions
    ]
    click.echo(json.dumps(listed, indent=2, ensure_ascii=False))


def _open_stores() -> None:
    from columnist.home import Home
    from columnist.registry.sessions import open_stores

    # ZenML prints what is logged, and keeps it with the step that logged it.
    logging.getLogger("columnist").setLevel(logging.INFO)
    open_stores(Home.find())
