"""What to choose from, and by which rule: the configuration of a selection."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from columnist.errors import ConfigError
from columnist.evaluation.measures import MEASURES
from columnist.systems import System
from columnist.values import Value

# A rung's name is part of the id of its step and of names of metrics in MLflow, which allow no more than this.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\- ]{0,39}$")]


class Rule(Value):
    """How the choice is made.

    Attributes:
        measure: The measure that decides.
        margin: By how much of it a rung may be worse than the best, and still be taken for being cheaper.
        level: How sure one wants to be that what is chosen is not worse by the margin or more (one-sided).
        resamples: Number of bootstrap samples of each interval.
        licenses: SPDX identifiers of the licences a model may have.
    """

    measure: str
    margin: float = Field(gt=0, allow_inf_nan=False)
    level: float = Field(gt=0.5, lt=1)
    seed: int = Field(ge=0)
    resamples: int = Field(ge=100)
    licenses: tuple[str, ...] = Field(min_length=1)

    @field_validator("measure")
    @classmethod
    def _is_measured(cls, name: str) -> str:
        known = [measure.name for measure in MEASURES]
        if name not in known:
            raise ValueError(f"expected one of {', '.join(known)}, got {name!r}")
        return name

    def allows(self, license_: str) -> bool:
        """Tell whether a licence is on the list; where no model writes, there is none to have."""
        return not license_ or license_.casefold() in {each.casefold() for each in self.licenses}


class RungConfig(Value):
    """One candidate: a system that is taken as it is, or a training that makes one.

    Attributes:
        system: ``KIND:REFERENCE`` as ``columnist.systems`` has it, such as ``tuned:default`` or ``names:``.
        train: A configuration of ``run.py train`` to train with instead.
        settings: Training settings that differ from that file, such as ``base_model``.
        license: The model's licence, where its files do not say; whoever writes it here has read it.
    """

    name: Name
    system: str | None = None
    train: str | None = None
    settings: dict[str, Any] = Field(default_factory=dict)
    license: str | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.system is None) == (self.train is None):
            raise ValueError(f"rung {self.name!r} needs either 'system' or 'train'")
        if self.settings and self.train is None:
            raise ValueError(f"rung {self.name!r} has settings of a training, but trains nothing")
        if self.system is not None:
            try:
                System.parse(f"{self.name}={self.system}")
            except ConfigError as error:
                raise ValueError(f"rung {self.name!r}: {error}") from error
        return self


class SelectionConfig(Value):
    """A ladder, the tables it is measured on, and the rule of the choice.

    Attributes:
        documented: A file of documented tables, or none for the test split of a training set.
        tables: How many tables to measure on.
        tables_seed: Decides which ones.
        tables_skip: How many of that order to leave out, because somebody has looked at them.
        timed_tables: How many of them are written once more to take time and memory.
        machine: The entry of ``configs/prices.yaml`` that this machine is like.
        rungs: The candidates.
    """

    rule: Rule
    documented: str | None
    tables: int = Field(ge=2)
    tables_seed: int = Field(ge=0)
    tables_skip: int = Field(ge=0)
    timed_tables: int = Field(ge=1)
    machine: str
    rungs: tuple[RungConfig, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        twice = [name for name, times in Counter(rung.name for rung in self.rungs).items() if times > 1]
        if twice:
            raise ValueError(f"two rungs are called {twice[0]!r}; give each a name of its own")
        return self

    def with_rungs(self, given: Sequence[str], licenses: Iterable[str] = ()) -> Self:
        """Add rungs of the command line; one with the name of another takes its place.

        Args:
            given: ``NAME=KIND:REFERENCE`` each.
            licenses: ``NAME=SPDX`` each: the licence of the rung of that name, where its files do not say.

        Raises:
            ConfigError: One is something else, or there is no rung of that name.
        """
        found = {rung.name: rung for rung in self.rungs}
        for text in given:
            name, _, system = text.partition("=")
            found[name] = _validated(text, {"name": name, "system": system})
        for text in licenses:
            name, _, license_ = text.partition("=")
            if name not in found or not license_:
                raise ConfigError(f"--license {text!r}: expected NAME=SPDX with NAME one of {', '.join(found)}")
            found[name] = found[name].model_copy(update={"license": license_})
        return self.model_copy(update={"rungs": tuple(found.values())})


def _validated(text: str, content: dict[str, str]) -> RungConfig:
    System.parse(text, "--rung")
    try:
        return RungConfig.model_validate(content)
    except ValueError as error:
        raise ConfigError(
            f"--rung {text!r}: expected NAME=KIND:REFERENCE with a NAME of letters, digits, spaces, '.', '-' and '_', "
            "such as 0.5B=slots:/models/qwen05.gguf"
        ) from error
