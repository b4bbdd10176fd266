"""A rater's browser inside the test's process: it keeps cookies, reads forms, and remembers all that was exchanged."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from fastapi.testclient import TestClient


class Exchange(NamedTuple):
    """A response, and what it was asked by."""

    method: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


class Page(HTMLParser):
    """The elements of a page, each as its tag and attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [own for name, own in self.elements if name == tag and attributes.items() <= own.items()]

    def field(self, name: str) -> str:
        return next((own.get("value") or "" for own in self.all("input", name=name)), "")


class RaterBrowser:
    """Begins with a link, and sends the forms that it was given.

    Attributes:
        exchanges: All responses, also redirections, in order.
        text: The page that is shown.
    """

    def __init__(self, app, token: str, address: str = "192.0.2.1", scheme: str = "http", raising: bool = True):
        self.client = TestClient(
            app, base_url=f"{scheme}://rating.example", client=(address, 50000), raise_server_exceptions=raising
        )
        self.token, self.text, self.status = token, "", 0
        self.exchanges: list[Exchange] = []

    @property
    def page(self) -> Page:
        return Page(self.text)

    @property
    def item(self) -> str:
        return self.page.field("item")

    @property
    def options(self) -> list[tuple[str, str]]:
        """The texts of A and B, row by row."""
        texts = [unescape(text) for text in re.findall(r'<p class="text">.*?</b>(.*?)</p>', self.text, re.DOTALL)]
        return list(zip(texts[::2], texts[1::2], strict=True))

    def begin(self) -> "RaterBrowser":
        self.get(f"/r/{self.token}")
        return self.send(f"/r/{self.token}")

    def get(self, path: str) -> "RaterBrowser":
        return self._keep(self.client.get(path))

    def send(self, path: str, **fields: str | list[str]) -> "RaterBrowser":
        """Send the form of the page, with more fields; those of the form can be given otherwise."""
        own = {"csrf": self.page.field("csrf"), "item": self.item}
        return self._keep(self.client.post(path, data={name: own[name] for name in own if own[name]} | fields))

    def answer(self, preference: str = "A", **fields: str | list[str]) -> "RaterBrowser":
        return self.send("/rate", preference=preference, **fields)

    def _keep(self, response) -> "RaterBrowser":
        for each in (*response.history, response):
            self.exchanges.append(
                Exchange(
                    method=each.request.method,
                    url=str(each.request.url),
                    status=each.status_code,
                    headers=tuple(each.headers.multi_items()),
                    body=each.text,
                )
            )
        self.text, self.status = response.text, response.status_code
        return self
