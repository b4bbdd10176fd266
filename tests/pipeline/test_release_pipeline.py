"""A release on a real ZenML server with passwords: it pauses, its process is gone, and it finishes by itself."""

import importlib.util
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from study_parts import answer_all

from columnist.home import Home
from columnist.promotion.audit import Action, read_log
from columnist.releases.folders import ReleaseFolder, Stage
from columnist.signing import Signer
from columnist.studies.ballots import Preference
from columnist.studies.closing import close_study
from columnist.studies.opening import Opened, Places
from columnist.studies.registration import read_registration
from columnist.studies.storage import open_storage

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "release-of-a-test"
LONG_S = 900  # on a machine that does other things too
NO_SERVER = importlib.util.find_spec("tldextract") is None

pytestmark = [
    pytest.mark.slow,  # it writes with the embedded model, and starts a server and half a dozen processes
    pytest.mark.skipif(NO_SERVER, reason='the packages of the ZenML server are the extra "dashboard"; make dashboard'),
]


def wait_until(what, found):
    until = time.monotonic() + LONG_S
    while not (value := found()):
        assert time.monotonic() < until, f"waited {LONG_S} s for {what}"
        time.sleep(1)
    return value


class Server:
    """A ZenML server in a process of its own; nobody gets in without a password or a key."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url, self.folder, self.password = f"http://127.0.0.1:{self.port}", folder, secrets.token_urlsafe(12)
        self.stores = folder / "stores"

    def environment(self):
        config = self.folder / "server"
        config.mkdir(parents=True)
        return clean_environment() | {
            "ZENML_SERVER": "true",
            "ZENML_CONFIG_PATH": str(config),
            "ZENML_STORE_TYPE": "sql",
            "ZENML_STORE_URL": f"sqlite:///{self.folder / 'zenml.db'}",
            "ZENML_SERVER_AUTH_SCHEME": "OAUTH2_PASSWORD_BEARER",
            "ZENML_SERVER_DEPLOYMENT_TYPE": "other",
            "ZENML_SERVER_AUTO_ACTIVATE": "true",
            "ZENML_DEFAULT_USER_NAME": "admin",
            "ZENML_DEFAULT_USER_PASSWORD": self.password,
            "ZENML_SERVER_JWT_SECRET_KEY": secrets.token_hex(32),
            "ZENML_SERVER_ALLOW_LOCAL_FILE_ACCESS": "true",
            "ZENML_LOCAL_STORES_PATH": str(self.stores),
            "ZENML_ANALYTICS_OPT_IN": "false",
        }

    def is_up(self):
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def sign_in(self):
        """Sign in as the admin, and make a key for the processes of the release."""
        form = {"username": "admin", "password": self.password}
        token = requests.post(f"{self.url}/api/v1/login", data=form, timeout=60).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}
        robot = self.ask("post", "service_accounts", json={"name": "releases", "active": True})
        self.key = self.ask("post", f"service_accounts/{robot['id']}/api_keys", json={"name": "key"})["body"]["key"]

    def ask(self, method, path, **given):
        answer = requests.request(method, f"{self.url}/api/v1/{path}", headers=self.headers, timeout=60, **given)
        answer.raise_for_status()
        return answer.json()

    def run(self):
        """The release's run as the dashboard shows it."""
        found = self.ask("get", "runs", params={"name": RELEASE, "hydrate": True})["items"]
        return found[0] if found else None

    def status(self):
        run = self.run()
        return run and run["body"]["status"]

    def steps(self):
        """Names and states of the run's steps, of attempts that were killed too."""
        run = self.run()
        params = {"pipeline_run_id": run["id"], "size": 100, "exclude_retried": False} if run else {}
        found = self.ask("get", "steps", params=params)["items"] if run else []
        return [(step["name"], step["body"]["status"]) for step in found]


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "MLFLOW_"))}
    return kept | {"PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path / "zenml")
    module = "zenml.zen_server.zen_server_api:app"
    command = [sys.executable, "-m", "uvicorn", module, "--host", "127.0.0.1", "--port", str(made.port)]
    with started(command, made.environment(), tmp_path / "server.log") as process:
        wait_until("the server", lambda: made.is_up() or process.poll() is not None)
        assert process.poll() is None, (tmp_path / "server.log").read_text()
        made.sign_in()
        yield made


@contextmanager
def started(command, environment, log):
    with log.open("ab") as file:
        process = subprocess.Popen(
            list(map(str, command)), env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=ROOT
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def processes(server, tmp_path):
    """Environments for processes of the release: each has a ZenML configuration of its own, as it should."""

    def environment():
        config = tmp_path / f"config-{secrets.token_hex(4)}"
        config.mkdir()
        return clean_environment() | {
            "COLUMNIST_HOME": str(tmp_path / "home"),
            "ZENML_CONFIG_PATH": str(config),
            "ZENML_STORE_URL": server.url,
            "ZENML_STORE_API_KEY": server.key,
            "ZENML_LOCAL_STORES_PATH": str(server.stores),
        }

    return environment


def finish(command, environment):
    done = subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=LONG_S
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def prefer_written(shown):
    """Raters of this test: they prefer what the model wrote, but on every seventh table the names spelled out."""
    number = int(re.search(r"orders_(\d+)", shown.item.ddl)[1])
    spelled = [re.fullmatch(r"Orders (\d+)\.", text.table_text) for text in shown.item.texts]
    numbers = [found and int(found[1]) for found in spelled]
    if None in numbers:
        wanted = numbers.index(None) if number % 7 else 1 - numbers.index(None)
    else:  # an attention item: one text is of another table
        wanted = numbers.index(number)
    return Preference.A if shown.item.texts[wanted].text_id == shown.a_text_id else Preference.B


def test_it_pauses_survives_kills_and_finishes_by_itself(server, processes, tmp_path):
    assert requests.get(f"{server.url}/api/v1/runs", timeout=60).status_code == 401
    home = Home(tmp_path / "home")
    folder = ReleaseFolder(home, RELEASE)

    # Killed while the systems write: the run says that it is running, and nothing does.
    start = [sys.executable, ROOT / "tests" / "release_start.py", RELEASE]
    with started(start, processes(), tmp_path / "start.log") as process:
        wait_until(
            "the opening",
            lambda: ("open_release_study", "running") in server.steps() or process.poll() is not None,
        )
        assert process.poll() is None, (tmp_path / "start.log").read_text()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (server.status(), folder.stage) == ("running", Stage.STARTED)

    # Carried on: the study opens, the run pauses, and its process is gone.
    said = finish(["run.py", "release", "resume", RELEASE], processes())
    assert "people rate study" in said
    assert (server.status(), folder.stage) == ("paused", Stage.RATING)
    asked = server.run()["resources"]["active_wait_condition"]
    assert asked["name"] == "study_closed_1"
    with folder.carrying(wait=False) as nobody_else:
        assert nobody_else

    # Somebody answers in the dashboard although people still rate: the run looks again, and pauses again.
    answer = {"resolution": "continue", "result": {"because": "I cannot wait"}}
    server.ask("put", f"run_wait_conditions/{asked['id']}/resolve", json=answer)
    finish(["run.py", "release", "resume", RELEASE], processes())
    assert (server.status(), folder.stage) == ("paused", Stage.RATING)

    # People rate and the study is closed, while nothing but a watch runs.
    places = Places(home=home, storage=open_storage(f"sqlite:///{home.folder / 'studies.db'}"))
    study = places.studies / folder.study.study_id
    watching = [sys.executable, ROOT / "run.py", "release", "watch", "--set", "release.poll_s=1"]
    with started(watching, processes(), tmp_path / "watch.log") as watch:
        opened = Opened(registration=read_registration(study).registration, folder=study)
        answer_all(places.storage, opened, prefer_written)
        close_study(study, places.storage, Signer.open(places.keys), datetime.now(UTC))
        wait_until("the reviewer's turn", lambda: folder.stage is Stage.REVIEW or folder.ending)
        assert folder.ending is None, folder.ending
        wait_until("the pause", lambda: server.status() == "paused")

        # A reviewer signs, and the run finishes by itself.
        said = ["run.py", "release", "approve", RELEASE, "--reviewer", "Cleo", "--reason", "better on 20 tables"]
        finish(said, processes())
        wait_until("the end", lambda: folder.ending)
        assert watch.poll() is None
    assert folder.ending.reason == "", folder.ending
    assert server.status() == "completed"
    entry = read_log(home).entries[-1].event
    assert (entry.action, entry.version, entry.by) == (Action.PROMOTED, "1", ("Cleo",))
    done = server.steps()
    assert done.count(("open_release_study", "retried")) == 1
    assert {name for name, state in done if state == "completed"} >= {
        "decide_gate",
        "conclude_study",
        "promote_release",
    }
    assert '"champion"' in finish(["run.py", "models", "--json"], processes())
