"""Files of lines and polygons: where each counts, and what the import says of it, in every format."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from shapely import LineString, MultiLineString, Point, Polygon, box
from shapely.geometry import mapping

from data.imports import importer
from data.imports.importer import Options
from data.imports.report import Report
from data.settings import Settings
from data.storage.store import Store

PLACE = Settings("Town", zone="America/Chicago", center=(44.97, -93.26), reach_km=40)
# an angle: the middle along it is on its longer arm, none of its corners
STREET = LineString([(-93.30, 44.97), (-93.29, 44.97), (-93.29, 45.0)])
PARTS = MultiLineString([[(-93.2, 44.9), (-93.21, 44.9)], [(-93.3, 44.9), (-93.3, 44.96)]])
BLOCK = box(-93.27, 44.97, -93.26, 44.98)
SHAPES = [Point(-93.26, 44.97), STREET, PARTS, BLOCK]
MIDDLES = [(44.97, -93.26), (44.98, -93.29), (44.93, -93.3)]
LINES = "2 of 4 shapes are lines: each counts at a point in its middle, and its place is known to the block"
AREAS = "1 of 4 shapes are areas: each counts at a point in its middle, and its place is known to the locality"


def frame() -> gpd.GeoDataFrame:
    count = range(len(SHAPES))
    held = {
        "id": [f"C-{i}" for i in count],
        "date": [f"2024-03-0{i + 1} 10:00" for i in count],
        "kind": ["Sighting"] * len(SHAPES),
    }
    return gpd.GeoDataFrame(held, geometry=SHAPES, crs=4326)


def geojson(folder: Path) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": mapping(shape)}
        for row, shape in zip(frame().drop(columns="geometry").to_dict("records"), SHAPES)
    ]
    file = folder / "lines.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def zipped(folder: Path) -> Path:
    file = folder / "lines.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(geojson(folder), "lines.geojson")
    return file


def geoparquet(folder: Path) -> Path:
    file = folder / "lines.parquet"
    frame().to_parquet(file)
    assert pq.read_schema(file).metadata[b"geo"]
    return file


def geopackage(folder: Path) -> Path:
    file = folder / "lines.gpkg"
    frame().to_file(file, layer="lines", driver="GPKG")
    return file


def kml(folder: Path) -> Path:
    def coordinates(shape: LineString | Point) -> str:
        pairs = " ".join(f"{x},{y}" for x, y in shape.coords)
        return f"<coordinates>{pairs}</coordinates>"

    def written(shape: Point | LineString | MultiLineString | Polygon) -> str:
        if isinstance(shape, MultiLineString):
            return f"<MultiGeometry>{''.join(map(written, shape.geoms))}</MultiGeometry>"
        if isinstance(shape, Polygon):
            ring = f"<LinearRing>{coordinates(shape.exterior)}</LinearRing>"
            return f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
        return f"<{shape.geom_type}>{coordinates(shape)}</{shape.geom_type}>"

    marks = "".join(
        "<Placemark><ExtendedData>"
        + "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in row.items())
        + f"</ExtendedData>{written(shape)}</Placemark>"
        for row, shape in zip(frame().drop(columns="geometry").to_dict("records"), SHAPES)
    )
    file = folder / "lines.kml"
    file.write_text(
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    )
    return file


def take(folder: Path, file: Path, **options: str) -> tuple[Report, list[dict[str, object]]]:
    store = Store(folder / "store")
    stated = Options(source_kind="official", **options)  # type: ignore[arg-type]
    report = importer.import_file(store, PLACE, file, stated, say=lambda _: None)
    (batch,) = store.batches.glob("*.parquet")
    records = pq.read_table(batch).to_pylist()
    return report, sorted(records, key=lambda record: str(record["incident_id"]))


@pytest.mark.parametrize("write", [geojson, zipped, geoparquet, geopackage, kml])
def test_a_line_counts_at_its_middle_and_the_import_says_so(
    tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    report, records = take(tmp_path, write(tmp_path))
    assert [r["place_precision"] for r in records] == ["exact", "block", "block", "locality"]
    found = [(r["lat"], r["lon"]) for r in records[:3]]
    assert found == [pytest.approx(middle, abs=1e-6) for middle in MIDDLES]
    said = report.sentences()
    assert f"Note: {LINES}." in said
    assert any(sentence.startswith(f"Note: {AREAS}") for sentence in said)


def test_what_a_mapping_makes_of_shapes_is_what_is_said(tmp_path: Path) -> None:
    rules = (
        '[source]\nname = "lines"\nkind = "official"\n[columns]\nincident_id = "id"\n'
        'occurred_at = "date"\nkind = "kind"\nlat = "latitude"\nlon = "longitude"\n'
    )
    file, map_file = geojson(tmp_path), tmp_path / "map.toml"
    for more, expected in {
        "": "3 of 4 shapes are lines or areas: each counts at a point in its middle, as if its place "
        "were exact",
        'place_precision = "place_precision"\n[place]\nprecision = "locality"\n': "3 of 4 shapes are "
        "lines or areas: each counts at a point in its middle, and its place is known to the locality",
        '[place]\nprecision = "city"\n': "3 of 4 shapes are lines or areas: each goes by the label",
    }.items():
        map_file.write_text(rules + more)
        report = importer.import_file(
            Store(tmp_path / "store"),
            PLACE,
            file,
            Options(map=map_file, dry_run=True),
            say=lambda _: None,
        )
        assert any(s.startswith(f"Note: {expected}") for s in report.sentences()), (
            report.sentences()
        )
    points = frame().iloc[:1]
    points.to_file(tmp_path / "points.geojson", driver="GeoJSON")
    report, _ = take(tmp_path, tmp_path / "points.geojson")
    assert not [s for s in report.sentences() if "shapes are" in s]
