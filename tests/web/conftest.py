from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from rater_browser import RaterBrowser
from study_parts import NOW, make_places, open_small

from columnist.studies.inviting import invite_rater
from webapp.app import create_app
from webapp.limits import Limits, Rate


class RatingSite:
    """An open study, its application, and a time that tests move on."""

    def __init__(self, folder: Path, open_it: Callable = open_small):
        self.places = make_places(folder)
        self.storage = self.places.storage
        self.opened = open_it(self.places)
        self.study_id = self.opened.registration.study_id
        self.now = NOW
        self.limits = Limits(session=Rate(per_second=100, burst=10_000), address=Rate(per_second=100, burst=10_000))
        self.app = self.make_app()

    def make_app(self, secret: bytes = b"s" * 32, limits: Limits | None = None):
        return create_app(self.storage, secret, limits or self.limits, now=lambda: self.now)

    def invite(self, label: str = "rater 0", days: int = 14) -> str:
        return invite_rater(self.storage, self.study_id, label, days, self.now)

    def browser(self, token: str | None = None, **options) -> RaterBrowser:
        return RaterBrowser(self.app, token or self.invite(), **options)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def ballots(self):
        return self.storage.export_ballots(self.study_id)


@pytest.fixture
def site(tmp_path):
    found = RatingSite(tmp_path)
    yield found
    found.storage.close()


@pytest.fixture
def make_site(tmp_path):
    made = []

    def make(open_it) -> RatingSite:
        made.append(RatingSite(tmp_path, open_it))
        return made[-1]

    yield make
    for each in made:
        each.storage.close()
