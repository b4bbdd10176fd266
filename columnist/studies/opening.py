"""Open a study: everything is drawn, written, sealed, registered and stored before the first ballot, or nothing is.

The texts are written first and kept on disk by digest, so that an interrupted opening goes on. Then a draft
is made under a lock: its folder has a hidden name and its rows are marked, until both are whole. What a
killed process has left of a draft is removed at the next opening.
"""

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from columnist.digests import digest_value
from columnist.errors import ConfigError
from columnist.evaluation.identity import SystemIdentity
from columnist.files import write_whole
from columnist.home import Home
from columnist.signing import Signer
from columnist.studies.assignment import assign
from columnist.studies.composing import Composed, Pair, compose
from columnist.studies.config import StudyConfig
from columnist.studies.earlier import list_earlier, require_reason
from columnist.studies.registration import Registration, write_registration
from columnist.studies.sampling import Pool, draw_tables
from columnist.studies.sealing import drop_keys, name_key, seal, sealed_file
from columnist.studies.storage import Storage, StudyState
from columnist.studies.storage.engines import as_time
from columnist.synthesis.examples import Example
from columnist.systems import System

Say = Callable[[str, int, int], None]
_DRAFT = ".draft-"
_SPARE = 3  # tables for each attention item: some are ones of which neither system says anything
_LOCK = "studies"


class Places(NamedTuple):
    """Where a study is kept.

    Attributes:
        home: Its folder holds the studies' folders and the keys.
        storage: The database that raters' pages use.
    """

    home: Home
    storage: Storage

    @property
    def studies(self) -> Path:
        """Folder of the studies' folders."""
        folder = self.home.folder / "studies"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def keys(self) -> Path:
        """Folder of the keys."""
        return self.home.folder / "keys"


class Opened(NamedTuple):
    """An opened study."""

    registration: Registration
    folder: Path


def open_study(
    candidate: System,
    baseline: System,
    pool: Pool,
    config: StudyConfig,
    labels: Sequence[str],
    places: Places,
    at: datetime,
    say: Say,
    again: str = "",
) -> Opened:
    """Open a study.

    Args:
        candidate: The system that wants to be promoted.
        baseline: What it is compared with.
        pool: The tables to draw from.
        config: How the study is made.
        labels: What the steward calls each rater.
        places: Where it is kept.
        at: The time, with its zone.
        say: Called with what is being done, and how far it is.
        again: Why people are asked the same question another time, where they are.

    Raises:
        ConfigError: The pool is too small, labels do not fit, the two systems are one, or the same study was opened
            before and nobody says why.
        ColumnistError: A model cannot be used, or the study cannot be stored.
    """
    _check_labels(labels, config.raters)
    candidate_sha256, baseline_sha256 = _tell_apart(candidate.identify(), baseline.identify())
    _find_earlier(candidate_sha256, baseline_sha256, pool, places, again)
    spare = min(_SPARE * config.attention, max(len(pool.eligible) - config.tables, config.attention))
    drawn = draw_tables(pool.eligible, config.tables + spare, config.seed)
    written = _write(candidate, baseline, drawn, places.home.written_texts, say)
    composed = compose(
        written[: config.tables], written[config.tables :], config.looks, config.repeats, config.attention
    )
    with places.home.lock(_LOCK):
        remove_drafts(places)
        earlier, reason = _find_earlier(candidate_sha256, baseline_sha256, pool, places, again)
        study_id = token_hex(8)
        (places.studies / f"{_DRAFT}{study_id}").mkdir()
        sealed = tuple(
            seal(identities, places.keys, name_key(study_id, look))
            for look, identities in enumerate(composed.identities, 1)
        )
        raters = tuple(token_hex(8) for _ in labels)
        registration = Registration(
            study_id=study_id,
            **config.model_dump(exclude={"tables", "raters"}),
            tables=composed.tables,
            items=composed.registered,
            raters=raters,
            candidate_sha256=candidate_sha256,
            baseline_sha256=baseline_sha256,
            test_set_sha256=pool.sha256,
            commitments=tuple(commitment for _key, commitment in sealed),
            opened_at=as_time(at),
            earlier=earlier,
            again=reason,
        )
        keys = [key for key, _commitment in sealed]
        folder = _store(registration, composed, keys, dict(zip(raters, labels, strict=True)), places, at)
    return Opened(registration=registration, folder=folder)


def remove_drafts(places: Places) -> tuple[str, ...]:
    """Remove what interrupted openings have left, and return the ids of those studies. Hold the studies' lock."""
    hidden = {path.name.removeprefix(_DRAFT) for path in places.studies.glob(f"{_DRAFT}*")}
    stored = {study.study_id for study in places.storage.studies() if study.state is StudyState.DRAFT}
    for study_id in sorted(hidden | stored):
        if study_id in stored:
            places.storage.remove_draft(study_id)
            shutil.rmtree(places.studies / study_id, ignore_errors=True)
        shutil.rmtree(places.studies / f"{_DRAFT}{study_id}", ignore_errors=True)
        drop_keys(places.keys, study_id)
    return tuple(sorted(hidden | stored))


def _store(
    registration: Registration,
    composed: Composed,
    sealed: Sequence[bytes],
    labels: dict[str, str],
    places: Places,
    at: datetime,
) -> Path:
    """Write the folder and the rows as a draft, then make both count: the last step is one commit."""
    draft = places.studies / f"{_DRAFT}{registration.study_id}"
    for look, content in enumerate(sealed, 1):
        write_whole(sealed_file(draft, look), content.decode())
    write_registration(draft, registration, Signer.open(places.keys))
    assignments = assign(composed.items, registration.raters, registration.seed)
    places.storage.add_study(registration.study_id, at, composed.items, assignments, labels)
    folder = draft.rename(places.studies / registration.study_id)
    places.storage.open_study(registration.study_id)
    return folder


def _write(candidate: System, baseline: System, drawn: Sequence[Example], cache: Path, say: Say) -> tuple[Pair, ...]:
    written = [
        system.write(drawn, cache, partial(say, f"texts of the {system.name}")).texts
        for system in (candidate, baseline)
    ]
    return tuple(Pair(*each) for each in zip(drawn, *written, strict=True))


def _find_earlier(candidate: str, baseline: str, pool: Pool, places: Places, again: str) -> tuple[tuple[str, ...], str]:
    """Return the earlier studies of the two, and why there is another one.

    Raises:
        ConfigError: Nobody says why.
    """
    found = list_earlier(places.studies, places.storage.studies(), candidate, baseline)
    reason = require_reason(places.studies, found, candidate, pool.sha256, again)
    return tuple(study.study_id for study, _registration in found), reason


def _tell_apart(candidate: SystemIdentity, baseline: SystemIdentity) -> tuple[str, str]:
    """Return what the two are registered as.

    Raises:
        ConfigError: They are the same model with the same prompt.
    """
    facts = [each.model_dump(mode="json", exclude={"name", "reference"}) for each in (candidate, baseline)]
    if facts[0] == facts[1]:
        raise ConfigError(
            f"candidate and baseline are the same system, {candidate.kind}:{candidate.reference}; compare two"
        )
    # A system without a model has no digest of one: it is known by all that is known of it.
    first, second = (
        each.model_sha256 or digest_value(known) for each, known in zip((candidate, baseline), facts, strict=True)
    )
    return first, second


def _check_labels(labels: Sequence[str], raters: int) -> None:
    if len(labels) != raters or len(set(labels)) != raters:
        raise ConfigError(
            f"the study has {raters} raters, but {len(set(labels))} names came; give each one --rater NAME, or another "
            "number with --set study.raters=N"
        )
