"""What a candidate is compared with."""

from collections.abc import Iterable
from typing import Self

from pydantic import field_validator

from columnist.errors import ConfigError
from columnist.evaluation.results import Role
from columnist.systems.system import REGISTERED, System
from columnist.values import Value

CANDIDATE = "tuned"  # the name of the system in question
BASE = "BASE"  # in a reference: the candidate's base model


class SystemsConfig(Value):
    """What a candidate is compared with, each as ``NAME=KIND:REFERENCE``.

    Attributes:
        base: Its base model without tuning; the reference ``BASE`` stands for it.
        baselines: Any others, such as a larger model with the long prompt.
        champion: The version that is the champion; filled in where there is one.
    """

    base: str
    baselines: tuple[str, ...]
    champion: str | None = None

    @field_validator("base", "baselines")
    @classmethod
    def _can_be_read(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for text in [given] if isinstance(given, str) else given:
            try:
                System.parse(text)
            except ConfigError as error:
                raise ValueError(str(error)) from error
        return given

    def with_baselines(self, more: Iterable[str]) -> Self:
        """Add baselines, as ``--baseline`` gives them.

        Raises:
            ConfigError: One cannot be read, or two systems have the same name.
        """
        added = tuple(more)
        for text in added:
            System.parse(text, "--baseline")
        config = self.model_copy(update={"baselines": (*self.baselines, *added)})
        names = [CANDIDATE, "champion", *(System.parse(text).name for text in (config.base, *config.baselines))]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ConfigError(f"two systems are called {twice!r}; give each baseline a name of its own")
        return config

    def require_models(self, *, registered: bool) -> None:
        """Make sure that the models are there, before hours of work depend on them; nothing is loaded.

        Args:
            registered: Look at those of the registry, which has to be open; else at all others.

        Raises:
            ColumnistError: One is not there, or cannot write in the way it is asked to.
        """
        for system in map(System.parse, (self.base, *self.baselines)):
            if system.reference != BASE and system.reference.startswith(REGISTERED) == registered:
                system.identify()

    def with_champion(self, version: str | None) -> Self:
        """Add the champion.

        Args:
            version: ``models:/NAME/VERSION``, or ``None`` where there is none.
        """
        return self.model_copy(update={"champion": version and f"champion=tuned:{version}"})

    def roles(self) -> list[tuple[str, Role]]:
        """Return every system with what it is to the evaluation, in the order of the report.

        Example:
            >>> SystemsConfig(base="base=slots:BASE", baselines=("names=names:",)).roles()[1]
            ('names=names:', <Role.BASELINE: 'baseline'>)
        """
        champion = [(self.champion, Role.CHAMPION)] if self.champion else []
        return [*champion, (self.base, Role.BASE), *((each, Role.BASELINE) for each in self.baselines)]
