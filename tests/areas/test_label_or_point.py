"""Labels of another geography never place a record unasked; what decides is said and kept."""

import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from typer.testing import CliRunner

from data import words
from data.areas import area_import
from data.areas.label_or_point import Agreement
from data.commands import main
from data.imports import importer
from data.mappings import mapping_read
from data.privacy import placed_records
from data.settings import Problem, Settings
from data.storage import area_sets, batches
from data.storage.store import Store
from data.tables import build
from data.upkeep import purge
from tests.areas.test_boundaries import UTM, geojson, square

PLACE = Settings(name="Toytown", zone="America/Chicago", crs=UTM, center=(44.98, -93.27))
WARDS = [({"name": str(i + 1)}, square(i, 0)) for i in range(3)]
TOWNS = [({"name": n}, square(i, 0)) for i, n in enumerate(["North End", "Hill", "Shore"])]
MAP = """[source]
name = "calls"
kind = "official"
[columns]
occurred_at = "time"
lat = "lat"
lon = "lon"
area_label = "district"
[constant]
kind = "call_911"
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def rows(*pairs: tuple[str, float | None]) -> str:
    """Rows with a label and how many kilometres to the east of the west border they lie."""
    lines = ["time,lat,lon,district"]
    for i, (label, east) in enumerate(pairs):
        at = "," if east is None else f"44.985,{-93.27 + east * 0.01:.6f}"
        lines.append(f"2025-01-{i % 28 + 1:02} {i % 24:02}:{i // 672:02},{at},{label}")
    return "\n".join(lines)


OTHER = rows(("2", 0.2), ("2", 0.4), ("3", 1.2), ("3", 1.4), ("1", 2.2), ("1", 2.5))


def take(store: Store, text: str, more: str = "", **options: Any) -> importer.Report:
    folder = store.root.parent
    (folder / "calls.csv").write_text(text)
    (folder / "map.toml").write_text(MAP + more)
    asked = importer.Options(
        map=folder / "map.toml", **{k: v for k, v in options.items() if k != "ask"}
    )
    return importer.import_file(
        store, PLACE, folder / "calls.csv", asked, ask=options.get("ask"), say=[].append
    )


def add(store: Store, features: Any = WARDS, **options: Any) -> str:
    said: list[str] = []
    file = geojson(store.root.parent / "wards.geojson", *features)
    area_import.add(store, PLACE, file, name_column="name", say=said.append, **options)
    return "\n".join(said)


def placed(store: Store, area_set: int = 0) -> tuple[dict[str | None, int], dict[str, int]]:
    """Count the records in each area, and those that came each way."""
    current = store.at(build.rebuild(store, PLACE))
    names = current.meta["sets"][area_set]["names"]
    found = duckdb.sql(
        f"SELECT area{area_set}, count(*) FROM ({current.facts_sql()}) GROUP BY 1 ORDER BY 1"
    )
    by_area = {names[a] if a >= 0 else None: n for a, n in found.fetchall()}
    return by_area, current.meta["sets"][area_set]["placed"]


def test_an_import_with_labels_of_another_geography_stops(store: Store) -> None:
    add(store)
    before = sorted(store.root.rglob("*"))
    with pytest.raises(Problem) as stopped:
        take(store, OTHER, save_map=store.root.parent / "draft.toml")
    text = str(stopped.value)
    assert '"district": of 6 records' in text and "6 lie more than 20 m outside" in text
    assert "--place-by point" in text and "--place-by label" in text
    assert sorted(store.root.rglob("*")) == before
    assert (
        mapping_read.read_mapping(store.root.parent / "draft.toml").columns["area_label"]
        == "district"
    )
    take(store, OTHER, place_by="point")
    assert placed(store) == ({"1": 2, "2": 2, "3": 2}, {"point_not_label": 6})
    take(store, OTHER, place_by="label")  # the other answer, later
    assert placed(store) == ({"1": 2, "2": 2, "3": 2}, {"label_not_point": 6})
    assert store.history().decisions.stated == {"calls": "label"}


def test_what_decides_in_a_mapping(store: Store) -> None:
    add(store)
    take(
        store,
        rows(("2", 0.2), ("1", 1.2), ("3", 2.2), ("3", None)),
        '[place]\nplace_by = "point"\n',
    )
    counts, by = placed(store)
    assert counts == {None: 1, "1": 1, "2": 1, "3": 1}  # without a point, a label says nothing
    assert by == {"none": 1, "point": 1, "point_not_label": 2}
    with pytest.raises(Problem, match='place_by is "point" or "label"'):
        take(store, OTHER, '[place]\nplace_by = "both"\n')


def test_somebody_at_the_keyboard_is_asked(store: Store) -> None:
    add(store)
    asked: list[tuple[str, list[str]]] = []

    def answer(question: str, choices: list[str]) -> str:
        asked.append((question, choices))
        return "point"

    report = take(store, OTHER, ask=answer)
    ((question, choices),) = asked
    assert "6 lie more than 20 m outside" in question and choices == ["point", "label"]
    assert placed(store)[1] == {"point_not_label": 6}
    text = Path(str(report.mapping_file)).read_text()
    assert 'place_by = "point"' in text
    # the next file of the source is not asked about again
    assert take(store, OTHER.replace("2025", "2024")).kept == 6
    assert placed(store)[1] == {"point_not_label": 12}


@pytest.mark.parametrize(("apart", "stops"), [(1, False), (2, True)])
def test_one_in_ten_may_lie_elsewhere(store: Store, apart: int, stops: bool) -> None:
    add(store, TOWNS)
    # on a street that is a border, 10 m beyond it: agrees; 40 m beyond: does not
    text = rows(*[("North End", 0.5)] * 9, ("North End", 1.01), *[("North End", 1.05)] * apart)
    if stops:
        with pytest.raises(Problem, match=r"of 12 records .* 2 lie more than"):
            take(store, text)
    else:
        take(store, text)
        assert placed(store)[0] == {"North End": 11}


def test_bare_numbers_that_no_point_confirms(store: Store) -> None:
    add(store)
    with pytest.raises(Problem, match=r"bare numbers \(2 records\)"):
        take(store, rows(("1", None), ("2", None), ("Elsewhere", 0.5)))
    take(store, rows(("1", 0.5), ("2", None), ("2", None)))  # one point shows what they mean
    assert placed(store)[0] == {"1": 1, "2": 2}
    other = Store(store.root.parent / "other")
    add(other, TOWNS)
    take(other, rows(("Hill", None), ("Shore", None)))  # names are no accident
    assert placed(other)[0] == {"Hill": 1, "Shore": 1}


def test_a_point_outside_all_areas_speaks_against_a_label(store: Store) -> None:
    add(store)
    with pytest.raises(Problem, match=r"of 2 records .* 2 lie more"):
        take(store, rows(("1", 5.0), ("2", 6.0)))


def test_areas_that_come_after_the_records(store: Store) -> None:
    take(store, OTHER)
    build.rebuild(store, PLACE)
    events = len(store.events())
    with pytest.raises(Problem) as stopped:
        add(store)
    text = str(stopped.value)
    assert "calls: of 6 records" in text and "--place-by calls" not in text
    assert "--place-by point" in text and "--place-by label" in text
    assert len(store.events()) == events and not list(store.areas.iterdir())
    assert "calls: the point decides" in add(store, place_by=["point"])
    assert placed(store) == ({"1": 2, "2": 2, "3": 2}, {"point_not_label": 6})
    # the records of a release are placed alike
    areas, meta = area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])
    records = placed_records.records(store, areas, meta, np.arange(1, 4))
    assert records.sort_values("local_date")["group"].tolist() == [1, 1, 2, 2, 3, 3]
    stamp = store.stamp()
    area_import.decide(store, PLACE, "neighborhoods", ["calls=label"], say=[].append)
    assert build.rebuild(store, PLACE) != stamp
    assert placed(store)[1] == {"label_not_point": 6}
    add(store)  # the same areas again: what was decided holds
    assert placed(store)[1] == {"label_not_point": 6}
    add(store, place_by=["point"])
    assert placed(store)[1] == {"point_not_label": 6}
    assert build.required_stamp(store, PLACE) == store.stamp() == stamp


def test_each_source_has_its_own_rule(store: Store) -> None:
    take(store, OTHER)
    take(store, rows(("1", 0.5), ("2", 1.5), ("3", None)), source="stops")
    with pytest.raises(Problem, match=r"SOURCE=point"):
        add(store)
    add(store, place_by=["point"])  # of the source in doubt; the other keeps its labels
    counts, by = placed(store)
    assert by == {"point_not_label": 6, "label": 3}
    assert counts == {"1": 3, "2": 3, "3": 3}
    area_import.decide(store, PLACE, "neighborhoods", ["stops=point"], say=[].append)
    assert placed(store)[1] == {"none": 1, "point": 2, "point_not_label": 6}
    for wrong in (["police=point"], ["calls=both"], ["yes"]):
        with pytest.raises(Problem, match="--place-by"):
            area_import.decide(store, PLACE, "neighborhoods", wrong, say=[].append)


def test_each_area_set_has_its_own_rule(store: Store) -> None:
    take(store, OTHER)
    districts = [({"name": n}, square(i, 0)) for i, n in enumerate("231")]
    add(store, districts)  # what the labels mean
    add(store, WARDS, set_name="wards", place_by=["point"])
    assert placed(store, 0) == ({"2": 2, "3": 2, "1": 2}, {"label": 6})
    assert placed(store, 1) == ({"1": 2, "2": 2, "3": 2}, {"point_not_label": 6})


def test_areas_learned_from_labels_are_not_compared_with_them(store: Store) -> None:
    add(store)
    west, east = ([0.1 + i / 10 + part for i in range(9)] for part in (0, 1))
    take(store, rows(*[("2", at) for at in west], *[("1", at) for at in east]), place_by="point")
    said: list[str] = []
    area_import.learn(store, PLACE, replace=True, say=said.append)
    assert not any("decides" in line or "outside the area" in line for line in said)
    assert area_sets.read_areas(area_sets.current_sets(store)["neighborhoods"])[1][
        "learned_from"
    ] == ["calls"]
    with pytest.raises(Problem, match=r"of 2 records .* 2 lie more"):
        take(store, rows(("1", 0.2), ("1", 0.3)), source="tips")  # another source's labels are


def test_what_is_taken_back_decides_no_longer(store: Store) -> None:
    add(store)
    report = take(store, OTHER, place_by="point")
    incident = duckdb.sql(f"SELECT incident_id FROM '{store.batches}/*.parquet'").fetchall()[0][0]
    build.rebuild(store, PLACE)
    purge.purge(store, incident)
    assert store.history().decisions.stated == {"calls": "point"}
    assert placed(store)[1] == {"point_not_label": 5}
    (batch,) = batches.live(store)
    assert batch != report.batch
    purge.unimport(store, batch)
    assert store.history().decisions.stated == {}


def test_a_mapping_that_decides_is_not_asked_again_but_told(store: Store) -> None:
    take(store, OTHER, place_by="label")
    said = add(store)
    assert "of 6 records" in said and "Its mapping says what decides: the label." in said
    assert placed(store)[1] == {"label_not_point": 6}


@pytest.mark.parametrize("labels", [["Bridge"], ["BRIDGE "]])
def test_a_label_that_could_mean_two_areas_means_none(store: Store, labels: list[str]) -> None:
    bridges = [({"name": "Bridge", "code": i}, square(2 * i, 0)) for i in range(2)]
    add(store, bridges, code_column="code")
    take(store, rows(*[(label, east) for label in labels for east in (2.5, None)]))
    counts, by = placed(store)
    assert counts == {"Bridge, 1": 1, None: 1}
    assert by == {"none": 1, "point": 1}
    assert [label for label, _ in store.at(str(store.stamp())).meta["unplaced"]] == [
        labels[0].strip()
    ]


def test_agreement() -> None:
    assert Agreement(20, 20, 2, False).doubt is None
    assert Agreement(20, 19, 2, False).doubt == "apart"
    assert (Agreement(5, 0, 0, True) + Agreement(0, 0, 0, True)).doubt == "numbers"
    assert (Agreement(5, 0, 0, True) + Agreement(1, 1, 0, True)).doubt is None
    assert Agreement().doubt is None
    assert "point_not_label" in words.CODES["area_by"]


def test_the_commands(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORCHLIGHT_STORE", str(store.root))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    (tmp_path / "calls.csv").write_text(OTHER)
    (tmp_path / "map.toml").write_text(MAP)
    file = geojson(tmp_path / "wards.geojson", *WARDS)
    run = CliRunner().invoke
    areas = ["areas", str(file), "--name-column", "name"]
    assert run(main.app, areas).exit_code == 0
    taken = ["import", str(tmp_path / "calls.csv"), "--map", str(tmp_path / "map.toml")]
    stopped = run(main.app, taken)
    assert stopped.exit_code == 1 and "--place-by point" in stopped.output
    done = run(main.app, [*taken, "--place-by", "point"])
    assert done.exit_code == 0 and "the point decides" in done.output
    changed = run(main.app, ["areas", "--place-by", "calls=label"])
    assert changed.exit_code == 0 and "calls: the label decides" in changed.output
    assert placed(store)[1] == {"label_not_point": 6}
    assert run(main.app, ["areas"]).exit_code == 1
