"""What every engine of ``benchmarks.decode`` is given: the same model, prompts and token ids."""

import json
import random
from pathlib import Path
from typing import Any

from columnist.ddl.tables import Table
from columnist.errors import ConfigError
from columnist.modeling.adapters import Adapter, attach, check_fit
from columnist.modeling.base_models import BaseModel, load_model, load_tokenizer, resolve_base_model
from columnist.modeling.encoding import encode_lead, encode_prefix
from columnist.modeling.engines import MAX_NEW_TOKENS
from columnist.modeling.engines.endings import stop_tokens
from columnist.modeling.exporting import Precision, can_export, export_merged
from columnist.modeling.prompts import PromptKind, render_prompts
from columnist.synthesis import SynthesisConfig, synthesize
from columnist.synthesis.documented import read_documented
from columnist.terminal import err

ALONE_COLUMNS = 8


def load_tables(file: Path | None, count: int, seed: int) -> list[Table]:
    """Return tables without comments, drawn by seed: of a file, or synthetic ones.

    Args:
        file: JSON lines with ``ddl``, or a CREATE TABLE script; ``None`` for synthetic tables.
        count: How many.
        seed: Decides which.

    Raises:
        ConfigError: The file holds too few tables.
        TrainingSetError: The file cannot be read.
    """
    if file is None:
        config = SynthesisConfig(seed=seed, train_examples=count, validation_examples=0, test_examples=0)
        tables = [example.table for example in synthesize(config).train]
    else:
        tables = [row.table for row in read_documented(file)]
    if len(tables) < count:
        raise ConfigError(f"{file} holds {len(tables)} tables, but {count} are needed; ask for fewer with --tables")
    return [bare(table) for table in random.Random(seed).sample(tables, count)]


def bare(table: Table, columns: int | None = None) -> Table:
    """Return a table without comments, and without the columns after the first ones.

    Example:
        >>> from columnist.ddl import read_text
        >>> table, = read_text("CREATE TABLE t (a INT, b INT COMMENT 'b');", "mysql").tables
        >>> [column.name for column in bare(table, columns=1).columns], bare(table).columns[1].comment
        (['a'], None)
    """
    kept = tuple(column.model_copy(update={"comment": None}) for column in table.columns[:columns])
    return table.model_copy(update={"comment": None, "columns": kept})


def divide(tables: list[Table], alone: int, columns: int | None) -> tuple[list[Table], list[Table]]:
    """Return the tables to time one by one, cut to 8 columns, and the ones to time together.

    They are kept apart: an engine that remembers schemas would otherwise know half of them.

    Raises:
        ConfigError: Too few tables have 8 columns.
    """
    wide = [place for place, table in enumerate(tables) if len(table.columns) >= ALONE_COLUMNS][:alone]
    if len(wide) < alone:
        raise ConfigError(
            f"{alone} tables of at least {ALONE_COLUMNS} columns are needed beside the others, {len(wide)} were found; "
            "give more tables"
        )
    return (
        [bare(tables[place], ALONE_COLUMNS) for place in wide],
        [bare(table, columns) for place, table in enumerate(tables) if place not in wide],
    )


def write_inputs(
    folder: Path, alone: list[Table], bulk: list[Table], base_model: str, adapter: Adapter | None, threads: int
) -> dict[str, Any]:
    """Merge and export the model into a folder, encode the tables, and return what the engines are given."""
    base = resolve_base_model(base_model)
    if adapter:
        check_fit(adapter, base)
    tokenizer = load_tokenizer(base)
    kind = adapter.card.prompt if adapter else PromptKind.INSTRUCT
    inputs = {
        "base_model": base_model,
        "adapter": str(adapter.folder) if adapter else None,
        "threads": threads,
        "max_new_tokens": MAX_NEW_TOKENS,
        "stops": sorted(stop_tokens(tokenizer)),
        "pad": tokenizer.pad_token_id or 0,
        **_export(folder, base, adapter, tokenizer),
        # The first of those timed one by one is not timed: it warms the engine up.
        "warm": _encode(tokenizer, alone[:1], kind),
        "alone": _encode(tokenizer, alone[1:], kind),
        "bulk": _encode(tokenizer, bulk, kind),
    }
    (folder / "inputs.json").write_text(json.dumps(inputs), encoding="utf-8")
    return inputs


def _encode(tokenizer: Any, tables: list[Table], kind: PromptKind) -> list[dict[str, Any]]:
    prompts = [prompt for table in tables for prompt in render_prompts(table, kind)]
    return [
        {
            "prompt": prompt.model_dump(mode="json"),
            "prefix": encode_prefix(tokenizer, prompt),
            "leads": [encode_lead(tokenizer, slot.lead) for slot in prompt.slots],
        }
        for prompt in prompts
    ]


def _export(folder: Path, base: BaseModel, adapter: Adapter | None, tokenizer: Any) -> dict[str, Any]:
    """Write the merged model in fp32, and as GGUF where that is possible."""
    import torch

    err.print("merging and exporting the model")
    model = load_model(base, dtype=torch.float32)
    if adapter:
        model = attach(model, adapter)
    merged = folder / "merged"
    model.save_pretrained(merged)
    tokenizer.save_pretrained(merged)
    precisions = Precision if can_export(base) else ()
    return {
        "merged": str(merged),
        "gguf": {precision.value: str(export_merged(base, adapter, precision)) for precision in precisions},
    }
