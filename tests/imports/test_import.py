"""The import from file to batch: records, repeats, privacy, the commit."""

import csv
import hashlib
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
from pyproj import Transformer

from data.files import spreadsheet, text_file
from data.imports import batch, importer, sorted_runs
from data.imports.importer import Options, Report
from data.record import SCHEMA
from data.settings import Problem, Settings
from data.storage import identity
from data.storage.events import CrsFixed, RecordPurged
from data.storage.store import Store

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FORCE = SHARED / "records" / "force-2020.csv"
MAPPING = ROOT / "data/sample/mappings" / "force-2020.toml"
PLACE = Settings(
    name="Minneapolis", zone="America/Chicago", crs="EPSG:26915", center=(44.98, -93.27)
)
OFFICIAL = '[source]\nname = "calls"\nkind = "official"\nurl = "https://example.org"\n'
needs_force = pytest.mark.skipif(not FORCE.exists(), reason="../shared/data is not here")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def take(
    store: Store, text: str | bytes, settings: Settings = PLACE, mapping: str = "", **options: Any
) -> tuple[Report, list[dict[str, Any]]]:
    """Import a text as a file of its own, with a mapping in TOML if given."""
    folder = store.root.parent
    content = text.encode() if isinstance(text, str) else text
    file = folder / f"{hashlib.sha256(content).hexdigest()[:8]}.csv"
    file.write_bytes(content)
    if mapping:
        (folder / "mapping.toml").write_text(mapping)
        options["map"] = folder / "mapping.toml"
    options.setdefault("source", "calls")
    report = importer.import_file(store, settings, file, Options(**options), say=lambda _: None)
    return report, records(store, report)


def records(store: Store, report: Report) -> list[dict[str, Any]]:
    file = store.batches / f"{report.batch}.parquet"
    return pq.read_table(file).to_pylist() if file.exists() else []


def rejected(report: Report) -> list[dict[str, str]]:
    assert report.rejected_file is not None
    with Path(report.rejected_file).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@needs_force
def test_force_2020(store: Store) -> None:
    report = importer.import_file(store, PLACE, FORCE, Options(map=MAPPING), say=lambda _: None)
    assert (report.rows, report.kept) == (1340, 1336)
    assert report.rejected == {"no time": 3, "no place at all": 1}
    assert report.notes["dates that the source only believes"] == 37
    assert {row["date_text"] for row in rejected(report)} == {"Unknown Date", "2020-05-31"}
    found = records(store, report)
    assert {r["time_precision"] for r in found} == {"day"}
    assert Counter(r["place_precision"] for r in found)["city"] == 3
    assert all((r["lon"] is None) == (r["place_precision"] == "city") for r in found)
    one = next(r for r in found if r["incident_id"] == "force-2020:pa-pittsburgh-8")
    assert one["kind"] == "use_of_force"
    assert one["force"] == ["body", "chemical_irritant", "projectile"]
    assert (one["lat"], one["lon"]) == (40.4559469, -79.9152413)
    assert json.loads(one["attributes"])["tags"].startswith("baton, less-lethal")


@needs_force
def test_force_2020_is_far_outside_without_a_reach_of_its_own(store: Store, tmp_path: Path) -> None:
    near = tmp_path / "near.toml"
    near.write_text(MAPPING.read_text().replace("reach_km = 0 ", "# "))
    report = importer.import_file(store, PLACE, FORCE, Options(map=near), say=lambda _: None)
    assert report.rejected["far outside the place"] > 1200
    assert report.kept + sum(report.rejected.values()) == 1340


def test_a_record_is_what_the_row_says(store: Store) -> None:
    mapping = (
        OFFICIAL
        + """
[columns]
incident_id = "no"
occurred_at = "when"
lat = "lat"
lon = "lon"
kind = "what"
area_label = "hood"
injured = "hurt"
officers = "cops"
agencies = "who"
force = "how"
source_url = "links"
received_at = "came in"
text = "told"
[values.kind]
Theft = "other"
[tags.force.words]
pepper = "chemical_irritant"
[tags.agencies]
separator = ";"
"""
    )
    report, (one,) = take(
        store,
        "no,when,lat,lon,what,hood,hurt,cops,who,how,links,came in,told,race,zip\n"
        "7,2024-07-04 23:30,44.97,-93.26,THEFT,Near  North,Yes,3,local; Federal;fbi,"
        '"pepper,taser",'
        'https://a.b https://c.d,2024-07-05 08:00,"said \u202eso",White,55411\n',
        mapping=mapping,
    )
    east, north = Transformer.from_crs(4326, 26915, always_xy=True).transform(-93.26, 44.97)
    assert one["incident_id"] == "calls:7"
    assert one["occurred_at"] == datetime(2024, 7, 5, 4, 30, tzinfo=UTC)
    assert str(one["local_date"]) == "2024-07-04"
    assert (one["hour"], one["weekday"], one["time_precision"]) == (23, 3, "exact")
    assert (one["lon"], one["lat"], one["place_precision"]) == (-93.26, 44.97, "exact")
    assert abs(one["x"] - east) < 0.1 and abs(one["y"] - north) < 0.5
    assert (one["area_label"], one["kind"], one["grade"]) == ("Near North", "other", "on_record")
    assert (one["injured"], one["officers"]) == (True, 3)
    assert one["agencies"] == ["federal", "local"]
    assert one["force"] == ["chemical_irritant", "taser"]
    assert one["source_url"] == ["https://a.b", "https://c.d"]
    assert one["received_at"] == one["settled_at"] == datetime(2024, 7, 5, 13, tzinfo=UTC)
    assert one["text"] == "said \u202eso"
    assert json.loads(one["attributes"]) == {"race": "White", "zip": "55411"}
    assert report.unknown == {"agencies": {"fbi": 1}}


def test_precision_is_never_finer_than_the_text(store: Store) -> None:
    rows = [
        "2024-03,exact",
        "2024-03-10,hour",
        "2024-03-10 02:30,exact",
        "2024-03-10 10:40,hour",
        "2024-03-10 10:40,day",
    ]
    text = "date,time_precision,kind,area\n" + "".join(f"{r},other,Central\n" for r in rows)
    report, found = take(store, text)
    assert [r["time_precision"] for r in found] == ["month", "day", "day", "exact", "hour"]
    by = {(r["time_precision"], str(r["local_date"])): r for r in found}
    month = by["month", "2024-03-01"]
    assert month["weekday"] is None and month["hour"] is None
    assert month["settled_at"] == datetime(2024, 4, 1, 5, tzinfo=UTC)
    # the day of the change has 23 hours
    day = by["day", "2024-03-10"]
    assert (day["settled_at"] - day["occurred_at"]).total_seconds() == 23 * 3600
    hour = by["hour", "2024-03-10"]
    assert (hour["hour"], hour["occurred_at"].minute) == (10, 0)
    assert by["exact", "2024-03-10"]["hour"] == 3
    assert sum(report.notes.values()) == 3  # two stated too fine, one skipped by the clock


def test_the_zone_is_the_texts_then_the_files(store: Store) -> None:
    text = "date,kind,area\n2024-01-01 12:00,other,A\n2024-01-01T12:00:00Z,other,B\n"
    _, found = take(store, text, zone="Europe/Berlin")
    assert [r["occurred_at"].hour for r in found] == [11, 12]
    assert [r["hour"] for r in found] == [5, 6]  # on the place's clock


def test_community_sources_keep_only_what_is_named(store: Store) -> None:
    text = (
        "id,date,lat,lon,kind,grade,license,zip2\n"
        "1,2024-03-01,44.97,-93.26,other,verified,ABC,x\n2,2024-03-01,,,,,,\n"
    )
    report, (one,) = take(store, text)
    assert (one["grade"], one["attributes"], one["source_kind"]) == ("verified", None, "community")
    assert (report.forbidden, report.unnamed) == (("license",), ("zip2",))
    assert "zip2" not in rejected(report)[0]
    with pytest.raises(Problem, match="only community sources have grades"):
        take(
            store,
            text,
            source="mine",
            mapping=OFFICIAL.replace("calls", "mine")
            + '[columns]\noccurred_at="date"\nlat="lat"\nlon="lon"\n'
            + 'kind="kind"\ngrade="grade"\n',
        )


@pytest.mark.parametrize(
    "column", ['kind = "suspect name"', 'text = "Phone"', 'area_label = "name"']
)
def test_no_mapping_brings_a_person_in(store: Store, column: str) -> None:
    with pytest.raises(Problem, match="never imported"):
        take(store, "date\n2024\n", mapping=OFFICIAL + f"[columns]\n{column}\n")


def test_origins_are_hashed_with_a_key_of_the_store(store: Store) -> None:
    text = "date,area,kind,channel\n" + "".join(
        f"2024-03-0{d},A,{k},{o}\n"
        for d, k, o in [
            (1, "other", "Signal 6125550199"),
            (2, "other", "signal  6125550199"),
            (3, "other", "Web"),
            (4, "picnic", "Web"),
        ]
    )
    report, found = take(store, text)
    origins = [r["origin"] for r in found]
    assert origins[0] == origins[1] != origins[2] and len(origins[0]) == 32
    key = store.root / "origin.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert "channel" not in rejected(report)[0]
    everything = b"".join(f.read_bytes() for f in store.root.rglob("*") if f.is_file())
    assert b"6125550199" not in everything


def test_repeats_are_kept_and_counted(store: Store) -> None:
    head, row = "id,date,area,kind\n", "a,2024-03-01,A,other\n"
    text = (
        head
        + row
        + row
        + "a-2,2024-03-01,A,other\n"
        + row.replace("other", "sighting")
        + "a-2,2024-03-01,A,other\n"
    )
    report, found = take(store, text)
    assert (report.rows, report.kept, report.repeats) == (5, 5, 2)
    assert report.notes == {"rows with an id that an earlier, different row has": 1}
    ids = [r["incident_id"] for r in found]
    assert len(set(ids)) == 5 and {"calls:a", "calls:a-2", "calls:a-3"} <= set(ids)
    assert next(r for r in found if r["incident_id"] == "calls:a-3")["kind"] == "sighting"


def test_rows_without_ids_are_named_by_content(store: Store) -> None:
    head, rows = "date,area,kind\n", ["2024-03-01,A,other\n", "2024-03-02,B,other\n"]
    _, first = take(store, head + "".join(rows))
    _, second = take(store, head + "".join(reversed(rows)) + rows[0])
    ids = {r["incident_id"] for r in first}
    assert ids < {r["incident_id"] for r in second}
    assert all(len(i.removeprefix("calls:")) >= 16 for i in ids)


def test_the_same_file_changes_nothing(store: Store) -> None:
    text = "id,date,area,kind\n1,2024-03-01,A,other\n2,2024-03-01,A,picnic\n"
    first, _ = take(store, text)
    before = {f: (f.stat().st_mtime_ns, f.stat().st_ino) for f in store.root.rglob("*")}
    again, _ = take(store, text)
    assert again.unchanged and not first.unchanged
    assert again.sum() == first.sum() == "1 kept + 1 rejected = 2 rows in the file"
    assert "nothing was changed" in again.sentences()[0]
    assert {f: (f.stat().st_mtime_ns, f.stat().st_ino) for f in store.root.rglob("*")} == before


def test_another_mapping_of_a_file_takes_the_place_of_the_first(store: Store) -> None:
    text = "id,date,area,type\n1,2024-03-01,A,other\n2,2024-03-01,A,picnic\n"
    first, _ = take(store, text)
    second, found = take(store, text, kind="sighting")
    assert second.replaces == (first.batch,)
    assert [r["kind"] for r in found] == ["other", "sighting"]
    back, _ = take(store, text)  # the first once more: it had been replaced
    assert not back.unchanged and back.replaces == (second.batch,)


def test_a_dry_run_writes_nothing(store: Store) -> None:
    text = "id,date,area,kind,origin\n1,2024-03-01,A,other,me\n2,2024-03-01,A,picnic,me\n"
    report, _ = take(store, text, dry_run=True)
    assert (report.kept, report.rejected, report.dry_run) == (
        1,
        {"unknown kind without a rule": 1},
        True,
    )
    assert not store.root.exists()


def test_a_written_mapping_can_be_edited_and_used(store: Store, tmp_path: Path) -> None:
    text = "id,date,area,offense\n1,2024-03-01,A,Theft\n2,2024-03-01,A,Arson\n"
    target = tmp_path / "mine.toml"
    with pytest.raises(Problem, match=r"\[values.kind\]"):
        take(store, text, save_map=target)
    written = target.read_text()
    edited = written.replace('# [values.kind]\n# "Theft" = ""', '[values.kind]\nTheft = "other"')
    assert edited != written
    report, found = take(store, text, mapping=edited, source=None)
    assert [r["kind"] for r in found] == ["other"]
    assert report.unknown == {"kind": {"Arson": 1}}
    kept = list((store.root / "mappings").glob("*.toml"))
    again = importer.import_file(
        store, PLACE, next(tmp_path.glob("*.csv")), Options(map=kept[0]), say=lambda _: None
    )
    assert again.unchanged


def test_a_source_that_is_described_is_kept_in_the_store(store: Store) -> None:
    from data import sources

    text = "date,area,kind\n2024-03-01,A,other\n"
    mapping = '[columns]\noccurred_at = "date"\narea_label = "area"\nkind = "kind"\n'
    take(store, text, mapping=OFFICIAL + 'title = "Calls"\nfrom = 2024-01-01\n' + mapping)
    known = sources.read_catalogue(store.root)["calls"]
    assert (known.title, known.kind, str(known.start)) == ("Calls", "official", "2024-01-01")
    with pytest.raises(Problem, match="known as official"):
        take(
            store,
            text + "2024-03-02,A,other\n",
            mapping='[source]\nname = "calls"\nkind = "press"\n' + mapping,
        )


def test_purged_incidents_do_not_come_back(store: Store) -> None:
    head = "id,date,area,kind\n"
    text = (
        head
        + "1,2024-03-01,A,other\n2,2024-03-01,Secret,other\n"
        + "3,2024-03-01,Hidden,picnic\n4,Torn\n"
    )
    store.root.mkdir()
    for own in "234":
        store.ledger.append(RecordPurged(identity.unkeyed(f"calls:{own}")))
    report, found = take(store, text)
    assert [r["incident_id"] for r in found] == ["calls:1"]
    assert report.rejected == {"purged earlier": 3}
    assert report.kept + sum(report.rejected.values()) == report.rows == 4
    everything = b"".join(f.read_bytes() for f in store.root.rglob("*") if f.is_file())
    assert not any(word in everything for word in (b"Secret", b"Hidden", b"Torn"))


def test_rejected_rows_are_safe_in_a_spreadsheet(store: Store) -> None:
    cells = ["=1+1", "+x", "-x", "@x", "\tx", "-93.26", "+1,5", "-1e5", "plain", "-"]
    assert [spreadsheet.guard(cell) for cell in cells] == [
        "'=1+1",
        "'+x",
        "'-x",
        "'@x",
        "'\tx",
        "-93.26",
        "+1,5",
        "-1e5",
        "plain",
        "'-",
    ]
    text = 'id,date,area,kind,"=cmd"\n=2+5,2024-03-01,@A,picnic,-1\n1,2024-03-01,A,other,\n'
    report, _ = take(
        store,
        text,
        mapping=OFFICIAL
        + '[columns]\nincident_id="id"\noccurred_at="date"\n'
        + 'area_label="area"\nkind="kind"\n',
    )
    (row,) = rejected(report)
    assert (row["id"], row["area"], row["'=cmd"], row["line"]) == ("'=2+5", "'@A", "-1", "2")
    assert row["reason"] == "unknown kind without a rule: 'picnic'"
    assert row["column"] == "kind"


def test_auto_crs_is_fixed_by_the_first_coordinates(store: Store) -> None:
    settings = replace(PLACE, crs="auto", center=None)
    text = "date,lat,lon,kind\n2024-03-01,48.2,16.4,other\n"
    _, (one,) = take(store, text, settings)
    assert [e.crs for e in store.events() if isinstance(e, CrsFixed)] == ["EPSG:32633"]
    east, north = Transformer.from_crs(4326, 32633, always_xy=True).transform(16.4, 48.2)
    assert abs(one["x"] - east) < 0.1 and abs(one["y"] - north) < 0.5
    take(store, text.replace("16.4", "10.4"), settings)
    assert len([e for e in store.events() if isinstance(e, CrsFixed)]) == 1


def test_a_batch_is_sorted_geoparquet(store: Store) -> None:
    rng = random.Random(5)
    rows = [
        f"{n},2024-0{rng.randint(1, 9)}-1{rng.randint(0, 9)},44.9{n % 9},-93.2,other\n"
        for n in range(500)
    ]
    report, found = take(store, "id,date,lat,lon,kind\n" + "".join(rows))
    file = store.batches / f"{report.batch}.parquet"
    assert pq.read_schema(file).equals(SCHEMA)
    # by time, and rows of one moment as the file has them
    order = [(r["occurred_at"], int(r["incident_id"].partition(":")[2])) for r in found]
    assert order == sorted(order)
    frame = geopandas.read_parquet(file)
    assert frame.crs.to_authority() == ("OGC", "CRS84")
    assert np.allclose(frame.geometry.y, frame["lat"])
    assert json.loads(pq.read_schema(file).metadata[b"porchlight"])["batch"] == report.batch


def test_the_order_does_not_depend_on_how_a_file_is_cut(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(3)
    kinds = ["other", "sighting"]
    rows = [
        f"{rng.randint(1, 300)},2024-03-0{rng.randint(1, 2)},A,{rng.choice(kinds)}\n"
        for _ in range(800)
    ]
    text = "id,date,area,kind\n" + "".join(rows)
    whole, expected = take(store, text)
    monkeypatch.setattr(text_file, "PIECE", 700)
    monkeypatch.setattr(sorted_runs, "SAMPLE_BYTES", 2_000)
    monkeypatch.setattr(batch, "STRETCH_BYTES", 20_000)
    other = Store(store.root.with_name("other"))
    other.root.mkdir()
    identity.key_file(other.root).write_bytes(identity.key_file(store.root).read_bytes())
    cut, found = take(other, text)
    assert (cut.repeats, cut.notes) == (whole.repeats, whole.notes)
    assert len(found) == 800 > cut.repeats > 0
    times = [r["occurred_at"] for r in found]
    assert times == sorted(times)
    for one, other in zip(found, expected, strict=True):
        assert {**one, "received_at": None} == {**other, "received_at": None}


def test_somebody_is_asked_only_what_the_file_leaves_open(store: Store, tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append(question)
        answers = {"columns": "date,area,x,y", "system": "EPSG:26915"}
        told = next((a for q, a in answers.items() if q in question and not choices), None)
        return told or choices[1]

    file = tmp_path / "x.csv"
    file.write_text("03/04/2024,A 1,479500.5,4979500.5\n05/06/2024,B,479600.5,4979500.5\n")
    report = importer.import_file(
        store, PLACE, file, Options(source="x"), ask=ask, say=lambda _: None
    )
    assert len(asked) == 5 and "4 columns" in asked[0]
    assert str(report.first) == "2024-04-03"  # the second choice: day first
    found = records(store, report)
    assert {(r["kind"], r["source_kind"]) for r in found} == {("suspicious_person_stop", "press")}
    assert np.allclose([r["x"] for r in found], [479500.5, 479600.5])
    file.write_text("date,area,kind\n2024-03-04,A,other\n")
    importer.import_file(store, PLACE, file, Options(source="x"), ask=ask, say=lambda _: None)
    assert len(asked) == 5


def test_progress_reaches_the_end(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("date,area,kind\n2024-03-01,A,other\n")
    steps: list[tuple[int, int]] = []
    importer.import_file(
        store, PLACE, file, say=lambda _: None, progress=lambda *step: steps.append(step)
    )
    assert steps[-1] == (file.stat().st_size, file.stat().st_size)
