"""Every error a person can cause, as one tree.

ColumnistError              exit code 2, one line, no traceback
├── SourceError             a schema source that cannot be used: missing, empty, binary, no CREATE TABLE
├── ConfigError             a configuration file or option that cannot be used
├── BaseModelError          a base model that is missing, changed or of a refused format
├── ModelNotFound           a registered or local tuned model that is not there
├── AdapterError            an adapter that is damaged or belongs to another base model
├── TrainingSetError        a training set that cannot be read or is too small to use
├── TeacherError            a teacher that cannot write: key, endpoint, budget or ledger
├── LineageError            a link of the lineage that is missing or was changed
├── EvidenceError           a gate cannot decide: something was not measured, or not of this model
├── GateClosed              a gate said no; the decision is stored (exit code 1)
├── StudyError              a human study that cannot be opened, answered or closed, or that was edited
├── PromotionRefused        the champion may not change: evidence or an approval is missing (exit code 1)
├── AuditError              the audit log was edited or cannot be written
├── AccountError            a reviewer's account that cannot be made, found or changed
├── CanaryError             a pinned record of canary texts that is missing, was changed or is of other tables
├── CanaryAlarm             a model writes otherwise than it was pinned; the result is stored (exit code 1)
└── StoreError              the local ZenML or MLflow store cannot be opened

A message says what was expected, what came, and what to do next, on one line.
Anything else that escapes is a bug and keeps its traceback.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from columnist.canary.checking import CanaryResult
    from columnist.gates.results import GateResult
    from columnist.promotion.refusals import Refusal


class ColumnistError(Exception):
    """Base of the errors a person can cause and mend."""

    exit_code = 2


class SourceError(ColumnistError):
    """A schema source cannot be used."""


class ConfigError(ColumnistError):
    """A configuration file or an option cannot be used."""


class BaseModelError(ColumnistError):
    """A base model is missing, changed, or stored in a format that is refused."""


class ModelNotFound(ColumnistError):
    """A registered or local tuned model is not where it was looked for."""


class AdapterError(ColumnistError):
    """An adapter is damaged or was trained on another base model."""


class TrainingSetError(ColumnistError):
    """A training set cannot be read, or is too small for what was asked."""


class TeacherError(ColumnistError):
    """A teacher cannot write at all: its endpoint, key, budget or ledger does not allow it."""


class LineageError(ColumnistError):
    """A link of a version's lineage is missing or no longer says what was recorded."""


class EvidenceError(ColumnistError):
    """A gate cannot decide: something that it needs is missing, or is about another model."""


class GateClosed(ColumnistError):
    """A gate said no; its decision is stored, and ``result`` is that decision."""

    exit_code = 1

    def __init__(self, result: "GateResult"):
        super().__init__(result.summary)
        self.result = result


class CanaryError(ColumnistError):
    """A pinned record of canary texts is missing, was changed, or is of another set of tables."""


class CanaryAlarm(ColumnistError):
    """A model writes otherwise than when it was pinned; ``result`` says how, and is stored."""

    exit_code = 1

    def __init__(self, result: "CanaryResult"):
        super().__init__(result.summary)
        self.result = result


class StudyError(ColumnistError):
    """A human study cannot be opened, answered or closed, or is no longer what was registered."""


class PromotionRefused(ColumnistError):
    """The champion may not change; ``reason`` says why in a word, ``sentence`` in a sentence."""

    exit_code = 1

    def __init__(self, reason: "Refusal", message: str):
        super().__init__(f"refused, {reason.value}: {message}")
        self.reason, self.sentence = reason, message


class AuditError(ColumnistError):
    """The audit log was edited, or an entry cannot be written; nothing is promoted without one."""


class AccountError(ColumnistError):
    """A reviewer's account cannot be made, found or changed."""


class StoreError(ColumnistError):
    """The local ZenML or MLflow store cannot be opened."""
