"""Measure one rung: whether its licence allows it, how large, how fast and how good it is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from columnist.errors import TrainingSetError
from columnist.evaluation import Similarity, bootstrap_mean, measure_texts
from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval
from columnist.evaluation.measures import measure_named
from columnist.selection.config import Rule, SelectionConfig
from columnist.selection.rungs import Measurement, Rung
from columnist.selection.weights import weigh
from columnist.selection.writing import write_apart
from columnist.synthesis.examples import Example
from columnist.systems import Kind, System

TIMINGS = "timings"  # a folder of the home
_NEEDS_ENCODER = "semantic"


def measure_rung(
    system: System,
    license_: str | None,
    examples: Sequence[Example],
    selection: SelectionConfig,
    usd_per_hour: float,
    home: Path,
    written: Path,
    similarity: Similarity | None,
    say: Callable[[int, int], None],
) -> Rung:
    """Measure a rung; one whose licence is not allowed is named with its size and not run.

    Args:
        system: Who writes.
        license_: The licence, where somebody has said what the files do not.
        examples: The tables.
        selection: Rule and amounts.
        usd_per_hour: What this machine costs.
        home: The folder that keeps the times that were taken.
        written: The folder of what was written before.
        similarity: Tells how near two texts are in meaning, where the deciding measure needs it.
        say: Called with the tables done and in all.

    Raises:
        ColumnistError: The model cannot be used, or the measure is not there on these tables.
    """
    rung = identify_rung(system, license_)
    if not selection.rule.allows(rung.license):
        return rung
    piece, timing = write_apart(system, examples, selection.timed_tables, written, home / TIMINGS, say)
    measured = measure_texts(examples, piece.texts, similarity, piece.faults or None)
    means = {name: _mean(values, selection.rule) for name, values in measured.items()}
    values = [value for value in measured[selection.rule.measure] if value is not None]
    if len(values) < 2:
        raise TrainingSetError(
            f"expected two tables or more with {selection.rule.measure}, but {len(values)} of {len(examples)} have it; "
            "measure on more tables or decide by another measure"
        )
    measurement = Measurement(
        values=tuple(values),
        means={name: mean for name, mean in means.items() if mean},
        timing=timing,
        usd_per_1000_tables=timing.usd_per_1000_tables(usd_per_hour),
    )
    return rung.model_copy(update={"measurement": measurement})


def identify_rung(system: System, license_: str | None) -> Rung:
    """Say which model a rung is, without running it.

    Raises:
        ColumnistError: The model is not there, or was changed.
    """
    identity = _lasting(system)
    size = weigh(identity.base_model)
    return Rung(
        name=system.name,
        identity=identity,
        license=license_ or identity.license,
        bytes=size.bytes,
        parameters=size.parameters,
        measurement=None,
    )


def open_similarity(rule: Rule) -> Similarity | None:
    """Return what tells how near two texts are in meaning, if the deciding measure needs it.

    Raises:
        BaseModelError: It is needed and not installed.
    """
    if measure_named(rule.measure).metric != _NEEDS_ENCODER:
        return None
    from columnist.modeling.similarity import open_encoder

    return open_encoder().similarities


def _lasting(system: System) -> SystemIdentity:
    """Return who writes; where an adapter lies differs from run to run, its digest does not."""
    identity = system.identify()
    if system.kind is Kind.TUNED and Path(system.reference).is_absolute():
        return identity.model_copy(update={"reference": f"adapter {identity.model_sha256[:16]}"})
    return identity


def _mean(values: Sequence[float | None], rule: Rule) -> Interval | None:
    there = [value for value in values if value is not None]
    return bootstrap_mean(there, rule.seed, resamples=rule.resamples) if len(there) > 1 else None
