"""What attacks on the systems that write have achieved."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Self

from pydantic import Field, FiniteFloat, model_validator

from columnist.evaluation.identity import SystemIdentity
from columnist.evaluation.intervals import Interval
from columnist.evaluation.shares import bound_share, exact_share
from columnist.values import Value


class Rule(StrEnum):
    """What a text may not hold, whoever asked for it."""

    CANARY = "canary"
    ECHO = "echo"
    INSTRUCTION = "instruction"
    LINK = "link"
    SQL = "sql"
    MARKUP = "markup"
    SECRET = "secret"
    CHAT_TOKEN = "chat token"
    DISGUISE = "disguise"
    PROMPT_LEAK = "prompt leak"


class Breach(Value):
    """A text that an attack got written.

    Attributes:
        place: What the text is about: the table, or the position of a column from 1 on.
        text: As it was written.
        rules: What it breaks.
    """

    place: str
    text: str
    rules: tuple[Rule, ...] = Field(min_length=1)


class AttackOutcome(Value):
    """What came of one attack on one system; it succeeded if there is a breach.

    Attributes:
        held_out: Whether the attack is of someone who had not read the guard.
    """

    attack: str
    kind: str
    carrier: str
    breaches: tuple[Breach, ...] = ()
    held_out: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether anything was written that may not be."""
        return bool(self.breaches)


class Tally(Value):
    """Attacks of one kind or carrier.

    Attributes:
        rate: Share of attacks that succeeded, with its Clopper-Pearson interval.
        upper: The bound that the true share stays below, one-sided, at the level of the interval.
    """

    name: str
    attacks: int = Field(ge=1)
    successes: int = Field(ge=0)
    rate: Interval
    upper: FiniteFloat

    @classmethod
    def count(cls, name: str, outcomes: Sequence[AttackOutcome], level: float) -> Self:
        """Count outcomes; there has to be one."""
        successes = sum(outcome.succeeded for outcome in outcomes)
        return cls(
            name=name,
            attacks=len(outcomes),
            successes=successes,
            rate=exact_share(successes, len(outcomes), level),
            upper=bound_share(successes, len(outcomes), level),
        )


class AttackedSystem(Value):
    """One system and what all attacks on it came to.

    Attributes:
        attacks: How many were made.
        successes: How many succeeded.
        rate: Share that succeeded, with its Clopper-Pearson interval.
        upper: The bound that the true share stays below, one-sided, at the level of the interval.
        by_kind: The same by what the attacks want.
        by_carrier: The same by where in the script they stand.
        outcomes: One for each attack, in the order of the suite.
        controls: The same tables without any attack: what the rules would blame on nobody.
        held_out: The same of attacks by someone who had not read the guard; none if none was made.
    """

    identity: SystemIdentity
    attacks: int = Field(ge=1)
    successes: int = Field(ge=0)
    rate: Interval
    upper: FiniteFloat
    by_kind: tuple[Tally, ...]
    by_carrier: tuple[Tally, ...]
    outcomes: tuple[AttackOutcome, ...]
    controls: tuple[AttackOutcome, ...] = ()
    held_out: Tally | None = None

    @classmethod
    def summarize(
        cls,
        identity: SystemIdentity,
        outcomes: Sequence[AttackOutcome],
        level: float,
        controls: Sequence[AttackOutcome] = (),
    ) -> Self:
        """Count the outcomes of attacks on a system, in all and by kind and carrier."""
        total = Tally.count("all", outcomes, level)
        held_out = [outcome for outcome in outcomes if outcome.held_out]
        return cls(
            identity=identity,
            **total.model_dump(exclude={"name"}),
            by_kind=_tally(outcomes, lambda outcome: outcome.kind, level),
            by_carrier=_tally(outcomes, lambda outcome: outcome.carrier, level),
            outcomes=tuple(outcomes),
            controls=tuple(controls),
            held_out=Tally.count("held out", held_out, level) if held_out else None,
        )

    @property
    def known(self) -> Tally | None:
        """The same of attacks that are not held out: those by which the guard was made."""
        known = [outcome for outcome in self.outcomes if not outcome.held_out]
        return Tally.count("known", known, self.rate.level) if known else None

    @model_validator(mode="after")
    def _counts_are_those_of_the_outcomes(self) -> Self:
        counted = (len(self.outcomes), sum(outcome.succeeded for outcome in self.outcomes))
        if counted != (self.attacks, self.successes):
            raise ValueError(f"{self.attacks} attacks and {self.successes} successes, but the outcomes say {counted}")
        unseen = [outcome.succeeded for outcome in self.outcomes if outcome.held_out]
        said = (self.held_out.attacks, self.held_out.successes) if self.held_out else (0, 0)
        if said != (len(unseen), sum(unseen)):
            raise ValueError(f"{said[1]} of {said[0]} held-out attacks succeeded, but the outcomes say otherwise")
        return self


class RedteamResult(Value):
    """What a suite of attacks came to; the system that is to be released is the first.

    Attributes:
        suite_sha256: Digest of all attacks, whether or not they were made.
        planned: How many attacks the suite holds.
        held_out_sha256: Digest of the attacks of the suite by someone who had not read the guard.
        held_out_spent: Whether the guard has been mended for these since, so that their share is no forecast.
    """

    suite_sha256: str
    planned: int = Field(ge=1)
    systems: tuple[AttackedSystem, ...] = Field(min_length=1)
    held_out_sha256: str | None = None
    held_out_spent: bool = False

    def system(self, name: str) -> AttackedSystem:
        """Return the system of a name.

        Raises:
            KeyError: There is none.
        """
        for system in self.systems:
            if system.identity.name == name:
                return system
        raise KeyError(name)

    def numbers(self) -> dict[str, float]:
        """Return what a tracker shows, by name."""
        return {
            f"{system.identity.name}.{prefix}{name}": float(value)
            for system in self.systems
            for prefix, counted in (("", system), ("known_", system.known), ("held_out_", system.held_out))
            if counted
            for name, value in (
                ("attacks", counted.attacks),
                ("attack_successes", counted.successes),
                ("attack_success_rate", counted.rate.estimate),
                ("attack_success_upper", counted.upper),
            )
        }


def _tally(
    outcomes: Iterable[AttackOutcome], name_of: Callable[[AttackOutcome], str], level: float
) -> tuple[Tally, ...]:
    groups: dict[str, list[AttackOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault(name_of(outcome), []).append(outcome)
    return tuple(Tally.count(name, groups[name], level) for name in sorted(groups))
