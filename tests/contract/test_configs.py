"""Every configuration that ships: complete, spelt right, and runnable from its own header."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from columnist.canary import CanaryConfig
from columnist.configuration import load_config
from columnist.errors import ConfigError
from columnist.evaluation import EvaluationConfig
from columnist.evaluation.costs import CostsConfig, Prices
from columnist.evaluation.test_tables import TablesConfig
from columnist.gates.config import GateConfig
from columnist.modeling.acceptance.config import AcceptanceConfig
from columnist.modeling.training import TrainingConfig
from columnist.redteam import RedteamConfig
from columnist.registry.versions import RegistrationConfig
from columnist.releases.plan import ReleaseConfig
from columnist.selection import SelectionConfig
from columnist.studies.config import StudyConfig
from columnist.studies.sampling import PoolConfig
from columnist.synthesis import SynthesisConfig
from columnist.systems.comparing import SystemsConfig

ROOT = Path(__file__).resolve().parents[2]
PRICES = ROOT / "configs" / "prices.yaml"  # what things cost, and no pipeline's
RULES = ROOT / "configs" / "promote" / "default.yaml"  # of promotions, of which there is one set: no size, no --config
CONFIGS = sorted(
    path
    for kind in ("*.yaml", "*.yml")
    for path in (ROOT / "configs").rglob(kind)
    if path not in (PRICES, RULES)
    and path.parent.parent.name != "judges"  # a judge is a folder of its own kind, and tested as one
)
MODELS = {
    "synthesize": {"synthesis": SynthesisConfig},
    "train": {"training": TrainingConfig, "acceptance": AcceptanceConfig},
    "evaluate": {
        "evaluation": EvaluationConfig,
        "tables": TablesConfig,
        "systems": SystemsConfig,
        "costs": CostsConfig,
    },
    "register": {"registration": RegistrationConfig},
    "select": {"selection": SelectionConfig},
    "canary": {"canary": CanaryConfig},
    "redteam": {"redteam": RedteamConfig},
    "gate": {"gate": GateConfig},
    "release": {"release": ReleaseConfig},
    "study": {"study": StudyConfig, "pool": PoolConfig},
}
STEPS = {
    "synthesize": {"synthesize_training_set"},
    "train": {"train_adapter", "fit_acceptance"},
    "evaluate": {
        "draw_test_tables",
        "write_with_candidate",
        "write_with_baseline",
        "measure_calibration",
        "compare_systems",
    },
    "register": {"register_version"},
    "select": {
        "draw_documented_tables",
        "draw_synthetic_tables",
        "train_rung",
        "evaluate_rung",
        "evaluate_trained_rung",
        "choose_rung",
    },
    "canary": {"rescore_canary", "raise_canary_alarm"},
    "redteam": {"attack_model"},
    "gate": {"decide_gate", "require_pass"},
    "release": {
        "decide_gate",
        "require_pass",
        "open_release_study",
        "check_study_closed",
        "conclude_study",
        "rule_on_evidence",
        "require_ruling",
        "check_reviewed",
        "promote_release",
    },
    "study": set(),
}
COMMANDS = {"study": "study open"}  # of the others, the command has the name of the pipeline
TOP_LEVEL = {"enable_cache", "parameters", "settings", "steps", "tags", "extra", "run_name"}
STEP_OPTIONS = {
    "enable_cache",
    "parameters",
    "settings",
    "extra",
    "step_operator",
    "experiment_tracker",
    "retry",
    "environment",
    "secrets",
}

every_config = pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.relative_to(ROOT).as_posix())


def load(path: Path, overrides=()):
    return load_config(path, MODELS[path.parent.name], overrides)


def find_misspelling(pipeline: str, content: dict) -> str | None:
    """Return the first key, step or step option that ZenML would accept in silence."""
    for key in content:
        if key not in TOP_LEVEL:
            return key
    for step, options in content.get("steps", {}).items():
        if step not in STEPS[pipeline]:
            return step
        for option in options:
            if option not in STEP_OPTIONS:
                return option
    return None


def test_there_are_three_of_each_pipeline():
    found = {path.relative_to(ROOT / "configs").as_posix() for path in CONFIGS}
    assert found == {f"{pipeline}/{size}.yaml" for pipeline in MODELS for size in ("smoke", "default", "full")}
    assert len(CONFIGS) == 3 * len(MODELS)


def test_every_pipeline_and_step_is_known_here():
    modules = {path.stem for path in (ROOT / "pipelines").glob("*.py")} - {"__init__", "demo", "shipped"}
    pipelines = {name for name in modules if not name.startswith("launch")}
    assert pipelines == set(MODELS) - set(COMMANDS)
    assert set(MODELS) == set(STEPS)
    source = "\n".join(path.read_text() for path in (ROOT / "steps").glob("*.py"))
    named = set(re.findall(r'@step\(name="(\w+)"', source)) | set(
        re.findall(r"@step(?:\((?!name=)[^)]*\))?\ndef (\w+)\(", source)
    )
    assert named == set().union(*STEPS.values())


@every_config
def test_its_parameters_are_valid(path):
    load(path)


@every_config
def test_it_holds_no_misspelt_key(path):
    assert find_misspelling(path.parent.name, yaml.safe_load(path.read_text())) is None


@pytest.mark.parametrize(
    ("content", "misspelt"),
    [
        ({"enable_cahce": False}, "enable_cahce"),
        ({"steps": {"trian_adapter": {}}}, "trian_adapter"),
        ({"steps": {"train_adapter": {"enable_cahce": True}}}, "enable_cahce"),
        ({"steps": {"train_adapter": {"enable_cache": True}}}, None),
    ],
)
def test_misspellings_are_found_where_zenml_accepts_them(content, misspelt):
    assert find_misspelling("train", content) == misspelt


@every_config
def test_a_misspelt_parameter_is_refused(path):
    for name in MODELS[path.parent.name]:
        with pytest.raises(ConfigError, match=rf"parameters\.{name}\.sede"):
            load(path, [f"{name}.sede=1"])


@every_config
def test_its_header_says_purpose_hardware_time_and_command(path):
    header = [line for line in path.read_text().splitlines() if line.startswith("#")][:4]
    purpose, hardware, command = header[0], header[1], header[2]
    assert re.fullmatch(r"# \S.{20,}\.", purpose)
    assert re.fullmatch(r"# Hardware: .+\. Time: .+\.", hardware)
    relative = path.relative_to(ROOT).as_posix()
    of = path.parent.name
    assert command == f"# python run.py {COMMANDS.get(of, of)} --config {relative}"
    assert path.read_text().startswith(purpose)


@every_config
def test_it_says_every_value_that_has_no_default(path):
    """Smoke, default and full of a pipeline differ in values, never in what they say."""
    for name in MODELS[path.parent.name]:
        said = set(yaml.safe_load(path.read_text())["parameters"][name])
        smoke = set(yaml.safe_load((path.parent / "smoke.yaml").read_text())["parameters"][name])
        assert said == smoke


@every_config
def test_it_does_not_cache(path):
    """A cached step would hand out an artifact of other code under a new run."""
    assert yaml.safe_load(path.read_text())["enable_cache"] is False


@pytest.mark.parametrize("model", [model for models in MODELS.values() for model in models.values()])
def test_configurations_are_frozen_and_refuse_unknown_names(model):
    assert model.model_config["frozen"]
    assert model.model_config["extra"] == "forbid"
    with pytest.raises(ValidationError):
        model.model_validate({"no_such_name": 1})


def test_the_price_file_holds_cheap_and_expensive_models_and_machines_with_and_without_a_gpu():
    prices = Prices.load(PRICES)
    paid = [price.usd_per_million_input_tokens for price in prices.hosted.values()]
    assert max(paid) >= 10 * min(paid)
    assert {"cpu-2", "gpu-l4"} <= set(prices.machines)


def test_the_price_file_says_what_it_is_and_not_more():
    assert PRICES.read_text().startswith("# What tokens of hosted models and hours of machines cost")
    with pytest.raises(ConfigError, match=r"parameters\.prices\.sede"):
        load_config(PRICES, {"prices": Prices}, ["prices.sede=1"])
