"""Incidents and hexagons of a window: every record is in one cell, and in no other."""

from dataclasses import replace

import duckdb
import numpy as np
import pytest

from data.maps import heat_surface, hexagons, incidents
from data.maps.heat_surface import Seen
from data.maps.incidents import Cells
from data.storage.store import Current
from data.views import conditions, links, paired_periods
from data.views.view import View
from geo import mercator
from geo.mercator import Grid
from tests.views.test_view import NOW, PLACE

SEEN = Seen(-93.30, 44.94, -93.24, 44.98, 13.0)


def view(current: Current, **choices: object) -> View:
    return links.view(choices, current.meta, PLACE, NOW)[0]


def points(current: Current, asked: View) -> tuple[np.ndarray, ...]:
    """Pixels, kind and precision of every point of a View, read from the file itself."""
    sql, values = conditions.where(asked, current)
    columns = "mx, my, kind, place_precision"
    rows = duckdb.connect().execute(
        f"SELECT {columns} FROM ({current.facts_sql()}) WHERE {sql} AND mx IS NOT NULL", values
    )
    return tuple(np.asarray(v) for v in zip(*rows.fetchall()))


def whole(current: Current) -> Grid:
    over = heat_surface.extent(current)
    assert over is not None
    return mercator.grid_over(heat_surface.bounds(over), 16).padded(4)


@pytest.mark.parametrize("shift", [17, 14, 11])
def test_cells_hold_every_point_once(current: Current, shift: int) -> None:
    asked = view(current)
    grid = mercator.grid_over(whole(current).bounds, shift)
    found = incidents.count_cells(current, asked, grid)
    mx, my, kind, _ = points(current, asked)
    assert found.n.sum() == len(mx) == incidents.located(current, asked)
    key = np.column_stack([mx >> shift, my >> shift, kind])
    rows, counts = np.unique(key, axis=0, return_counts=True)
    mine = np.column_stack([found.x, found.y, found.kind])
    assert (mine[np.lexsort(mine.T[::-1])] == rows).all()
    assert (found.n[np.lexsort(mine.T[::-1])] == counts).all()
    assert (found.east >> shift == found.x).all() and (found.south >> shift == found.y).all()


def test_cells_nest_from_zoom_to_zoom(current: Current) -> None:
    asked = view(current)
    shifts = [incidents.level(zoom, False, asked, current) for zoom in (11, 12, 13)]
    assert np.diff(shifts).tolist() == [-1, -1]
    fine, coarse = (
        incidents.count_cells(current, asked, mercator.grid_over(whole(current).bounds, s))
        for s in (shifts[1], shifts[0])
    )
    from_fine = {}
    for x, y, n in zip(fine.x >> 1, fine.y >> 1, fine.n):
        from_fine[x, y] = from_fine.get((x, y), 0) + n
    of_coarse: dict[tuple[int, int], int] = {}
    for x, y, n in zip(coarse.x, coarse.y, coarse.n):
        of_coarse[x, y] = of_coarse.get((x, y), 0) + n
    assert from_fine == of_coarse


def test_only_what_is_not_held_is_sent(current: Current) -> None:
    asked = view(current)
    grid = incidents.sight(SEEN, asked, current)
    grid = mercator.grid_over(grid.bounds, 15)
    held = Grid(15, grid.column - 3, grid.row, grid.height, grid.width)
    every, rest = (incidents.count_cells(current, asked, grid, but) for but in (None, held))
    new = every.x >= held.column + held.width
    assert 0 < new.sum() < len(new)
    for one, other in zip(every, rest):
        assert (one[new] == other).all()


def test_counts_of_a_window_are_exact(current: Current) -> None:
    asked = view(current)
    grid = incidents.sight(SEEN, asked, current)
    mx, my, *_ = points(current, asked)
    inside = (mx >> grid.shift >= grid.column) & (mx >> grid.shift < grid.column + grid.width)
    inside &= (my >> grid.shift >= grid.row) & (my >> grid.shift < grid.row + grid.height)
    assert incidents.located(current, asked, grid) == inside.sum() > 1000


def test_what_no_authority_publishes_is_drawn_to_the_block(current: Current) -> None:
    asked = view(current, source=["community made"])
    assert incidents.coarse(asked, current) and not incidents.coarse(view(current), current)
    for zoom in (14, 17, 19):
        shift = incidents.level(zoom, True, asked, current)
        grid = mercator.grid_over(whole(current).bounds, shift)
        found: Cells = incidents.count_cells(current, asked, grid)
        metres = mercator.ground_metres(44.97) * (1 << shift) / mercator.WORLD
        assert metres >= 100
        assert (found.east - (found.x << shift) == 1 << shift >> 1).all()  # centres, no points
        assert (found.south - (found.y << shift) == 1 << shift >> 1).all()


def test_young_reports_are_in_no_cell_and_no_hexagon(current: Current) -> None:
    asked = view(current, source=["community made"])
    assert asked.settled_by
    long_ago = replace(asked, settled_by=asked.settled_by.replace(year=2000))
    grid = mercator.grid_over(whole(current).bounds, 15)
    assert incidents.count_cells(current, asked, grid).n.sum() > 1000
    assert incidents.count_cells(current, long_ago, grid).n.sum() == 0
    assert hexagons.count_hexagons(current, long_ago, 8, None).n.sum() == 0


@pytest.mark.parametrize("resolution", [7, 8, 9, 10])
def test_hexagons_hold_every_point_once(current: Current, resolution: int) -> None:
    asked = view(current)
    found = hexagons.count_hexagons(current, asked, resolution, None)
    *_, precision = points(current, asked)
    assert found.n.sum() == (precision < 2).sum()
    assert len(found.shapes) == len(found.n) == len(found.km2)
    areas = found.shapes.to_crs("EPSG:26915").area / 1e6
    np.testing.assert_allclose(areas, found.km2, rtol=0.02)


def test_hexagons_of_a_window_are_whole(current: Current) -> None:
    asked = view(current)
    grid = mercator.grid_over([[44.94, -93.30], [44.98, -93.24]], 16)
    every = hexagons.count_hexagons(current, asked, 9, None)
    part = hexagons.count_hexagons(current, asked, 9, grid)
    counts = dict(zip(every.shapes["code"], every.n))
    assert 10 < len(part.n) < len(every.n)
    assert all(counts[code] == n for code, n in zip(part.shapes["code"], part.n))


@pytest.mark.parametrize(("zoom", "resolution"), [(9, 7), (11, 8), (12.5, 9), (14, 10), (19, 10)])
def test_resolution_goes_by_zoom(zoom: float, resolution: int) -> None:
    assert hexagons.resolution(zoom) == resolution
    low, high = hexagons.zooms(resolution)
    assert low <= zoom < high


def test_pairs_are_cut_to_whole_weeks(current: Current) -> None:
    asked = view(
        current,
        compare="own period",
        versus_from="2017-03-01",
        versus_to="2017-05-31",
        **{"from": "2017-09-01", "to": "2017-11-30"},
    )
    found = paired_periods.pair(asked, current)
    assert found
    now, before = found
    assert [d.weekday() for d in (now.start, now.end)] == [0, 6]
    assert now.start >= asked.start and now.end <= asked.end and now.days % 7 == 0
    assert before.days % 7 == 0 and before.start.isoformat() >= "2017-03-01"
    assert paired_periods.pair(view(current), current) is None  # nothing is recorded in 2016
