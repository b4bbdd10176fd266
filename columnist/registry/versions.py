"""Registered versions: write them whole, list them, and open them again."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

from columnist.errors import ModelNotFound
from columnist.home import Home
from columnist.modeling.adapters import Adapter, open_adapter
from columnist.modeling.shipped import SHA256 as SHIPPED_SHA256
from columnist.provenance import code_version
from columnist.synthesis.card import DataCard
from columnist.synthesis.files import write_card
from columnist.values import Value

MODEL_NAME = "columnist"
CHAMPION = "champion"
ALIASES = (CHAMPION, "challenger", "previous")
_REQUIRED = (
    "filelock", "gguf", "jinja2", "mlflow", "numpy", "openvino", "openvino-genai", "peft", "platformdirs", "psutil",
    "pydantic", "pyyaml", "safetensors", "sqlglot", "tokenizers", "torch", "transformers",
)  # fmt: skip
_DESCRIBER = Path(__file__).with_name("describer.py")
_PACKAGE = Path(__file__).resolve().parent.parent


class RegistrationConfig(Value):
    """Under which name and alias to register."""

    model_name: str
    alias: Literal["challenger"]


class Origins(Value):
    """The ids of what an adapter came from: artifact versions and runs in ZenML, a run in MLflow."""

    training_set_id: str
    adapter_id: str
    evaluation_id: str
    train_run_id: str
    mlflow_run_id: str


class RegisteredVersion(Value):
    """A version of a registered model."""

    name: str
    version: str
    alias: str | None
    adapter_sha256: str

    @property
    def uri(self) -> str:
        """The MLflow URI of this version."""
        return f"models:/{self.name}/{self.version}"


def register(
    adapter: Adapter, data_card: DataCard, origins: Origins, config: RegistrationConfig, run_tags: dict[str, str]
) -> RegisteredVersion:
    """Log a model and make it a version, then give it the alias.

    The version appears only after all of its files are stored, and with all of its
    tags at once; whatever interrupts this leaves no version that is half written.

    Args:
        adapter: What to register; the base model is named by digest, not copied.
        data_card: What the adapter was trained on; it is kept with the model.
        origins: What the lineage starts from.
        config: Name and alias.
        run_tags: Ids of the registering ZenML run.

    Raises:
        mlflow.exceptions.MlflowException: The registry refused.
    """
    import mlflow

    home = Home.find()
    client = mlflow.MlflowClient()
    model_uri = _log_model(adapter, data_card, origins)
    with home.lock("registry"):
        tags = _tags(adapter, origins, run_tags)
        version = mlflow.register_model(model_uri, config.model_name, tags=tags)
        client.set_registered_model_alias(config.model_name, config.alias, version.version)
    return RegisteredVersion(
        name=config.model_name,
        version=str(version.version),
        alias=config.alias,
        adapter_sha256=adapter.digest,
    )


def list_versions(name: str | None = None) -> list[dict[str, Any]]:
    """Return the registered versions, newest first, as plain data."""
    import mlflow

    client = mlflow.MlflowClient()
    models = [model for model in _registered_models(client) if name in (None, model.name)]
    found = []
    for model in models:
        aliases: dict[str, list[str]] = {}
        for alias, version in model.aliases.items():
            aliases.setdefault(str(version), []).append(alias)
        for version in client.search_model_versions(f"name='{model.name}'"):
            found.append(
                {
                    "name": model.name,
                    "version": str(version.version),
                    "aliases": sorted(aliases.get(str(version.version), [])),
                    "created_ms": version.creation_timestamp,
                    "base_model": version.tags.get("base_model", ""),
                    "adapter_sha256": version.tags.get("adapter_sha256", ""),
                }
            )
    return sorted(found, key=lambda entry: (entry["name"], -int(entry["version"])))


def _registered_models(client: Any) -> list[Any]:
    page = client.search_registered_models()
    models = list(page)
    while page.token:
        page = client.search_registered_models(page_token=page.token)
        models += page
    return models


def find_version(reference: str) -> Any:
    """Return MLflow's model version for ``models:/name/3``, ``models:/name@alias``, ``name/3``, ``3`` or ``champion``.

    The bare names of aliases mean those of ``MODEL_NAME``, as bare numbers mean its versions.

    Raises:
        ModelNotFound: There is no such version.
    """
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient()
    text = reference.removeprefix("models:/")
    if text in ALIASES:
        text = f"{MODEL_NAME}@{text}"
    try:
        if "@" in text:
            name, alias = text.rsplit("@", 1)
            return client.get_model_version_by_alias(name, alias)
        name, _, number = text.rpartition("/")
        return client.get_model_version(name or MODEL_NAME, number.removeprefix("v"))
    except MlflowException as error:
        raise ModelNotFound(_explain_missing(reference, text)) from error


def _explain_missing(reference: str, text: str) -> str:
    """Say what is not there, and what is: a model may be registered and merely have no champion yet."""
    listed = list_versions()
    known = ", ".join(_label(each) for each in listed[:5]) or "none"
    how = "expected models:/NAME/VERSION or models:/NAME@ALIAS. `python run.py models` lists them"
    name, _, alias = text.rpartition("@")
    if alias in ALIASES and name in {each["name"] for each in listed}:
        made = ", `python run.py promote` makes a champion" if alias == CHAMPION else ""
        return f"model {reference!r}: {name} has no {alias} yet (registered: {known}); {how}{made}"
    return f"model {reference!r} is not registered (registered: {known}); {how}, `python run.py demo` makes the first"


def _label(version: dict[str, Any]) -> str:
    aliases = ", ".join(version["aliases"])
    return f"{version['name']}/{version['version']}" + (f" ({aliases})" if aliases else "")


def find_aliases(version: Any) -> tuple[str, ...]:
    """Return the aliases that a version has now.

    Args:
        version: MLflow's.
    """
    import mlflow

    named = mlflow.MlflowClient().get_registered_model(version.name).aliases
    return tuple(sorted(alias for alias, number in named.items() if str(number) == str(version.version)))


def find_champion(candidate_sha256: str) -> str | None:
    """Return ``models:/NAME/VERSION`` of the champion, or ``None`` where there is none or it is the candidate itself.

    Args:
        candidate_sha256: Digest of the adapter in question.
    """
    versions = (each for each in list_versions(MODEL_NAME) if CHAMPION in each["aliases"])
    found = next(versions, None)
    if found is None or found["adapter_sha256"] == candidate_sha256:
        return None
    return f"models:/{found['name']}/{found['version']}"


def name_adapter(sha256: str) -> str:
    """Return what commands call the model with a digest: its newest version, or ``default`` for the one that ships.

    A model that is neither gets the name under which it is registered first.
    """
    if sha256 == SHIPPED_SHA256:
        return "default"
    found = next((each for each in list_versions() if each["adapter_sha256"] == sha256), None)
    return f"models:/{found['name']}/{found['version']}" if found else f"models:/{MODEL_NAME}@challenger"


def open_model(reference: str) -> Adapter:
    """Open the adapter of a registered version or of a local folder.

    Args:
        reference: ``models:/...`` or the path of an adapter folder.

    Raises:
        ModelNotFound: It is not there.
        AdapterError: It is damaged, or is not the adapter that was registered.
    """
    if not reference.startswith("models:/"):
        folder = Path(reference)
        if not folder.is_dir():
            raise ModelNotFound(
                f"model {reference!r} does not exist; expected the path of an adapter folder or models:/NAME@ALIAS"
            )
        return open_adapter(folder)
    return fetch_adapter(find_version(reference))


def fetch_adapter(version: Any) -> Adapter:
    """Download the adapter of a registered version and check it against the version's tag.

    Raises:
        AdapterError: Its bytes are not those that were registered.
        ModelNotFound: Its files are gone.
    """
    import mlflow

    from columnist.errors import AdapterError

    name = f"{version.name}/{version.version}"
    try:
        # A folder of its own: files of an earlier download would hide that some are gone.
        folder = mlflow.artifacts.download_artifacts(
            artifact_uri=f"models:/{name}", dst_path=tempfile.mkdtemp(dir=Home.find().scratch)
        )
    except (OSError, mlflow.exceptions.MlflowException) as error:
        raise ModelNotFound(f"the files of models:/{name} are gone from the MLflow store; register it again") from error
    kept = Path(folder) / "artifacts" / "adapter"
    # MLflow makes nothing of a local folder that is gone and hands out an empty one.
    if not kept.is_dir():
        raise ModelNotFound(f"models:/{name} holds no adapter, or its files are gone; register it again")
    adapter = open_adapter(kept)
    expected = version.tags.get("adapter_sha256", "")
    if adapter.digest != expected:
        raise AdapterError(
            f"models:/{name} holds an adapter with SHA-256 {adapter.digest[:16]}…, "
            f"but {expected[:16] or 'no digest'}… was registered; its files were changed. Register it again"
        )
    return adapter


def _log_model(adapter: Adapter, data_card: DataCard, origins: Origins) -> str:
    """Log a pyfunc model "from code": a script and an adapter, no pickle anywhere."""
    import mlflow
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, Schema

    text = Schema([ColSpec("string", "ddl")]), Schema([ColSpec("string", "documentation")])
    folder = Home.find().scratch / f"registered-{adapter.digest[:16]}"
    if not (folder / "adapter").exists():
        shutil.copytree(adapter.folder, folder / "adapter")
    write_card(data_card, folder / "data_card")
    with mlflow.start_run(run_id=origins.mlflow_run_id):
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(_DESCRIBER),
            artifacts={"adapter": str(folder / "adapter"), "data_card": str(folder / "data_card")},
            code_paths=[str(_copy_code(folder))],
            signature=ModelSignature(inputs=text[0], outputs=text[1]),
            input_example=pd.DataFrame({"ddl": ["CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, qty_oh INT)"]}),
            pip_requirements=_requirements(),
        )
    return str(info.model_uri)


def _copy_code(folder: Path) -> Path:
    """Copy the package without the adapter that comes with it: a version holds one adapter, its own."""
    return shutil.copytree(
        _PACKAGE, folder / _PACKAGE.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("adapters", "__pycache__")
    )


def _requirements() -> list[str]:
    from importlib.metadata import version

    return [f"{name}=={version(name).split('+')[0]}" for name in _REQUIRED]


def _tags(adapter: Adapter, origins: Origins, run_tags: dict[str, str]) -> dict[str, str]:
    card, code = adapter.card, code_version()
    return {
        "adapter_sha256": adapter.digest,
        "base_model": card.base_model,
        "base_model_digest": card.base_model_digest,
        "base_model_license": card.base_model_license,
        "training_set_sha256": card.training_set_sha256,
        "prompt_sha256": card.prompt_sha256,
        "code_commit": code.commit or "unknown",
        "code_dirty": str(code.dirty).lower(),
        **{f"origin.{name}": value for name, value in origins.model_dump().items()},
        **{f"registered_by.{name}": value for name, value in run_tags.items()},
    }
