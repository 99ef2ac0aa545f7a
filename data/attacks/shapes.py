"""A18: what else depends on records: rows, order, notes, names and sizes of what is released."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data.attacks import made_place, made_records
from data.attacks.case import Case, Count, Found
from data.attacks.made_events import made_rules
from data.attacks.made_place import MadePlace
from data.attacks.served import contents

_AS_OF = date(2022, 3, 20)  # so that a year and its late ones are closed
_DAYS = 300
_NUMBERS = ("n", "number", "low", "high", "sd")
_OF_BYTES = ("files", "id")  # hashes: of one length, whatever is in the files
# files whose length is that of names and hashes alone
FIXED = ("manifest.json", "areas.geojson", "districts.geojson")


def shapes(case: Case, count: Count) -> Found:
    """Check that releases of 0, 1 and many events, of one record more that was never admitted, and
    of a source more or less, differ in nothing but their numbers."""
    variants = _variants(count.events)
    found, wrong = {}, []
    for i, (name, batches) in enumerate(variants.items()):
        place = MadePlace(case.scratch / f"shape-{i}")
        with made_place.open_place(place, made_rules(case.rules)):
            made_place.fill_areas(place)
            for source, rows in batches:
                place.import_rows(rows, source)
            found[name] = shape_of(place.release(_AS_OF, case.embed).folder)
        case.progress((i + 1) / len(variants))
    first = next(iter(found.values()))
    if not any(first[key] for key in first if key.startswith("community/measured/")):
        wrong.append("nothing was measured: there is nothing to compare")
    for name, shape in found.items():
        wrong += [f"{name}: {what}" for what in different(first, shape)]
    said = f": {wrong[0]}" if wrong else ""
    return Found(not wrong, f"{len(found)} data sets, {len(wrong)} differences{said}")


def shape_of(folder: Path) -> dict[str, Any]:
    """All of a release that must not depend on records: by file, and by what of it."""
    files = contents(folder)
    shape: dict[str, Any] = {"files": sorted(files)}
    for name, body in files.items():
        if name in FIXED:
            shape[f"{name}: length"] = len(body)
        if name.endswith(".geojson"):
            shape[f"{name}: bytes"] = body
        if name.endswith(".parquet"):
            table = pq.read_table(folder / name)
            shape[f"{name}: columns"] = [(f.name, str(f.type)) for f in table.schema]
            names = [c for c in table.column_names if c not in _NUMBERS]
            shape[f"{name}: rows"] = table.select(names).to_pylist()
    manifest = json.loads(files["manifest.json"])
    shape |= {f"manifest: {key}": value for key, value in manifest.items() if key not in _OF_BYTES}
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        resource.pop("bytes"), resource.pop("hash")
    return shape | {f"package: {key}": value for key, value in package.items()}


def different(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What of two releases is not the same."""
    return [key for key in sorted({*one, *other}) if one.get(key) != other.get(key)]


def _variants(many: int) -> dict[str, list[tuple[str, pd.DataFrame]]]:
    """Data sets by name: the batches of each, with their source."""
    yearly = int(many * 365 / _DAYS) + 1
    history = made_records.history(yearly, 1, seed=18, many=made_place.AREAS)
    known = made_records.records_known_on(history, _AS_OF + timedelta(days=900))
    community = known[known["source_kind"] == "community"]
    good = community[community["grade"].isin(["corroborated", "verified"])]
    event = made_place.report_rows(good.head(1))
    never = made_place.report_rows(good.tail(1)).assign(id="never:000001", grade="rejected")
    rows = made_place.report_rows(community)
    hotline = made_records.HOTLINE
    other = made_place.report_rows(good.iloc[[1]]).assign(id="other:000002")
    tail = rows.assign(id=np.char.add("more:", rows["id"].str[-6:].to_numpy(str)))
    return {
        "no event": [(hotline, never)],
        "one event": [(hotline, event)],
        f"{len(rows):,} reports": [(hotline, rows)],
        "one record more that was never admitted": [(hotline, rows), (hotline, never)],
        "a source more": [(hotline, rows), ("made-neighbors", other)],
        "another source alone": [("made-neighbors", tail)],
    }
