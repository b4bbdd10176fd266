"""Proof that no row of given catalogs went into a training set, or what speaks against it."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from columnist.digests import digest_file
from columnist.errors import TrainingSetError
from columnist.synthesis.canaries import Canaries
from columnist.synthesis.catalog_index import THRESHOLDS, CatalogIndex, CatalogTable, Thresholds
from columnist.synthesis.documented import DocumentedTable, read_documented
from columnist.synthesis.features import content_words
from columnist.synthesis.overlap import Neighbour, Overlap, Pair, Place
from columnist.synthesis.training_rows import TrainingFiles
from columnist.values import Value

_MOST_FINDINGS = 200
_MOST_EVIDENCE = 6
Progress = Callable[[int, int], None]


class Verdict(StrEnum):
    """What a proof comes to."""

    PASS = "pass"
    FAIL = "fail"


class FindingKind(StrEnum):
    """What speaks against a row.

    ``COPIED_TEXT``: a run of words is that of a catalog's text. ``SHARED_FEATURES``:
    names and texts of one table, rarer together than chance explains.
    ``NEAR_DUPLICATE``: names and runs of words overlap. ``CANARY``: a planted word.
    """

    COPIED_TEXT = "copied_text"
    SHARED_FEATURES = "shared_features"
    NEAR_DUPLICATE = "near_duplicate"
    CANARY = "canary"


class Finding(Value):
    """What speaks against one row.

    Attributes:
        example: The row's id.
        catalog: Name of the catalog's file; empty for canaries.
        table: Id of the catalog's table, or which canary: never its text.
        measure: Runs, bits or Jaccard similarity, whatever the kind is measured in.
        evidence: Some of what is shared, or the field that a canary was in.
    """

    kind: FindingKind
    example: str
    split: str
    catalog: str
    table: str
    measure: float
    threshold: float
    evidence: tuple[str, ...]


class Nearness(Value):
    """How near a row comes to a table of a catalog, by exact Jaccard similarity or in bits."""

    example: str
    table: str
    measure: float


class CatalogEvidence(Value):
    """What was compared of one catalog, and what came of it.

    Attributes:
        file: Name of the file.
        texts: Different texts of the catalog.
        reappearing_texts: Those that a row has word for word.
        generic_texts: How many of the reappearing ones say nothing of a subject,
            such as "Primary key.", and count for nothing.
        runs: Runs of words that would have shown a copy.
        copied_runs: Those that were found.
        silent_tables: Tables that could not have been recognised: all their names
            and texts together are too common.
        silent_schemas: Tables that could not have been recognised if all their
            texts had been reworded: their names alone are too common.
        nearest: The rows that are nearest to any table by MinHash, verified exactly.
        most_bits: The row that shares most with any table.
    """

    file: str
    sha256: str
    tables: int
    texts: int
    reappearing_texts: int
    generic_texts: int
    runs: int
    copied_runs: int
    silent_tables: int
    silent_schemas: int
    nearest: tuple[Nearness, ...]
    most_bits: tuple[Nearness, ...]


class Proof(Value):
    """What was compared, what was found, and what it comes to.

    Attributes:
        training_set: SHA-256 of the training set.
        files: SHA-256 of the file of each split.
        canaries: SHA-256 of each canary as it was looked for.
        chance_bits: What the best of all pairs may reach by chance.
        needed_bits: What makes a pair a finding.
        findings: The first two hundred.
        findings_in_all: Number of findings by kind.
        reasons: One line each.
    """

    training_set: str
    files: dict[str, str]
    rows: dict[str, int]
    catalogs: tuple[CatalogEvidence, ...]
    canaries: tuple[str, ...]
    thresholds: Thresholds
    chance_bits: float
    needed_bits: float
    findings: tuple[Finding, ...]
    findings_in_all: dict[str, int]
    verdict: Verdict
    reasons: tuple[str, ...]


def prove_clean(
    folder: Path,
    catalogs: Sequence[Path],
    canaries: Canaries,
    progress: Progress | None = None,
    thresholds: Thresholds = THRESHOLDS,
) -> Proof:
    """Compare all rows of a training set with all tables of catalogs, and look for canaries.

    A table whose texts were reworded *and* whose columns were renamed is not
    recognised, nor is one that only has names like id, name and active.

    Args:
        folder: The training set's folder.
        catalogs: Files of documented tables, or scripts with comments.
        canaries: What to look for beside.
        progress: Called with the number of rows compared and the total.
        thresholds: When an overlap is no accident.

    Raises:
        TrainingSetError: The training set or a catalog cannot be read, or a
            catalog has no table to compare with.
        SourceError: A script cannot be read.
    """
    files = TrainingFiles(folder)
    index = CatalogIndex([_read_catalog(path) for path in catalogs], thresholds)
    overlap = Overlap(index=index, rows=files.total)
    sightings: list[Finding] = []
    seen = 0
    for row in files.read(progress or (lambda _done, _total: None)):
        overlap.add(row)
        if canaries:
            found = _sight(canaries, row.json, Place(id=row.id, split=row.split.value))
            seen += len(found)
            sightings += found[: _MOST_FINDINGS - len(sightings)]
    return _conclude(files, catalogs, canaries, overlap, (sightings, seen))


def _read_catalog(path: Path) -> Iterable[DocumentedTable]:
    tables = read_documented(path)
    if not tables:
        raise TrainingSetError(f"{path}: expected tables to compare with, but there is none; check the file")
    return tables


def _sight(canaries: Canaries, row: object, place: Place) -> list[Finding]:
    return [
        Finding(
            kind=FindingKind.CANARY,
            example=place.id,
            split=place.split,
            catalog="",
            table=f"canary {sighting.canary}",
            measure=1,
            threshold=1,
            evidence=(sighting.field,),
        )
        for sighting in canaries.find(row)
    ]


def _conclude(
    files: TrainingFiles,
    catalogs: Sequence[Path],
    canaries: Canaries,
    overlap: Overlap,
    sightings: tuple[list[Finding], int],
) -> Proof:
    ranked = overlap.strongest()
    copies = [(bits, pair) for bits, pair in ranked if overlap.is_copy(pair, bits)]
    near = [found for each in overlap.near.values() for found in each if overlap.is_near_duplicate(found)]
    names = [path.name for path in catalogs]
    findings = [
        *sightings[0],
        *(_shared(overlap, names, bits, pair) for bits, pair in copies),
        *_copied(overlap, names),
        *(_near(overlap, names, found) for found in near),
    ]
    counts = {
        FindingKind.CANARY: sightings[1],
        FindingKind.SHARED_FEATURES: len(copies),
        FindingKind.COPIED_TEXT: overlap.rows_with_copies,
        FindingKind.NEAR_DUPLICATE: overlap.near_duplicates,
    }
    return Proof(
        training_set=files.digest,
        files={split.value: digest for split, digest in files.digests.items()},
        rows={split.value: rows for split, rows in files.rows.items()},
        catalogs=tuple(_evidence(number, path, overlap, ranked) for number, path in enumerate(catalogs)),
        canaries=canaries.digests,
        thresholds=overlap.index.thresholds,
        chance_bits=round(overlap.chance_bits, 2),
        needed_bits=round(overlap.needed_bits, 2),
        findings=tuple(findings[:_MOST_FINDINGS]),
        findings_in_all={kind.value: count for kind, count in counts.items()},
        verdict=Verdict.FAIL if any(counts.values()) else Verdict.PASS,
        reasons=_reasons(counts, overlap, len(canaries.digests)),
    )


def _reasons(counts: dict[FindingKind, int], overlap: Overlap, canaries: int) -> tuple[str, ...]:
    limits = overlap.index.thresholds
    said = {
        FindingKind.CANARY: "times a canary was found",
        FindingKind.SHARED_FEATURES: f"rows share {overlap.needed_bits:.1f} bits or more, or all names, with a table",
        FindingKind.COPIED_TEXT: f"rows have a run of {limits.run_words} words from a catalog's text",
        FindingKind.NEAR_DUPLICATE: f"rows have a Jaccard similarity of {limits.near_duplicate} or more with a table",
    }
    against = tuple(f"{count} {said[kind]}" for kind, count in counts.items() if count)
    looked = f", and none of {canaries} canaries" if canaries else "; no canaries were given"
    return against or (
        f"no row of {overlap.rows} shares more with {len(overlap.index.tables)} tables than chance{looked}",
    )


def _shared(overlap: Overlap, names: list[str], bits: float, pair: Pair) -> Finding:
    # What is worth most says most.
    evidence = sorted(pair.shared, key=lambda feature: (-overlap.bits_of(feature), feature))
    threshold = min(bits, overlap.needed_bits) if pair.same_columns else overlap.needed_bits
    return _finding(
        FindingKind.SHARED_FEATURES, overlap, names, pair.place, pair.table, (bits, threshold), tuple(evidence)
    )


def _copied(overlap: Overlap, names: list[str]) -> list[Finding]:
    kind = FindingKind.COPIED_TEXT
    return [
        _finding(kind, overlap, names, copy.place, copy.table, (len(copy.runs), 1), copy.runs)
        for copy in overlap.copies
    ]


def _near(overlap: Overlap, names: list[str], found: Neighbour) -> Finding:
    measures = (found.jaccard, overlap.index.thresholds.near_duplicate)
    evidence = (f"{found.shared} names and runs of words",)
    return _finding(FindingKind.NEAR_DUPLICATE, overlap, names, found.place, found.table, measures, evidence)


def _finding(
    kind: FindingKind,
    overlap: Overlap,
    names: list[str],
    place: Place,
    table: int,
    measures: tuple[float, float],
    evidence: tuple[str, ...],
) -> Finding:
    theirs = overlap.index.tables[table]
    return Finding(
        kind=kind,
        example=place.id,
        split=place.split,
        catalog=names[theirs.file],
        table=theirs.id,
        measure=round(measures[0], 3),
        threshold=round(measures[1], 3),
        evidence=evidence[:_MOST_EVIDENCE],
    )


def _evidence(number: int, path: Path, overlap: Overlap, ranked: list[tuple[float, Pair]]) -> CatalogEvidence:
    index = overlap.index
    tables = [table for table in index.tables if table.file == number]
    texts = set().union(*(table.features.texts for table in tables))
    reappearing = {text for text in texts if overlap.frequency[text]}
    runs = [run for run, table in index.by_run.items() if index.tables[table].file == number]
    pairs = [(bits, pair) for bits, pair in ranked if index.tables[pair.table].file == number]
    return CatalogEvidence(
        file=path.name,
        sha256=digest_file(path),
        tables=len(tables),
        texts=len(texts),
        reappearing_texts=len(reappearing),
        generic_texts=sum(not content_words(text) for text in reappearing),
        runs=len(runs),
        copied_runs=sum(run in overlap.runs for run in runs),
        silent_tables=sum(_is_silent(overlap, (*_names(table), *table.features.texts)) for table in tables),
        silent_schemas=sum(_is_silent(overlap, _names(table)) for table in tables),
        nearest=tuple(
            Nearness(example=found.place.id, table=index.tables[found.table].id, measure=round(found.jaccard, 3))
            for found in overlap.near.get(number, ())
        ),
        most_bits=tuple(
            Nearness(example=pair.place.id, table=index.tables[pair.table].id, measure=round(bits, 1))
            for bits, pair in pairs[:_MOST_EVIDENCE]
        ),
    )


def _is_silent(overlap: Overlap, features: tuple[str, ...]) -> bool:
    return overlap.score(features) < overlap.needed_bits


def _names(table: CatalogTable) -> tuple[str, ...]:
    return (table.features.title, *table.features.names)
