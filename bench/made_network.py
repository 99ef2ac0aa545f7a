"""Reports of a made network of any size in the sample's areas, all of them verified."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from bench import made
from data import sources
from data.record import SCHEMA
from data.sample import made_reports
from data.storage.store import Store

YEARS = (2024, 2025)
SOURCE = sources.Source(
    "made-hotline",
    title="Made reports (not real)",
    says="made reports",
    kind="community",
    covers="Nothing: reports of a made network.",
    made=True,
)
_BURSTS, _BURST_DAYS, _IN_BURSTS = 4, 28, 0.12  # a year's, each in one area, and their share
_A_CALLER = 4.3  # reports of each caller, as in the sample's made reports
_JANUARY_PEAK = 11  # days after New Year


def reports(
    areas: gpd.GeoDataFrame, yearly: int, seed: int, years: Sequence[int] = YEARS
) -> pd.DataFrame:
    """`yearly` events of each year, as a release reads records, with `area`, the row of theirs.

    Skewed by area (lognormal), more in winter, on weekdays and in the morning, and 12% in bursts
    of four weeks in one area. `areas` are in metres: so are `x` and `y`.
    """
    rng = np.random.default_rng([seed, yearly])
    weight = rng.lognormal(0, 1, len(areas))
    parts = [_year(rng, weight / weight.sum(), yearly, year) for year in years]
    area, day = (np.concatenate(part) for part in zip(*parts))
    n = len(area)
    hours = np.arange(24)
    by_hour = 0.1 + np.exp(-(((hours - 7.5) / 2.2) ** 2))
    by_hour = by_hour + 0.6 * np.exp(-(((hours - 16) / 3.5) ** 2))
    x, y = made_reports.draw_points(rng, areas, area)
    return pd.DataFrame(
        {
            "incident_id": [f"made:{seed}-{i:06d}" for i in range(n)],
            "area": area,
            "local_date": day,
            "hour": pd.array(rng.choice(hours, n, p=by_hour / by_hour.sum()), "UInt8"),
            "kind": made_reports.draw_words(rng, made_reports.KINDS, n),
            "setting": made_reports.draw_words(rng, made_reports.SETTINGS, n),
            "source": SOURCE.name,
            "source_kind": "community",
            "grade": "verified",
            "origin": [f"caller {i}" for i in rng.integers(0, max(int(n / _A_CALLER), 9), n)],
            "x": x,
            "y": y,
            "already_public": False,
            "received_at": pd.DatetimeIndex(day).tz_localize("UTC"),
        }
    )


def fill(root: Path, given: Store, areas: gpd.GeoDataFrame, found: pd.DataFrame) -> Store:
    """An empty store with made reports, ready to be released, and the areas of another one."""
    points = gpd.GeoSeries.from_xy(found["x"], found["y"], crs=areas.crs).to_crs("EPSG:4326")
    columns = found[[c for c in found if c in SCHEMA.names]].assign(
        occurred_at=found["received_at"],
        settled_at=found["received_at"],
        weekday=found["local_date"].dt.day_of_week,
        lon=points.x,
        lat=points.y,
        time_precision="hour",
        place_precision="block",
        via="hotline",
        response="not_recorded",
    )
    none = [name for name in SCHEMA.names if name not in columns]
    frame = columns.assign(**dict.fromkeys(none))[SCHEMA.names]
    table = pa.Table.from_pandas(frame, SCHEMA, preserve_index=False)
    store = Store(root)
    with store.writing() as scratch:
        made.keep_areas(store, given)
        made.keep_batch(store, scratch, "0" * 24, SOURCE, [table], str(areas.crs))
    return store


def _year(
    rng: np.random.Generator, weight: np.ndarray, n: int, year: int
) -> tuple[np.ndarray, np.ndarray]:
    """The area and the day of each report of a year."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31")
    away = np.abs(days.day_of_year.to_numpy() - 1 - _JANUARY_PEAK)
    away = np.minimum(away, len(days) - away)
    by_day = 1 + 2.2 * np.exp(-((away / 45) ** 2))
    by_day = by_day * np.where(days.day_of_week < 5, 1.0, 0.55)
    area = rng.choice(len(weight), n, p=weight)
    day = rng.choice(len(days), n, p=by_day / by_day.sum())
    burst = np.where(rng.random(n) < _IN_BURSTS, rng.integers(0, _BURSTS, n), -1)
    where = rng.integers(0, len(weight), _BURSTS)
    start = rng.integers(0, len(days) - _BURST_DAYS, _BURSTS)
    area = np.where(burst < 0, area, where[burst])
    day = np.where(burst < 0, day, start[burst] + rng.integers(0, _BURST_DAYS, n))
    return area, days.to_numpy()[day]
