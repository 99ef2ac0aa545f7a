"""Unusual circles of areas in the newest days of a View, judged by its own past."""

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.patterns import episodes, power
from data.storage import projection
from data.storage.store import Current
from data.views import points, recording, view_counts
from data.views.recording import KnownChange
from data.views.sql import chosen_sources, step_sql
from data.views.view import DAY, View
from geo import prospective, tabulate
from geo.arrays import Floats

DAYS = (7, 14, 28, 42)  # how far back the newest windows may reach
USUAL_DAYS = 28
MOST_DAYS = 3 * prospective.MOST_BASELINE  # that are looked back on
SHARE = 0.5  # of the incidents that a circle may hold
REPLICATES = 999
RARE = 100  # looks: only what comes up more rarely is called unusual
MOST_REPORTS = 500_000  # that are looked through for second reports of an event: the newest
RISE_AREAS, RISE_DAYS = 5, 14  # of the rise that tells what a finding of nothing is worth
RISE_RUNS = 40


@dataclass(frozen=True)
class Daily:
    """Counts of a View by unit and day: only days that it asks for and its sources cover.

    `without` incidents have no exact day or lie in no unit. `changed` is the last known change
    of recording, where it is one that these days begin with or that lies just before them.
    `again` reports may tell of an event that another one told of already, and are not counted;
    None where no source has reports of the community. `only_reports`: where all have.
    """

    counts: npt.NDArray[np.int64]
    days: list[date]
    without: int
    changed: KnownChange | None = None
    again: int | None = None
    only_reports: bool = False


@dataclass(frozen=True)
class Unusual:
    """`table` has the columns of `geo.prospective.scan` and `since` (date), `area` (the unit in
    the middle) and `unusual`: whether it is rarer than once in `RARE` looks.

    The newest day was judged by `looks` earlier ones, whose baselines have `baseline` days; p
    cannot be below `least_p`. Of the `earlier` days before the newest the same rule would have
    called something unusual on `called`. Where nothing is unusual, `least_rise` is the smallest
    rise of `data.patterns.power.RISES` that would usually have been, None where none would.
    """

    table: pd.DataFrame
    looks: int
    baseline: int
    least_p: float
    earlier: int
    called: int
    least_rise: float | None


def daily(current: Current, view: View, units: gpd.GeoDataFrame, most: int = MOST_DAYS) -> Daily:
    """The newest days of a View since recording last changed, at most so many, oldest first."""
    usable = recording.newest_stretch(view, current.meta)
    end = usable.last
    start = max(usable.first, end - timedelta(days=most - 1))
    every = [start + timedelta(days=i) for i in range(max((end - start).days + 1, 0))]
    if not every:
        return Daily(np.zeros((len(units), 0), np.int64), [], 0)
    part = View(**(vars(view) | {"start": start, "end": end}))
    counted = view_counts.by_area_and_step(current, part, DAY)
    rows = tabulate.aligned(units["unit"], counted.units, counted.counts)
    asked = [i for i, d in enumerate(every) if not view.weekdays or d.weekday() in view.weekdays]
    without = int(counted.n.sum() - rows.sum())
    near = recording.changes_near(part, current.meta)
    changed = near[-1] if near else None
    kinds = [s["kind"] for s in chosen_sources(view, current.meta)]
    again = None
    if points.COMMUNITY in kinds:
        second = _second_reports(current, part, units, rows.shape)
        rows, again = rows - second, int(second.sum())
    only = all(kind == points.COMMUNITY for kind in kinds)
    return Daily(rows[:, asked], [every[i] for i in asked], without, changed, again, only)


def _second_reports(
    current: Current, view: View, units: gpd.GeoDataFrame, shape: tuple[int, ...]
) -> npt.NDArray[np.int64]:
    """Reports by unit and day of which an earlier one may have told already."""
    reports = points.reports(current, view, step_sql(view, DAY, view.start), MOST_REPORTS)
    second = reports[episodes.repeated(reports)]
    row = pd.Index(units["unit"]).get_indexer(second["unit"])
    counts = np.zeros(shape, np.int64)
    held = row >= 0
    np.add.at(counts, (row[held], second["step"].to_numpy(int)[held]), 1)
    return counts


def find_unusual(
    current: Current, found: Daily, units: gpd.GeoDataFrame, longest: int, seed: int
) -> Unusual:
    """Circles of units with more incidents in the newest days than the View's own past explains.

    `found` has at least `geo.prospective.least_days(longest)` days.
    """
    seen = look_back(current, found, units, longest)
    return judge(current, found, units, seen, deal(found, seen, seed), seed)


def look_back(
    current: Current, found: Daily, units: gpd.GeoDataFrame, longest: int
) -> prospective.LookBack:
    """The look at the newest day and the same at each earlier one: the first step of
    `find_unusual`, and among hundreds of areas the longest."""
    return prospective.look_back(found.counts, *_middles(current, units), longest, SHARE)


def deal(found: Daily, seen: prospective.LookBack, seed: int) -> Floats:
    """The highest scores of shuffled weeks: the second step of `find_unusual`."""
    return prospective.deal(found.counts, seen.look, REPLICATES, seed)


def judge(
    current: Current,
    found: Daily,
    units: gpd.GeoDataFrame,
    seen: prospective.LookBack,
    dealt: Floats,
    seed: int,
) -> Unusual:
    """What the two steps found, and where that is nothing, what it is worth: the last step."""
    names, longest = units["name"].to_numpy(object), seen.look.longest
    scan = prospective.conclude(found.counts, *_middles(current, units), seen, dealt)
    rows = scan.clusters
    rare = 1 / RARE
    table = rows.assign(
        since=[found.days[int(i)] for i in rows["start"]],
        area=[names[int(i)] for i in rows["centre"]],
        unusual=(rows["p"] <= rare).to_numpy(bool),
    )
    least_rise = None
    if not table["unusual"].any():
        shown = prospective.power(
            found.counts, scan, RISE_AREAS, min(RISE_DAYS, longest), rare, RISE_RUNS, seed
        )
        least_rise = power.smallest(shown)
    by_day = prospective.p_of_each_day(scan)
    looks = len(scan.past) - longest
    return Unusual(
        table,
        looks,
        scan.look.baseline,
        max(1 / (1 + looks), 1 / (1 + REPLICATES)),
        len(by_day),
        int((by_day <= rare).sum()),
        least_rise,
    )


def _middles(current: Current, units: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """The centers of units in metres."""
    middle = units.to_crs(projection.metric_crs_of(current, units)).centroid
    return np.asarray(middle.x, float), np.asarray(middle.y, float)
