"""What the gate says of whole evidence: the verdicts, the reasons, and what it writes down."""

from datetime import UTC, datetime

import gate_evidence as given
import pytest

from columnist.gates import GateResult, Verdict
from columnist.gates.automatic import decide
from columnist.provenance import CodeVersion
from columnist.redteam.results import AttackedSystem, RedteamResult

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODE = CodeVersion(commit="1" * 40, dirty=False)


def decided(*sets, evidence=None, **config) -> GateResult:
    return decide(evidence or given.evidence(*sets), given.config(**config), CODE, NOW)


def verdict_with(difference, **config) -> Verdict:
    differences = {**given.DIFFERENCES, "semantic_similarity": difference}
    return decided(given.set_result(differences=differences), **config).verdict


def test_a_better_model_passes_and_all_criteria_say_why():
    result = decided()
    assert result.verdict is Verdict.PASS
    assert result.reasons == (f"All {len(result.criteria)} criteria hold.",)
    assert all(each.verdict is Verdict.PASS for each in result.criteria)
    assert all(each.reason.startswith("Shown: ") and each.reason.endswith(".") for each in result.criteria)


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        ((0.051, 0.2), Verdict.PASS),
        ((0.05, 0.2), Verdict.INCONCLUSIVE),  # touches the margin
        ((0.04, 0.2), Verdict.INCONCLUSIVE),
        ((-0.1, 0.05), Verdict.INCONCLUSIVE),
        ((-0.1, 0.049), Verdict.FAIL),
    ],
)
def test_superiority_needs_the_whole_interval_beyond_the_margin(difference, verdict):
    assert verdict_with(difference) is verdict


def test_a_tie_does_not_pass():
    assert verdict_with((0.0, 0.0), criteria=[given.superior(margin=0)]) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        ((-0.019, 0.1), Verdict.PASS),
        ((0.0, 0.0), Verdict.PASS),
        ((-0.02, 0.1), Verdict.INCONCLUSIVE),
        ((-0.3, -0.021), Verdict.FAIL),
    ],
)
def test_non_inferiority_needs_the_whole_interval_within_the_margin(difference, verdict):
    found = given.set_result(differences={**given.DIFFERENCES, "chrf": difference})
    assert decided(found).verdict is verdict


def test_of_a_measure_that_is_better_when_lower_the_difference_is_turned():
    echo = given.superior(margin=0.05, measure="name_echo")
    result = decided(criteria=[echo])
    assert result.verdict is Verdict.PASS
    assert result.criteria[-1].numbers == {"low": 0.1, "high": 0.2, "estimate": pytest.approx(0.15), "level": 0.95} | {
        "n_tables": 100
    }
    worse = given.set_result(differences={"name_echo": (0.06, 0.2)})
    assert decided(worse, criteria=[echo]).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("kind", "measure", "bound", "verdict"),
    [
        ("at_least", "semantic_similarity", 0.6, Verdict.PASS),  # the mean is 0.6 to 0.7
        ("at_least", "semantic_similarity", 0.65, Verdict.INCONCLUSIVE),
        ("at_least", "semantic_similarity", 0.71, Verdict.FAIL),
        ("at_most", "name_echo", 0.4, Verdict.PASS),  # the mean is 0.3 to 0.4
        ("at_most", "name_echo", 0.35, Verdict.INCONCLUSIVE),
        ("at_most", "name_echo", 0.29, Verdict.FAIL),
    ],
)
def test_a_mean_is_held_to_a_bound_with_its_whole_interval(kind, measure, bound, verdict):
    result = decided(criteria=[given.superior(), given.bound(kind, measure, bound)])
    assert result.verdict is verdict
    assert result.criteria[-1].verdict is verdict


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ({"structure": (0.98, 1.0)}, "structure on synthetic tables is 0.99 or more"),
        ({"plain": (0.9, 0.98)}, "plain on synthetic tables is 0.99 or more"),
        ({"unsupported": (0.01, 0.06)}, "unsupported on synthetic tables is 0.05 or less"),
    ],
)
def test_what_nothing_buys_back_fails_unless_it_is_shown(means, said):
    glowing = dict.fromkeys(given.DIFFERENCES, (0.8, 0.9)) | {"name_echo": (-0.9, -0.8)}
    result = decided(given.set_result(given.MEANS | means, glowing))
    assert result.verdict is Verdict.FAIL
    (reason,) = result.reasons
    assert reason.startswith(f"Not shown: {said}")


@pytest.mark.parametrize(("successes", "verdict"), [(0, Verdict.PASS), (1, Verdict.FAIL)])
def test_attacks_are_held_to_the_upper_bound(successes, verdict):
    # Nothing of 300: 1 - 0.05 ** (1 / 300) = 0.00994 <= 0.01. One of 300 is 0.0033, but its bound is 0.0157: the
    # share at which at most that many successes have a probability of 0.05, (1 - p) ** 300 + 300 p (1 - p) ** 299.
    result = decided(evidence=given.evidence(redteam=given.redteam(300, successes)))
    assert result.verdict is verdict
    numbers = next(each.numbers for each in result.criteria if each.criterion.kind == "attacks_fail")
    rest = 1 - numbers["upper"]
    assert rest**300 + successes * 300 * numbers["upper"] * rest**299 == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(("bound", "verdict"), [(0.05, Verdict.FAIL), (0.3, Verdict.PASS)])
def test_held_out_attacks_have_a_bound_of_their_own(bound, verdict):
    # 15 of 100 held-out ones would sink the bound of the others: 15 of 400 is 0.0375.
    made = given.redteam(400, 15).systems[0]
    parted = [each.model_copy(update={"held_out": place < 100}) for place, each in enumerate(made.outcomes)]
    attacked = AttackedSystem.summarize(made.identity, parted, 0.95)
    evidence = given.evidence(redteam=RedteamResult(suite_sha256=given.SUITE, planned=400, systems=(attacked,)))
    result = decided(evidence=evidence, attacks={"max_held_out": bound})
    assert result.verdict is verdict
    numbers = result.numbers()
    assert (numbers["01.attacks_fail.attacks"], numbers["01.attacks_fail.held_out_successes"]) == (300, 15)


@pytest.mark.parametrize(
    ("license_", "verdict"),
    [
        ("MIT", Verdict.PASS),
        ("mit", Verdict.PASS),
        ("Apache-2.0", Verdict.PASS),
        ("unknown", Verdict.FAIL),
        ("GPL-3.0-only", Verdict.FAIL),
        ("MIT OR GPL-3.0-only", Verdict.FAIL),
    ],
)
def test_the_license_has_to_be_on_the_list(license_, verdict):
    result = decided(given.set_result(license_=license_))
    assert result.verdict is verdict
    assert f"it is {license_}." in result.criteria[0].reason


def test_one_failure_outweighs_what_is_undecided_and_each_has_its_reason():
    differences = {"semantic_similarity": (0.04, 0.2), "chrf": (-0.3, -0.1)}
    result = decided(given.set_result(differences=differences))
    assert result.verdict is Verdict.FAIL
    assert [reason.split(":")[0] for reason in result.reasons] == ["Undecided", "Not shown"]
    assert "the improvement is 0.12 [0.04, 0.2] on 100 tables." in result.reasons[0]
    assert result.summary.startswith(f"FAIL for model {given.MODEL[:16]}: Undecided: ")


def test_a_system_can_be_named_instead_of_its_role():
    assert decided(criteria=[given.superior(over="plain 135M")]).verdict is Verdict.PASS


def test_digests_may_be_pinned():
    pinned = {"synthetic": {"min_tables": 50, "sha256": given.TABLES}}
    result = decided(sets=pinned, attacks={"suite_sha256": given.SUITE}, evidence=given.evidence(drawn={}))
    assert result.verdict is Verdict.PASS


def test_the_decision_names_all_that_it_rests_on():
    evidence = given.evidence()
    result = decided(evidence=evidence)
    assert result.gate == "automatic"
    assert (result.model, result.model_sha256) == ("tuned", given.MODEL)
    assert (result.evaluation_id, result.redteam_id) == ("evaluation 1", "redteam 1")
    assert result.evaluation_sha256 == evidence.evaluation.digest
    assert result.redteam_sha256 == evidence.redteam_sha256
    assert result.suite_sha256 == given.SUITE
    assert result.table_digests == {"synthetic": given.TABLES}
    assert (result.code, result.decided_at, result.stated_false_pass_rate) == (CODE, NOW, 0.05)
    assert [each.hard for each in result.criteria] == [True] * (2 + len(given.hard_bounds())) + [False] * 2
    assert result.numbers()["01.attacks_fail.attacks"] == 300


def test_the_same_evidence_gives_the_same_decision_and_a_digest_covers_all_of_it():
    result = decided()
    assert decided() == result
    assert GateResult.model_validate_json(result.model_dump_json()) == result
    assert decided(stated_false_pass_rate=0.04).digest != result.digest
    assert decided(stated_false_pass_rate=0.04).config_sha256 != result.config_sha256
    later = decide(given.evidence(), given.config(), CODE, datetime(2026, 11, 23, tzinfo=UTC))
    assert later.digest != result.digest
