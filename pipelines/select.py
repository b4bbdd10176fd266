"""Select the cheapest model that is good enough."""

from zenml import pipeline
from zenml.client import Client

from columnist.selection import SelectionConfig
from columnist.selection.plans import Plan
from steps.choose_rung import choose_rung
from steps.draw_selection_tables import draw_documented_tables, draw_synthetic_tables
from steps.evaluate_rung import evaluate_rung, evaluate_trained_rung
from steps.train_rung import train_rung


@pipeline(enable_cache=False)
def select(
    training_set_id: str | None, plans: tuple[Plan, ...], selection: SelectionConfig, usd_per_hour: float
) -> None:
    """Measure every rung on the same tables, one step each, and choose the cheapest that is not worse than the best."""
    training_set = Client().get_artifact_version(training_set_id) if training_set_id else None
    tables = (
        draw_documented_tables(selection)
        if selection.documented is not None
        else draw_synthetic_tables(training_set, selection)
    )
    rungs = []
    for plan in plans:
        name = f"evaluate_{plan.name}"
        if plan.training is None:
            rungs.append(evaluate_rung(tables, plan, selection, usd_per_hour, id=name))
        else:
            adapter = train_rung(training_set, plan.training, id=f"train_{plan.name}")
            rungs.append(evaluate_trained_rung(tables, plan, selection, usd_per_hour, adapter, id=name))
    choose_rung(rungs, selection)
