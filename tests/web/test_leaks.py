"""Raters' whole sessions are recorded: nothing in them names or hints at a model, and what would is found."""

import logging
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from html import unescape
from pathlib import Path

import leaks
import pytest
from rating_site import RatingSite
from study_parts import NOW, RuleSystem, make_config, make_pool

from benchmarks.simulated_leaks import words_of
from columnist.signing import Signer
from columnist.studies.closing import close_study
from columnist.studies.opening import open_study
from columnist.studies.sealing import Role
from columnist.studies.unblinding import unblind

ROOT = Path(__file__).resolve().parents[2]
LABELS = ["rater 0", "rater 1"]
# They write as differently as systems can: marks, quotes, full stops, spaces.
ONE = RuleSystem("zephyr-7", lambda name: f"  **“The {name}”**  of an  order", "c0ffee" + "1" * 58)
OTHER = RuleSystem("quill-3", lambda name: f"- what `{name}` says.", "beef" + "2" * 60)


def open_telling(places):
    config = make_config(tables=22, looks=(8, 15, 22), raters=len(LABELS), repeats=4)
    return open_study(ONE, OTHER, make_pool(32), config, LABELS, places, NOW, lambda *_: None)


class Lines(logging.Handler):
    """Keeps all log lines, of whatever level."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record):
        self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")


class Recording:
    """What sessions have left: responses, log lines and rows; and the truth, which is known after the closing."""

    def __init__(self, site: RatingSite):
        lines, root = Lines(), logging.getLogger()
        level = root.level
        root.addHandler(lines)
        root.setLevel(logging.DEBUG)
        try:
            browsers = [rate(site, label) for label in LABELS]
        finally:
            root.removeHandler(lines)
            root.setLevel(level)
        self.exchanges = [exchange for browser in browsers for exchange in browser.exchanges]
        self.log = "\n".join(lines.lines)
        self.database = site.places.home.folder / "studies.db"
        folder, registration, keys = site.opened.folder, site.opened.registration, site.places.keys
        close_study(folder, site.storage, Signer.open(keys), site.now)
        roles = unblind(folder, registration, keys)
        self.wrote = {text: role is Role.CANDIDATE for text, role in roles.items() if not role.startswith("attention")}
        promised = registration.model_dump(include={"candidate_sha256", "baseline_sha256", "test_set_sha256"})
        tables = [table.sha256 for table in (*registration.tables, *registration.items)]
        self.hidden = ("zephyr", "quill", *promised.values(), *registration.commitments, *tables)

    def pages(self):
        """Each page with two texts, and whether the first is the candidate's."""
        with closing(sqlite3.connect(self.database)) as connection:
            said = dict(connection.execute("SELECT text_id, table_text FROM text"))
        by_candidate, by_baseline = (
            {said[text] for text, own in self.wrote.items() if own is who} for who in (True, False)
        )
        for each in self.exchanges:
            if 'class="text"' in each.body:
                first = unescape(each.body.split("</span></b>", 1)[1].split("</p>", 1)[0])
                # An attention item's text may be the same as one that counts; it is whoever's.
                if (first in by_candidate) != (first in by_baseline):
                    yield each, first in by_candidate


def rate(site, label):
    """Do all that a rater can do."""
    choice, browser = random.Random(label), site.browser(site.invite(label))
    browser.get("/rate").begin().send("/rate").send("/rate", csrf="forged")
    while browser.get("/rate").item:
        site.pass_time(choice.uniform(5, 60))
        if choice.random() < 0.2:
            browser.send("/break").get("/rate")
        marks = {"mark-A-1": "vague"} if choice.random() < 0.5 else {"mark-B-0": ["wrong", "invented"]}
        browser.answer(choice.choice(["A", "B", "TIE", "BOTH_BAD"]), reason="Because", **marks)
        if choice.random() < 0.1:
            browser.send("/undo")
    browser.get("/static/rating.css").get("/static/keys.js").get("/static/icon.svg").get("/nowhere").get("/rate")
    return browser.send("/leave").begin()


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    site = RatingSite(tmp_path_factory.mktemp("leaks"), open_telling)
    yield Recording(site)
    site.storage.close()


@pytest.fixture
def rows(recording):
    return leaks.read_rows(recording.database)


def test_the_recording_is_of_whole_sessions(recording, rows):
    assert len(recording.exchanges) > 150
    assert {each.status for each in recording.exchanges} >= {200, 303, 401, 403, 404, 422}
    assert len(list(recording.pages())) > 40
    assert len([row for row in rows["ballot"] if row["undone_at"] is None]) == 2 * (22 + 4 + 2)
    assert [row for row in rows["ballot"] if row["undone_at"] is not None]
    assert "/rate" in recording.log
    assert sorted(rows) == [
        "alembic_version", "assignment", "ballot", "invitation", "item", "rater", "reviewer", "reviewer_session",
        "session", "study", "text",
    ]  # fmt: skip


def test_no_page_header_or_address_names_a_model(recording):
    assert leaks.find_words(words_of(recording.exchanges), recording.hidden) == []


def test_cookies_are_read_where_they_are_looked_at(recording):
    clocks = [text for where, text in words_of(recording.exchanges) if where.startswith("clock of")]
    assert len(clocks) > 50
    assert all("item_id" in text and "spent_s" in text for text in clocks)


def test_no_log_line_names_a_model(recording):
    assert leaks.find_words([("log", recording.log)], recording.hidden) == []


def test_no_row_or_column_names_a_model(recording, rows):
    assert leaks.find_words(leaks.words_of_rows(rows), recording.hidden) == []


def test_no_column_and_no_order_goes_with_one_system_only(recording, rows):
    assert leaks.find_telling_columns(rows, recording.wrote) == []


def test_no_header_goes_with_the_place_of_the_candidate(recording):
    assert leaks.find_telling_headers(list(recording.pages())) == []


def test_pages_hold_no_id_of_a_text_or_table_and_do_not_tell_the_kind_of_an_item(recording, rows):
    hidden = {row["text_id"] for row in rows["text"]} | {row["table_id"] for row in rows["item"]}
    hidden |= {row["rater_id"] for row in rows["rater"]} | {row["study_id"] for row in rows["study"]}
    pages = [each for each in recording.exchanges if "/static/" not in each.url]
    everything = "\n".join(text for _, text in words_of(pages)).casefold()
    assert not [value for value in {*hidden, *LABELS, "attention", "repeat"} if value in everything]
    assert {row["item_id"] for row in rows["item"]} == {
        row["item_id"] for row in rows["item"] if row["item_id"] in everything
    }


def test_addresses_are_the_same_for_every_item(recording):
    paths = {each.url.partition("rating.example")[2] for each in recording.exchanges}
    paths = {path for path in paths if not path.startswith(("/r/", "/static/"))}
    assert paths == {"/rate", "/rate?undone=1", "/undo", "/break", "/leave", "/nowhere"}


# What follows puts a leak in, and expects that it is found.


@pytest.fixture
def spoil(recording, tmp_path):
    """A copy of the database, changed by a function of its connection; its rows."""

    def change(how):
        file = tmp_path / "spoilt.db"
        with closing(sqlite3.connect(recording.database)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
            for (trigger,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                target.execute(f'DROP TRIGGER "{trigger}"')  # they keep studies as they were opened
            how(target)
            target.commit()
        return leaks.read_rows(file)

    return change


def add_column(table, name, value_of):
    def how(connection):
        key = {"text": "text_id", "assignment": "a_text_id"}[table]
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN {name}')
        for (text,) in connection.execute(f'SELECT {key} FROM "{table}"').fetchall():
            connection.execute(f'UPDATE "{table}" SET {name} = ? WHERE {key} = ?', (value_of(text), text))

    return how


def test_a_column_that_names_the_model_is_found(recording, spoil):
    rows = spoil(add_column("text", "written_by", lambda text: "zephyr-7" if recording.wrote.get(text) else "quill-3"))
    assert any(
        "text.written_by: zephyr" in found for found in leaks.find_words(leaks.words_of_rows(rows), recording.hidden)
    )
    assert any("text.written_by: value" in found for found in leaks.find_telling_columns(rows, recording.wrote))


def test_a_column_called_model_is_found_even_if_it_is_empty(recording, spoil):
    rows = spoil(add_column("text", "model_sha256", lambda _: None))
    assert any("model_sha256" in found for found in leaks.find_words(leaks.words_of_rows(rows), recording.hidden))


@pytest.mark.parametrize("table", ["text", "assignment"])
@pytest.mark.parametrize(
    ("shade", "found"),
    [
        (lambda own, text: int(own), "value"),
        (lambda own, text: int(text, 16) % 1000 + (2000 if own else 0), "number"),
        (lambda own, text: f"{'a' if own else 'b'}{text}", "first sign"),
        (lambda own, text: text[:-1] + ("24680" if own else "13579")[int(text[0], 16) % 5], "parity"),
        (lambda own, text: text * (2 if own else 3), "length"),
        (lambda own, text: 1.5 if own else "1.5", "kind"),
    ],
)
def test_a_column_that_hints_is_found_whatever_it_is_called(recording, spoil, table, shade, found):
    rows = spoil(add_column(table, "shade", lambda text: shade(recording.wrote.get(text, False), text)))
    assert f"{table}.shade: {found}" in leaks.find_telling_columns(rows, recording.wrote)


def test_an_order_of_rows_that_hints_is_found(recording, spoil):
    def how(connection):
        texts = connection.execute("SELECT text_id, item_id FROM text ORDER BY item_id").fetchall()
        ordered = sorted(texts, key=lambda row: (row[1], not recording.wrote.get(row[0])))
        for place, (text, _) in enumerate(ordered):
            connection.execute("UPDATE text SET rowid = ? WHERE text_id = ?", (10_000 + place * 7 + place // 3, text))

    found = leaks.find_telling_columns(spoil(how), recording.wrote)
    assert found == ["text.order of rows: orders the two texts of an item"]


def test_texts_that_are_not_normalised_are_found(recording, spoil):
    def how(connection):
        for text, own in recording.wrote.items():
            said = "- raw text" if own else "**Raw** text"
            connection.execute("UPDATE text SET table_text = ? WHERE text_id = ?", (said, text))

    assert "text.table_text: signs" in leaks.find_telling_columns(spoil(how), recording.wrote)


def test_a_page_a_header_and_a_line_that_tell_are_found(recording):
    exchange = recording.exchanges[-1]
    for text in ("The baseline says", "by SmolLM2-135M", "zephyr-7", recording.hidden[2]):
        assert leaks.find_words(words_of([exchange._replace(body=text)]), recording.hidden)
        assert leaks.find_words([("log", text)], recording.hidden)
    spoilt = [
        (each._replace(headers=(*each.headers, ("x-cache", "hit" if own else "miss"))), own)
        for each, own in recording.pages()
    ]
    assert "x-cache: value" in leaks.find_telling_headers(spoilt)


# Nor can the pages import what would tell.


def test_serving_raters_loads_nothing_that_could_tell():
    """Neither at the start nor when pages are shown: what is loaded by the application is all that it uses."""
    code = "import sys, webapp.app; print('\\n'.join(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = loaded.split()
    assert "webapp.rating" in names
    unwanted = ("sealing", "unblinding", "opening", "closing", "composing", "result", "registration")
    assert not {f"columnist.studies.{name}" for name in unwanted} & set(names)
    assert not [
        name for name in names if name.startswith(("columnist.registry", "columnist.modeling", "torch", "mlflow"))
    ]


@pytest.fixture
def copied_tree(tmp_path):
    for package in ("columnist", "pipelines", "steps", "materializers", "webapp"):
        for source in (ROOT / package).rglob("*.py"):
            target = tmp_path / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def lint_blind(folder):
    command = [Path(sys.executable).with_name("lint-imports"), "--contract", "blind", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_an_import_that_could_tell_is_refused(copied_tree):
    assert lint_blind(copied_tree).returncode == 0
    # Where a direct import would be seen by anybody: one more, through a module that pages may use.
    for name, line in (
        ("webapp/rating.py", "from columnist.studies.unblinding import unblind\n"),
        ("columnist/studies/inviting.py", "def later():\n    from columnist.studies import sealing\n"),
    ):
        file = copied_tree / name
        before = file.read_text()
        file.write_text(f"{before}\n\n{line}")
        found = lint_blind(copied_tree)
        assert found.returncode == 1, name
        assert "cannot unblind, not even through another module BROKEN" in found.stdout
        file.write_text(before)
