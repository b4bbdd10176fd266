"""Tables as metric modules get them: as JSON, since the library passes plain values alone."""

from functools import lru_cache

from columnist.ddl.tables import Table


@lru_cache(maxsize=4096)  # several modules and several systems ask for the same tables
def read_schema(schema: str) -> Table:
    """Return the table of a schema in JSON.

    Example:
        >>> read_schema('{"name": "stock", "columns": []}').dialect
        'postgres'
    """
    return Table.model_validate_json(schema)
