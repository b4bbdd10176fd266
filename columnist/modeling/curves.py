"""Training curves as a picture and a card as Markdown."""

import io

from columnist.modeling.adapters import AdapterCard, Stopped

_ENDS = {
    Stopped.FINISHED: "coming to its end",
    Stopped.MAX_STEPS: "max_steps",
    Stopped.PATIENCE: "validation losses that no longer fell",
}


def render_curves(card: AdapterCard) -> bytes:
    """Return the losses over the steps as a PNG; the same card gives the same bytes."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(7, 4), layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.15))
    axes = figure.add_subplot()
    trained = [(point.step, point.train_loss) for point in card.history if point.train_loss is not None]
    watched = [(point.step, point.validation_loss) for point in card.history if point.validation_loss is not None]
    if trained:
        axes.plot(*zip(*trained, strict=True), color="0.6", linewidth=1, label="training")
    if watched:
        axes.plot(*zip(*watched, strict=True), color="#1a7f5a", linewidth=2, marker="o", label="validation")
        best = min(watched, key=lambda point: (point[1], point[0]))
        label = f"best, {best[1]:.3f} at step {best[0]}"
        axes.plot(*best, color="#b45309", marker="o", markersize=9, fillstyle="none", linestyle="", label=label)
    if card.stopped is Stopped.PATIENCE:
        axes.axvline(card.history[-1].step, color="0.4", linestyle=":", label="stopped early")
    axes.set_xlabel("step")
    axes.set_ylabel("loss, nats per token")
    axes.set_title(f"LoRA on {card.base_model}, {card.train_examples} examples", fontsize="medium", wrap=True)
    axes.grid(color="#e5e7eb")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110, metadata={"Software": None})
    return picture.getvalue()


def render_adapter_card(card: AdapterCard) -> str:
    """Return what an adapter is, as Markdown."""
    watched = [(p.step, p.validation_loss) for p in card.history if p.validation_loss is not None]
    kept = next((loss for step, loss in reversed(watched) if card.kept_step in (step, None)), None)
    facts = {
        "base model": f"{card.base_model} ({card.base_model_license}, `{card.base_model_digest[:16]}`)",
        "prompt": f"{card.prompt.value} `{card.prompt_sha256[:16]}`",
        "training set": f"`{card.training_set_sha256[:16]}`, {card.train_examples} examples",
        "learned tokens": f"{card.trained_tokens:,}",
        "validation loss": "not measured" if kept is None else f"{kept:.3f} nats per token",
        "weights": f"of step {card.kept_step} of {len(card.history)}; the run ended by {_ENDS[card.stopped]}",
        "trained on": f"{card.device} in {card.precision}, "
        + ", ".join(f"{name} {version}" for name, version in card.libraries.items()),
    }
    settings = "\n".join(f"| {name} | {value} |" for name, value in card.training_config.items())
    lines = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    return f"# Adapter\n\n{lines}\n\n## Configuration\n\n| key | value |\n|---|---|\n{settings}\n"
