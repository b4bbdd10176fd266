"""What the stores hold about a version beyond its decisions: what was measured, and what it was trained on."""

from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from columnist.artifact_names import Artifact
from columnist.errors import ConfigError, EvidenceError
from columnist.evaluation.results import Evaluation
from columnist.registry.artifacts import find_artifact
from columnist.registry.lineage import Lineage, trace_lineage
from columnist.registry.versions import find_version, list_versions
from columnist.synthesis.card import DataCard
from columnist.synthesis.files import CARD_JSON_FILE

_CARD = f"artifacts/data_card/{CARD_JSON_FILE}"


class Archive:
    """Reads MLflow and ZenML, whose libraries are loaded on first use."""

    def __init__(self, installations: Collection[str] = ()):
        self._installations = tuple(installations)

    def versions(self) -> list[dict[str, Any]]:
        """Return the registered versions as ``list_versions`` does."""
        return list_versions()

    def evaluation(self, reference: str, artifact_id: str | None = None) -> Evaluation:
        """Return what was measured of a version.

        Args:
            reference: The version.
            artifact_id: The evaluation that its gate decided upon; the one it was registered with if left out.

        Raises:
            EvidenceError: It is not there any more, or cannot be read.
        """
        wanted = artifact_id or str(find_version(reference).tags.get("origin.evaluation_id", ""))
        try:
            found = find_artifact(Artifact.EVALUATION, wanted)
            loaded: Evaluation = found.load()  # type: ignore[union-attr]  # with an id it is found or refused
        except (ConfigError, ImportError, OSError, ValidationError) as error:
            reason = " ".join(str(error).split())[:200]
            raise EvidenceError(f"the evaluation of {reference} cannot be read: {reason}; evaluate again") from error
        return loaded

    def card(self, reference: str) -> DataCard:
        """Return the data card that is kept with a version.

        Raises:
            EvidenceError: It is not there, or cannot be read.
        """
        import mlflow

        version = find_version(reference)
        try:
            text = mlflow.artifacts.load_text(f"models:/{version.name}/{version.version}/{_CARD}")
            return DataCard.model_validate_json(text)
        except (OSError, ValidationError, mlflow.exceptions.MlflowException) as error:
            raise EvidenceError(f"the data card of {reference} is not in the MLflow store, or was changed") from error

    def lineage(self, reference: str) -> Lineage:
        """Return the lineage of a version, every link of it checked.

        Raises:
            LineageError: A link is missing or was changed.
            EvidenceError: A link was written by a version of this program that had other modules.
        """
        try:
            return trace_lineage(reference, self._installations)
        except ImportError as error:
            raise EvidenceError(f"the lineage of {reference} cannot be read: {error}; make it again") from error
