"""The cubes: counts of the narrow table by some of its columns, for each year or month of it.

Who asks for nothing but their columns is answered from far fewer rows, and the same.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

DAY, WEEK, MONTH, QUARTER, YEAR = "day", "week", "month", "quarter", "year"
# the first day of the step of time that a day lies in, and the columns that tell the time
FIRST_DAY = {
    DAY: "day",
    WEEK: "DATE '1970-01-05' + week::INTEGER * 7",
    MONTH: "date_trunc('month', day)::DATE",
    QUARTER: "date_trunc('quarter', day)::DATE",
    YEAR: "date_trunc('year', day)::DATE",
}
SUMS = ("n", "east", "south")
_LONGEST = {DAY: 1, WEEK: 7, MONTH: 31, QUARTER: 92, YEAR: 366}
_TIMES = {DAY: ("day", "week", "weekday"), WEEK: ("day", "week")}
EVERY = ("source", "kind", "grade", "time_precision", "place_precision")  # in each cube
HEXAGON, FINEST = 8, 15  # the H3 resolution of hexagons, and the finest that there is
PIXELS = {YEAR: 11, MONTH: 13}  # shifts: about 50 m and 200 m in middle latitudes


class Cube(NamedTuple):
    """Counts by step of time and by some columns of the narrow table.

    Its `day` is the first of the step, its `n` the rows. With pixels of a shift above 0, `mx` and `my`
    are their corners, and `east` and `south` the sums of how far the rows lie from these. With hexagons
    of a resolution, `cell` is theirs. `columns` are those that it counts by, without order;
    `number` is its place among the cubes of a store.
    """

    number: int
    grain: str
    dimensions: tuple[str, ...]
    columns: frozenset[str]
    sums: tuple[str, ...]
    shift: int
    resolution: int


@lru_cache
def cubes_of(sets: int) -> tuple[Cube, ...]:
    """The cubes of a store with so many area sets."""
    told: list[tuple[str, tuple[str, ...]]] = []
    for i in range(sets):
        told += [(grain, (f"area{i}",)) for grain in (WEEK, DAY)]
        told += [(QUARTER, (f"area{i}", "hour", "weekday"))]
    told += [(DAY, ("hour",)), (WEEK, ("cell",)), *((grain, ("mx", "my")) for grain in PIXELS)]
    found = []
    for number, (grain, own) in enumerate(told):
        columns = (*_TIMES.get(grain, ("day",)), *own, *EVERY)
        shift = PIXELS[grain] if "mx" in own else 0
        sums = SUMS if shift else SUMS[:1]
        resolution = HEXAGON if "cell" in own else FINEST
        found.append(Cube(number, grain, columns, frozenset(columns), sums, shift, resolution))
    return tuple(found)


def step_start(grain: str, day: date) -> date:
    """The first day of the step of time that a day lies in."""
    if grain == WEEK:
        return day - timedelta(days=day.weekday())
    if grain == DAY:
        return day
    month = {MONTH: day.month, QUARTER: (day.month - 1) // 3 * 3 + 1, YEAR: 1}[grain]
    return date(day.year, month, 1)


def whole_steps(grain: str, first: date, after: date) -> tuple[date, date]:
    """The first days of the first step that lies in a period, and of the one after the last;
    `after` is the day after the period."""
    start = step_start(grain, first)
    if start < first:
        start = step_start(grain, start + timedelta(days=_LONGEST[grain]))
    return start, step_start(grain, after)
