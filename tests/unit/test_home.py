"""The folder of the local stores, and the environment that points at it."""

import os
import subprocess
import sys
import threading

import psutil
import pytest

from columnist.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    for name in list(os.environ):
        if name.startswith(("ZENML_", "MLFLOW_")):
            monkeypatch.delenv(name)
    return Home(tmp_path / "home")


def run_in_another_process(home: Home, statement: str) -> str:
    code = f"from pathlib import Path; from columnist.home import Home; home = Home(Path({str(home.folder)!r})); "
    return subprocess.run([sys.executable, "-c", code + statement], capture_output=True, text=True, check=True).stdout


def test_the_environment_may_name_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path / "other"))
    assert Home.find().folder == tmp_path / "other"
    monkeypatch.setenv("COLUMNIST_HOME", "")
    assert Home.find().folder.name == ".columnist"


def test_a_relative_home_stays_where_it_was_when_the_working_directory_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNIST_HOME", "here")
    home = Home.find()
    monkeypatch.chdir("/")
    assert home.folder == tmp_path / "here"


def test_finding_a_home_makes_nothing(tmp_path):
    assert not Home(tmp_path / "home").folder.exists()


def test_two_processes_share_a_home_but_not_the_configuration_of_zenml(home):
    mine = home.environment()
    theirs = dict(
        line.split("=", 1)
        for line in run_in_another_process(
            home, "print(*(f'{k}={v}' for k, v in home.environment().items()), sep='\\n')"
        ).splitlines()
    )
    assert theirs["ZENML_CONFIG_PATH"] != mine["ZENML_CONFIG_PATH"]
    assert {name for name in mine if mine[name] != theirs[name]} == {"ZENML_CONFIG_PATH"}


def test_two_objects_of_one_process_are_one_process(home):
    assert Home(home.folder).process == home.process


def test_everything_is_below_the_home(home):
    places = home.environment()
    for name in ("ZENML_CONFIG_PATH", "ZENML_STORE_URL", "ZENML_LOCAL_STORES_PATH", "MLFLOW_TRACKING_URI"):
        assert str(home.folder) in places[name]
    for folder in (home.checkpoints, home.scratch, home.mlflow_artifacts):
        assert folder.is_dir()
        assert folder.is_relative_to(home.folder)


@pytest.mark.parametrize("name", ["ZENML_CONFIG_PATH", "ZENML_STORE_URL"])
def test_a_zenml_store_of_the_users_own_is_used_as_it_is(home, monkeypatch, name):
    monkeypatch.setenv(name, "theirs")
    wanted = home.environment()
    assert not {"ZENML_CONFIG_PATH", "ZENML_STORE_URL", "ZENML_LOCAL_STORES_PATH"} & set(wanted)
    assert "MLFLOW_TRACKING_URI" in wanted


@pytest.mark.parametrize("name", ["MLFLOW_TRACKING_URI", "ZENML_LOGGING_VERBOSITY", "TOKENIZERS_PARALLELISM"])
def test_variables_that_are_set_are_left_as_they_are(home, monkeypatch, name):
    monkeypatch.setenv(name, "theirs")
    assert name not in home.environment()


def test_nothing_is_sent_anywhere(home):
    wanted = home.environment()
    assert wanted["ZENML_ANALYTICS_OPT_IN"] == "false"
    assert wanted["DISABLE_MLFLOW_TELEMETRY"] == "true"
    assert wanted["HF_HUB_DISABLE_TELEMETRY"] == "1"


def test_a_dead_process_is_found_with_its_runs(home):
    name = run_in_another_process(
        home, "home.remember_run('train-1'); home.remember_run('a name of several words'); print(home.process)"
    ).strip()
    home.remember_run("of-this-process")
    ((folder, runs),) = home.dead_processes()
    assert folder.name == name
    assert runs == ("train-1", "a name of several words")


def test_a_dead_process_without_runs_is_found_too(home):
    run_in_another_process(home, "home.scratch")
    ((_, runs),) = home.dead_processes()
    assert runs == ()


def test_a_living_process_is_left_alone(home):
    code = f"from pathlib import Path; from columnist.home import Home; Home(Path({str(home.folder)!r})).scratch"
    child = subprocess.Popen(
        [sys.executable, "-c", code + "; print('ready', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        child.stdout.readline()
        assert list(home.dead_processes()) == []
    finally:
        child.communicate(b"\n")
    assert len(list(home.dead_processes())) == 1


def test_a_process_whose_id_was_given_to_another_one_is_dead(home):
    folder = home.folder / "processes" / f"{os.getpid()}-{round(psutil.Process().create_time() * 1000) - 3_600_000}"
    folder.mkdir(parents=True)
    assert [found for found, _ in home.dead_processes()] == [folder]


def test_a_clock_that_was_set_right_does_not_kill_a_living_process(home):
    """Starts are told from the clock: when it is stepped by a second, all of them move with it."""
    moved = home.folder / "processes" / f"{os.getpid()}-{round(psutil.Process().create_time() * 1000) + 1000}"
    moved.mkdir(parents=True)
    assert list(home.dead_processes()) == []


@pytest.mark.parametrize("name", ["not-a-process", "12x-3", "-", "999999999-1"])
def test_folders_of_other_names_are_taken_for_dead(home, name):
    (home.folder / "processes" / name).mkdir(parents=True)
    assert [folder.name for folder, _ in home.dead_processes()] == [name]


def test_a_lock_keeps_others_out(home):
    order = []

    def other():
        with Home(home.folder).lock("stores"):
            order.append("other")

    with home.lock("stores"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]
