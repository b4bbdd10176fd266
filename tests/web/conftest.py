import pytest
from rating_site import RatingSite


@pytest.fixture
def site(tmp_path):
    found = RatingSite(tmp_path)
    yield found
    found.storage.close()
