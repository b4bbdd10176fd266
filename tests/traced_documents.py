"""Documents with records, and the version that wrote them, for tests of tracing."""

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts, merge
from columnist.provenance import CodeVersion
from columnist.registry.learned import LearnedVersion
from columnist.tracing.records import Author, make_record

AUTHOR = Author(
    name="models:/columnist@champion",
    prompt_sha256="f" * 64,
    engine="openvino",
    adapter_sha256="a" * 64,
    base_model="base",
    base_model_sha256="b" * 64,
    training_set_sha256="e" * 64,
)
VERSION = LearnedVersion(
    uri="models:/columnist/2",
    aliases=("champion",),
    adapter_sha256="a" * 64,
    training_set_sha256="e" * 64,
    prompt_sha256="f" * 64,
    code_commit="0" * 40,
)
DOCUMENT = "-- Comments on tables.\n"


def make_documentation(schema="shop", name="orders"):
    columns = (Column(name="qty_oh", type="int"), Column(name="note", comment="Kept by hand."), Column(name="x"))
    table = Table(schema=schema, name=name, columns=columns)
    return merge(table, Texts(table="One row per order.", columns=("The quantity on hand.", "", "? What is x?")))


def make_one(*tables, author=AUTHOR):
    code = CodeVersion(commit="0" * 40, dirty=False)
    return make_record(DOCUMENT, "sql", "schema.sql", author, tables or (make_documentation(),), code)
