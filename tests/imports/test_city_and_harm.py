"""The city of a record and what harm was done: read, narrowed, filtered; older batches too."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data.areas import area_import
from data.imports.importer import Options, import_file
from data.settings import Settings
from data.storage.store import Current, Store
from data.tables import build
from data.tables.city_names import MOST, list_cities
from data.upkeep import purge
from data.values.word_columns import BOTH_WAYS
from data.views import links, view_counts, whole_records
from data.views.links import query
from data.views.view import View
from data.words import ANOTHER_CITY
from tests.release.test_publish import areas
from tests.views.test_view import NOW

PLACE = Settings(name="Testville", zone="America/Chicago", crs="EPSG:26915", center=(44.9, -93.3))
HEADER = "id,date,neighborhood,city,kind,injured,press_hurt,aid_kept_away,harm"
ROWS = (
    "1,2025-06-01,Area 0,,shooting,yes,,,",
    "2,2025-06-02,,Saint Paul,shooting,no,,yes,",
    "3,2025-06-03,,St. Paul,shooting,,yes,,",
    "4,2025-06-04,,Test ville,shooting,,,,hurt",
    "5,2025-06-05,,testville,shooting,no,,,hurt",
    "6,2025-06-06,Area 0,Burnsville,shooting,,,,aid kept away",
    "7,2025-06-07,Nowhere,,shooting,,,,none",
    '8,2025-06-08,,{{7*7}} <b>,shooting,,,,"press hurt, aid kept away"',
)
HARM = (
    ["hurt"],
    ["aid_kept_away", "none"],
    ["hurt", "press_hurt"],
    ["hurt"],
    ["hurt"],
    ["aid_kept_away"],
    ["none"],
    ["aid_kept_away", "hurt", "press_hurt"],
)


def filled(folder: Path, notes: dict[str, int] | None = None) -> Store:
    """A store with one area set and the rows above."""
    store = Store(folder / "store")
    areas(folder / "areas.geojson")
    area_import.add(store, PLACE, folder / "areas.geojson", name_column="name", say=lambda _: None)
    file = folder / "press.csv"
    file.write_text("\n".join([HEADER, *ROWS]))
    report = import_file(store, PLACE, file, Options(source="calls"), say=lambda _: None)
    (notes if notes is not None else {}).update(report.notes)
    build.rebuild(store, PLACE)
    return store


def readers(store: Store) -> Current:
    return store.at(str(store.stamp()))


def view(current: Current, **choices: object) -> View:
    return links.view(choices, current.meta, PLACE, NOW)[0]


def ids(current: Current, **choices: object) -> list[int]:
    """The numbers of the records that a View shows."""
    table = whole_records.everything(current, view(current, **choices))
    return sorted(int(i.removeprefix("calls:")) for i in table["incident_id"].to_pylist())


def test_columns_are_found_and_flags_are_harm(tmp_path: Path) -> None:
    notes: dict[str, int] = {}
    store = filled(tmp_path, notes)
    (batch,) = store.batches.glob("*.parquet")
    table = pq.read_table(batch).sort_by("incident_id").to_pydict()
    assert [sorted(of) for of in table["harm"]] == list(HARM)
    assert table["city"][:4] == [None, "Saint Paul", "St. Paul", "Test ville"]
    assert table["injured"] == [True, False, None, None, False, None, None, None]
    assert notes[BOTH_WAYS] == 1


def test_cities_and_harm_are_filters(tmp_path: Path) -> None:
    current = readers(filled(tmp_path))
    assert current.meta["cities"] == [
        "Testville",
        "Burnsville",
        "Saint Paul",
        "Test ville",
        "7 7 b",
    ]
    (source,) = current.meta["sources"]
    assert source["counts"]["city"]["Testville"] == 2  # in an area, and by name
    assert ids(current, city=["Testville"]) == [1, 5]
    assert ids(current, city=["Saint Paul"]) == [2, 3]
    assert ids(current, city=["Burnsville"]) == [6]  # its own word goes before the area
    assert ids(current, city=["city not known"]) == [7]
    assert ids(current, harm=["hurt"]) == [1, 3, 4, 5, 8]
    assert ids(current, harm=["press hurt", "none"]) == [2, 3, 7, 8]
    assert ids(current, harm=["not recorded"]) == []
    assert ids(current, force=["not recorded"]) == list(range(1, 9))
    both = view(current, harm=["press hurt"], city=["Saint Paul", "city not known"])
    assert "harm=press+hurt" in query(both, current.meta)
    assert "city=Saint+Paul&city=city+not+known" in query(both, current.meta)
    sentence = links.sentence(both, current.meta, view_counts.headline(current, both))
    assert "press hurt, Saint Paul, city not known" in sentence and sentence.startswith("1 of 8 ")


@pytest.fixture
def older(tmp_path: Path) -> Store:
    """The same store as an earlier version left it: without the two columns."""
    store = filled(tmp_path)
    (batch,) = store.batches.glob("*.parquet")
    table = pq.read_table(batch)
    told = table.schema.metadata
    pq.write_table(table.drop_columns(["city", "harm"]).replace_schema_metadata(told), batch)
    sums = batch.with_suffix(".json")
    if sums.exists():
        sums.unlink()
    for part in store.derived.rglob("*.parquet"):
        part.unlink()
    build.rebuild(store, PLACE)
    return store


def test_a_batch_of_an_earlier_version_opens_and_counts(older: Store) -> None:
    current = readers(older)
    assert current.meta["rows"] == 8
    # what was called a place known only to the city is the city; who was hurt is told by `injured`
    assert ids(current, city=["Saint Paul"]) == [2, 3]
    assert ids(current, city=["Testville"]) == [1, 5, 6]
    assert ids(current, harm=["hurt"]) == [1] and ids(current, harm=["none"]) == [2, 5]
    table = whole_records.everything(current, view(current))
    assert table["city"].null_count == table["harm"].null_count == 8


def test_a_record_of_an_older_batch_can_be_purged(older: Store) -> None:
    assert "Removed 1 record" in purge.purge(older, "calls:2")
    build.rebuild(older, PLACE)
    assert ids(readers(older)) == [1, 3, 4, 5, 6, 7, 8]
    assert ids(readers(older), city=["St. Paul"]) == [3]


def test_old_and_new_batches_stand_together(older: Store, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(f"{HEADER}\n9,2025-07-01,,Burnsville,shooting,,yes,,\n")
    import_file(older, PLACE, file, Options(source="calls"), say=lambda _: None)
    build.rebuild(older, PLACE)
    assert ids(readers(older), harm=["press hurt"]) == [9]
    assert ids(readers(older), city=["Burnsville"]) == [9]
    assert ids(readers(older), harm=["hurt"]) == [1, 9]


def test_the_list_of_cities_is_short_and_clean() -> None:
    listed = list_cities("Testville", [f"City {n}" for n in range(MOST + 5)])
    assert len(listed.names) == MOST and listed.codes["City 98"] == 99
    assert listed.codes["City 99"] == listed.codes["City 104"] == ANOTHER_CITY
    odd = list_cities("Testville", ["<script>{{1}}", "TESTVILLE", "city not known", "\u202e"])
    assert odd.names == ["Testville", "script 1"] and odd.codes["TESTVILLE"] == 0
    assert odd.codes["city not known"] > MOST and odd.codes["\u202e"] == ANOTHER_CITY
    first = list_cities("Testville", ["A", "B"])
    assert list_cities("Testville", ["A", "B", "C"]).codes.items() >= first.codes.items()


def test_no_city_is_lost_in_the_notes(tmp_path: Path) -> None:
    store = filled(tmp_path)
    notes = [json.loads(file.read_text()) for file in (store.derived / "days").glob("*.json")]
    assert {"Saint Paul", "Burnsville"} <= set(notes[0]["city"])
