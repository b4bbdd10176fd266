"""Metrics on texts whose values can be worked out by hand."""

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from columnist.ddl.tables import Column, Table
from columnist.evaluation import metrics
from columnist.evaluation.measures import MEASURES
from columnist.evaluation.metrics.abstention.abstention import agreement, needless_share
from columnist.evaluation.metrics.filled.filled import is_plain
from columnist.evaluation.metrics.filler.filler import has_filler
from columnist.evaluation.metrics.information.information import new_words
from columnist.evaluation.metrics.language.language import is_english
from columnist.evaluation.metrics.leak.leak import leaks
from columnist.evaluation.metrics.limits.limits import fitting_share
from columnist.evaluation.metrics.name_echo.name_echo import echoes
from columnist.evaluation.metrics.overlap.overlap import chrf, rouge_l
from columnist.evaluation.metrics.repetition.repetition import loops, repeated_share
from columnist.evaluation.metrics.structure.structure import valid_share

REFERENCES = [["Orders of customers.", "Key of the order.", "", "? What is kept in attr7?"]]
NAMES = [["orders", "id", "note", "attr7"]]
OPEN = [["? What is one row?", "", "? What is it for?"]]
FORM = {
    "unsupported",
    "loops",
    "plain",
    "structure",
    "fits_limit",
    "language",
    "leak",
    "filler",
}  # what needs no reference
SCHEMA = Table(name="orders", columns=tuple(Column(name=name, type="INT") for name in ("id", "note", "attr7")))


def measure_all(predictions: list[list[str]], references: list[list[str]]) -> dict[str, list[float | None]]:
    """Compute every metric on the texts of one table, of as many columns as there are texts."""
    columns = SCHEMA.columns[: len(predictions[0]) - 1]
    inputs = {
        "predictions": predictions,
        "references": references,
        "names": [["orders", *(column.name for column in columns)]],
        "schemas": [SCHEMA.model_copy(update={"columns": columns}).model_dump_json()],
        "similarities": [[0.5] * len(predictions[0])],
        "missing": [0],
        "invented": [0],
    }
    modules = dict.fromkeys(measure.metric for measure in MEASURES)
    return {name: value for module in modules for name, value in metrics.compute(module, inputs).items()}


def test_overlap_is_one_for_the_reference_itself() -> None:
    computed = metrics.compute("overlap", {"predictions": REFERENCES, "references": REFERENCES})
    assert computed == {"chrf": [1.0], "rouge_l": [1.0]}


@pytest.mark.parametrize("nothing", ["", " ", "? Which order?"])
def test_overlap_is_a_mean_over_the_texts_that_can_be_known(nothing: str) -> None:
    # Table text equal (1), column text missing (0); two texts whose reference says nothing do not count: mean 1/2.
    predictions = [["Orders of customers.", nothing, "Something.", "Something."]]
    computed = metrics.compute("overlap", {"predictions": predictions, "references": REFERENCES})
    assert computed == {"chrf": [0.5], "rouge_l": [0.5]}


def test_a_table_that_nobody_can_know_has_none_of_the_measures_against_a_reference() -> None:
    computed = measure_all([["A.", "A.", "A."]], OPEN)
    assert {name for name, values in computed.items() if values != [None]} == {*FORM, "abstains_rightly"}
    assert computed["abstains_rightly"] == [0.0]


def test_a_table_without_any_reference_has_form_alone() -> None:
    computed = measure_all([["A.", "? B"]], [["", " "]])
    assert {name for name, values in computed.items() if values != [None]} == FORM


def test_name_echo_counts_where_the_reference_describes() -> None:
    # "Orders." echoes; a question where one could know is no echo; the last two do not count: 1 of 2.
    predictions = [["Orders.", "? Which id?", "Note.", "Attr 7."]]
    inputs = {"predictions": predictions, "references": REFERENCES, "names": NAMES}
    assert metrics.compute("name_echo", inputs) == {"name_echo": [0.5]}


def test_agreement_counts_both_ways_of_being_right() -> None:
    # Described: table told (right), id asked (wrong). Abstaining: attr7 asked (right). The empty one is left out.
    predictions = [["Orders.", "? Which id?", "? Which note?", "? What is it?"]]
    computed = metrics.compute("abstention", {"predictions": predictions, "references": REFERENCES})
    assert computed == {"abstains_rightly": [pytest.approx(2 / 3)], "abstains_wrongly": [0.5]}


def test_without_abstaining_references_agreement_is_not_abstaining() -> None:
    assert agreement(["? a", "b", ""], ["Key.", "Units held.", "Date."]) == pytest.approx(2 / 3)
    assert needless_share(["? a", "b", ""], ["Key.", "Units held.", "Date."]) == pytest.approx(1 / 3)


def test_a_text_that_is_empty_is_no_abstention() -> None:
    assert agreement([""], ["? Why?"]) == 0
    assert needless_share([""], ["Key."]) == 0


def test_rouge_l_counts_the_longest_common_subsequence() -> None:
    # Lin (2004), section 3.1: LCS("police killed the gunman", "the gunman kill police") is "the gunman", 2 of 4.
    assert rouge_l("the gunman kill police", "police killed the gunman") == 0.5
    # LCS of 2 words, lengths 2 and 6: P = 1, R = 1/3, F1 = 2 * 1/3 / (4/3) = 1/2.
    assert rouge_l("order date", "the date on which order date") == 0.5
    assert rouge_l("...", "!") == 1.0


def test_chrf_ranks_a_near_text_above_a_far_one() -> None:
    reference = "Date on which the order was placed."
    assert 0 <= chrf("Colour of the paint.", reference) < chrf("Date the order was placed.", reference) < 1


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("Customer ID.", "customer_id", True),
        ("The customer identifier.", "custId", True),
        ("Stores the shipping address of the customer.", "CUST_SHIPPING_ADDR", True),
        ("Order quantities.", "order_qty", True),
        ("Orders.", "order", True),
        ("The.", "anything", True),
        ("", "anything", False),
        ("Place where the parcel is handed over.", "shipping_addr", False),
        ("Date of birth.", "dob", False),
        ("Status.", "status", True),
        ("Statuses of addresses.", "addr_status", True),
        ("Customs duty.", "cust", False),
    ],
)
def test_an_echo_has_no_word_beyond_the_name(text: str, name: str, expected: bool) -> None:
    assert echoes(text, name) is expected


def test_repetition_counts_equal_siblings_only() -> None:
    # Two of four column texts are equal; the table's own text is no sibling, and a table without columns has none.
    predictions = [["A date.", "A date.", "a  date", "Units.", ""], ["Alone."]]
    inputs = {"predictions": predictions, "references": [["R."] * 5, ["R."]]}
    assert metrics.compute("repetition", inputs) == {"repetition": [0.5, None], "loops": [0, 0]}
    assert repeated_share([]) is None


def test_columns_that_nobody_can_know_may_read_alike() -> None:
    # Equal texts stand where the references abstain; of the two others, one asks: none of two repeats.
    predictions = [["T.", "A flag.", "A flag.", "A flag.", "? Why? Why? Why? Why?"]]
    references = [["T.", "? What?", "", "A flag.", "Key."]]
    computed = metrics.compute("repetition", {"predictions": predictions, "references": references})
    assert computed == {"repetition": [0.0], "loops": [pytest.approx(1 / 5)]}  # a question that loops is a loop


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the the the id", True),
        ("the name of the customer the name of the customer", True),
        ("name of name of", False),
        ("name of name of name of", True),
        ("-" * 8, True),
        ("Number 10000 of 1000000.", False),
        ("", False),
    ],
)
def test_a_loop_is_a_phrase_that_follows_itself(text: str, expected: bool) -> None:
    assert loops(text) is expected


def test_plain_is_a_share_of_all_texts_and_filled_of_those_that_can_be_known() -> None:
    # Filled: "Orders." of the two that are described. Plain: all but the one with code.
    predictions = [["Orders.", "? Which id?", "A note.", "`attr7`"]]
    computed = metrics.compute("filled", {"predictions": predictions, "references": REFERENCES})
    assert computed == {"filled": [0.5], "plain": [0.75]}


@pytest.mark.parametrize(
    "text",
    [
        "Two\nlines.",
        "# Heading",
        "* item",
        "1. first",
        "**bold**",
        "see [docs](http://x)",
        "Key, see https://example.com/keys.",
        "Key, see www.example.com.",
        "| a | b |",
        "<b>bold</b>",
        '["a"]',
        '"id": "Key"',
        "CREATE TABLE t (id int)",
        "COMMENT ON COLUMN t.id IS 'x'",
        "SELECT id FROM t",
        "varchar VARCHAR(20)",
        "id INTEGER NOT NULL",
    ],
)
def test_markup_is_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize(
    "text", ["Select one from the list.", "A < b, c * d.", "Net price (in €) - no tax.", "3.5 %", ""]
)
def test_prose_is_plain(text: str) -> None:
    assert is_plain(text)


def test_every_measure_is_returned_by_its_module() -> None:
    assert list(measure_all(REFERENCES, REFERENCES)) == [measure.name for measure in MEASURES]


def test_measures_of_a_module_stand_together() -> None:
    modules = [measure.metric for measure in MEASURES]
    assert [name for name, _ in groupby(modules)] == list(dict.fromkeys(modules))


def test_meaning_counts_columns_and_tables_apart_where_the_reference_describes() -> None:
    inputs = {"references": REFERENCES, "similarities": [[0.75, 0.5, 0.9, 0.9]]}
    computed = metrics.compute("semantic", inputs)
    assert computed == {"semantic_similarity": [0.5], "semantic_similarity_table": [0.75]}


def test_unsupported_counts_all_texts_and_no_question() -> None:
    # Of four texts the second has an invented unit; the question of the last claims nothing.
    predictions = [["Orders.", "Weight in kg.", "A note.", "? Is attr7 in UTC?"]]
    inputs = {"predictions": predictions, "schemas": [SCHEMA.model_dump_json()]}
    assert metrics.compute("unsupported", inputs) == {"unsupported": [0.25]}


@pytest.mark.parametrize(
    ("texts", "missing", "invented", "expected"),
    [
        (["A.", "B.", "C.", "D."], 0, 0, 1.0),
        (["A.", "B.", "C.", ""], 1, 0, 0.75),
        (["A.", "B.", "C.", "D."], 0, 4, 0.5),
        (["A.", "B.", "* C.", ""], 1, 0, 0.5),
        (["", "", "", ""], 4, 0, 0.0),
    ],
)
def test_structure_is_the_share_of_texts_as_asked_for(
    texts: list[str], missing: int, invented: int, expected: float
) -> None:
    assert valid_share(texts, missing, invented) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The status of the fulfillment.", True),
        ("Status of fulfillments.", True),
        ("Whether the parcel has left.", False),
        ("Status of the order.", False),
    ],
)
def test_the_name_of_the_table_tells_nothing_about_a_column(text: str, expected: bool) -> None:
    assert echoes(text, "status", "fulfillment") is expected


@pytest.mark.parametrize(
    ("dialect", "longest"), [("athena", 255), ("hive", 256), ("impala", 256), ("bigquery", 1024), ("mysql", 1024)]
)
def test_a_column_has_the_room_of_its_dialect(dialect: str, longest: int) -> None:
    # The table's text has more room everywhere; of two columns the second is one character too long: 2 of 3.
    texts = ["x" * (longest + 1), "x" * longest, "x" * (longest + 1)]
    assert fitting_share(texts, dialect) == pytest.approx(2 / 3)
    assert fitting_share(texts, "postgres") == 1


def test_the_limit_of_glue_is_in_bytes() -> None:
    # 128 letters of two bytes are 256 bytes, one too many.
    assert fitting_share(["", "é" * 127, "é" * 128, ""], "athena") == 0.75


def test_limits_ask_the_table_for_its_dialect() -> None:
    schema = SCHEMA.model_copy(update={"dialect": "athena"}).model_dump_json()
    inputs = {"predictions": [["Orders.", "x" * 256], ["Orders.", "x" * 256]]}
    computed = metrics.compute("limits", {**inputs, "schemas": [schema, SCHEMA.model_dump_json()]})
    assert computed == {"fits_limit": [0.5, 1.0]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SKU.",
        "Date of the order.",
        "? What is kept in attr7?",
        "One of `WEB`, `Telefon`, `API`.",
        "Café, as it is called in the São Paulo office.",
        "Angle α of the blade, in degrees.",
        "Name of the Rio de la Plata terminal.",
    ],
)
def test_english_may_be_short_and_have_foreign_names(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Datum der Bestellung.",
        "Nom de la personne.",
        "Fecha del pedido.",
        "注文日",
        "Дата заказа.",
        "? Was wird in diesem Feld gespeichert und wozu?",
        "Siparişin müşteri tarafından onaylandığı ve depodan çıkış yaptığı tarih.",
    ],
)
def test_other_languages_are_told_by_script_and_grammar(text: str) -> None:
    assert not is_english(text)


def test_language_is_a_share_of_all_texts() -> None:
    # Three of four: the German one is not English, the empty one is nothing else.
    predictions = [["Orders.", "Schlüssel der Bestellung.", "", "? What is it?"]]
    assert metrics.compute("language", {"predictions": predictions}) == {"language": [0.75]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("State only what the schema supports.", True),  # six words of the rules
        ("State only what the schema says.", False),  # five of them
        ("Answer: write one short, plain English sentence that says what it holds", True),
        ("Energy delivered to vehicles on that day, in kilowatt hours.", True),  # an example's answer
        ("The charging station.", False),
        ("Description of column qty: Units held.", True),
        ("<|im_start|>assistant", True),
        ("? Which unit is it in?", False),
        ("", False),
    ],
)
def test_a_leak_repeats_the_prompt(text: str, expected: bool) -> None:
    assert leaks(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Contains additional information.", True),
        ("This column in the table stores the date.", True),
        ("Kept for\nvarious purposes.", True),
        ("Price of additional informational leaflets.", False),
        ("Additional charge for the order.", False),
        ("", False),
    ],
)
def test_filler_is_a_phrase_of_the_list(text: str, expected: bool) -> None:
    assert has_filler(text) is expected


def test_leaks_and_filler_are_shares_of_all_texts() -> None:
    # The question leaks but says nothing, so it has no filler: 1 of 4 each.
    predictions = [["Orders.", "For various purposes.", "", "? State only what the schema supports, where applicable?"]]
    assert metrics.compute("leak", {"predictions": predictions}) == {"leak": [0.25]}
    assert metrics.compute("filler", {"predictions": predictions}) == {"filler": [0.25]}


def test_information_counts_new_words_up_to_four() -> None:
    # Table: "customers" is new, 1/4. Column id: five new words count as four, 4/4. The rest has no reference.
    predictions = [["Orders of customers.", "Number printed beneath barcode labels.", "Anything new.", "A flag."]]
    inputs = {"predictions": predictions, "references": REFERENCES, "names": NAMES}
    computed = metrics.compute("information", inputs)
    # Mean of 1/4 and 1; one described column cannot be told from its siblings.
    assert computed == {"information": [0.625], "specificity": [None]}


def test_specific_texts_have_a_new_word_of_their_own() -> None:
    # New words: {units}, {kept, shop}, {kept, shop}, {} for the question: only the first has one of its own, 1 of 4.
    predictions = [["Stock.", "Units of it.", "The sku kept by the shop.", "The lot kept by the shop.", "? Why?"]]
    names = [["stock", "qty", "sku", "lot", "note"]]
    inputs = {"predictions": predictions, "references": [["R."] * 5], "names": names}
    computed = metrics.compute("information", inputs)
    # Information: 0, 1/4, 2/4, 2/4 and 0 over five texts.
    assert computed == {"information": [pytest.approx(1.25 / 5)], "specificity": [0.25]}


def test_filler_is_no_information() -> None:
    assert new_words("Additional information about the order, for various purposes.", "order_qty") == {"about"}


@pytest.mark.slow
@pytest.mark.parametrize("metric", sorted({measure.metric for measure in MEASURES}))
def test_a_metric_can_also_be_loaded_by_its_path(metric: str, tmp_path: Path) -> None:
    folder = Path(metrics.__file__).parent / metric
    script = f"import evaluate; print(evaluate.load({str(folder)!r}).description)"
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_EVALUATE_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert "better" in loaded.stdout
