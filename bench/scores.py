"""How near the tables of a release come to the true numbers: counted here once more, plainly."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

LARGE, SOME, TOP = 20, 5, 10
KEYS = ("period", "district", "area", "kind", "band", "setting")
_NAMES = {"week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}


class Score(NamedTuple):
    """How near the numbers of a table come to the true ones; None where nothing is to be said.

    Shares of cells: shown at all, within 20% (of those with 20 or more), within 50% (of those
    with 5 or more; a hidden number is within nothing), true number in the range. Errors are of
    shown cells. `rank` is the mean correlation of ranks of areas within a period, `top` the mean
    share of a period's ten highest that truly are among its ten highest.
    """

    cells: int
    shown: float
    within_20: float | None
    within_50: float | None
    median: float | None
    p90: float | None
    holds: float | None
    rank: float | None
    top: float | None


def keys_of(table: pd.DataFrame) -> list[str]:
    """The columns that name a cell of a table of estimates."""
    return [key for key in KEYS if key in table]


def with_truth(name: str, table: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """A table of estimates with `true`, what it would say without chance.

    `events` has area (the group), district, local_date, hour, kind, setting, sensitive. No made
    event is graded too late.
    """
    keys = keys_of(table)
    asked = events[events["sensitive"] == ("sensitive" in name)]
    asked = asked.iloc[:0] if "late" in name else asked
    band = asked["hour"].astype("int64") // 6
    cells = asked.assign(
        period=_periods(name, asked["local_date"]),
        band=np.array(["00-06", "06-12", "12-18", "18-24"])[band],
    )
    true = cells.groupby(keys).size().rename("true").reset_index()
    joined = table.astype({key: true[key].dtype for key in keys}).merge(true, "left", keys)
    return joined.fillna({"true": 0})


def score(tables: Iterable[pd.DataFrame]) -> Score:
    """The score of a table in several data sets: `true`, `number` (NaN: hidden), `low`, `high`."""
    every = list(tables)
    table = pd.concat(every, ignore_index=True)
    true, number = table["true"], table["number"].astype(float)
    error = (number - true).abs()
    shown = number.notna()
    holds = None
    if "low" in table:
        holds = float(((table["low"] <= true) & (true <= table["high"])).mean())
    rank, top = _order(every) if keys_of(table) == ["period", "area"] else (None, None)
    return Score(
        cells=len(table),
        shown=float(shown.mean()),
        within_20=_share((error <= 0.2 * true)[true >= LARGE]),
        within_50=_share((error <= 0.5 * true)[true >= SOME]),
        median=float(error[shown].median()) if shown.any() else None,
        p90=float(error[shown].quantile(0.9)) if shown.any() else None,
        holds=holds,
        rank=rank,
        top=top,
    )


def _share(mask: pd.Series) -> float | None:
    return float(mask.mean()) if len(mask) else None


def _order(every: list[pd.DataFrame]) -> tuple[float, float]:
    """The mean rank correlation and share of the ten highest; what is hidden looks like zero."""
    ranks, tops = [], []
    for table in every:
        for _, cells in table.assign(number=table["number"].astype(float).fillna(0)).groupby(
            "period"
        ):
            one, other = cells["true"].rank(), cells["number"].rank()
            both = one.std() > 0 and other.std() > 0
            ranks.append(float(one.corr(other)) if both else 0.0)
            least = max(cells["true"].nlargest(TOP).min(), 1)
            highest = cells.nlargest(TOP, "number")
            tops.append(float(((highest["true"] >= least) & (highest["number"] > 0)).mean()))
    return float(np.mean(ranks)), float(np.mean(tops))


def _periods(name: str, day: pd.Series) -> pd.Series:
    """The name of the period of each day, in the words of a table's files."""
    day = pd.to_datetime(day)
    unit = name.split("-")[1]
    if unit == "quarter":
        return day.dt.to_period("Q").dt.strftime("%Y-Q%q")
    if "week-part" not in name:
        return day.dt.strftime(_NAMES[unit])
    monday = day - pd.to_timedelta(day.dt.day_of_week, "D")
    month = day.dt.to_period("M").dt
    start = np.maximum(monday, month.start_time)
    end = np.minimum(monday + pd.Timedelta(6, "D"), month.end_time.dt.normalize())
    return start.dt.strftime("%Y-%m-%d/") + end.dt.strftime("%Y-%m-%d")
