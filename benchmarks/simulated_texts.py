"""The tables of a simulated study, and two systems whose texts differ by construction.

Tables are synthetic. On most of them one system says what the grammar's reference says and the other
spells the names out; on a sixth of them they change places, because raters who all prefer one system on every
table would tell nothing of whether they agree. Which system is the better one is decided beforehand.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.simulated_home import WORD, load_from_tests
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.evaluation.identity import SystemIdentity
from columnist.home import Home
from columnist.modeling.spelling import spell_out
from columnist.studies.sampling import Pool, PoolConfig, pool_lines, pool_test_split
from columnist.synthesis import SynthesisConfig, synthesize_to
from columnist.synthesis.examples import Example, HardClass, as_lines
from columnist.systems import Kind, Piece, System

NAMES = ("zephyr-7", "quill-3")  # of the two systems; raters see neither
_PROVISION = 7  # synthetic tables for each that is drawn: narrow, plain ones are wanted, without words that alarm
_MAX_COLUMNS = 12
_EXCEPTIONS = 6  # on one table in so many the worse system writes the better texts


class SimulatedSystem(System):
    """Stands for a registered model: it writes what was decided beforehand.

    Attributes:
        better: Whether it writes the better texts on most tables.
        model_sha256: Of the registered version that it stands for.
    """

    better: bool
    model_sha256: str

    @classmethod
    def of(cls, name: str, version: str, model_sha256: str, better: bool) -> "SimulatedSystem":
        """Stand for a registered version."""
        return cls(name=name, kind=Kind.TUNED, reference=version, model_sha256=model_sha256, better=better)

    def identify(self) -> SystemIdentity:
        """Say which version this stands for."""
        return SystemIdentity(name=self.name, kind=self.kind, reference=self.reference, model_sha256=self.model_sha256)

    def write(self, examples: Sequence[Example], cache: Path, say: Callable[[int, int], None]) -> Piece:  # noqa: ARG002
        """Return the texts that were decided beforehand."""
        say(len(examples), len(examples))
        texts = tuple(each.reference if self.better != is_exception(each) else _spell(each) for each in examples)
        return Piece(texts=texts, faults=(), seconds=0.0)


def is_exception(example: Example) -> bool:
    """Whether the worse system writes the better texts about a table: known from its id, so for both systems."""
    return int(digest_value(example.id)[:8], 16) % _EXCEPTIONS == 0


def make_pool(home: Home, tables: int, seed: int) -> Pool:
    """Synthesize tables whose own words cannot be taken for leaks, and say of each that it is simulated."""
    folder = home.folder / "tables"
    config = SynthesisConfig(seed=seed, train_examples=20, validation_examples=0, test_examples=_PROVISION * tables)
    synthesize_to(config, folder, processes=1)
    drawing = PoolConfig(
        synthetic=_PROVISION * tables,
        synthetic_seed=seed,
        documented_tables=2,
        documented_seed=seed,
        documented_skip=0,
        max_columns=_MAX_COLUMNS,
    )
    kept = [_mark(example) for example in pool_test_split(folder, drawing).eligible if _is_plain(example)]
    return pool_lines(as_lines(kept).decode().splitlines(), drawing)


def _is_plain(example: Example) -> bool:
    texts = ((each.table, *each.columns) for each in (example.reference, _spell(example)))
    told = " ".join((*(text for own in texts for text in own), example.ddl))
    hard = set(example.classes) - {HardClass.ABBREVIATED}
    return not hard and not load_from_tests("leaks").find_words([("table", told)], NAMES)


def _mark(example: Example) -> Example:
    """Return an example whose schema says on every page what kind of study this is."""
    table = example.table
    marked = table.model_copy(update={"schema_name": WORD, "identifier": f"{WORD}.{table.name}"})
    return example.model_copy(update={"table": marked})


def _spell(example: Example) -> Texts:
    columns = (_as_text(column.name) for column in example.table.columns)
    return Texts(table=_as_text(example.table.name), columns=tuple(columns))


def _as_text(name: str) -> str:
    return spell_out(name).capitalize() or name
