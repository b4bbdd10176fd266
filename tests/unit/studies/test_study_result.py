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

    assert f"{study_id}  open" in run("status")
    assert "rater 1" in run("status", study_id)
    link = run("invite", study_id, "--rater", "rater 1", "--site", "https://rate.example/").split()[0]
    assert link.startswith("https://rate.example/r/")
    assert "links of rater 1 that are revoked now: 1" in run("invite", study_id, "--rater", "rater 1", "--revoke")
    run("packet", study_id, "rater 0", "-o", str(tmp_path / "packet.html"))
    assert (tmp_path / "packet.html").stat().st_size > 5000
    with pytest.raises(ConfigError, match="rater 0 16, rater 1 16, rater 2 16; wait"):
        run("close", study_id)
    answer_all(local_places.storage, opened, prefer_long)
    assert "win rate 1.000" in run("close", study_id)
    assert "win rate 1.000" in run("close", study_id)
    assert read_result(study_folder(study_id)).result.registration == opened.registration
    assert f"{study_id}  closed" in run("status")
    assert [report.result.analysis.win_rate.estimate for report, _folder in kept] == [1.0, 1.0]
    assert {folder for _report, folder in kept} == {opened.folder}


def test_a_plan_is_printed_as_a_page_and_as_json():
    arguments = ("plan", "--tables", "12", "--raters", "2", "--replications", "200")
    page = CliRunner().invoke(study, arguments, catch_exceptions=False)
    assert "It can not show" in page.output
    done = CliRunner().invoke(study, (*arguments, "--json"), catch_exceptions=False)
    assert json.loads(done.stdout)["question"]["looks"] == [4, 8, 12]
