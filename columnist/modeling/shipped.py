"""The adapter that comes with the product, so that it describes well where nothing was trained yet."""

from pathlib import Path

from columnist.digests import digest_folder
from columnist.errors import AdapterError
from columnist.modeling.adapters import Adapter, open_adapter

NAME = "smollm2-135m-columnist"
# Of all files of the folder; ``columnist.digests.digest_folder`` prints it for a new one.
SHA256 = "20cafc008efc630271038c796c39b24c2b7fb58a4b0f993f72f68a17d6cc1d46"
FOLDER = Path(__file__).resolve().parent.parent / "adapters" / NAME


def shipped_adapter(folder: Path = FOLDER, sha256: str = SHA256) -> Adapter:
    """Return the adapter that comes with the product, after checking each of its bytes.

    Args:
        folder: Where it is.
        sha256: What its files were when they were measured.

    Raises:
        AdapterError: It is missing, or its files were changed.
    """
    if not folder.is_dir():
        raise AdapterError(f"the default model is missing: expected it in {folder}; install columnist again")
    found = digest_folder(folder)
    if found != sha256:
        raise AdapterError(
            f"the default model in {folder} was changed: its SHA-256 is {found[:16]}…, expected {sha256[:16]}…; "
            "install columnist again, or name the folder with --model to use it as it is"
        )
    return open_adapter(folder)
