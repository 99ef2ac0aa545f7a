"""The types of an attack: Case (a release and its records), Found, Result and Count."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from data.release.constraints import LEAST
from data.release.tables import Tables

Build = Callable[..., Tables]

# the attacker's own list, on purpose not the one that the release is made with: a test compares
STRICT = {
    "city-week-kind": ("period", "kind", "n"),
    "area-month": ("period", "area", "n"),
    "area-quarter": ("period", "area", "n"),
    "area-quarter-kind": ("period", "area", "kind", "n"),
    "area-year-kind": ("period", "area", "kind", "n"),
    "city-quarter-band": ("period", "band", "n"),
}
YEARLY = {"city-year-sensitive": ("period", "kind", "n")}
EXACT = {"area-day-kind": ("period", "area", "kind", "n")}
SIDES = ("community", "press")


class Count(NamedTuple):
    """The number of tries of each kind of attack: those, or fewer."""

    weeks: int = 104
    pairs: int = 2000
    builds: int = 100
    requests: int = 10_000
    days: int = 60


LARGE = Count()
SMALL = Count(weeks=12, pairs=100, builds=4, requests=300, days=10)


class Result(NamedTuple):
    """The outcome of one attack: whether it passed, its figure and the limit."""

    id: str
    name: str
    passed: bool
    figure: str
    limit: str


class Found(NamedTuple):
    """A verdict, whether a release survives, and the figure behind it."""

    passed: bool
    figure: str


@dataclass(frozen=True)
class Case:
    """One release as an attacker meets it, and what the team can put beside it.

    `build` takes records, secret, as_of and before and gives tables; it is at hand
    where the job itself is attacked. `base` and `least` are public: they stand in the
    manifest. `records` is the truth that the tables were built of, where it is at hand;
    `learned` says when each of its rows came to be as it is (data/attacks/made_records.py).
    """

    tables: Tables
    base: int = 5
    least: int = LEAST
    folder: Path | None = None
    records: pd.DataFrame | None = None
    build: Build | None = None
    as_of: date = date(2026, 1, 1)
    zone: str = "America/Chicago"
    canaries: tuple[str, ...] = ()
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    def sides(self) -> list[str]:
        """The folders of strict tables that this release has."""
        return [s for s in SIDES if any(path.startswith(f"{s}/") for path in self.tables)]

    def table(self, side: str, name: str) -> pd.DataFrame:
        """A strict table; an empty one where the release has none."""
        found = self.tables.get(f"{side}/{name}")
        return pd.DataFrame(columns=list(STRICT[name])) if found is None else found


def span(period: str) -> tuple[date, date]:
    """The first day of a period and the first day after it."""
    year = int(period[:4])
    if "W" in period:
        first = date.fromisocalendar(year, int(period[6:]), 1)
        return first, first + timedelta(days=7)
    if "Q" in period:
        month = 3 * int(period[6]) - 2
        return _months(year, month, 3)
    if len(period) == 10:
        first = date.fromisoformat(period)
        return first, first + timedelta(days=1)
    return _months(year, int(period[5:]), 1) if len(period) == 7 else _months(year, 1, 12)


def _months(year: int, month: int, many: int) -> tuple[date, date]:
    after = month - 1 + many
    return date(year, month, 1), date(year + after // 12, after % 12 + 1, 1)
