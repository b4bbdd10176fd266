"""What the command line prints: tables for people, on standard output; progress on standard error."""

import datetime
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table as Grid

from columnist.abstention import is_abstention, question_of
from columnist.ddl import Script
from columnist.ddl.tables import Column
from columnist.progress import format_duration

# Where nobody is looking, in a log or a pipe, there is no width to fit.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
err = Console(stderr=True, highlight=False)


def print_script(script: Script) -> None:
    """Print each table with its columns, a partition only as one of so many, then what was skipped."""
    listed = [table for table in script.tables if table.partition_of is None]
    for table in listed:
        grid = Grid("column", "type", "key", "comment", title=escape(table.qualified_name), title_justify="left")
        for column in table.columns:
            grid.add_row(*(escape(cell) for cell in (column.name, column.type, _key(column), column.comment or "")))
        out.print(grid)
    columns = sum(len(table.columns) for table in listed)
    partitions = f", {len(script.tables) - len(listed)} partitions" if len(script.tables) > len(listed) else ""
    out.print(f"{len(listed)} tables, {columns} columns{partitions}, {script.dialect}, {script.encoding}")
    print_skipped(script)


def print_skipped(script: Script) -> None:
    """Say on standard error what is not listed, or not as a whole, and why."""
    for skipped in script.skipped:
        # A table of which a part was not read is listed, so it is not skipped.
        what = "warning" if skipped.partial else "skipped"
        err.print(f"{what} {escape(skipped.file)}:{skipped.line}: {escape(skipped.reason)}", soft_wrap=True)
    for parent, count in Counter(table.partition_of for table in script.tables if table.partition_of).items():
        who = "1 partition has" if count == 1 else f"{count:,} partitions have"
        print_note(f"{parent}: {who} its columns, not listed again")
    if views := script.ignored.get("CREATE VIEW"):
        print_note(f"not read: {views:,} view{'s' if views > 1 else ''}; only tables are")


def print_artifact(artifact: Any) -> None:
    """Print the name, version and id of an artifact."""
    out.print(f"{artifact.artifact.name} version {artifact.version}, id {artifact.id}")


def print_version(version: Any) -> None:
    """Print a registered version."""
    out.print(f"{version.uri} ({version.alias}), adapter {version.adapter_sha256[:16]}")


def print_evaluation(evaluation: Any) -> None:
    """Print every comparison with its intervals, and what they say."""
    from columnist.evaluation.report import HEADER, summarize, tabulate, tell_price

    for found in evaluation.sets:
        for comparison in found.comparisons:
            title = f"{found.candidate.identity.name} against {comparison.baseline}, {found.tables.name} tables"
            grid = Grid(*HEADER, title=escape(title), title_justify="left")
            for row in tabulate(comparison):
                grid.add_row(*(escape(cell) for cell in row))
            out.print(grid)
            out.print(escape(summarize(found, comparison)))
        if price := tell_price(found):
            out.print(escape(price))


def print_sample(sample: Any) -> None:
    """Print one table with what the base model and the tuned model say of it."""
    grid = Grid(title=f"{escape(sample.table)}: before and after", title_justify="left", show_lines=True)
    for title in ("", "before: base model", "after: tuned model", "reference"):
        grid.add_column(title, overflow="fold")
    rows = [("(table)", sample.baseline.table, sample.candidate.table, sample.reference.table)]
    rows += list(
        zip(sample.columns, sample.baseline.columns, sample.candidate.columns, sample.reference.columns, strict=True)
    )
    for name, *texts in rows:
        grid.add_row(escape(name), *map(mark_text, texts))
    out.print(grid)


def mark_text(text: str) -> str:
    """Return a text as rich's markup that shows an abstention as one, with or without colours.

    Example:
        >>> mark_text("Units held."), mark_text("? What is flex_01 for?"), mark_text("")
        ('Units held.', '[yellow]asks:[/yellow] [italic]What is flex_01 for?[/italic]', '[dim](no text)[/dim]')
    """
    if is_abstention(text):
        return f"[yellow]asks:[/yellow] [italic]{escape(question_of(text))}[/italic]"
    return escape(text) or "[dim](no text)[/dim]"


def print_lineage(lineage: Any) -> None:
    """Print the chain, one link a block."""
    for link in lineage.links:
        out.print(f"[bold]{escape(link.name)}[/bold]")
        for name, fact in link.facts.items():
            out.print(f"  {escape(name)}: {escape(str(fact))}", soft_wrap=True)
    for note in lineage.notes:
        out.print(f"note: {escape(note)}", soft_wrap=True)


def print_versions(versions: Sequence[dict[str, Any]]) -> None:
    """Print the registered versions as a table."""
    if not versions:
        out.print("no model is registered yet; run: python run.py demo")
        return
    grid = Grid()
    overridden = any(version.get("overrides") for version in versions)
    for title in ("model", "aliases", "made", "base model", "adapter", *(("overrides",) if overridden else ())):
        grid.add_column(title, overflow="fold")
    for version in versions:
        made = datetime.datetime.fromtimestamp(version["created_ms"] / 1000, datetime.UTC)
        grid.add_row(
            f"models:/{version['name']}/{version['version']}",
            ", ".join(version["aliases"]),
            f"{made:%Y-%m-%d %H:%M} UTC",
            version["base_model"],
            version["adapter_sha256"][:16],
            *((f"[bold red]{escape(chr(10).join(version['overrides']))}[/]",) if overridden else ()),
        )
    out.print(grid)


def print_proof(signed: Any) -> None:
    """Print what was compared with what, how near it came, what was found, and the verdict."""
    proof, key = signed.statement.proof, signed.signature.fingerprint
    out.print(
        f"training set {proof.training_set[:16]}: " + ", ".join(f"{n} {split}" for split, n in proof.rows.items())
    )
    for each in proof.catalogs:
        share = each.reappearing_texts / max(1, each.texts)
        out.print(f"[bold]{escape(each.file)}[/bold] {each.sha256[:16]}: {each.tables} tables", soft_wrap=True)
        out.print(
            f"  texts word for word: {each.reappearing_texts} of {each.texts} ({share:.1%}), {each.generic_texts} of "
            f"them generic; runs of {proof.thresholds.run_words} words: {each.copied_runs} of {each.runs}"
        )
        out.print(
            f"  tables with too little of their own to be recognised: {each.silent_tables}; "
            f"{each.silent_schemas} if their texts were reworded"
        )
        nearest = (f"{near.example} to {near.table} {near.measure:.3f}" for near in each.nearest)
        out.print(escape(f"  nearest by Jaccard: {', '.join(nearest) or 'none'}"), soft_wrap=True)
        shared = (f"{near.example} with {near.table} {near.measure:.1f}" for near in each.most_bits)
        out.print(escape(f"  most shared, in bits: {', '.join(shared) or 'none'}"), soft_wrap=True)
    limits = ", ".join(f"{name} {value}" for name, value in proof.thresholds.model_dump().items())
    out.print(f"needed {proof.needed_bits} bits, chance {proof.chance_bits}; {limits}", soft_wrap=True)
    for finding in proof.findings[:20]:
        what = f"{finding.kind.value}: {finding.split} {finding.example}, {finding.catalog} {finding.table}"
        out.print(escape(f"  {what}, {finding.measure}: {'; '.join(finding.evidence)}"), soft_wrap=True)
    if (found := sum(proof.findings_in_all.values())) > 20:
        out.print(f"  ... and {found - 20} more findings")
    out.print(f"[bold]{proof.verdict.value.upper()}[/bold]: {escape('; '.join(proof.reasons))}", soft_wrap=True)
    out.print(f"signed by the key {key}", soft_wrap=True)


def print_panel(title: str, text: str) -> None:
    """Print a text in a frame."""
    out.print(Panel(escape(text), title=title, title_align="left", expand=False))


def print_heading(text: str) -> None:
    """Print a heading."""
    out.print(f"\n[bold]{escape(text)}[/bold]")


def print_note(text: str) -> None:
    """Print a line about the work on standard error."""
    err.print(escape(text), soft_wrap=True)


class DescribeProgress:
    """How far describing is, on standard error: a bar for people, a line now and then in a log."""

    def __init__(self, every_s: float = 10.0, clock: Callable[[], float] = time.monotonic):
        self._every_s, self._clock = every_s, clock
        self._started = self._said = clock()
        self._done: Any = None
        self._first: tuple[float, int] | None = None
        self._bar = Progress(
            TextColumn("describing"), BarColumn(), TextColumn("{task.fields[said]}"), console=err, transient=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def update(self, done: Any) -> None:
        """Show a ``columnist.modeling.filling.Progress``."""
        self._done, now = done, self._clock()
        if self._first is None and done.texts > done.reused:
            self._first = now, done.texts
        if err.is_terminal:
            if not self._bar.tasks:
                self._bar.start()
                self._bar.add_task("", total=done.all_texts, said="")
            self._bar.update(self._bar.task_ids[0], completed=done.texts, said=self._say(now))
        elif now - self._said >= self._every_s:
            self._said = now
            print_note(f"describing: {self._say(now)}")

    def summary(self) -> str:
        """Return what was done, in how much time."""
        self._end()
        counts = f"{self._done.texts:,} texts of {self._done.all_tables:,} tables" if self._done else "no text"
        return f"{counts} in {format_duration(self._clock() - self._started)}"

    def interruption(self) -> str:
        """Return what is kept when the work is interrupted."""
        self._end()
        if not self._done:
            return "interrupted before the first text"
        return f"interrupted: {_counts(self._done)} are kept; the same command goes on from there"

    def _end(self) -> None:
        # One that was never started would print an empty line.
        if self._bar.tasks:
            self._bar.stop()

    def _say(self, now: float) -> str:
        since, texts = self._first or (now, self._done.texts)
        written = self._done.texts - texts
        if not written or now <= since:
            return _counts(self._done)
        rate = written / (now - since)
        left = format_duration((self._done.all_texts - self._done.texts) / rate)
        return f"{_counts(self._done)}, {rate:,.1f} texts/s, {left} left"


def _counts(done: Any) -> str:
    return f"{done.tables:,} of {done.all_tables:,} tables, {done.texts:,} of {done.all_texts:,} texts"


def _key(column: Column) -> str:
    if column.references:
        target = column.references
        return f"-> {target.table}.{target.column}" if target.column else f"-> {target.table}"
    return "primary" if column.primary_key else ""
