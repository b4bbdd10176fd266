import logging
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from rater_browser import RaterBrowser
from sqlalchemy.exc import OperationalError

from columnist.errors import ConfigError, StudyError
from webapp.app import read_secret, serve
from webapp.limits import Buckets, Limits, Rate
from webapp.security import HEADERS, MOST_BYTES, MOST_FIELDS, TokenRedaction

ROOT = Path(__file__).resolve().parents[2]
CHANGING = ("/rate", "/undo", "/break", "/resume", "/leave")


def test_no_route_is_there_that_these_tests_do_not_know(site):
    client = RaterBrowser(site.app, "none").client
    for path in ("/", "/docs", "/redoc", "/openapi.json", "/r", "/r/", "/static", "/static/", "/rate/"):
        assert client.get(path).status_code == 404, path
    assert {path: client.get(path).status_code for path in CHANGING} == dict.fromkeys(CHANGING, 405) | {"/rate": 401}
    source = (ROOT / "webapp" / "rating.py").read_text()
    assert set(re.findall(r"@rating\.post\(\"([^\"]+)", source)) == {"/r/{token}", *CHANGING}


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("token", [None, "", "wrong", "é", "other"])
def test_a_forged_form_changes_nothing(site, path, token):
    browser, other = site.browser().begin(), site.browser(site.invite("rater 1")).begin()
    browser.answer("A")
    csrf = other.page.field("csrf") if token == "other" else token
    fields = {"item": browser.item, "preference": "B"} | ({} if csrf is None else {"csrf": csrf})
    response = browser.client.post(path, data=fields)
    assert response.status_code == 403
    assert [ballot.preference for ballot in site.ballots()] == ["A"]
    assert browser.get("/rate").status == 200


@pytest.mark.parametrize("path", CHANGING)
def test_without_a_session_nothing_is_shown_or_changed(site, path):
    browser = site.browser().begin()
    csrf = browser.page.field("csrf")
    for cookie in (None, "unknown", "x" * 5000, '"'):
        stranger = RaterBrowser(site.app, "none")
        if cookie is not None:
            stranger.client.headers["cookie"] = f"rating={cookie}"
        assert stranger.client.post(path, data={"csrf": csrf}).status_code == 401
        assert stranger.get("/rate").status == 401
        assert browser.item not in stranger.text


def test_a_link_ends_by_time_and_by_revocation_and_all_such_look_alike(site):
    late, gone = site.invite(days=1), site.invite("rater 1")
    browser = site.browser(gone).begin()
    site.storage.visits.revoke(site.study_id, "rater 1", site.now)
    assert browser.get("/rate").status == 401
    site.pass_time(24 * 3600)
    refused = [site.browser(token).begin() for token in (late, gone, "never-made", "x" * 500)]
    assert {each.status for each in refused} == {410}
    assert len({each.text for each in refused}) == 1
    assert "ask whoever invited you" in browser.text
    # It is told before a button is used, and no page tells whether a link ever was one.
    opened = [site.browser(token).get(f"/r/{token}") for token in (late, gone, "never-made")]
    assert ({each.status for each in opened}, len({each.text for each in opened})) == ({410}, 1)


def test_opening_a_link_uses_nothing_of_it(site):
    token = site.invite()
    for _ in range(30):  # as programs do that preview links
        assert "Begin" in site.browser(token).get(f"/r/{token}").text
    assert "set-cookie" not in dict(site.browser(token).get(f"/r/{token}").exchanges[0].headers)
    assert site.browser(token).begin().status == 200


def test_a_session_ends_with_its_link(site):
    browser = site.browser(site.invite(days=2)).begin()
    site.pass_time(2 * 24 * 3600 - 1)
    assert browser.get("/rate").status == 200
    site.pass_time(1)
    assert browser.get("/rate").status == 401


def test_a_link_is_not_used_for_a_page_elsewhere(site):
    browser = site.browser()
    response = browser.client.post(f"/r/{browser.token}", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(("scheme", "name"), [("http", "rating"), ("https", "__Host-rating")])
def test_cookies_are_for_this_site_alone(site, scheme, name):
    browser = site.browser(scheme=scheme).begin()
    cookies = [value for each in browser.exchanges for key, value in each.headers if key == "set-cookie"]
    assert {cookie.partition("=")[0] for cookie in cookies} == {name, "clock"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "path=/", "samesite=strict"} <= attributes
        assert ("secure" in attributes) == (scheme == "https")
        assert not [part for part in attributes if part.startswith("domain")]
    assert browser.status == 200


def test_neither_tokens_nor_cookies_are_stored(site):
    browser = site.browser().begin()
    secrets = [browser.token, browser.client.cookies["rating"], browser.page.field("csrf")]
    stored = "\n".join(str(row) for row in site.storage.engine.raw_connection().iterdump())
    assert "session" in stored
    assert not [secret for secret in secrets if secret in stored]
    assert browser.client.cookies["rating"] not in "".join(each.body for each in browser.exchanges)


def test_every_response_has_the_headers(site):
    browser = site.browser()
    browser.get("/rate").get("/nowhere").get("/static/rating.css").get("/static/nothing.css").get("/static/../app.py")
    browser.begin().answer("A").send("/break")
    browser.client.post("/rate", content=b"", headers={"content-type": "text/plain"})
    browser.client.put("/rate")
    for each in browser.exchanges:
        own = dict(each.headers)
        wanted = dict(HEADERS)
        if "/static/" in each.url:
            wanted.pop("Cache-Control")
        assert {name: own.get(name.lower()) for name in wanted} == wanted, each.url
        assert "server" not in own
    assert "strict-transport-security" not in dict(browser.exchanges[0].headers)
    secure = site.browser(scheme="https").get("/rate")
    assert "strict-transport-security" in dict(secure.exchanges[0].headers)


def test_the_policy_allows_nothing_by_default_and_nothing_inline():
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {policy[name] for name in ("style-src", "script-src", "img-src", "form-action")} == {"'self'"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * MOST_BYTES, "application/x-www-form-urlencoded", 413),
        (b"a=1", "multipart/form-data; boundary=x", 415),
        (b"{}", "application/json", 415),
        (b"a=%00", "application/x-www-form-urlencoded", 400),
        (b"a=%ff", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), "application/x-www-form-urlencoded", 400),
    ],
)
def test_bodies_that_are_no_form_are_refused(site, body, kind, status):
    browser = site.browser().begin()
    response = browser.client.post("/rate", content=body, headers={"content-type": kind})
    assert response.status_code == status
    assert "<h1>" in response.text


def test_a_body_of_unknown_length_is_cut_off(site):
    browser, sent = site.browser().begin(), 0

    def endless():
        nonlocal sent
        for _ in range(100):
            sent += MOST_BYTES // 10
            yield b"x" * (MOST_BYTES // 10)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/rate", content=endless(), headers=kind).status_code == 413


class BrokenVisits:
    def __init__(self, error: Exception):
        self.error = error

    def find(self, *_):
        raise self.error


def _study_error_of_the_database() -> StudyError:
    error = StudyError("sqlite:///secret.db: the studies cannot be read")
    error.__cause__ = OperationalError("SELECT secret", {}, Exception("locked"))
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("secret"), 500), (_study_error_of_the_database(), 503), (StudyError("study secret is closed"), 423)],
)
def test_an_error_tells_nothing_of_the_server(site, error, status):
    browser = site.browser(raising=False).begin()
    site.storage.visits = BrokenVisits(error)
    browser.get("/rate")
    assert browser.status == status
    assert not re.search(r"secret|Traceback|File |Error\b|sqlite|SELECT", browser.text)
    assert dict(browser.exchanges[-1].headers)["cache-control"] == "no-store"


def test_who_asks_too_often_has_to_wait(site):
    limits = Limits(session=Rate(per_second=0.001, burst=4), address=Rate(per_second=0.001, burst=8))
    browser = RaterBrowser(site.make_app(limits=limits), site.invite())
    browser.begin()
    statuses = [browser.get("/rate").status for _ in range(10)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert int(dict(browser.exchanges[-1].headers)["retry-after"]) > 0
    # Another session of the same address is refused as well, one of another address is not.
    assert RaterBrowser(browser.client.app, site.invite("rater 1")).begin().status == 429
    assert RaterBrowser(browser.client.app, site.invite("rater 2"), address="192.0.2.2").begin().status == 200


def test_guessing_links_is_slow_and_does_not_lock_out_who_has_one(site):
    limits = site.limits.model_copy(update={"failures": Rate(per_second=0.001, burst=3)})
    app = site.make_app(limits=limits)
    statuses = [RaterBrowser(app, "none").get(f"/r/guess-{number}").status for number in range(5)]
    assert statuses == [410, 410, 410, 429, 429]
    assert RaterBrowser(app, site.invite(), address="192.0.2.2").begin().status == 200
    for _ in range(5):
        assert RaterBrowser(app, site.invite(), address="192.0.2.3").begin().status == 200


def test_a_bucket_refills_at_its_rate_and_not_beyond_its_size():
    now = 0.0
    buckets = Buckets(Rate(per_second=2, burst=3), clock=lambda: now)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    now = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]
    now = 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_asking_whether_something_can_be_taken_takes_nothing():
    buckets = Buckets(Rate(per_second=1, burst=1), clock=lambda: 0.0)
    assert [buckets.take("a", count=0) for _ in range(3)] == [0, 0, 0]
    assert [buckets.take("a"), buckets.take("a", count=0)] == [0, 1]


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ('%s - "%s %s HTTP/%s" %d', ("127.0.0.1:5", "GET", "/r/s3cret-Token_1?a=b", "1.1", 200)),
        ("GET http://rating.example/r/s3cret-Token_1", ()),
    ],
)
def test_log_lines_hold_no_token(message, arguments):
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, message, arguments, None)
    assert TokenRedaction().filter(record)
    assert "s3cret" not in record.getMessage()
    assert "/r/[token]" in record.getMessage()


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "home" / "webapp.key"
    secret = read_secret(file)
    assert len(secret) == 32
    assert read_secret(file) == secret
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["webapp.key"]


def test_a_damaged_secret_is_told(tmp_path):
    (tmp_path / "short").write_bytes(b"123")
    with pytest.raises(ConfigError, match="expected 32 bytes, but 3 came"):
        read_secret(tmp_path / "short")
    with pytest.raises(ConfigError, match="cannot be kept"):
        read_secret(tmp_path / "short" / "below")


def test_a_port_that_is_taken_is_told(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port} cannot be listened on"):
            serve(site.app, "127.0.0.1", port)


def test_the_command_serves_and_logs_no_token(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    command = [sys.executable, ROOT / "run.py", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        page = _wait_for(f"http://127.0.0.1:{port}/r/s3cret-token")
    finally:
        server.terminate()
        log, _ = server.communicate(timeout=60)
    assert "This link does not work" in page
    assert f"http://127.0.0.1:{port}: raters come by their links" in log
    assert {path.name.split("-")[0] for path in tmp_path.iterdir()} == {"studies.db", "webapp.key"}
    assert "/r/[token]" in log
    assert "s3cret" not in log


def _wait_for(url: str) -> str:
    for _ in range(600):
        try:
            with urlopen(url, timeout=10) as response:
                return response.read().decode()
        except HTTPError as refused:
            return refused.read().decode()
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(url)
