"""Read schemas written as CREATE TABLE scripts into frozen ``Table`` values.

bytes -> ``encoding`` -> text -> ``dialects`` (which one) -> ``splitter`` (statements, by the
rules of ``lexicon``) -> ``parser`` (CREATE TABLE), ``alters`` and ``comments`` (what comes
later) -> ``drafts`` -> ``Table``. ``script`` runs it and accounts for what was left out.
"""

from columnist.ddl.dialects import DIALECTS
from columnist.ddl.script import Script, Skipped, read_bytes, read_file, read_text
from columnist.ddl.tables import Column, Reference, Table

__all__ = ["DIALECTS", "Column", "Reference", "Script", "Skipped", "Table", "read_bytes", "read_file", "read_text"]
