from datetime import timedelta

import pytest
from study_parts import NOW, answer_all, make_places, open_small, prefer_long

from columnist.errors import StudyError
from columnist.registry.feedback import PREFERENCE, REPEATED, collect_remarks, write_feedback
from columnist.signing import Signer
from columnist.studies.closing import close_study, read_study_ballots
from columnist.studies.items import Mark, Tag
from columnist.studies.result import conclude, read_unblinded
from columnist.studies.unblinding import unblind


@pytest.fixture
def closed(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    places = make_places(tmp_path)
    opened = open_small(places, tables=4, looks=(2, 4), raters=2, repeats=1, attention=1)
    answer_all(places.storage, opened, prefer_long)
    signer = Signer.open(places.keys)
    close_study(opened.folder, places.storage, signer, NOW + timedelta(days=1))
    conclude(opened.folder, places.storage, signer)
    yield opened, places.storage
    places.storage.close()


def test_every_ballot_on_the_models_texts_is_a_remark(closed):
    opened, storage = closed
    ballots = read_study_ballots(opened.folder, opened.registration)
    roles = unblind(opened.folder, opened.registration)
    remarks = collect_remarks(ballots, read_unblinded(opened.folder, storage), roles)
    # 2 raters x (4 tables + 1 repeat); the attention items are about other texts.
    assert [remark.name for remark in remarks].count(PREFERENCE) == 8
    assert [remark.name for remark in remarks].count(REPEATED) == 2
    assert {remark.value for remark in remarks} == {"candidate"}


def test_a_mark_names_whose_text_it_is_about(closed):
    opened, storage = closed
    ballots = read_study_ballots(opened.folder, opened.registration)[:1]
    roles = unblind(opened.folder, opened.registration)
    text_id = ballots[0].a_text_id
    marked = ballots[0].model_copy(
        update={"kind": "main", "marks": (Mark(text_id=text_id, column="id_3", tags=(Tag.WRONG, Tag.VAGUE)),)}
    )
    remarks = collect_remarks([marked], read_unblinded(opened.folder, storage)[:1], roles)
    assert remarks[1].name == f"{roles[text_id].value}: id_3"
    assert remarks[1].value == "wrong, vague"


def test_an_open_study_gives_no_feedback(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    places = make_places(tmp_path)
    opened = open_small(places, tables=4, looks=(2, 4), raters=2, repeats=1, attention=1)
    with pytest.raises(StudyError, match="is open"):
        write_feedback(opened.folder, places.storage, "run", lambda *_: None)
    places.storage.close()
