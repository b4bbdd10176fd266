"""Which code is running: its commit, and whether the checkout differs from it."""

import subprocess
from pathlib import Path

from columnist.values import Value


class CodeVersion(Value):
    """The code of a run.

    Attributes:
        commit: Full git commit hash, or ``None`` outside a git checkout.
        dirty: Whether tracked files differ from that commit.
    """

    commit: str | None
    dirty: bool


def code_version(folder: Path | None = None) -> CodeVersion:
    """Return the commit of the checkout that holds this package, or of another folder."""
    folder = folder or Path(__file__).resolve().parent.parent
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return CodeVersion(commit=None, dirty=False)
    return CodeVersion(commit=commit, dirty=bool(_git(folder, "status", "--porcelain", "--untracked-files=no")))


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
