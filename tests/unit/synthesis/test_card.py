"""The data card: complete, the same in Markdown and in JSON, and never broken by what it shows."""

import json
import re
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.synthesis import Example, Split, SynthesisConfig, SynthesisRecord, TrainingSet, synthesize
from columnist.synthesis.card import describe_training_set, make_card, render_card
from columnist.synthesis.record import Diversity, QuotaResult
from columnist.synthesis.tally import Tally

SECTIONS = [
    *("Splits", "Quotas", "Diversity", "Hard classes", "Dialects", "Sectors", "Kinds of tables", "Columns per table"),
    *("Licenses", "Teachers", "Rejected candidates", "Inputs", "Samples"),
]
RECORD = SynthesisRecord(generator="grammar", generator_version="3", seed=4, inputs={"a.yaml": "0" * 64}, rejected={})
MARKDOWN = MarkdownIt("commonmark").enable("table")


@pytest.fixture(scope="module")
def small_set() -> TrainingSet:
    made = synthesize(SynthesisConfig(seed=2, train_examples=24, validation_examples=3, test_examples=4))
    return made.model_copy(update={"record": made.record.model_copy(update={"rejected": {"too late": 3, "odd": 9}})})


@pytest.fixture(scope="module")
def card(small_set):
    return describe_training_set(small_set)


def _tables(markdown) -> list[list[list[str]]]:
    """The cells of all tables, as a reader sees them."""
    tables: list[list[list[str]]] = []
    in_table = False
    for token in MARKDOWN.parse(markdown):
        if token.type in {"table_open", "table_close"}:
            in_table = token.type == "table_open"
            tables += [[]] if in_table else []
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and in_table:
            tables[-1][-1].append("".join(child.content for child in token.children))
    return tables


def _table(markdown, title) -> dict[str, list[str]]:
    """The rows of a section's table by their first cell."""
    section = re.split(r"^## ", markdown, flags=re.MULTILINE)
    (found,) = [part for part in section if part.startswith(f"{title}\n")]
    return {row[0]: row[1:] for row in _tables(f"## {found}")[0]}


def _example(text="Units on the shelf.", name="qty", type_="INT", columns=1, **told):
    made = tuple(Column(name=f"{name}{n or ''}", type=type_) for n in range(columns))
    texts = Texts(table="Stock by shelf, one row per shelf.", columns=(text,) * columns)
    table = Table(name="stock", dialect="oracle", columns=made)
    defaults = {"naics_code": "445110", "use_case": "shelf_stock", "license": "MIT", "kind": "entity"}
    return Example(id="1", ddl="", table=table, reference=texts, **{**defaults, **told})


def _set(*examples, **told):
    return TrainingSet(train=examples, validation=(), test=(), record=RECORD.model_copy(update=told))


def test_all_sections_are_there_and_in_order(card):
    assert re.findall(r"^## (.*)$", render_card(card), re.MULTILINE) == SECTIONS


def test_the_head_says_what_the_set_is(card, small_set):
    head = render_card(card).split("\n## ")[0]
    assert small_set.digest in head
    assert "grammar 4, seed 2" in head
    assert "license: Apache-2.0" in head
    assert "no row, name or text of any customer" in head


def test_markdown_and_json_agree(card):
    told = json.loads(card.model_dump_json())
    markdown = render_card(card)
    for name, counts in told["splits"].items():
        shown = _table(markdown, "Splits")[name]
        assert shown == [str(counts[key]) for key in ("tables", "columns", "use_cases", "industries")]
    order = list(told["splits"])
    for axis, title in {"class": "Hard classes", "dialect": "Dialects", "kind": "Kinds of tables"}.items():
        rows = _table(markdown, title)
        for value in {value for counts in told["splits"].values() for value in counts["by"][axis]}:
            assert rows[value] == [str(told["splits"][name]["by"][axis].get(value, 0)) for name in order]
    assert _table(markdown, "Inputs")["naics_2022.csv"] == [told["record"]["inputs"]["naics_2022.csv"]]
    assert list(_table(markdown, "Rejected candidates").items())[1:] == [("odd", ["9"]), ("too late", ["3"])]
    assert f"{told['record']['diversity']['training']['distinct_3']:.3f}" in markdown


def test_counts_add_up(card, small_set):
    for split in Split:
        counts = card.splits[split.value]
        assert counts.tables == len(small_set.split(split))
        assert counts.columns == sum(len(example.table.columns) for example in small_set.split(split))
        for axis in ("dialect", "sector", "kind", "width", "license", "teacher"):
            assert sum(counts.by[axis].values()) == counts.tables, axis


def test_sectors_have_names_and_widths_are_in_order(card):
    markdown = render_card(card)
    assert all(re.match(r"\d\d(-\d\d)? [A-Z][a-z]+", name) for name in list(_table(markdown, "Sectors"))[1:])
    firsts = [int(name.split()[0]) for name in list(_table(markdown, "Columns per table"))[1:]]
    assert firsts == sorted(firsts)


def test_met_and_missed_quotas_are_shown():
    quotas = (
        QuotaResult(name="class wide", wanted=0.01, found=0.01),
        QuotaResult(name="sector 11", wanted=0.03, found=0),
    )
    markdown = render_card(describe_training_set(_set(_example(), quotas=quotas)))
    assert "1 of 2 are met" in markdown
    assert _table(markdown, "Quotas")["class wide"] == ["1.0%", "1.0%", "met"]
    assert _table(markdown, "Quotas")["sector 11"] == ["3.0%", "0.0%", "missed"]


def test_calls_to_a_teacher_are_shown():
    markdown = render_card(
        describe_training_set(_set(_example(), teacher="openai:poet", usage={"usd": 0.25, "requests": 3}))
    )
    assert "texts by: openai:poet" in markdown
    assert _table(markdown, "Calls to the teacher") == {"what": ["sum"], "requests": ["3"], "usd": ["0.25"]}


def test_collections_are_compared_side_by_side():
    one = Diversity(
        tables=2, columns=9, texts=8, abstained=0.125, distinct_3=0.5, new_names=1, single_names=1, name_echo=0,
        words=(3, 5, 9), width=(4, 4, 5, 5), types={"text": 1.0}, dialects={"hive": 1.0},
    )  # fmt: skip
    other = one.model_copy(update={"types": {"date": 1.0}, "dialects": {}})
    markdown = render_card(describe_training_set(_set(_example(), diversity={"training": one, "a|b.jsonl": other})))
    rows = _table(markdown, "Diversity")
    assert rows[""] == ["training", "a|b.jsonl"]
    assert rows["columns that abstain"] == ["12.5%", "12.5%"]
    assert rows["type: text"] == ["100.0%", "0.0%"]
    assert rows["dialect: hive"] == ["100.0%", "0.0%"]


def test_an_empty_set_has_a_card(small_set):
    empty = small_set.model_copy(update={"train": (), "validation": (), "test": ()})
    markdown = render_card(describe_training_set(empty))
    assert "license: none, the set is empty" in markdown
    assert _table(markdown, "Splits")["train"] == ["0"] * 4
    assert "## Dialects" not in markdown


@pytest.mark.parametrize(
    "text", ["Pipe | in a text.", "A `tick` and ``two``.", "Back\\slash | here.", "<b>Bold</b> *x*.", "a\nb."]
)
def test_no_text_breaks_a_table(text):
    for example in (_example(text=text), _example(type_=f"ENUM('{text}')"), _example(name=text)):
        (rows,) = [table for table in _tables(render_card(describe_training_set(_set(example)))) if "text" in table[0]]
        shown = " ".join(text.split())
        expected = [example.table.columns[0].name, example.table.columns[0].type, example.reference.columns[0]]
        assert rows[1] == [cell.replace("\n", " ") for cell in expected]
        assert shown in " ".join(rows[1])


def test_a_table_name_breaks_no_heading():
    example = _example()
    odd = example.table.model_copy(update={"name": "a`b|c *d*", "schema_name": None})
    markdown = render_card(describe_training_set(_set(example.model_copy(update={"table": odd}))))
    assert "### a\\`b&#124;c \\*d\\* (oracle, shelf_stock)" in markdown


def test_harvested_samples_are_called_so():
    harvested = _example(
        text="", naics_code="", use_case="", kind="harvested", teacher="human", license="LicenseRef-ours"
    )
    card = describe_training_set(_set(harvested, _example()))
    markdown = render_card(card)
    assert "### `stock` (oracle, harvested)" in markdown
    assert "comments that people of a company wrote, because the run asked for them: 1 example" in markdown
    assert "no row, name or text of any customer" not in markdown
    assert "license: LicenseRef-ours, MIT" in markdown
    assert _table(markdown, "Sectors")["none"] == ["1", "0", "0"]


def test_a_wide_sample_says_what_it_leaves_out():
    distinct = [f"Units on shelf {n}." for n in range(34)]
    example = _example(columns=34)
    example = example.model_copy(update={"reference": Texts(table="", columns=tuple(distinct))})
    markdown = render_card(describe_training_set(_set(example)))
    assert markdown.endswith("\n\nand 4 more columns\n")
    assert "shelf 29" in markdown
    assert "shelf 30" not in markdown


@pytest.mark.parametrize(("examples", "samples"), [(0, 0), (1, 1), (3, 3), (4, 4), (9, 4), (1000, 4)])
def test_samples_are_spread_evenly(examples, samples):
    made = [_example().model_copy(update={"id": str(number)}) for number in range(examples)]
    ids = [int(example.id) for example in make_card(RECORD, Tally(), "0", made).samples]
    assert len(ids) == samples
    assert len({later - earlier for earlier, later in pairwise(ids)}) <= 1


def test_a_card_is_the_same_every_time(card, small_set):
    assert render_card(describe_training_set(small_set)) == render_card(card)
