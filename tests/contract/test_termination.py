"""SIGTERM ends a command as Ctrl-C does: with one line, and the exit code that a shell expects."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A command that works for longer than any test: inside ZenML's step handler, as a pipeline's step does.
_WORK = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts tests in the background may ignore it
sys.argv = ["run.py", "version"]
import run
from types import SimpleNamespace
def work():
    {handler}
    print("working", flush=True)
    time.sleep(600)
run.cli.commands["version"].callback = work
run.main()
"""
_IN_A_STEP = """
    from zenml.orchestrators.signal_handler import SignalHandler
    SignalHandler(SimpleNamespace(name="write", id="0", pipeline_run_id="0"), None).register()
"""


@pytest.mark.parametrize("handler", ["", _IN_A_STEP.strip().replace("\n    ", "\n    ")], ids=["plain", "in a step"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_a_command_in_one_line(tmp_path, handler, number, code):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "MLFLOW_"))}
    environment = {
        **inherited,
        "COLUMNIST_HOME": str(tmp_path),
        "ZENML_CONFIG_PATH": str(tmp_path / "zenml"),
        "ZENML_LOGGING_VERBOSITY": "ERROR",
        "ZENML_ANALYTICS_OPT_IN": "false",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _WORK.format(handler=handler)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    with process:
        assert process.stdout.readline() == "working\n"
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=120)
        finally:
            process.kill()  # a command that outlives its signal must not hold the tests
    assert process.returncode == code
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1] == "interrupted; run the same command again, it goes on from what is kept"
