"""Exact tables of what official sources publish themselves: by area and month, by city and day."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from data import words
from data.release.admitted_records import apart
from data.release.closed_months import closed_months
from data.release.closed_periods import CALENDAR_UNITS
from data.release.policy import Policy
from data.release.tables import Tables

AREA_MONTH, CITY_DAY = "official/area-month", "official/city-day"
NOT_LISTED = (
    "A row that is not listed is none, for the days and places that the source covers; outside "
    "them nothing is known."
)
# path -> columns, and what one row is
OFFICIAL_COLUMNS = {AREA_MONTH: ["period", "area", "kind", "n"], CITY_DAY: ["period", "kind", "n"]}
OFFICIAL_DESCRIBED = {
    AREA_MONTH: (
        "Official records that their source publishes itself: each area by month and kind, exact. "
        "Sensitive kinds and places are left out. " + NOT_LISTED
    ),
    CITY_DAY: (
        "Official records that their source publishes itself: the whole city by day and kind, "
        "exact. Sensitive kinds and places are left out. " + NOT_LISTED
    ),
}


def official_tables(
    records: pd.DataFrame,
    groups: Sequence[int],
    policy: Policy,
    as_of: date,
    city_days: int,
    area_days: int,
) -> Tables:
    """Both official tables as of a date, by path; rows only where there are any.

    `records` are those of data.release.placed_records; only rows that are `already_public` count:
    that is set by hand, with an address and a licence. `groups` are the areas of the partition;
    a record in none of them is of area 0. Days appear `city_days` after their month ended, months
    by area `area_days` after their quarter ended.
    """
    months = closed_months(as_of, city_days, area_days, policy)
    found = records[_public(records, policy)]
    day = pd.to_datetime(found["local_date"]).to_numpy("datetime64[D]")
    month = CALENDAR_UNITS["month"].number(day)
    counted = pd.DataFrame(
        {
            "month": month,
            "period": day.astype(str),
            "area": found["group"].where(found["group"].isin(list(groups)), 0).to_numpy(np.int32),
            "kind": found["kind"].astype(str).to_numpy(),
        }
    )
    counted = counted[counted["month"] >= months.first]
    city = counted[counted["month"] <= months.city_last]
    area = counted[counted["month"] <= months.area_last]
    area = area.assign(period=area["period"].str[: len("2026-01")])
    return {AREA_MONTH: _count(area, AREA_MONTH), CITY_DAY: _count(city, CITY_DAY)}


def _public(records: pd.DataFrame, policy: Policy) -> pd.Series:
    """Mask of the official records that are public where they come from, and not sensitive."""
    official = (records["source_kind"] == "official") & records["already_public"].astype(bool)
    known = records["kind"].isin(list(words.CODES["kind"]))
    return official & known & ~apart(records, policy)


def _count(rows: pd.DataFrame, path: str) -> pd.DataFrame:
    """The number of rows of each cell, in the order of its keys."""
    *keys, n = OFFICIAL_COLUMNS[path]
    found = rows.groupby(keys, observed=True).size().rename(n).reset_index()
    types = {"period": "str", "kind": "str", "area": "int32", n: "Int32"}
    typed = found.astype({name: types[name] for name in OFFICIAL_COLUMNS[path]})
    return typed.sort_values(keys, ignore_index=True)
