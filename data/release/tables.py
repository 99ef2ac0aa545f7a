"""The tables of a release, one a row: a whitelist, for what exists can be subtracted."""

from typing import Any, NamedTuple

import pandas as pd

BANDS = ("00-06", "06-12", "12-18", "18-24")
ALL_CODE = "all"
PATHS = ("community", "press")
OFFICIAL = "official/area-day-kind"
Tables = dict[str, pd.DataFrame]  # by name
Manifest = dict[str, Any]


class Table(NamedTuple):
    """One public table: its period, what else tells its cells apart, and who is in it."""

    name: str
    unit: str
    by: tuple[str, ...]
    delay: str
    what: str
    sensitive: bool = False
    total: bool = False

    @property
    def keys(self) -> list[str]:
        """The columns that name a cell."""
        return ["period", *self.by]


TABLES = (
    Table("city-week-kind", "week", ("kind",), "city", "The whole city by week and kind; all kinds together are a cell of their own.", total=True),
    Table("area-month", "month", ("area",), "area", "Each area by month, all kinds together."),
    Table("area-quarter", "quarter", ("area",), "area", "Each area by quarter, all kinds together."),
    Table("area-quarter-kind", "quarter", ("area", "kind"), "area", "Each area by quarter and kind."),
    Table("area-year-kind", "year", ("area", "kind"), "area", "Each area by year and kind."),
    Table("city-quarter-band", "quarter", ("band",), "city", "The whole city by quarter and six hours of the day."),
    Table("city-year-sensitive", "year", ("kind",), "area", "The whole city by year: sensitive kinds, and reports at sensitive places by kind.", sensitive=True),
)  # fmt: skip
