"""Exact tables of what official sources publish themselves: by area and month, by city and day."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from data import words
from data.privacy.closed_periods import closed_months
from data.privacy.decided_events import sensitive_by
from data.privacy.policy import Policy
from data.privacy.tables import COLUMNS, OFFICIAL_AREA, OFFICIAL_CITY, Tables


def official_tables(
    records: pd.DataFrame, groups: Sequence[int], policy: Policy, as_of: date
) -> Tables:
    """Both official tables as of a date, by path; rows only where there are any.

    `records` are those of data.privacy.placed_records; only rows that are `already_public` count:
    that is set by hand, with an address and a licence. `groups` are the areas of the partition;
    a record in none of them is of area 0. Days and months appear when the month of the city, and
    the quarter of areas, is published.
    """
    months = closed_months(as_of, policy)
    found = records[_public(records, policy)]
    day = pd.to_datetime(found["local_date"]).to_numpy("datetime64[D]")
    counted = pd.DataFrame(
        {
            "period": day.astype(str),
            "area": found["group"].where(found["group"].isin(list(groups)), 0).to_numpy(np.int32),
            "kind": found["kind"].astype(str).to_numpy(),
        }
    )
    month = counted["period"].str[: len("2026-01")]
    city = counted[month.isin(months.city)]
    area = counted.assign(period=month)[month.isin(months.area)]
    return {OFFICIAL_AREA: _count(area, OFFICIAL_AREA), OFFICIAL_CITY: _count(city, OFFICIAL_CITY)}


def _public(records: pd.DataFrame, policy: Policy) -> pd.Series:
    """Mask of the official records that are public where they come from, and not sensitive."""
    official = (records["source_kind"] == "official") & records["already_public"].astype(bool)
    known = records["kind"].isin(list(words.CODES["kind"]))
    return official & known & ~sensitive_by(policy).of(records)


def _count(rows: pd.DataFrame, path: str) -> pd.DataFrame:
    """The number of rows of each cell, in the order of its keys."""
    *keys, n = COLUMNS[path]
    found = rows.groupby(keys, observed=True).size().rename(n).reset_index()
    types = {"period": "str", "kind": "str", "area": "int32", n: "Int32"}
    typed = found.astype({name: types[name] for name in COLUMNS[path]})
    return typed.sort_values(keys, ignore_index=True)
