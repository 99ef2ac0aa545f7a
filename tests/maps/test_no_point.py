"""A place whose records have no points yet has no metric CRS, and is drawn all the same."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from data.areas import area_import
from data.imports import importer
from data.maps import outlines
from data.patterns import neighbors
from data.settings import Settings
from data.storage import projection
from data.storage.store import Current, Store
from data.tables import build
from data.views import coverage, sql
from tests.areas.test_boundaries import geojson

WARDS = {"West": box(13.0, 52.4, 13.1, 52.5), "East": box(13.1, 52.4, 13.2, 52.5)}


@pytest.fixture
def labelled(tmp_path: Path) -> Current:
    """Two wards, and calls that name one of them."""
    settings = Settings(name="Toytown", zone="Europe/Berlin", crs="auto", center=None)
    store = Store(tmp_path / "store")
    rows = [f"{i},2025-01-0{i + 1} 10:00,{'West' if i % 2 else 'East'},call_911" for i in range(9)]
    calls = tmp_path / "calls.csv"
    calls.write_text("\n".join(["id,time,ward,kind", *rows]))
    (tmp_path / "map.toml").write_text(
        '[source]\nname = "calls"\nkind = "official"\n[columns]\nincident_id = "id"\n'
        'occurred_at = "time"\nkind = "kind"\narea_label = "ward"\n'
    )
    options = importer.Options(source="calls", map=tmp_path / "map.toml")
    assert importer.import_file(store, settings, calls, options, say=[].append).kept == 9
    wards = geojson(
        tmp_path / "wards.geojson", *(({"name": n}, shape) for n, shape in WARDS.items())
    )
    area_import.add(store, settings, wards, name_column="name", say=[].append)
    return store.at(build.rebuild(store, settings))


def test_areas_are_drawn_and_compared_in_metres(labelled: Current) -> None:
    assert labelled.meta["place"]["crs"] is None
    units = outlines.units(labelled, "neighborhoods")
    assert projection.metric_crs_of(labelled, units) == "EPSG:32633"
    _, text = outlines.script(labelled, "neighborhoods")
    assert '"name":"West"' in text and '"outline":true' in text
    square = neighbors.exposure(labelled, units, neighbors.GROUND)
    assert square == pytest.approx([75.7, 75.7], abs=0.5)  # 6.8 by 11.1 km


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2025-01-01", "2025-02-01", (date(2025, 1, 1), date(2025, 2, 1))),
        ("2025-01-01", None, None),  # stated from a day on, and no record yet
        (None, None, None),
    ],
)
def test_days_that_are_not_known_are_no_coverage(start: Any, end: Any, days: Any) -> None:
    source: Any = {"says": "calls", "name": "calls", "start": start, "end": end}
    meta: Any = {"sources": [source], "place": {"zone": "UTC"}}
    assert sql.covered_days(source) == days
    today = datetime.now(UTC).date()
    assert coverage.source_days(("calls",), meta) == (days or (today, today))
