"""The audit log: who did what to the champion, when, why, and what was seen; one signed line each.

Each entry holds the digest of the one before it, so that an edit, a deletion or another order shows.
The digest of the last entry, the head, is kept in a signed file beside the log and in a tag of the
registered model, so that entries taken off the end show as well.

What this does *not* cover: somebody who can use the installation's signing key and write to log, head file and
registry; who does can write another history. It also shows *that* an alias was moved past it, not by whom.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import AwareDatetime, Field, ValidationError

from columnist.digests import canonical_json, digest_value
from columnist.errors import AuditError, ConfigError
from columnist.files import write_whole
from columnist.home import Home
from columnist.registry.aliases import ModelRegistry, Placement
from columnist.signing import Signature, Signer, verify
from columnist.values import Value

PURPOSE = "audit entry"
HEAD_PURPOSE = "audit head"
HEAD_TAG = "audit.head"
OVERRIDE_TAG = "override."
REFUSAL = "refusal"
_LOCK = "audit"
_FIRST = digest_value("audit log of columnist")


class Action(StrEnum):
    """What happened."""

    APPROVED = "approved"
    REJECTED = "rejected"
    REFUSED = "refused"
    INTENDED = "intended"
    PROMOTED = "promoted"
    OVERRIDDEN = "overridden"
    ROLLED_BACK = "rolled back"
    ABANDONED = "abandoned"


class Move(Value):
    """A change of the aliases.

    Attributes:
        kind: ``PROMOTED``, ``OVERRIDDEN`` or ``ROLLED_BACK``.
    """

    kind: Action
    before: Placement
    after: Placement


class Event(Value):
    """What is written down.

    Attributes:
        by: Names of those who decided.
        why: Their reason; that of a refusal where nobody gave one.
        move: Of the aliases, where they are or were about to be moved.
        seen: Digests and ids of what the decision rests on; under ``REFUSAL``, the sentence of a refusal.
        finishes: Digest of the entry that announced this one.
    """

    action: Action
    at: AwareDatetime
    by: tuple[str, ...]
    why: str
    model: str
    version: str
    move: Move | None = None
    seen: dict[str, str] = Field(default_factory=dict)
    finishes: str = ""

    @property
    def told(self) -> str:
        """Why, as people read it: the reason that was given, and behind it that of a refusal."""
        refusal = self.seen.get(REFUSAL, self.why)
        return self.why if refusal == self.why else f"{self.why} ({refusal})"


class Entry(Value):
    """A line of the log.

    Attributes:
        sequence: From 1.
        previous_sha256: Of the entry before; of a fixed text for the first.
        sha256: Of all before it.
    """

    sequence: int
    event: Event
    previous_sha256: str
    sha256: str
    signature: Signature

    @property
    def head(self) -> "Head":
        """What a head says that knows this entry as the last."""
        return Head(sequence=self.sequence, sha256=self.sha256)

    @property
    def override_tag(self) -> str:
        """Name of the tag by which an override that this entry announces stays visible on the version."""
        return f"{OVERRIDE_TAG}{self.sha256[:12]}"

    @property
    def override_text(self) -> str:
        """Value of that tag."""
        event = self.event
        return f"{event.at:%Y-%m-%d %H:%M} by {' and '.join(event.by)}: {event.why}"


class Head(Value):
    """The last entry that was acknowledged."""

    sequence: int
    sha256: str

    @property
    def text(self) -> str:
        """As it is kept in a tag."""
        return f"{self.sequence}:{self.sha256}"


class SignedHead(Value):
    """The head with the signature of the installation."""

    head: Head
    signature: Signature


class Log(NamedTuple):
    """The lines of the log as they were read, and what a killed process left of one."""

    entries: tuple[Entry, ...]
    torn: bytes


def log_file(home: Home) -> Path:
    """Return the file of the log."""
    return home.folder / "audit.jsonl"


def head_file(home: Home) -> Path:
    """Return the file of the log's head."""
    return home.folder / "audit.head.json"


def read_log(home: Home) -> Log:
    """Read the log without judging it.

    Raises:
        AuditError: A line is no entry.
    """
    path = log_file(home)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Log(entries=(), torn=b"")
    except OSError as error:
        raise AuditError(f"{path} cannot be read: {error.strerror}; check its permissions") from error
    *lines, torn = content.split(b"\n")
    return Log(entries=tuple(_parse(path, number, line) for number, line in enumerate(lines, 1)), torn=torn)


class AuditLog:
    """The log of one home.

    Attributes:
        trusted: Fingerprints of the keys whose entries count.
    """

    def __init__(self, home: Home, signer: Signer, registry: ModelRegistry, trusted: Iterable[str] = ()):
        self.home, self._signer, self._registry = home, signer, registry
        self.trusted = frozenset({signer.fingerprint, *trusted})

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, the oldest first, without judging them.

        Raises:
            AuditError: A line is no entry.
        """
        return read_log(self.home).entries

    def append(self, event: Event) -> Entry:
        """Add an entry; it is on the disk, and the head is moved, before this returns.

        Raises:
            AuditError: The log is not what was written, so nothing may be built on it; or it cannot be written.
        """
        with self.home.lock(_LOCK):
            log = read_log(self.home)
            faults = [*verify_chain(log.entries, self.trusted), *self._verify_heads(log.entries)]
            if faults:
                raise AuditError(f"{log_file(self.home)}: {faults[0]}; restore the log from a backup")
            self._catch_up(log.entries)
            entry = next_entry(log.entries, self._signer, event)
            _write(log_file(self.home), entry, len(log.torn))
            self._move_head(entry)
        return entry

    def verify(self) -> tuple[str, ...]:
        """Return all that is wrong with the log, and where the registry is not as the log says; nothing if none."""
        try:
            entries = self.entries()
        except AuditError as error:
            return (str(error),)
        faults = (*verify_chain(entries, self.trusted), *self._verify_heads(entries))
        if faults:
            return faults  # what the registry should look like is not known then
        if (pending := self.pending()) is not None:
            return (f"entry {pending.sequence}: announced and not finished; run.py models finishes it",)
        return (*self._verify_aliases(entries), *self._verify_overrides(entries))

    def pending(self) -> Entry | None:
        """Return the announced move that was not finished, if there is one."""
        entries = self.entries()
        done = {entry.event.finishes for entry in entries}
        announced = (entry for entry in entries if entry.event.action is Action.INTENDED)
        return next((entry for entry in announced if entry.sha256 not in done), None)

    def _catch_up(self, entries: Sequence[Entry]) -> None:
        """Move heads to the last entry, where a process was killed before it could."""
        if not entries:
            return
        last = entries[-1]
        if last.event.model not in self._registry.models():
            return  # deleted since, with its tag
        if self._read_head() != last.head or self._read_tag(last.event.model) != last.head:
            self._move_head(last)

    def _move_head(self, entry: Entry) -> None:
        signature = self._signer.sign(entry.head.model_dump(mode="json"), HEAD_PURPOSE)
        signed = SignedHead(head=entry.head, signature=signature)
        try:
            write_whole(head_file(self.home), signed.model_dump_json() + "\n")
        except ConfigError as error:
            raise AuditError(str(error)) from error
        self._registry.tag_model(entry.event.model, HEAD_TAG, entry.head.text)

    def _verify_heads(self, entries: Sequence[Entry]) -> Iterator[str]:
        try:
            yield from verify_head(entries, self._read_head(), "the head file")
            for model in self._registry.models():
                own = [entry for entry in entries if entry.event.model == model]
                yield from verify_head(own, self._read_tag(model), f"the tag {HEAD_TAG} of {model}")
        except AuditError as error:
            yield str(error)

    def _read_head(self) -> Head | None:
        path = head_file(self.home)
        try:
            signed = SignedHead.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise AuditError(f"{path}: expected the signed head of the audit log, but it cannot be read") from error
        intact = signed.signature.purpose == HEAD_PURPOSE and signed.signature.fingerprint in self.trusted
        if not intact or not verify(signed.head.model_dump(mode="json"), signed.signature):
            raise AuditError(f"{path}: the head of the audit log is not what was signed, so it was edited")
        return signed.head

    def _read_tag(self, model: str) -> Head | None:
        text = self._registry.model_tags(model).get(HEAD_TAG)
        if text is None:
            return None
        sequence, _, sha256 = text.partition(":")
        if not sequence.isdecimal():
            raise AuditError(f"the tag {HEAD_TAG} of {model}: expected NUMBER:SHA-256, but it is {text[:40]!r}")
        return Head(sequence=int(sequence), sha256=sha256)

    def _verify_aliases(self, entries: Sequence[Entry]) -> Iterator[str]:
        for model in sorted({entry.event.model for entry in entries if entry.event.move}):
            moves = moves_of(entries, model)
            if model not in self._registry.models():
                yield f"{model}: the log knows its champion, but it is not registered any more: it was deleted"
            elif moves and (found := self._registry.read(model)) != (told := moves[-1].move.after):
                yield (
                    f"{model}: champion is {found.champion} and previous {found.previous}, but the log says "
                    f"{told.champion} and {told.previous}: an alias was moved past it"
                )

    def _verify_overrides(self, entries: Sequence[Entry]) -> Iterator[str]:
        for entry in entries:
            event = entry.event
            if event.action is not Action.OVERRIDDEN:
                continue
            intent = next(each for each in entries if each.sha256 == event.finishes)
            if not self._registry.has(event.model, event.version):
                yield f"entry {entry.sequence}: {event.model}/{event.version}, which was overridden to, was deleted"
                continue
            tags = self._registry.version_tags(event.model, event.version)
            if tags.get(intent.override_tag) != intent.override_text:
                yield f"entry {entry.sequence}: {event.model}/{event.version} has lost its tag {intent.override_tag}"


class FinishedMove(NamedTuple):
    """A move and the entry that says that it was made."""

    entry: Entry
    move: Move


def moves_of(entries: Sequence[Entry], model: str) -> list[FinishedMove]:
    """Return the finished moves of a model's aliases, the oldest first."""
    return [
        FinishedMove(entry, entry.event.move)
        for entry in entries
        if entry.event.model == model and entry.event.move and entry.event.action is entry.event.move.kind
    ]


def verify_chain(entries: Sequence[Entry], trusted: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with entries: edited, deleted, put in, in another order, or signed by another key."""
    previous = _FIRST
    for number, entry in enumerate(entries, 1):
        if entry.sequence != number or entry.previous_sha256 != previous:
            yield f"entry {number}: one before it is missing, was put in, or the order was changed"
        elif entry.sha256 != _digest(entry.sequence, entry.event, entry.previous_sha256):
            yield f"entry {number}: it was edited"
        elif entry.signature.purpose != PURPOSE or not verify(entry.sha256, entry.signature):
            yield f"entry {number}: its signature is not of this entry"
        elif entry.signature.fingerprint not in trusted:
            yield f"entry {number}: signed with the key {entry.signature.fingerprint[:16]}, which is not known here"
        previous = entry.sha256


def verify_head(entries: Sequence[Entry], head: Head | None, where: str) -> Iterator[str]:
    """Yield whether entries lack some at the end, going by a head that is kept elsewhere.

    A process may be killed after it has written an entry and before it has moved the head: one entry
    more than the head knows is therefore no fault.

    Example:
        >>> list(verify_head([], Head(sequence=2, sha256="0" * 64), "the head file"))
        ['the head file knows 2 entries, but the log does not: entries were taken off its end']
    """
    numbers = [entry.sequence for entry in entries]
    if head is None:
        if len(numbers) > 1:
            yield f"{where} is missing, which says how long the log was"
        return
    if head.sequence not in numbers:
        yield f"{where} knows {head.sequence} entries, but the log does not: entries were taken off its end"
    elif (known := entries[numbers.index(head.sequence)]).sha256 != head.sha256:
        yield f"entry {known.sequence}: {where} knows another one of this number: the log was written anew"
    elif len(numbers) - 1 - numbers.index(head.sequence) > 1:
        yield f"{where} ends at entry {head.sequence} of {numbers[-1]}: it was set back"


def next_entry(entries: Sequence[Entry], signer: Signer, event: Event) -> Entry:
    """Return the entry that follows, signed."""
    previous = entries[-1].sha256 if entries else _FIRST
    sha256 = _digest(len(entries) + 1, event, previous)
    return Entry(
        sequence=len(entries) + 1,
        event=event,
        previous_sha256=previous,
        sha256=sha256,
        signature=signer.sign(sha256, PURPOSE),
    )


def _digest(sequence: int, event: Event, previous: str) -> str:
    return digest_value({"sequence": sequence, "event": event.model_dump(mode="json"), "previous": previous})


def _parse(path: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        raise AuditError(f"{path}:{number}: it was edited: the line is no entry of an audit log") from error


def _write(path: Path, entry: Entry, torn: int) -> None:
    """Write a line through to the disk; what was never acknowledged is cut off before."""
    line = canonical_json(entry.model_dump(mode="json")).encode() + b"\n"
    try:
        with path.open("ab") as file:
            file.truncate(file.tell() - torn)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise AuditError(f"{path}: no entry can be written: {error.strerror}; check the disk") from error
