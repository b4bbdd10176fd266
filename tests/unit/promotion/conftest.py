import json
import shutil

import pytest
from promotion_evidence import Case, close_one, lose, make_desk, open_one
from study_parts import make_places


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory):
    """The studies take seconds to answer, so they are answered once and copied."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNIST_HOME", str(folder))
        places = make_places(folder)
        won = open_one(places)
        close_one(places, won)
        lost = open_one(places, tables=6, looks=(6,))
        close_one(places, lost, lose)
        ids = [each.registration.study_id for each in (won, lost, open_one(places, tables=4, looks=(4,)))]
        places.storage.close()
    (folder / "ids.json").write_text(json.dumps(ids))
    return folder


@pytest.fixture
def case(finished_home, tmp_path, monkeypatch):
    folder = tmp_path / "home"
    shutil.copytree(finished_home, folder)
    monkeypatch.setenv("COLUMNIST_HOME", str(folder))
    places = make_places(folder)
    yield Case(make_desk(folder), places, *json.loads((folder / "ids.json").read_text()))
    places.storage.close()
