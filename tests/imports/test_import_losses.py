"""Rows with an impossible coordinate go by their label, and a kind that is lost is named."""

from pathlib import Path

import pytest

from data.areas import area_import
from data.files import csv_grammar
from data.files.row_reasons import RowReason
from data.imports import advice
from data.storage.store import Store
from data.tables import build
from tests.areas.test_boundaries import geojson, square
from tests.imports.test_import import OFFICIAL, PLACE, take

HEAD = "id,date,lat,lon,area,kind\n"
MAPPING = (
    f'{OFFICIAL}[columns]\nincident_id = "id"\noccurred_at = "date"\nlat = "lat"\nlon = "lon"\n'
    'area_label = "area"\nkind = "kind"\n'
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def row(number: int, point: str, label: str, kind: str = "other") -> str:
    return f"{number},2026-01-05 10:00,{point},{label},{kind}\n"


BAD = {
    "0,0": "the coordinate is 0/0",
    "0.0,-0.0": "the coordinate is 0/0",
    "144.9,-93.2": "the coordinate is out of range",
    "51.5,-0.1": "far outside the place",
    "-93.26,44.97": "latitude and longitude are swapped (exchanged they lie in the place)",
    "NaN,NaN": "the coordinate is NaN or infinite",
    "withheld,withheld": "the coordinate cannot be read as a number",
    "44.97,": "only one of latitude and longitude is given",
}


@pytest.mark.parametrize(("point", "why"), BAD.items())
def test_a_bad_coordinate_with_a_label_goes_by_the_label(
    store: Store, point: str, why: str
) -> None:
    text = (
        HEAD + row(1, point, "Whittier") + row(2, "44.97,-93.26", "Whittier") + row(3, point, "NA")
    )
    report, found = take(store, text, mapping=MAPPING)
    assert report.rejected == {why: 1}  # without a usable label as ever
    assert report.by_label == {why: 1}
    one = next(r for r in found if r["incident_id"] == "calls:1")
    assert (one["place_precision"], one["area_label"]) == ("area", "Whittier")
    assert [one[c] for c in ("lon", "lat", "x", "y", "geometry")] == [None] * 5
    assert (
        f"Note: {why}: the row goes by its area's label, without a point: 1." in report.sentences()
    )


def test_in_one_column_of_points_too(store: Store) -> None:
    mapping = MAPPING.replace('lat = "lat"\nlon = "lon"\n', 'point = "where"\n')
    text = "id,date,where,area,kind\n" + "".join(
        f"{i},2026-01-05,{point},Whittier,other\n"
        for i, point in enumerate(("POINT (0 0)", "POINT (-93.26 44.97)", "POINT (500 44)"))
    )
    report, found = take(store, text, mapping=mapping)
    assert report.kept == 3 and sum(report.by_label.values()) == 2
    assert sorted(r["place_precision"] for r in found) == ["area", "area", "exact"]


def test_a_city_is_no_label_of_an_area(store: Store) -> None:
    mapping = MAPPING.replace("area_label", "city")
    report, _ = take(
        store, HEAD + row(1, "0,0", "Minneapolis") + row(2, "44.97,-93.26", ""), mapping=mapping
    )
    assert report.rejected == {"the coordinate is 0/0": 1}


def test_it_is_counted_in_its_area(store: Store, tmp_path: Path) -> None:
    town = geojson(tmp_path / "town.geojson", ({"name": "West End"}, square(0, 0)))
    area_import.add(store, PLACE, town, name_column="name", say=lambda _: None)
    take(store, HEAD + row(1, "0,0", "West End") + row(2, "44.97,-93.3", "Far"), mapping=MAPPING)
    build.rebuild(store, PLACE)
    placed = store.at(str(store.stamp())).meta["sets"][0]["placed"]
    assert placed == {"label": 1, "none": 1}


LOST = (
    'The kind "use of force" lost all of its rows: 3 of 3 were rejected, most often for: '
    "the coordinate is 0/0 (2). What is counted of it is too low."
)


def test_a_kind_that_loses_most_of_its_rows_is_named_in_the_last_lines(store: Store) -> None:
    rows = [row(i, "44.97,-93.26", "", "traffic_stop") for i in range(10)]
    rows += [row(i, "0,0", "", "use_of_force") for i in (10, 11)]
    rows += [row(12, "91.5,-93", "", "use_of_force")]
    rows += [row(i, "0,0" if i % 2 else "44.97,-93.26", "", "sighting") for i in range(13, 17)]
    text = HEAD + "".join(rows)
    for options in ({"dry_run": True}, {}):
        report, _ = take(store, text, mapping=MAPPING, **options)
        assert report.sentences()[-2:] == [LOST, "12 kept + 5 rejected = 17 rows in the file"]


def test_half_is_not_more_than_half_and_a_label_saves_a_kind(store: Store) -> None:
    rows = [row(1, "0,0", "", "sighting"), row(2, "44.97,-93.26", "", "sighting")]
    rows += [row(i, "0,0", "Whittier", "use_of_force") for i in range(3, 9)]
    report, found = take(store, HEAD + "".join(rows), mapping=MAPPING)
    assert report.losses == () and len(found) == 7
    (said,) = [s for s in report.sentences() if "without a point (" in s]
    assert said.startswith("More than half of the rows go by their label, without a point (6 of 8)")


def test_a_kind_stated_for_all_rows_is_named_too(store: Store) -> None:
    mapping = MAPPING.replace('kind = "kind"', "") + '[constant]\nkind = "shooting"\n'
    rows = row(1, "0,0", ""), row(2, "0,0", ""), row(3, "44.97,-93.26", "")
    report, _ = take(store, HEAD + "".join(rows), mapping=mapping)
    assert [loss[:4] for loss in report.losses] == [("shooting", "", 2, 3)]


@pytest.mark.parametrize("way", ["rules", "option"])
def test_what_the_source_calls_it_is_named_where_our_kind_hides_it(store: Store, way: str) -> None:
    rows = [row(i, "44.97,-93.26", "", "Theft") for i in range(60)]
    rows += [row(i, "0,0", "", "Violent offence") for i in range(60, 85)]
    text = (HEAD + "".join(rows)).replace("area,kind", "area,offense")
    mapping = MAPPING.replace('kind = "kind"', 'kind = "offense"')
    mapping += '[values.kind]\n"*" = "other"\n'
    options = (
        {"mapping": mapping} if way == "rules" else {"kind": "other", "source": "police-stops"}
    )
    report, _ = take(store, text, **options)
    assert [loss[:4] for loss in report.losses] == [("other", "Violent offence", 25, 25)]
    assert report.sentences()[-2].startswith(
        'What the source calls "Violent offence" (other) lost all of its rows: 25 of 25'
    )


def test_every_reason_is_met_by_advice_of_its_own_or_by_the_columns() -> None:
    """No advice hangs on how a reason is worded: it is looked up by the reason itself."""
    assert set(advice.ADVICE) <= set(RowReason)
    assert f"{csv_grammar.MOST_ROW_BYTES:,}" in RowReason.TOO_LONG
    for reason in RowReason:
        (said,) = advice.advise(2, {reason: 2})
        todo = advice.ADVICE.get(reason, advice.IN_COLUMNS)
        assert f"most often for: {reason} (2). What to do: {todo}." in said
    assert advice.LEFT_OUT in advice.points_lost(2, {RowReason.NULL_ISLAND: 2})[0]


def test_the_share_of_other_is_of_the_rows_that_are_kept(store: Store) -> None:
    rows = [row(i, "44.97,-93.26", "", "other" if i < 6 else "sighting") for i in range(15)]
    lost = [row(i, "0,0", "", "other") for i in range(20, 25)]
    report, _ = take(store, HEAD + "".join(rows + lost), mapping=MAPPING)
    assert (report.rows, report.kept) == (20, 15)
    found = report.without_kind
    assert found is not None and (found.n, found.rows, found.texts) == (6, 15, {"other": 6})
    assert any(s.startswith("40% of the rows (6 of 15) are of the") for s in report.sentences())


def test_other_rows_that_were_all_rejected_are_not_many(store: Store) -> None:
    rows = [row(i, "44.97,-93.26", "", "sighting") for i in range(5)]
    lost = [row(i, "0,0", "", "other") for i in range(20, 25)]
    report, _ = take(store, HEAD + "".join(rows + lost), mapping=MAPPING)
    assert report.without_kind is None and report.kept == 5
