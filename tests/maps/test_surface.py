"""Windows of the heat: what is shown of a large place is what the whole would show."""

import numpy as np
import pytest

from data.maps import heat_surface
from data.maps.heat_surface import Extent, Seen
from data.storage.store import Current
from data.views import links
from geo import density
from tests.views.test_view import NOW, PLACE

BANDWIDTH = 300
SEEN = Seen(-93.30, 44.94, -93.25, 44.97, 13.0)


@pytest.fixture(scope="module")
def place(current: Current) -> Extent:
    found = heat_surface.extent(current)
    assert found is not None
    return found


def test_a_small_place_is_one_picture_for_all_zooms(place: Extent) -> None:
    whole, every = heat_surface.visible_window(place, BANDWIDTH)
    assert every and max(whole.width, whole.height) <= heat_surface.MOST_PIXELS
    for zoom in (9.0, 13.0, 18.0):
        assert heat_surface.visible_window(place, BANDWIDTH, SEEN._replace(zoom=zoom)) == (
            whole,
            True,
        )
    metres = whole.metres
    assert (metres <= BANDWIDTH / heat_surface.FINE * 1.01).all() and metres.min() > BANDWIDTH / 9


def test_a_window_shows_what_the_whole_shows(
    current: Current, place: Extent, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = links.view({}, current.meta, PLACE, NOW)[0]
    whole, _ = heat_surface.visible_window(place, BANDWIDTH)
    every = heat_surface.surface(
        current, asked, BANDWIDTH, heat_surface.window(place, whole, BANDWIDTH)
    )
    monkeypatch.setattr(
        heat_surface, "MOST_PIXELS", 256
    )  # as if the place were many times as large
    grid, rest = heat_surface.visible_window(place, BANDWIDTH, SEEN)
    assert not rest and grid.shift == whole.shift
    south, west = grid.bounds[0]
    north, east = grid.bounds[1]
    assert south < SEEN.south and west < SEEN.west and north > SEEN.north and east > SEEN.east
    part = heat_surface.surface(
        current, asked, BANDWIDTH, heat_surface.window(place, grid, BANDWIDTH)
    )
    top, left = grid.row - whole.row, grid.column - whole.column
    rows = slice(max(top, 0), min(top + grid.height, whole.height))
    columns = slice(max(left, 0), min(left + grid.width, whole.width))
    mine = part[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    known = np.isfinite(every[rows, columns])
    assert known.sum() > 2000 and (np.isfinite(mine) == known).all()
    # the variance that counting by pixel adds is measured over the window, and so a hair other
    np.testing.assert_allclose(mine[known], every[rows, columns][known], rtol=0.01, atol=0.02)


def test_near_windows_are_the_same_and_far_ones_none(
    place: Extent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heat_surface, "MOST_PIXELS", 256)
    one, two = (
        heat_surface.visible_window(
            place, BANDWIDTH, SEEN._replace(west=SEEN.west + d, east=SEEN.east + d)
        )[0]
        for d in (0, 1e-4)
    )
    assert one == two
    elsewhere = Seen(10, 50, 10.1, 50.1, 13.0)
    grid, _ = heat_surface.visible_window(place, BANDWIDTH, elsewhere)
    assert max(grid.width, grid.height) <= 256  # the whole place, coarser


def test_no_incident_is_lost_at_the_outline(current: Current, place: Extent) -> None:
    """Incidents in the place are drawn, also where a pixel's center is just outside."""
    from data.views import pixel_counts

    asked = links.view({}, current.meta, PLACE, NOW)[0]
    whole, _ = heat_surface.visible_window(place, BANDWIDTH)
    over = heat_surface.window(place, whole, BANDWIDTH)
    found = pixel_counts.counts(current, asked, over.around)
    column, row, n, east, south = (c.to_numpy() for c in found.columns)
    counts, _ = density.counted(column, row, n, east, south, over.around)
    kept = heat_surface.with_border_counts(counts, over)
    assert (kept[~over.inside] == 0).all()
    assert kept.sum() > 0.999 * n.sum() > 0.999 * 51_000


def test_the_usual_bandwidth_is_one_for_all_views_of_a_source(current: Current) -> None:
    every = links.view({}, current.meta, PLACE, NOW)[0]
    friday = links.view({"weekday": ["Fri"], "kind": ["traffic stop"]}, current.meta, PLACE, NOW)[0]
    assert heat_surface.usual_bandwidth(current, every) == heat_surface.usual_bandwidth(
        current, friday
    )
    assert heat_surface.usual_bandwidth(current, every) in density.BANDWIDTHS
