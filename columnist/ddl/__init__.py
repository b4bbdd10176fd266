"""Read schemas written as CREATE TABLE scripts into frozen ``Table`` values."""

from columnist.ddl.tables import Column, Reference, Table

__all__ = ["Column", "Reference", "Table"]
