"""Estimated tables: what measured ones say together, as whole numbers with ranges that add up.

A month is fitted alone at first (provisional), with its quarter once that closes, and with its year
once that closes: then for good. Everything here is computed from measured numbers alone.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.privacy.closed_periods import calendar
from data.privacy.measured_tables import Axes, grid, keys_of
from data.privacy.tables import (
    COARSER,
    NUMBERS,
    OF_QUARTER,
    OF_YEAR,
    ORDINARY,
    PROVISIONAL,
    WEEK_PATH,
    Table,
    Tables,
    estimate_path,
    estimates,
    measured_path,
    profile,
)
from geo import consistent_sums, discrete_laplace
from geo.arrays import Floats, Ints
from geo.consistent_sums import Measured

LIKELY = 1.645  # standard deviations: nine of ten such ranges hold
_TOTALS = ("month", "quarter", "year")  # held by the finest that tables share
_SCOPES = {"month": PROVISIONAL, "quarter": OF_QUARTER, "year": OF_YEAR}


class Scope(NamedTuple):
    """A span of time that is fitted together: its unit, name and year, and whose events."""

    unit: str
    period: str
    sort: str

    @property
    def status(self) -> str:
        """What an estimate of it is called."""
        return _SCOPES[self.unit] if self.sort == ORDINARY else OF_YEAR


def estimate(
    measured: Tables, volumes: dict[str, str], axes: dict[str, Axes], areas: bool
) -> Tables:
    """Estimates of all that was measured, by path; `volumes` and `axes` are by year.

    `measured` holds the measured tables by path, each with whole periods.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    for year, volume in volumes.items():
        tables = profile(volume, areas=areas)
        rows = {t: _of_year(measured.get(measured_path(t)), year) for t in tables}
        for scope in scopes(rows, year):
            for path, frame in _fitted(
                scope, rows, axes[year], estimates(volume, areas=areas)
            ).items():
                found.setdefault(path, []).append(frame)
    joined = {path: _sorted(pd.concat(frames)) for path, frames in found.items()}
    if (parts := joined.get(f"{WEEK_PATH}-part")) is not None:
        joined[WEEK_PATH] = _weeks(parts)
    return joined


def scopes(rows: dict[Table, pd.DataFrame], year: str) -> list[Scope]:
    """The spans to fit, each the longest one of which all tables are measured."""
    found = {Scope("year", year, t.sort) for t, r in rows.items() if len(r) and t.sort != ORDINARY}
    every = [t for t in rows if t.sort == ORDINARY]
    days = calendar(date(int(year), 1, 1), date(int(year), 12, 31))

    def whole(span: pd.DataFrame, tables: list[Table]) -> bool:
        return bool(tables) and all({*span[t.unit]} <= {*rows[t]["period"]} for t in tables)

    if whole(days, every):
        return [*sorted(found), Scope("year", year, ORDINARY)]
    inner = [t for t in every if t.unit != "year"]
    city = [t for t in inner if t.where == "city" and t.unit in ("week-part", "month")]
    spans = []
    for quarter, own in days.groupby("quarter", sort=True):
        if whole(own, inner):
            spans.append(Scope("quarter", str(quarter), ORDINARY))
            continue
        months = own.groupby("month", sort=True)
        spans += [Scope("month", str(m), ORDINARY) for m, span in months if whole(span, city)]
    return [*sorted(found), *spans]


def _of_year(frame: pd.DataFrame | None, year: str) -> pd.DataFrame:
    if frame is None:
        return pd.DataFrame(columns=["period", "n", "epsilon"])
    return frame[frame["period"].str[:4] == year]


def _fitted(
    scope: Scope, rows: dict[Table, pd.DataFrame], axes: Axes, wanted: dict[Table, Table]
) -> Tables:
    """The estimates of one scope, by path."""
    used: list[Table] = []
    inputs: list[Measured] = []
    for table, frame in rows.items():
        if table.sort != scope.sort or not _within(table, scope):
            continue
        cells = grid(table, sorted(frame["period"].unique()), axes)
        cells = cells[cells[scope.unit] == scope.period].reset_index(drop=True)
        own = keys_of(cells, table).merge(frame, "left", table.keys)
        if not len(cells) or own["n"].isna().any():
            continue
        epsilon = float(own["epsilon"].iloc[0])
        n = own["n"].to_numpy(float)
        used.append(table)
        inputs.append(Measured(cells[table.levels], n, discrete_laplace.variance(epsilon)))
    if not used:
        return {}
    # sums of the whole place first: lifting its many small cells at once would lift them
    coarse = [table.levels for table in wanted if table.where == "city"]
    fit = consistent_sums.fit(inputs, _TOTALS, coarse)
    found = {}
    for table, source in wanted.items():
        if source in used and _within(table, scope):
            at = used.index(source)
            names = inputs[at].levels.rename(columns={table.unit: "period"})[table.keys]
            frame = names.drop_duplicates(ignore_index=True)
            cell = names.groupby(table.keys, sort=False).ngroup().to_numpy().astype(np.int64)
            number, sd = fit.sums(at, cell, len(frame))
            found[estimate_path(table)] = _ranged(frame, number, sd).assign(status=scope.status)
    return found


def _within(table: Table, scope: Scope) -> bool:
    """Return whether a table's periods lie in one of the scope's; areas only with their quarter."""
    if scope.unit == "month" and table.where != "city":
        return False
    return scope.unit in (table.unit, *COARSER[table.unit])


def _ranged(frame: pd.DataFrame, number: Ints, sd: Floats) -> pd.DataFrame:
    """Numbers with the range that holds nine times of ten, cut at 0."""
    low, high = (np.rint(number + sign * LIKELY * sd) for sign in (-1, 1))
    return frame.assign(
        number=number.astype(np.int32),
        low=np.maximum(low, 0).astype(np.int32),
        high=high.astype(np.int32),
        sd=np.round(sd, 2),
    )


def _weeks(parts: pd.DataFrame) -> pd.DataFrame:
    """Whole ISO weeks from the parts that month ends cut them into; those with all their parts."""
    first = pd.to_datetime(parts["period"].str[:10])
    last = pd.to_datetime(parts["period"].str[11:])
    iso = first.dt.isocalendar()
    week = iso["year"].astype(str) + "-W" + iso["week"].astype(str).str.zfill(2)
    rows = parts.assign(week=week, days=(last - first).dt.days + 1, square=parts["sd"] ** 2)
    order = {s: i for i, s in enumerate(_SCOPES.values())}
    rows = rows.assign(rank=rows["status"].map(order))
    sums = rows.groupby("week", sort=True)[["number", "days", "square"]].sum()
    status = rows.loc[rows.groupby("week", sort=True)["rank"].idxmin(), "status"].to_numpy(object)
    whole = (sums["days"] == 7).to_numpy()
    frame = pd.DataFrame({"period": sums.index[whole]})
    sd = np.sqrt(sums["square"].to_numpy(float)[whole])
    return _ranged(frame, sums["number"].to_numpy(np.int64)[whole], sd).assign(status=status[whole])


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    keys = [str(c) for c in frame.columns if c not in NUMBERS]
    return frame.sort_values(keys, ignore_index=True)[[*keys, *NUMBERS]]
