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
