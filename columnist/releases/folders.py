"""What a release has come to, kept in a folder of its own: enough to tell whether it can go on, without any server.

A run that waits holds no process, and the open source ZenML resumes none by itself. So each release leaves
here what it waits for; whoever watches looks at these few files, at the studies, and at what reviewers signed.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar

from filelock import FileLock, Timeout
from pydantic import ValidationError

from columnist.errors import ConfigError
from columnist.files import write_whole
from columnist.home import Home
from columnist.promotion.approvals import ApprovalSubject
from columnist.values import Value

_STUDY, _SUBJECT, _ENDING = "study.json", "subject.json", "ending.json"
Kept = TypeVar("Kept", bound=Value)


class ReleaseStudy(Value):
    """The study that a release has opened."""

    study_id: str
    registration_sha256: str


class Ending(Value):
    """How a release ended.

    Attributes:
        status: What ZenML says of its run.
        reason: Why it did not end with a promotion; empty where it did.
    """

    status: str
    reason: str


class Stage(StrEnum):
    """How far a release is."""

    STARTED = "started"
    RATING = "people rate"
    REVIEW = "a reviewer decides"
    ENDED = "ended"


class ReleaseFolder:
    """The files of one release.

    Attributes:
        name: Of the release, which is the name of its ZenML run.
        path: The folder.
    """

    def __init__(self, home: Home, name: str):
        self.name = name
        self.path = home.folder / "releases" / name

    @classmethod
    def make(cls, home: Home, name: str) -> Self:
        """Begin a release.

        Raises:
            ConfigError: The name cannot be that of a folder.
        """
        if not re.fullmatch(r"\w[\w.-]{0,99}", name):
            raise ConfigError(f"release {name!r}: expected a name of letters, digits, points and dashes")
        found = cls(home, name)
        found.path.mkdir(parents=True, exist_ok=True)
        return found

    @classmethod
    def find(cls, home: Home, name: str | None = None) -> Self:
        """Return a release, or the only one that has not ended.

        Raises:
            ConfigError: There is no such release, or there are several.
        """
        known = [each.name for each in cls.list(home) if each.stage is not Stage.ENDED or each.name == name]
        chosen = [each for each in known if name in (None, each)]
        if len(chosen) != 1:
            raise ConfigError(
                f"there is no single release {name or 'that has not ended'} here (there are: "
                f"{', '.join(known) or 'none'}); start one: run.py release start, or name one"
            )
        return cls(home, chosen[0])

    @classmethod
    def list(cls, home: Home) -> "list[Self]":
        """Return all releases of a home, by name."""
        return [cls(home, path.name) for path in sorted((home.folder / "releases").glob("*")) if path.is_dir()]

    @property
    def stage(self) -> Stage:
        """How far the release is."""
        if self.ending is not None:
            return Stage.ENDED
        if self.subject is not None:
            return Stage.REVIEW
        return Stage.STARTED if self.study is None else Stage.RATING

    @property
    def study(self) -> ReleaseStudy | None:
        """The study, once it is open."""
        return self._read(_STUDY, ReleaseStudy)

    @property
    def subject(self) -> ApprovalSubject | None:
        """What the reviewer has to approve, once the study is concluded and the evidence was verified."""
        return self._read(_SUBJECT, ApprovalSubject)

    @property
    def ending(self) -> Ending | None:
        """How it ended, once it did."""
        return self._read(_ENDING, Ending)

    def keep(self, value: ReleaseStudy | ApprovalSubject | Ending) -> None:
        """Keep what the release has come to."""
        names = {ReleaseStudy: _STUDY, ApprovalSubject: _SUBJECT, Ending: _ENDING}
        write_whole(self.path / names[type(value)], value.model_dump_json(indent=1) + "\n")

    @contextmanager
    def carrying(self, wait: bool = True) -> Iterator[bool]:
        """Be the one process that carries the release on; yield whether this process is.

        The lock goes with its process, so a release of which it is free is carried by nobody, whatever its run says.

        Args:
            wait: Whether to wait for another process that carries it.
        """
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=-1 if wait else 0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _read(self, name: str, kind: type[Kept]) -> Kept | None:
        path: Path = self.path / name
        try:
            return kind.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise ConfigError(
                f"{path}: expected what the release has come to, but {error.errors()[0]['msg']}; restore the file"
            ) from error
