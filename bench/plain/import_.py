"""The import as a careful analyst writes it with pandas and geopandas, and no more."""

import json
import sys
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd

ZONE, METRES = "America/Chicago", "EPSG:26915"
KINDS = {"traffic": "traffic_stop", "suspicious": "suspicious_person_stop"}
MAPPED = ["idNum", "date", "problem", "lat", "long", "neighborhood"]


def _read(file: Path) -> pd.DataFrame:
    """The rows of a file; what is not a coordinate is text."""
    numbers = {"lat": float, "long": float}
    if file.suffix == ".jsonl":
        rows = pd.read_json(
            file, lines=True, dtype=numbers, convert_dates=False, precise_float=True
        )
        whole = rows.select_dtypes("integer").columns
        return rows.astype(dict.fromkeys(whole, str))
    if file.suffix == ".xlsx":
        return pd.read_excel(file, dtype={"idNum": str, "policePrecinct": str})
    columns = pd.read_csv(file, nrows=0).columns
    return pd.read_csv(file, dtype={name: numbers.get(name, str) for name in columns})


def table(file: Path, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The records of a file of police stops, sorted by time and id."""
    rows = _read(file)
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(rows["long"], rows["lat"], crs="EPSG:4326")
    )
    metres = points.to_crs(METRES).geometry
    inside = gpd.sjoin(points, areas[["name", "geometry"]], how="left")
    inside = inside[~inside.index.duplicated()]["name"]
    occurred = pd.to_datetime(rows["date"], utc=True)
    local = occurred.dt.tz_convert(ZONE)
    label = rows["neighborhood"]
    others = rows.drop(columns=MAPPED).to_dict("records")
    records = gpd.GeoDataFrame(
        {
            "incident_id": "police-stops:" + rows["idNum"],
            "occurred_at": occurred,
            "local_date": local.dt.date,
            "hour": local.dt.hour.astype("uint8"),
            "weekday": local.dt.weekday.astype("uint8"),
            "lon": rows["long"],
            "lat": rows["lat"],
            "x": metres.x.astype("float32"),
            "y": metres.y.astype("float32"),
            "area_label": label,
            "area": label.where(label.isin(areas["name"]), inside),
            "area_of_point": inside,
            "kind": rows["problem"].map(KINDS),
            "attributes": [
                json.dumps(
                    {name: value for name, value in row.items() if pd.notna(value)},
                    ensure_ascii=False,
                )
                for row in others
            ],
        },
        geometry=points.geometry,
    )
    return records.sort_values(["occurred_at", "incident_id"], ignore_index=True)


if __name__ == "__main__":
    given, outlines, target = map(Path, sys.argv[1:])
    polygons = gpd.read_parquet(outlines)
    start = time.perf_counter()
    table(given, polygons).to_parquet(target, compression="zstd")
    print(json.dumps({"seconds": time.perf_counter() - start}))
