"""An open study, its application, and a time that tests move on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from rater_browser import RaterBrowser
from study_parts import NOW, make_places, open_small

from columnist.studies.inviting import invite_rater
from webapp.app import create_app
from webapp.limits import Limits, Rate

_PLENTY = Rate(per_second=100, burst=10_000)


class RatingSite:
    """A study that is open to raters.

    Attributes:
        now: What the application takes for the time.
    """

    def __init__(self, folder: Path, open_it: Callable = open_small):
        self.places = make_places(folder)
        self.storage = self.places.storage
        self.opened = open_it(self.places)
        self.study_id = self.opened.registration.study_id
        self.now = NOW
        self.limits = Limits(session=_PLENTY, address=_PLENTY)
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
