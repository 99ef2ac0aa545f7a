"""The metadata of `current`: place, sources with their coverage, area sets, counts."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, cast

import geopandas as gpd
import pandas as pd

from data import sources, words
from data.settings import Settings
from data.storage import projection
from data.storage.events import detail_of
from data.storage.history import History
from data.storage.meta_types import AreaFileMeta, ImportMeta, SourceMeta, TableMeta
from data.storage.store import Store
from data.storage.table_format import FORMAT
from data.tables import facts
from data.tables.partitions import COUNTED, COUNTED_SETS, Span

LISTED_LABELS = 50


def sources_digest(store: Store, history: History) -> str:
    """A hash of what is stated of the store's sources: part of the stamp."""
    known = sources.read_catalogue(store.root)
    text = repr([sources.source_of(name, known) for name in history.sources])
    return hashlib.sha256(text.encode()).hexdigest()


def _imports(history: History) -> list[ImportMeta]:
    """The imports that count, oldest first, each as its ledger entry tells it."""
    found = []
    for name, event in history.imports.items():
        if event.follows:  # of no file: its rows stand in the place of others
            continue
        entry = {"batch": name, "imported_at": event.at, **detail_of(event)}
        if more := history.merges.get(event.batch):
            entry |= {"source_rows": more.rows, "merged": more.merged}
        entry.pop("mapping", None)
        found.append(cast(ImportMeta, entry))  # as this version wrote it, JSON in the ledger
    return found


class Made(NamedTuple):
    """A partition of the narrow table: its file, its days and batches, the file of its cubes, and
    what is told of both."""

    file: Path
    span: Span
    note: dict[str, Any]
    cubes: Path
    cells: list[int]


def describe(
    store: Store,
    settings: Settings,
    sets: Sequence[tuple[gpd.GeoDataFrame, AreaFileMeta]],
    stamp: str,
    made: Sequence[Made],
    cities: Sequence[str],
    meridian: float,
) -> TableMeta:
    """The meta of one `current`, as plain JSON values: what its partitions tell, added up."""
    history, crs = store.history(), projection.metric_crs(store, settings)
    unplaced = Counter[str | None]()
    for part in made:
        unplaced.update(dict(part.note["unplaced"]))
    labels = [(label or "", n) for label, n in unplaced.most_common(LISTED_LABELS)]
    return {
        "format": FORMAT,
        "stamp": stamp,
        "place": {"name": settings.name, "zone": settings.zone, "crs": crs, "meridian": meridian},
        "rows": sum(part.note["rows"] for part in made),
        "columns": facts.schema(len(sets)).names,
        "partitions": [
            {
                "name": part.file.stem,
                "rows": part.note["rows"],
                "batches": list(part.span.batches),
                "days": part.note["days"],
                "box": part.note["box"],
                "cubes": part.cubes.stem,
            }
            for part in made
        ],
        "cells": {part.cubes.stem: part.cells for part in made},
        "batches": history.live,
        "purges": history.purges,
        "events": history.last,
        "sources": _sources(made, store, history, cities),
        "cities": list(cities),
        "sets": [
            {
                "name": name,
                **meta,
                "areas": len(areas),
                "names": areas["name"].tolist(),
                "centres": _centres(areas, crs),
                "placed": _placed(made, i),
                "residents": bool((pd.to_numeric(areas["population"], errors="coerce") > 0).any()),
            }
            for i, (name, (areas, meta)) in enumerate(zip(history.area_sets, sets))
        ],
        "unplaced": labels,
    }


def _placed(made: Sequence[Made], area_set: int) -> dict[str, int]:
    """How the records of a set were placed, and how many each way."""
    counts = Counter[int]()
    for part in made:
        counts.update({int(by): n for by, n in part.note["placed"][area_set].items()})
    return {words.AREA_BY[by].code: counts[by] for by in sorted(counts)}


def _centres(areas: gpd.GeoDataFrame, crs: str | None) -> list[list[int]]:
    """The middle of each area in metres, for circles around it; none without a metric CRS."""
    if crs is None:
        return []
    middle = areas.to_crs(crs).geometry.centroid
    return [[round(x), round(y)] for x, y in zip(middle.x, middle.y)]


def _sources(
    made: Sequence[Made], store: Store, history: History, cities: Sequence[str]
) -> list[SourceMeta]:
    known = sources.read_catalogue(store.root)
    entries = _imports(history)
    told: list[SourceMeta] = []
    for code, name in enumerate(history.sources):
        source = sources.source_of(name, known)
        notes = [part.note["sources"].get(str(code)) for part in made]
        own = [note for note in notes if note]
        first = min((note["first"] for note in own), default=None)
        last = max((note["last"] for note in own), default=None)
        told.append(
            {
                "name": name,
                "title": source.title,
                "says": source.says,
                "kind": source.kind,
                "url": source.url,
                "licence": source.licence,
                "covers": source.covers,
                "area": source.area,
                "notes": source.notes,
                "made": source.made,
                "is_count": source.is_count,
                "changes": [(day.isoformat(), what) for day, what in source.changes],
                "coverage_stated": source.start is not None,
                "start": _iso(source.start) or first,
                "end": _iso(source.end) or last,
                "first": first,
                "last": last,
                "rows": sum(note["rows"] for note in own),
                "counts": _counts(own, cities),
                "imports": [e for e in entries if e["source"] == name],
            }
        )
    return told


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _counts(notes: Sequence[dict[str, Any]], cities: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often each word stands in each column that is counted; a set's words each for itself."""
    found = {}
    for column in COUNTED:
        often = _count(notes, column)
        found[column] = {words.TABLES[column][code].code: often[code] for code in sorted(often)}
    for column in COUNTED_SETS:
        sets = _count(notes, column)
        named = {words.NOT_RECORDED: sets[0]}
        for word, bit in words.CODES[column].items():
            named[word] = sum(n for mask, n in sets.items() if mask & (1 << bit))
        found[column] = {word: n for word, n in named.items() if n}
    often = _count(notes, "city")
    spelled = {**dict(enumerate(cities)), **words.UNLISTED_CITIES}
    found["city"] = {spelled[code]: often[code] for code in sorted(often)}
    return found


def _count(notes: Sequence[dict[str, Any]], column: str) -> Counter[int]:
    counts = Counter[int]()
    for note in notes:
        counts.update({int(code): n for code, n in note["counts"][column].items()})
    return counts
