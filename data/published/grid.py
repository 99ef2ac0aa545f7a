"""One released table's numbers with their ranges, as a grid."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.published.ranges import Range
from geo.arrays import Floats, Ints


class Grid(NamedTuple):
    """Periods (rows) by areas, kinds or hours (columns; one where it is the whole place).

    `status` is that of each period. Exact counts have equal ends, sd 0 and no status.
    """

    periods: tuple[str, ...]
    columns: tuple[int | str, ...]
    number: Ints
    low: Ints
    high: Ints
    sd: Floats
    status: tuple[str, ...]

    def range(self, period: int, column: int = 0) -> Range:
        """One number with its range, by the indexes of its period and column."""
        at = period, column
        return Range(int(self.number[at]), int(self.low[at]), int(self.high[at]))

    def only(self, columns: Sequence[int | str]) -> "Grid":
        """The same of some columns, in their order."""
        at = [self.columns.index(c) for c in columns]
        return self._replace(
            columns=tuple(columns),
            number=self.number[:, at],
            low=self.low[:, at],
            high=self.high[:, at],
            sd=self.sd[:, at],
        )

    def during(self, periods: Sequence[str]) -> "Grid":
        """The same in some periods, in their order."""
        at = [self.periods.index(period) for period in periods]
        return Grid(
            tuple(periods),
            self.columns,
            self.number[at],
            self.low[at],
            self.high[at],
            self.sd[at],
            tuple(self.status[i] for i in at),
        )

    def at(self, period: str) -> int:
        """The index of a period; -1 where it has none."""
        return self.periods.index(period) if period in self.periods else -1


def estimate_grid(table: pd.DataFrame, column: str = "") -> Grid:
    """The grid of an estimate: rows period, the column where there is one, number, low, high, sd,
    status."""
    frame = table if column else table.assign(**{"": 0})
    wide = frame.pivot(index="period", columns=column, values=["number", "low", "high", "sd"])
    wide = wide.sort_index().sort_index(axis=1)
    status = frame.groupby("period", sort=True)["status"].first()
    number, low, high = (wide[name].to_numpy(np.int64) for name in ("number", "low", "high"))
    return Grid(
        tuple(map(str, wide.index)),
        tuple(wide["number"].columns.tolist()),
        number,
        low,
        high,
        wide["sd"].to_numpy(float),
        tuple(status.astype(str)),
    )


def exact_grid(periods: Sequence[str], columns: Sequence[int | str], n: Ints) -> Grid:
    """The grid of exact counts."""
    nothing = np.zeros(n.shape)
    return Grid(tuple(periods), tuple(columns), n, n, n, nothing, ("",) * len(periods))
