"""Samples by seed: which tables a page shows, what it says of them, and that it is inert and whole."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from columnist import sampling
from columnist.ddl.tables import Column, Table
from columnist.describe import BASE, Writer
from columnist.documentation import Texts
from columnist.errors import ConfigError, TrainingSetError
from columnist.evaluation.samples_page import PageFormat, SamplesPage, render_samples, take_sample
from columnist.modeling.engines import Filled
from columnist.modeling.prompts import PromptKind
from columnist.samples_commands import samples
from columnist.synthesis import SynthesisConfig, synthesize_to
from columnist.synthesis.examples import Example, Split
from columnist.synthesis.lexicon import load_lexicon
from columnist.synthesis.partition import draw_partition
from columnist.tracing.records import Author

HOSTILE = "<script>alert(1)</script> | [x](javascript:alert(1))"


class FakeEngine:
    """Writes the name of the model into every slot."""

    def __init__(self, name: str):
        self.name = name

    def fill(self, prompts, on_filled=None):
        filled = [tuple(Filled(f"Written by {self.name}.") for _ in prompt.slots) for prompt in prompts]
        for place, texts in enumerate(filled):
            if on_filled:
                on_filled(place, texts)
        return filled


@pytest.fixture
def writers(monkeypatch, tmp_path):
    """Stand in for both models, on a home of its own."""
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))

    def choose(wishes, _home):
        name, kind = ("base", PromptKind.INSTRUCT) if wishes.model == BASE else ("tuned", PromptKind.COMPACT)
        return Writer(
            name, f"digest of {name}", kind, None, lambda: FakeEngine(name), Author(name=name, prompt_sha256="")
        )

    monkeypatch.setattr(sampling, "choose_writer", choose)


@pytest.fixture
def documented(tmp_path) -> Path:
    path = tmp_path / "documented.jsonl"
    rows = [
        {
            "id": f"t{number}",
            "ddl": f"CREATE TABLE t{number} (id INT PRIMARY KEY, qty INT)",
            "dialect": "postgres",
            "description": f"Table {number}." if number else "",
            "columns": {"id": "Key."} if number else {},
        }
        for number in range(9)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def hostile_page() -> SamplesPage:
    example = Example(
        id=HOSTILE,
        ddl=f"```\n{HOSTILE}",
        table=Table(name=HOSTILE, columns=(Column(name=HOSTILE, type=HOSTILE), Column(name="b", values=(HOSTILE,)))),
        reference=Texts(table=HOSTILE, columns=(HOSTILE, "")),
        naics_code="",
        use_case="",
        license="unknown",
    )
    tuned = Texts(table=HOSTILE, columns=(f"? {HOSTILE}?", ""))
    table = take_sample(example, tuned, tuned)
    return SamplesPage(seed=3, source=HOSTILE, tuned=HOSTILE, base=HOSTILE, tables=(table, table))


def test_the_page_loads_nothing_and_runs_nothing():
    page = render_samples(hostile_page(), PageFormat.HTML)
    assert page.startswith("<!doctype html>")
    assert 'name="viewport"' in page
    assert not any(harm in page for harm in ("<script", "<link", "<img", "src=", "href=", "url(", "@import"))
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("<section>") == 2
    assert page.count("asks:") == 4


def test_the_markdown_is_inert_and_has_a_row_for_every_text():
    page = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(render_samples(hostile_page(), PageFormat.MARKDOWN))
    )
    assert "<script" not in page
    assert "<a " not in page
    assert page.count("<table>") == 2
    assert page.count("<tr>") == 2 * (1 + 3)


def test_documented_tables_are_drawn_by_seed_and_are_described(documented):
    drawn = sampling.draw_documented(documented, 5, seed=2)
    assert drawn == sampling.draw_documented(documented, 5, seed=2)
    assert {each.id for each in drawn} != {each.id for each in sampling.draw_documented(documented, 5, seed=3)}
    assert {each.id for each in sampling.draw_documented(documented, 99, seed=2)} == {f"t{n}" for n in range(1, 9)}


def test_a_file_without_descriptions_is_a_persons_mistake(tmp_path):
    script = tmp_path / "bare.sql"
    script.write_text("CREATE TABLE t (id INT);")
    with pytest.raises(TrainingSetError, match="none has any"):
        sampling.draw_documented(script, 5, seed=2)


def test_made_tables_are_of_use_cases_that_are_never_learned_from():
    made = sampling.make_test_tables(3, seed=11)
    assert made == sampling.make_test_tables(3, seed=11)
    assert {each.id for each in made}.isdisjoint(each.id for each in sampling.make_test_tables(3, seed=12))
    kept = draw_partition(7, load_lexicon()).test_use_cases  # 7 is the seed of all shipped configurations
    assert {each.use_case for each in made} <= kept
    assert len({each.group for each in made}) == 3


def test_a_folder_of_a_training_set_gives_its_test_split(tmp_path):
    folder = tmp_path / "set"
    config = SynthesisConfig(seed=5, train_examples=4, validation_examples=2, test_examples=3)
    synthesize_to(config, folder)
    drawn = sampling.draw_test_tables(str(folder), 9, seed=1)
    lines = (folder / f"{Split.TEST.value}.jsonl").read_text().splitlines()
    assert {each.id for each in drawn} == {json.loads(line)["id"] for line in lines}


@pytest.mark.parametrize("format_", ["html", "md"])
def test_the_command_writes_a_page_of_both_models(format_, writers, documented, tmp_path):
    page = tmp_path / f"page.{format_}"
    options = ["--tables", documented, "--number", "4", "--seed", "1", "--format", format_, "--output", page]
    done = CliRunner().invoke(samples, list(map(str, options)), catch_exceptions=False)
    assert done.exit_code == 0
    text = page.read_text()
    assert text.lower().count("written by tuned") == text.count("Written by base") == 4 * 3
    assert "documented.jsonl" in text
    again = CliRunner().invoke(samples, list(map(str, options)), catch_exceptions=False)
    assert (again.exit_code, page.read_text()) == (0, text)


@pytest.mark.parametrize(
    ("name", "options", "is_html"),
    [
        ("page.md", [], False),
        ("page.HTML", [], True),
        ("page.txt", [], True),
        ("page.md", ["--format", "html"], True),
        ("page.html", ["--format", "md"], False),
    ],
)
def test_the_name_of_the_page_chooses_its_format(writers, documented, tmp_path, name, options, is_html):
    options = ["--tables", str(documented), "--number", "1", "--output", str(tmp_path / name), *options]
    assert CliRunner().invoke(samples, options, catch_exceptions=False).exit_code == 0
    assert (tmp_path / name).read_text().lower().startswith("<!doctype html>") is is_html


def test_two_sources_are_refused(writers, documented, tmp_path):
    options = ["--tables", str(documented), "--training-set", "x", "--output", str(tmp_path / "page.html")]
    with pytest.raises(ConfigError, match="give one of them"):
        CliRunner().invoke(samples, options, catch_exceptions=False)


def test_a_page_that_cannot_be_written_is_refused_before_the_work(documented, tmp_path):
    options = ["--tables", str(documented), "--output", str(tmp_path / "nowhere" / "page.html")]
    with pytest.raises(ConfigError, match="cannot write"):
        CliRunner().invoke(samples, options, catch_exceptions=False)
