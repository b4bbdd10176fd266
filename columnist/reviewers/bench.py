"""Where a reviewer's evidence is read and decisions are carried out: the stores, opened once."""

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from columnist.evaluation.results import Evaluation
from columnist.promotion.promoting import Desk, Stores
from columnist.registry.links import Lineage
from columnist.synthesis.card import DataCard

_CONFIG = Path(__file__).resolve().parent.parent.parent / "configs" / "promote" / "default.yaml"


class Records(Protocol):
    """What is read of a version; see ``columnist.registry.archive.Archive``."""

    def versions(self) -> list[dict[str, Any]]:
        """Return the registered versions."""

    def evaluation(self, reference: str, artifact_id: str | None = None) -> Evaluation:
        """Return what was measured of a version."""

    def card(self, reference: str) -> DataCard:
        """Return its data card."""

    def lineage(self, reference: str) -> Lineage:
        """Return its lineage."""


class Bench(NamedTuple):
    """All that is read and written.

    Attributes:
        desk: Where promotions are decided.
        stores: Ballots, and the decisions of gates.
        records: Measurements, data cards and lineages.
    """

    desk: Desk
    stores: Stores
    records: Records

    @classmethod
    def open(cls, database: str | None) -> "Bench":
        """Open the stores of this home, which takes seconds.

        Raises:
            ColumnistError: One of them cannot be opened.
        """
        from columnist.configuration import load_config
        from columnist.home import Home
        from columnist.promotion.config import PromotionConfig
        from columnist.registry.archive import Archive
        from columnist.registry.gate_results import list_decisions
        from columnist.registry.sessions import open_stores
        from columnist.studies.storage import open_storage

        rules = PromotionConfig.model_validate(load_config(_CONFIG, {"promotion": PromotionConfig})["promotion"])
        home = Home.find()
        open_stores(home)
        stores = Stores(open_storage(database), list_decisions)
        return cls(Desk.open(home, rules), stores, Archive(rules.installations))
