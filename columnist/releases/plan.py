"""What a release is to do, fixed when it starts."""

from pathlib import Path
from typing import Self

from pydantic import Field

from columnist.configuration import load_config
from columnist.errors import ConfigError
from columnist.studies.config import StudyConfig
from columnist.studies.sampling import PoolConfig
from columnist.values import Value

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class ReleaseConfig(Value):
    """Which rules a release follows; they stand in files of their own, so that nothing is said twice.

    What a promotion demands is no choice of a release: it stands in ``configs/promote/default.yaml``.

    Attributes:
        gate: File with the thresholds of the automatic gate, from the checkout's root.
        study: File with the rules of the study, likewise.
        poll_s: How often ``release watch`` looks for studies that were closed and approvals that were signed.
    """

    gate: Path
    study: Path
    poll_s: float = Field(gt=0)

    def locate(self, path: Path) -> Path:
        """Return where a file of this configuration is."""
        return CHECKOUT / path


class StudyPlan(Value):
    """The study of a release.

    Attributes:
        documented: File of real tables to draw from.
        training_set: Folder or id of a training set whose test split to draw from, where no file is given.
        labels: What the steward calls each rater.
    """

    documented: Path | None
    training_set: str | None
    labels: tuple[str, ...]
    study: StudyConfig
    pool: PoolConfig

    @classmethod
    def load(cls, config: Path, documented: Path | None, training_set: str | None, labels: tuple[str, ...]) -> Self:
        """Read a study's rules; the number of raters follows the labels where there are any.

        Raises:
            ConfigError: The file cannot be used, or two places to draw from were given.
        """
        if documented is not None and training_set is not None:
            raise ConfigError("--documented and --training-set both say where tables come from; give one of them")
        found = load_config(config, {"study": StudyConfig, "pool": PoolConfig})
        rules = StudyConfig.model_validate(found["study"])
        return cls(
            documented=documented and documented.resolve(),
            training_set=training_set,
            labels=labels or tuple(f"rater-{number}" for number in range(1, rules.raters + 1)),
            study=rules.model_copy(update={"raters": len(labels)}) if labels else rules,
            pool=PoolConfig.model_validate(found["pool"]),
        )


class ReleasePlan(Value):
    """A release: which version, compared with what, in which study.

    Attributes:
        version: ``models:/NAME/VERSION``.
        baseline: A model as above, or a system as ``NAME=KIND:REFERENCE``.
    """

    version: str
    baseline: str
    study: StudyPlan
