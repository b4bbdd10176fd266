"""Training curves as a picture and a card as Markdown."""

import io

from columnist.modeling.adapters import AdapterCard


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
    last = next((p.validation_loss for p in reversed(card.history) if p.validation_loss is not None), None)
    facts = {
        "base model": f"{card.base_model} ({card.base_model_license}, `{card.base_model_digest[:16]}`)",
        "prompt": f"{card.prompt.value} `{card.prompt_sha256[:16]}`",
        "training set": f"`{card.training_set_sha256[:16]}`, {card.train_examples} examples",
        "learned tokens": f"{card.trained_tokens:,}",
        "validation loss": "not measured" if last is None else f"{last:.3f} nats per token",
    }
    settings = "\n".join(f"| {name} | {value} |" for name, value in card.training_config.items())
    lines = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    return f"# Adapter\n\n{lines}\n\n## Configuration\n\n| key | value |\n|---|---|\n{settings}\n"
