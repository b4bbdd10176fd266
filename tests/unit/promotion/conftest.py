import pytest
from promotion_evidence import copy_case, finish_studies


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory):
    """The studies take seconds to answer, so they are answered once and copied."""
    return finish_studies(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def case(finished_home, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    found = copy_case(finished_home, tmp_path / "home")
    yield found
    found.places.storage.close()
