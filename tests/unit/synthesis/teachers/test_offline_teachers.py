"""The teachers that call nobody: the grammar, and a model of one's own."""

from pathlib import Path

from columnist.documentation import Texts
from columnist.synthesis.teachers import GrammarTeacherConfig, LocalTeacherConfig, Refusal, open_teacher
from columnist.synthesis.teachers.local import LocalTeacher

LOCAL = LocalTeacherConfig(kind="local", base_model="embedded", license="MIT")


def test_the_grammar_knows_what_it_made(make_example, tmp_path):
    examples = [make_example(1), make_example(2, "One row for each return.")]
    with open_teacher(GrammarTeacherConfig(kind="grammar"), tmp_path / "ledger.db") as teacher:
        assert teacher.write(examples) == [example.reference for example in examples]
        assert (teacher.name, teacher.license, teacher.report().examples) == ("grammar", "Apache-2.0", 2)
    assert not list(tmp_path.iterdir())


def test_a_model_is_not_asked_where_the_grammar_abstains(make_example):
    seen = []

    def describe(tables):
        seen.extend(tables)
        return [Texts(table="Orders of a shop.", columns=("Key of it.", "Sum due.", "")) for _ in tables]

    (texts,) = LocalTeacher(LOCAL, describe).write([make_example()])
    assert texts == Texts(table="Orders of a shop.", columns=("Key of it.", "Sum due.", "? What is flex_01 for?"))
    assert [column.comment for column in seen[0].columns] == [None, None, "? What is flex_01 for?"]
    assert seen[0].comment is None


def test_one_unfit_text_refuses_the_example(make_example):
    written = iter(["", "See https://evil.example.", "Sum due."])
    teacher = LocalTeacher(
        LOCAL, lambda tables: [Texts(table="Orders.", columns=("Key.", next(written), "")) for _ in tables]
    )
    results = teacher.write([make_example(1), make_example(2), make_example(3)])
    assert results[:2] == [Refusal(reason="a text is empty"), Refusal(reason="a text has a link or an address")]
    assert isinstance(results[2], Texts)
    report = teacher.report()
    assert (report.examples, report.refused) == (3, {"a text has a link or an address": 1, "a text is empty": 1})
    assert (report.teacher, report.license) == ("local:embedded", "MIT")


def test_a_real_model_writes_through_our_own_engine(tiny_base_model: Path, make_example, tmp_path):
    config = LocalTeacherConfig(kind="local", base_model=str(tiny_base_model), license="MIT")
    with open_teacher(config, tmp_path / "ledger.db") as teacher:
        (result,) = teacher.write([make_example()])
        assert teacher.write([make_example()]) == [result]
    assert isinstance(result, Texts | Refusal)
