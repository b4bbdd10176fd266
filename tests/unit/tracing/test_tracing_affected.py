import pytest
from traced_documents import AUTHOR, VERSION, make_one

from columnist.errors import ConfigError
from columnist.registry.learned import LearnedAdapter
from columnist.synthesis.examples import Split
from columnist.tracing.affected import Place, trace_example

OTHER = AUTHOR.model_copy(update={"training_set_sha256": "9" * 64})


def place(split=Split.TRAIN, sha256="e" * 64, line="1" * 64):
    return Place(where="set", training_set_sha256=sha256, split=split, example_sha256=line)


def adapters_of(sha256):
    return [LearnedAdapter(mlflow_run_id="run", training_set_sha256=sha256)]


def test_an_example_leads_to_adapters_versions_aliases_and_documents():
    records = [make_one(), make_one(author=OTHER)]
    found = trace_example("train-1", [place()], [VERSION], adapters_of, records)
    assert [each.mlflow_run_id for each in found.adapters] == ["run"]
    assert [each.aliases for each in found.versions] == [("champion",)]
    assert [each.author.training_set_sha256 for each in found.documents] == ["e" * 64]
    assert "cannot be known" in found.notes[-1]


@pytest.mark.parametrize(("split", "said"), [(Split.VALIDATION, "when to stop"), (Split.TEST, "only measured on")])
def test_what_was_not_learned_from_affects_nothing(split, said):
    found = trace_example("test-1", [place(split)], [VERSION], adapters_of, [make_one()])
    assert (found.adapters, found.versions, found.documents) == ((), (), ())
    assert said in found.notes[0]


def test_two_examples_of_one_id_are_told_apart():
    found = trace_example("train-1", [place(), place(sha256="9" * 64, line="2" * 64)], [], adapters_of, [])
    assert "sets hold different examples under this id" in found.notes


def test_an_unknown_example_is_said():
    with pytest.raises(ConfigError, match="no training set holds"):
        trace_example("nothing", [], [VERSION], adapters_of, [])
