"""Write files so that they are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from columnist.errors import ConfigError


def write_whole(path: Path, text: str) -> None:
    """Write a text file as UTF-8 by way of a temporary file beside it.

    Raises:
        ConfigError: The folder is not there or cannot be written to.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            # A pipe or a device, such as /dev/null, is written to; renaming a file over it would destroy it.
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        path = path.resolve()  # a link keeps pointing at its file
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}; give a file in a folder that exists") from error


def check_file(path: Path, expected: str) -> None:
    """Refuse a file that cannot be read or holds nothing, before anything is done with it.

    Args:
        path: The file.
        expected: What it should be, such as "a vocabulary pack".

    Raises:
        ConfigError: There is no such file, it is a folder, it is empty, or it may not be read.
    """
    try:
        with path.open("rb") as file:
            fault = "" if file.read(1) else "is empty"
    except FileNotFoundError:
        fault = "does not exist"
    except IsADirectoryError:
        fault = "is a folder"
    except OSError as error:
        fault = f"cannot be read ({error.strerror})"
    if fault:
        raise ConfigError(f"{path} {fault}; expected {expected}; check the path")


def check_folder(path: Path) -> None:
    """Refuse a file that cannot be written, before the work that is to be written is done.

    Raises:
        ConfigError: Its folder is not there, or it is a folder itself.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise ConfigError(f"cannot write {path}; give a file in a folder that exists")
