"""Where a configuration's training set is made, so that an interrupted run finds it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from columnist.digests import digest_value
from columnist.synthesis.config import SynthesisConfig
from columnist.synthesis.files import ANSWERS_FILE
from columnist.synthesis.synthesizer import GENERATOR_VERSION, digest_inputs, identity_of


@contextmanager
def claim_folder(home: Path, config: SynthesisConfig) -> Iterator[Path]:
    """Provide the folder in which a configuration's training set is made.

    It stays when the work is interrupted, and is begun anew if a data file has
    changed since. Once the work is done only the answers of a served teacher
    are kept: they were paid for, and the same configuration can be made again
    from them.

    Args:
        home: Folder of all unfinished training sets.
        config: What is made.
    """
    name = digest_value([config.model_dump(mode="json"), GENERATOR_VERSION])[:16]
    # Whoever makes the same at the same time waits, and then makes it again: neither sees half a set.
    with FileLock(home / f"{name}.lock"):
        folder = home / name
        folder.mkdir(parents=True, exist_ok=True)
        mark, identity = folder / "identity.json", identity_of(config, digest_inputs(config))
        if not mark.exists() or mark.read_text(encoding="utf-8") != identity:
            _empty(folder)
            mark.write_text(identity, encoding="utf-8")
        yield folder
        _empty(folder)
        if not any(folder.iterdir()):
            folder.rmdir()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if not path.name.startswith(ANSWERS_FILE):
            path.unlink()
