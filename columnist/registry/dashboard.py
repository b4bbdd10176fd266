"""The ZenML dashboard over the stores of a home."""

import importlib.util
import os
import subprocess
import sys

from columnist.errors import StoreError
from columnist.home import Home

_SERVER = {
    "ZENML_SERVER": "true",
    "ZENML_SERVER_AUTH_SCHEME": "NO_AUTH",
    "ZENML_SERVER_DEPLOYMENT_TYPE": "local",
    "ZENML_SERVER_AUTO_ACTIVATE": "true",
    # The pictures and reports of runs lie in the home's own artifact store.
    "ZENML_SERVER_ALLOW_LOCAL_FILE_ACCESS": "true",
}


def serve_dashboard(home: Home, port: int) -> None:
    """Serve the dashboard until it is interrupted.

    It asks for no password, so it listens on this machine's loopback address alone.

    Args:
        home: Whose runs to show.
        port: TCP port.

    Raises:
        StoreError: The server's packages are not installed, the home's stores are not used, or it could not start.
    """
    if importlib.util.find_spec("tldextract") is None:
        raise StoreError("the dashboard's packages are not installed; run `make dashboard`, which installs them")
    own = home.environment()
    if "ZENML_STORE_URL" not in own:
        raise StoreError(
            "the environment names a ZenML store of its own (ZENML_CONFIG_PATH or ZENML_STORE_URL); "
            "open the dashboard of that server"
        )
    environment = {**os.environ, **own, **_SERVER}
    module = "zenml.zen_server.zen_server_api:app"
    command = [sys.executable, "-m", "uvicorn", module, "--host", "127.0.0.1", "--port", str(port)]
    sys.stdout.write(f"http://127.0.0.1:{port}  (Ctrl-C to stop)\n")
    sys.stdout.flush()
    try:
        done = subprocess.run([*command, "--log-level", "warning"], env=environment, check=False)
    except KeyboardInterrupt:
        return
    if done.returncode:
        raise StoreError(f"the dashboard stopped with exit code {done.returncode}; is port {port} taken? Try --port")
