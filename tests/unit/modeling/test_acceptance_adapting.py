"""Giving a real adapter its acceptance model: the whole way on a tiny base model."""

from types import SimpleNamespace

import pytest
from acceptance_simulation import CONFIG

from columnist.digests import digest_file
from columnist.evaluation import EvaluationConfig
from columnist.modeling import similarity
from columnist.modeling.acceptance import ACCEPTANCE, read_acceptance
from columnist.modeling.acceptance.adapting import add_acceptance, measure_acceptance
from columnist.modeling.acceptance.config import Closeness
from columnist.modeling.acceptance.measuring import measure_written, refer_examples
from columnist.modeling.adapters import WEIGHTS
from columnist.modeling.describing import describe_tables
from columnist.modeling.engines import open_engine


@pytest.fixture(scope="module")
def calibrated(trained_adapter, small_training_set, tmp_path_factory):
    """An adapter with its acceptance model; what is close is told by letters, which needs no encoder."""
    folder = tmp_path_factory.mktemp("calibrated") / "adapter"
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "_encoder_folder", lambda: None)
        sources = {"train": refer_examples(small_training_set.train)}
        adapter, fitted = add_acceptance(trained_adapter, sources, CONFIG, folder, seen.append)
    return SimpleNamespace(adapter=adapter, fitted=fitted, progress=seen)


def test_the_fit_lies_beside_the_same_weights_and_changes_the_digest(calibrated, trained_adapter):
    assert not (trained_adapter.folder / ACCEPTANCE).exists()
    assert read_acceptance(calibrated.adapter.folder) == calibrated.fitted.acceptance
    assert calibrated.fitted.acceptance.adapter_weights_sha256 == digest_file(trained_adapter.folder / WEIGHTS)
    assert calibrated.adapter.digest != trained_adapter.digest
    assert calibrated.adapter.card == trained_adapter.card


def test_it_says_what_it_was_fitted_on(calibrated):
    (source,) = calibrated.fitted.acceptance.sources
    assert (source.name, source.tables) == ("train", 6)
    assert source.accepted <= source.texts
    assert calibrated.fitted.acceptance.label.closeness is Closeness.LETTERS
    assert calibrated.progress[-1].tables == 6


def test_probabilities_beside_predictions_are_those_of_measuring_anew(calibrated, small_training_set):
    """Once from an engine's own output, once from stored texts and probabilities."""
    examples, adapter, acceptance = small_training_set.train, calibrated.adapter, calibrated.fitted.acceptance
    anew = measure_acceptance(adapter, acceptance, {"train": refer_examples(examples)}, seed=1, resamples=100)
    described = describe_tables(
        open_engine(adapter.card.base_model, adapter),
        [example.table for example in examples],
        adapter.card.prompt,
        acceptance=acceptance,
    )
    written = SimpleNamespace(
        texts=tuple(each.texts for each in described), acceptances=tuple(each.acceptances for each in described)
    )
    tables = SimpleNamespace(name="train", examples=examples, unfitted=None)
    stored = measure_written(
        tables, written, acceptance, EvaluationConfig(seed=1, level=0.95, samples=1, resamples=100)
    )
    assert ([stored] if stored else []) == list(anew.calibrations)
