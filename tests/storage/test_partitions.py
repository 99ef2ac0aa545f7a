"""The narrow table in partitions: the rows of one pass, in its order; only what changed is made."""

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.plain.build import build_facts
from data.areas import area_import
from data.imports.importer import Options, import_file
from data.settings import Settings, load_settings
from data.storage.store import Store
from data.tables import build, cube_files, partitions
from tests.conftest import ROOT
from tests.release.test_publish import areas

PLACE = Settings(name="Testville", zone="America/Chicago", crs="EPSG:26915", center=(44.9, -93.3))


def rows_of(store: Store, settings: Settings, tmp_path: Path) -> tuple[pa.Table, pa.Table]:
    """The rows that readers see, and those of one pass over everything."""
    file, spill = tmp_path / "one.parquet", tmp_path / "spill"
    build_facts(store, settings, file, spill)
    current = store.at(str(store.stamp()))
    return duckdb.sql(current.facts_sql()).to_arrow_table(), pq.read_table(file)


def put(store: Store, folder: Path, source: str, rows: Sequence[tuple[int, str]]) -> None:
    """Import rows (an id and a time) as a file of a source."""
    file = folder / f"{source}-{random.Random(str(rows)).random()}.csv"
    lines = [f"{i},{at},44.9{i % 9},-93.2{i % 7},sighting" for i, at in rows]
    file.write_text("\n".join(["id,time,lat,lon,kind", *lines]))
    import_file(store, PLACE, file, Options(source=source), say=lambda _: None)


def made(store: Store) -> dict[str, int]:
    """The partitions that readers see, and when each was written."""
    return {
        part.file.name: part.file.stat().st_mtime_ns
        for part in store.at(str(store.stamp())).partitions
    }


def test_the_sample_is_as_in_one_pass(sample_store: Path, tmp_path: Path) -> None:
    found, expected = rows_of(
        Store(sample_store), load_settings(ROOT / "porchlight.toml"), tmp_path
    )
    assert found.num_rows > 50_000 and found.equals(expected)


@pytest.mark.parametrize("most", [partitions.MOST_ROWS, 3])
def test_rows_that_are_replaced_and_days_of_large_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(partitions, "MOST_ROWS", most)
    store, chance = Store(tmp_path / "store"), random.Random(17)
    areas(tmp_path / "areas.geojson")
    area_import.add(
        store, PLACE, tmp_path / "areas.geojson", name_column="name", say=lambda _: None
    )
    for at in range(6):
        days = [
            f"2024-0{chance.randint(1, 4)}-{chance.randint(1, 28):02} 2{chance.randint(0, 3)}:30"
        ]
        rows = [
            (
                chance.randint(0, 40),
                chance.choice(days)
                if chance.random() < 0.3
                else f"2024-0{chance.randint(1, 4)}-0{chance.randint(1, 9)} 12:00",
            )
            for _ in range(20)
        ]
        put(store, tmp_path, "calls" if at % 3 else "stops", rows)
        build.rebuild(store, PLACE)
        found, expected = rows_of(store, PLACE, tmp_path)
        assert found.equals(expected), at
        assert store.at(str(store.stamp())).meta["rows"] == expected.num_rows


def test_only_the_months_of_a_new_batch_are_made(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    put(store, tmp_path, "calls", [(i, f"2024-0{i % 6 + 1}-10 12:00") for i in range(60)])
    build.rebuild(store, PLACE)
    before = made(store)
    put(store, tmp_path, "calls", [(100, "2024-03-11 12:00"), (1, "2024-05-11 12:00")])
    build.rebuild(store, PLACE)
    after = made(store)
    assert len(before) == len(after) == 6
    changed = {name[:7] for name in after.items() - before.items() for name in [name[0]]}
    # its own months, and February, where the row of id 1 was
    assert changed == {"2024-02", "2024-03", "2024-05"}
    put(store, tmp_path, "stops", [(1, "2024-06-11 12:00")])
    build.rebuild(store, PLACE)
    assert {name[:7] for name, _ in made(store).items() - after.items()} == {"2024-06"}


def test_a_store_without_records_has_an_empty_table(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    areas(tmp_path / "areas.geojson")
    area_import.add(
        store, PLACE, tmp_path / "areas.geojson", name_column="name", say=lambda _: None
    )
    build.rebuild(store, PLACE)
    current = store.at(str(store.stamp()))
    assert current.query("SELECT count(*) AS n, max(area0) FROM {facts}")["n"][0].as_py() == 0


def test_blocks_are_whole_years_or_parts_of_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cube_files, "FEW_ROWS", 100)
    monkeypatch.setattr(cube_files, "MOST_ROWS", 200)
    a_month = {2000: 5, 2001: 3, 2002: 5, 2003: 20}  # 60 and 36 rows a year, 60, 240
    parts = [(date(year, month, 1), n) for year, n in a_month.items() for month in range(1, 13)]
    parts += [(date(2004, 1, 1), 150), (date(2004, 1, 2), 150)]
    years, quarters = [range(24), range(24, 36)], [range(i, i + 3) for i in range(36, 48, 3)]
    expected = [*years, *quarters, range(48, 50)]
    assert cube_files.cut_blocks(parts) == [list(own) for own in expected]
