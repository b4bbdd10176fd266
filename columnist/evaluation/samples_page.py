"""Samples as a page to read: of each table the schema, the reference, and what two models wrote."""

from enum import StrEnum

from columnist.ddl.tables import Column
from columnist.documentation import Texts
from columnist.evaluation.pages import open_page
from columnist.synthesis.examples import Example
from columnist.values import Value


class PageFormat(StrEnum):
    """How a page is written."""

    HTML = "html"
    MARKDOWN = "md"


class TableSample(Value):
    """One table with what two models wrote about it, abstentions among it, for a person to read."""

    table: str
    columns: tuple[str, ...]
    ddl: str
    reference: Texts
    candidate: Texts
    baseline: Texts


class SampledTable(Value):
    """One table of the page.

    Attributes:
        id: Where it came from.
        dialect: Of its statement.
        facts: Per column its type, key, reference and allowed values, in words.
        sample: The texts.
    """

    id: str
    dialect: str
    facts: tuple[str, ...]
    sample: TableSample


class SamplesPage(Value):
    """What a page of samples shows.

    Attributes:
        seed: What decided which tables it shows.
        source: Where the tables are from, in words.
        tuned: The name of the tuned model.
        base: The name of the base model.
    """

    seed: int
    source: str
    tuned: str
    base: str
    tables: tuple[SampledTable, ...]


def take_sample(example: Example, tuned: Texts, base: Texts) -> SampledTable:
    """Put what two models wrote about a table beside its schema and reference."""
    columns = example.table.columns
    return SampledTable(
        id=example.id,
        dialect=example.table.dialect,
        facts=tuple(tell_facts(column) for column in columns),
        sample=TableSample(
            table=example.table.qualified_name,
            columns=tuple(column.name for column in columns),
            ddl=example.ddl,
            reference=example.reference,
            candidate=tuned,
            baseline=base,
        ),
    )


def tell_facts(column: Column) -> str:
    """Return what the schema says of a column, on one line.

    Example:
        >>> tell_facts(Column(name="state", type="CHAR(1)", values=("a", "b"), primary_key=True))
        'CHAR(1), primary key, one of a, b'
    """
    target = column.references
    facts = (
        column.type,
        "primary key" if column.primary_key else "",
        f"references {target.table}{f' ({target.column})' if target.column else ''}" if target else "",
        f"one of {', '.join(column.values)}" if column.values else "",
    )
    return ", ".join(fact for fact in facts if fact)


def render_samples(page: SamplesPage, format_: PageFormat) -> str:
    """Return the page, whole: as HTML it loads nothing and is readable on a phone."""
    rendered: str = open_page(f"samples.{format_.value}.j2").render(page=page)
    return rendered
