"""Made community reports: seeded, and marked as made wherever they are shown."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SEED = 20260107
REPORTS = 3000
_FIRST_DAY = pd.Timestamp("2025-06-01")
_DAYS = 365
RISE_AREA = "Powderhorn Park"
RISE = (pd.Timestamp("2026-01-12"), pd.Timestamp("2026-02-09"))
RISE_REPORTS = 90
KINDS = {
    "sighting": 0.62,
    "arrest_operation": 0.16,
    "search_or_raid": 0.06,
    "crowd_control": 0.05,
    "call_911": 0.05,
    "other": 0.06,
}
GRADES = {
    "reported": 0.45,
    "corroborated": 0.28,
    "verified": 0.17,
    "disputed": 0.06,
    "rejected": 0.04,
}
PRECISIONS = {"exact": 0.35, "block": 0.45, "locality": 0.08, "area": 0.12}
SETTINGS = {
    "street": 0.5,
    "home": 0.2,
    "business": 0.16,
    "school": 0.04,
    "clinic": 0.03,
    "worship": 0.03,
    "court": 0.02,
    "shelter": 0.02,
}
_RESPONSES = {
    "not_recorded": 0.6,
    "none": 0.22,
    "in_person": 0.08,
    "report_after": 0.05,
    "traffic_control": 0.02,
    "crowd_control": 0.02,
    "declined": 0.01,
}
DUPLICATES = 240  # second reports of an event by somebody else, minutes and metres away


def reports(areas: gpd.GeoDataFrame, seed: int = SEED) -> pd.DataFrame:
    """Made reports as a hotline's table; the same seed gives the same rows.

    Skewed in place and time, with duplicates, late arrivals, origins, and one planted
    rise: RISE_REPORTS more in RISE_AREA within RISE. Times are local without offset.
    """
    rng = np.random.default_rng(seed)
    areas = areas[areas["name"] != ""].reset_index(drop=True)
    usual = REPORTS - RISE_REPORTS - DUPLICATES
    weight = rng.lognormal(0, 1.0, len(areas))
    area = rng.choice(len(areas), usual, p=weight / weight.sum())
    base = pd.DataFrame({"area": area, "time": _times(rng, usual)})
    row = int(areas.index[areas["name"] == RISE_AREA][0])
    span = (RISE[1] - RISE[0]).total_seconds()
    risen = pd.DataFrame(
        {"area": row, "time": RISE[0] + pd.to_timedelta(rng.uniform(0, span, RISE_REPORTS), "s")}
    )
    frame = pd.concat([base, risen], ignore_index=True)
    lon, lat = draw_points(rng, areas, frame["area"].to_numpy())
    frame = frame.assign(
        lon=lon,
        lat=lat,
        kind=draw_words(rng, KINDS, len(frame)),
        setting=draw_words(rng, SETTINGS, len(frame)),
        precision=draw_words(rng, PRECISIONS, len(frame)),
        response=draw_words(rng, _RESPONSES, len(frame)),
        officers=rng.poisson(3, len(frame)) + 1,
        vehicles=rng.poisson(1.2, len(frame)) + 1,
    )
    again = frame.sample(DUPLICATES, random_state=int(rng.integers(1 << 31)))
    again = again.assign(
        time=again["time"] + pd.to_timedelta(rng.normal(0, 600, DUPLICATES), "s"),
        lon=again["lon"] + rng.normal(0, 0.0006, DUPLICATES),
        lat=again["lat"] + rng.normal(0, 0.0004, DUPLICATES),
    )
    every = pd.concat([frame, again], ignore_index=True).sort_values("time")
    return _written(rng, every.reset_index(drop=True), areas)


def _times(rng: np.random.Generator, n: int) -> pd.Series:
    """Moments over a year: more in winter, on weekdays and in the morning."""
    day = np.arange(_DAYS)
    date = _FIRST_DAY + pd.to_timedelta(day, "D")
    winter = 1 + 2.2 * np.exp(-(((day - 225) / 45) ** 2))
    weight = winter * np.where(date.day_of_week < 5, 1.0, 0.55)
    chosen = rng.choice(day, n, p=weight / weight.sum())
    hours = np.arange(24)
    by_hour = (
        0.1 + np.exp(-(((hours - 7.5) / 2.2) ** 2)) + 0.6 * np.exp(-(((hours - 16) / 3.5) ** 2))
    )
    hour = rng.choice(hours, n, p=by_hour / by_hour.sum())
    seconds = chosen * 86400 + hour * 3600 + rng.integers(0, 3600, n)
    return pd.Series(_FIRST_DAY + pd.to_timedelta(seconds, "s"))


def draw_points(
    rng: np.random.Generator, areas: gpd.GeoDataFrame, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A point in each row's area, near one of a few corners that the area has."""
    lon, lat = np.empty(len(rows)), np.empty(len(rows))
    for row in np.unique(rows):
        shape = areas.geometry.iloc[int(row)]
        west, south, east, north = shape.bounds
        where = np.flatnonzero(rows == row)
        corners = rng.uniform((west, south), (east, north), (6, 2))
        left = where
        while len(left):
            near = corners[rng.integers(0, 6, len(left))]
            tried = near + rng.normal(0, 1, near.shape) * ((east - west) / 8, (north - south) / 8)
            lon[left], lat[left] = tried.T
            left = left[~shapely.contains_xy(shape, lon[left], lat[left])]
    return lon, lat


def draw_words(rng: np.random.Generator, shares: dict[str, float], n: int) -> np.ndarray:
    return rng.choice(list(shares), n, p=np.array(list(shares.values())) / sum(shares.values()))


def _written(
    rng: np.random.Generator, frame: pd.DataFrame, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """The table as a hotline would export it."""
    n = len(frame)
    late = rng.random(n) < 0.12
    delay = np.where(late, rng.uniform(1, 30, n) * 86400, rng.exponential(3600, n))
    local = frame["time"].dt.floor("min")
    coarse = frame["precision"] == "area"
    return pd.DataFrame(
        {
            "id": [f"made-{i:04d}" for i in range(1, n + 1)],
            "time": local.dt.strftime("%Y-%m-%d %H:%M"),
            "received": (local + pd.to_timedelta(delay, "s")).dt.strftime("%Y-%m-%d %H:%M"),
            "lat": frame["lat"].round(5).where(~coarse),
            "lon": frame["lon"].round(5).where(~coarse),
            "place_precision": frame["precision"],
            "neighborhood": areas["name"].to_numpy()[frame["area"].to_numpy(int)],
            "kind": frame["kind"],
            "grade": draw_words(rng, GRADES, n),
            "via": rng.choice(["hotline", "form"], n, p=[0.7, 0.3]),
            "setting": frame["setting"],
            "response": frame["response"],
            "officers": frame["officers"],
            "vehicles": frame["vehicles"],
            "agencies": rng.choice(["federal", "unknown", "federal, local"], n, p=[0.6, 0.3, 0.1]),
            "origin": [f"caller {i}" for i in rng.integers(0, 700, n)],
            "text": "Made report: nothing of it happened.",
        }
    )
