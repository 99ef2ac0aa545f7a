"""Frames of a View: its incidents by day, week, month or hour, for the time player."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data.maps import heat_surface
from data.maps.heat_surface import Window
from data.storage.cubes import FINEST
from data.storage.store import Current
from data.views import conditions, fewest_rows, pixel_counts
from data.views.coverage import cover
from data.views.filters import period
from data.views.sql import DAY_KNOWN, day_sql, point_sql, unit_sql
from data.views.view import DAY, MONTH, WEEK, View
from data.words import HEXAGONS
from geo import density, tabulate
from geo.mercator import Grid

MOST_FRAMES = 60  # frames: more are too many to send and to watch
_HOURS = 24


@dataclass(frozen=True)
class Steps:
    """The units that frames are made of, in order, and how many each frame takes together.

    `sql` numbers a row's unit; `first` is the number of the first unit here. `starts` are
    their first days (none for hours). Frame k takes the units k .. k + width - 1; hours go on
    after midnight. `left` is how many units of the View are not here, because a frame takes
    only whole ones or the newest 60 frames are shown.
    """

    unit: str
    sql: str
    known: str
    first: int
    starts: tuple[date, ...]
    days: tuple[int, ...]
    width: int
    left: int

    @property
    def units(self) -> int:
        """The number of units."""
        return _HOURS if self.unit == "hour" else len(self.starts)

    @property
    def frames(self) -> int:
        """The number of frames."""
        return _HOURS if self.unit == "hour" else max(self.units - self.width + 1, 0)

    def taken(self, counts: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Sum counts by unit to counts by frame, along the first axis."""
        if self.unit == "hour":
            counts = np.concatenate([counts, counts[: self.width - 1]])
        total = np.cumsum(counts, axis=0, dtype=counts.dtype)
        out = total[self.width - 1 :].copy()
        out[1:] -= total[: -self.width]
        return out

    def labels(self) -> list[str]:
        """The label of each frame, in words."""
        if self.unit == "hour":
            return [
                f"{h:02d}:00-{(h + self.width) % _HOURS or _HOURS:02d}:00" for h in range(_HOURS)
            ]
        if self.unit == "month":
            return [_months_said(*both) for both in zip(self.starts, self.starts[self.width - 1 :])]
        ends = [s + timedelta(days=d - 1) for s, d in zip(self.starts, self.days)]
        return [period(start, end) for start, end in zip(self.starts, ends[self.width - 1 :])]

    def keys(self) -> list[str]:
        """The name of each frame in a link."""
        if self.unit == "hour":
            return [f"{h:02d}h" for h in range(_HOURS)]
        return [start.isoformat() for start in self.starts[: self.frames]]


@dataclass(frozen=True)
class FrameCounts:
    """Counts of a View by unit (n) and by area and frame; `without` lie in no unit."""

    n: npt.NDArray[np.int64]
    areas: npt.NDArray[np.int64]
    without: int

    @property
    def nothing(self) -> bool:
        """Return whether no record of the View is in a unit: then zeros are not data."""
        return self.without > 0 and not self.n.any()


def _months_said(first: date, last: date) -> str:
    """Months as readers write them: March 2017, Mar to May 2017, Dec 2016 to Feb 2017."""
    if first == last:
        return f"{first:%B %Y}"
    return f"{first:%b}{'' if first.year == last.year else f' {first.year}'} to {last:%b %Y}"


def _weeks(first: date, last: date) -> list[tuple[date, int]]:
    monday = first + timedelta(days=-first.weekday() % 7)
    count = max(((last - monday).days + 1) // 7, 0)
    return [(monday + timedelta(days=7 * i), 7) for i in range(count)]


def _days(first: date, last: date) -> list[tuple[date, int]]:
    return [(first + timedelta(days=i), 1) for i in range((last - first).days + 1)]


def _months(first: date, last: date) -> list[tuple[date, int]]:
    found, start = [], first.replace(day=1)
    while start <= last:
        after = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        if start >= first and after - timedelta(days=1) <= last:
            found.append((start, (after - start).days))
        start = after
    return found


# unit -> its whole units between two days, SQL for a day's unit, the unit of a date in Python
_Row = tuple[Callable[[date, date], list[tuple[date, int]]], str, Callable[[date], int]]
_MONDAY = date(1970, 1, 5)
CALENDAR: dict[str, _Row] = {
    "day": (_days, "({day} - DATE '1970-01-05')", lambda d: (d - _MONDAY).days),
    "week": (_weeks, "(({day} - DATE '1970-01-05') // 7)", lambda d: (d - _MONDAY).days // 7),
    "month": (_months, "(year({day}) * 12 + month({day}))", lambda d: d.year * 12 + d.month),
}
UNITS = (*CALENDAR, "hour")
_STEPS = {"day": DAY, "week": WEEK, "month": MONTH}  # hours of the day are no step of time


def steps(current: Current, view: View, unit: str, width: int) -> Steps:
    """The units and frames of a View: whole ones that its sources cover, the newest 60."""
    if unit == "hour":
        wide = min(max(width, 1), _HOURS - 1)
        return Steps(unit, "hour", "hour IS NOT NULL", 0, (), (), wide, 0)
    between, sql, number = CALENDAR[unit]
    found = between(*cover(view, current.meta).span(MONTH if unit == "month" else DAY))
    every = len(found)
    if unit == "day" and view.weekdays:  # a day that is not asked for is no zero
        found = [one for one in found if one[0].weekday() in view.weekdays]
        every, width = len(found), 1
    wide = min(max(width, 1), max(len(found), 1))
    found = found[-(MOST_FRAMES + wide - 1) :]
    starts, days = tuple(s for s, _ in found), tuple(d for _, d in found)
    begun = number(starts[0]) if starts else 0
    named = sql.format(day=day_sql(view))
    known = "true" if unit == "month" else DAY_KNOWN[0]
    return Steps(unit, named, known, begun, starts, days, wide, every - len(found))


def count_frames(current: Current, view: View, made: Steps, units: gpd.GeoDataFrame) -> FrameCounts:
    """The View counted by unit, and by area and frame, in the order of `units`."""
    sql, values = conditions.where(view, current)
    table = fewest_rows.count_rows(
        current,
        f"""SELECT {unit_sql(view, current.meta)} AS unit,
            CASE WHEN {made.known} THEN {made.sql} END AS step, {{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
        view,
        _STEPS.get(made.unit),
        resolution=HEXAGONS.get(view.area_set, FINEST),
    )
    n = table["n"].to_numpy()
    column = table["step"].to_numpy(zero_copy_only=False).astype(float)
    at = _at(column, made)
    held = at >= 0
    names, rows = np.unique(table["unit"].to_numpy()[held], return_inverse=True)
    counts = np.zeros((len(names), made.units), np.int64)
    np.add.at(counts, (rows, at[held]), n[held])
    per_unit = counts.sum(axis=0)
    areas = tabulate.aligned(units["unit"], names, counts)
    taken = made.taken(areas.T).T if made.frames else areas[:, :0]
    return FrameCounts(per_unit, np.asarray(taken), int(n.sum() - per_unit.sum()))


def _at(column: npt.NDArray[np.float64], made: Steps) -> npt.NDArray[np.int64]:
    """The position of each unit's number among those here; -1 for all others."""
    numbers = np.full(len(column), -1, np.int64)
    known = np.isfinite(column)
    numbers[known] = column[known].astype(np.int64)
    if made.unit == "hour":
        return numbers
    number = CALENDAR[made.unit][2]
    here = np.array([number(start) for start in made.starts], np.int64)
    place = np.minimum(np.searchsorted(here, numbers), max(len(here) - 1, 0))
    found = known & (here[place] == numbers) if len(here) else np.zeros(len(column), bool)
    return np.where(found, place, -1)


def heat(
    current: Current, view: View, made: Steps, bandwidth: float, over: Window
) -> npt.NDArray[np.float32]:
    """The heat of each frame over the window's shown pixels: incidents per km2 per week."""
    stack = _pixels(current, view, made, over.around)
    frames = made.taken(heat_surface.with_border_counts(stack, over))
    values = density.per_km2_per_week(frames, over.inside, over.around.metres, bandwidth, 1.0)
    rows, columns = over.shown.within(over.around)
    weeks = np.asarray(covered(current, view, made), np.float32)
    shown: npt.NDArray[np.float32] = values[:, rows, columns] / weeks[:, None, None]
    return shown


def covered(current: Current, view: View, made: Steps) -> list[float]:
    """The weeks that each frame covers; an hour of the day comes once a day of the View."""
    if made.unit == "hour":
        return [heat_surface.covered_weeks(view, current)] * made.frames
    days = np.array(made.days, float)
    return [float(d) / 7 for d in made.taken(days)] if made.frames else []


def _pixels(current: Current, view: View, made: Steps, grid: Grid) -> npt.NDArray[np.float32]:
    """Counts (units, rows, columns) over a grid."""
    clauses = [
        conditions.where(view, current),
        point_sql(view, current.meta),
        pixel_counts.within(grid),
    ]
    sql, values = conditions.joined([*clauses, (made.known, [])])
    table = fewest_rows.count_rows(
        current,
        f"""SELECT mx >> {int(grid.shift)} AS column, my >> {int(grid.shift)} AS row,
            {made.sql} AS step, {{n}} AS n
        FROM {{facts}} WHERE {sql} GROUP BY ALL""",
        values,
        view,
        _STEPS.get(made.unit),
        int(grid.shift),
    )
    column, row, step, n = (c.to_numpy() for c in table.columns)
    at = _at(step.astype(float), made)
    stack = np.zeros((made.units, grid.height, grid.width), np.float32)
    held = at >= 0
    stack[at[held], row[held] - grid.row, column[held] - grid.column] = n[held]
    return stack
