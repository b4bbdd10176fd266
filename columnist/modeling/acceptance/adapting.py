"""Give an adapter its acceptance model: let it write, judge what it wrote, fit, and keep the fit in its folder."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from columnist.digests import digest_file
from columnist.modeling.acceptance.calibration import CalibrationReport, estimate, measure_calibration
from columnist.modeling.acceptance.calibrator import Acceptance, Placeholders, Source, write_acceptance
from columnist.modeling.acceptance.closeness import choose_label, open_closeness
from columnist.modeling.acceptance.config import AcceptanceConfig, Label
from columnist.modeling.acceptance.features import WITH_LOGPROBS, WITHOUT_LOGPROBS
from columnist.modeling.acceptance.fitting import Fit, fit_calibrator
from columnist.modeling.acceptance.outcomes import Outcome, Referenced, judge
from columnist.modeling.adapters import WEIGHTS, Adapter, open_adapter
from columnist.modeling.engines import open_engine
from columnist.modeling.filling import Progress, fill_tables

Tables = Mapping[str, Sequence[Referenced]]
"""Tables with references, by the name of where they come from."""


class Fitted(NamedTuple):
    """An acceptance model, and how far it can be trusted on tables of the same sources.

    Attributes:
        report: Cross-validated over tables, for each source that allows it.
    """

    acceptance: Acceptance
    report: CalibrationReport


def add_acceptance(
    adapter: Adapter,
    sources: Tables,
    config: AcceptanceConfig,
    folder: Path,
    on_progress: Callable[[Progress], None] | None = None,
    examples: Tables | None = None,
) -> tuple[Adapter, Fitted]:
    """Copy an adapter into a folder, with an acceptance model fitted on what it writes.

    Args:
        adapter: A trained adapter, with or without an acceptance model.
        sources: What to fit on; the adapter must not have been trained on any of it.
        config: How to judge and fit.
        folder: Where to; may be the adapter's own, which then changes its digest.
        on_progress: Called while the model writes.
        examples: More tables, from which only is learned what becomes of placeholders such as
            ``custom_field_22``, which real tables seldom have. Synthetic ones say nothing else
            about real ones: an adapter was taught to write as they do.

    Raises:
        AdapterError: The adapter does not fit its base model.
        BaseModelError: The base model cannot be used.
    """
    label = choose_label(config)
    outcomes = collect_outcomes(adapter, {**sources, **(examples or {})}, label, on_progress)
    placeholders = [one for name in examples or {} for one in outcomes.pop(name)]
    fitted = fit_acceptance(outcomes, config, label, digest_file(adapter.folder / WEIGHTS), placeholders)
    if folder.resolve() != adapter.folder.resolve():
        shutil.copytree(adapter.folder, folder, dirs_exist_ok=True)
    write_acceptance(fitted.acceptance, folder)
    return open_adapter(folder), fitted


def measure_acceptance(
    adapter: Adapter,
    acceptance: Acceptance,
    sources: Tables,
    seed: int,
    resamples: int,
    on_progress: Callable[[Progress], None] | None = None,
) -> CalibrationReport:
    """Measure an acceptance model on tables that it was not fitted on.

    Args:
        adapter: Writes the texts.
        acceptance: Gives their probabilities, and says what is acceptable.
        sources: The tables.
        seed: Fixes the bootstrap.
        resamples: Bootstrap samples.
        on_progress: Called while the model writes.

    Raises:
        AdapterError: The adapter does not fit its base model.
        BaseModelError: The base model or the sentence encoder cannot be used.
    """
    outcomes = collect_outcomes(adapter, sources, acceptance.label, on_progress)
    return CalibrationReport.of(
        *(
            measure_calibration(name, estimate(acceptance, own), own, acceptance.threshold, seed, resamples=resamples)
            for name, own in outcomes.items()
        )
    )


def collect_outcomes(
    adapter: Adapter, sources: Tables, label: Label, on_progress: Callable[[Progress], None] | None = None
) -> dict[str, list[Outcome]]:
    """Let an adapter write texts for tables, and judge each against its reference.

    Raises:
        AdapterError: The adapter does not fit its base model.
        BaseModelError: The base model cannot be used.
    """
    close = open_closeness(label)
    engine = open_engine(adapter.card.base_model, adapter)
    every = [known for referenced in sources.values() for known in referenced]
    filled = fill_tables(engine, [known.table for known in every], adapter.card.prompt, on_progress=on_progress)
    outcomes = {}
    for name, referenced in sources.items():
        outcomes[name] = judge(referenced, [next(filled) for _ in referenced], close)
    return outcomes


def fit_acceptance(
    outcomes: Mapping[str, Sequence[Outcome]],
    config: AcceptanceConfig,
    label: Label,
    weights_sha256: str,
    examples: Sequence[Outcome] = (),
) -> Fitted:
    """Fit an acceptance model on judged texts of one source or several.

    Args:
        outcomes: By source.
        config: How to fit.
        label: What was held to be acceptable.
        weights_sha256: Of the adapter that wrote.
        examples: Further texts, of which only those about placeholders count.
    """
    every = [one for own in outcomes.values() for one in own]
    told = [one for one in every if one.describes and not one.is_placeholder]
    knows = bool(told) and all(len(one.features) == len(WITH_LOGPROBS) for one in told)
    without = _fit(told, len(WITHOUT_LOGPROBS), config)
    best = _fit(told, len(WITH_LOGPROBS), config) if knows else without
    certain = [one for one in (*every, *examples) if one.is_placeholder and (one.describes or not one.describable)]
    acceptance = Acceptance(
        threshold=config.threshold,
        adapter_weights_sha256=weights_sha256,
        label=label,
        with_logprobs=best.calibrator if knows else None,
        without_logprobs=without.calibrator,
        placeholders=Placeholders(columns=len(certain), accepted=sum(one.accepted for one in certain)),
        sources=tuple(_summarize(name, own) for name, own in outcomes.items()),
    )
    return Fitted(acceptance, _cross_validate(outcomes, acceptance, best, config))


def _fit(told: Sequence[Outcome], features: int, config: AcceptanceConfig) -> Fit:
    return fit_calibrator(
        [one.features[:features] for one in told],
        [one.accepted for one in told],
        [one.group for one in told],
        config,
    )


def _summarize(name: str, outcomes: Sequence[Outcome]) -> Source:
    told = [one for one in outcomes if one.describes]
    tables = {one.group for one in outcomes}
    return Source(name=name, tables=len(tables), texts=len(told), accepted=sum(one.accepted for one in told))


def _cross_validate(
    outcomes: Mapping[str, Sequence[Outcome]], acceptance: Acceptance, fit: Fit, config: AcceptanceConfig
) -> CalibrationReport:
    """Measure each source with the probabilities that its texts got from the folds they were not in."""
    unseen = iter(fit.unseen)  # in the order of the sources, as they were fitted
    found = []
    for name, own in outcomes.items():
        given = [
            next(unseen) if one.describes and not one.is_placeholder else acceptance.placeholders.probability
            for one in own
        ]
        found.append(measure_calibration(f"{name}, cross-validated", given, own, config.threshold, config.seed))
    return CalibrationReport.of(*found)
