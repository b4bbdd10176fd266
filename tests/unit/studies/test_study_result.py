import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from study_parts import NOW, answer_all, open_small, prefer_long

from columnist import study_commands
from columnist.digests import digest_value
from columnist.errors import ConfigError, StudyError
from columnist.signing import Signer
from columnist.studies.closing import close_study
from columnist.studies.registration import study_folder
from columnist.studies.result import conclude, read_result, read_unblinded
from columnist.study_commands import study


@pytest.fixture
def closed(local_places):
    opened = open_small(local_places)
    answer_all(local_places.storage, opened, prefer_long)
    signer = Signer.open(local_places.keys)
    close_study(opened.folder, local_places.storage, signer, NOW + timedelta(days=1))
    return opened, signer


def test_every_ballot_for_the_candidate_counts_for_it(local_places, closed):
    opened, _signer = closed
    ballots = read_unblinded(opened.folder, local_places.storage)
    assert {ballot.score for ballot in ballots if ballot.kind.value != "attention"} == {1.0}
    sides = [ballot.candidate_was_a for ballot in ballots if ballot.kind.value == "main"]
    assert sum(sides) == len(sides) / 2


def test_a_result_is_signed_and_made_again_the_same(local_places, closed):
    opened, signer = closed
    result = conclude(opened.folder, local_places.storage, signer)
    assert result.analysis.win_rate.estimate == 1.0
    assert conclude(opened.folder, local_places.storage, signer) == result
    signed = read_result(opened.folder)
    assert signed.result == result
    assert signed.result.digest == digest_value(result.model_dump(mode="json"))


def test_an_edited_result_is_found(local_places, closed):
    opened, signer = closed
    conclude(opened.folder, local_places.storage, signer)
    path = opened.folder / "result.json"
    content = json.loads(path.read_text())
    content["result"]["closed_at"] = "2020-01-01"
    path.write_text(json.dumps(content))
    with pytest.raises(StudyError, match="not what was signed"):
        read_result(opened.folder)


def test_an_open_study_has_no_result(local_places):
    opened = open_small(local_places)
    with pytest.raises(StudyError, match="is open"):
        conclude(opened.folder, local_places.storage, Signer.open(local_places.keys))


def test_commands_lead_from_an_open_study_to_its_result(local_places, tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(study_commands, "keep", lambda report, folder, _storage: kept.append((report, folder)))
    opened = open_small(local_places)
    study_id = opened.registration.study_id

    def run(*arguments):
        done = CliRunner().invoke(study, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    listed = run("status")
    assert f"{study_id}  open" in listed
    assert "non-inferior by 0.1 on 12 tables, candidate cccccccccccc, baseline bbbbbbbbbbbb" in listed
    assert "rater 1" in run("status", study_id)
    link = run("invite", study_id, "--rater", "rater 1", "--site", "https://rate.example/").split()[0]
    assert link.startswith("https://rate.example/r/")
    assert "links of rater 1 that are revoked now: 1" in run("invite", study_id, "--rater", "rater 1", "--revoke")
    run("packet", study_id, "rater 0", "-o", str(tmp_path / "packet.html"))
    assert (tmp_path / "packet.html").stat().st_size > 5000
    with pytest.raises(ConfigError, match="rater 0 16, rater 1 16, rater 2 16; wait"):
        run("close", study_id)
    answer_all(local_places.storage, opened, prefer_long)
    first, second = run("close", study_id), run("close", study_id)
    assert "win rate 1.000 on 12 tables" in first
    assert "win rate 1.000 on 12 tables" in second
    assert "is closed with 48 ballots" in first
    assert "was closed already, at" in second
    assert read_result(study_folder(study_id)).result.registration == opened.registration
    assert f"{study_id}  closed" in run("status")
    assert [report.result.analysis.win_rate.estimate for report, _folder in kept] == [1.0, 1.0]
    assert {folder for _report, folder in kept} == {opened.folder}


@pytest.mark.parametrize(
    "arguments",
    [
        ("invite", "1234", "--rater", "Ada"),
        ("invite", "1234", "--rater", "Ada", "--revoke"),
        ("report", "1234"),
        ("look", "1234"),
        ("close", "1234", "--unfinished"),
        ("withdraw", "1234", "--reason", "none"),
    ],
)
def test_a_study_that_is_not_there_is_told_alike(local_places, arguments):
    with pytest.raises(StudyError, match=r"there is no study 1234; see: run\.py study status"):
        CliRunner().invoke(study, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rater", "Ada"), r"1 --rater labels came, but 4 raters are configured.*--set study.raters=1"),
        (("--baseline", "nothing"), "--baseline 'nothing' is no model and no folder of one. One of slots:"),
        ((), "there is no champion to compare with, or it is the candidate itself; give --baseline. One of slots:"),
        (("--baseline", "base=slot:x"), "--baseline 'base=slot:x': there is no kind 'slot'"),
    ],
)
def test_an_opening_that_cannot_be_meant_is_refused(local_places, monkeypatch, arguments, said):
    monkeypatch.setattr(study_commands, "_open_stores", lambda zenml: None)
    monkeypatch.setattr("columnist.registry.versions.list_versions", lambda _name: [])
    with pytest.raises(ConfigError, match=said):
        CliRunner().invoke(study, ("open", "--candidate", "default", *arguments), catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "kind", "reference"),
    [
        ("slots:smollm2-135m-instruct", "slots", "smollm2-135m-instruct"),
        ("mine=slots:base.gguf", "slots", "base.gguf"),
        ("default", "tuned", "default"),
        ("models:/columnist/2", "tuned", "models:/columnist/2"),
        ("names:", "names", ""),
    ],
)
def test_a_baseline_is_read_with_or_without_a_name(text, kind, reference):
    found = study_commands._system("baseline", text)
    assert (found.name, found.kind.value, found.reference) == ("baseline", kind, reference)


def test_few_ballots_of_raters_who_count_still_give_a_result(local_places):
    """What is closed has a result: where too few tables are left, nothing is concluded from all that were rated."""
    opened = open_small(local_places)
    hasty, careful, _absent = opened.registration.raters
    storage = local_places.storage
    for rater, seconds, count in ((hasty, 0.1, 6), (careful, 30.0, 1)):
        for _ in range(count):
            shown = storage.next_assignment(rater)
            storage.record_ballot(rater, shown.item.item_id, prefer_long(shown), seconds=seconds, at=NOW)
    signer = Signer.open(local_places.keys)
    close_study(opened.folder, storage, signer, NOW)
    analysis = conclude(opened.folder, storage, signer).analysis
    assert analysis.verdict.value == "inconclusive"
    # The careful rater's one item may be an attention item, which no table is rated by.
    assert "registered rule" in analysis.reasons[0]


def test_a_plan_is_printed_as_a_page_and_as_json():
    arguments = ("plan", "--tables", "12", "--raters", "2", "--replications", "200")
    page = CliRunner().invoke(study, arguments, catch_exceptions=False)
    assert "It can not show" in page.output
    done = CliRunner().invoke(study, (*arguments, "--json"), catch_exceptions=False)
    assert json.loads(done.stdout)["question"]["looks"] == [4, 8, 12]
