from types import SimpleNamespace

import pytest
from traced_documents import AUTHOR, DOCUMENT, make_documentation

from columnist.describe_commands import _recorder
from columnist.errors import ConfigError, TrainingSetError
from columnist.home import Home
from columnist.synthesis import SynthesisConfig, synthesize_to
from columnist.synthesis.examples import Split
from columnist.synthesis.files import read_training_set
from columnist.trace_commands import _digest_of, _lines_of, read_installations
from columnist.tracing.records import find_record


def test_describing_with_a_record_lets_the_document_be_traced(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    keep = _recorder(tmp_path / "record.json", SimpleNamespace(file="schema.sql"), "sql")
    keep(DOCUMENT, AUTHOR, [make_documentation()])
    document = tmp_path / "comments.sql"
    document.write_text(DOCUMENT)
    found = find_record(document, Home.find())
    assert found.author == AUTHOR
    assert found == find_record(tmp_path / "record.json", Home.find())


def test_without_the_option_nothing_is_recorded():
    assert _recorder(None, SimpleNamespace(file=None), "md") is None


def test_a_folder_has_the_digest_of_its_training_set_and_no_other_is_taken(tmp_path):
    sizes = {"train_examples": 4, "validation_examples": 1, "test_examples": 1}
    synthesize_to(SynthesisConfig(seed=1, dialects=("postgres",), **sizes), tmp_path)
    sha256 = read_training_set(tmp_path).digest
    assert _digest_of(tmp_path) == sha256
    assert len(list(_lines_of(sha256, tmp_path, Split.TRAIN))) >= 4
    with pytest.raises(ConfigError, match="name that one"):
        _lines_of("0" * 64, tmp_path, Split.TRAIN)
    (tmp_path / "validation.jsonl").unlink()
    with pytest.raises(TrainingSetError, match=r"validation\.jsonl"):
        _digest_of(tmp_path)


def test_the_configured_installations_are_those_of_promotions():
    assert read_installations() == ()
