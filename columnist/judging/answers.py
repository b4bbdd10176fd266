"""What a judge replied, read as one of its labels, and kept as it came."""

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from columnist.digests import canonical_json
from columnist.errors import ConfigError
from columnist.judging.orders import Order
from columnist.judging.settings import Labels
from columnist.studies.ballots import Preference
from columnist.values import Value

ANSWER = "preference"  # the key of a forced answer
_MAX_REPLY = 100_000
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FINAL = re.compile(r"(?:(?:final )?(?:answer|verdict|preference)\s*(?:[:=]|is\b)\W*)?(\w+)", re.IGNORECASE)
_DECORATION = " \t*_`\"'()[]{}.:!"


class Kept(Value):
    """One raw reply.

    Attributes:
        key: Digest of all that was shown.
        comparison_id: The item it was first asked about, for a person to find it.
    """

    key: str
    comparison_id: str
    order: Order
    raw: str


def read_reply(raw: str, labels: Labels) -> Preference | None:
    r"""Return what a reply says of the options as they were shown; ``None`` unless it ends with exactly one label.

    A label may stand alone, after ``Answer:``, or in a JSON object. Nothing else is
    interpreted: a text that merely contains a label is no answer.

    Example:
        >>> labels = Labels(first="1", second="2", tie="TIE", both_bad="BOTH_BAD")
        >>> [read_reply(raw, labels) for raw in ("1", "It is shorter.\n**Answer: 2**", '{"preference": "tie"}')]
        [<Preference.A: 'A'>, <Preference.B: 'B'>, <Preference.TIE: 'TIE'>]
        >>> [read_reply(raw, labels) for raw in ("1 or 2", "The 1st text.", "<think>1", "")]
        [None, None, None, None]
    """
    said = _THOUGHT.sub("", raw[:_MAX_REPLY]).strip()
    if said.startswith("{"):
        return _read_object(said, labels)
    last = said.splitlines()[-1].strip(_DECORATION) if said else ""
    found = _FINAL.fullmatch(last)
    return labels.preference(found[1].strip("_")) if found else None


def answer_schema(labels: Labels) -> dict[str, object]:
    """Return the JSON schema of a forced answer."""
    return {
        "type": "object",
        "properties": {ANSWER: {"type": "string", "enum": list(labels.words)}},
        "required": [ANSWER],
        "additionalProperties": False,
    }


class AnswerBook:
    """The raw replies of one judge, one JSON object a line; what is there is not asked again.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path, identity: str):
        """Open the book of a judge; a line that was cut off by a crash is as if it had never been written."""
        self.path = folder / f"{identity[:32]}.jsonl"
        self._replies: dict[str, str] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8", errors="replace").split("\n"):
                self._remember(line)

    def find(self, key: str) -> str | None:
        """Return the reply to what was shown, if it was asked before."""
        return self._replies.get(key)

    def keep(self, replies: Iterable[Kept]) -> None:
        """Append replies, on disk when this returns.

        Raises:
            ConfigError: The file cannot be written.
        """
        rows = list(replies)
        lines = "".join(canonical_json(row.model_dump(mode="json")) + "\n" for row in rows)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                file.write(b"\n" * _is_cut(file) + lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ConfigError(f"cannot write {self.path}: {error.strerror}; free it, then start again") from error
        self._replies.update((row.key, row.raw) for row in rows)

    def _remember(self, line: str) -> None:
        try:
            kept = Kept.model_validate_json(line)
        except ValidationError:
            return
        self._replies.setdefault(kept.key, kept.raw)


def _is_cut(file: BinaryIO) -> bool:
    """Whether the last line of a file has no end, because its writer was killed."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _read_object(said: str, labels: Labels) -> Preference | None:
    try:
        content = json.loads(said)
    except (ValueError, RecursionError):
        return None
    word = content.get(ANSWER) if isinstance(content, dict) else None
    return labels.preference(word.strip()) if isinstance(word, str) else None
