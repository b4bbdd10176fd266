import pytest
from promotion_evidence import copy_case, finish_studies
from rating_site import RatingSite
from review_site import ReviewSite


@pytest.fixture
def site(tmp_path):
    found = RatingSite(tmp_path)
    yield found
    found.storage.close()


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory):
    """The studies take seconds to answer, so they are answered once and copied."""
    return finish_studies(tmp_path_factory.mktemp("finished"))


@pytest.fixture
def review(finished_home, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "home"))
    found = ReviewSite(copy_case(finished_home, tmp_path / "home"))
    yield found
    found.storage.close()
