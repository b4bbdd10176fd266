"""The base of every value object of the domain."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Base of frozen value objects: compared by content, never changed, no unknown fields.

    Names of fields are also their JSON keys, except where a field declares an
    alias because pydantic reserves its name (``schema``).
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
        protected_namespaces=(),
    )
