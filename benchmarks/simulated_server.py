"""The real server of a simulated study, ``run.py serve``, whose log and opened files are recorded."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.simulated_home import ROOT
from columnist.errors import ConfigError

_PATIENCE_S = 180
# Python runs a module of this name at its start. What it notes is what the process opens: nothing of it is changed.
_WATCH = """import os, sys
_file = os.open({file!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_seen = set()
def _note(event, arguments):
    if event in ("open", "sqlite3.connect", "os.listdir", "os.scandir", "os.rename", "os.link"):
        path = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes, os.PathLike)) else ""
        if path.startswith({home!r}) and path not in _seen:
            _seen.add(path)
            os.write(_file, (path + "\\n").encode())
sys.addaudithook(_note)
"""


@contextmanager
def serving(home: Path, folder: Path) -> Iterator[str]:
    """Serve the studies of a home, and yield the address.

    Args:
        home: Of the simulation.
        folder: Gets ``server.log`` and ``opened.txt``: the files of the home that the process has opened.

    Raises:
        ConfigError: The server does not answer.
    """
    hook = folder / "watch"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(_WATCH.format(file=str(folder / "opened.txt"), home=str(home)))
    port = _free_port()
    command = [sys.executable, str(ROOT / "run.py"), "serve", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(hook)}, cwd=ROOT
        )
        try:
            site = f"http://127.0.0.1:{port}"
            _wait(site, server, folder / "server.log")
            yield site
        finally:
            server.terminate()
            server.wait(timeout=_PATIENCE_S)


def _wait(site: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{site}/static/icon.svg", timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    raise ConfigError(f"run.py serve does not answer at {site}; its log is {log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
