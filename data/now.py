"""What is unusual in the newest days of a View: a scan of places, and alarms of weeks."""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data import questions, recording
from data.recording import KnownChange
from data.store import Current
from data.view import DAY, View
from geo import scan, tabulate

DAYS = (7, 14, 28, 42)  # how far back the newest windows may reach
USUAL_DAYS = 28
BEFORE = 365  # days that are looked back on, at most
LEAST = 12  # days before the newest windows: with fewer nothing is known of what is usual
SHARE = 0.5  # of the incidents that a circle may hold
REPLICATES = 999
RARE = 100  # days between false alarms from which on a cluster is called unusual


@dataclass(frozen=True)
class Daily:
    """Counts of a View by unit and day: only days that it asks for and its sources cover.

    `without` incidents have no exact day or lie in no unit. `changed` is the last known change
    of recording, where it is one that these days begin with or that lies just before them.
    """

    counts: npt.NDArray[np.int64]
    days: list[date]
    without: int
    changed: KnownChange | None = None


def daily(current: Current, view: View, units: gpd.GeoDataFrame, most: int = BEFORE) -> Daily:
    """The newest days of a View since recording last changed, at most so many, oldest first."""
    usable = recording.newest_stretch(view, current.meta)
    end = usable.last
    start = max(usable.first, end - timedelta(days=most - 1))
    every = [start + timedelta(days=i) for i in range(max((end - start).days + 1, 0))]
    if not every:
        return Daily(np.zeros((len(units), 0), np.int64), [], 0)
    part = View(**(vars(view) | {"start": start, "end": end}))
    counted = questions.by_area_and_step(current, part, DAY)
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)
    asked = [i for i, d in enumerate(every) if not view.weekdays or d.weekday() in view.weekdays]
    without = int(counted.n.sum() - rows.sum())
    changed = recording.changes_near(part, current.meta)[-1:]
    return Daily(rows[:, asked], [every[i] for i in asked], without, *changed)


def clusters(
    current: Current, found: Daily, units: gpd.GeoDataFrame, longest: int, seed: int
) -> pd.DataFrame:
    """Circles of units with more incidents in the newest days than place and day explain.

    The columns of `geo.scan.space_time_permutation` and `since` (date), `area` (the unit in
    the middle), `unusual`: whether chance brings one up more rarely than once in 100 days.
    """
    middle = units.to_crs(current.meta["place"]["crs"]).centroid
    rows = scan.space_time_permutation(
        found.counts, middle.x, middle.y, longest, SHARE, REPLICATES, seed
    )
    since = [found.days[int(i)] for i in rows["start"]]
    names = units["name"].to_numpy(object)
    return rows.assign(
        since=since,
        area=[names[int(i)] for i in rows["centre"]],
        unusual=rows["recurrence_interval"] >= RARE,
    )
