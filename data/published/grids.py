"""The embed's data: a release's tables as grids of periods by areas.

Community, press and official records are sorts of their own and never meet in a grid.
A cell that is not shown is NaN: zero and held back look alike. Official counts are exact,
summed here from days to months, quarters and years; their zero is a zero.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.settings import Problem

SORTS = ("community", "official", "press")  # in this order one is opened
EVERY = ("month", "quarter", "year")  # finest first
ALL = "all"
BANDS = ("00-06", "06-12", "12-18", "18-24")
HALF = 0.5
CLASSES = 5
# the policy's numbers that texts name, where a manifest does not state them (trust.md)
DEFAULTS = {
    "base": 5,
    "records": 12,
    "least_residents": 2000,
    "city_delay_hours": 72,
    "area_delay_days": 14,
}


class Grid(NamedTuple):
    """Numbers of one kind: periods (rows) by areas (columns; one where it is the city)."""

    periods: tuple[str, ...]
    n: Any
    breaks: tuple[int, ...] = ()  # the least number of each class


class Sort(NamedTuple):
    """One sort of data: its maps by period's length and kind, its series of the city."""

    name: str
    maps: dict[str, dict[str, Grid]]
    city: dict[str, dict[str, Grid]]
    bands: Grid | None = None
    yearly: dict[str, Grid] = {}  # noqa: RUF012 (read only)

    @property
    def exact(self) -> bool:
        """Return whether its counts are exact."""
        return self.name == "official"

    def kinds(self) -> list[str]:
        """Kinds with at least one number, all together first, then by their numbers."""
        weight: dict[str, float] = {}
        for grids in (*self.maps.values(), *self.city.values()):
            for kind, grid in grids.items():
                weight[kind] = weight.get(kind, 0) + float(np.nansum(grid.n))
        named = [k for k in weight if weight[k] > 0]
        return sorted(named, key=lambda k: (k != ALL, -weight[k], k))


class Opening(NamedTuple):
    """The map that a page opens on: its sort, kind, length of period and period."""

    sort: str
    kind: str
    every: str
    period: int


def rules(manifest: dict[str, Any]) -> dict[str, int]:
    """The policy's numbers that texts name, from the manifest."""
    told = manifest["policy"]
    return {name: int(told[name]["value"]) if name in told else n for name, n in DEFAULTS.items()}


def sorts(
    tables: dict[str, pd.DataFrame], codes: list[int], manifest: dict[str, Any]
) -> dict[str, Sort]:
    """The sorts that have a number to show, in the order in which they are offered."""
    found = {}
    base, delay = rules(manifest)["base"], rules(manifest)["area_delay_days"]
    closed = pd.Timestamp(manifest["as_of"]) - pd.Timedelta(days=delay)
    for name in SORTS:
        own = {k.split("/")[1]: t for k, t in tables.items() if k.split("/")[0] == name}
        if not own:
            continue
        official = name == "official"
        sort = _official(own, codes, closed) if official else _strict(name, own, codes, base)
        if sort.kinds():
            found[name] = sort
    if not found and tables:
        name = next(n for n in SORTS if any(k.startswith(f"{n}/") for k in tables))
        own = {k.split("/")[1]: t for k, t in tables.items() if k.split("/")[0] == name}
        if name != "official":
            found[name] = _strict(name, own, codes, base)
    if not found:
        raise Problem("The release has no table, so there is nothing to embed.")
    return found


def _strict(name: str, tables: dict[str, pd.DataFrame], codes: list[int], base: int) -> Sort:
    maps: dict[str, dict[str, Grid]] = {}
    for every in EVERY:
        held: dict[str, Grid] = {}
        for table in (f"area-{every}", f"area-{every}-kind"):
            if table in tables:
                held |= _grids(tables[table], "area", codes, base)
        if held:
            maps[every] = held
    city, bands, yearly = {}, None, {}
    if "city-week-kind" in tables:
        city["week"] = _grids(tables["city-week-kind"].assign(city=0), "city", [0], 0)
    if "city-quarter-band" in tables:
        bands = _grids(tables["city-quarter-band"], "band", list(BANDS), 0).get(ALL)
    if "city-year-sensitive" in tables:
        yearly = _grids(tables["city-year-sensitive"].assign(city=0), "city", [0], 0)
    return Sort(name, maps, city, bands, yearly)


def _grids(table: pd.DataFrame, column: str, codes: list[Any], base: int) -> dict[str, Grid]:
    if "kind" not in table:
        table = table.assign(kind=ALL)
    found = {}
    for kind, rows in table.groupby("kind", sort=True):
        wide = rows.pivot(index="period", columns=column, values="n").sort_index()
        n = wide.reindex(columns=codes).to_numpy(dtype=float, na_value=np.nan)
        found[str(kind)] = Grid(tuple(map(str, wide.index)), n, breaks(n, base) if base else ())
    return found


def _official(tables: dict[str, pd.DataFrame], codes: list[int], closed: pd.Timestamp) -> Sort:
    days = tables["area-day-kind"]
    maps: dict[str, dict[str, Grid]] = {every: {} for every in EVERY}
    city: dict[str, dict[str, Grid]] = {every: {} for every in EVERY}
    for kind, rows in days.groupby("kind", sort=True):
        when = pd.to_datetime(rows["period"])
        for every in EVERY:
            span = pd.period_range(when.min(), when.max(), freq=every[0].upper())
            names = [_code(p) for p in span if p.end_time.normalize() <= closed]
            period = [_code(p) for p in when.dt.to_period(every[0].upper())]
            summed = rows.assign(p=period).pivot_table(
                index="p", columns="area", values="n", aggfunc="sum", fill_value=0
            )
            n = summed.reindex(index=names, columns=codes, fill_value=0).to_numpy(dtype=float)
            if names:
                maps[every][str(kind)] = Grid(tuple(names), n, breaks(n, 1))
                city[every][str(kind)] = Grid(tuple(names), n.sum(axis=1, keepdims=True))
    yearly = {}
    if "city-year-sensitive" in tables:
        yearly = _grids(tables["city-year-sensitive"].assign(city=0), "city", [0], 0)
    return Sort("official", maps, city, yearly=yearly)


def _code(period: Any) -> str:
    if period.freqstr.startswith("Q"):
        return f"{period.year}-Q{period.quarter}"
    return (
        f"{period.year}" if period.freqstr.startswith("Y") else f"{period.year}-{period.month:02}"
    )


def breaks(n: Any, base: int) -> tuple[int, ...]:
    """The least number of each class, the same for all periods: near the fifths, round."""
    shown = np.sort(n[~np.isnan(n)])
    if not len(shown):
        return ()
    low, high = int(shown[0]), int(shown[-1])
    first = 0 if base == 1 else low
    found = [first]
    for share in np.arange(1, CLASSES) / CLASSES:
        cut = _nice(float(np.quantile(shown, share)), base)
        if cut > found[-1] and cut <= high:
            found.append(cut)
    while len(found) < CLASSES:  # most numbers are small: the large ones get classes too
        cut = _nice(float(np.sqrt(max(found[-1], 1) * high)), base)
        if not found[-1] < cut < high:
            break
        found.append(cut)
    return tuple(found)


def _nice(value: float, base: int) -> int:
    steps: list[int] = [s * int(10**e) for e in range(7) for s in (1, 2, 3, 4, 5, 6, 8)] + [
        15,
        25,
        150,
        250,
    ]
    fits: list[int] = [s for s in steps if s % base == 0]
    return min(fits, key=lambda s: (abs(s - value), s))


def opening_grid(found: dict[str, Sort]) -> Opening:
    """The finest map with a number in half of the areas; else the first sort's own."""
    own = [opening_of(sort) for sort in found.values()]
    return next((at for at, half in own if half), own[0][0])


def opening_of(sort: Sort) -> tuple[Opening, bool]:
    """A sort's finest map, newest period first, in which half of the areas have a number,
    and True; else its newest map of the year that has any, and False."""
    for every in EVERY:
        for kind in sort.kinds():
            grid = sort.maps.get(every, {}).get(kind)
            full: Any = np.flatnonzero(_share(grid, sort) >= HALF) if grid else []
            if len(full):
                return Opening(sort.name, kind, every, int(full[-1])), True
    every = next((e for e in reversed(EVERY) if sort.maps.get(e)), "")
    if not every:
        raise Problem("The release has no table by area, so there is no map to embed.")
    grids = sort.maps[every]
    kind = max(grids, key=lambda k: (int((~np.isnan(grids[k].n)).sum()), _weight(grids[k]), k))
    some = np.flatnonzero(_share(grids[kind], sort) > 0)
    return Opening(
        sort.name, kind, every, int(some[-1]) if len(some) else len(grids[kind].n) - 1
    ), False


def _weight(grid: Grid) -> float:
    return float(np.nansum(grid.n))


def _share(grid: Grid, sort: Sort) -> Any:
    """The share of areas that have a number, each period; an official zero is none here."""
    return np.mean(grid.n > 0 if sort.exact else ~np.isnan(grid.n), axis=1)
