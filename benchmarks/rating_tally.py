"""Compare what raters were told with what is stored: the ballots of one run, one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from benchmarks.rating_raters import Sent
from columnist.studies.ballots import Preference
from columnist.values import Value


class Stored(NamedTuple):
    """A ballot in the storage."""

    link: int
    item: str
    preference: Preference


class Tally(Value):
    """How what is stored differs from what was acknowledged; all but the first four have to be 0.

    Attributes:
        acknowledged: Ballots of which a rater was told that they are kept.
        stored: Ballots in the storage.
        unanswered: Sendings that got no answer: nobody was told anything.
        unanswered_stored: Those of which the ballot was stored all the same.
        lost: Acknowledged, but not stored.
        changed: Stored with another preference than was acknowledged.
        duplicated: Stored more than once.
        unsent: Stored, but sent by nobody.
        disordered: Raters whose ballots are stored in another order than they were acknowledged in.
    """

    acknowledged: int
    stored: int
    unanswered: int
    unanswered_stored: int
    lost: int
    changed: int
    duplicated: int
    unsent: int
    disordered: int

    @property
    def holds(self) -> bool:
        """Whether the storage is what raters were told."""
        return not (self.lost or self.changed or self.duplicated or self.unsent or self.disordered)


def tally(sent: Sequence[Sent], stored: Sequence[Stored]) -> Tally:
    """Compare ballots that were sent, in the order of each rater, with those that are stored, in theirs.

    Example:
        >>> told = Sent(1, "i", Preference.A, at=0.0, status=303)
        >>> tally([told], [Stored(1, "i", Preference.A)]).holds, tally([told], []).lost
        (True, 1)
        >>> tally([told], [Stored(1, "i", Preference.B)]).changed, tally([], [Stored(1, "i", Preference.A)]).unsent
        (1, 1)
    """
    told = {(ballot.link, ballot.item): ballot.preference for ballot in sent if ballot.acknowledged}
    tried = {_as_stored(ballot) for ballot in sent}
    kept = {(ballot.link, ballot.item): ballot.preference for ballot in stored}
    silent = {_as_stored(ballot) for ballot in sent if ballot.status is None}
    return Tally(
        acknowledged=len(told),
        stored=len(stored),
        unanswered=sum(ballot.status is None for ballot in sent),
        unanswered_stored=sum(ballot in silent and ballot[:2] not in told for ballot in stored),
        lost=len(told.keys() - kept.keys()),
        changed=sum(kept[key] != preference for key, preference in told.items() if key in kept),
        duplicated=sum(count - 1 for count in Counter(ballot[:2] for ballot in stored).values()),
        unsent=sum(ballot not in tried for ballot in stored),
        disordered=_count_disordered(told, stored),
    )


def _as_stored(ballot: Sent) -> Stored:
    return Stored(ballot.link, ballot.item, ballot.preference)


def _count_disordered(told: Mapping[tuple[int, str], Preference], stored: Iterable[Stored]) -> int:
    """Count the links of which ballots are stored in another order than they were acknowledged in."""
    as_told, as_kept = defaultdict(list), defaultdict(list)
    kept = dict.fromkeys(ballot[:2] for ballot in stored)
    for link, item in told:
        if (link, item) in kept:
            as_told[link].append(item)
    for link, item in kept:
        if (link, item) in told:
            as_kept[link].append(item)
    return sum(as_kept[link] != items for link, items in as_told.items())
