"""Claims that a schema does not support: the rules find planted ones, and leave honest texts alone."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from columnist.ddl import read_text
from columnist.ddl.tables import Column, Table
from columnist.evaluation.claims import Subject, unsupported_claims

FIXTURE = yaml.safe_load(Path(__file__).with_name("claims.yaml").read_text())


class Judged(NamedTuple):
    """A text of the fixture; ``kind`` is empty where it is honest."""

    about: str
    text: str
    kind: str
    found: frozenset[str]


def subject_of(table: Table, about: str) -> Subject:
    if about == "table":
        return Subject.of_table(table)
    return Subject.of_column(table, next(column for column in table.columns if column.name == about))


def judge_all() -> list[Judged]:
    judged = []
    for entry in FIXTURE:
        (table,) = read_text(entry["ddl"], "mysql" if "ENUM" in entry["ddl"] else "postgres").tables
        lines = [(*line, "") for line in entry["honest"]] + [tuple(line) for line in entry["invented"]]
        for about, text, kind in lines:
            claims = unsupported_claims(text, subject_of(table, about))
            judged.append(Judged(about, text, kind, frozenset(claim.kind for claim in claims)))
    return judged


def precision_and_recall(judged: list[Judged]) -> tuple[float, float]:
    """Of the texts that are blamed, the share that deserve it; of those that deserve it, the share that are blamed."""
    right = sum(1 for each in judged if each.found and each.kind)
    return right / sum(1 for each in judged if each.found), right / sum(1 for each in judged if each.kind)


def test_the_rules_find_what_is_invented_and_little_else() -> None:
    judged = judge_all()
    honest = sum(1 for each in judged if not each.kind)
    assert len(judged) >= 100
    assert 0.4 <= honest / len(judged) <= 0.6
    wrong = [each for each in judged if bool(each.found) != bool(each.kind)]
    precision, recall = precision_and_recall(judged)
    print(f"{len(judged)} texts, {honest} honest: precision {precision:.3f}, recall {recall:.3f}", *wrong, sep="\n")
    assert precision >= 0.9
    assert recall >= 0.9


def test_most_claims_are_found_by_the_rule_for_their_kind() -> None:
    planted = [each for each in judge_all() if each.kind]
    assert sum(1 for each in planted if each.kind in each.found) / len(planted) >= 0.9
    assert {each.kind for each in planted} == {kind for each in planted for kind in each.found}


STATE = Table(name="ticket", columns=(Column(name="state", type="VARCHAR(9)"),))


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("It can be open, closed or lost.", ["open", "closed", "lost"]),
        ("The state can be open or closed.", ["open", "closed"]),
        ("State, which may be new or used; set by the clerk.", ["new", "used"]),
        ("State that can be changed later.", []),
        ("State that can be read by the clerk or the agent on duty.", []),
    ],
)
def test_what_something_can_be_is_a_list_where_short_items_end_the_clause(text: str, listed: list[str]) -> None:
    claims = unsupported_claims(text, Subject.of_column(STATE, STATE.columns[0]))
    assert [claim.words for claim in claims] == listed
