"""Examples to look at: which are drawn, that a seed decides it, and how they are printed."""

import json
import sys
from collections import Counter

import pytest

import run
from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import ColumnistError, TrainingSetError
from columnist.registry import sessions, training_sets
from columnist.synthesis.browsing import Wanted, draw_examples, make_examples, read_lines
from columnist.synthesis.examples import Example, HardClass, Split, as_lines
from columnist.synthesis.naics import load_sectors


def _example(number: int, dialect="postgres", naics="621111", classes=(), text="Day of the visit.") -> Example:
    table = Table(name=f"visit_{number}", dialect=dialect, columns=(Column(name="opaque", type="DATE"),))
    return Example(
        id=f"train-{number}",
        ddl=f"CREATE TABLE visit_{number} (opaque DATE);",
        table=table,
        reference=Texts(table="Visits; one row per visit.", columns=(text,)),
        naics_code=naics,
        use_case="claims_triage",
        kind="entity",
        classes=classes,
        license="Apache-2.0",
    )


EXAMPLES = [
    _example(
        number,
        dialect="mysql" if number % 2 else "postgres",
        naics="324110" if number % 5 == 0 else "621111",
        classes=(HardClass.OPAQUE,) if number % 4 == 0 else (),
        text="? What is opaque for?" if number % 4 == 0 else "Day of the visit.",
    )
    for number in range(40)
]
EVERYTHING = Wanted()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "train.jsonl").write_bytes(as_lines(EXAMPLES))
    return tmp_path


@pytest.fixture
def command(monkeypatch, capsys):
    monkeypatch.setattr(sessions, "open_stores", lambda home, zenml=True: None)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "examples", *map(str, arguments)])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


def _lines():
    return as_lines(EXAMPLES).decode().splitlines(keepends=True)


def test_a_seed_decides_which_are_drawn():
    drawn = draw_examples(_lines(), EVERYTHING, 5, seed=3)
    assert drawn == draw_examples(_lines(), EVERYTHING, 5, seed=3)
    assert drawn != draw_examples(_lines(), EVERYTHING, 5, seed=4)
    assert len({example.id for example in drawn}) == 5


def test_every_line_is_as_likely_as_any_other():
    """4 of 40 in 400 draws: each 40 times on average, with a standard deviation of 6."""
    counts = Counter(e.id for seed in range(400) for e in draw_examples(_lines(), EVERYTHING, 4, seed))
    assert len(counts) == 40
    assert min(counts.values()) > 15
    assert max(counts.values()) < 65


def test_only_what_is_wanted_is_drawn():
    opaque = draw_examples(_lines(), Wanted.parse("opaque", None, None), 40, 1)
    assert sorted(int(e.id.split("-")[1]) for e in opaque) == list(range(0, 40, 4))
    assert {e.table.dialect for e in draw_examples(_lines(), Wanted.parse(None, "MariaDB", None), 40, 1)} == {"mysql"}
    assert len(draw_examples(_lines(), Wanted.parse(None, None, "31-33"), 40, 1)) == 8
    assert len(draw_examples(_lines(), Wanted.parse("opaque", "postgres", "32"), 40, 1)) == 2
    assert draw_examples(_lines(), Wanted.parse("wide", None, None), 40, 1) == ()


@pytest.mark.parametrize("wanted", [("opak", None, None), (None, "klingon", None), (None, None, "99")])
def test_what_cannot_be_wanted_is_refused(wanted):
    with pytest.raises(ColumnistError, match="expected one of"):
        Wanted.parse(*wanted)


def test_memory_holds_only_what_is_drawn():
    line = as_lines(EXAMPLES[:1]).decode()
    assert len(draw_examples((line for _ in range(200_000)), EVERYTHING, 2, 1)) == 2


def test_folders_that_cannot_be_read(tmp_path, folder):
    with pytest.raises(TrainingSetError, match=r"validation\.jsonl"):
        list(read_lines(folder, Split.VALIDATION))
    with pytest.raises(TrainingSetError, match="line 2: expected an example as JSON"):
        draw_examples([_lines()[0], "{}\n"], EVERYTHING, 2, 1)


def test_a_harvest_has_no_splits(tmp_path):
    (tmp_path / "examples.jsonl").write_bytes(as_lines(EXAMPLES[:3]))
    assert len(list(read_lines(tmp_path, Split.TEST))) == 3


def test_examples_are_made_on_the_spot():
    wanted = Wanted.parse(None, "mysql", "62")
    made = make_examples(wanted, Split.TRAIN, 3, seed=2)
    assert made == make_examples(wanted, Split.TRAIN, 3, seed=2)
    assert len({example.group for example in made}) == 3
    assert {(example.table.dialect, example.naics_code[:2]) for example in made} == {("mysql", "62")}
    assert made != make_examples(wanted, Split.TRAIN, 3, seed=3)


def test_the_command_prints_pages(command, folder):
    code, out, err = command("--training-set", folder, "--sample", 2, "--class", "opaque")
    assert (code, err) == (0, "")
    assert "Claims triage" in out
    assert "CREATE TABLE visit_" in out
    assert "asks: What is opaque for?" in out
    assert command("--training-set", folder, "--sample", 2, "--class", "opaque")[1] == out
    assert command("--training-set", folder, "--sample", 2, "--seed", 9)[1] != out


def test_the_command_prints_json_and_says_when_there_are_too_few(command, folder):
    code, out, err = command("--training-set", folder, "--sector", "32", "--sample", 20, "--json")
    assert code == 0
    assert len(json.loads(out)) == 8
    assert "8 such examples were found, 20 were asked for" in err


def test_without_a_training_set_the_grammar_makes_them(command, monkeypatch):
    monkeypatch.setattr(training_sets, "find_artifact", lambda name, id_: None)
    code, out, err = command("--sample", 2, "--seed", 5, "--json")
    assert code == 0
    assert len(json.loads(out)) == 2
    assert "made on the spot by the grammar" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sample", "0"], "--sample"),
        (["--split", "trian"], "'train', 'validation', 'test'"),
        (["--class", "opak"], "there is no class 'opak'"),
        (["--sector", "99"], "there is no sector '99'"),
        (["--dialect", "drill"], "no examples are made for drill"),
    ],
)
def test_mistakes_are_one_line(command, monkeypatch, arguments, said):
    monkeypatch.setattr(training_sets, "find_artifact", lambda name, id_: None)
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_sectors_are_told_by_their_first_two_digits():
    prefixes = [prefix for code in load_sectors() for prefix in Wanted.parse(None, None, code).sector_prefixes]
    assert len(prefixes) == len(set(prefixes)) == 24
