"""One table in every format that the import reads, and its import into a store of its own."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.cell import WriteOnlyCell

from data.files.table_file import TableFile
from data.imports import importer
from data.imports.importer import Options
from data.settings import Settings
from data.storage.store import Store

PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
MAPPING = """
[source]
name = "calls"
kind = "official"
url = "https://example.org"
[columns]
incident_id = "id"
occurred_at = "date"
lat = "latitude"
lon = "longitude"
kind = "kind"
[values.kind]
Traffic = "traffic_stop"
"""
ROWS = [
    {
        "id": f"24-{n:04}",
        "date": f"2024-03-{n % 28 + 1:02}T10:{n % 60:02}:00",
        "kind": "Traffic",
        "beat": f"{n % 7}",
        "latitude": f"44.{97000 + n}",
        "longitude": f"-93.{26000 + n}",
    }
    for n in range(300)
]
ROWS[7]["date"], ROWS[250]["latitude"] = "", "north"
Rows = list[dict[str, Any]]


def number(text: str) -> Any:
    """A number where a text is one, as a careful program writes it."""
    try:
        return float(text)
    except ValueError:
        return text


def as_csv(rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_lines(rows: Rows) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_compact_lines(rows: Rows) -> str:
    return "\n".join(json.dumps(row, separators=(",", ":")) for row in rows)


def plain(rows: Rows) -> str:
    return json.dumps(rows)


def pretty(rows: Rows) -> str:
    return json.dumps({"meta": {"fields": [{"n": 1}]}, "data": {"items": rows}}, indent=2)


def split(row: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    own = {k: v for k, v in row.items() if k not in ("latitude", "longitude")}
    return own, [number(row["longitude"]), number(row["latitude"])]


def as_geojson(rows: Rows) -> str:
    features = []
    for own, pair in map(split, rows):
        shape = {"type": "Point", "coordinates": pair}
        features.append({"type": "Feature", "properties": own, "geometry": shape})
    return json.dumps({"type": "FeatureCollection", "features": features})


def as_arcgis(rows: Rows) -> str:
    features = []
    for own, (x, y) in map(split, rows):
        features.append({"attributes": own, "geometry": {"x": x, "y": y}})
    around = {"spatialReference": {"wkid": 4326}, "fields": [{"name": n} for n in rows[0]]}
    return json.dumps({**around, "features": features})


def as_socrata(rows: Rows) -> str:
    columns = [{"name": ":sid", "dataTypeName": "meta_data"}]
    columns += [{"name": n, "dataTypeName": "text"} for n in split(rows[0])[0]]
    columns += [{"name": "spot", "dataTypeName": "location"}]
    data = [
        ["row-1", *split(row)[0].values(), [None, row["latitude"], row["longitude"], None, False]]
        for row in rows
    ]
    return json.dumps({"meta": {"view": {"columns": columns}}, "data": data})


def as_arrays(rows: Rows) -> str:
    return json.dumps([list(rows[0]), *(list(row.values()) for row in rows)])


def write_xlsx(file: Path, rows: Rows) -> None:
    """Every cell a text, whatever it begins with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("calls")
    for row in [list(rows[0]), *(list(row.values()) for row in rows)]:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    book.save(file)


def write_parquet(file: Path, rows: Rows) -> None:
    pq.write_table(pa.Table.from_pylist(rows), file)


def frame_of(rows: Rows) -> gpd.GeoDataFrame:
    own, pairs = zip(*map(split, rows))
    xs, ys = zip(*(map(_coordinate, pair) for pair in pairs))
    return gpd.GeoDataFrame(list(own), geometry=gpd.points_from_xy(xs, ys), crs=4326)


def _coordinate(value: Any) -> float:
    return value if isinstance(value, float) else 0.0  # a shape cannot say "north"


def write_geoparquet(file: Path, rows: Rows) -> None:
    frame_of(rows).to_parquet(file)


def write_geopackage(file: Path, rows: Rows) -> None:
    frame_of(rows).to_file(file, driver="GPKG", layer="calls")


def as_kml(rows: Rows) -> str:
    marks = []
    for own, (x, y) in map(split, rows):
        data = "".join(
            f'<Data name="{name}"><value>{escape(str(value))}</value></Data>'
            for name, value in own.items()
        )
        shape = f"<Point><coordinates>{x},{y}</coordinates></Point>"
        marks.append(f"<Placemark><ExtendedData>{data}</ExtendedData>{shape}</Placemark>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{''.join(marks)}</Document></kml>"
    )


def write_kmz(file: Path, rows: Rows) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", as_kml(rows))


def write_zip(file: Path, rows: Rows) -> None:
    """Two tables of one shape."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in (
            ("2024/a.csv", rows[: len(rows) // 2]),
            ("b.csv", rows[len(rows) // 2 :]),
        ):
            if part:
                packed.writestr(name, as_csv(part))


def write_zipped_kmz(file: Path, rows: Rows) -> None:
    inner = file.with_suffix(".inner")
    write_kmz(inner, rows)
    with zipfile.ZipFile(file, "w") as packed:
        packed.write(inner, "calls.kmz")


def _text(write: Callable[[Rows], str]) -> Callable[[Path, Rows], None]:
    def to_file(file: Path, rows: Rows) -> None:
        file.write_text(write(rows), encoding="utf-8", newline="")

    return to_file


# each format with its suffix, and what writes a table in it
FORMATS: dict[str, tuple[str, Callable[[Path, Rows], None]]] = {
    "CSV": (".csv", _text(as_csv)),
    "JSON": (".json", _text(plain)),
    "JSON under keys": (".json", _text(pretty)),
    "JSON Lines": (".jsonl", _text(as_lines)),
    "compact JSON Lines": (".txt", _text(as_compact_lines)),
    "GeoJSON": (".geojson", _text(as_geojson)),
    "ArcGIS": (".json", _text(as_arcgis)),
    "Socrata": (".json", _text(as_socrata)),
    "arrays": (".json", _text(as_arrays)),
    "XLSX": (".xlsx", write_xlsx),
    "Parquet": (".parquet", write_parquet),
    "KML": (".kml", _text(as_kml)),
    "KMZ": (".kmz", write_kmz),
    "zip": (".zip", write_zip),
    "zipped KMZ": (".zip", write_zipped_kmz),
    "GeoParquet": (".parquet", write_geoparquet),
    "GeoPackage": (".gpkg", write_geopackage),
}


def rows_of(table: TableFile) -> list[dict[str, str]]:
    return [row for frame in table.frames() for row in frame.table.to_pylist()]


def take(tmp_path: Path, file: Path, mapping: str = MAPPING) -> tuple[Any, list[dict[str, Any]]]:
    """Import a file into a store of its own; its report and records."""
    store = Store(tmp_path / f"store-{file.name}")
    (tmp_path / "mapping.toml").write_text(mapping)
    options = Options(map=tmp_path / "mapping.toml")
    report = importer.import_file(store, PLACE, file, options, say=lambda _: None)
    left_out = ("row_hash", "received_at", "settled_at", "attributes", "geometry")
    table = pq.read_table(store.batches / f"{report.batch}.parquet").drop_columns(list(left_out))
    return report, table.to_pylist()
