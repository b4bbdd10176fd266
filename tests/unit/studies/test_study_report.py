import json
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner
from study_parts import NOW, answer_all, open_small, prefer_long

from columnist.errors import StudyError
from columnist.signing import Signer
from columnist.studies.ballots import Preference
from columnist.studies.closing import close_study
from columnist.studies.registration import Exclusions
from columnist.studies.report import report_study
from columnist.studies.report_pages import list_facts, render_html, render_json, render_markdown
from columnist.studies.result import conclude
from columnist.study_commands import study

HOSTILE = "<script>alert(1)</script> | [x](javascript:alert(1)) `"


@pytest.fixture
def concluded(local_places):
    """A closed study of three raters: one always answers A, one prefers the candidate, and one the baseline."""
    rules = Exclusions(min_seconds_per_item=1, max_attention_failures=2, min_repeat_consistency=0)
    opened = open_small(local_places, exclusions=rules)
    always_a, for_candidate, _against = opened.registration.raters

    def choose(shown):
        if shown.rater == always_a:
            return Preference.A
        return prefer_long(shown) if shown.rater == for_candidate else prefer_long(shown).swapped

    answer_all(local_places.storage, opened, choose)
    signer = Signer.open(local_places.keys)
    close_study(opened.folder, local_places.storage, signer, NOW + timedelta(days=1))
    conclude(opened.folder, local_places.storage, signer)
    return opened


def pages(report):
    return render_html(report), render_markdown(report), render_json(report)


def test_a_report_rebuilt_from_the_ballots_has_the_same_bytes(local_places, concluded):
    first = pages(report_study(concluded.folder, local_places.storage))
    (concluded.folder / "result.json").unlink()
    conclude(concluded.folder, local_places.storage, Signer.open(local_places.keys))
    assert pages(report_study(concluded.folder, local_places.storage)) == first


def test_a_page_shows_every_part_of_the_result(local_places, concluded):
    report = report_study(concluded.folder, local_places.storage)
    analysis = report.result.analysis
    for page in pages(report)[:2]:
        for title in ("Win rates", "Looks", "Agreement", "Raters", "By kind of table", "What it can not show"):
            assert title in page
        assert report.result_sha256 in page
        assert report.result.ballots_sha256 in page
        assert all(rater.rater in page for rater in analysis.raters)
        assert f"{analysis.win_rate.estimate:.3f}" in page
        assert "position-biased" in page
    assert json.loads(render_json(report))["result"]["analysis"]["verdict"] == analysis.verdict.value


def test_disagreements_name_who_preferred_which_text(local_places, concluded):
    report = report_study(concluded.folder, local_places.storage)
    assert report.n_disputed >= len(report.disagreements) > 0
    for each in report.disagreements:
        assert {"candidate", "baseline"} <= {answer.answer for answer in each.answers}
        # Systems of these tests begin their texts so; which one wrote what is known from the sealed key alone.
        assert "of an order says" in each.candidate.table_text
        assert "of an order says" not in each.baseline.table_text


def test_texts_of_raters_are_inert(local_places, concluded):
    report = report_study(concluded.folder, local_places.storage)
    first = report.disagreements[0]
    answer = first.answers[0].model_copy(update={"reason": HOSTILE})
    hostile = first.model_copy(update={"answers": (answer,)})
    report = report.model_copy(update={"disagreements": (hostile,)})
    html, markdown, _json = pages(report)
    assert "<script" not in html
    assert "<script>" not in markdown
    assert "\\[x\\](javascript" in markdown


def test_a_page_loads_nothing(local_places, concluded):
    html = render_html(report_study(concluded.folder, local_places.storage))
    assert not any(word in html for word in ("http://", "https://", "src=", "<link", "@import", "url("))


def test_earlier_studies_of_the_two_are_told(local_places, concluded):
    told = "earlier studies of the two"
    assert dict(list_facts(report_study(concluded.folder, local_places.storage)))[told] == "none"
    second = open_small(local_places)
    answer_all(local_places.storage, second, prefer_long)
    signer = Signer.open(local_places.keys)
    close_study(second.folder, local_places.storage, signer, NOW)
    conclude(second.folder, local_places.storage, signer)
    report = report_study(second.folder, local_places.storage)
    before = concluded.registration.study_id
    assert dict(list_facts(report))[told] == f"1: {before}; opened again because: tests open several"
    assert any("The best of several promises less than one" in limit for limit in report.limits)
    assert all(before in page for page in pages(report))


def test_other_words_for_the_same_result_are_no_other_result(local_places, concluded, monkeypatch):
    from columnist.studies import report as module

    analyse = module.analyse
    other = {"reasons": ("said otherwise",)}
    monkeypatch.setattr(module, "analyse", lambda *given: analyse(*given).model_copy(update=other))
    report = report_study(concluded.folder, local_places.storage)
    assert "said otherwise" not in report.result.analysis.reasons


def test_a_result_that_the_ballots_do_not_give_is_refused(local_places, concluded, monkeypatch):
    from columnist.studies import report as module

    analyse = module.analyse

    def analyse_otherwise(registration, ballots):
        return analyse(registration, ballots).model_copy(update={"threshold": 0.3})

    monkeypatch.setattr(module, "analyse", analyse_otherwise)
    with pytest.raises(StudyError, match="do not give the result"):
        report_study(concluded.folder, local_places.storage)


def test_an_edited_ballot_has_no_report(local_places, concluded):
    path = concluded.folder / "ballots.jsonl"
    path.write_text(path.read_text().replace('"preference":"A"', '"preference":"B"', 1))
    with pytest.raises(StudyError, match="a ballot was edited"):
        report_study(concluded.folder, local_places.storage)


def test_a_study_without_its_result_has_no_report(local_places, concluded):
    shutil.move(concluded.folder / "result.json", concluded.folder / "gone.json")
    with pytest.raises(StudyError, match=r"run\.py study close"):
        report_study(concluded.folder, local_places.storage)


def test_the_command_writes_all_forms_and_the_one_that_is_asked_for(concluded, tmp_path):
    study_id = concluded.registration.study_id
    done = CliRunner().invoke(study, ("report", study_id, "-o", str(tmp_path / "page.md")), catch_exceptions=False)
    assert done.exit_code == 0
    assert "12 tables" in done.stdout
    assert (tmp_path / "page.md").read_text() == (concluded.folder / "report.md").read_text()
    assert {"report.html", "report.md", "report.json"} <= {file.name for file in concluded.folder.iterdir()}
