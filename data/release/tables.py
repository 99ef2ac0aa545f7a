"""The tables of a release, one a row: a whitelist, for what exists can be subtracted.

The one list: what makes a release, reads it or bounds it takes its tables from here, by period
and columns. Attacks keep a list of their own, and a test holds it against this one.
"""

from typing import Any, NamedTuple, NotRequired, TypedDict

import pandas as pd

BANDS = ("00-06", "06-12", "12-18", "18-24")
ALL_CODE = "all"
PATHS = ("community", "press")
OFFICIAL = "official/area-day-kind"
Tables = dict[str, pd.DataFrame]  # by name


class PolicyEntry(TypedDict):
    """The value of a rule of the policy, and why it is so."""

    value: Any
    reason: str


class ReleasedSource(TypedDict):
    """A source that may be in a table, in its own words."""

    name: str
    title: str
    kind: str
    says: str
    covers: str
    licence: str
    url: str
    made: NotRequired[bool]


class TableEntry(TypedDict):
    """A table as the manifest describes it."""

    columns: list[str]
    rows: int
    what: str


class ReleasedPlace(TypedDict):
    """The place of a release."""

    name: str
    zone: str


class Manifest(TypedDict):
    """What a release says of itself; `files` (SHA-256 by name) and `id` come when it is sealed."""

    place: ReleasedPlace
    as_of: str
    stamp: str
    code: str
    policy: dict[str, PolicyEntry]
    warnings: list[str]
    held_back: list[str]
    sources: list[ReleasedSource]
    tables: dict[str, TableEntry]
    files: NotRequired[dict[str, str]]
    id: NotRequired[str]


class ReleasedArea(TypedDict):
    """The properties of an area of a release: its number, name (joined ones by " + "), residents."""

    area: int
    name: str
    residents: int


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
    Table(
        "city-week-kind",
        "week",
        ("kind",),
        "city",
        "The whole city by week and kind; all kinds together are a cell of their own.",
        total=True,
    ),
    Table("area-month", "month", ("area",), "area", "Each area by month, all kinds together."),
    Table(
        "area-quarter", "quarter", ("area",), "area", "Each area by quarter, all kinds together."
    ),
    Table(
        "area-quarter-kind", "quarter", ("area", "kind"), "area", "Each area by quarter and kind."
    ),
    Table("area-year-kind", "year", ("area", "kind"), "area", "Each area by year and kind."),
    Table(
        "city-quarter-band",
        "quarter",
        ("band",),
        "city",
        "The whole city by quarter and six hours of the day.",
    ),
    Table(
        "city-year-sensitive",
        "year",
        ("kind",),
        "area",
        "The whole city by year: sensitive kinds, and reports at sensitive places by kind.",
        sensitive=True,
    ),
)

# every table that a release may hold, by path: its columns, and what one of its rows is
COLUMNS = {
    **{f"{path}/{table.name}": [*table.keys, "n"] for path in PATHS for table in TABLES},
    OFFICIAL: ["period", "area", "kind", "n"],
}
DESCRIBED = {
    **{f"{path}/{table.name}": table.what for path in PATHS for table in TABLES},
    OFFICIAL: (
        "Official records that their source publishes: each area by day and kind, exact, "
        "only where there are any."
    ),
}


def table_name(unit: str, *by: str, sensitive: bool = False) -> str:
    """The name of the table of a period and what else tells its cells apart; "" for none."""
    of = (unit, by, sensitive)
    return next((t.name for t in TABLES if (t.unit, t.by, t.sensitive) == of), "")
