"""The numbers of the Map screen as a careful analyst counts them in a frame in memory."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from bench.made import FIRST, LAST
from bench.plain import view as plain
from data.view import View
from geo import tabulate

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLUMNS = ["source", "grade", "kind", "day", "hour", "weekday", "area0"]
ENOUGH = 4  # whole weeks; where a period has fewer, days are compared
LEAST = 2


@dataclass(frozen=True)
class Counted:
    """A View counted: all, by area (highest first), and by week or day.

    `before` is the number of incidents in the period that it is compared with, if any.
    """

    n: int
    before: int | None
    table: pd.DataFrame
    series: pd.Series


def load(facts: Path, areas: Path, sources: list[str]) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """The incidents with the columns that the screen needs, and the areas."""
    places = gpd.read_parquet(areas)[["name", "population", "geometry"]]
    people = pd.to_numeric(places["population"], errors="coerce").astype(float)
    return plain.load(facts, sources)[COLUMNS], places.assign(population=people)


def rows(frame: pd.DataFrame, view: View, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """The incidents that a View shows: the day that they count to, and their area."""
    shown = plain._asked(frame, view) & plain._on_the_clock(frame, view)
    if view.areas:
        shown &= frame["area0"].isin(np.flatnonzero(areas["name"].isin(view.areas)))
    return pd.DataFrame({"day": plain._days(frame, view)[shown], "area": frame.loc[shown, "area0"]})


def count(frame: pd.DataFrame, view: View, areas: gpd.GeoDataFrame) -> Counted:
    """Everything that the screen says of a View: statistics as we make them."""
    other = view.compared()
    if other is not None and (other.start < FIRST or other.end > LAST):
        other = None
    periods = [view] if other is None else [view, other]
    step = 7 if all(len(_whole(v, 7)) >= ENOUGH for v in periods) else 1
    shown = rows(frame, view, areas)
    counts = _by_area_and_step(shown, view, step, areas)
    now = before = earlier = None
    if other is not None and min(len(_whole(v, step)) for v in periods) >= LEAST:
        earlier = rows(frame, other, areas)
        now = counts[_whole(view, step)]
        before = _by_area_and_step(earlier, other, step, areas)[_whole(other, step)]
    table = tabulate.areas_table(
        areas["name"], areas["population"], counts.sum(axis=1), now, before
    )
    if view.areas:
        table = table[table["area"].isin(view.areas)]
    by = "n" if view.measure == "count" else "rate"
    table = table.sort_values(by, ascending=False, kind="stable")
    series = shown.groupby(_steps(view, step)).size()
    return Counted(len(shown), None if earlier is None else len(earlier), table, series)


def _by_area_and_step(
    shown: pd.DataFrame, view: View, step: int, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Counts, a row an area, a column a week or a day."""
    found = shown.groupby(["area", _steps(view, step)]).size().unstack(fill_value=0)
    starts = pd.date_range(_first(view, step), view.end, freq=f"{step}D")
    return found.reindex(index=range(len(areas)), columns=starts, fill_value=0)


def _steps(view: View, step: int) -> pd.Grouper:
    return pd.Grouper(key="day", freq=f"{step}D", origin=_first(view, step))


def _first(view: View, step: int) -> pd.Timestamp:
    """The day that the first step begins: weeks run from Monday."""
    start = pd.Timestamp(view.start)
    return start - pd.Timedelta(start.weekday(), "D") if step == 7 else start


def _whole(view: View, step: int) -> pd.DatetimeIndex:
    """The steps that lie wholly in the period and in what is covered."""
    starts = pd.date_range(_first(view, step), view.end, freq=f"{step}D")
    start, end = pd.Timestamp(max(view.start, FIRST)), pd.Timestamp(min(view.end, LAST))
    kept = (starts >= start) & (starts + pd.Timedelta(step - 1, "D") <= end)
    if step == 1 and view.weekdays:
        kept &= starts.weekday.isin(view.weekdays)
    return starts[kept]
