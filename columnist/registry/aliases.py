"""The aliases ``champion`` and ``previous`` of a registered model, and the tags that a promotion leaves."""

from typing import Any

from columnist.registry.versions import CHAMPION, fetch_adapter, find_version
from columnist.values import Value

PREVIOUS = "previous"


class Placement(Value):
    """Which versions have the two aliases; ``None`` where none has."""

    champion: str | None = None
    previous: str | None = None


class FoundVersion(Value):
    """A registered version and the digest that its files have now."""

    model: str
    version: str
    adapter_sha256: str


class ModelRegistry:
    """What promotions read and write in MLflow, whose library is loaded on first use."""

    def locate(self, reference: str) -> tuple[str, str]:
        """Return the name and the version that a reference means now.

        Raises:
            ModelNotFound: There is no such version.
        """
        version = find_version(reference)
        return version.name, str(version.version)

    def has(self, model: str, version: str) -> bool:
        """Whether a version is there."""
        return bool(list(self._client().search_model_versions(f"name='{model}' and version_number='{version}'")))

    def find(self, reference: str) -> FoundVersion:
        """Return a version after hashing its files anew.

        Raises:
            ModelNotFound: There is no such version, or its files are gone.
            AdapterError: Its files are not those that were registered.
        """
        version = find_version(reference)
        return FoundVersion(
            model=version.name, version=str(version.version), adapter_sha256=fetch_adapter(version).digest
        )

    def read(self, model: str) -> Placement:
        """Return which versions of a model have the aliases."""
        aliases = self._model(model).aliases
        found = {name: str(aliases[name]) for name in (CHAMPION, PREVIOUS) if name in aliases}
        return Placement(champion=found.get(CHAMPION), previous=found.get(PREVIOUS))

    def place(self, model: str, placement: Placement) -> None:
        """Move the aliases, ``previous`` first: at no time is a champion that worked without an alias."""
        self.move(model, PREVIOUS, placement.previous)
        self.move(model, CHAMPION, placement.champion)

    def move(self, model: str, alias: str, version: str | None) -> None:
        """Give an alias to a version, or take it away."""
        if version is not None:
            self._client().set_registered_model_alias(model, alias, version)
        elif alias in self._model(model).aliases:
            self._client().delete_registered_model_alias(model, alias)

    def adapter_sha256(self, model: str, version: str) -> str:
        """Return the digest that a version was registered with."""
        return str(self._client().get_model_version(model, version).tags.get("adapter_sha256", ""))

    def tag_version(self, model: str, version: str, tags: dict[str, str]) -> None:
        """Write tags of a version."""
        for name, value in tags.items():
            self._client().set_model_version_tag(model, version, name, value)

    def version_tags(self, model: str, version: str) -> dict[str, str]:
        """Return the tags of a version."""
        return dict(self._client().get_model_version(model, version).tags)

    def tag_model(self, model: str, name: str, value: str) -> None:
        """Write a tag of a model."""
        self._client().set_registered_model_tag(model, name, value)

    def model_tags(self, model: str) -> dict[str, str]:
        """Return the tags of a model."""
        return dict(self._model(model).tags)

    def models(self) -> tuple[str, ...]:
        """Return the names of all registered models."""
        from mlflow.store.entities.paged_list import PagedList

        names: list[str] = []
        token: str | None = None
        while True:
            page: PagedList[Any] = self._client().search_registered_models(page_token=token)
            names += [model.name for model in page]
            token = page.token
            if not token:
                return tuple(names)

    def _model(self, name: str) -> Any:
        return self._client().get_registered_model(name)

    def _client(self) -> Any:
        import mlflow

        return mlflow.MlflowClient()
