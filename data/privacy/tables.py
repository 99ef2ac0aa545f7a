"""The tables of a release, one a row, and the share of epsilon that each spends: a whitelist.

The one list: what makes a release, reads it or attacks it takes its tables from here. Attacks keep
a list of columns of their own, and a test holds it against this one.
"""

from fractions import Fraction
from typing import Any, NamedTuple, NotRequired, TypedDict

import pandas as pd

BANDS = ("00-06", "06-12", "12-18", "18-24")
UNKNOWN_BAND = "unknown"
NO_AREA = 0  # the number of "no area known"
ORDINARY, SENSITIVE, LATE = "ordinary", "sensitive", "late"  # what an event is, for life
OTHER_SETTING = "other"  # of a sensitive event at a place that is not: its kind is
MEASURED, ESTIMATE = "community/measured", "community/estimate"
OFFICIAL_AREA, OFFICIAL_CITY = "official/area-month", "official/city-day"
ARTICLES = "press/articles"
PROVISIONAL, OF_QUARTER, OF_YEAR = "provisional", "quarter", "year"  # status of an estimate

# unit of time -> the units that it lies in, finest first
COARSER = {
    "week-part": ("month", "quarter", "year"),
    "month": ("quarter", "year"),
    "quarter": ("year",),
    "year": (),
}
# unit of place -> its column and those of the units that it lies in
PLACES = {"city": (), "district": ("district",), "group": ("area", "district")}
Tables = dict[str, pd.DataFrame]  # by path


class PolicyEntry(TypedDict):
    """The value of a rule of the policy, and why it is so."""

    value: Any
    reason: str


class ReleasedSource(TypedDict):
    """An official or press source, in its own words: from settings, never from records."""

    name: str
    title: str
    kind: str
    says: str
    covers: str
    licence: str
    url: str


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
    """What a release says of itself; `files` (SHA-256 by name) and `id` come when it is sealed.

    `years` has the epsilon of every table, by year of the events, `budgets` all that was fixed for
    a year when it began; `redone` are years whose numbers were drawn twice, which doubles what they
    may tell. `declared` is events a year, ordinary ones. `residents` are those of the whole place,
    None where not known.
    """

    place: ReleasedPlace
    as_of: str
    code: str
    volume: str
    declared: int
    epsilon: float
    made: bool
    residents: int | None
    policy: dict[str, PolicyEntry]
    warnings: list[str]
    years: dict[str, dict[str, float]]
    budgets: dict[str, dict[str, Any]]
    redone: list[str]
    sources: list[ReleasedSource]
    tables: dict[str, TableEntry]
    files: NotRequired[dict[str, str]]
    id: NotRequired[str]


class ReleasedArea(TypedDict):
    """The properties of a group of a release: number, name (joined ones by " + "), residents, and
    the number of the district that it lies in. A district has its own number as `area`."""

    area: int
    name: str
    residents: int
    district: int


class Table(NamedTuple):
    """One table: unit of place, unit of time, what else tells its cells apart, whose events."""

    where: str
    unit: str
    by: str = ""
    sort: str = ORDINARY

    @property
    def name(self) -> str:
        """The name in paths: city-year-sensitive-kind."""
        sort = "" if self.sort == ORDINARY else self.sort
        return "-".join(part for part in (self.where, self.unit, sort, self.by) if part)

    @property
    def keys(self) -> list[str]:
        """The columns that name a cell."""
        return ["period", *PLACES[self.where][:1], *([self.by] if self.by else [])]

    @property
    def levels(self) -> list[str]:
        """The columns of its cells at every level, the finest and all coarser ones."""
        by = [self.by] if self.by else []
        return [self.unit, *COARSER[self.unit], *PLACES[self.where], *by]

    def refines(self, other: "Table") -> bool:
        """Return whether the other's cells are sums of this one's."""
        by = other.by in ("", self.by)
        return by and self.sort == other.sort and {*other.levels} <= {*self.levels}


_CITY, _DISTRICT, _GROUP = "city", "district", "group"
Profile = dict[Table, Fraction]


def _profile(*rows: tuple[str, str, str, str]) -> Profile:
    return {Table(where, unit, by): Fraction(share) for where, unit, by, share in rows}


# declared volume -> its tables, and the share of epsilon of each
PROFILES: dict[str, Profile] = {
    "tiny": _profile((_CITY, "quarter", "", "1")),
    "small": _profile(
        (_CITY, "month", "", "0.30"),
        (_CITY, "year", "kind", "0.15"),
        (_DISTRICT, "year", "", "0.45"),
        (_CITY, "year", "band", "0.10"),
    ),
    "medium": _profile(
        (_CITY, "week-part", "", "0.15"),
        (_CITY, "quarter", "kind", "0.10"),
        (_GROUP, "quarter", "", "0.50"),
        (_DISTRICT, "year", "kind", "0.15"),
        (_CITY, "quarter", "band", "0.10"),
    ),
    "large": _profile(
        (_CITY, "week-part", "", "0.10"),
        (_CITY, "month", "kind", "0.10"),
        (_GROUP, "month", "", "0.45"),
        (_GROUP, "year", "kind", "0.25"),
        (_CITY, "quarter", "band", "0.10"),
    ),
}
LATE_TABLE = Table(_CITY, "year", "", LATE)
# events that are in no ordinary table: budgets of their own
APART: Profile = {
    Table(_CITY, "year", "kind", SENSITIVE): Fraction(1, 2),
    Table(_CITY, "year", "setting", SENSITIVE): Fraction(1, 2),
    LATE_TABLE: Fraction(1),
}
EVENTS = {"tiny": 100, "small": 300, "medium": 3000, "large": 20_000}  # a year, where not declared
FEWEST = {"tiny": 1, "small": 150, "medium": 1000, "large": 10_000}  # events a year of a volume
ORDINARY_SHARE = 0.68  # of all events; the others are sensitive
WEEK = "city-week"  # whole ISO weeks: an estimate only, from the parts of weeks


def ordinary_events(volume: str, expected: int = 0) -> int:
    """How many ordinary events a year are declared: of `expected`, else as is usual of the volume."""
    return round(ORDINARY_SHARE * (expected or EVENTS[volume]))


def profile(volume: str, *, areas: bool = True) -> Profile:
    """The measured tables of a volume; without areas only those of the whole city."""
    kept = {t: share for t, share in PROFILES[volume].items() if areas or t.where == _CITY}
    return kept | APART


def estimates(volume: str, *, areas: bool = True) -> dict[Table, Table]:
    """Every table that the measured ones give by summing, with the one that it is summed from."""
    found: dict[Table, Table] = {}
    for table in profile(volume, areas=areas):
        places = [place for place, has in PLACES.items() if {*has} <= {*PLACES[table.where]}]
        for where in places:
            for unit in (table.unit, *COARSER[table.unit]):
                for by in dict.fromkeys((table.by, "")):
                    found.setdefault(Table(where, unit, by, table.sort), table)
    return found


def measured_path(table: Table) -> str:
    """The path of a table's measured numbers, without suffix."""
    return f"{MEASURED}/{table.name}"


def estimate_path(table: Table) -> str:
    """The path of a table's estimates, without suffix."""
    return f"{ESTIMATE}/{table.name}"


def _every() -> tuple[dict[str, Table], dict[str, Table]]:
    measured = {measured_path(t): t for v in PROFILES for t in profile(v)}
    fitted = {estimate_path(t): t for v in PROFILES for t in estimates(v)}
    return measured, fitted


MEASURED_TABLES, ESTIMATE_TABLES = _every()  # all that any volume has, by path
WEEK_PATH = f"{ESTIMATE}/{WEEK}"
NUMBERS = ("number", "low", "high", "sd", "status")
# every table that a release may hold, by path: its columns, and what one of its rows is
COLUMNS = {
    **{path: [*t.keys, "n", "epsilon"] for path, t in MEASURED_TABLES.items()},
    **{path: [*t.keys, *NUMBERS] for path, t in ESTIMATE_TABLES.items()},
    WEEK_PATH: ["period", *NUMBERS],
    OFFICIAL_AREA: ["period", "area", "kind", "n"],
    OFFICIAL_CITY: ["period", "kind", "n"],
    ARTICLES: ["period", "paper", "title", "kind", "area_written", "url"],
}
_WHERE = {
    _CITY: "The whole place",
    _DISTRICT: "Each district",
    _GROUP: "Each neighborhood or group of them",
}
_BY = {"kind": " and kind", "band": " and six hours of the day", "setting": " and kind of place"}
_SORTS = {
    ORDINARY: "",
    SENSITIVE: ": sensitive reports only",
    LATE: ": reports that were graded too late for the other tables",
}


def _describe(table: Table) -> str:
    unit = {"week-part": "week (cut at the month's end)"}.get(table.unit, table.unit)
    return f"{_WHERE[table.where]} by {unit}{_BY.get(table.by, '')}{_SORTS[table.sort]}"


_OFFICIAL = (
    "Official records that their source publishes itself: {}, exact. Sensitive kinds and places are "
    "left out. A row that is not listed is none, for the days and places that the source covers; "
    "outside them nothing is known."
)
DESCRIBED = {
    **{path: f"{_describe(t)}, as measured with noise." for path, t in MEASURED_TABLES.items()},
    **{path: f"{_describe(t)}, with ranges." for path, t in ESTIMATE_TABLES.items()},
    WEEK_PATH: "The whole place by week, with ranges.",
    OFFICIAL_AREA: _OFFICIAL.format("each area by month and kind"),
    OFFICIAL_CITY: _OFFICIAL.format("the whole city by day and kind"),
    ARTICLES: (
        "Incidents that newsrooms reported, one a row, as they printed them. No count of anything. An "
        "address stands there only if somebody read the article at it. Of sensitive kinds and places "
        "only the paper, the time and the kind."
    ),
}
