"""The command ``run.py study simulate``: how often the procedure of a study errs, and what it finds."""

import sys
from pathlib import Path
from typing import Any

import click

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "study" / "default.yaml"


@click.command()
@click.option("--tables", type=click.IntRange(3, 2000), help="Tables; the configured number if left out.")
@click.option("--raters", type=click.IntRange(1, 100), help="Raters; the configured number if left out.")
@click.option("--margin", type=click.FloatRange(0, 0.5, max_open=True), help="Between win rates; 0.1 is ten points.")
@click.option("--question", type=click.Choice(("superior", "non-inferior")), help="What is to be shown.")
@click.option("--alpha", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), help="One-sided.")
@click.option(
    "--replications", type=click.IntRange(100), default=10_000, show_default=True, help="Simulated studies of each row."
)
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True, help="Of the simulation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=_CONFIG,
    show_default="configs/study/default.yaml",
    help="The configuration file.",
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a parameter.")
def simulate(
    tables: int | None,
    raters: int | None,
    margin: float | None,
    question: str | None,
    alpha: float | None,
    replications: int,
    seed: int,
    as_json: bool,
    config: Path,
    overrides: tuple[str, ...],
) -> None:
    """Run the whole procedure on simulated studies: how often it errs, and whether its power is as planned.

    Exclusions, looks and conditions are decided by the code that decides real studies. Exits with 1 where an
    error is not shown to be within alpha, or a power is not what study plan says.

    An error is shown to be within alpha by its 95 % bound, not by its share, and few replications leave the bound
    wide. Takes a minute on an idle machine with the default, and some on a busy one.

    \b
    Example: python run.py study simulate --replications 10000
    """
    from columnist.configuration import load_config
    from columnist.studies.config import StudyConfig
    from columnist.studies.design import ask
    from columnist.studies.operating import find_characteristics
    from columnist.studies.sampling import PoolConfig
    from columnist.terminal_studies import StepProgress

    found: dict[str, Any] = load_config(config, {"study": StudyConfig, "pool": PoolConfig}, overrides)
    given = {"tables": tables, "raters": raters, "margin": margin, "hypothesis": question, "alpha": alpha}
    asked = ask(found["study"], {name: value for name, value in given.items() if value is not None})
    characteristics = find_characteristics(asked, replications, seed, StepProgress())
    if as_json:
        click.echo(characteristics.model_dump_json(indent=2))
    else:
        from columnist.terminal_study_simulation import print_characteristics

        print_characteristics(characteristics)
    if not characteristics.holds:
        sys.exit(1)
