"""What counts as acceptable, what is known of a name, and which documented tables a fit may see."""

import json

import pytest

from columnist.ddl.tables import Column, Reference, Table
from columnist.documentation import Texts
from columnist.errors import BaseModelError, TrainingSetError
from columnist.modeling import similarity
from columnist.modeling.acceptance.closeness import choose_label, open_closeness
from columnist.modeling.acceptance.config import AcceptanceConfig, Closeness, Label
from columnist.modeling.acceptance.documented import Half, half_of, read_documented_tables
from columnist.modeling.acceptance.features import (
    WITH_LOGPROBS,
    WITHOUT_LOGPROBS,
    is_placeholder,
    measure_features,
)
from columnist.modeling.acceptance.outcomes import Referenced, judge
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT

TABLE = Table(
    name="stock",
    columns=(
        Column(name="sku", type="VARCHAR(20)", primary_key=True),
        Column(name="bin_id", type="INT", references=Reference(table="bin")),
        Column(name="attr7", type="TEXT"),
        Column(name="state", type="ENUM", values=("new", "sold")),
        Column(name="note", type="JSONB"),
    ),
)
REFERENCE = Texts(
    table="Stock by bin.", columns=("SKU: number of the article.", "Bin ID: bin.", "? What is attr7 for?", "State.", "")
)
CONFIG = AcceptanceConfig(
    seed=1, threshold=0.5, min_similarity=0.6, min_chrf=0.35, folds=2, penalties=(1.0,), isotonic_from=10
)


def judged(*texts: str):
    """Outcomes of texts for the table and its columns; equal to the reference as it is shown means acceptable."""
    filled = dict(zip((TABLE_SLOT, 0, 1, 2, 3, 4), map(Filled, texts), strict=True))
    known = [Referenced("t", TABLE, REFERENCE)]
    return judge(known, [filled], lambda ours, theirs: [a == b for a, b in zip(ours, theirs, strict=True)])


def test_texts_are_acceptable_where_they_are_close_to_a_reference_that_describes():
    outcomes = judged("Stock by bin.", '"Number of the article."', "The box.", "Name of it.", "", "Free text.")
    assert [one.slot for one in outcomes] == [TABLE_SLOT, 0, 1, 2, 3]  # nobody described the note
    assert [one.accepted for one in outcomes] == [True, True, False, False, False]
    assert [one.describes for one in outcomes] == [True, True, True, True, False]
    assert [one.describable for one in outcomes] == [True, True, True, False, True]
    assert [one.is_placeholder for one in outcomes] == [False, False, False, True, False]
    assert outcomes[1].filled.text == "Number of the article."  # without the words of the name, which the product adds


def test_a_question_is_no_description_wherever_it_stands():
    outcomes = judged("? What is it?", "? What is sku?", "Bin.", "? What is attr7 for?", "State.", "")
    assert [one.accepted for one in outcomes] == [False, False, True, False, True]
    assert [one.describes for one in outcomes] == [False, False, True, False, True]


def test_features_come_in_the_order_of_their_names():
    features = measure_features(TABLE, 1, Filled("The bin, in which it is kept.", (-0.5, -1.5)))
    found = dict(zip(WITH_LOGPROBS, features, strict=True))
    assert (found["is_reference"], found["is_key"], found["type_number"], found["has_values"]) == (1, 0, 1, 0)
    assert (found["logprob_mean"], found["logprob_least"], found["logprob_first"], found["logprob_sum"]) == (
        -1.0,
        -1.5,
        -0.5,
        -2.0,
    )
    assert (found["share_placeholder_columns"], found["echo"]) == (0.2, 0)
    assert len(measure_features(TABLE, TABLE_SLOT, Filled("Stock."))) == len(WITHOUT_LOGPROBS)


def test_an_echo_of_the_name_and_codes_that_are_no_words_are_seen():
    def found(name: str, text: str) -> dict[str, float]:
        table = Table(name="t", columns=(Column(name=name),))
        return dict(zip(WITHOUT_LOGPROBS, measure_features(table, 0, Filled(text)), strict=True))

    assert found("order_date", "The date of the order.")["echo"] == 1
    assert found("order_date", "Day the customer ordered.")["echo"] == 0
    assert found("ROSTD", "State.")["share_known_words"] < found("customer_name", "Name.")["share_known_words"]


@pytest.mark.parametrize("name", ["", "_", "99", "Ünïcode_Zähler", "x" * 5000, "列1", "a\nb"])
def test_hostile_names_have_features_too(name):
    table = Table(name=name, columns=(Column(name=name, type=name),))
    assert len(measure_features(table, 0, Filled("text\x00", (-1.0,)))) == len(WITH_LOGPROBS)


@pytest.mark.parametrize(
    "name", ["customer_id", "addr_line_2", "phone2", "q3_revenue", "co2", "value", "text", "ROSTD"]
)
def test_names_that_say_something_are_no_placeholders(name):
    assert not is_placeholder(name)


@pytest.mark.parametrize("name", ["UDF_NUM_03", "userfield12", "spare", "x1", "Attribute15", "ZZ_FLD07", "reserved_2"])
def test_placeholders_are_told_by_their_words(name):
    assert is_placeholder(name)


def test_without_the_encoder_closeness_goes_by_letters(monkeypatch):
    monkeypatch.setattr(similarity, "_encoder_folder", lambda: None)
    label = choose_label(CONFIG)
    assert label == Label(closeness=Closeness.LETTERS, at_least=0.35)
    close = open_closeness(label)
    assert close(["Number of the article.", "Bin."], ["Number of an article.", "State of health."]) == [True, False]
    with pytest.raises(BaseModelError, match="not installed"):
        open_closeness(Label(closeness=Closeness.MEANING, at_least=0.6))


def test_halves_part_projects_and_no_project_is_in_both(tmp_path):
    file = tmp_path / "documented.jsonl"
    projects = [f"team/project{number}" for number in range(6)]
    rows = [
        {
            "id": f"{project} {number}",
            "source_repo": project,
            "ddl": "CREATE TABLE t (a INT)",
            "columns": {"a": "An a."},
        }
        for project in projects
        for number in range(3)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fitted, kept = (read_documented_tables(file, half, None, 1) for half in Half)
    assert len(fitted) + len(kept) == 18
    assert {known.id.split()[0] for known in fitted} == {each for each in projects if half_of(each) is Half.FITTED}
    assert not {known.id.split()[0] for known in fitted} & {known.id.split()[0] for known in kept}
    assert len(read_documented_tables(file, None, 4, 1)) == 4
    assert read_documented_tables(file, None, 4, 1) == read_documented_tables(file, None, 4, 1)


def test_a_catalog_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TrainingSetError, match=r"nothing\.jsonl"):
        read_documented_tables(tmp_path / "nothing.jsonl", None, None, 1)
