"""Ballots after the key is opened: what each says of the candidate."""

from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import Field

from columnist.errors import StudyError
from columnist.studies.ballots import Preference
from columnist.studies.items import ItemKind, StudyBallot, StudyText
from columnist.studies.sealing import Role
from columnist.values import Value

_BETTER = (Role.CANDIDATE, Role.ATTENTION_BETTER)


class UnblindedBallot(Value):
    """One ballot, as it counts.

    On an attention item, the text that is of the table itself stands for the candidate's.

    Attributes:
        score: 1 for the candidate's text, 0 for the baseline's, 0.5 for neither.
        candidate_was_a: Whether the candidate's text was shown as option A.
        candidate_length: Characters of its text; ``baseline_length`` alike.
    """

    rater: str
    table_id: str
    item_id: str
    kind: ItemKind
    score: float = Field(ge=0, le=1, multiple_of=0.5)
    both_bad: bool
    candidate_was_a: bool
    seconds: float = Field(ge=0, allow_inf_nan=False)
    candidate_length: int = Field(ge=0)
    baseline_length: int = Field(ge=0)

    @property
    def preference(self) -> Preference:
        """The answer as it was given.

        Example:
            >>> ballot = UnblindedBallot(rater="r", table_id="t", item_id="i", kind="main", score=0, both_bad=False,
            ...                          candidate_was_a=False, seconds=20, candidate_length=1, baseline_length=1)
            >>> ballot.preference.value
            'A'
        """
        if self.both_bad:
            return Preference.BOTH_BAD
        if self.score == 0.5:
            return Preference.TIE
        return Preference.A if (self.score == 1) == self.candidate_was_a else Preference.B

    @classmethod
    def of(cls, ballot: StudyBallot, roles: Mapping[str, Role], lengths: Mapping[str, int]) -> Self:
        """Say of a ballot what it says of the candidate.

        Args:
            ballot: As it was cast.
            roles: Who wrote each text, by text id: the content of the sealed key.
            lengths: Characters of each text, by text id.

        Raises:
            StudyError: The key or the lengths lack one of the ballot's texts.
        """
        for text_id in (ballot.a_text_id, ballot.b_text_id):
            if text_id not in roles or text_id not in lengths:
                raise StudyError(
                    f"item {ballot.item_id}: text {text_id} is not in the sealed key or not among the study's items; "
                    "the key and the ballots are not of one study"
                )
        first = roles[ballot.a_text_id] in _BETTER
        candidate, baseline = ballot.a_text_id, ballot.b_text_id
        if not first:
            candidate, baseline = baseline, candidate
        picked = {Preference.A: ballot.a_text_id, Preference.B: ballot.b_text_id}.get(ballot.preference)
        return cls(
            rater=ballot.rater,
            table_id=ballot.table_id,
            item_id=ballot.item_id,
            kind=ballot.kind,
            score=0.5 if picked is None else float(picked == candidate),
            both_bad=ballot.preference is Preference.BOTH_BAD,
            candidate_was_a=first,
            seconds=ballot.seconds,
            candidate_length=lengths[candidate],
            baseline_length=lengths[baseline],
        )


def unblind_ballots(
    ballots: Iterable[StudyBallot], roles: Mapping[str, Role], texts: Iterable[StudyText]
) -> tuple[UnblindedBallot, ...]:
    """Say of each ballot what it says of the candidate.

    Args:
        ballots: As they were cast.
        roles: Who wrote each text, by text id.
        texts: All that were shown.

    Raises:
        StudyError: The key lacks a text that a ballot is about.
    """
    lengths = {text.text_id: _count_characters(text) for text in texts}
    return tuple(UnblindedBallot.of(ballot, roles, lengths) for ballot in ballots)


def _count_characters(text: StudyText) -> int:
    return len(text.table_text) + sum(len(column_text) for _name, column_text in text.columns)
