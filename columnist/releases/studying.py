"""The study of a release: open it once, tell whether it is closed, and conclude it."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from columnist.errors import ConfigError, StudyError
from columnist.releases.folders import ReleaseFolder, ReleaseStudy
from columnist.releases.plan import ReleasePlan, StudyPlan
from columnist.signing import Signer
from columnist.studies.closing import close_study
from columnist.studies.opening import Opened, Places, open_study
from columnist.studies.registration import Registration, read_registration
from columnist.studies.result import StudyResult, conclude
from columnist.studies.sampling import Pool, pool_documented, pool_lines, pool_test_split
from columnist.studies.storage import StudyState
from columnist.systems import Kind, System

Say = Callable[[str, int, int], None]


def open_release_study(
    plan: ReleasePlan, folder: ReleaseFolder, places: Places, at: datetime, say: Say
) -> ReleaseStudy:
    """Open the study of a release; called again for the same release, return the one that was opened.

    Args:
        plan: Of the release.
        folder: Of the release.
        places: Where studies are kept.
        at: The time, with its zone.
        say: Called with what is being done, and how far it is.

    Raises:
        ConfigError: The plan does not fit the tables.
        ColumnistError: A model cannot be used, or the study cannot be stored.
    """
    if folder.study is not None:
        return folder.study
    # A study that was opened by a process that was killed before it could say so is taken, not opened again.
    begun = folder.path / "opening.txt"
    before = set(begun.read_text().split()) if begun.exists() else None
    opened = None if before is None else _find_orphan(plan, places, before)
    if opened is None:
        begun.write_text("\n".join(study.study_id for study in places.storage.studies()))
        opened = _open(plan, places, at, say).registration
    study = ReleaseStudy(study_id=opened.study_id, registration_sha256=opened.digest)
    folder.keep(study)
    return study


def _open(plan: ReleasePlan, places: Places, at: datetime, say: Say) -> Opened:
    candidate, baseline = find_system("candidate", plan.version), find_system("baseline", plan.baseline)
    rules = plan.study
    # A release that is started again is asked again; the reviewer reads in the report how often that was.
    again = f"a release of {plan.version} was started"
    return open_study(candidate, baseline, make_pool(rules), rules.study, rules.labels, places, at, say, again)


def _find_orphan(plan: ReleasePlan, places: Places, before: Collection[str]) -> Registration | None:
    """Return the study that was opened since, of the same candidate and by the same rules."""
    candidate = find_system("candidate", plan.version).identify().model_sha256
    claimed = {found.study.study_id for found in ReleaseFolder.list(places.home) if found.study is not None}
    for study in places.storage.studies():
        if study.state is StudyState.OPEN and study.study_id not in {*before, *claimed}:
            found = read_registration(places.studies / study.study_id).registration
            rules = (found.candidate_sha256, found.seed, found.looks, found.margin, len(found.raters))
            wanted = plan.study.study
            if rules == (candidate, wanted.seed, wanted.looks, wanted.margin, wanted.raters):
                return found
    return None


def find_system(name: str, text: str) -> System:
    """Return the system of a model's reference or of ``NAME=KIND:REFERENCE``, under another name.

    Raises:
        ConfigError: It is neither.

    Example:
        >>> find_system("baseline", "base=slots:smollm2-135m-instruct").kind.value
        'slots'
        >>> find_system("candidate", "models:/columnist/2").kind.value
        'tuned'
    """
    system = System.parse(text) if "=" in text else System(name=name, kind=Kind.TUNED, reference=text)
    return system.model_copy(update={"name": name})


def make_pool(plan: StudyPlan) -> Pool:
    """Return the tables that a study is drawn from.

    Raises:
        TrainingSetError: They cannot be read, or are too few.
        ConfigError: There is no such training set.
    """
    if plan.documented is not None:
        return pool_documented(plan.documented, plan.pool)
    if plan.training_set is not None and Path(plan.training_set).is_dir():
        return pool_test_split(Path(plan.training_set), plan.pool)
    from columnist.registry.training_sets import stream_rows
    from columnist.synthesis.examples import Split

    rows = stream_rows(Split.TEST, plan.training_set)
    if rows is None:
        raise ConfigError("no training set is stored, so there are no tables to draw from; give --documented FILE")
    return pool_lines(rows, plan.pool)


def require_evaluated(pool: Pool, evaluated: dict[str, str]) -> None:
    """Refuse to ask people about tables that the gate has not seen: such a study could not promote anything.

    Args:
        pool: What the study would be drawn from.
        evaluated: Digests of the evaluated sets of tables, by name.

    Raises:
        ConfigError: The tables are others.
    """
    if pool.sha256 not in evaluated.values():
        known = ", ".join(f"{name} {sha256[:16]}" for name, sha256 in sorted(evaluated.items()))
        raise ConfigError(
            f"the study would draw from tables with SHA-256 {pool.sha256[:16]}, but the version was evaluated on "
            f"{known}; name the same tables with --documented or --training-set, or evaluate on these"
        )


def is_closed(study: ReleaseStudy, places: Places) -> bool:
    """Whether the study takes no more ballots.

    Raises:
        StudyError: There is no such study.
    """
    return places.storage.find_study(study.study_id).state is StudyState.CLOSED


def conclude_release_study(study: ReleaseStudy, places: Places, at: datetime) -> StudyResult:
    """Check a closed study against its registration, unblind it and analyse it; never close an open one.

    Raises:
        StudyError: It is open, something of it was changed, or it is not the one that the release has opened.
    """
    if not is_closed(study, places):
        raise StudyError(f"study {study.study_id} is open; close it: run.py study close {study.study_id}")
    folder = places.studies / study.study_id
    if read_registration(folder).registration.digest != study.registration_sha256:
        raise StudyError(f"study {study.study_id} is not registered as the release has opened it; restore {folder}")
    signer = Signer.open(places.keys)
    close_study(folder, places.storage, signer, at)
    return conclude(folder, places.storage, signer)
