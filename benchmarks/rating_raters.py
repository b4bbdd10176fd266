"""Simulated raters: each asks a real server for pages, sends ballots, and remembers what it was told of each."""

import re
import ssl
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpx2

from columnist.studies.ballots import Preference

_FIELD = re.compile(r'name="(csrf|item)" value="(\w+)"')
_TIMEOUT_S = 30.0
_AGAIN_S = 0.2  # how long a rater waits who was told to, or whose server is gone


@dataclass
class Sent:
    """A ballot that was sent.

    Attributes:
        link: The number of the link with which the rater came.
        at: When, in seconds of ``time.monotonic``.
        seconds: Until the answer was there.
        status: What was answered; ``None`` where no answer came.
    """

    link: int
    item: str
    preference: Preference
    at: float
    seconds: float = 0.0
    status: int | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the rater was sent on to the next item, and so told that the ballot is kept."""
        return self.status == 303


@dataclass
class Rater:
    """One simulated rater, who goes from study to study, each by a link of its own.

    Whoever gets no answer to a ballot either sends the same form again or loads the page again, in turn:
    browsers offer both.

    Attributes:
        links: Numbers and tokens of the links.
        think_s: The longest time between a page and its ballot; the shortest is none.
        sent: All ballots, in order.
        page_s: Seconds of each next page.
        troubles: How often the server was gone, or answered something else than a page or an acknowledgement.
    """

    base_url: str
    links: Sequence[tuple[int, str]]
    think_s: float
    random: Random
    stop: threading.Event
    tls: ssl.SSLContext
    sent: list[Sent] = field(default_factory=list)
    page_s: list[float] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Rate until told to stop, or nothing is left."""
        for number, token in self.links:
            # Studies on loopback need no TLS, but each client of its own would read all certificates again.
            with httpx2.Client(
                base_url=self.base_url, timeout=_TIMEOUT_S, verify=self.tls, trust_env=False, follow_redirects=False
            ) as client:
                if self._begin(client, token):
                    self._rate(client, number)
            if self.stop.is_set():
                return

    def _begin(self, client: httpx2.Client, token: str) -> bool:
        while not self.stop.is_set():
            if (answer := self._ask(client, "POST", f"/r/{token}")) is not None and answer.status_code == 303:
                return True
            self.stop.wait(_AGAIN_S)
        return False

    def _rate(self, client: httpx2.Client, number: int) -> None:
        while not self.stop.is_set():
            started = time.monotonic()
            page = self._ask(client, "GET", "/rate")
            if page is None or page.status_code != 200:
                self.stop.wait(_AGAIN_S)
                continue
            self.page_s.append(time.monotonic() - started)
            fields = dict(_FIELD.findall(page.text))
            if "item" not in fields:
                return  # the page that says that all is answered
            self.stop.wait(self.random.uniform(0, self.think_s))
            if not self.stop.is_set():
                self._answer(client, number, fields)

    def _answer(self, client: httpx2.Client, number: int, fields: dict[str, str]) -> None:
        preference = self.random.choice(list(Preference))
        form = fields | {"preference": preference.value}
        again = self.random.random() < 0.5
        while True:
            ballot = Sent(number, fields["item"], preference, time.monotonic())
            self.sent.append(ballot)
            answer = self._ask(client, "POST", "/rate", form)
            ballot.seconds = time.monotonic() - ballot.at
            ballot.status = None if answer is None else answer.status_code
            if ballot.status is not None or not again or self.stop.is_set():
                return
            self.stop.wait(_AGAIN_S)

    def _ask(
        self, client: httpx2.Client, method: str, path: str, form: dict[str, str] | None = None
    ) -> httpx2.Response | None:
        """Return what the server answers; ``None`` where it is gone."""
        try:
            answer = client.request(method, path, data=form)
        except httpx2.TransportError as error:
            self.troubles[type(error).__name__] += 1
            return None
        if answer.status_code not in (200, 303):
            self.troubles[str(answer.status_code)] += 1
        return answer
