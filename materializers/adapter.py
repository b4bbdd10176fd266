"""Stores adapters as the folders they are, with their curves to look at."""

from pathlib import Path
from typing import Any, ClassVar

from zenml.enums import ArtifactType, VisualizationType
from zenml.materializers.base_materializer import BaseMaterializer
from zenml.utils import io_utils

from columnist.modeling.adapters import Adapter, open_adapter
from columnist.modeling.curves import render_adapter_card, render_curves


class AdapterMaterializer(BaseMaterializer):
    """Copies the folder byte for byte, both ways; the content hash is the adapter's digest."""

    ASSOCIATED_TYPES: ClassVar[tuple[type, ...]] = (Adapter,)
    ASSOCIATED_ARTIFACT_TYPE: ClassVar[ArtifactType] = ArtifactType.MODEL

    def save(self, data: Adapter) -> None:
        """Copy the adapter below the artifact's URI."""
        io_utils.copy_dir(str(data.folder), f"{self.uri}/adapter")

    def load(self, data_type: type[Any]) -> Adapter:
        """Copy the adapter into a folder that lives as long as the step, and open it.

        Raises:
            AdapterError: The stored folder is damaged.
        """
        with self.get_temporary_directory(delete_at_exit=False) as folder:
            io_utils.copy_dir(f"{self.uri}/adapter", folder, overwrite=True)
            return open_adapter(Path(folder))

    def save_visualizations(self, data: Adapter) -> dict[str, VisualizationType]:
        """Write the training curves and the card."""
        curves, card = f"{self.uri}/curves.png", f"{self.uri}/card.md"
        with self.artifact_store.open(curves, "wb") as file:
            file.write(render_curves(data.card))
        with self.artifact_store.open(card, "w") as file:
            file.write(render_adapter_card(data.card))
        return {curves: VisualizationType.IMAGE, card: VisualizationType.MARKDOWN}

    def extract_metadata(self, data: Adapter) -> dict[str, Any]:
        """Return what the adapter fits and what it came from."""
        return {
            "sha256": data.digest,
            "base_model": data.card.base_model,
            "base_model_digest": data.card.base_model_digest,
            "training_set_sha256": data.card.training_set_sha256,
        }

    def compute_content_hash(self, data: Adapter) -> str:
        """Return the adapter's digest."""
        return data.digest
