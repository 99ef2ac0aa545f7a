"""The numbers of the Map screen as a careful analyst counts them in a GeoDataFrame."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from bench.made import FIRST, LAST
from data.views.view import View
from geo import tabulate

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# columns that the screen needs; the others stay on the disk
COLUMNS = ["local_date", "hour", "weekday", "kind", "grade", "area_label", "geometry"]
WORDS = ["kind", "grade"]
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


def load(records: Path, outlines: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The records in memory, each with its area, and the areas. WGS 84."""
    areas = gpd.read_parquet(outlines)[["name", "population", "geometry"]]
    people = pd.to_numeric(areas["population"], errors="coerce").astype(float)
    frame = gpd.read_parquet(records, columns=COLUMNS).to_crs(areas.crs)
    named = frame["area_label"].isin(areas["name"])  # the source's own word wins
    inside = gpd.sjoin(frame.loc[~named, ["geometry"]], areas[["name", "geometry"]])["name"]
    area = frame["area_label"].where(named, inside[~inside.index.duplicated()])
    words = {name: frame[name].astype("category") for name in WORDS}
    frame = frame.drop(columns="area_label").assign(
        **words,
        day=pd.to_datetime(frame["local_date"]).dt.as_unit("s"),
        area=pd.Categorical(area, categories=areas["name"]),
    )
    return frame.drop(columns="local_date"), areas.assign(population=people)


def rows(frame: gpd.GeoDataFrame, view: View) -> gpd.GeoDataFrame:
    """The records that a View shows; with `night`, on the day that they count to."""
    day, weekday, hour = frame["day"], frame["weekday"], frame["hour"]
    if view.night:  # before 06:00 is the evening before
        early = hour < 6
        day = day.mask(early, day - pd.Timedelta(1, "D"))
        weekday = (weekday + 6 * early) % 7
    shown = (frame["grade"] != "rejected") & day.between(
        pd.Timestamp(view.start), pd.Timestamp(view.end)
    )
    if view.kinds:
        shown &= frame["kind"].isin(view.kinds)
    if view.hours:
        start, end = view.hours
        after, before = hour >= start, hour < end
        shown &= (after & before) if start < end else (after | before)
    if view.weekdays:
        shown &= weekday.isin(view.weekdays)
    if view.areas:
        shown &= frame["area"].isin(view.areas)
    found = frame[shown]
    return found.assign(day=day[shown]) if view.night else found


def count(frame: gpd.GeoDataFrame, view: View, areas: gpd.GeoDataFrame) -> Counted:
    """Everything that the screen says of a View: statistics as we make them."""
    other = view.compared()
    if other is not None and (other.start < FIRST or other.end > LAST):
        other = None
    periods = [view] if other is None else [view, other]
    step = 7 if all(len(_whole(v, 7)) >= ENOUGH for v in periods) else 1
    shown = rows(frame, view)
    counts = _by_area_and_step(shown, view, step, areas)
    now = before = earlier = None
    if other is not None and min(len(_whole(v, step)) for v in periods) >= LEAST:
        earlier = rows(frame, other)
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
    shown: gpd.GeoDataFrame, view: View, step: int, areas: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Counts, a row an area, a column a week or a day."""
    by = ["area", _steps(view, step)]
    found = shown.groupby(by, observed=True).size().unstack(fill_value=0)
    starts = pd.date_range(_first(view, step), view.end, freq=f"{step}D")
    return found.reindex(index=areas["name"], columns=starts, fill_value=0)


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
