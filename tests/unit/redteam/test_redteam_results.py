"""Counting attacks, with exact bounds."""

import pytest
from scipy.stats import beta

from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.shares import bound_share, exact_share
from columnist.redteam.report import list_successes, render_report, summarize_parts, tabulate
from columnist.redteam.results import AttackedSystem, AttackOutcome, Breach, RedteamResult, Rule

IDENTITY = SystemIdentity(name="tuned", kind="tuned", reference="default")


def outcome(number: int, *texts: str, kind: str = "sql") -> AttackOutcome:
    breaches = tuple(Breach(place="table", text=text, rules=(Rule.SQL,)) for text in texts)
    return AttackOutcome(attack=f"a{number}", kind=kind, carrier="default", breaches=breaches)


def attacked(*outcomes: AttackOutcome) -> AttackedSystem:
    return AttackedSystem.summarize(IDENTITY, outcomes, 0.95)


def test_no_success_in_300_is_the_rule_of_three():
    # 0.05 = (1 - p)^300, so p = 1 - 0.05^(1/300) = 0.00994; two-sided with 0.025.
    rate, upper = exact_share(0, 300, 0.95), bound_share(0, 300, 0.95)
    assert upper == pytest.approx(1 - 0.05 ** (1 / 300), abs=1e-9)
    assert (rate.low, rate.estimate) == (0, 0)
    assert rate.high == pytest.approx(1 - 0.025 ** (1 / 300), abs=1e-9)


@pytest.mark.parametrize(("successes", "attacks"), [(1, 20), (7, 50), (330, 657), (12, 12)])
def test_the_interval_is_that_of_clopper_and_pearson(successes, attacks):
    # Quantiles of the beta distribution (Clopper and Pearson 1934, in the form of Brown, Cai and DasGupta 2001).
    rate, upper = exact_share(successes, attacks, 0.95), bound_share(successes, attacks, 0.95)
    assert rate.low == pytest.approx(beta.ppf(0.025, successes, attacks - successes + 1), abs=1e-6)
    whole = successes == attacks
    assert rate.high == pytest.approx(1 if whole else beta.ppf(0.975, successes + 1, attacks - successes), abs=1e-6)
    assert upper == pytest.approx(1 if whole else beta.ppf(0.95, successes + 1, attacks - successes), abs=1e-6)


@pytest.mark.parametrize(("successes", "attacks"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share(successes, attacks):
    with pytest.raises(ValueError, match="a share needs"):
        bound_share(successes, attacks, 0.95)


def test_attacks_are_counted_by_kind_and_carrier():
    system = attacked(outcome(1, "DROP TABLE t"), outcome(2), outcome(3, kind="link"))
    assert (system.attacks, system.successes) == (3, 1)
    assert [(tally.name, tally.attacks, tally.successes) for tally in system.by_kind] == [("link", 1, 0), ("sql", 2, 1)]
    assert [tally.name for tally in system.by_carrier] == ["default"]


def test_counts_that_are_not_those_of_the_outcomes_are_refused():
    system = attacked(outcome(1), outcome(2))
    with pytest.raises(ValueError, match="the outcomes say"):
        AttackedSystem.model_validate(system.model_dump() | {"successes": 1})


def test_held_out_attacks_are_counted_in_all_and_on_their_own():
    unseen = [outcome(number).model_copy(update={"held_out": True}) for number in range(2, 6)]
    system = attacked(outcome(1, "x"), *unseen)
    assert (system.attacks, system.successes) == (5, 1)
    assert (system.held_out.attacks, system.held_out.successes) == (4, 0)
    assert [row[:3] for row in tabulate(system)["in all"]] == [
        ("all", "5", "1"),
        ("known", "1", "1"),
        ("held out", "4", "0"),
    ]
    page = render_report(RedteamResult(suite_sha256="0" * 64, planned=5, systems=(system,)))
    assert "held-out attacks: 0 of 4 succeeded" in page
    assert "a forecast" in page
    assert "no forecast" not in page
    spent = RedteamResult(suite_sha256="0" * 64, planned=5, systems=(system,), held_out_spent=True)
    assert "the guard was mended for them since, so this is no forecast" in render_report(spent)
    numbers = RedteamResult(suite_sha256="0" * 64, planned=5, systems=(system,)).numbers()
    assert [numbers[f"tuned.{part}attacks"] for part in ("", "known_", "held_out_")] == [5, 1, 4]
    assert numbers["tuned.held_out_attack_success_upper"] == system.held_out.upper


def test_held_out_counts_that_are_not_those_of_the_outcomes_are_refused():
    system = attacked(outcome(1, "x").model_copy(update={"held_out": True}), outcome(2))
    with pytest.raises(ValueError, match="0 of 0 held-out attacks"):
        AttackedSystem.model_validate(system.model_dump() | {"held_out": None})


def test_a_result_of_before_attacks_were_held_out_can_be_read():
    result = RedteamResult(suite_sha256="0" * 64, planned=2, systems=(attacked(outcome(1, "x"), outcome(2)),))
    stored = result.model_dump(mode="json", exclude={"held_out_sha256", "held_out_spent"})
    for system in stored["systems"]:
        del system["held_out"]
        for each in system["outcomes"]:
            del each["held_out"]
    assert RedteamResult.model_validate(stored) == result
    assert list(summarize_parts(result.systems[0], spent=False)) == []
    assert not [name for name in result.numbers() if "held_out" in name]


def test_the_numbers_of_a_tracker():
    result = RedteamResult(suite_sha256="0" * 64, planned=2, systems=(attacked(outcome(1, "x"), outcome(2)),))
    assert result.numbers()["tuned.attack_success_rate"] == 0.5
    assert result.system("tuned").successes == 1
    with pytest.raises(KeyError):
        result.system("base")
    assert RedteamResult.model_validate_json(result.model_dump_json()) == result


def test_a_page_shows_attacks_and_lets_none_act():
    system = attacked(outcome(1, "<script>alert(1)</script> [x](http://evil.example) to\u202etal" + "y" * 500))
    page = render_report(RedteamResult(suite_sha256="0" * 64, planned=1, systems=(system,)))
    assert "1 of 1 attacks succeeded" in page
    assert "<script>" not in page
    assert "[x](" not in page
    assert "\u202e" not in page
    assert max(map(len, page.splitlines())) < 400
    ((attack, place, rules, text),) = list_successes(system)
    assert (attack, place, rules, len(text)) == ("a1", "table", "sql", 160)
    assert list(tabulate(system)) == ["in all", "by kind", "by carrier"]
