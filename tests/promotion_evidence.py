"""Real signed evidence for promotions: studies that were answered, a gate that decided, and a registry."""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock

from gate_evidence import config as gate_config
from gate_evidence import evidence as gate_evidence
from gate_evidence import redteam, set_result
from study_parts import BASELINE, RuleSystem, answer_all, make_config, make_places, make_pool

from columnist.digests import digest_value
from columnist.errors import ModelNotFound
from columnist.gates.automatic import decide
from columnist.home import Home
from columnist.promotion import Approval, ApprovalSubject, Decision, approve
from columnist.promotion.config import PromotionConfig
from columnist.promotion.promoting import UNSAID, Desk, Stores, promote
from columnist.provenance import CodeVersion
from columnist.registry.aliases import FoundVersion, Placement
from columnist.registry.gate_results import StoredDecision
from columnist.signing import Signer
from columnist.studies import composing, opening
from columnist.studies.ballots import Preference
from columnist.studies.closing import close_study
from columnist.studies.opening import Opened, Places, open_study
from columnist.studies.result import conclude
from columnist.studies.storage import Shown

OPENED = datetime(2026, 3, 1, 9, tzinfo=UTC)
CLOSED = OPENED + timedelta(days=1)
NOW = OPENED + timedelta(days=2)
TABLES = make_pool().sha256
ADAPTERS = {"1": "b" * 64, "2": "c" * 64, "3": "d" * 64}


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


class FakeRegistry:
    """Stands for MLflow: one model with versions, aliases and tags, which can be killed at a move."""

    def __init__(self, champion: str | None = "1", previous: str | None = None):
        self.adapters = dict(ADAPTERS)
        self.placement = Placement(champion=champion, previous=previous)
        self.tags: dict[str, dict[str, str]] = {}
        self.own_tags: dict[str, str] = {}
        self.dies_at: str | None = None
        self.names = ("columnist",)

    def locate(self, reference: str) -> tuple[str, str]:
        version = reference.rpartition("/")[2]
        if version not in self.adapters:
            raise ModelNotFound(f"model {reference!r} is not registered")
        return "columnist", version

    def has(self, model: str, version: str) -> bool:
        return version in self.adapters

    def find(self, reference: str) -> FoundVersion:
        model, version = self.locate(reference)
        return FoundVersion(model=model, version=version, adapter_sha256=self.adapters[version])

    def read(self, model: str) -> Placement:
        return self.placement

    def place(self, model: str, placement: Placement) -> None:
        for alias in ("previous", "champion"):
            if self.dies_at == alias:
                raise Killed
            self.placement = self.placement.model_copy(update={alias: getattr(placement, alias)})

    def adapter_sha256(self, model: str, version: str) -> str:
        return self.adapters[version]

    def tag_version(self, model: str, version: str, tags: dict[str, str]) -> None:
        if self.dies_at == "tags":
            raise Killed
        self.tags.setdefault(version, {}).update(tags)

    def version_tags(self, model: str, version: str) -> dict[str, str]:
        return self.tags.get(version, {})

    def tag_model(self, model: str, name: str, value: str) -> None:
        self.own_tags[name] = value

    def model_tags(self, model: str) -> dict[str, str]:
        return self.own_tags

    def models(self) -> tuple[str, ...]:
        return self.names


def make_rules(**changes) -> PromotionConfig:
    """The rules of the tests; what each value does is tried by changing it."""
    rules = {
        "max_gate_age_days": 30,
        "max_study_age_days": 90,
        "max_approval_age_days": 7,
        "max_override_hours": 24,
        "baseline_is_champion": True,
        "installations": (),
        "reviewer_keys": {},
    }
    return PromotionConfig(**(rules | changes))


def make_desk(folder: Path, registry=None, **changes) -> Desk:
    return Desk.open(Home(folder), make_rules(**changes), registry or FakeRegistry())


def make_system(sha256: str) -> RuleSystem:
    return RuleSystem("candidate", lambda name: f"What {name} of an order says", sha256)


def open_one(places: Places, sha256: str = ADAPTERS["2"], baseline=BASELINE, **changes) -> Opened:
    config = make_config(**({"tables": 20, "raters": 2, "looks": (10, 20)} | changes))
    labels = [f"rater {number}" for number in range(config.raters)]
    # Chance that is always the same: it decides who sees what on which side, and so whether a side seems preferred.
    chance = Random(digest_value([sha256, config.tables]))

    def make(size: int) -> str:
        return chance.randbytes(size).hex()

    with (
        mock.patch.object(composing, "SystemRandom", return_value=chance),
        mock.patch.object(opening, "token_hex", make),
    ):
        system, again = make_system(sha256), "tests open several"
        return open_study(system, baseline, make_pool(), config, labels, places, OPENED, lambda *_: None, again)


def prefer_most(wins: Callable[[int], bool]) -> Callable[[Shown], Preference]:
    """All raters prefer the candidate of these tests on tables for which a rule says so, by their number."""

    def choose(shown: Shown) -> Preference:
        number = int(re.search(r"orders_(\d+)", shown.item.ddl)[1])
        first = next(text for text in shown.item.texts if text.text_id == shown.a_text_id)
        named = [f"orders_{number}" in text.table_text.casefold() for text in shown.item.texts]
        if not all(named):  # an attention item: one text is of another table
            right = shown.item.texts[named.index(True)]
            return Preference.A if right == first else Preference.B
        candidate_is_a = first.table_text.startswith("What")
        return Preference.A if candidate_is_a == wins(number) else Preference.B

    return choose


def win(number: int) -> bool:
    return number % 7 != 0


def lose(_number: int) -> bool:
    return False


def close_one(places: Places, opened: Opened, wins: Callable[[int], bool] = win, at: datetime = CLOSED) -> None:
    signer = Signer.open(places.keys)
    answer_all(places.storage, opened, prefer_most(wins))
    close_study(opened.folder, places.storage, signer, at)
    conclude(opened.folder, places.storage, signer)


def decide_gate(sha256: str = ADAPTERS["2"], tables: str = TABLES, successes: int = 0, at=CLOSED) -> StoredDecision:
    """A decision by the real gate; attacks that succeed make it a failure."""
    found = set_result()
    candidate = found.systems[0].model_copy(
        update={"identity": found.systems[0].identity.model_copy(update={"model_sha256": sha256})}
    )
    drawn = found.model_copy(
        update={
            "tables": found.tables.model_copy(update={"sha256": tables}),
            "systems": (candidate, *found.systems[1:]),
        }
    )
    given = gate_evidence(
        drawn, model_sha256=sha256, drawn={"synthetic": tables}, redteam=redteam(successes=successes, model=sha256)
    )
    result = decide(given, gate_config(), CodeVersion(commit="0" * 40, dirty=False), at)
    return StoredDecision(artifact_id=f"gate-{digest_value(result.model_dump(mode='json'))[:8]}", result=result)


def make_stores(places: Places, *gates: StoredDecision) -> Stores:
    return Stores(places.storage, lambda: gates or (decide_gate(),))


class Case(NamedTuple):
    """A home with a study that was won, one that was lost and one that is open, all of version 2."""

    desk: Desk
    places: Places
    won: str
    lost: str
    open: str

    @property
    def stores(self) -> Stores:
        return make_stores(self.places)

    @property
    def registry(self) -> FakeRegistry:
        return self.desk.registry

    def folder(self, study_id: str) -> Path:
        return self.places.studies / study_id

    def promote(self, version: str = "2", study_id: str | None = None, **changes):
        """Promote on the evidence of the case, but for what is changed."""
        desk = changes.get("desk", self.desk)
        stores = changes.get("stores", self.stores)
        approval = changes.get("approval", approving(desk))
        at, wish = changes.get("at", NOW), changes.get("wish", UNSAID)
        return promote(desk, stores, version, study_id or self.won, approval, at, wish)


def finish_studies(folder: Path) -> Path:
    """Answer the studies of a case, which takes seconds, with this folder as the home."""
    places = make_places(folder)
    with mock.patch.dict(os.environ, COLUMNIST_HOME=str(folder)):
        won = open_one(places)
        close_one(places, won)
        lost = open_one(places, tables=6, looks=(6,))
        close_one(places, lost, lose)
        ids = [each.registration.study_id for each in (won, lost, open_one(places, tables=4, looks=(4,)))]
    places.storage.close()
    (folder / "ids.json").write_text(json.dumps(ids))
    return folder


def copy_case(finished: Path, folder: Path) -> Case:
    """Return a case of its own upon answered studies; the home of the environment is to be its folder."""
    shutil.copytree(finished, folder)
    return Case(make_desk(folder), make_places(folder), *json.loads((folder / "ids.json").read_text()))


def approving(
    desk: Desk, reviewer: str = "Ada", decision=Decision.APPROVE, at=NOW, signer: Signer | None = None, **changes
) -> Callable[[ApprovalSubject], Approval]:
    return lambda subject: approve(subject, reviewer, decision, "it reads well", signer or desk.signer, at, **changes)
