"""Configuration files that cannot be used give one line that names the key."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from columnist.configuration import load_config
from columnist.errors import ConfigError
from columnist.values import Value


class Options(Value):
    depth: int


class Training(Value):
    epochs: int = Field(ge=1)
    base_model: str
    names: tuple[str, ...] = ()
    options: Options = Options(depth=1)


GOOD = """\
enable_cache: false
parameters:
  training:
    epochs: 2
    base_model: tiny
"""


@pytest.fixture
def load(tmp_path):
    def load(text: str, *overrides: str):
        path = tmp_path / "smoke.yaml"
        path.write_text(text)
        return load_config(path, {"training": Training}, overrides)["training"]

    return load


@pytest.fixture
def problem(load):
    def problem(text: str, *overrides: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text, *overrides)
        message = str(caught.value)
        assert len(message.splitlines()) == 1
        return message

    return problem


def test_a_good_file_gives_validated_parameters(load):
    assert load(GOOD) == Training(epochs=2, base_model="tiny")


def test_a_misspelt_key_at_the_top_is_named(problem):
    message = problem(GOOD.replace("enable_cache", "enable_cahce"))
    assert "smoke.yaml: unknown key 'enable_cahce'; expected one of enable_cache" in message


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("training:", "trainnig:", "unknown key 'parameters.trainnig'"),
        ("epochs:", "epoch:", "parameters.training.epoch"),
        ("epochs: 2", "epochs: two", "parameters.training.epochs"),
        ("epochs: 2", "epochs: 0", "parameters.training.epochs: Input should be greater than or equal to 1"),
        ("epochs: 2", "epochs:", "parameters.training.epochs"),
        ("base_model: tiny", "base_model: 1", "parameters.training.base_model"),
        (
            "base_model: tiny",
            "base_model: tiny\n    options: {depht: 1, depth: 1}",
            "parameters.training.options.depht",
        ),
        ("    epochs: 2\n    base_model: tiny", "    - epochs", "parameters.training: "),
        ("parameters:", "parameter:", "unknown key 'parameter'"),
    ],
)
def test_what_is_wrong_below_is_named_with_its_place(problem, before, after, named):
    assert named in problem(GOOD.replace(before, after))


def test_missing_parameters_are_named(problem):
    assert "missing key 'parameters.training'" in problem("parameters: {}\n")
    for text in ("enable_cache: false\n", "parameters:\n", "parameters: 3\n", "parameters: [a]\n"):
        assert "expected a mapping under 'parameters'" in problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "\t- a",
        "a: b: c",
        "{",
        "",
        "[]",
        "text",
        "3",
        "a: 2024-13-45",
        "? [a]\n: b\n",
        "!!python/object:os.x {}",
    ],
)
def test_what_is_not_a_mapping_in_yaml_is_refused(problem, text):
    assert "smoke.yaml" in problem(text)


def test_keys_that_are_no_texts_are_refused(problem):
    assert "unknown key" in problem("1: a\nb: c\nnull: d\n")
    assert "unknown key" in problem("parameters: {1: a, b: c, training: {}}\n")


def test_a_key_that_comes_twice_is_refused(problem):
    """YAML takes the last one in silence; whoever reads the file sees the first."""
    assert "twice" in problem(GOOD.replace("    epochs: 2\n", "    epochs: 2\n    epochs: 3\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.yaml does not exist"):
        load_config(tmp_path / "none.yaml", {})


def test_a_directory_and_a_binary_file_are_refused(tmp_path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path, tmp_path / "binary.yaml"):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_config(path, {})


@pytest.mark.parametrize(
    ("overrides", "changed"),
    [
        (["training.epochs=5"], {"epochs": 5}),
        (["training.epochs=5", "training.epochs=7"], {"epochs": 7}),
        (["training.base_model=a=b"], {"base_model": "a=b"}),
        (["training.base_model=/a/b:c"], {"base_model": "/a/b:c"}),
        (["training.names=[a, b]"], {"names": ("a", "b")}),
        (["training.options.depth=3"], {"options": Options(depth=3)}),
        (["training.options={depth: 4}"], {"options": Options(depth=4)}),
        (["training={epochs: 9, base_model: x}"], {"epochs": 9, "base_model": "x"}),
    ],
)
def test_overrides_replace_values(load, overrides, changed):
    assert load(GOOD, *overrides) == Training(**{"epochs": 2, "base_model": "tiny", **changed})


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("epochs", "expected key=value"),
        ("=5", "expected key=value"),
        ("", "expected key=value"),
        ("training.epoch=5", "parameters.training.epoch"),
        ("epochs=5", "unknown key 'parameters.epochs'"),
        ("training.epochs.x=5", "'epochs' is a value, not a group of keys"),
        ("training.epochs=[", "is not YAML"),
        ("training.epochs=2024-13-45", "is not YAML"),
        ("training.epochs=", "parameters.training.epochs"),
        ("training=5", "parameters.training: "),
        ("training..epochs=5", "training..epochs"),
    ],
)
def test_overrides_that_cannot_be_used_are_named(problem, override, said):
    assert said in problem(GOOD, override)


def test_overrides_do_not_touch_the_file(load, tmp_path):
    load(GOOD, "training.epochs=5")
    assert (tmp_path / "smoke.yaml").read_text() == GOOD


def test_a_misspelt_key_is_named_with_the_one_that_is_missing(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("parameters:\n  training: {epohcs: 1, base_model: x}\n")
    with pytest.raises(ConfigError, match=r"training\.epohcs: unknown key; is 'epochs' meant"):
        load_config(file, {"training": Training})


class Small(Value):
    kind: Literal["small"]
    size: int


class Large(Value):
    kind: Literal["large"]
    rooms: int


class House(Value):
    owner: Options | None
    wings: dict[str, Options]
    parts: tuple[Annotated[Small | Large, Field(discriminator="kind")], ...]


HOUSE = """\
parameters:
  house:
    owner: {depth: 1}
    wings: {north: {depth: 2}}
    parts: [{kind: small, size: 1}, {kind: large, rooms: 2}]
"""


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("house.windows=3", "house.windows: unknown key; expected one of owner, parts, wings"),
        ("house.owner.name=x", "house.owner.name: unknown key; expected one of depth"),
        ("house.wings.north.colour=x", "house.wings.north.colour: unknown key; expected one of depth"),
        ("house.parts=[{kind: large, rooms: 2, size: 1}]", "size: unknown key; expected one of kind, rooms"),
        ("house.owner={dept: 1}", "unknown key; is 'depth' meant, which is missing? expected one of depth"),
    ],
)
def test_an_unknown_key_is_told_with_those_that_there_are(tmp_path, override, said):
    path = tmp_path / "house.yaml"
    path.write_text(HOUSE)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {"house": House}, [override])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
