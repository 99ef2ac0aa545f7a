"""A release's tables as grids of periods by areas, for every reader of it.

Community, press and official records are sorts of their own and never meet in a grid.
A cell that is not shown is NaN: zero and held back look alike. Official counts are exact,
summed here from days to longer periods; their zero is a zero.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.published import released
from data.published.number_classes import class_breaks
from data.release.closed_periods import CALENDAR_UNITS
from data.release.tables import ALL_CODE, BANDS, OFFICIAL, PATHS, TABLES, Manifest, Tables
from data.settings import Problem
from geo.arrays import Floats

_EXACT = OFFICIAL.split("/", maxsplit=1)[0]
SORTS = (*PATHS, _EXACT)  # in this order one is offered
MAPPED = ("month", "quarter", "year")  # periods that a map opens on, finest first
GRAINS = ("day", *MAPPED)
_DAYS = {"week": 7}  # units that are left out where a day of theirs is not in the table


class Grid(NamedTuple):
    """Numbers of one kind: periods (rows) by areas (columns; one where it is the city)."""

    periods: tuple[str, ...]
    n: Floats
    breaks: tuple[int, ...] = ()  # the least number of each class


Grids = dict[str, Grid]  # by kind


class Sort(NamedTuple):
    """One sort of data: its maps by period's length and kind, its series of the city."""

    name: str
    maps: dict[str, Grids]
    city: dict[str, Grids]
    bands: Grid | None = None
    yearly: Grids = {}  # noqa: RUF012 (read only)

    @property
    def exact(self) -> bool:
        """Return whether its counts are exact."""
        return self.name == _EXACT

    def kinds(self) -> list[str]:
        """Kinds with at least one number, all together first, then by their numbers."""
        weight: dict[str, float] = {}
        for unit, grids in (*self.maps.items(), *self.city.items()):
            for kind, grid in grids.items() if unit in (*MAPPED, "week") else ():
                weight[kind] = weight.get(kind, 0) + float(np.nansum(grid.n))
        named = [kind for kind, total in weight.items() if total > 0]
        return sorted(named, key=lambda kind: (kind != ALL_CODE, -weight[kind], kind))

    def kinds_of(self, *units: str) -> list[str]:
        """Kinds that have a map by one of some units: as kinds() orders them, then those without
        a number."""
        there = {kind for unit in units for kind in self.maps.get(unit, {})}
        first = [kind for kind in self.kinds() if kind in there]
        return [*first, *sorted(there.difference(first), key=lambda k: (k != ALL_CODE, k))]


def read_sorts(tables: Tables, codes: list[int], manifest: Manifest) -> dict[str, Sort]:
    """The sorts that a release has a table of, in the order in which they are offered; `codes`
    are the areas' numbers, in the order of a grid's columns."""
    base = int(released.rule(manifest, "base"))
    wait = np.timedelta64(released.rule(manifest, "area_delay_days"), "D")
    closed = np.datetime64(manifest["as_of"], "D") - wait
    found = {}
    for name in SORTS:
        own = {k.split("/")[1]: t for k, t in tables.items() if k.split("/")[0] == name}
        if own:
            exact = name == _EXACT
            found[name] = _exact(own, codes, closed) if exact else _strict(name, own, codes, base)
    if not found:
        raise Problem("The release has no table, so there is nothing to show.")
    return found


def _strict(name: str, tables: Tables, codes: list[int], base: int) -> Sort:
    maps: dict[str, Grids] = {}
    city: dict[str, Grids] = {}
    bands, yearly = None, {}
    for table in TABLES:
        frame = tables.get(table.name)
        if frame is None:
            continue
        if "area" in table.by:
            maps[table.unit] = maps.get(table.unit, {}) | _grids(frame, "area", codes, base)
        elif "band" in table.by:
            bands = _grids(frame, "band", list(BANDS)).get(ALL_CODE)
        elif table.sensitive:
            yearly = _grids(frame.assign(city=0), "city", [0])
        else:
            city[table.unit] = _grids(frame.assign(city=0), "city", [0])
    return Sort(name, {unit: grids for unit, grids in maps.items() if grids}, city, bands, yearly)


def _grids(table: pd.DataFrame, column: str, codes: list[Any], base: int = 0) -> Grids:
    if "kind" not in table:
        table = table.assign(kind=ALL_CODE)
    found = {}
    for kind, rows in table.groupby("kind", sort=True):
        wide = rows.pivot(index="period", columns=column, values="n").sort_index()
        n = wide.reindex(columns=codes).to_numpy(dtype=float, na_value=np.nan)
        cuts = class_breaks(n, base) if base else ()
        found[str(kind)] = Grid(tuple(map(str, wide.index)), n, cuts)
    return found


def _exact(tables: Tables, codes: list[int], closed: np.datetime64) -> Sort:
    """Official days of a kind added up between the first and the last of them: no record there is
    zero. Longer periods only once they are over, weeks only whole."""
    maps: dict[str, Grids] = {}
    city: dict[str, Grids] = {}
    column = {code: i for i, code in enumerate(codes)}
    days = tables[OFFICIAL.split("/")[1]]
    for kind, rows in days.groupby("kind", sort=True):
        day = rows["period"].to_numpy("datetime64[D]")
        span = np.arange(day.min(), day.max() + 1)
        n, here = np.zeros((len(span), len(codes))), rows["area"].isin(codes).to_numpy(bool)
        at = (day - span[0]).astype(int)[here], rows["area"][here].map(column).to_numpy(int)
        np.add.at(n, at, rows["n"][here].to_numpy(float))
        for unit in (*GRAINS, "week"):
            periods, sums = _summed(span, n, unit, closed)
            if periods and unit != "week":
                maps.setdefault(unit, {})[str(kind)] = Grid(periods, sums, class_breaks(sums, 1))
            if periods:
                total = Grid(periods, sums.sum(axis=1, keepdims=True))
                city.setdefault(unit, {})[str(kind)] = total
    return Sort(_EXACT, maps, city)


def _summed(
    span: Any, n: Floats, unit: str, closed: np.datetime64
) -> tuple[tuple[str, ...], Floats]:
    """The names of the closed periods of a unit in a span of days, and their numbers."""
    calendar = CALENDAR_UNITS[unit]
    number = calendar.number(span)
    first = np.flatnonzero(np.r_[True, np.diff(number) > 0])
    many = np.diff(np.r_[first, len(span)])
    begins = [calendar.start(int(k)) for k in number[first]]
    ends = np.array([calendar.start(int(k) + 1) for k in number[first]], "datetime64[D]")
    over = (ends <= closed + 1) & (many >= _DAYS.get(unit, 1))
    names = tuple(calendar.name(day) for day, good in zip(begins, over) if good)
    return names, np.add.reduceat(n, first, axis=0)[over]
