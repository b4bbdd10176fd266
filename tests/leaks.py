"""Look for what tells a rater, or whoever reads the raters' database, which system wrote a text.

Two kinds of leaks: words that name a system, and values that go with one system only. The second are
looked for in every column of every row and in every header, whatever they are called.
"""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rater_browser import Exchange

ROLE_WORDS = (
    "adapter", "base", "base_model", "baseline", "candidate", "challenger", "champion", "finetuned", "identity", "lora",
    "model", "model_sha256", "role", "system", "tuned",
)  # fmt: skip
FAMILIES = ("smollm", "qwen", "llama", "gguf", "gpt", "openvino", "peft")
# What raters are shown is there to tell systems apart by: by what it says. How it is written is looked at below.
SAID = {("text", "table_text"), ("text", "columns")}
# Where such words mean something else: in the headers, the pages' elements, and the sheet of styles.
HARMLESS = re.compile(r"\bbase-uri\b|\bsystem-ui\b|\brole=\"")
# Random bytes in letters spell any word once in a while: tokens of 32 bytes, and signatures of cookies.
RANDOM = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])|clock=[\w.-]+")
FEWEST = 6  # cases of the rarer kind, below which chance alone may look like a leak
ID = re.compile(r"[0-9a-f]{16,64}")


def find_words(texts: Iterable[tuple[str, str]], names: Iterable[str]) -> list[str]:
    """Tell where a text holds a word that names a system, its digest, or what it is in the study."""
    words = "|".join([*(rf"\b{word}s?\b" for word in ROLE_WORDS), *FAMILIES, *map(re.escape, names)])
    pattern = re.compile(words, re.IGNORECASE)
    cleaned = ((where, RANDOM.sub("", HARMLESS.sub("", text))) for where, text in texts)
    return [f"{where}: {match[0]}" for where, text in cleaned if (match := pattern.search(text))]


def read_rows(database: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, with the number in which SQLite keeps their order."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [dict(row) for row in connection.execute(f'SELECT rowid AS "order of rows", * FROM "{table}"')]
            for table in tables
        }


def words_of_rows(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    for table, found in rows.items():
        yield table, table
        for row in found:
            for name, value in row.items():
                yield f"{table}.{name}", f"{name}\n{value}"


def find_telling_columns(rows: Mapping[str, Sequence[Mapping[str, Any]]], wrote: Mapping[str, bool]) -> list[str]:
    """Tell which columns go with one system only.

    Args:
        rows: Of the raters' database.
        wrote: Of each text, whether it is the candidate's; texts of attention items are left out.
    """
    first = {row["item_id"]: wrote.get(row["text_id"]) for row in rows["text"] if row["place"] == 0}
    shown = {(row["rater_id"], row["item_id"]): wrote.get(row["a_text_id"]) for row in rows["assignment"]}
    labels: dict[str, Callable[[Mapping[str, Any]], bool | None]] = {
        "text": lambda row: wrote.get(row["text_id"]),
        "item": lambda row: first.get(row["item_id"]),
        "assignment": lambda row: wrote.get(row["a_text_id"]),
        "ballot": lambda row: shown[row["rater_id"], row["item_id"]],
    }
    found = []
    for table, label in labels.items():
        labelled = [(row, label(row)) for row in rows[table]]
        cases = [(row, is_candidate) for row, is_candidate in labelled if is_candidate is not None]
        # Which text is an item's first is drawn, so that one kind may be rare; the others are balanced.
        assert table == "item" or min(sum(label for _, label in cases), sum(not label for _, label in cases)) >= FEWEST
        for name in cases[0][0]:
            values = [row[name] for row, _ in cases]
            features = _forms(values) if (table, name) in SAID else features_of(values)
            found += [f"{table}.{name}: {what}" for what in telling(features, [label for _, label in cases])]
    return found + find_telling_orders(rows["text"], wrote)


def find_telling_orders(texts: Sequence[Mapping[str, Any]], wrote: Mapping[str, bool]) -> list[str]:
    """Tell which columns put the two texts of every item into the same order."""
    pairs = defaultdict(list)
    for row in texts:
        if row["text_id"] in wrote:
            pairs[row["item_id"]].append(row)
    assert len(pairs) >= 2 * FEWEST
    found = []
    for name in texts[0]:
        if ("text", name) in SAID:
            continue
        sides = set()
        for one, other in pairs.values():
            # Values of different kinds have no order but that of their kinds.
            sorted_by = [(type(row[name]).__name__, row[name]) for row in (one, other)]
            candidate, baseline = sorted_by if wrote[one["text_id"]] else reversed(sorted_by)
            sides.add((candidate > baseline) - (candidate < baseline))
        if sides in ({1}, {-1}):
            found.append(f"text.{name}: orders the two texts of an item")
    return found


def find_telling_headers(shown: Sequence[tuple[Exchange, bool]]) -> list[str]:
    """Tell which headers go with the candidate being option A."""
    names = sorted({name for exchange, _ in shown for name, _ in exchange.headers})
    labels = [label for _, label in shown]
    found = []
    for name in names:
        values = [dict(exchange.headers).get(name) for exchange, _ in shown]
        found += [f"{name}: {what}" for what in telling(features_of(values), labels)]
    return found


def features_of(values: Sequence[Any]) -> dict[str, list[Any]]:
    """What can be told from values without knowing what they are."""
    texts = [str(value) for value in values]
    numbers = [float(value) if isinstance(value, int | float) else None for value in values]
    found: dict[str, list[Any]] = {
        "value": texts,
        "length": [len(text) for text in texts],
        "first sign": [text[:1] for text in texts],
        "last sign": [text[-1:] for text in texts],
        "kind": [type(value).__name__ for value in values],
        "parity": [int(text, 16) % 2 if ID.fullmatch(text) else None for text in texts],
    }
    if None not in numbers:
        found |= {"number": numbers, "parity of the number": [number % 2 for number in numbers]}
    return found


def _forms(values: Sequence[str]) -> dict[str, list[Any]]:
    """How texts are written, apart from what they say."""
    texts = [" ".join(said for _, said in json.loads(value)) if value[:2] == "[[" else value for value in values]
    return {
        "capital": [re.search(r"\w", text)[0].isupper() for text in texts],
        "full stop": [text.rstrip("\"]' ").endswith(".") for text in texts],
        "two spaces": ["  " in text for text in texts],
        "signs": [" ".join(sorted(set(re.findall(r"[^\w\s.,()?:;'\[\]\"-]|[“”‘’«»]", text)))) for text in texts],
    }


def telling(features: Mapping[str, Sequence[Any]], labels: Sequence[bool]) -> list[str]:
    """Tell which features separate two labels: by a value of their own, or by a threshold."""
    if min(labels.count(True), labels.count(False)) < FEWEST:
        return []
    return [name for name, values in features.items() if _by_value(values, labels) or _by_threshold(values, labels)]


def _by_value(values: Sequence[Any], labels: Sequence[bool]) -> bool:
    seen = defaultdict(set)
    for value, label in zip(values, labels, strict=True):
        seen[value].add(label)
    # Where each value comes once, as ids do, each goes with one label: that tells nothing.
    return len(seen) <= len(values) / 2 and all(len(own) == 1 for own in seen.values())


def _by_threshold(values: Sequence[Any], labels: Sequence[bool]) -> bool:
    if None in values:
        return False
    ones = [value for value, label in zip(values, labels, strict=True) if label]
    others = [value for value, label in zip(values, labels, strict=True) if not label]
    return max(ones) < min(others) or max(others) < min(ones)
