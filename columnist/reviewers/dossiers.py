"""What a reviewer is shown and may ask for, as plain values: who serves pages needs no registry and no key.

Nothing here says how evidence is read. That is done in another process, see ``columnist.reviewers.clerk``.
"""

from enum import StrEnum
from typing import Protocol

from pydantic import Field

from columnist.promotion.approvals import Decision
from columnist.values import Value


class Grid(Value):
    """A table with what has to be known to read it."""

    title: str
    note: str = ""
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class VersionLine(Value):
    """A version in the list.

    Attributes:
        registered: When, for people.
        state: What stands against it or speaks for it, in a few words.
        overrides: By whom and why it was promoted without evidence.
    """

    model: str
    version: str
    aliases: tuple[str, ...]
    registered: str
    base_model: str
    adapter_sha256: str
    state: str
    overrides: tuple[str, ...] = ()


class CriterionView(Value):
    """One criterion of a gate, and what was found."""

    verdict: str
    hard: bool
    reason: str


class GateView(Value):
    """What the automatic gate said."""

    verdict: str
    decided: str
    criteria: tuple[CriterionView, ...]
    facts: tuple[tuple[str, str], ...]


class Bar(Value):
    """An interval in a picture, from 0 to 1."""

    label: str
    low: float
    estimate: float
    high: float


class StudyState(StrEnum):
    """How far a study is; before its end nothing of what raters answered may be told."""

    OPEN = "in progress"
    CLOSED = "closed, not concluded"
    WITHDRAWN = "withdrawn"
    CONCLUDED = "concluded"


class StudyLine(Value):
    """A study about a version.

    Attributes:
        verdict: Empty until it is concluded.
    """

    study_id: str
    opened: str
    state: StudyState
    verdict: str = ""


class StudyView(Value):
    """The report of a concluded study."""

    study_id: str
    closed: str
    verdict: str
    summary: str
    reasons: tuple[str, ...]
    threshold: float
    bars: tuple[Bar, ...]
    sections: tuple[Grid, ...]
    limits: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


class SampleRow(Value):
    """What two models wrote about a table or one of its columns; ``None`` is no text at all."""

    name: str
    before: str | None
    after: str | None


class SampleTable(Value):
    """One table with its texts."""

    table: str
    ddl: str
    rows: tuple[SampleRow, ...]


class Samples(Value):
    """Texts before and after.

    Attributes:
        before: What the model is called that the version is compared with.
    """

    tables_from: str
    before: str
    after: str
    tables: tuple[SampleTable, ...]


class CardView(Value):
    """What a version was trained on."""

    facts: tuple[tuple[str, str], ...]
    grids: tuple[Grid, ...]


class Station(Value):
    """One station of a lineage."""

    name: str
    title: str
    facts: tuple[tuple[str, str], ...]


class LineageView(Value):
    """The chain from the NAICS file to the alias, the oldest first.

    Attributes:
        notes: What is not there yet.
    """

    stations: tuple[Station, ...]
    notes: tuple[str, ...]


class Side(Value):
    """All evidence of one version.

    Attributes:
        looked_at: The study that the page shows, and a decision is about.
        study: Its report, once it is concluded.
        troubles: By part of the evidence, why it is not there.
    """

    line: VersionLine
    gate: GateView | None = None
    studies: tuple[StudyLine, ...] = ()
    looked_at: StudyLine | None = None
    study: StudyView | None = None
    costs: tuple[Grid, ...] = ()
    samples: Samples | None = None
    card: CardView | None = None
    lineage: LineageView | None = None
    troubles: dict[str, str] = Field(default_factory=dict)


class Prospect(Value):
    """What a decision would be about.

    Attributes:
        study_id: The study that a promotion would rest on; empty without one.
        subject_sha256: Digest of version, gate and study as they are now: what the form of a page names.
        refusal: Why an approval would be refused now, in a sentence; empty where it would promote.
        examined: When that was looked at.
    """

    study_id: str
    subject_sha256: str
    refusal: str
    examined: str


class Saying(Value):
    """An entry of the audit log."""

    sequence: int
    at: str
    action: str
    version: str
    by: str
    why: str
    seen: tuple[tuple[str, str], ...]


class Dossier(Value):
    """A version's evidence beside the champion's."""

    version: Side
    champion: Side | None
    prospect: Prospect
    said: tuple[Saying, ...]


class Request(Value):
    """What a reviewer has decided in the browser.

    Attributes:
        reviewer: The name of the account.
        subject_sha256: Of what the page showed.
    """

    model: str
    version: str
    reviewer: str
    decision: Decision
    reason: str
    study_id: str
    subject_sha256: str


class Outcome(Value):
    """What came of a decision.

    Attributes:
        done: Whether it was carried out; a refusal is not.
        sentence: What happened, or why it did not.
    """

    done: bool
    sentence: str


class Clerk(Protocol):
    """Fetches evidence and carries decisions out; what cannot be read is an ``EvidenceError`` with one sentence."""

    def warm(self) -> None:
        """Get ready, without anybody waiting for it."""

    async def versions(self) -> tuple[VersionLine, ...]:
        """Return all versions."""

    async def dossier(self, model: str, version: str, study_id: str) -> Dossier:
        """Return the evidence of a version, with one of its studies; empty means the one that says most.

        Raises:
            ModelNotFound: There is no such version.
            EvidenceError: It cannot be read.
        """

    async def log(self) -> tuple[Saying, ...]:
        """Return the audit log, the newest entry first."""

    async def decide(self, request: Request) -> Outcome:
        """Sign a decision and carry it out."""
