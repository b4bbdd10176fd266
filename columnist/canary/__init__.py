"""Notice when a model writes otherwise than it did: a pinned set of schemas and what was written about them.

At promotion the texts about a fixed set of tables are pinned, with a fingerprint of all that decides them. Later
the same tables are written about anew, and what differs is named: in the texts, in the measures, and in the
weights, the prompt, the engine, the libraries, the code and the machine.
"""

from columnist.canary.canary_set import CanarySet, read_canary_set
from columnist.canary.checking import CanaryConfig, CanaryResult, CanaryState, ChangedText, check_texts
from columnist.canary.fingerprint import Change, Fingerprint, Part, take_fingerprint
from columnist.canary.pinning import PinnedRecord, PinnedTable, find_record, pin, pinned_file, read_record, store_record
from columnist.canary.writing import Subject, find_subject, write_texts

__all__ = [
    "CanaryConfig",
    "CanaryResult",
    "CanarySet",
    "CanaryState",
    "Change",
    "ChangedText",
    "Fingerprint",
    "Part",
    "PinnedRecord",
    "PinnedTable",
    "Subject",
    "check_texts",
    "find_record",
    "find_subject",
    "pin",
    "pinned_file",
    "read_canary_set",
    "read_record",
    "store_record",
    "take_fingerprint",
    "write_texts",
]
