"""Groups of tables: related, in an order in which they can be created, and as hard as they are meant to be."""

import re
from collections import Counter

import pytest

from columnist.abstention import is_abstention
from columnist.synthesis import Split, SynthesisConfig
from columnist.synthesis.blueprints import Obscurity
from columnist.synthesis.candidates import open_source
from columnist.synthesis.examples import HardClass
from columnist.synthesis.generator import generate_group
from columnist.synthesis.naming import TableKind
from columnist.synthesis.obscure import load_obscure_names
from columnist.synthesis.quotas import schedule

GROUPS = 400


@pytest.fixture(scope="module")
def source():
    return open_source(SynthesisConfig(seed=17, train_examples=1, validation_examples=0, test_examples=0))


@pytest.fixture(scope="module")
def groups(source):
    return [generate_group(source, Split.TRAIN, index) for index in range(GROUPS)]


@pytest.fixture(scope="module")
def examples(groups):
    return [example for group in groups for example in group]


def _of(examples, hard):
    return [example for example in examples if hard in example.classes]


def _texts(example):
    return list(zip(example.table.columns, example.reference.columns, strict=True))


def test_groups_have_one_to_six_tables(groups):
    sizes = Counter(map(len, groups))
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    assert max(sizes.values()) < GROUPS / 2


def test_every_kind_of_table_occurs(examples):
    kinds = Counter(example.kind for example in examples)
    assert set(kinds) == {kind.value for kind in TableKind}
    assert kinds["entity"] < len(examples) * 0.75


def test_a_table_stands_once_in_a_group(groups):
    for group in groups:
        names = [example.table.qualified_name.lower() for example in group]
        assert len(set(names)) == len(names)


def test_references_within_a_group_lead_to_keys_of_earlier_tables(groups):
    led = 0
    for group in groups:
        known = {}
        for example in group:
            for column in example.table.columns:
                target = column.references
                if target and target.table in {other.table.identifier for other in group}:
                    own = target.table == example.table.identifier
                    columns = {c.name: c for c in example.table.columns} if own else known[target.table]
                    assert columns[target.column].primary_key, (example.id, column.name)
                    led += not own
            known[example.table.identifier] = {column.name: column for column in example.table.columns}
    assert led >= 50


def test_tables_of_a_group_share_their_habits(groups):
    for group in groups:
        assert len({example.table.dialect for example in group}) <= 1
        assert len({example.license for example in group}) <= 1
        assert len({HardClass.ABBREVIATED in example.classes for example in group if example.kind != "raw"}) <= 1


def test_wide_tables_are_wide(groups, examples):
    wide = _of(examples, HardClass.WIDE)
    assert len(wide) >= 10
    for example in wide:
        names = [column.name.lower() for column in example.table.columns]
        assert len(names) >= 100
        assert len(set(names)) == len(names)
    assert all(len(e.table.columns) < 100 for e in examples if e not in wide)
    assert all(len(group) == 1 for group in groups if group and HardClass.WIDE in group[0].classes)


def test_undocumentable_tables_abstain_throughout(examples):
    unknown = _of(examples, HardClass.UNDOCUMENTABLE)
    assert len(unknown) >= 8
    for example in unknown:
        assert is_abstention(example.reference.table)
        assert all(is_abstention(text) for text in example.reference.columns)
        assert example.classes[-1] is HardClass.UNDOCUMENTABLE
        assert not {HardClass.OPAQUE, HardClass.AMBIGUOUS} & set(example.classes)
    known = [example for example in examples if example not in unknown]
    assert not any(is_abstention(example.reference.table) for example in known)


def test_opaque_and_ambiguous_columns_abstain_and_no_others(source, monkeypatch):
    """The drafts know which columns are obscure; the texts have to agree with each of them."""
    seen = []

    def write_columns(blueprint, drafts, *rest):
        texts = original(blueprint, drafts, *rest)
        seen.extend((draft.feature.obscure, text) for draft, text in zip(drafts, texts, strict=True))
        return texts

    from columnist.synthesis import generator

    original = generator.write_columns
    monkeypatch.setattr(generator, "write_columns", write_columns)
    for index in range(150):
        generate_group(source, Split.VALIDATION, index)
    assert all(is_abstention(text) is (obscurity is not Obscurity.NONE) for obscurity, text in seen)
    counts = Counter(obscurity for obscurity, _ in seen)
    assert min(counts[Obscurity.OPAQUE], counts[Obscurity.AMBIGUOUS]) >= 20


def test_classes_are_told_by_what_is_in_a_table(examples):
    for example in examples:
        abstains = any(is_abstention(text) for text in example.reference.columns)
        hard = {HardClass.OPAQUE, HardClass.AMBIGUOUS, HardClass.UNDOCUMENTABLE} & set(example.classes)
        assert abstains is bool(hard), example.id


def test_questions_ask_about_their_own_column(examples):
    asked = [(column, text) for example in examples for column, text in _texts(example) if is_abstention(text)]
    assert len(asked) > 200
    assert all(text.endswith("?") for _, text in asked)
    assert sum(column.name in text for column, text in asked) / len(asked) > 0.5
    assert len({text for _, text in asked}) / len(asked) > 0.6


def test_names_of_ambiguous_columns_are_from_the_list(examples):
    known = {entry.name.replace(" ", "") for entry in load_obscure_names().ambiguous}
    only = [e for e in _of(examples, HardClass.AMBIGUOUS) if HardClass.OPAQUE not in e.classes]
    for example in only:
        names = [column.name for column, text in _texts(example) if is_abstention(text)]
        assert all(any(k in re.sub(r"[\W_]", "", name.lower()) for k in known) for name in names), names


def test_nested_tables_have_columns_with_structure(examples):
    nested = _of(examples, HardClass.NESTED)
    assert len(nested) >= 60
    shown = re.compile(r"STRUCT|ARRAY|\[\]|JSON|VARIANT|OBJECT|SUPER|XML|Tuple|Nested|MAP|ROW", re.IGNORECASE)
    # Dialects without such types keep structures in texts; raw tables keep everything so.
    fitting = [e for e in nested if any(shown.search(column.type) for column in e.table.columns)]
    assert len(fitting) / len(nested) > 0.7


def test_groups_are_as_hard_as_the_schedule_says(source, groups):
    missed = Counter()
    for index, group in enumerate(groups):
        hard = schedule(source.quotas, source.seed, "train", index)
        if hard and not any(hard in example.classes for example in group):
            missed[hard] += 1
    assert missed[HardClass.UNDOCUMENTABLE] == missed[HardClass.ABBREVIATED] == 0
    assert missed[HardClass.WIDE] <= 4  # some trades have too little to say of one thing
    assert missed.total() <= GROUPS * 0.08  # not every table of a group becomes what the group was made for, missed
