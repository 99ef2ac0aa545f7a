"""Measured tables: every cell of a table counted, and a little chance added to each, once.

Chance comes from a key that lives only until its issue is published. The name of a draw holds the
table, the period, the cell and the issue, so no two cells ever share one.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.privacy.closed_periods import calendar
from data.privacy.decided_events import COMMUNITY
from data.privacy.tables import (
    BANDS,
    COARSER,
    NO_AREA,
    OTHER_SETTING,
    SENSITIVE,
    UNKNOWN_BAND,
    Table,
)
from geo import discrete_laplace
from geo.arrays import Ints


class Axes(NamedTuple):
    """What cells are named by: the district of each group (from 1 on), kinds, sensitive ones."""

    districts: tuple[int, ...]
    kinds: tuple[str, ...]
    sensitive_kinds: tuple[str, ...]
    sensitive_settings: tuple[str, ...]

    def places(self, where: str) -> pd.DataFrame:
        """The units of place, with "no area known" as 0."""
        areas = pd.DataFrame(
            {
                "area": np.arange(len(self.districts) + 1, dtype=np.int32),
                "district": np.array([NO_AREA, *self.districts], np.int32),
            }
        )
        if where == "group":
            return areas
        if where == "district":
            return areas[["district"]].drop_duplicates().sort_values("district", ignore_index=True)
        return pd.DataFrame(index=[0])

    def values(self, table: Table) -> pd.DataFrame:
        """The values of a table's last key; one row without a column where it has none."""
        if table.by == "kind":
            apart = {*self.sensitive_kinds} if table.sort != SENSITIVE else set()
            return pd.DataFrame({"kind": sorted({*self.kinds} - apart)})
        if table.by == "band":
            return pd.DataFrame({"band": [*BANDS, UNKNOWN_BAND]})
        if table.by == "setting":
            return pd.DataFrame({"setting": sorted([*self.sensitive_settings, OTHER_SETTING])})
        return pd.DataFrame(index=[0])


def grid(table: Table, periods: Sequence[str], axes: Axes) -> pd.DataFrame:
    """Every cell of a table in some periods, sorted by its keys: a column for each level of it."""
    frame = _periods(table.unit, periods)
    for part in (axes.places(table.where), axes.values(table)):
        frame = frame.merge(part, "cross") if len(part.columns) else frame
    names = [str(c) for c in frame.columns if c not in COARSER[table.unit]]
    order = [table.unit, *(key for key in table.keys[1:]), *names]
    return frame.sort_values(list(dict.fromkeys(order)), ignore_index=True)


def _periods(unit: str, periods: Sequence[str]) -> pd.DataFrame:
    """Periods with the longer ones that each lies in."""
    if not periods:
        return pd.DataFrame(columns=[unit, *COARSER[unit]], dtype=object)
    years = [int(p[:4]) for p in periods]
    days = calendar(pd.Timestamp(min(years), 1, 1).date(), pd.Timestamp(max(years), 12, 31).date())
    names = days[[unit, *COARSER[unit]]].drop_duplicates()
    return names[names[unit].isin(periods)].reset_index(drop=True)


def keys_of(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The columns that name a cell: period first."""
    return frame.rename(columns={table.unit: "period"})[table.keys]


def count_events(events: pd.DataFrame, table: Table, cells: pd.DataFrame, axes: Axes) -> Ints:
    """The exact number of decided events in each cell of a grid; it never leaves the program."""
    rows, names = events[events["sort"] == table.sort], keys_of(cells, table)
    if not len(rows) or not len(cells):
        return np.zeros(len(cells), np.int64)
    days = calendar(rows["day"].min().date(), rows["day"].max().date())
    district = np.array([NO_AREA, *axes.districts], np.int32)[rows["area"]]
    period = days[table.unit].reindex(rows["day"]).to_numpy(object)
    rows = rows.assign(period=period, district=district)
    n = rows.groupby(table.keys, sort=False).size().rename("n").reset_index()
    return names.merge(n, "left", table.keys)["n"].fillna(0).to_numpy(np.int64)


def measure(
    events: pd.DataFrame,
    table: Table,
    periods: Sequence[str],
    axes: Axes,
    epsilon: Fraction,
    key: bytes,
    issue: str,
) -> pd.DataFrame:
    """Cells of a table with what is published of them: keys, n (below zero too), epsilon."""
    cells = grid(table, periods, axes)
    names = keys_of(cells, table)
    words = discrete_laplace.keyed_words(key, draw_names(table, names, issue))
    n = count_events(events, table, cells, axes) + discrete_laplace.draw(words, epsilon)
    return names.assign(n=n.astype(np.int32), epsilon=float(epsilon))


def draw_names(table: Table, names: pd.DataFrame, issue: str) -> list[bytes]:
    """The name of each cell's draw: no two of all releases are the same."""
    start = [COMMUNITY, table.name, issue]
    return ["\0".join([*start, *map(str, cell)]).encode() for cell in names.itertuples(index=False)]
