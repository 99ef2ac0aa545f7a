"""The benches with few rows: what is made, that answers are equal; never how long it took."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import __main__ as bench
from bench import gi, gi_permute, made, start, view
from bench.plain import view as plain
from data.maps import outlines
from data.record import SCHEMA
from data.settings import Problem
from data.storage.events import detail_of
from data.storage.store import Current, Store

ROOT = Path(__file__).resolve().parents[2]
ROWS = 20_000
NAMES = [name for name, _, _ in bench.NAMES]


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A made store, drawn from the sample."""
    root = tmp_path_factory.mktemp("made") / "store"
    return made.store(root, ROWS, given=Store(sample_store))


@pytest.fixture(scope="module")
def current(store: Store) -> Current:
    return store.at(str(store.stamp()))


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_made_records_are_records(store: Store) -> None:
    (file,) = store.batches.glob("*.parquet")
    table = pq.read_table(file)
    assert table.schema.equals(SCHEMA)
    rows = table.drop_columns(["geometry", "attributes"]).to_pandas()
    assert len(rows) == ROWS and rows["incident_id"].is_unique
    order = rows.sort_values(["occurred_at", "incident_id"], kind="stable").index
    assert (order == rows.index).all()
    local = rows["occurred_at"].dt.tz_convert("America/Chicago")
    assert (local.dt.date == rows["local_date"]).all()
    assert (local.dt.hour == rows["hour"]).all()
    assert (local.dt.day_of_week == rows["weekday"]).all()
    years = local.dt.year.value_counts()
    assert sorted(years.index) == list(range(2012, 2022)) and years.min() > ROWS / 15
    days = rows["local_date"]
    assert days.min() >= made.FIRST and days.max() <= made.LAST
    assert rows[["lon", "lat"]].drop_duplicates().shape[0] == ROWS


def test_made_store_tells_what_an_import_tells(store: Store, sample_store: Path) -> None:
    def imports(of: Store) -> list[set[str]]:
        return [set(detail_of(e)) for e in of.history().every_import.values()]

    assert imports(store) == imports(Store(sample_store))[:1]


def test_made_current_holds_every_row_and_the_areas(current: Current) -> None:
    meta = current.meta
    assert meta["rows"] == ROWS
    (told,) = meta["sources"]
    assert (told["start"], told["end"]) == ("2012-01-08", "2021-12-25") and told["made"]
    (areas,) = meta["sets"]
    assert areas["areas"] == 87 and areas["placed"].get("none", 0) < ROWS / 100


def test_made_rows_come_from_the_seed(sample_store: Path, tmp_path: Path) -> None:
    given = Store(sample_store)
    stores = [made.store(tmp_path / str(i), 500, s, given) for i, s in enumerate((1, 1, 2))]
    first, same, other = (
        pq.read_table(next(s.batches.glob("*.parquet"))).drop_columns(["received_at"])
        for s in stores
    )
    assert first.equals(same) and not first.equals(other)


def test_a_store_is_not_made_twice(store: Store) -> None:
    with pytest.raises(Problem, match="holds a store already"):
        made.store(store.root, 10)


def test_view_answers_are_equal(current: Current) -> None:
    found = view.figures(current, ROWS, rounds=1)
    views = view.the_views(current.stamp)
    assert len(found) == 3 * len(views) == len({line["name"] for line in found})
    assert all(line["equal"] for line in found)
    for line in found:
        assert set(bench.FIELDS) <= set(line)
        assert json.loads(bench.line(line))["name"] == line["name"]


@pytest.mark.parametrize("name", view.the_views("").keys())
def test_view_notices_one_row_too_few(current: Current, name: str) -> None:
    over = view.window(current)
    asked = view.the_views(current.stamp)[name]
    frame = plain.load(current, [made.NAME])
    shown = plain._asked(frame, asked) & plain._on_the_clock(frame, asked)
    less = frame.drop(index=frame.index[shown][0])
    units = outlines.units(current, asked.area_set)
    for question in view._questions(current, less, asked, units, over):
        assert not question.same(question.ours(), question.peer()), question.name


def test_view_asks_for_what_it_says(current: Current) -> None:
    frame = plain.load(current, [made.NAME])
    asked = view.the_views(current.stamp)["weekend nights of a year"]
    night = frame[plain._asked(frame, asked) & plain._on_the_clock(frame, asked)]
    assert set(night["hour"]) == {22, 23, 0, 1, 2, 3, 4, 5}
    evening = pd.DatetimeIndex(plain._days(night, asked))
    assert set(evening.day_of_week) == {4, 5} and set(evening.year) == {2019}
    assert np.isin(night["weekday"], [4, 5, 6]).all()


def test_gi_answers_are_equal() -> None:
    pytest.importorskip("esda")
    (found,) = gi.run(500)
    assert found["equal"] and found["rows"] == 435
    assert gi_permute._apart(np.array([0.1, 1]), np.array([0.05, 0.5]), 9999) == 0
    assert gi_permute._apart(np.array([0.1, 1]), np.array([0.1, 0.5]), 9999) > gi_permute.WITHIN


def test_start_knows_a_complete_page(sample_store: Path, tmp_path: Path) -> None:
    assert start._page(sample_store).right
    assert not start._page(tmp_path / "none").right


def test_lines_are_json_with_the_same_fields() -> None:
    done = command("locate", "--rows", "2000")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found, done.stderr
    for line in found:
        assert tuple(line)[: len(bench.FIELDS)] == bench.FIELDS
        assert line["equal"] is True and line["rows"] == 2000
    assert done.returncode == (0 if all(line["ok"] for line in found) else 1)


def test_without_a_name_it_lists_what_there_is() -> None:
    done = command()
    assert done.returncode == 0 and not done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == NAMES


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sunrise"], f"There is no bench 'sunrise': use {', '.join(NAMES)}."),
        (["locate", "--rows", "0"], "--rows is 0: use 1 or more."),
        (["sessions", "--sessions", "0"], "--sessions is 0: use 1 or more."),
        (["locate", "--sessions", "9"], "locate has no --sessions: only sessions has."),
    ],
)
def test_what_cannot_run_is_a_sentence(words: list[str], said: str) -> None:
    done = command(*words)
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.strip() == said
