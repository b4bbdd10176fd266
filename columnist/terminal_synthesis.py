"""What the command line prints of training material: the taxonomy, examples, and harvests."""

from collections.abc import Sequence
from pathlib import Path

from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table as Grid

from columnist.synthesis.browsing import Titles
from columnist.synthesis.examples import Example
from columnist.synthesis.harvest import HarvestRecord
from columnist.synthesis.taxonomy import Coverage, Hit, SectorSummary, UseCaseSummary, UseCaseView
from columnist.terminal import err, mark_text, out


def print_sectors(sectors: Sequence[SectorSummary]) -> None:
    """Print the sectors with what can be generated for each."""
    grid = Grid("sector", "title")
    for title in ("industries", "use cases", "entities"):
        grid.add_column(title, justify="right")
    for sector in sectors:
        numbers = (sector.industries, sector.use_cases, sector.entities)
        grid.add_row(sector.code, escape(sector.title), *map(str, numbers))
    out.print(grid)


def print_use_cases(code: str, title: str, use_cases: Sequence[UseCaseSummary]) -> None:
    """Print the use cases of a sector."""
    grid = Grid(title=f"{code} {escape(title)}", title_justify="left")
    for heading in ("use case", "title", "decides"):
        grid.add_column(heading, overflow="fold")
    for heading in ("entities", "metrics"):
        grid.add_column(heading, justify="right")
    for case in use_cases:
        texts = (escape(text) for text in (case.id, case.title, case.decides))
        grid.add_row(*texts, str(case.entities), str(case.metrics))
    out.print(grid)


def print_use_case(case: UseCaseView) -> None:
    """Print one use case as a page."""
    out.print(f"[bold]{escape(case.title)}[/bold] ({escape(case.id)})")
    out.print(f"Decides {escape(case.decides)}.", soft_wrap=True)
    sectors = ", ".join(f"{code} {title}".strip() for code, title in case.sectors.items())
    out.print(f"Sectors: {escape(sectors)}", soft_wrap=True)
    out.print(f"Industries: {case.industries}, such as {escape('; '.join(case.examples))}", soft_wrap=True)
    grid = Grid("entity", "about")
    grid.add_column("attributes", justify="right")
    for entity in case.entities:
        grid.add_row(escape(entity.id), escape(entity.about), str(entity.attributes))
    out.print(grid)
    grid = Grid("metric", "meaning")
    for name, meaning in case.metrics.items():
        grid.add_row(escape(name), escape(meaning))
    out.print(grid)


def print_hits(text: str, hits: Sequence[Hit]) -> None:
    """Print what a search found."""
    if not hits:
        err.print(f"nothing has all the words of {text!r}; try fewer words", markup=False)
        return
    grid = Grid("kind", "id", "title", "found in")
    for hit in hits:
        found = "" if hit.found == hit.title else hit.found
        grid.add_row(hit.kind, *(escape(cell) for cell in (hit.id, hit.title, found)))
    out.print(grid)


def print_coverage(coverage: Coverage) -> None:
    """Print the totals, what packs add, and what falls short."""
    totals = {
        name: getattr(coverage, name) for name in ("sectors", "industries", "use_cases", "entities", "attributes")
    }
    out.print(", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in totals.items()))
    for pack in coverage.packs:
        added = pack.model_dump(exclude={"file"})
        said = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in added.items() if number)
        out.print(f"{escape(pack.file)} adds {said or 'nothing new'}", soft_wrap=True)
    for name in coverage.unused:
        out.print(f"unused: entity {escape(name)} is needed by no use case and referred to by none", soft_wrap=True)
    for problem in coverage.problems:
        out.print(f"[red]short:[/red] {escape(problem)}", soft_wrap=True)
    out.print("everything is covered" if not coverage.problems else f"{len(coverage.problems)} things fall short")


def print_examples(examples: Sequence[Example]) -> None:
    """Print examples as a person reads them: where each is from, its statement, and the texts."""
    titles = Titles.load()
    for number, example in enumerate(examples, 1):
        if number > 1:
            out.print()
        _print_example(number, example, titles)


def print_harvest(record: HarvestRecord, skipped: Sequence[str], folder: Path) -> None:
    """Print what a harvest has brought, and what was left out and why."""
    for line in skipped:
        # The rest of a table of which a part could not be read is harvested, so it is not skipped.
        err.print(f"warning {escape(line)}", soft_wrap=True)
    out.print(
        f"{record.examples:,} examples of {record.tables:,} tables, {record.texts:,} texts, "
        f"{record.undocumented_columns:,} columns without one"
    )
    for what, counts in (("tables", record.rejected_tables), ("texts", record.rejected_texts)):
        for reason, number in counts.items():
            out.print(f"left out {number:,} {what}: {escape(reason)}")
    out.print(f"license {record.license} ({record.license_class.value})")
    out.print(f"written to {escape(str(folder))}", soft_wrap=True)


def _print_example(number: int, example: Example, titles: Titles) -> None:
    origin = [titles.use_cases.get(example.use_case, example.use_case), titles.industries.get(example.naics_code, "")]
    heading = " | ".join(part for part in origin if part) or example.table.qualified_name
    out.rule(f"[bold]{number}. {escape(heading)}[/bold]", align="left")
    facts = [example.table.dialect, example.kind, *example.classes, example.id]
    out.print(" · ".join(escape(fact) for fact in facts if fact), style="dim")
    out.print(Syntax(example.ddl, "sql", theme="ansi_light", background_color="default", word_wrap=True))
    out.print(mark_text(example.reference.table), soft_wrap=False)
    grid = Grid()
    for title in ("column", "type", "text"):
        grid.add_column(title, overflow="fold")
    for column, text in zip(example.table.columns, example.reference.columns, strict=True):
        grid.add_row(escape(column.name), escape(column.type), mark_text(text))
    out.print(grid)
