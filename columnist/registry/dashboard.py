"""The ZenML dashboard over the stores of a home."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from columnist.errors import StoreError
from columnist.home import Home


def serve_dashboard(home: Home, port: int) -> None:
    """Serve the dashboard until it is interrupted; it listens on this machine alone.

    Args:
        home: Whose runs to show.
        port: TCP port.

    Raises:
        StoreError: The server's packages are not installed, or it could not start.
    """
    if importlib.util.find_spec("tldextract") is None:
        raise StoreError("the dashboard's packages are not installed; run `make dashboard`, which installs the extra")
    environment = {**os.environ, **home.environment(), "ZENML_LOGGING_VERBOSITY": "INFO"}
    zenml = Path(sys.executable).with_name("zenml")
    command = [str(zenml), "login", "--local", "--blocking", "--ip-address", "127.0.0.1", "--port", str(port)]
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    except KeyboardInterrupt:
        return
    if done.returncode:
        raise StoreError(f"the dashboard stopped with exit code {done.returncode}; is port {port} taken? Try --port")
