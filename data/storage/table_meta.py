"""The metadata of `current`: place, sources with their coverage, area sets, counts."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import cast

import duckdb
import geopandas as gpd
import pandas as pd

from data import sources, words
from data.settings import Settings
from data.storage import area_sets, projection
from data.storage.events import detail_of
from data.storage.history import History
from data.storage.meta_types import ImportMeta, SourceMeta, TableMeta
from data.storage.store import Store, literal

_COUNTED = ("kind", "grade", "via", "response", "time_precision", "place_precision")
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
        entry = {"batch": name, "imported_at": event.at, **detail_of(event)}
        if more := history.merges.get(event.batch):
            entry |= {"source_rows": more.rows, "merged": more.merged}
        entry.pop("mapping", None)
        found.append(cast(ImportMeta, entry))  # as this version wrote it, JSON in the ledger
    return found


def describe(
    store: Store,
    settings: Settings,
    built: Path,
    stamp: str,
    unplaced: Counter[str],
    meridian: float,
) -> TableMeta:
    """The meta of one `current`, as plain JSON values."""
    history, crs = store.history(), projection.metric_crs(store, settings)
    sets = [
        (name, *area_sets.read_areas(built / f"areas{i}.parquet"))
        for i, name in enumerate(history.area_sets)
    ]
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE VIEW facts AS FROM read_parquet({literal(built / 'facts.parquet')})"
        )
        count = connection.execute("SELECT count(*) FROM facts").fetchone()
        rows = count[0] if count else 0
        told = _sources(connection, store, history)
        placed = [
            {
                words.AREA_BY[by].code: n
                for by, n in connection.execute(
                    f"SELECT by{i}, count(*) FROM facts GROUP BY 1 ORDER BY 1"
                ).fetchall()
            }
            for i in range(len(sets))
        ]
    labels = [(label or "", n) for label, n in unplaced.most_common(LISTED_LABELS)]
    return {
        "stamp": stamp,
        "place": {"name": settings.name, "zone": settings.zone, "crs": crs, "meridian": meridian},
        "rows": rows,
        "batches": history.live,
        "purges": history.purges,
        "events": history.last,
        "sources": told,
        "sets": [
            {
                "name": name,
                **meta,
                "areas": len(areas),
                "names": areas["name"].tolist(),
                "centres": _centres(areas, crs),
                "placed": placed[i],
                "residents": bool((pd.to_numeric(areas["population"], errors="coerce") > 0).any()),
            }
            for i, (name, areas, meta) in enumerate(sets)
        ],
        "unplaced": labels,
    }


def _centres(areas: gpd.GeoDataFrame, crs: str | None) -> list[list[int]]:
    """The middle of each area in metres, for circles around it; none without a metric CRS."""
    if crs is None:
        return []
    middle = areas.to_crs(crs).geometry.centroid
    return [[round(x), round(y)] for x, y in zip(middle.x, middle.y)]


def _sources(
    connection: duckdb.DuckDBPyConnection, store: Store, history: History
) -> list[SourceMeta]:
    known = sources.read_catalogue(store.root)
    entries = _imports(history)
    told: list[SourceMeta] = []
    for code, name in enumerate(history.sources):
        source = sources.source_of(name, known)
        found = connection.execute(
            # a record known only to the month may have happened up to its last day
            "SELECT count(*), min(day), max(if(weekday IS NULL, last_day(day), day)) FROM facts "
            "WHERE source = ?",
            [code],
        ).fetchone()
        n, first, last = found or (0, None, None)
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
                "start": _iso(source.start or first),
                "end": _iso(source.end or last),
                "first": _iso(first),
                "last": _iso(last),
                "rows": n,
                "counts": {c: _count(connection, c, code) for c in _COUNTED},
                "imports": [e for e in entries if e["source"] == name],
            }
        )
    return told


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _count(connection: duckdb.DuckDBPyConnection, column: str, source: int) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT {column}, count(*) FROM facts WHERE source = ? GROUP BY 1 ORDER BY 1", [source]
    ).fetchall()
    return {words.TABLES[column][code].code: n for code, n in rows}
