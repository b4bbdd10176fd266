"""What is missing is an error that says what to do, and never a default."""

from datetime import UTC, datetime

import gate_evidence as given
import pytest

from columnist.errors import EvidenceError
from columnist.evaluation.results import Role
from columnist.gates.automatic import decide
from columnist.provenance import CodeVersion


def refused(evidence, **config) -> str:
    """Decide, which must fail, and return the message."""
    with pytest.raises(EvidenceError) as caught:
        decide(
            evidence, given.config(**config), CodeVersion(commit=None, dirty=False), datetime(2026, 1, 1, tzinfo=UTC)
        )
    message = str(caught.value)
    assert "\n" not in message
    assert EvidenceError.exit_code == 2
    return message


def with_tables(**changes):
    found = given.set_result()
    return found.model_copy(update={"tables": found.tables.model_copy(update=changes)})


def with_systems(*systems):
    return given.set_result().model_copy(update={"systems": systems})


CANDIDATE, BASE = given.set_result().systems


def test_an_evaluation_that_was_changed_after_it_was_made():
    assert "but 0000000000000000… was recorded when it was made" in refused(given.evidence(evaluation_sha256="0" * 64))
    assert "but without a digest was recorded" in refused(given.evidence(evaluation_sha256=""))


def test_a_set_of_tables_that_was_not_evaluated():
    assert "needs synthetic tables, but the evaluation has documented;" in refused(
        given.evidence(given.set_result(name="documented"))
    )


def test_a_set_of_tables_that_is_there_twice():
    assert "each set of tables once, but synthetic" in refused(given.evidence(given.set_result(), given.set_result()))


def test_fewer_tables_than_planned():
    assert "100 synthetic tables were evaluated, but 101 were planned" in refused(
        given.evidence(with_tables(planned=101))
    )


def test_fewer_tables_than_the_gate_needs():
    message = refused(given.evidence(), sets={"synthetic": {"min_tables": 101, "sha256": "drawn"}})
    assert "the gate needs 101" in message


def test_a_measure_on_fewer_tables_than_the_gate_needs():
    few = given.metric("semantic_similarity", given.interval(0.1, 0.2), n_tables=49)
    compared = given.set_result().comparisons[0].model_copy(update={"metrics": (few,)})
    found = given.set_result().model_copy(update={"comparisons": (compared,)})
    assert "measured on 49 synthetic tables, but the gate needs 50" in refused(given.evidence(found))


def test_tables_other_than_those_that_are_stored():
    assert "have the SHA-256 cccccccccccccccc…, but 0000000000000000… is expected" in refused(
        given.evidence(drawn={"synthetic": "0" * 64})
    )


def test_tables_other_than_those_that_are_pinned():
    assert "but 0000000000000000… is expected" in refused(
        given.evidence(), sets={"synthetic": {"min_tables": 50, "sha256": "0" * 64}}
    )


def test_tables_that_are_not_stored():
    assert "are not stored with the evaluation" in refused(given.evidence(drawn={}))


def test_another_model_than_the_one_that_was_evaluated():
    assert "model 0000000000000000… asks to pass, but aaaaaaaaaaaaaaaa… was evaluated" in refused(
        given.evidence(model_sha256="0" * 64)
    )


def test_a_model_without_a_digest():
    nameless = with_systems(given.system("tuned", Role.CANDIDATE, ""), BASE)
    assert "the model without a digest asks to pass" in refused(given.evidence(nameless, model_sha256=""))


def test_two_candidates_on_two_sets():
    other = given.set_result(name="documented", license_="MIT")
    assert "not the same on all sets" in refused(given.evidence(given.set_result(), other))


def test_another_candidate_on_a_set_that_the_gate_does_not_ask_for():
    other = given.set_result(name="documented")
    other = other.model_copy(update={"systems": (given.system("tuned", Role.CANDIDATE, "0" * 64), BASE)})
    assert "was evaluated on documented tables" in refused(given.evidence(given.set_result(), other))


def test_a_license_that_is_not_stated():
    assert "does not state the license" in refused(given.evidence(given.set_result(license_="")))


@pytest.mark.parametrize("systems", [(BASE,), (BASE, CANDIDATE), ()], ids=["none", "second", "empty"])
def test_no_candidate_in_the_first_place(systems):
    assert "expected one candidate" in refused(given.evidence(with_systems(*systems)))


def test_two_candidates():
    second = given.system("tuned 2", Role.CANDIDATE, given.MODEL)
    assert "roles are candidate, candidate" in refused(given.evidence(with_systems(CANDIDATE, second)))


def test_two_systems_of_one_name():
    assert "each system on synthetic tables once, but plain 135M" in refused(
        given.evidence(with_systems(CANDIDATE, BASE, BASE))
    )


def test_two_comparisons_with_one_system():
    found = given.set_result()
    found = found.model_copy(update={"comparisons": found.comparisons * 2})
    assert "each comparison on synthetic tables once" in refused(given.evidence(found))


def test_no_system_of_the_role():
    message = refused(given.evidence(), criteria=[given.superior(over="champion")])
    assert "whose name or role is 'champion', but 0 of plain 135M (base) are" in message


def test_the_candidate_is_no_baseline_of_itself():
    assert "'tuned', but 0 of" in refused(given.evidence(), criteria=[given.superior(over="tuned")])


def test_a_role_that_two_systems_have():
    systems = (CANDIDATE, BASE, given.system("other", Role.BASE))
    message = refused(given.evidence(with_systems(*systems)))
    assert "'base', but 2 of plain 135M (base), other (base) are" in message


def test_a_system_that_was_not_compared():
    found = given.set_result().model_copy(update={"comparisons": ()})
    assert "semantic_similarity was not measured on synthetic tables in the comparison" in refused(
        given.evidence(found)
    )


def test_a_measure_that_was_not_compared():
    differences = {"chrf": (0.1, 0.2)}
    assert "semantic_similarity was not measured" in refused(given.evidence(given.set_result(differences=differences)))


def test_a_measure_without_a_mean():
    means = {name: ends for name, ends in given.MEANS.items() if name != "unsupported"}
    assert "unsupported was not measured on synthetic tables;" in refused(given.evidence(given.set_result(means)))


def no_number(interval):
    return interval.model_copy(update={"low": float("nan")})


def test_a_difference_that_is_no_number():
    found = given.set_result()
    first, *rest = found.comparisons[0].metrics
    broken = first.model_copy(update={"difference": no_number(first.difference)})
    compared = found.comparisons[0].model_copy(update={"metrics": (broken, *rest)})
    assert "semantic_similarity is no number" in refused(
        given.evidence(found.model_copy(update={"comparisons": (compared,)}))
    )


def test_a_mean_that_is_no_number():
    means = CANDIDATE.means | {"structure": no_number(CANDIDATE.means["structure"])}
    found = with_systems(CANDIDATE.model_copy(update={"means": means}), BASE)
    assert "structure is no number" in refused(given.evidence(found))


def test_intervals_that_are_less_sure_than_the_gate_states():
    message = refused(given.evidence(), stated_false_pass_rate=0.01)
    assert "lie beyond a true value in 0.025 of evaluations, but the gate states 0.01" in message


def test_no_result_of_attacks():
    assert "needs the result of attacks" in refused(given.evidence(redteam=None))


def test_attacks_on_another_model():
    message = refused(given.evidence(redteam=given.redteam(model="0" * 64)))
    assert "expected attacks on the model aaaaaaaaaaaaaaaa… once, but they were made on 0000000000000000…" in message
    assert message.endswith("; attack it: run.py redteam --model models:/columnist@challenger")
    given_name = given.evidence(redteam=given.redteam(model="0" * 64), reference="default")
    assert refused(given_name).endswith("; attack it: run.py redteam --model default")


@pytest.mark.parametrize("changed", ["base_model_sha256", "prompt_sha256"])
def test_attacks_on_the_model_with_another_prompt_or_base(changed):
    message = refused(given.evidence(redteam=given.redteam(**{changed: "0" * 64})))
    assert f"with the {changed} " in message


def test_attacks_of_another_suite():
    assert "but the gate expects 0000000000000000…" in refused(given.evidence(suite_sha256="0" * 64))
    assert "but the gate expects 1111111111111111…" in refused(given.evidence(), attacks={"suite_sha256": "1" * 64})


def test_a_system_that_was_attacked_twice():
    result = given.redteam()
    assert "each attacked system once" in refused(
        given.evidence(redteam=result.model_copy(update={"systems": result.systems * 2}))
    )


def test_fewer_attacks_than_planned_or_needed():
    assert "299 attacks were made, but 300 were planned" in refused(given.evidence(redteam=given.redteam(299)))
    assert "the gate needs 301" in refused(given.evidence(), attacks={"min_attacks": 301})


def test_a_bound_of_attacks_that_is_less_sure_or_no_number():
    assert "got" in refused(given.evidence(redteam=given.redteam(level=0.9)))
    result = given.redteam()
    attacked = result.systems[0].model_copy(update={"upper": float("nan")})
    assert "got nan at 95%" in refused(given.evidence(redteam=result.model_copy(update={"systems": (attacked,)})))
