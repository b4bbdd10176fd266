"""Where a checkout keeps what it makes, and the environment that says so to ZenML and MLflow.

Without any set-up, everything lives below ``.columnist`` beside ``run.py``: a ZenML
store on SQLite, its artifacts, an MLflow database with its artifacts, and checkpoints.
Whoever already has a ZenML store or an MLflow server names it in the environment
(``ZENML_CONFIG_PATH`` or ``ZENML_STORE_URL``, ``MLFLOW_TRACKING_URI``) and it is used as it is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psutil
from filelock import FileLock

_OWN_ZENML = ("ZENML_CONFIG_PATH", "ZENML_STORE_URL")
_LIBRARIES = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    # Threads that wait should sleep. Spinning, two runs on one machine take the cores from each other:
    # 14 tokens a second each instead of 280.
    "OMP_WAIT_POLICY": "PASSIVE",
}


class Home:
    """The folder of a checkout's local stores.

    Attributes:
        folder: Absolute path; made on first use.
    """

    def __init__(self, folder: Path):
        self.folder = folder.resolve()

    @classmethod
    def find(cls) -> "Home":
        """Return the home named by ``COLUMNIST_HOME``, or ``.columnist`` at the root of the checkout."""
        default = Path(__file__).resolve().parent.parent / ".columnist"
        return cls(Path(os.environ.get("COLUMNIST_HOME") or default))

    @property
    def journal(self) -> Path:
        """File of the texts that models have written."""
        return self.folder / "journal.db"

    @property
    def mlflow_database(self) -> Path:
        """File of the local MLflow store; there once something was stored."""
        return self.folder / "mlflow.db"

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints of unfinished training runs."""
        return self._made("checkpoints")

    @property
    def synthesis(self) -> Path:
        """Folder of unfinished training sets, and of the answers that were paid for them."""
        return self._made("synthesis")

    @property
    def written_texts(self) -> Path:
        """Folder of what systems have written about tables, kept by digest."""
        return self._made("quality")

    @property
    def scratch(self) -> Path:
        """Folder of this process's unfinished files; removed once the process is gone."""
        return self._made(f"processes/{self.process}/scratch")

    @property
    def mlflow_artifacts(self) -> Path:
        """Folder of the artifacts of the local MLflow store."""
        return self._made("mlflow")

    @cached_property
    def process(self) -> str:
        """A name for this process that no later process gets: its id and its start, in milliseconds."""
        process = psutil.Process()
        return f"{process.pid}-{round(process.create_time() * 1000)}"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that make ZenML and MLflow use this home.

        Each process gets a ZenML configuration folder of its own: ZenML rewrites its
        configuration file at every start, and two processes that share one can crash.
        Variables that are set already are left as they are.
        """
        wanted = _LIBRARIES | {
            "ZENML_ANALYTICS_OPT_IN": "false",
            "ZENML_AUTO_OPEN_DASHBOARD": "false",
            "ZENML_ENABLE_REPO_INIT_WARNINGS": "false",
            "ZENML_LOGGING_VERBOSITY": "WARN",
            "ZENML_LOGGING_COLORS_DISABLED": "true",
            "ZENML_CUSTOM_SOURCE_ROOT": str(Path(__file__).resolve().parent.parent),
            "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.mlflow_database}",
            "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
            "DISABLE_MLFLOW_TELEMETRY": "true",
        }
        if not any(name in os.environ for name in _OWN_ZENML):
            wanted |= {
                "ZENML_CONFIG_PATH": str(self._made(f"processes/{self.process}/zenml")),
                "ZENML_STORE_URL": f"sqlite:///{self._made('zenml') / 'zenml.db'}",
                "ZENML_LOCAL_STORES_PATH": str(self._made("artifacts")),
            }
        return _missing(wanted)

    @staticmethod
    def library_environment() -> dict[str, str]:
        """Return the variables for libraries that run models, where no store is needed."""
        return _missing(_LIBRARIES)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock that the processes of this home share."""
        with FileLock(self._made("locks") / f"{name}.lock"):
            yield

    def remember_run(self, run_name: str) -> None:
        """Note that this process has started a ZenML run, in case it is killed."""
        with (self._made(f"processes/{self.process}") / "runs").open("a") as file:
            file.write(run_name + "\n")

    def dead_processes(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Yield the folder and the ZenML run names of each process that is no more."""
        for folder in sorted(self._made("processes").iterdir()):
            if not _is_alive(folder.name):
                runs = folder / "runs"
                yield folder, tuple(runs.read_text().splitlines()) if runs.exists() else ()

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _missing(wanted: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if name not in os.environ}


def _is_alive(process: str) -> bool:
    """Tell whether the process of a name still runs, or another one has got its id.

    Starts are told from the clock and move with it when it is set right, so those
    within a minute count as the same.
    """
    pid, _, started_ms = process.partition("-")
    try:
        return abs(psutil.Process(int(pid)).create_time() * 1000 - int(started_ms)) < 60_000
    except (psutil.NoSuchProcess, ValueError):
        return False
