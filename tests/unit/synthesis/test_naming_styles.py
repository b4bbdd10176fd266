"""Names in many house styles: what each habit does, and that every name is a valid identifier."""

import re
from collections import Counter
from random import Random

import pytest

from columnist.synthesis.column_types import DIALECTS
from columnist.synthesis.lexicon import Kind, load_lexicon
from columnist.synthesis.name_cases import LONGEST_NAME, Case, join_parts
from columnist.synthesis.name_styles import NamingStyle, Shortening
from columnist.synthesis.name_words import LANGUAGES, load_foreign_words, load_habits
from columnist.synthesis.naming import (
    KeyStyle,
    TableKind,
    draw_style,
    flag_words,
    keep,
    key_words,
    moment_words,
    reference_words,
    table_words,
)

ABBREVIATIONS = {
    "account": ("acct", "acc"),
    "amount": ("amt",),
    "billing": ("bill", "blg"),
    "bill": ("bl",),
    "currency": ("ccy", "curr"),
    "current": ("curr", "cur"),
    "customer": ("cust", "cus"),
    "date": ("dt",),
    "description": ("desc", "descr"),
    "number": ("no", "nbr"),
    "order": ("ord",),
    "quantity": ("qty",),
    "status": ("stat", "sts"),
}
WORDS = (
    ("customer", "order"),
    ("claim",),
    ("order",),
    ("30", "day", "readmission", "rate"),
    ("point-of-sale", "transaction"),
    ("id",),
    ("budget", "hours", "hours"),
    ("gross", "weight", "kg"),
    ("description",),
    ("internationally", "recognised", "environmental", "responsibility", "certification", "assessment", "description"),
    ("x",),
    ("address", "line2"),
    ("percent",),
)
VALID = re.compile(r"[A-Za-z_]\w{0,62}", re.ASCII)


def plain_style(**habits) -> NamingStyle:
    defaults = {"case": "snake", "abbreviations": {}, "plural_tables": False, "layered": False, "prefix": ""}
    more = {"key": "entity_id", "moment_style": 0, "flag_style": 0, "prefixes_generic": False}
    return NamingStyle(**{**defaults, **more, **habits})


def names_of(style: NamingStyle, words: tuple[str, ...], rng: Random) -> list[str]:
    local = style.for_table(words)
    columns = [
        (key_words(words, local), Kind.NUMBER),
        (reference_words(words, local), Kind.NUMBER),
        (moment_words(words, True, local, rng.random() < 0.5), Kind.TIME),
        (moment_words(words, False, local, False), Kind.WHEN),
        (flag_words(words, local), Kind.WHETHER),
        (words, rng.choice(list(Kind))),
    ]
    table = style.join(table_words(words, rng.choice(list(TableKind)), style, rng, versioned=True))
    return [table, *(local.column(*column) for column in columns)]


@pytest.mark.parametrize("abbreviated", [None, True, False])
def test_every_name_of_every_style_is_a_valid_identifier(abbreviated):
    rng = Random(f"names {abbreviated}")
    for number in range(700):
        style = draw_style(rng, DIALECTS[number % len(DIALECTS)], ABBREVIATIONS, abbreviated)
        for words in rng.sample(WORDS, 5):
            for name in names_of(style, words, rng):
                assert VALID.fullmatch(name), (style.case, words, name)


def test_styles_are_drawn_alike_from_one_seed():
    assert draw_style(Random(4), "oracle", ABBREVIATIONS) == draw_style(Random(4), "oracle", ABBREVIATIONS)


def test_abbreviation_can_be_forced_and_forbidden():
    rng = Random(1)
    forced = [draw_style(rng, "postgres", ABBREVIATIONS, True) for _ in range(300)]
    forbidden = [draw_style(rng, "oracle", ABBREVIATIONS, False) for _ in range(300)]
    assert all(style.abbreviates for style in forced)
    assert not any(style.abbreviates for style in forbidden)
    assert all(style.join(("customer", "quantity")).lower().replace("_", "") for style in forbidden)
    assert not any(style.shortens(("customer", "quantity")) for style in forbidden)


def test_every_habit_occurs_and_plain_ones_prevail():
    rng = Random(2)
    styles = [draw_style(rng, rng.choice(DIALECTS), ABBREVIATIONS) for _ in range(3000)]
    cases = Counter(style.case for style in styles)
    assert set(cases) == set(Case)
    assert 0.6 < cases[Case.SNAKE] / len(styles) < 0.8
    assert set(Counter(style.key for style in styles)) == set(KeyStyle) - {KeyStyle.UUID}
    assert {style.language for style in styles} == {"", *LANGUAGES}
    assert {style.shortening for style in styles} == set(Shortening)
    for habit in ("misspellings", "marks", "prefix_letters", "vendor", "suffix", "bookkeeping_prefix"):
        share = sum(bool(getattr(style, habit)) for style in styles) / len(styles)
        assert 0.005 < share < 0.4, habit
    assert 0.15 < sum(style.abbreviates for style in styles) / len(styles) < 0.35


def test_two_words_never_share_an_abbreviation_and_none_looks_like_another_word():
    for seed in range(200):
        style = draw_style(Random(seed), "postgres", ABBREVIATIONS, True)
        if style.case is not Case.CODED:
            forms = list(style.abbreviations.values())
            assert len(set(forms)) == len(forms)
            assert not set(forms) & set(ABBREVIATIONS)


@pytest.mark.parametrize("case", list(Case))
def test_kept_words_keep_their_letters_in_every_case(case):
    habits = {"shortening": "cut", "misspellings": {"custom": "cusotm"}, "translations": {"field": "feld"}}
    style = plain_style(case=case, language="de", **habits)
    name = style.column(keep("custom", "field", "22"), Kind.TEXT)
    assert name.lower().replace("_", "").removesuffix("c" if case is Case.CUSTOM else "") == "customfield22"


def test_kept_words_stay_alone_as_moments_and_flags():
    style = plain_style(marks={"when": "dtm", "whether": "bln"})
    assert style.column(moment_words(keep("date2"), True, style, True), Kind.WHEN) == "date2"
    assert style.column(flag_words(keep("flag"), style), Kind.WHETHER) == "flag"
    assert table_words(keep("T0047"), TableKind.STAGING, style, Random(1), versioned=True) == keep("T0047")


def test_an_abbreviation_that_would_need_quotes_is_not_used():
    style = plain_style(abbreviations={"description": "desc", "minimum": "min"})
    assert style.join(("description",)) == "description"
    assert style.join(("item", "description")) == "item_desc"


def test_the_short_form_of_an_attribute_keeps_the_unit_that_the_text_rests_on():
    style = plain_style(abbreviations={"quantity": "qty"}, short_choice=1)
    assert style.column(("stock", "on", "hand", "kg"), Kind.MEASURE, ("stk_oh", "qty_oh")) == "qty_oh_kg"
    assert plain_style().column(("stock", "on", "hand"), Kind.COUNT, ("qty_oh",)) == "stock_on_hand"
    for unit in load_lexicon().units:
        assert style.column(("stock", unit), Kind.MEASURE, ("stk",)).endswith(unit), "add the unit to the tails"


@pytest.mark.parametrize(
    ("language", "words", "name"),
    [
        ("de", ("customer", "number"), "kunde_nummer"),
        ("es", ("customer", "name"), "nombre_cliente"),
        ("fr", ("total", "amount"), "montant_total"),
        ("nl", ("delivery", "date"), "levering_datum"),
    ],
)
def test_a_team_writes_words_of_its_language_in_its_order(language, words, name):
    translations = {word: forms[language] for word, forms in load_foreign_words().words.items()}
    assert plain_style(language=language, translations=translations).join(words) == name


def test_letters_of_the_table_precede_its_columns_and_its_key():
    style = plain_style(prefix_letters=3)
    local = style.for_table(("customer",))
    assert local.column(key_words(("customer",), local), Kind.NUMBER) == "cus_id"
    assert local.column(("customer", "name"), Kind.NAME) == "cus_name"
    assert local.column(("order", "id"), Kind.NUMBER) == "cus_order_id"
    assert style.join(key_words(("customer",), style)) == "cus_id"
    assert style.for_table(("order",)).column(key_words(("customer",), style), Kind.NUMBER) == "cus_id"


def test_a_platform_marks_what_its_customers_add():
    style = plain_style(case="custom", key="id")
    named = [style.column(words, Kind.NAME) for words in (("id",), ("created", "time"), ("sales", "region"))]
    assert named == ["Id", "CreatedDate", "Sales_Region__c"]
    assert style.column(("customer", "id"), Kind.NUMBER) == "Customer__c"


def test_marks_say_the_kind_but_not_twice():
    style = plain_style(marks={"time": "dt", "amount": "amt", "number": "ref"}, marks_lead=False)
    assert style.column(("created", "at"), Kind.TIME) == "created_dt"
    assert style.column(("paid", "amount"), Kind.AMOUNT) == "paid_amount"
    assert style.column(("customer", "id"), Kind.NUMBER) == "customer_id"


def test_columns_of_a_loading_tool_are_set_apart():
    style = plain_style(bookkeeping_prefix="_etl")
    assert style.column(("loaded", "at"), Kind.TIME) == "_etl_loaded_at"
    assert style.column(("source", "file"), Kind.NAME) == "_etl_source_file"
    assert style.column(("source", "of", "income"), Kind.NAME) == "source_of_income"


def test_keys_follow_the_style():
    made = {
        key: (key_words(("lot",), plain_style(key=key)), reference_words(("lot",), plain_style(key=key)))
        for key in KeyStyle
    }
    assert made[KeyStyle.ID] == (("id",), ("lot", "id"))
    assert made[KeyStyle.ID_ENTITY] == (("id", "lot"), ("id", "lot"))
    assert made[KeyStyle.PK_ENTITY] == (("pk", "lot"), ("fk", "lot"))
    assert made[KeyStyle.ENTITY_SK] == (("lot", "sk"), ("lot", "sk"))
    assert made[KeyStyle.UUID] == (("uuid",), ("lot", "uuid"))


def test_a_vendor_and_a_layer_are_parted_by_two_underscores():
    style = plain_style(vendor="crm")
    staged = style.join(table_words(("order",), TableKind.STAGING, style, Random(1)))
    assert re.fullmatch(r"[a-z]+_crm__order", staged)
    assert style.join(table_words(("order",), TableKind.ENTITY, style, Random(1))) == "crm_order"


def test_long_names_are_shortened_and_none_is_empty():
    name = join_parts(
        ("environmental",) * 2 + ("responsibility", "assessment", "certification", "description"), Case.SNAKE
    )
    assert 0 < len(name) <= LONGEST_NAME
    assert join_parts(("",), Case.PASCAL) == "N"


def test_the_shipped_words_can_stand_in_names():
    foreign = load_foreign_words()
    assert len(foreign.words) >= 150
    assert all(set(forms) == set(LANGUAGES) for forms in foreign.words.values())
    habits = load_habits()
    forms = [form for entry in foreign.words.values() for form in entry.values()]
    forms += [wrong for entry in habits.misspellings.values() for wrong in entry]
    forms += [*habits.vendors, *(mark for notation in habits.notations for mark in notation.marks.values())]
    assert [form for form in forms if not re.fullmatch("[a-z_]+", form)] == []
    assert [word for word, wrong in habits.misspellings.items() if word in wrong] == []
    assert set(foreign.heads) <= set(foreign.words) | {"id"}
