"""Let one system write about all tables of an evaluation."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from columnist.evaluation.evaluating import Written
from columnist.evaluation.results import Role
from columnist.evaluation.test_tables import TestSets
from columnist.systems.comparing import BASE
from columnist.systems.system import Kind, System
from columnist.systems.usage import estimate_hosted_usage, measure_usage
from columnist.values import Value


class WrittenTexts(Value):
    """What one system wrote, one entry per set of tables."""

    sets: tuple[Written, ...]


def resolve_base(system: System, base_model: str) -> System:
    """Put the candidate's base model in the place of the word ``BASE``.

    Example:
        >>> resolve_base(System.parse("base=slots:BASE"), "smollm2-135m-instruct").reference
        'smollm2-135m-instruct'
    """
    return system.model_copy(update={"reference": base_model}) if system.reference == BASE else system


def write_sets(
    system: System, role: Role, test_sets: TestSets, cache: Path, say: Callable[[int, int], None]
) -> WrittenTexts:
    """Write about every set of tables; what was written before is not written again.

    Args:
        system: Who writes.
        role: What it is to the evaluation.
        test_sets: The tables.
        cache: The folder of what was written before.
        say: Called with the tables done and in all.

    Raises:
        ColumnistError: The model cannot be used.
    """
    identity = system.identify()
    if system.kind is Kind.TUNED:
        # Where an adapter lies differs from run to run; its digest does not.
        identity = identity.model_copy(update={"reference": f"adapter {identity.model_sha256[:16]}"})
    total = sum(len(tables.examples) for tables in test_sets.sets)
    written, done = [], 0
    for tables in test_sets.sets:
        piece = system.write(tables.examples, cache, partial(_say_all, say, done, total))
        done += len(tables.examples)
        schemas = [example.table for example in tables.examples]
        written.append(
            Written(
                tables=tables.name,
                identity=identity,
                role=role,
                texts=piece.texts,
                faults=piece.faults,
                acceptances=piece.acceptances,
                usage=measure_usage(identity, schemas, piece),
                hosted_usage=estimate_hosted_usage(schemas, piece.texts) if role is Role.CANDIDATE else None,
            )
        )
    return WrittenTexts(sets=tuple(written))


def _say_all(say: Callable[[int, int], None], before: int, total: int, now: int, _own: int) -> None:
    """Tell the progress within one set as progress within all."""
    say(before + now, total)
