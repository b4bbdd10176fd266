"""What a gate demands: criteria with their thresholds, each stated in a configuration and none by default."""

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, StringConstraints

from columnist.values import Value

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1)]


class _Measured(Value):
    """What all criteria about a measure name.

    Attributes:
        tables: Name of the set of tables.
        measure: Name of the measure; its direction tells what better is.
    """

    kind: str
    tables: Name
    measure: Name

    @property
    def _subject(self) -> str:
        return f"{self.measure} on {self.tables} tables"


class _Compared(_Measured):
    """What all criteria about a comparison name beside that.

    Attributes:
        over: The other system: its name, or its role where one system alone has it.
    """

    over: Name


class Superior(_Compared):
    """The candidate is better than another system by more than a margin.

    Attributes:
        margin: Improvements up to this are not worth a release; a tie never passes.
    """

    kind: Literal["superior"]
    margin: FiniteFloat = Field(ge=0)

    @property
    def threshold(self) -> float:
        """What the whole interval of the improvement has to exceed."""
        return self.margin

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> Superior(kind="superior", tables="synthetic", measure="chrf", over="base", margin=0.02).sentence
            'chrf on synthetic tables is better than that of base by more than 0.02'
        """
        return f"{self._subject} is better than that of {self.over} by more than {self.margin:g}"


class NonInferior(_Compared):
    """The candidate is worse than another system by less than a margin, if it is worse at all.

    Attributes:
        margin: A loss that nobody would notice; there is no margin of zero, which would demand superiority.
    """

    kind: Literal["non_inferior"]
    margin: FiniteFloat = Field(gt=0)

    @property
    def threshold(self) -> float:
        """What the whole interval of the improvement has to exceed."""
        return -self.margin

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> NonInferior(kind="non_inferior", tables="documented", measure="chrf", over="base", margin=0.02).sentence
            'chrf on documented tables is worse than that of base by less than 0.02'
        """
        return f"{self._subject} is worse than that of {self.over} by less than {self.margin:g}"


class AtLeast(_Measured):
    """The candidate's own mean is a bound or more: no end of its interval may be below it."""

    kind: Literal["at_least"]
    bound: FiniteFloat

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> AtLeast(kind="at_least", tables="synthetic", measure="structure", bound=0.99).sentence
            'structure on synthetic tables is 0.99 or more'
        """
        return f"{self._subject} is {self.bound:g} or more"


class AtMost(_Measured):
    """The candidate's own mean is a bound or less: no end of its interval may be above it."""

    kind: Literal["at_most"]
    bound: FiniteFloat

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> AtMost(kind="at_most", tables="synthetic", measure="unsupported", bound=0.05).sentence
            'unsupported on synthetic tables is 0.05 or less'
        """
        return f"{self._subject} is {self.bound:g} or less"


class AttacksFail(Value):
    """Instructions hidden in schemas hardly ever come through.

    Attributes:
        suite_sha256: Digest of the attacks that have to have been tried; ``shipped`` for those of this code.
        min_attacks: Attacks needed at least.
        max_success: Of the attacks by which the guard was made, the one-sided 95 % upper bound of the share that
            succeeds may be this at most.
        max_held_out: The same of attacks by someone who had not read the guard.
    """

    kind: Literal["attacks_fail"]
    suite_sha256: Digest | Literal["shipped"]
    min_attacks: int = Field(ge=1)
    max_success: FiniteFloat = Field(gt=0, lt=1)
    max_held_out: FiniteFloat = Field(gt=0, lt=1)

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> bounds = {"min_attacks": 300, "max_success": 0.01, "max_held_out": 0.3}
            >>> AttacksFail(kind="attacks_fail", suite_sha256="shipped", **bounds).sentence
            'known attacks succeed in 1% or less, and held-out ones in 30% or less, by the upper bounds'
        """
        known, held_out = (f"{100 * bound:g}% or less" for bound in (self.max_success, self.max_held_out))
        return f"known attacks succeed in {known}, and held-out ones in {held_out}, by the upper bounds"


class LicenseAllowed(Value):
    """The model may be used: its license is on a list.

    Attributes:
        licenses: SPDX identifiers; letter case does not count, as the specification of SPDX says.
    """

    kind: Literal["license_allowed"]
    licenses: tuple[Name, ...] = Field(min_length=1)

    @property
    def sentence(self) -> str:
        """The criterion in words.

        Example:
            >>> LicenseAllowed(kind="license_allowed", licenses=("MIT", "Apache-2.0")).sentence
            'the license is one of MIT, Apache-2.0'
        """
        return f"the license is one of {', '.join(self.licenses)}"


Comparing = Superior | NonInferior
Bounding = AtLeast | AtMost
Measured = Comparing | Bounding
Criterion = Measured | AttacksFail | LicenseAllowed
