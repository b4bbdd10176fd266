"""Samples by seed: draw tables, let the tuned and the base model describe them, and hand back a page."""

from collections.abc import Callable, Sequence
from itertools import groupby, islice
from pathlib import Path
from random import Random

from columnist.browse import browse_folder
from columnist.configuration import load_config
from columnist.describe import BASE, OnDemand, Wishes, Writer, choose_writer
from columnist.digests import digest_value
from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.evaluation.samples_page import SamplesPage, take_sample
from columnist.home import Home
from columnist.modeling.describing import describe_tables
from columnist.modeling.filling import OnProgress
from columnist.modeling.journal import Journal
from columnist.synthesis.browsing import Wanted, draw_examples
from columnist.synthesis.candidates import CandidateStream
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.documented import read_documented
from columnist.synthesis.examples import Example, Split

_CONFIG = Path(__file__).resolve().parent.parent / "configs" / "synthesize" / "full.yaml"
_FIRST_GROUPS = 1_000_000  # where drawing may start: far more groups than any page shows
_GROUPS_PER_TASK = 8
_MOST_GROUPS = 2_000


def draw_documented(file: Path, number: int, seed: int) -> list[Example]:
    """Draw tables that people have described, in part at least; they lose their comments.

    Raises:
        TrainingSetError: The file cannot be read, or nothing in it is described.
        SourceError: It is a script that cannot be read.
    """
    described = [row for row in read_documented(file) if row.texts.table or any(row.texts.columns)]
    if not described:
        raise TrainingSetError(f"{file}: expected tables with descriptions, but none has any; give another file")
    return [
        Example(
            id=row.id,
            ddl=row.ddl,
            table=row.table,
            reference=row.texts,
            naics_code="",
            use_case="",
            license=row.license or "unknown",
        )
        for row in _random(seed).sample(described, min(number, len(described)))
    ]


def draw_test_tables(training_set: str, number: int, seed: int) -> list[Example]:
    """Draw tables from the test split of a training set, by its folder or by its id in the store.

    Raises:
        ConfigError: There is no training set of that id.
        TrainingSetError: Its rows cannot be read, or it has no test split.
    """
    if Path(training_set).is_dir():
        drawn = browse_folder(Path(training_set), Wanted(), Split.TEST, number, seed)
    else:
        from columnist.registry.training_sets import stream_rows

        drawn = draw_examples(stream_rows(Split.TEST, training_set) or (), Wanted(), number, seed)
    if not drawn:
        raise TrainingSetError(f"training set {training_set} has no test tables; name another, or leave it out")
    return list(drawn)


def make_test_tables(number: int, seed: int, config: Path = _CONFIG) -> list[Example]:
    """Make tables of use cases that no training set of a configuration has, no two of one group.

    The seed of the configuration keeps apart what is trained on, so it stays; the
    seed given decides at which group of the endless test split the drawing starts.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    parameters = load_config(config, {"synthesis": SynthesisConfig})
    synthesis = SynthesisConfig.model_validate(parameters["synthesis"])
    rng = _random(seed)
    made: list[Example] = []
    with CandidateStream(synthesis, processes=1) as stream:
        ranges = stream.groups(Split.TEST, rng.randrange(_FIRST_GROUPS), _GROUPS_PER_TASK)
        for _, candidates in islice(ranges, _MOST_GROUPS // _GROUPS_PER_TASK):
            sound = (Example.model_validate_json(candidate.line) for candidate in candidates if not candidate.fault)
            made += [rng.choice(list(group)) for _, group in groupby(sound, key=lambda example: example.group)]
            if len(made) >= number:
                break
    return made[:number]


def write_page(
    examples: Sequence[Example],
    source: str,
    seed: int,
    model: str | None,
    on_progress: Callable[[str], OnProgress],
    say: Callable[[str], None],
) -> SamplesPage:
    """Let both models describe the examples, as ``describe`` would.

    Args:
        examples: What to describe.
        source: Where they are from, in words.
        seed: What decided which they are.
        model: The tuned model, named as for ``describe``.
        on_progress: Gives, for the name of a model, what is called whenever a prompt is finished.
        say: Called with lines about the work.

    Raises:
        ModelNotFound: The model is not there.
        AdapterError: It does not fit its base model, or was changed.
        BaseModelError: The base model cannot be used.
    """
    home = Home.find()
    writers = [choose_writer(Wishes(model=wanted), home) for wanted in (model, BASE)]
    tuned, base = (_describe(examples, writer, home, on_progress(writer.name), say) for writer in writers)
    return SamplesPage(
        seed=seed,
        source=source,
        tuned=writers[0].name,
        base=writers[1].name,
        tables=tuple(take_sample(*each) for each in zip(examples, tuned, base, strict=True)),
    )


def _describe(
    examples: Sequence[Example], writer: Writer, home: Home, on_progress: OnProgress, say: Callable[[str], None]
) -> list[Texts]:
    with Journal(home.journal, writer.digest, say) as journal:
        described = describe_tables(
            OnDemand(writer.open),
            [example.table for example in examples],
            writer.kind,
            on_progress,
            acceptance=writer.acceptance,
            threshold=writer.acceptance.threshold if writer.acceptance else None,
            journal=journal,
        )
    return [each.texts for each in described]


def _random(seed: int) -> Random:
    return Random(digest_value([seed, "samples"]))
