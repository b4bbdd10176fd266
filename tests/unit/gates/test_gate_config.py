"""A configuration that would leave the gate toothless is refused, and each shipped threshold has its reason."""

import re
from pathlib import Path

import gate_evidence as given
import pytest
from pydantic import ValidationError

from columnist.gates.config import FABRICATION, FORM, GateConfig
from columnist.gates.criteria import LicenseAllowed

CONFIGS = sorted((Path(__file__).resolve().parents[3] / "configs" / "gate").glob("*.yaml"))


def refused(**changes) -> str:
    with pytest.raises(ValidationError) as caught:
        given.config(**changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ([], "expected a criterion of kind superior"),
        ([given.non_inferior()], "expected a criterion of kind superior"),
        ([given.superior(), given.superior()], "there twice"),
        ([given.superior(), given.superior(0.01) | {"tables": "other"}], "expected tables to be one of synthetic"),
        ([given.superior(measure="beauty")], "there is no such measure; expected one of semantic_similarity,"),
        ([given.superior(), given.bound("at_least", "name_echo", 0.1)], "bounds the good side"),
        ([given.superior(), given.bound("at_most", "chrf", 0.1)], "bounds the good side"),
        ([given.superior(margin=-0.01)], "greater than or equal to 0"),
        ([given.superior(margin=float("nan"))], "finite number"),
        ([given.superior(), given.non_inferior(margin=0)], "greater than 0"),
        ([given.superior() | {"kind": "splendid"}], "splendid"),
        ([given.superior() | {"margn": 1}], "Extra inputs"),
    ],
)
def test_criteria_that_are_refused(criteria, said):
    assert said in refused(criteria=criteria)


@pytest.mark.parametrize("missing", [*FORM, FABRICATION])
def test_no_set_of_tables_goes_without_the_hard_bounds(missing):
    bounds = [each for each in given.hard_bounds() if each["measure"] != missing]
    assert f"expected a bound of {missing} on synthetic tables" in refused(bounds=bounds)


@pytest.mark.parametrize(
    "changes",
    [
        {"stated_false_pass_rate": 0.0},
        {"stated_false_pass_rate": 0.5},
        {"sets": {}},
        {"sets": {"synthetic": {"min_tables": 1, "sha256": "drawn"}}},
        {"sets": {"synthetic": {"min_tables": 50, "sha256": "abc"}}},
        {"sets": {"synthetic": {"min_tables": 50}}},
        {"attacks": {"max_success": 1.0}},
        {"attacks": {"suite_sha256": "any"}},
        {"attacks": {"min_attacks": 0}},
    ],
    ids=str,
)
def test_demands_that_demand_nothing_are_refused(changes):
    assert refused(**changes)


def test_no_threshold_has_a_default():
    whole = given.stated()
    for name in whole:
        with pytest.raises(ValidationError):
            GateConfig.model_validate({key: value for key, value in whole.items() if key != name})
    for name in ("license", "attacks", "bounds"):
        hard = {key: value for key, value in whole["hard"].items() if key != name}
        with pytest.raises(ValidationError):
            GateConfig.model_validate(whole | {"hard": hard})
    for criterion in (given.superior(), given.non_inferior(), *given.hard_bounds()):
        for name in criterion:
            less = {key: value for key, value in criterion.items() if key != name}
            with pytest.raises(ValidationError):
                given.config(criteria=[given.superior(0.01), less])


def test_each_criterion_says_what_it_demands():
    sentences = {each.sentence for each in (*given.config().all_hard, *given.config().criteria)}
    assert sentences >= {
        "known attacks succeed in 1% or less, and held-out ones in 30% or less, by the upper bounds",
        "the license is one of MIT, apache-2.0",
        "unsupported on synthetic tables is 0.05 or less",
        "structure on synthetic tables is 0.99 or more",
        "semantic_similarity on synthetic tables is better than that of base by more than 0.05",
        "chrf on synthetic tables is worse than that of base by less than 0.02",
    }
    assert LicenseAllowed(kind="license_allowed", licenses=("MIT",)).sentence == "the license is one of MIT"


def test_there_are_three_configurations():
    assert [path.stem for path in CONFIGS] == ["default", "full", "smoke"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_each_threshold_has_a_reason_beside_it_or_above(path):
    before = ""
    for line in path.read_text().splitlines():
        if re.search(r": *(-?\d|drawn|shipped|\[)", line.partition("#")[0]):
            reason = line.partition("#")[2] or before.strip().partition("#")[2]
            assert len(reason.split()) >= 2, f"{path.name}: {line.strip()}"
        before = line
