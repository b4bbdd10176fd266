"""The home of a simulated study: made for it alone, so that nothing that programs have rated can count elsewhere.

Three things keep a simulation out of a real home. The folder is new or empty, and is not the
operator's, nor part of it. The stores that the operator's environment names are not used. And what is signed
there is signed with a key that was made there: carried elsewhere, the study is refused as of an unknown key.
"""

import importlib
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from columnist.errors import ConfigError
from columnist.home import Home

ROOT = Path(__file__).resolve().parent.parent
WORD = "SIMULATED"
MARK = f"{WORD}.md"
_TOLD = f"""# {WORD}: nobody has rated anything here

All raters and reviewers of this home are programs that drive browsers (`python -m benchmarks.simulated_study`).
Its studies, approvals and champions say nothing of any model. Remove the folder when you have looked at it.
"""
_STORES = ("MLFLOW_", "ZENML_")  # variables of the operator's own stores
_TESTS = ROOT / "tests"


def make_home(asked: Path | None) -> Home:
    """Make the home of a simulation, and let this process and its children use no other.

    Args:
        asked: A folder that is new or empty; a temporary one if left out.

    Raises:
        ConfigError: The folder has contents, or is a home that people use or part of one.
    """
    folder = (asked or Path(tempfile.mkdtemp(prefix=f"columnist-{WORD}-"))).resolve()
    for theirs in {Home.find().folder, ROOT / ".columnist"}:
        if folder == theirs or folder in theirs.parents or theirs in folder.parents:
            raise ConfigError(
                f"{folder}: a simulation may not be held in {theirs}, where people work; leave --home out"
            )
    require_empty(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARK).write_text(_TOLD, encoding="utf-8")
    for name in [name for name in os.environ if name.startswith(_STORES)]:
        del os.environ[name]
    os.environ["COLUMNIST_HOME"] = str(folder)
    return Home(folder)


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds something.

    Raises:
        ConfigError: It does, or it is a file.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ConfigError(f"{folder}: expected a folder that is new or empty, but it has contents; name another one")


def load_from_tests(name: str) -> ModuleType:
    """Import a module that tests share, so that a simulation is checked by what the tests are checked by."""
    if str(_TESTS) not in sys.path:
        sys.path.append(str(_TESTS))
    return importlib.import_module(name)
