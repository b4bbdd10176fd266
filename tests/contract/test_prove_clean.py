"""The command prove-clean: exit codes, the signed statement, and one line for every mistake."""

import json
import stat
import sys
from types import SimpleNamespace

import planting
import pytest

import run
from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.registry import sessions, training_folders
from columnist.signing import Signature, verify
from columnist.synthesis.documented import read_documented
from columnist.synthesis.examples import Example, Split, as_lines
from columnist.synthesis.files import file_name

KILN = {
    "id": "kiln-1",
    "ddl": "CREATE TABLE firing (firing_id INT, cone_reached TEXT, soak_minutes INT, glaze_lot TEXT)",
    "description": "One firing of a tunnel kiln, from the first car pushed in until the doors are opened.",
    "columns": {"cone_reached": "Pyrometric cone that slumped first, read through the spy hole after the soak."},
}


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run prove-clean on a home of its own and return its exit code, output and errors."""
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "prove-clean", *map(str, arguments)])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def error(command):
    """Run a command that must fail in one line and return that line."""

    def error(*arguments) -> str:
        code, out, err = command(*arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("error: ")
        return err

    return error


@pytest.fixture
def catalog(tmp_path):
    path = tmp_path / "kilns.jsonl"
    path.write_text(json.dumps(KILN) + "\n")
    return path


@pytest.fixture
def clean(tmp_path):
    rows = [
        Example(
            id=f"clean-{number}",
            ddl=f"CREATE TABLE t{number} (id INT)",
            table=Table(name=f"t{number}", columns=(Column(name="id"),)),
            reference=Texts(table="", columns=("Identifies it.",)),
            naics_code="",
            use_case="",
            license="Apache-2.0",
        )
        for number in range(100)
    ]
    return _write(tmp_path / "clean", rows)


@pytest.fixture
def planted(tmp_path, catalog):
    (table,) = read_documented(catalog)
    return _write(tmp_path / "planted", planting.plant(table, planting.verbatim))


def _write(folder, rows):
    folder.mkdir()
    for split in Split:
        (folder / file_name(split)).write_bytes(as_lines(rows if split is Split.TRAIN else []))
    return folder


@pytest.fixture
def statement(command, clean, catalog, tmp_path):
    path = tmp_path / "statement.json"
    assert command("--catalog", catalog, "--training-set", clean, "-o", path)[0] == 0
    return path


def test_a_clean_set_passes_and_a_planted_row_exits_with_1(command, clean, planted, catalog):
    code, out, err = command("--catalog", catalog, "--training-set", clean)
    assert (code, err) == (0, "")
    assert "PASS: no row of 100 shares more with 1 tables than chance" in out
    code, out, err = command("--catalog", catalog, "--training-set", planted)
    assert (code, err) == (1, "")
    assert "FAIL: " in out
    assert "planted-kiln-1, kilns.jsonl kiln-1" in out


def test_the_thresholds_are_printed(command, clean, catalog):
    _, out, _ = command("--catalog", catalog, "--training-set", clean)
    assert "run_words 8" in out
    assert "margin_bits 14.0" in out


def test_a_canary_of_an_option_or_a_file_exits_with_1(command, clean, catalog, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("zorpavimel\nidentifiesit\n")
    code, out, _ = command("--catalog", catalog, "--training-set", clean, "--canary-file", words)
    assert code == 1
    assert "canary: train clean-0,  canary 2" in out
    assert command("--catalog", catalog, "--training-set", clean, "--canary", "zorpavimel")[0] == 0


def test_a_made_canary_can_be_looked_for(command, clean, catalog):
    code, word, _ = command("--make-canary")
    assert (code, len(word)) == (0, 15)
    assert command("--catalog", catalog, "--training-set", clean, "--canary", word.strip())[0] == 0


def test_the_statement_is_signed_json(command, clean, catalog, tmp_path):
    code, out, _ = command("--catalog", catalog, "--training-set", clean, "--json")
    assert code == 0
    signed = json.loads(out)
    assert signed["statement"]["proof"]["verdict"] == "pass"
    assert verify(signed["statement"], Signature.model_validate(signed["signature"]))
    assert stat.S_IMODE((tmp_path / "home" / "keys" / "ed25519.pem").stat().st_mode) == 0o600


def test_a_statement_holds_for_its_files_and_signer(command, statement, clean, catalog):
    fingerprint = json.loads(statement.read_text())["signature"]["fingerprint"]
    code, out, err = command(
        "--verify", statement, "--training-set", clean, "--catalog", catalog, "--signer", fingerprint
    )
    assert (code, err) == (0, "")
    assert "signature matches" in out
    assert command("--verify", statement)[0] == 0


def test_a_failed_proof_is_no_clean_bill_once_it_is_signed(command, planted, catalog, tmp_path):
    path = tmp_path / "failed.json"
    assert command("--catalog", catalog, "--training-set", planted, "-o", path)[0] == 1
    code, out, _ = command("--verify", path)
    assert code == 1
    assert "FAIL: " in out


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (("statement", "proof", "verdict"), "fail"),
        (("statement", "proof", "rows", "train"), 99),
        (("statement", "made"), "2020-01-01T00:00:00Z"),
        (("signature", "purpose"), "another purpose"),
        (("signature", "fingerprint"), "0" * 64),
        (("signature", "signature"), "AAAA"),
    ],
)
def test_a_changed_statement_does_not_match(command, statement, part, change):
    parsed = json.loads(statement.read_text())
    inner = parsed
    for key in part[:-1]:
        inner = inner[key]
    inner[part[-1]] = change
    statement.write_text(json.dumps(parsed))
    code, out, err = command("--verify", statement)
    assert (code, out) == (1, "")
    assert "signature does not match" in err


def test_other_files_and_other_signers_are_told(command, statement, clean, planted, catalog):
    code, _, err = command("--verify", statement, "--training-set", planted, "--signer", "0" * 64)
    assert code == 1
    assert "it is not about the training set" in err
    assert "it was signed by the key" in err
    catalog.write_text(catalog.read_text() + "\n")
    code, _, err = command("--verify", statement, "--catalog", catalog)
    assert code == 1
    assert "it was not compared with" in err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "no json", '{"statement": {}, "signature": {}}', '{"a": 1, "a": 2}']
)
def test_what_is_no_statement_is_one_line(error, tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    assert "expected a statement that prove-clean wrote" in error("--verify", path)


def test_mistakes_are_one_line(error, clean, catalog, statement, tmp_path):
    missing = tmp_path / "missing"
    assert "name it with --catalog FILE" in error("--training-set", clean)
    assert "missing.jsonl" in error("--catalog", f"{missing}.jsonl", "--training-set", clean)
    assert "missing" in error("--catalog", f"{missing}.sql", "--training-set", clean)
    assert "expected the folder or the id" in error("--catalog", catalog, "--training-set", missing)
    assert "train.jsonl: No such file" in error("--catalog", catalog, "--training-set", tmp_path)
    assert "expected a statement" in error("--verify", missing)
    assert "expected a catalog" in error("--verify", statement, "--catalog", missing)
    assert "cannot write" in error("--catalog", catalog, "--training-set", clean, "-o", missing / "statement.json")
    assert "at least 6 letters" in error("--catalog", catalog, "--training-set", clean, "--canary", "id")
    assert "one canary to a line" in error("--catalog", catalog, "--training-set", clean, "--canary-file", missing)
    assert "use it with --verify" in error("--catalog", catalog, "--training-set", clean, "--signer", "00")
    assert "leave them out with --verify" in error("--verify", statement, "--canary", "zorpavimel")


@pytest.fixture
def stored(monkeypatch):
    """Stand in for the ZenML store with one artifact, or none."""

    def stored(artifact):
        monkeypatch.setattr(sessions, "open_stores", lambda home: None)
        monkeypatch.setattr(training_folders, "find_artifact", lambda name, artifact_id: artifact)

    return stored


def test_a_stored_training_set_is_found_without_naming_it(command, stored, clean, catalog, tmp_path):
    (tmp_path / "artifact").mkdir()
    clean.rename(tmp_path / "artifact" / "rows")
    stored(SimpleNamespace(id="7", uri=str(tmp_path / "artifact")))
    assert command("--catalog", catalog)[0] == 0
    assert command("--catalog", catalog, "--training-set", "7")[0] == 0


def test_a_fresh_store_has_no_training_set_to_prove(error, stored, catalog):
    stored(None)
    assert "there is no training set yet" in error("--catalog", catalog)
