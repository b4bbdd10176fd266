"""The taxonomy: what it lists and finds, what it misses, and that a team's own pack is part of it."""

import json
import sys

import pytest
import yaml

import run
from columnist.errors import ConfigError, TrainingSetError
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.naics import load_sectors
from columnist.synthesis.taxonomy import load_taxonomy


def _entity(name: str) -> dict[str, object]:
    return {"row": f"{name} of the rink", "about": f"{name}s of the rink", "sets": [f"{name}_facts"]}


PACK = {
    "use_cases": {
        "ice_resurfacing": {
            "title": "Ice resurfacing of rinks",
            "sectors": list(load_sectors()),
            "decides": "when the ice is resurfaced",
            "entities": ["ice_sheet", "ice_round"],
            "watches": {
                "rounds_driven": {"count": "number of rounds driven in ^"},
                "water_used": {"measure": "water laid on the ice in ^", "unit": ["smudges"]},
            },
        }
    },
    "entities": {"ice_sheet": _entity("ice_sheet"), "ice_round": _entity("ice_round")},
    "units": {"smudges": "smudges on the ice"},
    "sets": {
        f"{name}_facts": {
            "thickness": {"measure": "how thick the ice of ~ is", "unit": ["mm"]},
            "surface": {"code": "state of the surface of ~", "values": ["smooth", "rough", "cut"]},
            "driver": {"name": "person who drives the machine over ~"},
            "resurfaced": {"when": "~ was last resurfaced"},
            "remark": {"text": "what the driver saw on ~"},
        }
        for name in ("ice_sheet", "ice_round")
    },
}


@pytest.fixture
def pack(tmp_path):
    """Write a team's pack, with changes to its parts."""

    def pack(name="rinks.yaml", **changes):
        path = tmp_path / name
        path.write_text(yaml.safe_dump({**PACK, **changes}))
        return path

    return pack


@pytest.fixture
def command(monkeypatch, capsys):
    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["run.py", "taxonomy", *map(str, arguments)])
        code = 0
        try:
            run.main()
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return command


def test_the_products_own_taxonomy_is_covered():
    coverage = load_taxonomy().check(fewest_metrics=3)
    assert coverage.problems == ()
    assert (coverage.sectors, coverage.industries) == (20, 1012)
    assert coverage.use_cases >= 150
    assert coverage.entities >= 600
    assert coverage.attributes >= 4000


def test_a_pack_is_listed_shown_and_found(pack):
    taxonomy = load_taxonomy((pack(),))
    assert "ice_resurfacing" in [case.id for case in taxonomy.list_use_cases("71")]
    assert [hit.id for hit in taxonomy.search("resurfacing rinks")] == ["ice_resurfacing"]
    shown = taxonomy.show("ice_resurfacing")
    assert [(entity.id, entity.attributes) for entity in shown.entities] == [("ice_sheet", 5), ("ice_round", 5)]
    assert shown.metrics["rounds driven"] == "number of rounds driven in the period"
    assert shown.industries == 1012
    before, after = load_taxonomy().list_sectors(), taxonomy.list_sectors()
    assert [new.use_cases - old.use_cases for old, new in zip(before, after, strict=True)] == [1] * 20


def test_examples_are_made_of_a_pack(pack):
    config = SynthesisConfig(
        seed=4, train_examples=150, validation_examples=0, test_examples=20, vocabulary=(pack("mine.yaml"),)
    )
    training_set = synthesize(config)
    own = [e for e in (*training_set.train, *training_set.test) if e.use_case == "ice_resurfacing"]
    assert own
    assert any("ice" in text for example in own for text in (example.reference.table, *example.reference.columns))
    assert "mine.yaml" in training_set.record.inputs


def test_what_a_pack_adds_is_counted(pack):
    coverage = load_taxonomy((pack(),)).check()
    assert coverage.problems == ()
    (added,) = coverage.packs
    assert added.model_dump() == {
        "file": "rinks.yaml",
        "use_cases": 1,
        "entities": 2,
        "attributes": 10,
        "units": 1,
        "abbreviations": 0,
    }


def test_what_falls_short_is_said(pack):
    case = {**PACK["use_cases"]["ice_resurfacing"], "watches": {}, "sectors": ["71", "31"]}
    entities = {**PACK["entities"], "rink": {"row": "rink", "about": "rinks"}}
    coverage = load_taxonomy((pack(use_cases={"ice_resurfacing": case}, entities=entities),)).check()
    assert coverage.problems == (
        "use case ice_resurfacing names sector 31, which is none of the classification",
        "use case ice_resurfacing has 0 metrics; expected 2 or more",
        "entity rink has 0 attributes; expected 4 or more",
    )
    assert coverage.unused == ("rink",)


def test_a_shortage_exits_with_1(pack, command):
    code, out, err = command("check", "--vocabulary", pack(use_cases={}), "--min-metrics", 2)
    assert (code, err) == (0, "")
    assert "unused: entity ice_sheet" in out
    entities = {**PACK["entities"], "rink": {"row": "rink", "about": "rinks"}}
    code, out, err = command("check", "--vocabulary", pack("rinks_2.yaml", entities=entities), "--json")
    assert (code, err) == (1, "")
    assert json.loads(out)["problems"] == ["entity rink has 0 attributes; expected 4 or more"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"entities": {"ice_sheet": _entity("ice_sheet")}},
            "rinks.yaml: ice_resurfacing of use_cases: entity ice_round",
        ),
        ({"entities": {**PACK["entities"], "pool": {"row": 1}}}, "rinks.yaml: pool of entities: row"),
        ({"entities": {**PACK["entities"], "pool": None}}, "rinks.yaml: pool of entities"),
        ({"entities": {**PACK["entities"], "customer": {"row": "x", "about": "y"}}}, "customer of entities is already"),
        ({"sets": {"ice_sheet_facts": ["thickness"]}}, "rinks.yaml: ice_sheet_facts of sets: expected attributes"),
        (
            {"sets": {"ice_sheet_facts": {"a": {"sum": "b"}}}},
            "rinks.yaml: ice_sheet_facts.a of sets: attribute a needs",
        ),
        ({"sets": {"ice_sheet_facts": {"a": "what it is"}}}, "rinks.yaml: ice_sheet_facts.a of sets"),
        ({"abbreviations": {"ice": 4}}, "rinks.yaml: ice of abbreviations: expected a list of short forms"),
        ({"usecases": {"a": {}}}, "rinks.yaml: expected the sections"),
        ({"entities": [1]}, "rinks.yaml: expected the sections"),
    ],
)
def test_a_damaged_pack_is_named_with_its_entry(pack, command, changes, said):
    code, out, err = command("check", "--vocabulary", pack(**changes))
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err


def test_files_that_are_no_packs(tmp_path, command):
    for name, content, said in (
        ("a.yaml", b"{", "cannot be parsed"),
        ("b.yaml", b"\xff\xfe", "cannot be read"),
        ("retail.yaml", b"units: {l: litres}", "another pack called retail.yaml"),
    ):
        (tmp_path / name).write_bytes(content)
        code, out, err = command("list", "--vocabulary", tmp_path / name)
        assert (code, out) == (2, "")
        assert said in err
        assert err.count("\n") == 1
    with pytest.raises(TrainingSetError, match="cannot be read"):
        load_taxonomy((tmp_path / "none.yaml",))


def test_a_sector_may_be_named_by_one_code_of_its_range():
    taxonomy = load_taxonomy()
    assert taxonomy.list_use_cases("32") == taxonomy.list_use_cases("31-33")
    for wrong in ("99", "3", "311", ""):
        with pytest.raises(ConfigError, match="there is no sector"):
            taxonomy.find_sector(wrong)


def test_a_search_wants_all_words_and_finds_beginnings_and_plurals():
    taxonomy = load_taxonomy()
    (first, *_) = taxonomy.search("smart METERS")
    assert (first.kind, first.id) == ("use case", "smart_meter_forecasting")
    assert [hit.id for hit in taxonomy.search("soybean farming") if hit.kind == "industry"][:1] == ["111110"]
    assert taxonomy.search("soybean telescope") == ()
    assert taxonomy.search(" ?! ") == ()
    assert taxonomy.search("(") == ()


def test_descriptions_of_industries_are_searched(tmp_path):
    path = tmp_path / "naics.csv"
    path.write_text(
        "code,level,title,description\n11,2,Farming,\n111110,6,Soybean Farming,Legumes rich in protein " + "x" * 300
    )
    (hit,) = load_taxonomy(naics=path).search("protein")
    assert (hit.kind, hit.id) == ("industry", "111110")
    assert "protein" in hit.found
    assert len(hit.found) < 200


def test_an_unknown_use_case_is_told_from_a_near_one(command):
    code, out, err = command("show", "claim_triage")
    assert (code, out) == (2, "")
    assert "did you mean claims_triage?" in err
    assert "taxonomy search" in command("show", "qqqq")[2]


def test_everything_is_there_as_json(command):
    assert len(json.loads(command("--json")[1])) == 20
    assert command("list", "--json") == command("--json")
    assert json.loads(command("list", "--sector", 62, "--json")[1])[0].keys() >= {"id", "title", "decides", "sectors"}
    assert json.loads(command("show", "claims_triage", "--json")[1])["id"] == "claims_triage"
    assert json.loads(command("search", "smart", "meter", "--json")[1])[0]["id"] == "smart_meter_forecasting"
    assert json.loads(command("check", "--json")[1])["problems"] == []


def test_people_get_tables(command):
    assert "Manufacturing" in command()[1]
    assert "claims_triage" in command("list", "--sector", "52")[1]
    assert "loss ratio" in command("show", "claims_triage")[1]
    assert "smart_meter_forecasting" in command("search", "smart meter")[1]
    assert "everything is covered" in command("check")[1]
    code, out, err = command("search", "soybean telescope")
    assert (code, out) == (0, "")
    assert "nothing has all the words" in err


@pytest.mark.parametrize("name", sorted(run.taxonomy.commands))
def test_every_subcommand_shows_an_example(command, name):
    code, out, _ = command(name, "--help")
    assert code == 0
    assert f"Example: python run.py taxonomy {name}" in out
