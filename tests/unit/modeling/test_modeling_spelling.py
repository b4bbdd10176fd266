"""Names are spelled out where the reading is sure, and left alone everywhere else."""

from collections import Counter
from importlib.resources import files

import pytest
import yaml

from benchmarks.prose_words import render
from columnist.modeling.spelling import is_spelled_differently, known_share, spell_out

_DATA = files("columnist.modeling").joinpath("data")


def _abbreviations():
    text = _DATA.joinpath("abbreviations.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CBaseLoader)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cust_dob", "customer date of birth"),
        ("qty_oh", "quantity on hand"),
        ("custShippingAddr_2", "customer shipping address 2"),
        ("CREATEDDATE", "created date"),
        ("ACCTNBR", "account number"),
        ("empno", "employee number"),
        ("L_SHIPDATE", "l ship date"),
        ("dim_customer", "dimension customer"),
        ("stg_crm__accounts", "staging crm accounts"),
        ("Tot_Depth__c", "total depth"),
        ("ship_txns", "ship transactions"),
        ("enrgy_cnsmr", "energy consumer"),
    ],
)
def test_sure_abbreviations_are_spelled_out(name, words):
    assert spell_out(name) == words


@pytest.mark.parametrize(
    ("at_the_end", "elsewhere"),
    [
        (("addr_cd", "address code"), ("cd_player", "cd player")),
        (("patent_no", "patent number"), ("no_of_items", "no of items")),
        (("updated_ts_utc", "updated timestamp utc"), ("ts_model", "ts model")),
        (("active_ind", "active indicator"), ("ind_policy", "ind policy")),
    ],
)
def test_some_are_read_at_the_end_alone(at_the_end, elsewhere):
    assert spell_out(at_the_end[0]) == at_the_end[1]
    assert spell_out(elsewhere[0]) == elsewhere[1]


@pytest.mark.parametrize(
    ("beside", "alone"),
    [
        (("gl_acct", "general ledger account"), ("gl_version", "gl version")),
        (("po_nbr", "purchase order number"), ("po_box", "po box")),
        (("int_rate", "interest rate"), ("int_tests", "int tests")),
        (("st_addr", "street address"), ("st_louis", "st louis")),
        (("temp_max", "temperature maximum"), ("temp_rows", "temp rows")),
        (("orig_dest", "origin destination"), ("orig_text", "orig text")),
    ],
)
def test_some_are_read_beside_their_neighbours_alone(beside, alone):
    assert spell_out(beside[0]) == beside[1]
    assert spell_out(alone[0]) == alone[1]


@pytest.mark.parametrize(
    "name", ["keyboard", "understanding", "covid", "transition", "bluetooth", "sap_matnr", "yes_no"]
)
def test_what_only_looks_short_or_joined_is_left_alone(name):
    assert spell_out(name) == name.replace("_", " ")
    assert not is_spelled_differently(name)


def test_names_without_words_have_nothing_to_spell():
    assert spell_out("") == spell_out("__") == ""
    assert known_share("") == 0.0


def test_the_share_of_known_words_tells_obscure_names():
    assert known_share("customer_dob") == 1.0
    assert known_share("flex_01") <= 0.5
    assert known_share("x7") == 0.0


def test_every_abbreviation_has_one_place():
    content = _abbreviations()
    always = Counter(short for shorts in content["always"].values() for short in shorts.split())
    elsewhere = {
        short for section in ("last", "first") for shorts in content[section].values() for short in shorts.split()
    }
    assert [short for short, times in always.items() if times > 1] == []
    assert always.keys() & (elsewhere | content["beside"].keys()) == set()
    assert len(always) >= 1_000  # a floor: the file is read, and read whole


def test_no_sure_abbreviation_is_a_common_word():
    words = _DATA.joinpath("database_words.txt").read_text(encoding="utf-8").split()
    always = {short for shorts in _abbreviations()["always"].values() for short in shorts.split()}
    # Words themselves, but short for another one in a name.
    assert always & set(words) <= {"config", "info", "max", "stats", "stat", "misc"}


def test_the_words_of_the_packs_are_up_to_date():
    found = _DATA.joinpath("prose_words.txt").read_text(encoding="utf-8")
    assert found == render(), "the vocabulary packs have changed: run python -m benchmarks.prose_words"
