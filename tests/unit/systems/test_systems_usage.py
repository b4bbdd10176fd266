"""What is counted of prompts and texts, with a tokenizer whose tokens can be counted by hand."""

import pytest
from counted_letters import Chatting, Letters

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.evaluation.identity import SystemIdentity
from columnist.modeling.prompts import PromptKind, prompt_digest, render_prompts, render_request
from columnist.systems import Piece
from columnist.systems import usage as usage_module
from columnist.systems.usage import (
    COMPACT,
    INSTRUCT,
    NAIVE,
    SLOTS,
    count_tables,
    estimate_hosted_usage,
    measure_usage,
    open_tokenizer,
)

TABLE = Table(name="stock", columns=(Column(name="sku", type="TEXT"), Column(name="note", type="TEXT")))


def test_a_shared_schema_counts_once_and_else_for_each_slot():
    # "table stock\nsku text\nnote text\n" has 31 letters; leads begin with a line break:
    # "\nstock (table):" 15, "\nsku:" 5, "\nnote:" 6.
    counts = count_tables(Letters(), [TABLE])
    assert counts[COMPACT] == [31 + 26]
    assert counts[NAIVE] == [3 * 31 + 26]


def test_a_request_counts_with_its_instructions_and_template():
    (request,) = render_request(TABLE)
    size = len(request.system) + len(request.user)
    assert count_tables(Letters(), [TABLE])[INSTRUCT] == [size + len("\n\n")]
    assert count_tables(Chatting(), [TABLE])[INSTRUCT] == [size + len("<system><user>")]


def test_windows_of_a_wide_table_are_added_up():
    wide = Table(name="wide", columns=tuple(Column(name=f"c{n}", type="INT") for n in range(90)))
    prompts = render_prompts(wide, PromptKind.COMPACT)
    leads = sum(len(slot.lead) + 1 for prompt in prompts for slot in prompt.slots)
    counts = count_tables(Letters(), [wide])
    assert counts[COMPACT] == [sum(len(prompt.schema_text) + 1 for prompt in prompts) + leads]
    assert counts[SLOTS] > counts[INSTRUCT] > counts[COMPACT]


def test_tokenizers_of_folders_are_opened(tiny_base_model):
    assert count_tables(open_tokenizer(str(tiny_base_model)), [TABLE])[COMPACT][0] > 10


TEXTS = Texts(table="Stock.", columns=("Article.", ""))


def write(**changes):
    return Piece(texts=(TEXTS,), faults=({},), seconds=2.0).model_copy(update=changes)


def identify(kind, prompt=PromptKind.COMPACT):
    return SystemIdentity(name="x", kind=kind, reference="", base_model="tiny", prompt_sha256=prompt_digest(prompt))


@pytest.fixture
def letters(monkeypatch):
    monkeypatch.setattr(usage_module, "open_tokenizer", lambda _reference: Letters())


@pytest.mark.usefixtures("letters")
def test_a_tuned_model_reads_the_compact_prompt_and_writes_its_texts():
    usage = measure_usage(identify("tuned"), [TABLE], write())
    assert usage.input_tokens == (31 + 26,)  # as above
    # " Stock." 7, " Article." 9 and " " 1, each with the token that ends it.
    assert usage.output_tokens == (7 + 9 + 1 + 3,)
    assert usage.seconds == 2.0


@pytest.mark.usefixtures("letters")
def test_a_model_with_the_long_prompt_reads_it_slot_by_slot_or_at_once():
    counts = count_tables(Letters(), [TABLE])
    slots = measure_usage(identify("slots", PromptKind.INSTRUCT), [TABLE], write())
    assert slots.input_tokens == tuple(counts[SLOTS])
    once = measure_usage(identify("json", PromptKind.INSTRUCT), [TABLE], write(replies=(("{}", "[]x"),)))
    assert once.input_tokens == tuple(counts[INSTRUCT])
    assert once.output_tokens == (2 + 3 + 2,)


def test_names_take_no_tokens():
    usage = measure_usage(SystemIdentity(name="names", kind="names", reference=""), [TABLE], write())
    assert (usage.input_tokens, usage.output_tokens) == ((0,), (0,))


def test_a_hosted_model_would_fill_the_form():
    usage = estimate_hosted_usage([TABLE], [TEXTS], Letters())
    assert usage.input_tokens == tuple(count_tables(Letters(), [TABLE])[INSTRUCT])
    form = '{"table": "Stock.", "columns": {"sku": "Article.", "note": ""}}'
    assert usage.output_tokens == (len(form) + 1,)
    assert usage.seconds is None


def test_each_window_of_a_wide_table_has_a_reply_of_its_own():
    wide = Table(name="wide", columns=tuple(Column(name=f"c{n}", type="INT") for n in range(90)))
    usage = estimate_hosted_usage([wide], [Texts(table="W.", columns=("x",) * 90)], Letters())
    replies = len(render_request(wide))
    # {"table": "W.", before the first; {"columns": {}} and an end for each; "cN": "x" for each column, and commas.
    names = sum(len(f'"c{n}": "x"') for n in range(90))
    assert replies == 3
    assert usage.output_tokens == (
        len('"table": "W.", ') + replies * (len('{"columns": {}}') + 1) + names + (90 - replies) * len(", "),
    )


def test_a_piece_about_other_tables_is_refused():
    with pytest.raises(ValueError, match="wrote about 1 tables, not about 2"):
        measure_usage(identify("tuned"), [TABLE, TABLE], write())
