"""A made place of 2,000 areas: the made stops of ten years, dealt out over 60 km."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely import STRtree

from bench import made
from data import settings
from data.areas import area_import
from data.record import SCHEMA
from data.settings import Problem
from data.storage import projection
from data.storage.store import Store
from data.tables import build

AREAS, REACH_M = 2_000, 30_000.0
MIDDLE = (480_000.0, 4_980_000.0)  # in metres of the place's CRS, near the center of the settings
CLOSE = 0.5  # how far incidents lie from the middle of their area, by half of its width
CORNER_M, WOUND_M, WINDING_M = 40.0, 10.0, 60.0  # between corners; how far borders wind, how often
PEOPLE = 1_600  # residents of an area, in the middle


def areas(crs: str, count: int = AREAS, seed: int = made.SEED) -> gpd.GeoDataFrame:
    """So many areas in a circle, smaller in its middle: name, population, and what borders on them.

    Each holds what is nearer to its middle (`x`, `y`, in metres of `crs`) than to any other.
    """
    rng = np.random.default_rng([seed, count])
    far, turn = REACH_M * rng.uniform(0, 1, count) ** 0.7, rng.uniform(0, 2 * np.pi, count)
    x, y = MIDDLE[0] + far * np.cos(turn), MIDDLE[1] + far * np.sin(turn)
    circle = shapely.Point(*MIDDLE).buffer(REACH_M)
    middles = shapely.points(x, y)
    cells = np.array(
        shapely.voronoi_polygons(shapely.MultiPoint(middles), extend_to=circle).geoms, object
    )
    inside = STRtree(middles).query(cells, predicate="contains")
    order = np.empty(count, int)
    order[inside[1]] = inside[0]
    people = np.round(PEOPLE * rng.lognormal(0, 0.5, count)).astype(int)
    return gpd.GeoDataFrame(
        {
            "name": [f"Tract {i + 1:04d}" for i in range(count)],
            "population": people,
            "x": x,
            "y": y,
        },
        geometry=_wound(shapely.intersection(cells[order], circle)),
        crs=crs,
    )


def _wound(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The shapes with borders as wound as real ones, shared as before: some 130 corners each."""

    def moved(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        turn = at / WINDING_M
        by = np.sin(turn[:, ::-1]) + np.sin(2 * turn.sum(axis=1, keepdims=True) + 1)
        return np.asarray(at + WOUND_M * by)

    return np.asarray(shapely.transform(shapely.segmentize(shapes, CORNER_M), moved))


def deal(
    stops: Iterator[pa.Table], over: gpd.GeoDataFrame, seed: int = made.SEED
) -> Iterator[pa.Table]:
    """The same stops with points in other areas: by residents, and some areas far busier."""
    rng = np.random.default_rng([seed, len(over)])
    weight = over["population"].to_numpy() * rng.lognormal(0, 0.8, len(over))
    wide = CLOSE * np.sqrt(over.area.to_numpy()) / 2
    back = projection.transformer(over.crs.to_string(), projection.WGS84)
    for table in stops:
        row = rng.choice(len(over), len(table), p=weight / weight.sum())
        x, y = (over[c].to_numpy()[row] + wide[row] * rng.normal(0, 1, len(row)) for c in "xy")
        lon, lat = back.transform(x, y)
        new = {
            "lon": pa.array(lon),
            "lat": pa.array(lat),
            "x": pa.array(x.astype(np.float32)),
            "y": pa.array(y.astype(np.float32)),
            "area_label": pa.nulls(len(table), pa.string()),
            "geometry": projection.wkb(lon, lat),
        }
        columns = [new.get(name, table[name]) for name in SCHEMA.names]
        yield pa.table(columns, schema=SCHEMA)


def store(
    root: Path,
    rows: int = made.ROWS,
    count: int = AREAS,
    seed: int = made.SEED,
    given: Store | None = None,
) -> Store:
    """A store of so many made stops in so many areas, ready for readers.

    They are drawn from the police stops of `given`, a store of the sample, else of a new one.
    """
    filled, place = Store(root), replace(settings.load_settings(), store=root)
    if filled.history().count:
        raise Problem(f"{root} holds a store already. Choose another folder.")
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        given = given or made.sample_store(Path(folder) / "sample")
        over = areas(place.crs, count, seed)
        file = Path(folder) / "tracts.geojson"
        over.drop(columns=["x", "y"]).to_crs(projection.WGS84).to_file(file, driver="GeoJSON")
        area_import.add(
            filled, place, file, name_column="name", population_column="population", say=_quiet
        )
        stops = made.draw_stops(made.sample_stops(given), place.zone, place.crs, rows, seed)
        with filled.writing() as scratch:
            name = made.batch_name(rows, seed)
            made.keep_batch(filled, scratch, name, made.SOURCE, deal(stops, over, seed), place.crs)
    build.rebuild(filled, place)
    return filled


def _quiet(text: str) -> None:
    """Say nothing."""


def main() -> int:
    """Make a store; return 0 once it is made, 1 with a sentence where it cannot be."""
    parser = argparse.ArgumentParser(description="Make a store of a place of many areas.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=made.ROWS)
    parser.add_argument("--areas", type=int, default=AREAS)
    asked = parser.parse_args()
    try:
        stamp = store(asked.folder, asked.rows, asked.areas).stamp()
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{asked.rows:,} made stops in {asked.areas:,} areas, data {stamp}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
