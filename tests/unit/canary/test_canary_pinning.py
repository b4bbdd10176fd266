"""Records: kept by model, and refused when a person edited them."""

import json

import pytest
from click.testing import CliRunner

from columnist import canary_commands
from columnist.canary.canary_set import read_canary_set
from columnist.canary.pinning import SHIPPED, find_record, pinned_file, read_record
from columnist.canary.rescoring import pin_model, rescore
from columnist.errors import CanaryError, ConfigError, ModelNotFound
from columnist.modeling.engines import EngineName


@pytest.fixture
def pinned(engine, folder, home):
    return pin_model(str(folder), EngineName.AUTO, home)


def test_a_record_comes_back_as_it_was_made(pinned):
    record, path = pinned
    assert read_record(path, read_canary_set()) == record
    assert len(record.sha256) == 64
    assert set(record.means) >= {"chrf", "rouge_l", "name_echo", "filled"}


def test_the_same_texts_make_the_same_bytes(pinned, folder, home):
    _, path = pinned
    before = path.read_bytes()
    pin_model(str(folder), EngineName.AUTO, home)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "edit",
    [
        lambda record: record["tables"][0]["texts"].update(table="Something else."),
        lambda record: record["fingerprint"]["library"].update(openvino="0"),
        lambda record: record["means"].update(chrf=0.9),
        lambda record: record.update(model="default"),
        lambda record: record.update(sha256="0" * 64),
        lambda record: record.update(sha256=""),
        lambda record: record.pop("sha256"),
        lambda record: record.update(format=2),
        lambda record: record.update(more=1),
    ],
    ids=["text", "fingerprint", "means", "model", "digest", "no digest", "without digest", "format", "more"],
)
def test_an_edited_record_is_refused_in_one_line(pinned, home, folder, config, edit):
    _, path = pinned
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))
    with pytest.raises(CanaryError, match=r"pinned record .*pin it: python run\.py canary pin") as caught:
        rescore(str(folder), None, config, home)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_record_of_other_tables_is_refused(pinned):
    _, path = pinned
    other = read_canary_set().model_copy(update={"sha256": "5" * 64})
    with pytest.raises(CanaryError, match=r"is of canary set .* has 5555555555555555…; pin it"):
        read_record(path, other)


def test_a_model_that_was_never_pinned_is_an_error_that_says_how(engine, folder, home, config):
    with pytest.raises(CanaryError, match=r"has no pinned record; when it is promoted, pin it: .* --model /"):
        rescore(str(folder), None, config, home)
    assert engine.runs == 0


def test_the_default_model_is_checked_against_the_record_that_ships_until_it_is_pinned(home):
    assert find_record("default", home) == SHIPPED
    pinned_file("default", home).write_text("{}")
    assert find_record("default", home) == pinned_file("default", home)


def test_every_model_has_a_file_of_its_own(home):
    names = ["models:/columnist@champion", "models:/columnist@challenger", "models:/columnist/champion", "default"]
    assert len({pinned_file(name, home) for name in names}) == len(names)


def test_a_file_can_be_named_for_the_record(engine, folder, home, config, tmp_path):
    file = tmp_path / "record.json"
    _, path = pin_model(str(folder), EngineName.AUTO, home, file)
    assert path == file
    assert rescore(str(folder), file, config, home).state == "unchanged"
    with pytest.raises(CanaryError, match="cannot be read"):
        rescore(str(folder), tmp_path / "none.json", config, home)


def test_the_command_writes_the_record_and_prints_its_digest(engine, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    file = tmp_path / "record.json"
    done = CliRunner().invoke(canary_commands.canary, ["pin", "--model", str(folder), "-o", str(file)])
    assert (done.exit_code, done.exception) == (0, None)
    assert done.stdout.strip() == json.loads(file.read_text())["sha256"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(["--model", "nowhere"], ModelNotFound), (["-o", "nowhere/record.json"], ConfigError)],
)
def test_a_mistake_is_an_error_before_anything_is_written(engine, arguments, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(canary_commands.canary, ["pin", *arguments])
    assert isinstance(done.exception, error)
    assert engine.runs == 0
