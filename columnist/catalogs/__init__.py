"""Where schemas come from, with the comments people wrote: scripts, dbt projects, live databases.

Each source is read into a ``Catalog``. Nothing of it is run, and nothing is written to it.
"""

from columnist.catalogs.catalog import Catalog, FoundTable, SourceKind
from columnist.catalogs.opening import open_catalog

__all__ = ["Catalog", "FoundTable", "SourceKind", "open_catalog"]
