"""Whole records of a View: the newest of them to read, all of them to take away."""

import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data import personal_columns, words
from data.files import spreadsheet
from data.record import COLUMNS
from data.storage.batches import columns_sql
from data.storage.database import literal
from data.storage.meta_types import TableMeta
from data.storage.store import Current
from data.views.conditions import joined, where
from data.views.pixel_counts import within
from data.views.sql import Clause, polygon_set
from data.views.view import View
from geo.mercator import Grid

_SHOWN = tuple(column.name for column in COLUMNS if column.shown)
MEANINGS = {column.name: column.meaning for column in COLUMNS} | {
    "area": "The area of the chosen set that holds it; empty where none is known.",
    "area_by": "Whether its point or the source's own label placed it there.",
}


def newest_records(
    current: Current, view: View, limit: int, search: str = "", grid: Grid | None = None
) -> pa.Table:
    """The newest records of a View with `area`, newest first; `text` and `attributes` too.

    With a `grid` only those that lie within its pixels. `search` keeps records whose text, id,
    area label or kind holds these words, in any case; `matches` then is how many there are,
    of which `limit` come back.
    """
    wanted = (*_SHOWN, "text", "attributes")
    table = _joined(current, view, wanted, limit, _holding(search), grid)
    return _named(table, view, current.meta)


def records(
    current: Current,
    view: View,
    columns: tuple[str, ...],
    among: Sequence[Clause],
    limit: int,
    more: Mapping[str, str] = MappingProxyType({}),
) -> pa.Table:
    """Some columns of the newest records of a View that fit all of the clauses, and `area`.

    `more` are columns by name and their SQL on the narrow table.
    """
    table = _joined(current, view, columns, limit, None, None, among, more)
    return _named(table, view, current.meta)


def _holding(search: str) -> Clause | None:
    """The condition of a search; None where nothing is searched for."""
    sought = search.strip()
    if not sought:
        return None
    like = "%" + re.sub(r"([\\%_])", r"\\\1", sought) + "%"
    columns = ("text", "incident_id", "area_label", "replace(kind, '_', ' ')")
    sql = " OR ".join(f"{c} ILIKE ? ESCAPE '\\'" for c in columns)
    return sql, [like] * len(columns)


def attribute_names(current: Current, view: View) -> list[str]:
    """The names that `attributes` has in the newest records of a View, sorted."""
    table = newest_records(current, view, 200)
    return sorted(
        {name for text in table["attributes"].to_pylist() for name in other_columns(text)}
    )


def other_columns(attributes: object, personal: Sequence[str] | None = None) -> dict[str, object]:
    """The source's other columns; with `personal`, of those on persons only these."""
    held: dict[str, object] = json.loads(attributes) if isinstance(attributes, str) else {}
    if personal is None:
        return held
    return {k: v for k, v in held.items() if k in personal or not personal_columns.is_personal(k)}


def everything(current: Current, view: View, personal: Sequence[str] = ()) -> pa.Table:
    """All records of a View in order of time: the columns that may be exported, and area.

    `attributes` holds the other columns of official and press sources as JSON: of those
    on persons (race, gender, age) only the ones named in `personal`. Community reports
    go without.
    """
    table = _named(_joined(current, view, (*_SHOWN, "attributes"), None, None), view, current.meta)
    open_to_all = (kind != "community" for kind in table["source_kind"].to_pylist())
    kept = [
        json.dumps(other_columns(text, personal), ensure_ascii=False) if text and is_open else None
        for text, is_open in zip(table["attributes"].to_pylist(), open_to_all, strict=True)
    ]
    rest = table.drop_columns(["attributes"])
    return rest.append_column("attributes", pa.array(kept, pa.string()))


def _joined(
    current: Current,
    view: View,
    columns: tuple[str, ...],
    limit: int | None,
    found: Clause | None,
    grid: Grid | None = None,
    among: Sequence[Clause] = (),
    more: Mapping[str, str] = MappingProxyType({}),
) -> pa.Table:
    """Rows of the narrow table that the View shows, joined with their batches."""
    sql, values = joined([where(view, current), within(grid) if grid else None, *among])
    position = polygon_set(view.area_set, current.meta)
    area = f"area{position[0]}, by{position[0]}" if position else "-1, 0"
    ordered = "ORDER BY day DESC, batch DESC, row DESC" if limit else ""
    # without a search the newest rows are picked before the wide columns are read
    early = f"{ordered} LIMIT {int(limit)}" if limit and not found else ""
    late = f"LIMIT {int(limit)}" if limit else ""
    files = " UNION ALL ".join(
        f"SELECT {columns_sql(file, columns)}, {i} AS batch, file_row_number AS row "
        f"FROM read_parquet({literal(file)}, file_row_number = true)"
        for i, file in enumerate(current.batches)
    )
    condition, sought = found or ("true", [])
    held = "".join(f", {sql} AS {name}" for name, sql in more.items())
    matches = ", count(*) OVER () AS matches" if found else ""
    return current.query(
        f"""WITH picked AS (SELECT batch, row,
                {area.replace(", ", " AS area_row, ", 1)} AS area_by{held}
                FROM {{facts}} WHERE {sql} {early})
        SELECT {", ".join((*columns, *more))}, area_row, area_by{matches}
        FROM picked JOIN ({files}) USING (batch, row) WHERE {condition}
        ORDER BY occurred_at {"DESC" if limit else ""}, incident_id {late}""",
        [*values, *sought],
    )


def _named(table: pa.Table, view: View, meta: TableMeta) -> pa.Table:
    """The records with area names and words in place of positions."""
    found = polygon_set(view.area_set, meta)
    names = [*(found[1]["names"] if found else []), None]
    row = table["area_row"].to_numpy()
    area = pa.array(np.array(names, object)[row], pa.string())
    by = pa.array([words.AREA_BY[i].code for i in table["area_by"].to_pylist()], pa.string())
    rest = table.drop_columns(["area_row", "area_by"])
    return rest.append_column("area", area).append_column("area_by", by)


def as_zip(table: pa.Table, about: dict[str, str]) -> bytes:
    """A zip of the CSV, what it is, and what each column means."""
    notes = [f"{key}: {value}" for key, value in about.items()]
    return spreadsheet.as_zip("records", table, notes, MEANINGS)


def as_geojson(table: pa.Table, about: dict[str, str]) -> bytes:
    """A GeoJSON FeatureCollection; records without a point have a null geometry."""
    frame = table.drop_columns(["lon", "lat"]).to_pylist()
    features = [
        {
            "type": "Feature",
            "geometry": None if lon is None else {"type": "Point", "coordinates": [lon, lat]},
            "properties": {k: _plain(v) for k, v in row.items()},
        }
        for row, lon, lat in zip(frame, table["lon"].to_pylist(), table["lat"].to_pylist())
    ]
    body = {"type": "FeatureCollection", "porchlight": about, "features": features}
    return json.dumps(body, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def as_geoparquet(table: pa.Table, about: dict[str, str]) -> bytes:
    """GeoParquet 1.1 with WKB points in WGS 84; what it is stands in the file's metadata."""
    lon, lat = (table[c].to_numpy() for c in ("lon", "lat"))
    wkb = np.zeros(len(lon), dtype=[("head", "V5"), ("x", "<f8"), ("y", "<f8")])
    wkb["head"] = np.void(b"\x01\x01\x00\x00\x00")
    wkb["x"], wkb["y"] = lon, lat
    missing = np.isnan(lon)
    points = [None if gone else w.tobytes() for w, gone in zip(wkb, missing)]
    made = table.append_column("geometry", pa.array(points, pa.binary()))
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
    }
    told = {"geo": json.dumps(geo), "porchlight": json.dumps(about, ensure_ascii=False)}
    out = io.BytesIO()
    pq.write_table(made.replace_schema_metadata(told), out, compression="zstd")
    return out.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[pa.Table, dict[str, str]], bytes]]] = {
    # the notes of a CSV stand in the zip, where no spreadsheet takes them for cells
    "CSV": ("csv", "text/csv", lambda table, _: spreadsheet.as_csv(table)),
    "CSV for Excel": (
        "excel.csv",
        "text/csv",
        lambda table, _: spreadsheet.as_csv(table, marked=True),
    ),
    "CSV with notes and dictionary": ("zip", "application/zip", as_zip),
    "GeoJSON": ("geojson", "application/geo+json", as_geojson),
    "GeoParquet": ("parquet", "application/vnd.apache.parquet", as_geoparquet),
}
