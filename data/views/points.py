"""The single records of a View whose place and time are known well enough to be paired."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import words
from data.storage.store import Current
from data.views import conditions, fewest_rows, view_counts, whole_records
from data.views.sql import DAY_KNOWN, Clause, chosen_sources, unit_sql
from data.views.view import COARSE_PLACE, View
from geo.longitude import near

_BLOCK: Clause = (f"x IS NOT NULL AND place_precision < {COARSE_PLACE}", [])
COMMUNITY = "community"  # the kind of a source whose reports nobody has merged
WANTED = ("lon", "lat", "occurred_at", "time_precision", "kind", "source", "origin", "grade")


@dataclass(frozen=True)
class Points:
    """Metres in the place's CRS and the day since 1970 of each; `without` are left out, and
    `older` ones too, where there are more than were asked for.

    `hour` is hours since 1970, NaN where only the day is known.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    day: npt.NDArray[np.float64]
    hour: npt.NDArray[np.float64]
    without: int
    older: int = 0


def by_day(current: Current, view: View, most: int) -> Points:
    """Records of a View known to the block and the day: the newest `most` of them."""
    columns = ("x", "y", "local_date", "hour", "occurred_at", "incident_id")
    found: pd.DataFrame = whole_records.records(
        current, view, columns, [_BLOCK, DAY_KNOWN], most
    ).to_pandas()
    every = view_counts.headline(current, view)["n"]
    day = found["local_date"].to_numpy().astype("datetime64[D]").astype(float)
    since = found["occurred_at"].astype("datetime64[us, UTC]").astype("int64") / 3.6e9
    hour = np.where(found["hour"].notna(), since, np.nan).astype(float)
    x, y = (found[c].to_numpy(float) for c in ("x", "y"))
    known = sum(point_kinds(current, view).values()) if len(x) == most else len(x)
    return Points(x, y, day, hour, int(every) - known, known - len(x))


def point_kinds(current: Current, view: View) -> dict[str, int]:
    """The kinds of a View's records known so well, most frequent first, and how many."""
    sql, values = conditions.joined([conditions.where(view, current), _BLOCK, DAY_KNOWN])
    table = fewest_rows.count_rows(
        current,
        f"SELECT kind, {{n}} AS n FROM {{facts}} WHERE {sql} GROUP BY 1 ORDER BY n DESC, kind",
        values,
        view,
    )
    codes, n = table["kind"].to_pylist(), table["n"].to_pylist()
    return {words.TABLES["kind"][code].code: count for code, count in zip(codes, n)}


def by_hour(current: Current, view: View, most: int) -> tuple[pd.DataFrame, int]:
    """Records of a View known to the block and the hour, the newest `most` by time, and how
    many the View has besides.

    Columns: incident_id, x, y (metres), lon, lat, occurred_at, hours (since 1970),
    time_precision, kind, source, origin, grade, area. For the signed-in tier only: never exported.
    """
    known: Clause = ("hour IS NOT NULL", [])
    found = whole_records.records(
        current, view, ("incident_id", "x", "y", *WANTED), [_BLOCK, known], most
    )
    frame: pd.DataFrame = found.to_pandas()
    frame = frame.sort_values(["occurred_at", "incident_id"], ignore_index=True)
    hours = frame["occurred_at"].astype("datetime64[us, UTC]").astype("int64") / 3.6e9
    every = view_counts.headline(current, view)["n"]
    lon = near(frame["lon"].to_numpy(float), current.meridian)
    return frame.assign(hours=hours.astype(float), lon=lon), int(every) - len(frame)


def reports(current: Current, view: View, step: str, most: int) -> pd.DataFrame:
    """Records of a View from the community that are known to the block and the hour, the newest
    `most`, in order of time: x, y (metres), hours (since 1970), kind, unit of the View's area set
    and `step` (SQL on the narrow table). For the signed-in tier only: never exported.
    """
    named = [s["name"] for s in chosen_sources(view, current.meta) if s["kind"] == COMMUNITY]
    if not named:
        return pd.DataFrame({c: [] for c in ("x", "y", "hours", "kind", "unit", "step")})
    known: Clause = ("hour IS NOT NULL", [])
    more = {"unit": unit_sql(view, current.meta), "step": step}
    wanted = ("incident_id", "x", "y", "occurred_at", "kind", "source")
    found = whole_records.records(current, view, wanted, [_BLOCK, known], most, more)
    frame: pd.DataFrame = found.to_pandas()
    frame = frame[frame["source"].isin(named)].sort_values(
        ["occurred_at", "incident_id"], ignore_index=True
    )
    hours = frame["occurred_at"].astype("datetime64[us, UTC]").astype("int64") / 3.6e9
    return frame.assign(hours=hours.astype(float))
