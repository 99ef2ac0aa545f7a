"""The plan of a release: how exact each table will be, before anything is spent.

From the declared volume, the partition and epsilon alone: the error of noise does not depend on
what is counted. Readers choose the opening map and the classes of colors by it.
"""

from datetime import date
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.privacy.closed_periods import calendar
from data.privacy.estimated_tables import estimate
from data.privacy.measured_tables import Axes, grid, keys_of
from data.privacy.tables import (
    COARSER,
    ESTIMATE_TABLES,
    ORDINARY,
    Table,
    measured_path,
    ordinary_events,
    profile,
)

_YEAR = 2001  # any year that is no leap year
FINE = 0.25  # sd by mean: an opening map is the finest that is so exact


class Planned(NamedTuple):
    """How exact a table will be: its cells a year, the declared mean of a cell, and the standard
    deviation of its noise after fitting."""

    table: Table
    cells: int
    mean: float
    sd: float

    @property
    def ratio(self) -> float:
        """The standard deviation by the mean."""
        return self.sd / self.mean


def plan(
    volume: str, epsilon: float, axes: Axes, *, areas: bool = True, events: int | None = None
) -> list[Planned]:
    """Every estimated table of ordinary events, in the order of the tables, for one whole year.

    `events` are the ordinary ones a year that are declared, None for what is usual of the volume.
    """
    days = calendar(date(_YEAR, 1, 1), date(_YEAR, 12, 31))
    empty = {}
    for table, share in profile(volume, areas=areas).items():
        if table.sort == ORDINARY:
            names = keys_of(grid(table, list(days[table.unit].unique()), axes), table)
            spent = float(share * Fraction(str(epsilon)))
            empty[measured_path(table)] = names.assign(n=0, epsilon=spent)
    year = str(_YEAR)
    fitted = estimate(empty, {year: volume}, {year: axes}, areas)
    events = ordinary_events(volume) if events is None else events
    return [_planned(t, fitted[p], events) for p, t in ESTIMATE_TABLES.items() if p in fitted]


def _planned(table: Table, frame: pd.DataFrame, events: int) -> Planned:
    place = frame.columns[1] if table.where != "city" else None
    known = frame[frame[place] != 0] if place else frame
    sd = float(np.sqrt((known["sd"] ** 2).mean()))
    return Planned(table, len(known), events / len(known), sd)


def opening_table(planned: list[Planned]) -> Table | None:
    """The map to open with: of the tables by area whose error is a quarter of the mean or less that
    of the shortest periods, and then of the smallest areas; else the most exact one; None without
    areas."""
    maps = [p for p in planned if p.table.where != "city" and not p.table.by]
    good = [p for p in maps if p.ratio <= FINE]
    if good:
        return max(good, key=lambda p: (len(COARSER[p.table.unit]), p.cells)).table
    return min(maps, key=lambda p: p.ratio).table if maps else None
