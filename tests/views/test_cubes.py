"""Cubes answer as the facts do: every question, of random Views."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.areas import area_import
from data.imports import importer
from data.imports.importer import Options
from data.maps import frames, incidents, outlines
from data.settings import Settings
from data.storage.store import Current, Store
from data.tables import build, cube_files
from data.views import breakdowns, fewest_rows, pixel_counts, points, view_counts
from data.views.view import DAY, MONTH, WEEK, View
from data.words import HEXAGONS
from geo.mercator import Grid, grid_over
from tests.release.test_publish import areas

PLACE = Settings(name="Testville", zone="America/Chicago", crs="EPSG:26915", center=(44.9, -93.3))
WHOLE = [[44.88, -93.35], [45.06, -93.18]]
ASKED = 4  # questions of each View
CLOCKS = ("%Y-%m", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M")
FORMAT = "%Y-%m[-%d[ %H:%M]]"
KINDS = ("traffic stop", "sighting", "shooting")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Current]:
    """Two sources of five years, in blocks of years and months: of one some rows have no hour or no
    day; some have no place, and some are replaced."""
    folder, chance = tmp_path_factory.mktemp("cubes"), random.Random(1)
    store = Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cube_files, "MOST_ROWS", 900)
        patch.setattr(cube_files, "FEW_ROWS", 600)
        store.root.mkdir()
        told = 'says = "calls"\nkind = "official"\nurl = "https://example.org"\nlicence = "CC0"\n'
        (store.root / "sources.toml").write_text(f"[calls]\n{told}[stops]\n{told}")
        areas(folder / "areas.geojson")
        file = folder / "areas.geojson"
        area_import.add(store, PLACE, file, name_column="name", say=lambda _: None)
        for source, rows in (("calls", 1500), ("stops", 1500), ("stops", 60)):
            file = folder / f"{source}-{rows}.csv"
            lines = [_line(chance, i, CLOCKS[2 * (source == "stops") :]) for i in range(rows)]
            file.write_text("\n".join(["id,time,lat,lon,kind", *lines]))
            options = Options(source=source, time="time", date_format=FORMAT)
            importer.import_file(store, PLACE, file, options, say=lambda _: None)
        build.rebuild(store, PLACE)
        current = store.at(str(store.stamp()))
        assert current.layout.blocks[0].last < date(2022, 1, 2)
        assert len(current.layout.blocks) >= 4, (current.meta["rows"], current.meta["sources"])
        yield current


def _line(chance: random.Random, number: int, clocks: tuple[str, ...]) -> str:
    days = chance.choice([chance.randint(0, 1460), chance.randint(900, 1000)])
    days += 365 * (days > 364)  # nothing is of 2022
    when = datetime(2021, 1, 1) + timedelta(days=days, minutes=chance.randint(0, 1439))
    told = when.strftime(chance.choice(clocks))
    where = f"{44.9 + chance.random() / 10:.5f},{-93.3 + chance.random() / 10:.5f}"
    return f"{number},{told},{',' if chance.random() < 0.1 else where},{chance.choice(KINDS)}"


def drawn_view(current: Current, chance: random.Random) -> View:
    """A View of a store: any period, and some of the filters."""
    # of those without months most: of others a cube can tell only every day
    every = [s for s in current.meta["sources"] if s["rows"]]
    often = [1 if s["counts"]["time_precision"].get("month") else 4 for s in every]
    (source,) = chance.choices(every, often)
    first, last = date.fromisoformat(str(source["first"])), date.fromisoformat(str(source["last"]))
    reach = (last - first).days + 60
    plain = chance.random() < 0.7

    def some(values: Any, most: int = 2) -> tuple[Any, ...]:
        many = 0 if plain else chance.choice([0, 0, 0, 0, 1, most])
        return tuple(chance.sample(list(values), min(many, len(values))))

    start = first + timedelta(days=chance.randint(-30, reach // 2))
    some_days = (start, start + timedelta(days=chance.choice([20, 200, 500, 900])))
    view = View(
        current.stamp,
        (source["name"],),
        *chance.choice(
            [
                (first, last),
                (first - timedelta(days=1), last),
                (date.min, date.max),
                (first.replace(day=1), last),
                *[some_days] * 6,
            ]
        ),
        hours=None if plain else chance.choice([None, (22, 6), (6, 12)]),
        night=not plain and chance.random() < 0.3,
        weekdays=some(range(7)),
        kinds=some(source["counts"]["kind"]),
        grades=some(source["counts"]["grade"]),
        place_precisions=some(source["counts"]["place_precision"]),
        time_precisions=some(source["counts"]["time_precision"]),
        responses=() if plain else chance.choice([(), (), ("in_person",)]),
        area_set=chance.choice(
            [*[s["name"] for s in current.meta["sets"]] * 3, next(iter(HEXAGONS))]
        ),
        settled_by=datetime(2026, 11, 1) if source["kind"] == "community" else None,
    )
    names = current.meta["sets"][0]["names"]
    return replace(view, areas=some(names)) if view.area_set not in HEXAGONS else view


def bounded(view: View) -> View:
    """The View, where its steps need be counted one by one."""
    low, high = date(1990, 1, 1), date(2030, 1, 1)
    return replace(view, start=max(view.start, low), end=min(view.end, high))


def questions(current: Current, view: View, chance: random.Random) -> dict[str, Callable[[], Any]]:
    """The questions that screens ask of a View, by name."""
    grid = grid_over(WHOLE, chance.choice([10, 11, 12, 13, 15]))
    part = Grid(grid.shift, grid.column + 1, grid.row, max(grid.height // 2, 1), grid.width)
    near = bounded(view)
    found: dict[str, Callable[[], Any]] = {
        "headline": lambda: view_counts.headline(current, near),
        "weekday and hour": lambda: view_counts.hours_by_weekday(current, view),
        "days": lambda: view_counts.daily(current, view),
        "kinds": lambda: points.point_kinds(current, view),
        "responses": lambda: breakdowns.answers(current, view, breakdowns.BREAKDOWNS[0]).table,
        "heat": lambda: ordered(pixel_counts.counts(current, view, part)),
        "heat by month": lambda: pixel_counts.by_step(current, near, grid, MONTH),
        "heat by week": lambda: pixel_counts.by_step(current, near, grid, WEEK),
        "located": lambda: incidents.located(current, view),
        "located in a part": lambda: incidents.located(current, view, part),
        "cells": lambda: incidents.count_cells(current, view, grid),
        "cells beside others": lambda: incidents.count_cells(current, view, grid, part),
    }
    for step in (DAY, WEEK, MONTH):
        found[f"areas by {step}"] = lambda step=step: view_counts.by_area_and_step(
            current, near, step
        )
        found[f"steps of {step}"] = lambda step=step: view_counts.count_steps(current, near, step)
        found[f"kinds by {step}"] = lambda step=step: view_counts.count_series(
            current, near, "kind", step
        )
    units = outlines.units(current, view.area_set)
    for unit in frames.UNITS:
        found[f"frames of {unit}"] = lambda unit=unit: frames.count_frames(
            current, near, frames.steps(current, near, unit, 2), units
        )
    return found


def ordered(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas().sort_values(["column", "row"], ignore_index=True)


def same(one: Any, other: Any) -> bool:
    """Return whether two answers are equal; means as far as sums of them can be."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-9)
        return True
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if hasattr(one, "__dataclass_fields__"):
        return same(vars(one), vars(other))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return bool(one == other)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each cube was asked, by its number, and how often several parts of a period were."""
    found, real = Counter[str](), fewest_rows._asked

    def spy(current: Current, sql: str, params: Any, pieces: Any, all_days: bool) -> pa.Table:
        found.update(str(piece.cube.number) for piece in pieces if piece.cube)
        found["several parts"] += len(pieces) > 1
        return real(current, sql, params, pieces, all_days)

    monkeypatch.setattr(fewest_rows, "_asked", spy)
    return found


def compare(current: Current, views: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(views)
    for _ in range(views):
        view, grid = drawn_view(current, chance), chance.random()
        every = questions(current, view, random.Random(grid))
        for name in ["heat", *chance.sample(sorted(every), ASKED)]:
            monkeypatch.setattr(fewest_rows, "_WORTH", 10.0)
            by_cubes = every[name]()
            monkeypatch.setattr(fewest_rows, "_WORTH", 0.0)
            assert same(by_cubes, every[name]()), (name, view)


@pytest.mark.parametrize("views", [60, pytest.param(2000, marks=pytest.mark.prove)])
def test_random_views_of_made_records(
    town: Current, views: int, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(town, views, monkeypatch)
    assert asked.keys() > {str(cube.number) for cube, _ in town.layout.cubes}, (
        "every cube has answered"
    )
    assert asked["several parts"] > views / 4


@pytest.mark.parametrize("views", [15, pytest.param(1000, marks=pytest.mark.prove)])
def test_random_views_of_the_sample(
    current: Current, views: int, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compare(current, views, monkeypatch)
    assert len(asked) > 2, "cubes have answered"


def test_sums_of_places_outgrow_no_number(
    tmp_path: Path, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 records of one place, in pixels of a world of 256 of them."""
    store, file = Store(tmp_path / "store"), tmp_path / "calls.csv"
    store.root.mkdir()
    told = 'kind = "official"\nurl = "https://example.org"\nlicence = "CC0"\n'
    (store.root / "sources.toml").write_text(f'[calls]\nsays = "calls"\n{told}')
    rows = [f"{i},2021-05-01 12:00,44.95,-93.25,other" for i in range(2000)]
    file.write_text("\n".join(["id,time,lat,lon,kind", *rows]))
    importer.import_file(store, PLACE, file, Options(source="calls"), say=lambda _: None)
    build.rebuild(store, PLACE)
    current = store.at(str(store.stamp()))
    view = View(current.stamp, ("calls",), date(2021, 1, 1), date(2021, 12, 31))
    grid = grid_over(WHOLE, 22)
    by_cube = pixel_counts.counts(current, view, grid).to_pylist()
    assert asked.keys() & {str(c.number) for c, _ in current.layout.cubes if c.shift}
    monkeypatch.setattr(fewest_rows, "_WORTH", 0.0)
    (expected,) = pixel_counts.counts(current, view, grid).to_pylist()
    assert by_cube == [pytest.approx(expected)] and expected["n"] == 2000
    assert 0 < expected["east"] < 1 and 0 < expected["south"] < 1
