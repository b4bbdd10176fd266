"""What the command line prints of traces."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table as Grid

from columnist.terminal import out

if TYPE_CHECKING:
    from columnist.tracing.affected import Affected
    from columnist.tracing.comments import CommentTrace


def print_trace(found: "CommentTrace") -> None:
    """Print where a comment came from."""
    text, record = found.text, found.record
    place = f"{text.table}.{text.column}" if text.column else text.table
    out.print(f"[bold]{escape(place)}[/bold]: {escape(text.text)}", soft_wrap=True)
    told = f"written by: {text.origin.value}"
    if text.acceptance is not None:
        told += f", accepted with a probability of {text.acceptance:.2f}"
    facts = [told, f"document: SHA-256 {record.document_sha256}, of {record.source or 'a script without a name'}"]
    if text.origin.value == "model":
        author = record.author
        facts += [
            f"model: {author.name}, by {author.engine}",
            f"adapter: SHA-256 {author.adapter_sha256 or 'none'}",
            f"base model: {author.base_model or 'unknown'}, SHA-256 {author.base_model_sha256 or 'unknown'}",
            f"prompts: SHA-256 {author.prompt_sha256}",
            f"training set: SHA-256 {author.training_set_sha256 or 'none'}",
        ]
    facts += [f"version: {each.uri} {' '.join(each.aliases)}".rstrip() for each in found.versions]
    commit = record.code.commit or "no git checkout"
    facts.append(f"code: {commit}{' with changes' if record.code.dirty else ''}; record: SHA-256 {found.record_sha256}")
    for fact in facts:
        out.print(f"  {escape(fact)}", soft_wrap=True)
    if found.nearest:
        grid = Grid("similarity", "example", "column", "its text", title_justify="left")
        grid.title = f"nearest training examples, by {found.measured}"
        for each in found.nearest:
            name = f"{each.table}.{each.column}" if each.column else each.table
            grid.add_row(f"{each.similarity:.3f}", each.example_id, escape(name), escape(each.text))
        out.print(grid)
        out.print(found.caution, soft_wrap=True)
    for note in found.notes:
        out.print(f"note: {escape(note)}", soft_wrap=True)


def print_affected(found: "Affected") -> None:
    """Print what came of an example."""
    out.print(f"[bold]{escape(found.example_id)}[/bold]")
    lines = [
        *(f"training set: {p.where}, {p.split.value}, SHA-256 {p.training_set_sha256}" for p in found.places),
        *(f"training run: {each.mlflow_run_id}" for each in found.adapters),
        *(f"version: {v.uri} {' '.join(v.aliases)}, adapter {v.adapter_sha256[:16]}" for v in found.versions),
        *(
            f"document: {each.source or 'without a name'}, SHA-256 {each.document_sha256}, by {each.author.name}"
            for each in found.documents
        ),
    ]
    for line in lines:
        out.print(f"  {escape(line)}", soft_wrap=True)
    for note in found.notes:
        out.print(f"note: {escape(note)}", soft_wrap=True)
