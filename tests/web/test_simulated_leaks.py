"""What would give the candidate away in a browser is found, and a simulation stays out of the homes of people."""

import doctest
import os
import sys
from unittest import mock

import pytest
from fastapi import APIRouter

from benchmarks import simulated_opinion
from benchmarks.simulated_home import MARK, WORD, make_home
from benchmarks.simulated_leaks import (
    Exchange,
    Showing,
    find_forbidden_files,
    find_unequal_pages,
    find_unread,
    measure_chances,
)
from columnist.errors import ConfigError
from columnist.home import Home
from webapp.app import create_app

# A simulation never comes near a home that people use.


@pytest.fixture
def their_home(tmp_path):
    with mock.patch.dict(
        os.environ, {"COLUMNIST_HOME": str(tmp_path / "theirs"), "MLFLOW_TRACKING_URI": "http://them"}
    ):
        yield Home.find()


@pytest.mark.parametrize("place", ["theirs", "theirs/inside", "."])
def test_the_home_that_people_use_is_refused(their_home, place):
    with pytest.raises(ConfigError, match="where people work"):
        make_home(their_home.folder.parent / place)


def test_a_home_with_contents_is_refused(their_home, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "studies.db").touch()
    with pytest.raises(ConfigError, match="new or empty"):
        make_home(tmp_path / "other")
    assert os.environ["COLUMNIST_HOME"] == str(their_home.folder)


def test_a_new_home_is_marked_and_no_store_of_others_is_used(their_home, tmp_path):
    made = make_home(tmp_path / "new")
    assert WORD in (made.folder / MARK).read_text()
    assert Home.find().folder == made.folder
    assert "MLFLOW_TRACKING_URI" not in os.environ


# What would give the candidate away in a browser is found.

_PAGE = '<p class="text"><b class="letter">A</b>{a}</p><p class="text"><b class="letter">B</b>{b}</p>{more}'


def showing(item, a, b, more="", is_candidate=True, wait_ms=1.0):
    body = _PAGE.format(a=a, b=b, more=more)
    exchange = Exchange("GET", "/rate", "", 200, (("content-length", str(len(body))),), body, wait_ms, "")
    return Showing(exchange, item, number=1, is_candidate=is_candidate, plain=True)


def test_a_page_that_differs_by_more_than_the_order_is_found():
    honest = [showing("1", "this", "that"), showing("1", "that", "this", is_candidate=False)]
    assert list(find_unequal_pages(honest)) == []
    assert list(find_unequal_pages([*honest, showing("1", "this", "that", more="<hr>")])) == [
        "item 1: the page is not the same in both orders"
    ]


def test_a_wait_that_depends_on_the_order_is_found():
    pages = [showing(f"{n:x}", "a", "b", is_candidate=n % 2 == 0, wait_ms=5 + n % 7 + 3 * (n % 2)) for n in range(200)]
    chances = measure_chances(pages)
    assert chances["time to the first byte"] < 1e-4
    assert chances["bytes of the page"] == 1.0


def test_a_response_that_was_lost_is_found_unless_its_file_was_read():
    page = showing("1", "this", "that").exchange
    file = page._replace(url="/icon.svg", headers=(("etag", "1"),))
    assert find_unread([page, file, file._replace(fault="gone")]) == []
    assert find_unread([page, page._replace(fault="gone")]) == ["/rate: gone"]
    assert find_unread([file, file._replace(headers=(("etag", "2"),), fault="gone")]) == ["/icon.svg: gone"]


def test_a_server_that_opens_a_key_or_a_study_is_found():
    honest = ["/home/studies.db", "/home/webapp.key"]
    assert list(find_forbidden_files(honest)) == []
    telling = ["/home/keys/study-3f0c6c1e9d2b7a45-look1.key", "/home/studies/3f0c6c1e9d2b7a45/sealed-1.json"]
    assert len(list(find_forbidden_files([*honest, *telling]))) == 2


# Nor does the process that serves raters open what unseals, which is looked at while it serves.


class Opened:
    """Notes what this process opens, between entering and leaving; Python lets no such watch be taken off again."""

    def __init__(self):
        self.paths: list[str] = []
        self.on = False
        sys.addaudithook(self._note)

    def _note(self, event, arguments):
        if self.on and event == "open":
            self.paths.append(str(arguments[0]))

    def __enter__(self):
        self.on = True
        return self

    def __exit__(self, *_):
        self.on = False


def rate_two(site, app=None):
    browser = site.browser() if app is None else type(site.browser())(app, site.invite())
    browser.begin()
    for _ in range(2):
        browser.get("/rate").answer("A")
    return browser


def test_pages_open_no_key_and_no_folder_of_a_study(site):
    rate_two(site)  # what is loaded at the first page is loaded
    with Opened() as opened:
        assert rate_two(site).get("/rate").item
    assert list(find_forbidden_files(opened.paths)) == []


def test_pages_that_are_given_the_key_are_found(site):
    peeking = APIRouter()

    @peeking.get("/peek")
    def peek() -> int:
        return sum(len(path.read_bytes()) for path in site.places.keys.glob("study-*.key"))

    app = create_app(site.storage, b"s" * 32, site.limits, routers=[peeking], now=lambda: site.now)
    with Opened() as opened:
        rate_two(site, app).get("/peek")
    assert list(find_forbidden_files(opened.paths))


def test_raters_follow_the_rule_that_their_examples_tell():
    found = doctest.testmod(simulated_opinion)
    assert found.attempted >= 5
    assert found.failed == 0
