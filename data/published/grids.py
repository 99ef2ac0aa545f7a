"""A release's numbers as grids, for every reader of it: maps, series, hours, and what is apart.

Community reports have a range everywhere; official counts are exact, summed here from months and
days to longer periods. They are sorts of their own and never meet in a grid.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.privacy.closed_periods import calendar
from data.privacy.tables import (
    ARTICLES,
    BANDS,
    ESTIMATE_TABLES,
    LATE,
    NO_AREA,
    OFFICIAL_AREA,
    OFFICIAL_CITY,
    ORDINARY,
    UNKNOWN_BAND,
    WEEK_PATH,
    Manifest,
    Table,
    Tables,
)
from data.published.grid import Grid, estimate_grid, exact_grid
from data.published.levels import CITY, GROUP, Levels
from data.published.number_classes import Classes, exact_classes, expected_classes
from data.published.period_names import PARTS, first_day, last_day
from data.settings import Problem

COMMUNITY, OFFICIAL = "community", "official"
SORTS = (COMMUNITY, OFFICIAL)  # in this order one is offered
ALL = "all"  # the code of all kinds together
UNITS = ("week", "month", "quarter", "year")  # of series, finest first


class AreaMap(NamedTuple):
    """One map: its table, kind, a number for every area and period, and what has no known area."""

    table: Table
    kind: str
    grid: Grid
    unknown: Grid
    classes: Classes


Maps = dict[str, dict[str, AreaMap]]  # by the name of the table without kinds, then by kind
Series = dict[str, dict[str, Grid]]  # by unit, then by kind


class Sort(NamedTuple):
    """One sort of numbers: maps, and series of the whole place."""

    name: str
    maps: Maps
    city: Series

    @property
    def exact(self) -> bool:
        """Return whether its counts are exact."""
        return self.name == OFFICIAL

    def kinds(self, map_name: str) -> list[str]:
        """The kinds of a map, all together first; of a series where it is one."""
        found = self.maps.get(map_name) or self.city.get(map_name.removeprefix(f"{CITY}-"), {})
        return sorted(found, key=lambda kind: (kind != ALL, kind))


class Numbers(NamedTuple):
    """All numbers of a release. `hours` are by unit; `sensitive` by kind and by setting."""

    sorts: dict[str, Sort]
    hours: dict[str, Grid]
    sensitive: dict[str, Grid]
    late: Grid | None
    articles: pd.DataFrame | None


def read_numbers(tables: Tables, levels: Levels, manifest: Manifest) -> Numbers:
    """The numbers of a release's tables, by path; Problem where it has none to show."""
    sorts = {}
    own = {t: tables[path] for path, t in ESTIMATE_TABLES.items() if len(tables.get(path, ()))}
    if community := _community(own, tables.get(WEEK_PATH), levels, manifest):
        sorts[COMMUNITY] = community
    official = _official(tables, levels)
    if official.maps or official.city:  # tables may have no row: nothing of the years released
        sorts[OFFICIAL] = official
    if not sorts:
        raise Problem("The release has no table, so there is nothing to show.")
    hours, sensitive, late = {}, {}, None
    for table, frame in own.items():
        if table.by == "band" and table.sort == ORDINARY:
            hours[table.unit] = estimate_grid(frame, "band").only((*BANDS, UNKNOWN_BAND))
        elif table.sort == LATE:
            late = estimate_grid(frame)
        elif table.sort != ORDINARY and table.by:
            sensitive[table.by] = estimate_grid(frame, table.by)
    return Numbers(sorts, hours, sensitive, late, tables.get(ARTICLES))


def _community(
    own: dict[Table, pd.DataFrame], weeks: pd.DataFrame | None, levels: Levels, manifest: Manifest
) -> Sort | None:
    maps: Maps = {}
    city: Series = {}
    years = _mapped_years(manifest)
    ordinary = {t: f for t, f in own.items() if t.sort == ORDINARY and t.by in ("", "kind")}
    for table, frame in ordinary.items():
        if table.where == CITY and table.unit in UNITS:
            city.setdefault(table.unit, {}).update(_by_kind(frame))
    if weeks is not None and len(weeks):
        city["week"] = {ALL: estimate_grid(weeks)}
    for table, frame in ordinary.items():
        level = levels.get(table.where)
        frame = frame[frame["period"].str[:4].isin(years)]
        if level is None or not len(frame):
            continue
        name, many = Table(table.where, table.unit).name, _by_kind(frame, table.keys[1])
        expected = manifest["declared"] / len(many)  # no share of a kind is declared
        for kind, grid in many.items():
            classes = expected_classes(expected, PARTS[table.unit], level.residents)
            known, unknown = grid.only(level.codes), grid.only([NO_AREA])
            maps.setdefault(name, {})[kind] = AreaMap(table, kind, known, unknown, classes)
    return Sort(COMMUNITY, maps, city) if city else None


def _mapped_years(manifest: Manifest) -> set[str]:
    """The years whose areas are those of the newest: others cannot stand on the same map."""
    budgets = manifest["budgets"]
    newest = budgets[max(budgets)]["partition"] if budgets else ""
    return {year for year, own in budgets.items() if own["partition"] == newest}


def _by_kind(frame: pd.DataFrame, column: str = "") -> dict[str, Grid]:
    if "kind" not in frame:
        return {ALL: estimate_grid(frame, column)}
    return {str(k): estimate_grid(rows, column) for k, rows in frame.groupby("kind", sort=True)}


def _official(tables: Tables, levels: Levels) -> Sort:
    """Official counts: no row there is zero. Longer periods only where they are whole."""
    maps: Maps = {}
    city: Series = {}
    group = levels.get(GROUP)
    areas, days = tables.get(OFFICIAL_AREA), tables.get(OFFICIAL_CITY)
    if group and areas is not None:
        for kind, rows in areas.groupby("kind", sort=True):
            for unit, grid in _summed(rows, "area", "month", (*group.codes, NO_AREA)).items():
                table, known = Table(GROUP, unit), grid.only(group.codes)
                found = exact_classes(known.number.astype(float))
                own = AreaMap(table, str(kind), known, grid.only([NO_AREA]), found)
                maps.setdefault(table.name, {})[str(kind)] = own
    for kind, rows in days.groupby("kind", sort=True) if days is not None else ():
        for unit, grid in _summed(rows.assign(city=0), "city", "day", (0,)).items():
            city.setdefault(unit, {})[str(kind)] = grid
    return Sort(OFFICIAL, maps, city)


def _summed(
    rows: pd.DataFrame, column: str, unit: str, columns: tuple[int, ...]
) -> dict[str, Grid]:
    """Counts by unit, added up to all longer ones whose days lie between the first and last."""
    first, last = (rows["period"].agg(end) for end in ("min", "max"))
    span = calendar(pd.Timestamp(first).date(), last_day(str(last)))
    span = span.assign(day=pd.DatetimeIndex(span.index).strftime("%Y-%m-%d"))
    n = rows.pivot_table(index="period", columns=column, values="n", aggfunc="sum", fill_value=0)
    names = span[unit].drop_duplicates()
    n = n.reindex(index=names, columns=list(columns), fill_value=0)
    found = {}
    for longer in UNITS if unit == "day" else UNITS[UNITS.index(unit) :]:
        many = span.groupby(longer, sort=True).size()
        whole = [name for name in many.index if many[name] == _days(str(name))]
        to: Any = span.drop_duplicates(unit).set_index(unit, drop=False)[longer]
        sums = n.groupby(to.reindex(n.index), sort=True).sum().reindex(whole)
        if whole:
            found[longer] = exact_grid(whole, columns, sums.to_numpy(np.int64))
    return found


def _days(period: str) -> int:
    return (last_day(period) - first_day(period)).days + 1
