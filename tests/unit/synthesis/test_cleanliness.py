"""A proof of cleanliness on a small catalog of our own."""

import json

import planting
import pytest

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.synthesis.canaries import Canaries
from columnist.synthesis.cleanliness import FindingKind, Verdict, prove_clean
from columnist.synthesis.documented import read_documented
from columnist.synthesis.examples import Example, Split, as_lines
from columnist.synthesis.files import file_name

CATALOG = {
    "id": "berths",
    "dialect": "postgres",
    "ddl": (
        "CREATE TABLE berth_call (berth_call_id INT, quay_code TEXT, draught_dm INT, pilot_boarded_at TIMESTAMP, "
        "tugs_used INT, mooring_gang TEXT, name TEXT)"
    ),
    "description": "One call of a vessel at a berth, from the pilot's boarding until the last line is let go.",
    "columns": {
        "berth_call_id": "Identifies the call.",
        "quay_code": "The quay along which the vessel was moored, as painted on its bollards.",
        "draught_dm": "Deepest draught on arrival, in decimetres of fresh water.",
        "pilot_boarded_at": "When the harbour pilot came aboard off the fairway buoy.",
        "tugs_used": "Tugs made fast, escorts not counted.",
        "mooring_gang": "The gang of linesmen who took the ropes ashore.",
        "name": "Name.",
    },
}


@pytest.fixture
def catalog(tmp_path):
    path = tmp_path / "port.jsonl"
    path.write_text(json.dumps(CATALOG) + "\n")
    return path


@pytest.fixture
def berths(catalog):
    (table,) = read_documented(catalog)
    return table


def clean_rows(number=400):
    return [
        Example(
            id=f"clean-{i}",
            ddl=f"CREATE TABLE t{i} (id INT, name TEXT, fact_{i} TEXT, fact_{i + 1} TEXT)",
            table=Table(
                name=f"t{i}", columns=tuple(Column(name=name) for name in ("id", "name", f"fact_{i}", f"fact_{i + 1}"))
            ),
            reference=Texts(table=f"Things {i}.", columns=("Identifies it.", "Name.", f"Fact {i}.", "")),
            naics_code="",
            use_case="",
            license="Apache-2.0",
        )
        for i in range(number)
    ]


@pytest.fixture
def write(tmp_path):
    """Write a training set with rows added to one split."""

    def write(added=(), split=Split.TRAIN, rows=None):
        folder = tmp_path / "training_set"
        folder.mkdir(exist_ok=True)
        for each in Split:
            own = (clean_rows() if rows is None else rows) if each is Split.TRAIN else []
            (folder / file_name(each)).write_bytes(as_lines([*own, *(added if each is split else ())]))
        return folder

    return write


def prove(folder, catalog, *canaries):
    return prove_clean(folder, [catalog], Canaries(canaries))


def test_a_clean_set_passes_and_says_what_was_compared(write, catalog):
    proof = prove(write(), catalog)
    assert (proof.verdict, proof.findings) == (Verdict.PASS, ())
    assert proof.rows == {"train": 400, "validation": 0, "test": 0}
    (evidence,) = proof.catalogs
    assert (evidence.file, evidence.tables, evidence.texts) == ("port.jsonl", 1, 8)
    # "Name." reappears, but says nothing of any subject.
    assert (evidence.reappearing_texts, evidence.generic_texts, evidence.copied_runs) == (1, 1, 0)
    assert (evidence.silent_tables, evidence.silent_schemas) == (0, 0)
    assert proof.reasons == ("no row of 400 shares more with 1 tables than chance; no canaries were given",)


@pytest.mark.parametrize("way", planting.WAYS, ids=lambda way: way.__name__)
def test_a_planted_row_fails_in_whatever_shape(write, catalog, berths, way):
    proof = prove(write(planting.plant(berths, way)), catalog)
    assert proof.verdict is Verdict.FAIL
    assert {finding.example for finding in proof.findings} >= {"planted-berths"} or way is planting.split_over_two
    assert {(finding.catalog, finding.table) for finding in proof.findings} == {("port.jsonl", "berths")}
    assert all(finding.measure >= finding.threshold for finding in proof.findings)


@pytest.mark.parametrize("split", Split)
def test_every_split_is_looked_through(write, catalog, berths, split):
    proof = prove(write(planting.plant(berths, planting.verbatim), split), catalog)
    assert {finding.split for finding in proof.findings} == {split.value}


def test_a_leak_that_is_there_many_times_does_not_make_itself_common(write, catalog, berths):
    planted = planting.plant(berths, planting.schema_only) * 300
    proof = prove(write(planted), catalog)
    assert proof.verdict is Verdict.FAIL
    assert proof.findings_in_all["shared_features"] >= 1


def test_names_that_go_together_wherever_the_subject_is_met_prove_nothing(write, catalog):
    # Six of the table's seven names in one row, and four of them in each of forty other tables of the trade.
    names = list(CATALOG["columns"])
    alike = [planted_names(f"port_{i}", [*names[i % 3 : i % 3 + 4], f"own_{i}", f"other_{i}"]) for i in range(40)]
    assert prove(write([*alike, planted_names("calls", names[:6])]), catalog).verdict is Verdict.PASS
    assert prove(write([planted_names("calls", names[:6])]), catalog).verdict is Verdict.FAIL


def planted_names(table, names):
    return Example(
        id=table,
        ddl=f"CREATE TABLE {table} ({', '.join(f'{name} TEXT' for name in names)})",
        table=Table(name=table, columns=tuple(Column(name=name) for name in names)),
        reference=Texts(table="", columns=("",) * len(names)),
        naics_code="",
        use_case="",
        license="Apache-2.0",
    )


def test_texts_hidden_in_comments_of_the_statement_are_read(write, catalog, berths):
    (row,) = clean_rows(1)
    remark = berths.texts.columns[1]
    for ddl in (f"{row.ddl} -- {remark}", f"/* {remark} */ {row.ddl}", f"{row.ddl} COMMENT '{remark}'"):
        proof = prove(write([row.model_copy(update={"id": "hidden", "ddl": ddl})]), catalog)
        assert [(f.kind, f.example) for f in proof.findings] == [(FindingKind.COPIED_TEXT, "hidden")]


def test_a_statement_whose_parsed_table_was_swapped_is_recognised(write, catalog, berths):
    (row,) = clean_rows(1)
    proof = prove(write([row.model_copy(update={"id": "swapped", "ddl": CATALOG["ddl"]})]), catalog)
    assert {finding.example for finding in proof.findings} == {"swapped"}


def test_canaries_are_found_by_place_and_never_named(write, catalog):
    row = clean_rows(1)[0].model_copy(update={"id": "sung", "ddl": "CREATE TABLE t (ZORPA_VIMEL INT)"})
    proof = prove(write([row]), catalog, "quizzable", "zorpavimel")
    assert proof.verdict is Verdict.FAIL
    (finding,) = proof.findings
    assert (finding.kind, finding.example, finding.table) == (FindingKind.CANARY, "sung", "canary 2")
    assert finding.evidence == ("ddl",)
    assert "zorpavimel" not in proof.model_dump_json()
    assert proof.reasons == ("1 times a canary was found",)


def test_findings_are_counted_beyond_those_listed(write, catalog):
    sung = [row.model_copy(update={"ddl": "zorpavimel"}) for row in clean_rows(300)]
    proof = prove(write(rows=sung), catalog, "zorpavimel")
    assert (len(proof.findings), proof.findings_in_all["canary"]) == (200, 300)


def test_the_training_set_itself_is_a_catalog(write):
    folder = write()
    assert prove(folder, folder / "train.jsonl").verdict is Verdict.FAIL


def test_a_script_with_comments_is_a_catalog(write, tmp_path, berths):
    script = tmp_path / "port.sql"
    remark = berths.texts.columns[1]
    script.write_text(f"CREATE TABLE berth_call (quay_code TEXT COMMENT '{remark}', draught_dm INT);")
    assert prove(write(), script).verdict is Verdict.PASS
    assert prove(write(planting.plant(berths, planting.verbatim)), script).verdict is Verdict.FAIL


def test_a_table_that_cannot_be_told_by_its_names_is_counted(write, tmp_path):
    path = tmp_path / "plain.jsonl"
    texts = {"id": CATALOG["columns"]["quay_code"], "name": CATALOG["columns"]["draught_dm"]}
    path.write_text(json.dumps({"id": "plain", "ddl": "CREATE TABLE t1 (id INT, name TEXT)", "columns": texts}))
    (evidence,) = prove(write(), path).catalogs
    assert evidence.silent_schemas == 1


def test_progress_counts_all_rows(write, catalog):
    seen = []
    prove_clean(write(), [catalog], Canaries([]), lambda done, total: seen.append((done, total)))
    assert (len(seen), seen[-1]) == (400, (400, 400))


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b'{"id": 1}', b"\xff", b'{"id":"1","ddl":"","table":{"name":"t","columns":[1]},"reference":{}}'],
)
def test_a_line_that_is_no_example_is_named(write, catalog, line):
    folder = write()
    with (folder / "test.jsonl").open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(TrainingSetError, match=r"test.jsonl, line 1: expected an example as JSON"):
        prove(folder, catalog)


def test_nothing_to_compare_is_no_proof(write, tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    with pytest.raises(TrainingSetError, match="expected tables to compare with, but there is none"):
        prove(write(), empty)
    with pytest.raises(TrainingSetError, match="expected rows, but all splits are empty"):
        prove(write(rows=[]), empty)


def test_a_split_that_is_missing_is_no_proof(write, catalog):
    folder = write()
    (folder / "validation.jsonl").unlink()
    with pytest.raises(TrainingSetError, match=r"validation.jsonl: No such file"):
        prove(folder, catalog)
