"""Who gets into the reviewer's pages, and who does not."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from rater_browser import RaterBrowser
from rating_site import RatingSite
from review_site import NAME, PASSWORD, ReviewBrowser, ReviewSite
from sqlalchemy import create_engine, text

from columnist.errors import AccountError
from columnist.reviewers.accounts import Accounts

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/review", "/review/versions/columnist/2", "/review/log")
CHANGING = ("/review/versions/columnist/2", "/review/sign-out")


def cookie_of(browser: ReviewBrowser) -> str:
    return browser.client.cookies["review"]


def test_no_route_is_there_that_these_tests_do_not_know():
    source = (ROOT / "webapp" / "review" / "routes.py").read_text()
    posts = set(re.findall(r'@_PAGES\.post\("([^"]*)', source))
    assert posts == {"/sign-in", "/sign-out", "/versions/{model}/{version}"}
    gets = set(re.findall(r'@_PAGES\.get\("([^"]*)', source))
    assert gets == {"", "/sign-in", "/log", "/versions/{model}/{version}", "/{rest:path}"}


@pytest.mark.parametrize("path", PAGES)
def test_without_a_session_everybody_is_asked_to_sign_in(review, path):
    for cookie in ("", "unknown", "x" * 5000, '"'):
        stranger = review.browser()
        stranger.client.headers["cookie"] = f"review={cookie}"
        assert stranger.get(path).path == "/review/sign-in"
        assert "columnist/2" not in stranger.text


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("token", [None, "", "wrong", "é", "other"])
def test_a_forged_form_changes_nothing(review, path, token):
    browser, other = review.signed_in(), review.signed_in(address="192.0.2.10")
    browser.open(study=review.case.won)
    fields = {name: browser.page.field(name) for name in ("study", "subject")} | {"decision": "approve", "reason": "r"}
    csrf = other.page.field("csrf") if token == "other" else token
    browser.post(path, **fields, **({} if csrf is None else {"csrf": csrf}))
    assert browser.status == 403
    assert review.actions == []
    assert browser.get("/review").path == "/review"


def test_a_form_to_sign_in_is_of_this_browser(review):
    browser = review.browser()
    fields = {"name": NAME, "password": PASSWORD}
    assert browser.post("/review/sign-in", **fields).status == 403
    foreign = review.browser(address="192.0.2.10").get("/review/sign-in").page.field("csrf")
    browser.get("/review/sign-in")
    assert browser.post("/review/sign-in", csrf=foreign, **fields).status == 403


def test_wrong_names_and_wrong_passwords_look_alike(review):
    texts = {
        re.sub(r'value="[^"]*"', "", review.browser(address=f"192.0.2.{place}").sign_in(*given).text)
        for place, given in enumerate([(NAME, "wrong"), ("Nobody", PASSWORD), (NAME, ""), ("", "")], 20)
    }
    assert len(texts) == 1
    assert "Name or password are not right" in texts.pop()


def test_a_name_that_nobody_has_is_checked_as_long(review, monkeypatch):
    checked = []
    verify = type(review.accounts._hasher).verify

    def count(hasher, stored, password):
        checked.append(stored)
        return verify(hasher, stored, password)

    monkeypatch.setattr(type(review.accounts._hasher), "verify", count)
    for name in (NAME, "Nobody"):
        assert review.accounts.verify(name, "wrong", review.now) is None
    assert len(checked) == 2
    assert {stored.split("$")[1:4][2] for stored in checked} == {"m=8,t=1,p=1"}


def test_attempts_are_limited_by_address_and_by_name(review):
    browser = review.browser()
    statuses = [browser.sign_in(password="wrong").status for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert "Too many attempts" in browser.words
    assert review.browser(address="192.0.2.30").sign_in().path == "/review"
    for place in range(40, 60):
        review.browser(address=f"192.0.2.{place}").sign_in("ADA  lovelace", "wrong")
    assert review.browser(address="192.0.2.70").sign_in().status == 429


def test_the_session_is_renewed_when_somebody_signs_in(review):
    browser = review.browser()
    browser.client.cookies.set("review", "chosen-by-somebody-else", domain="review.example")
    browser.sign_in()
    first = browser.client.cookies.get("review", domain="review.example", path="/")
    assert first != "chosen-by-somebody-else"
    browser.client.cookies.clear()
    browser.client.cookies.set("review", first, domain="review.example")
    browser.sign_in()
    thief = review.browser()
    thief.client.headers["cookie"] = f"review={first}"
    assert thief.get("/review").path == "/review/sign-in"


def test_a_session_ends_by_rest_by_age_and_by_signing_out(review):
    browser = review.signed_in()
    for _ in range(3):
        review.now += timedelta(minutes=29)
        assert browser.get("/review").path == "/review"
    review.now += timedelta(minutes=31)
    assert browser.get("/review").path == "/review/sign-in"
    browser.sign_in()
    for _ in range(24):
        review.now += timedelta(minutes=29)
        browser.get("/review")
    assert browser.path == "/review"
    review.now += timedelta(minutes=29)
    assert browser.get("/review").path == "/review/sign-in"
    token = cookie_of(browser.sign_in())
    browser.post("/review/sign-out", csrf=browser.page.field("csrf"))
    thief = review.browser()
    thief.client.headers["cookie"] = f"review={token}"
    assert thief.get("/review").path == "/review/sign-in"


def test_another_password_and_a_removed_account_end_sessions(review):
    browser = review.signed_in()
    review.accounts.set_password(NAME, "another sentence to know")
    assert browser.get("/review").path == "/review/sign-in"
    assert browser.sign_in().status == 422
    browser.sign_in(password="another sentence to know")
    review.accounts.remove(NAME)
    assert browser.get("/review").path == "/review/sign-in"
    assert review.accounts.list() == ()


def test_cookies_are_strict_and_pages_are_not_kept(review):
    for scheme, prefix in (("http", ""), ("https", "__Host-")):
        browser = review.browser(scheme=scheme)
        browser.get("/review/sign-in")
        sent = browser.client.post(
            "/review/sign-in",
            data={"csrf": browser.page.field("csrf"), "name": NAME, "password": PASSWORD},
            follow_redirects=False,
        )
        given = [value for value in sent.headers.get_list("set-cookie") if value.startswith(f"{prefix}review=")][-1]
        assert "HttpOnly" in given
        assert "SameSite=strict" in given
        assert ("Secure" in given) is (scheme == "https")
        shown = browser.client.get("/review")
        assert shown.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in shown.headers["content-security-policy"]


def test_raters_and_reviewers_are_apart(review, tmp_path):
    (tmp_path / "raters").mkdir()
    raters = RatingSite(tmp_path / "raters")
    app = ReviewSite.make_app(review)
    app.state.site = app.state.site._replace(storage=raters.storage)
    rater = RaterBrowser(app, raters.invite()).begin()
    assert rater.status == 200
    token = rater.client.cookies["rating"]
    for path in PAGES:
        assert rater.get(path).exchanges[-1].url.endswith("/review/sign-in")
    thief = ReviewBrowser(app)
    thief.client.headers["cookie"] = f"review={token}; rating={token}"
    assert thief.get("/review").path == "/review/sign-in"
    reviewer = ReviewBrowser(app).sign_in()
    assert reviewer.client.get("/rate").status_code == 401
    reviewer.client.headers["cookie"] = f"rating={cookie_of(reviewer)}"
    assert reviewer.client.get("/rate").status_code == 401
    raters.storage.close()


def test_no_password_is_kept(review):
    engine = create_engine(review.storage.engine.url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text("SELECT * FROM reviewer"))]
        sessions = [tuple(row) for row in connection.execute(text("SELECT * FROM reviewer_session"))]
    assert "$argon2id$" in str(rows)
    assert PASSWORD not in str(rows)
    assert sessions == []
    engine.dispose()


@pytest.mark.parametrize("name", ["", "  ", "a\nb\x00", "x" * 101])
def test_a_name_that_cannot_be_signed_is_refused(review, name):
    with pytest.raises(AccountError, match="a reviewer's name has 1 to 100 letters"):
        review.accounts.add(name, PASSWORD, review.now)


def test_an_account_is_one_whatever_the_case(review):
    with pytest.raises(AccountError, match="there is a reviewer 'ada LOVELACE' already"):
        review.accounts.add(" ada  LOVELACE", PASSWORD, review.now)
    with pytest.raises(AccountError, match="a password has 12 to 1000 characters, but 11 came"):
        review.accounts.add("Ben", "x" * 11, review.now)
    with pytest.raises(AccountError, match="expected one of: Ada Lovelace"):
        review.accounts.remove("Ben")


def test_the_hash_is_hardened_when_hashing_has_become_harder(review):
    accounts = Accounts(review.storage.engine)
    assert accounts.verify(NAME, PASSWORD, review.now) == NAME
    with review.storage.engine.connect() as connection:
        stored = connection.execute(text("SELECT password_hash FROM reviewer")).scalar_one()
    assert "m=65536,t=3" in stored
    assert accounts.verify(NAME, PASSWORD, review.now) == NAME


def test_the_process_that_serves_loads_nothing_that_unblinds():
    code = (
        "import sys, columnist.reviewers.clerk, webapp.app, webapp.review.routes\n"
        "heavy = [name for name in sys.modules if name.split('.')[0] in ('mlflow', 'zenml', 'torch')]\n"
        "keys = [name for name in sys.modules if name.endswith(('sealing', 'unblinding', 'unblinded'))]\n"
        "print(heavy, keys)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[] []\n"


def test_accounts_are_managed_by_commands(tmp_path):
    from click.testing import CliRunner

    from columnist.reviewer_commands import reviewer

    url = f"sqlite:///{tmp_path / 'studies.db'}"

    def run(*given, typed=""):
        return CliRunner().invoke(reviewer, [*given, "--database", url], input=typed)

    assert "there are no reviewers yet" in run("list").output
    asked = run("add", "Ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.output.endswith("Ada can sign in at /review; serve the pages: run.py serve\n")
    assert PASSWORD not in asked.output
    assert run("add", "Ben", "--password-file", "-", typed=f"{PASSWORD}\n").exit_code == 0
    assert [line.split()[0] for line in run("list").output.splitlines()] == ["Ada", "Ben"]
    assert isinstance(run("add", "Cy", "--password-file", "-", typed="short\n").exception, AccountError)
    assert "the password of Ada is changed" in run("password", "ada", "--password-file", "-", typed="x" * 12).output
    assert "Ben cannot sign in any more" in run("remove", "Ben").output
    assert not [name for command in reviewer.commands.values() for name in command.params if name.name == "password"]
