"""The area that holds each point: ours against geopandas.sjoin and shapely's STRtree."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo import area_index, areas

ROUNDS = 5
OFFICIAL = (
    Path(__file__).resolve().parents[2]
    / "shared/data/boundaries/minneapolis-neighborhoods-2022.geojson"
)
Points = npt.NDArray[np.float64]


def run(rows: int | None) -> list[dict[str, Any]]:
    """One dict a claim; each names its goal and whether it is reached."""
    few = rows or 1_000_000
    many = rows or 10_000_000
    areas = _areas()
    ready = area_index.index_areas(areas)
    larger = _points(areas, many)
    part = larger[:, : many // 10].copy()
    small, large = _medians(lambda: ready.locate(*part), lambda: ready.locate(*larger))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    same = bool((ready.locate(*part) == ready.locate(*larger)[: many // 10]).all())
    spread = large / (10 * small)
    found = [
        {
            "name": "locate: time grows with the points",
            "rows": many,
            "ours_s": large,
            "peer_s": 10 * small,
            "ratio": 1 / spread,
            "equal": same,
            "peak_mb": peak,
            "goal": "ten times the points within 20% of ten times the time, 1500 MB",
            "ok": same and spread <= 1.2 and peak < 1500,
        }
    ]
    x, y = _points(areas, few)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y, crs="EPSG:4326"))
    shapes = areas.geometry.to_numpy()

    def joined() -> npt.NDArray[np.int64]:
        both = gpd.sjoin(points, areas[["geometry"]], predicate="intersects")
        return _lowest(both.index.to_numpy(), both["index_right"].to_numpy(), few)

    def asked() -> npt.NDArray[np.int64]:
        tree = shapely.STRtree(shapes)
        which, row = tree.query(points.geometry.to_numpy(), predicate="intersects")
        return _lowest(which, row, few)

    def once() -> npt.NDArray[np.int32]:
        return area_index.locate_points(x, y, areas)

    def again() -> npt.NDArray[np.int32]:
        return ready.locate(x, y)

    runs = (again, once, joined, asked)
    seconds = dict(zip(runs, _medians(*runs)))
    answers = {one: one() for one in runs}
    claims = [
        ("locate: sjoin, index ready", again, joined, 8.0),
        ("locate: sjoin, with our index built", once, joined, 1.0),
        ("locate: STRtree, with our index built", once, asked, 1.0),
    ]
    for name, ours, peer, least in claims:
        equal = bool((answers[ours] == answers[peer]).all())
        ratio = seconds[peer] / seconds[ours]
        found.append(
            {
                "name": name,
                "rows": few,
                "ours_s": seconds[ours],
                "peer_s": seconds[peer],
                "ratio": ratio,
                "equal": equal,
                "peak_mb": peak,
                "goal": f"at least {least:g} times as fast, every point equal",
                "ok": equal and ratio >= least,
            }
        )
    return found


def _medians(*runs: Callable[[], Any]) -> list[float]:
    """Median seconds of each, run in turn."""
    seconds: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for kept, one in zip(seconds, runs):
            start = time.perf_counter()
            one()
            kept.append(time.perf_counter() - start)
    return [float(np.median(kept)) for kept in seconds]


def _areas() -> gpd.GeoDataFrame:
    """Official neighborhoods where they are at hand, else areas learned from points."""
    if OFFICIAL.exists():
        return gpd.read_file(OFFICIAL)
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-93.33, -93.19, 20_000), rng.uniform(44.89, 45.05, 20_000)
    middles = np.column_stack((rng.choice(lon, 87), rng.choice(lat, 87)))
    away = (lon[:, None] - middles[:, 0]) ** 2 + 2 * (lat[:, None] - middles[:, 1]) ** 2
    labels = [f"Area {k:02}" for k in away.argmin(axis=1)]
    return areas.learn_areas(lon, lat, labels, "EPSG:26915")


def _points(areas: gpd.GeoDataFrame, count: int) -> Points:
    """Made points: half anywhere, half along borders, one in a hundred on a corner of an area."""
    rng = np.random.default_rng(2)
    west, south, east, north = areas.total_bounds
    xy = np.empty((2, count))
    xy[0], xy[1] = rng.uniform(west, east, count), rng.uniform(south, north, count)
    corners = areas.get_coordinates().to_numpy()
    near = slice(0, count // 2)
    picked = rng.integers(0, len(corners), count // 2)
    xy[:, near] = corners[picked].T + rng.normal(0, 1e-3, (2, count // 2))
    exact = slice(0, count // 100)
    xy[:, exact] = corners[picked[exact]].T
    return xy[:, rng.permutation(count)]


def _lowest(which: Any, row: Any, count: int) -> npt.NDArray[np.int64]:
    """The lowest row of the areas that a peer names for each point; -1 for none."""
    found = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(found, which, row)
    found[found == np.iinfo(np.int64).max] = -1
    return found
