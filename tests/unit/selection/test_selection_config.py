"""Ladders as they are configured, and what is refused before anything runs."""

import pytest
from click.testing import CliRunner

from columnist.configuration import load_config
from columnist.errors import BaseModelError, ConfigError, TrainingSetError
from columnist.modeling.base_models import EMBEDDED
from columnist.registry import sessions
from columnist.select_commands import select
from columnist.selection import RungConfig, SelectionConfig
from columnist.selection.plans import plan_rungs, train_once
from columnist.selection.weights import weigh
from pipelines.launch import CONFIGS
from pipelines.launch_select import plan_selection

SMOKE = CONFIGS / "select" / "smoke.yaml"


def load(*overrides: str) -> SelectionConfig:
    return SelectionConfig.model_validate(load_config(SMOKE, {"selection": SelectionConfig}, overrides)["selection"])


def test_rungs_of_the_command_line_are_added_and_take_the_place_of_others():
    ladder = load().with_rungs(["0.5B=slots:/models/a.gguf", "base=json:/models/b.gguf"], ["0.5B=Apache-2.0"])
    assert [(rung.name, rung.system, rung.license) for rung in ladder.rungs] == [
        ("names", "names:", None),
        ("base", "json:/models/b.gguf", None),
        ("0.5B", "slots:/models/a.gguf", "Apache-2.0"),
    ]


@pytest.mark.parametrize("given", ["x", "x=", "x=slots", "x=swift:model", "=slots:model", "a/b=names:"])
def test_a_rung_that_is_none_is_refused_in_one_line(given):
    with pytest.raises(ConfigError, match="expected NAME=KIND:REFERENCE"):
        load().with_rungs([given])


def test_what_is_wrong_with_a_rung_is_named():
    with pytest.raises(ConfigError, match=r"^--rung 'foo=bar:baz': there is no kind 'bar'; expected NAME=KIND"):
        load().with_rungs(["foo=bar:baz"])
    with pytest.raises(ConfigError, match=r"^--rung 'a/b=names:': expected NAME=KIND:REFERENCE with a NAME of letters"):
        load().with_rungs(["a/b=names:"])


@pytest.mark.parametrize("given", ["nobody=MIT", "names=", "names"])
def test_a_license_of_nobody_is_refused(given):
    with pytest.raises(ConfigError, match="expected NAME=SPDX with NAME one of names, base"):
        load().with_rungs([], [given])


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("selection.rungs=[{name: a, system: 'names:'}, {name: a, system: 'names:'}]", "two rungs are called 'a'"),
        ("selection.rungs=[{name: a}]", "needs either 'system' or 'train'"),
        ("selection.rungs=[{name: a, system: 'names:', settings: {seed: 1}}]", "trains nothing"),
        ("selection.rungs=[{name: a, system: 'swift:x'}]", "expected NAME=KIND:REFERENCE"),
        ("selection.rungs=[]", "at least 1 item"),
        ("selection.rule.measure=beauty", "expected one of .*chrf"),
        ("selection.rule.margin=0", "greater than 0"),
        ("selection.rule.licenses=[]", "at least 1 item"),
    ],
)
def test_a_configuration_that_makes_no_sense_names_its_place(override, said):
    with pytest.raises(ConfigError, match=said):
        load(override)


def test_a_model_that_is_not_there_is_named_before_anything_runs():
    with pytest.raises(BaseModelError, match="gone"):
        plan_rungs(load().with_rungs(["gone=slots:/models/gone.gguf"]))


def test_a_file_of_tables_that_is_not_there_is_named_before_anything_runs():
    with pytest.raises(ConfigError, match=r"selection\.documented: expected a file"):
        plan_rungs(load("selection.documented=/no/such/file.jsonl"))


def test_a_training_takes_its_file_with_what_differs(tiny_base_model):
    settings = {"base_model": str(tiny_base_model), "max_steps": 3}
    rung = RungConfig(name="trained", train=str(CONFIGS / "train" / "smoke.yaml"), settings=settings)
    (plan,) = plan_rungs(load().model_copy(update={"rungs": (rung,)}))
    assert (plan.training.base_model, plan.training.max_steps, plan.system) == (str(tiny_base_model), 3, None)
    assert plan.training.lora_r == 16


def test_nothing_is_trained_on_a_model_whose_license_is_not_allowed(tiny_base_model):
    settings = {"base_model": str(tiny_base_model)}
    rung = RungConfig(name="trained", train=str(CONFIGS / "train" / "smoke.yaml"), settings=settings, license="GPL-3.0")
    with pytest.raises(ConfigError, match=r"GPL-3\.0, is not on the list"):
        plan_rungs(load().model_copy(update={"rungs": (rung,)}))


def test_a_training_that_was_finished_is_not_done_again(tmp_path, tiny_base_model):
    from columnist.modeling.shipped import shipped_adapter

    plan_of = RungConfig(
        name="t", train=str(CONFIGS / "train" / "smoke.yaml"), settings={"base_model": str(tiny_base_model)}
    )
    (plan,) = plan_rungs(load().model_copy(update={"rungs": (plan_of,)}))
    trained = []

    def train():
        trained.append(True)
        return shipped_adapter()

    first = train_once(tmp_path, "set", plan.training, train)
    assert train_once(tmp_path, "set", plan.training, train).digest == first.digest
    assert len(trained) == 1
    train_once(tmp_path, "another set", plan.training, train)
    assert len(trained) == 2


def test_models_are_weighed_by_their_headers(tiny_base_model):
    # The embedded model: 134.5 million weights, 4.5 bits each, of some tensors more.
    size = weigh(EMBEDDED)
    assert 134e6 < size.parameters < 136e6
    assert 60e6 < size.bytes < 120e6
    tiny = weigh(str(tiny_base_model))
    file = tiny_base_model / "model.safetensors"
    assert tiny.bytes == file.stat().st_size
    # Weights of 32 bits, behind a header of a few kilobytes.
    assert 0 < tiny.bytes - 4 * tiny.parameters < 10_000


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"rungs": ["x=slots:/gone.gguf"]}, BaseModelError, r"/gone\.gguf"),
        ({"documented": "none.jsonl"}, ConfigError, "use the test split of a training set"),
        ({"documented": "bad.jsonl"}, TrainingSetError, r"bad\.jsonl, line 1: expected a JSON object"),
        (
            {"overrides": ["selection.tabels=3"]},
            ConfigError,
            "selection.tabels: unknown key; expected one of documented",
        ),
    ],
)
def test_all_that_is_asked_for_is_checked_before_a_store_is_opened(tmp_path, monkeypatch, asked, error, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sessions, "open_stores", lambda *_, **__: pytest.fail("a store was opened"))
    (tmp_path / "bad.jsonl").write_text("{nothing\n")
    if "documented" in asked:
        asked["documented"] = tmp_path / asked["documented"]
    with pytest.raises(error, match=message) as raised:
        plan_selection(SMOKE, **asked)
    assert "\n" not in str(raised.value)


def test_a_folder_that_cannot_be_made_is_told_before_a_store_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "open_stores", lambda *_, **__: pytest.fail("a store was opened"))
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"--to .*file/report: it cannot be made \(Not a directory\)"):
        CliRunner().invoke(
            select, ["--config", str(SMOKE), "--to", str(tmp_path / "file" / "report")], catch_exceptions=False
        )
