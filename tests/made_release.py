"""A release's tables, areas and manifest made from a filled store: counts of the sample in
the form of the release, with a simple threshold. Only for tests of what reads a release."""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data import words

LEAST, BASE = 12, 5


class Made(NamedTuple):
    """The arguments of `data.embed.embed_files.write`."""

    tables: dict[str, pd.DataFrame]
    areas: gpd.GeoDataFrame
    manifest: dict[str, Any]


def make_release(store: Path, times: int = 1, *, official: bool = True) -> Made:
    """The release of a store; `times` makes each community report so many."""
    folder = next(p for p in sorted((store / "current").iterdir()) if p.is_dir())
    meta = json.loads((folder / "meta.json").read_text())
    facts = pd.read_parquet(folder / "facts.parquet")
    raw = gpd.read_parquet(folder / "areas0.parquet")
    areas, group = _merged(raw)
    at = facts["area0"].to_numpy()
    facts["area"] = np.where(at >= 0, group[np.maximum(at, 0)], 0)
    facts["kind"] = [words.KINDS[k].code for k in facts["kind"]]
    facts["date"] = pd.to_datetime(facts["day"])
    kinds = [s["kind"] for s in meta["sources"]]
    facts["sort"] = [kinds[s] for s in facts["source"]]
    vetted = facts["grade"].isin([2, 3])
    tables: dict[str, pd.DataFrame] = {}
    for sort, rows in (
        ("community", facts[(facts["sort"] == "community") & vetted]),
        ("press", facts[facts["sort"] == "press"]),
    ):
        tables |= _strict(sort, rows, len(areas), times)
    if official:
        own = facts[(facts["sort"] == "official") & (facts["area"] > 0)]
        counted = own.groupby(["day", "area", "kind"]).size().rename("n").reset_index()
        counted = counted.rename(columns={"day": "period"})
        counted["period"] = counted["period"].astype(str)
        tables["official/area-day-kind"] = counted
    return Made(tables, areas, _manifest(meta, tables))


def _merged(raw: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, Any]:
    metres = raw.to_crs(32615)
    shapes, people = (
        list(metres.geometry),
        [int(p) if pd.notna(p) else 0 for p in raw["population"]],
    )
    members = [[i] for i in range(len(raw))]
    while True:
        small = min(range(len(shapes)), key=lambda i: (people[i], i))
        if people[small] >= 2000:
            break
        borders = [
            0.0 if i == small else shapely.length(shapely.intersection(shapes[small], s))
            for i, s in enumerate(shapes)
        ]
        into = int(np.argmax(borders))
        shapes[into] = shapely.union_all([shapes[into], shapes[small]])
        people[into] += people[small]
        members[into] += members[small]
        for held in (shapes, people, members):
            del held[small]
    order = sorted(range(len(shapes)), key=lambda i: min(members[i]))
    group = np.zeros(len(raw), int)
    for code, i in enumerate(order, 1):
        group[members[i]] = code
    names = [" + ".join(sorted(raw["name"].iloc[m] for m in members[i])) for i in order]
    metres_simple = shapely.coverage_simplify(np.array([shapes[i] for i in order]), 8)
    areas = gpd.GeoDataFrame(
        {"area": range(1, len(order) + 1), "name": names, "residents": [people[i] for i in order]},
        geometry=list(metres_simple),
        crs=32615,
    )
    return areas.to_crs(4326), group


def _quarter(dates: pd.Series) -> pd.Series:
    return dates.dt.year.astype(str) + "-Q" + dates.dt.quarter.astype(str)


def _strict(sort: str, rows: pd.DataFrame, areas: int, times: int) -> dict[str, pd.DataFrame]:
    rows = rows.copy()
    iso = rows["date"].dt.isocalendar()
    rows["week"] = iso.year.astype(str) + "-W" + iso.week.astype(str).str.zfill(2)
    rows["month"] = rows["date"].dt.strftime("%Y-%m")
    rows["quarter"] = _quarter(rows["date"])
    rows["year"] = rows["date"].dt.year.astype(str)
    rows["band"] = pd.cut(
        rows["hour"].fillna(-1), [-0.5, 5.5, 11.5, 17.5, 23.5], labels=BANDS
    ).astype(object)
    codes = list(range(1, areas + 1))
    quarters = ["2025-Q3", "2025-Q4", "2026-Q1"]
    kinds = [k.code for k in words.KINDS if not k.sensitive]
    every = rows.assign(kind="all")
    grids = {
        "city-week-kind": (
            pd.concat([rows, every]),
            {"week": sorted(rows["week"].unique())[1:-1], "kind": ["all", *kinds]},
        ),
        "area-month": (
            rows,
            {
                "month": [str(m) for m in pd.period_range("2025-06", "2026-05", freq="M")],
                "area": codes,
            },
        ),
        "area-quarter": (rows, {"quarter": quarters, "area": codes}),
        "area-quarter-kind": (rows, {"quarter": quarters, "area": codes, "kind": kinds}),
        "area-year-kind": (rows, {"year": ["2025"], "area": codes, "kind": kinds}),
        "city-quarter-band": (rows, {"quarter": quarters, "band": list(BANDS)}),
    }
    found = {}
    for name, (held, axes) in grids.items():
        counted = held.groupby(list(axes), observed=True).size() * times
        full = counted.reindex(
            pd.MultiIndex.from_product(list(axes.values()), names=list(axes)), fill_value=0
        )
        n = full.to_numpy().astype(float)
        rounded = np.floor(n / BASE + np.arange(len(n)) * 0.618 % 1) * BASE
        table = full.index.to_frame(index=False).rename(columns={next(iter(axes)): "period"})
        table["n"] = pd.array(np.where(n >= LEAST, rounded, np.nan), dtype="Int32")
        found[f"{sort}/{name}"] = table
    return found


BANDS = ("00-06", "06-12", "12-18", "18-24")


def _manifest(meta: dict[str, Any], tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    kept = ("name", "title", "kind", "says", "covers", "licence", "url", "made")
    return {
        "id": f"2026-06-20-{hashlib.sha256(meta['stamp'].encode()).hexdigest()[:8]}",
        "place": {"name": meta["place"]["name"], "zone": meta["place"]["zone"]},
        "as_of": "2026-06-20",
        "stamp": meta["stamp"],
        "code": "0.1.0",
        "policy": {
            "least": {"value": 12, "reason": "Ten reports of one house are not a cell."},
            "base": {"value": 5, "reason": "Consistency beats averaging."},
            "area_days": {"value": 14, "reason": "Never a tracker."},
        },
        "warnings": [],
        "held_back": [
            "Kinds and settings marked as sensitive are shown for the city and the year only."
        ],
        "sources": [{k: s.get(k) for k in kept} for s in meta["sources"]],
        "tables": {
            name: {"columns": list(t.columns), "rows": len(t), "what": name}
            for name, t in tables.items()
        },
        "files": {},
    }
