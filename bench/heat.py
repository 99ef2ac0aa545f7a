"""The heat layer: server time and bytes to the browser, against folium's HeatMap."""

import json
import resource
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import folium
import numpy as np
from folium.plugins import HeatMap

from bench import made, many
from data.maps import heat_surface
from data.maps.heat_surface import Window
from data.palette import LIGHT
from data.storage.store import Current
from data.views import pixel_counts
from data.views.view import View
from geo import density, mercator
from ui import raster

FEW, MANY = 100_000, 10_000_000
ROUNDS = 5
BANDWIDTH = 400
FASTER, SMALLER = 10.0, 50.0
MOST_S = 0.400
MOST_PEER = 300_000  # more points than a browser would take from it
CHECKED = 10_000


def run(rows: int | None) -> list[dict[str, Any]]:
    """Measure against HeatMap at 100,000 points, and against itself at a hundred times as many."""
    few, large = rows or FEW, rows or MANY
    small = many.kept(few)
    found = [_against_peer(small, few)]
    if rows is None:
        found.append(_grown(small, many.kept(large), large))
    return found


def _view(current: Current) -> View:
    return View(current.stamp, (made.NAME,), made.FIRST, made.LAST, area_set="neighborhoods")


def _window(current: Current) -> Window:
    over = heat_surface.extent(current)
    assert over is not None
    return heat_surface.window(over, heat_surface.visible_window(over, BANDWIDTH)[0], BANDWIDTH)


def _ours(current: Current, over: Window) -> str:
    """The message that is sent: the picture and its legend, asked, smoothed and drawn anew."""
    values = heat_surface.surface(current, _view(current), BANDWIDTH, over)
    top = density.nice_top(values)
    url = raster.heat_picture(values, top, LIGHT, over.crisp)
    return json.dumps({"heat": {"url": url, "bounds": over.shown.bounds}, "top": top})


def _against_peer(current: Current, rows: int) -> dict[str, Any]:
    over = _window(current)
    points = _points(current)[:MOST_PEER]

    def peer() -> str:
        """The page of a map with the points on it, as folium renders it."""
        base = folium.Map(points.mean(axis=0).tolist(), zoom_start=11, tiles=None)
        HeatMap(points.tolist(), radius=12).add_to(base)
        return str(base.get_root().render())

    ours_s, sent = _timed(lambda: _ours(current, over))
    peer_s, page = _timed(peer)
    ratio, smaller = peer_s / ours_s, len(page) / len(sent)
    error, counted = _error(current, over), _counted(current, over)
    equal = error < 0.01 and counted == rows
    return {
        "name": "heat: HeatMap",
        "rows": rows,
        "ours_s": ours_s,
        "peer_s": peer_s,
        "ratio": ratio,
        "equal": equal,
        "peak_mb": _peak(),
        "goal": f"{FASTER:g} times as fast, {SMALLER:g} times fewer bytes, within 1% of a "
        "direct kernel sum, every incident counted",
        "ok": equal and ratio >= FASTER and smaller >= SMALLER,
        "sent_bytes": len(sent),
        "peer_bytes": len(page),
        "times_fewer": smaller,
        "peer_rows": len(points),
        "largest_error": error,
    }


def _grown(small: Current, large: Current, rows: int) -> dict[str, Any]:
    overs = [_window(one) for one in (small, large)]
    small_s, few_bytes = _timed(lambda: _ours(small, overs[0]))
    large_s, many_bytes = _timed(lambda: _ours(large, overs[1]))
    spread = len(many_bytes) / len(few_bytes)
    counted = _counted(large, overs[1]) == rows
    return {
        "name": "heat: a hundred times as many",
        "rows": rows,
        "ours_s": large_s,
        "peer_s": 100 * small_s,
        "ratio": 100 * small_s / large_s,
        "equal": counted,
        "peak_mb": _peak(),
        "goal": f"bytes equal within 2 times, under {1000 * MOST_S:.0f} ms, every incident counted",
        "ok": counted and 0.5 <= spread <= 2 and large_s < MOST_S,
        "sent_bytes": len(many_bytes),
        "few_bytes": len(few_bytes),
    }


def _timed(one: Callable[[], str]) -> tuple[float, str]:
    """Median seconds, and what came out; the first time is not counted."""
    text, seconds = one(), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        text = one()
        seconds.append(time.perf_counter() - start)
    return median(seconds), text


def _points(current: Current) -> np.ndarray:
    """Latitude and longitude of every incident, as the peer takes them."""
    table = current.query("SELECT mx, my FROM {facts}")
    x, y = (table[name].to_numpy() for name in ("mx", "my"))
    lon, lat = mercator.to_degrees((x + 0.5) / mercator.WORLD, (y + 0.5) / mercator.WORLD)
    return np.column_stack([lat, lon])


def _counted(current: Current, over: Window) -> int:
    found = pixel_counts.counts(current, _view(current), over.around)
    return int(found["n"].to_numpy().sum())


def _error(current: Current, over: Window) -> float:
    """The largest error in a hundredth of the highest density or more, of 10,000 incidents.

    Against the kernel's sum over every point, distances on the WGS 84 ellipsoid.
    """
    from pyproj import Transformer

    rng = np.random.default_rng(0)
    every = _points(current)
    lat, lon = every[rng.choice(len(every), min(CHECKED, len(every)), replace=False)].T
    grid = over.around
    mx, my = mercator.to_pixels(lon, lat)
    size = 1 << grid.shift
    pixel = (my >> grid.shift).astype(np.int64) << 32 | (mx >> grid.shift)
    cells, which, n = np.unique(pixel, return_inverse=True, return_counts=True)
    east, south = (np.bincount(which, (v % size) / size) / n for v in (mx, my))
    column, row = cells & (1 << 32) - 1, cells >> 32
    counts, spread = density.counted(column, row, n, east, south, grid)
    found = density.smoothed(counts, grid.metres, BANDWIDTH, spread) * 1e6
    lon0, lat0 = (float(np.mean(v)) for v in (lon, lat))
    metric = f"+proj=tmerc +lat_0={lat0} +lon_0={lon0} +ellps=WGS84"
    to_metres = Transformer.from_crs(4326, metric, always_xy=True)
    x, y = to_metres.transform(lon, lat)
    at = rng.choice(found.size, 2000, replace=False)
    r, c = np.divmod(at, grid.width)
    px, py = to_metres.transform(grid.centres[0][c], grid.centres[1][r])
    far = (px[:, None] - x) ** 2 + (py[:, None] - y) ** 2
    wanted = np.exp(-far / (2 * BANDWIDTH**2)).sum(axis=1) / (2 * np.pi * BANDWIDTH**2) * 1e6
    busy = wanted > wanted.max() / 100
    return float(np.abs(found[r, c][busy] / wanted[busy] - 1).max())


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
