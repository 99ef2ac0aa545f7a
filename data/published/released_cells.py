"""The released cells that a reader asks for: sources, grains, periods and kinds that exist."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import words
from data.release.closed_periods import CALENDAR_UNITS
from data.release.tables import ALL_CODE, BANDS, OFFICIAL, Tables

# name for readers -> the folder of its tables
SOURCES = {
    "community reports": "community",
    "press reports": "press",
    "official records": "official",
}
ALL_KINDS = "all kinds"
GRAINS = ("day", "month", "quarter", "year")  # finest first
_STRICT = ("month", "quarter", "year")
_HALF = 0.5  # of the areas: fewer with a number are no map to be led to


class Choice(NamedTuple):
    """The choice of a reader. `areas` are names; none means all."""

    source: str
    by: str
    period: str
    kind: str
    areas: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether these are official counts, which no rule rounds or holds back."""
        return SOURCES[self.source] == "official"


def grains(source: str) -> tuple[str, ...]:
    """The periods that areas are released by."""
    return GRAINS if SOURCES[source] == "official" else _STRICT


def table_path(source: str, by: str, kind: str) -> str | None:
    """The table that holds the cells of areas; None where no such cell is released."""
    folder = SOURCES[source]
    if folder == "official":
        return OFFICIAL if kind != ALL_KINDS else None
    every = {"month": "area-month", "quarter": "area-quarter"}
    each = {"quarter": "area-quarter-kind", "year": "area-year-kind"}
    name = (every if kind == ALL_KINDS else each).get(by)
    return f"{folder}/{name}" if name else None


def released_kinds(tables: Tables, source: str, by: str | None) -> list[str]:
    """The kinds that can be chosen: those released by a grain, or (None) of any table."""
    folder = SOURCES[source]
    name = {"official": OFFICIAL}.get(folder, f"{folder}/area-year-kind")
    told = tables.get(name)
    if told is None:
        return []
    if folder == "official":  # the kind with most records first
        sums = told.groupby("kind")["n"].sum().sort_values(ascending=False, kind="stable")
        return [words.spoken(str(kind)) for kind in sums.index]
    found = [words.spoken(k) for k in told["kind"].unique()]
    if by is None:
        return [ALL_KINDS, *found]
    return [
        *([ALL_KINDS] if table_path(source, by, ALL_KINDS) else []),
        *(found if by != "month" else []),
    ]


def select_cells(tables: Tables, source: str, by: str, kind: str) -> pd.DataFrame:
    """Every cell of a grain and kind: period, area, n (missing where it is not shown).

    Official days are added up to longer periods; whatever has no day in them is zero.
    """
    where = table_path(source, by, kind)
    held = tables.get(where) if where else None
    if held is None:
        return pd.DataFrame({"period": [], "area": [], "n": pd.array([], "Int32")})
    if "kind" in held:
        held = held[held["kind"] == kind.replace(" ", "_")]
    if SOURCES[source] != "official":
        return held[["period", "area", "n"]].reset_index(drop=True)
    return _added(held, by)


def _added(days: pd.DataFrame, by: str) -> pd.DataFrame:
    """Official days of one kind in a longer period, also where there were none."""
    if days.empty:
        return days[["period", "area", "n"]]
    if by != "day":
        days = days.assign(period=named(days["period"], by))
    sums = days.groupby(["period", "area"])["n"].sum().astype("Int32")
    return sums.reset_index()


def named(days: pd.Series, by: str) -> pd.Series:
    """The period of each day, by its name."""
    unit = CALENDAR_UNITS[by]
    numbers = unit.number(days.to_numpy("datetime64[D]"))
    names = {n: unit.name(unit.start(int(n))) for n in np.unique(numbers)}
    return pd.Series([names[n] for n in numbers], index=days.index)


def periods(tables: Tables, source: str, by: str, kind: str) -> list[str]:
    """The released periods of a grain, newest first."""
    found = select_cells(tables, source, by, kind)["period"].unique().tolist()
    return sorted(found, reverse=True)


def rows(tables: Tables, choice: Choice, known: list[dict[str, Any]]) -> pd.DataFrame:
    """One row an area in the order of the map: area, name, residents, n, asked."""
    frame = pd.DataFrame([f["properties"] for f in known])[["area", "name", "residents"]]
    held = select_cells(tables, choice.source, choice.by, choice.kind)
    numbers = held[held["period"] == choice.period].set_index("area")["n"]
    n = numbers.reindex(frame["area"]).array
    frame["n"] = n
    if choice.exact:
        frame["n"] = frame["n"].fillna(0)
    frame["asked"] = frame["name"].isin(choice.areas) if choice.areas else True
    return frame


def areas_with_numbers(tables: Tables, source: str, by: str, kind: str) -> pd.Series:
    """The number of areas that have a number above zero, by period, oldest first."""
    held = select_cells(tables, source, by, kind)
    some = held.assign(some=(held["n"] > 0).fillna(False).astype(int))
    return some.groupby("period")["some"].sum().sort_index()


def opening_period(tables: Tables, source: str, by: str, kind: str, areas: int) -> str:
    """The period to open with: the newest in which half of the areas have a number, else
    the newest with most of them."""
    counts = areas_with_numbers(tables, source, by, kind)
    if counts.empty:
        return ""
    many = counts[counts >= _HALF * areas]
    return str((many if len(many) else counts[counts == counts.max()]).index[-1])


def opening_table(tables: Tables, source: str, areas: int) -> tuple[str, str, bool]:
    """Grain and kind of the finest table in which half of the areas have a number.

    Else the year's map, and False: the whole city then says more. Counts decide where
    readers are led, never what exists.
    """
    for by in _STRICT:  # official days are too short to open with
        for kind in released_kinds(tables, source, by):
            if (areas_with_numbers(tables, source, by, kind) >= _HALF * areas).any():
                return by, kind, True
    held = released_kinds(tables, source, "year")
    most = [int(areas_with_numbers(tables, source, "year", kind).max() or 0) for kind in held]
    return "year", held[most.index(max(most))] if held else "", False


def begins(period: str) -> date:
    """The first day of a period, from its name."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    if "Q" in period:
        return date(int(period[:4]), 3 * int(period[6:]) - 2, 1)
    parts = [int(part) for part in period.split("-")]
    return date(*[*parts, 1, 1][:3])


def period_words(period: str) -> str:
    """A period in words: Jan 5 - 11 2026 (week 2), June 2025, Apr - Jun 2025, 2025."""
    start = begins(period)
    if "W" in period:
        end = start + timedelta(6)
        return f"{start:%b} {start.day} - {end:%b} {end.day} {end.year}"
    if "Q" in period:
        last = date(start.year, start.month + 2, 1)
        return f"{start:%b} - {last:%b} {start.year}"
    day = f"{start:%B} {start.day}, {start.year}"
    return {4: period, 7: f"{start:%B %Y}"}.get(len(period), day)


BANDS_SAID = {band: f"{band[:2]}:00-{band[3:]}:00" for band in BANDS}


def weekly(tables: Tables, source: str, kind: str) -> pd.DataFrame:
    """The whole city by week: period, n. Official: all areas together, whole weeks only."""
    folder = SOURCES[source]
    if folder != "official":
        held = tables.get(f"{folder}/city-week-kind")
        code = ALL_CODE if kind == ALL_KINDS else kind.replace(" ", "_")
        if held is None:
            return pd.DataFrame({"period": [], "n": pd.array([], "Int32")})
        return held.loc[held["kind"] == code, ["period", "n"]].reset_index(drop=True)
    days = select_cells(tables, source, "day", kind)
    if days.empty:
        return days[["period", "n"]]
    sums = days.groupby("period")["n"].sum()
    every = pd.date_range(sums.index.min(), sums.index.max()).strftime("%Y-%m-%d")
    full = pd.DataFrame({"day": every, "n": sums.reindex(every).fillna(0).to_numpy()})
    full["period"] = named(full["day"], "week")
    found = full.groupby("period")["n"].agg(["sum", "size"])
    whole = found.loc[found["size"] == 7, "sum"].astype("Int32")
    return whole.rename("n").reset_index()


def area_series(tables: Tables, choice: Choice, known: list[dict[str, Any]]) -> pd.DataFrame:
    """The cells of some areas through all released periods: period, name, n.

    Of the areas chosen, else of the four that have most to show.
    """
    held = select_cells(tables, choice.source, choice.by, choice.kind)
    names = {int(f["properties"]["area"]): str(f["properties"]["name"]) for f in known}
    held = held.assign(name=held["area"].map(names))
    some = held[(held["n"] > 0).fillna(False).astype(bool)].groupby("name")["n"]
    ranked = some.agg(["size", "sum"]).sort_values(["size", "sum"], ascending=False, kind="stable")
    chosen = list(choice.areas[:7]) or ranked.index[:4].tolist()
    held = held[held["name"].isin(chosen)]
    if choice.exact and len(held):  # no record is zero, between the first and the last
        periods = sorted(
            select_cells(tables, choice.source, choice.by, choice.kind)["period"].unique()
        )
        grid = pd.MultiIndex.from_product([periods, chosen], names=["period", "name"])
        numbers = held.set_index(["period", "name"])["n"].reindex(grid)
        return numbers.fillna(0).astype("Int32").reset_index()
    return held[["period", "name", "n"]].reset_index(drop=True)
