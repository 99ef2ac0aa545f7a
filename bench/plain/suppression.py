"""What releases did before differential privacy: thresholds, random rounding, and holding back.

A cell is shown where enough reports, places, days and origins are in it, rounded at random to a
multiple of five; then numbers go until no hidden cell can be worked out too well from the rest.
One build of the community tables, with the limits that were usual.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import words
from geo.arrays import Floats, Ints

GRADES = ("corroborated", "verified")
SETTINGS = ("school", "clinic", "worship", "shelter", "home")
APART = frozenset(kind.code for kind in words.KINDS if kind.sensitive)
KINDS = sorted(words.CODES["kind"])
BANDS = ("00-06", "06-12", "12-18", "18-24")
RECORDS, PLACES, DAYS, ORIGINS, SPREAD = 12, 7, 5, 5, 2
METRES, MOST, BASE, NARROWEST = 300, 3, 5, 10
BIG = 1e6  # stands for no bound: more than a cell can hold


class Table(NamedTuple):
    """A public table: its period, what else tells its cells apart, and how many days it waits."""

    unit: str
    by: tuple[str, ...]
    wait: int
    sensitive: bool = False


TABLES = {
    "city-week-kind": Table("W", ("kind",), 3),
    "area-month": Table("M", ("area",), 14),
    "area-quarter": Table("Q", ("area",), 14),
    "area-quarter-kind": Table("Q", ("area", "kind"), 14),
    "area-year-kind": Table("Y", ("area", "kind"), 14),
    "city-quarter-band": Table("Q", ("band",), 3),
    "city-year-sensitive": Table("Y", ("kind",), 14, sensitive=True),
}
_NAMES = {"M": "%Y-%m", "Q": "%Y-Q%q", "Y": "%Y"}


class Blocks(NamedTuple):
    """Many blocks of one shape, each of cells (nodes) that are sums of each other.

    `end` is when a node's period ends in its block, `fine` how fine its table is, `quarter` the
    part of the block it lies in, -1 for the whole. NaN is not shown.
    """

    value: Floats  # (blocks, nodes)
    sums: list[tuple[int, Ints]]
    end: Ints
    fine: Ints
    quarter: Ints


def build(
    records: pd.DataFrame, groups: Sequence[int], secret: bytes, since: date, as_of: date
) -> dict[str, pd.DataFrame]:
    """The tables by name: period, keys and n (missing where not shown), every cell a row.

    `since` is a January 1: the first day counted. `as_of` says which periods are closed.
    """
    rows = _rows(records, secret)
    tables = {name: _table(rows, of, groups, secret, since, as_of) for name, of in TABLES.items()}
    week = tables["city-week-kind"]
    many = week["kind"].nunique()
    nodes = np.arange(many)
    weeks = Blocks(
        week["n"].to_numpy().reshape(-1, many),
        [(0, nodes[1:])],
        0 * nodes,
        np.sign(nodes),
        0 * nodes,
    )
    week["n"] = _hold_back(weeks).ravel()
    _hold_back_areas(tables, len(groups), many - 1)
    return {name: frame.astype({"n": "Int32"}) for name, frame in tables.items()}


def _rows(records: pd.DataFrame, secret: bytes) -> pd.DataFrame:
    """The reports that count, as numbers: what they share, and a secret number of each."""
    counts = (records["source_kind"] == "community") & records["grade"].isin(GRADES)
    found = records[counts & records["kind"].isin(KINDS)].reset_index(drop=True)
    square = np.floor(found[["x", "y"]].astype(float) / METRES)
    square = square.where(square.notna().all(axis=1))
    # a source that states no origins has one a report
    states = found["source"].isin(records.loc[records["origin"].notna(), "source"])
    origin = found.groupby(["source", "origin"], dropna=False, observed=True).ngroup()
    keys = [
        hashlib.blake2b(name.encode(), digest_size=8, key=secret).digest()
        for name in found["incident_id"]
    ]
    return pd.DataFrame(
        {
            "day": pd.to_datetime(found["local_date"]),
            "area": found["group"].astype("int64"),
            "kind": found["kind"].astype(str),
            "band": found["hour"].astype("Float64").floordiv(6).fillna(-1).astype("int64"),
            "place": square.groupby(["x", "y"]).ngroup().fillna(-1).astype("int64"),
            "origin": origin.where(states, -2 - found.index.to_series()),
            "key": np.frombuffer(b"".join(keys), "<u8"),
            "sensitive": found["kind"].isin(APART) | found["setting"].isin(SETTINGS),
        }
    )


def _table(
    rows: pd.DataFrame, of: Table, groups: Sequence[int], secret: bytes, since: date, as_of: date
) -> pd.DataFrame:
    """One table with every cell of its grid, sorted by its keys."""
    first, last = pd.Timestamp(since), pd.Timestamp(as_of) - pd.Timedelta(of.wait, "D")
    periods = pd.period_range(first, last, freq=of.unit)
    periods = periods[(periods.start_time >= first) & (periods.end_time < last)]
    names = periods.start_time.strftime("%G-W%V") if of.unit == "W" else None
    axes = {
        "period": periods.strftime(_NAMES[of.unit]) if names is None else names,
        "area": pd.Index(sorted(groups), dtype="int32"),
        "kind": pd.Index([k for k in KINDS if of.sensitive or k not in APART]),
        "band": pd.Index(BANDS),
    }
    rows = rows[rows["sensitive"] == of.sensitive]
    at = {"period": periods.get_indexer(pd.PeriodIndex(rows["day"], freq=of.unit))}
    for by in of.by:
        at[by] = rows["band"].to_numpy() if by == "band" else axes[by].get_indexer(rows[by])
    inside = np.all([where >= 0 for where in at.values()], axis=0)
    rows = rows[inside]
    cell = 0
    for by, where in at.items():
        cell = cell * len(axes[by]) + where[inside]
    grid = pd.MultiIndex.from_product([axes[by] for by in at], names=list(at))
    n = _shown(rows, cell, secret).reindex(range(len(grid))).to_numpy()
    frame = grid.to_frame(index=False).assign(n=n)
    if of.unit == "W":  # all kinds are rounded on their own: they need not be the sum of the kinds
        n = _shown(rows, at["period"][inside], secret).reindex(range(len(names))).to_numpy()
        frame = pd.concat([pd.DataFrame({"period": names, "kind": "all", "n": n}), frame])
    return frame.sort_values(list(at), ignore_index=True)


def _shown(rows: pd.DataFrame, cell: Any, secret: bytes) -> "pd.Series[float]":
    """The rounded number of each cell that holds any report, NaN where it may not be shown.

    Chance comes from a secret and the reports of the cell alone: one amount moves all limits.
    """
    rows = rows.assign(cell=cell)
    by = rows.groupby("cell")
    n, sums = by.size(), by["key"].sum()
    drawn = [hmac.digest(secret, int(s).to_bytes(8, "little"), "sha256")[:16] for s in sums]
    first, second = np.frombuffer(b"".join(drawn), "<u8").reshape(-1, 2).T
    moved = (first % np.uint64(2 * SPREAD + 1)).astype(np.int64) - SPREAD
    counted = rows.groupby(["cell", "place", "day"]).size().clip(upper=MOST)
    may = counted.groupby("cell").sum() + moved >= RECORDS
    for column, least in (("place", PLACES), ("day", DAYS), ("origin", ORIGINS)):
        may &= by[column].nunique() + moved >= least
    up = n % BASE / BASE + (second >> np.uint64(11)) * 2.0**-53 >= 1
    return (BASE * (n // BASE + up)).astype(float).where(may)


def _hold_back_areas(tables: dict[str, pd.DataFrame], areas: int, kinds: int) -> None:
    """Hold numbers back in blocks of an area and year: months, quarters, each by kind, the year."""
    years = -(-len(tables["area-month"]) // (12 * areas))
    shapes = {
        "area-month": (12, areas, 1),
        "area-quarter": (4, areas, 1),
        "area-quarter-kind": (4, areas, kinds),
        "area-year-kind": (1, areas, kinds),
    }
    parts = []
    for name, (periods, _, many) in shapes.items():
        n = np.full(years * periods * areas * many, np.nan)
        n[: len(tables[name])] = tables[name]["n"]
        parts.append(n.reshape(years, periods, areas, many).swapaxes(1, 2))
    value = np.concatenate([p.reshape(years * areas, -1) for p in parts], axis=1)
    q, k = np.arange(4), np.arange(kinds)
    sums = [(12 + i, np.arange(3 * i, 3 * i + 3)) for i in q]
    sums += [(12 + i, 16 + i * kinds + k) for i in q]
    sums += [(16 + 4 * kinds + i, 16 + q * kinds + i) for i in k]
    end = np.r_[np.arange(1, 13), 3 * (q + 1), np.repeat(3 * (q + 1), kinds), 12 + 0 * k]
    fine = np.repeat([3, 1, 2, 0], (12, 4, 4 * kinds, kinds))
    quarter = np.r_[np.repeat(q, 3), q, np.repeat(q, kinds), -1 + 0 * k]
    left = _hold_back(Blocks(value, sums, end, fine, quarter))
    ends = np.cumsum([part[0, 0].size for part in parts])[:-1]
    for (name, (periods, _, many)), n in zip(shapes.items(), np.split(left, ends, axis=1)):
        n = n.reshape(years, areas, periods, many).swapaxes(1, 2).ravel()
        tables[name]["n"] = n[: len(tables[name])]


def _hold_back(blocks: Blocks) -> Floats:
    """The values without the numbers that say too much of a hidden cell, the newest first."""
    value = blocks.value.copy()
    left = np.arange(len(value))
    while len(left):
        part = blocks._replace(value=value[left])
        low, high = _bounds(part)
        narrow = np.isnan(part.value) & (high - low < NARROWEST)
        at = np.flatnonzero(narrow.any(axis=1))
        left = left[at]
        for block, one in zip(left, at):
            value[block, _offender(part, one, int(narrow[one].argmax()))] = np.nan
    return value


def _offender(blocks: Blocks, block: int, node: int) -> int:
    """The newest number involved in a node known too well; of several the finest, the smallest."""
    value = blocks.value[block]
    shown = ~np.isnan(value)
    near = np.zeros(len(value), bool)
    for parent, parts in blocks.sums:
        if node == parent or node in parts:
            near[parent] = near[parts] = True
    same = (blocks.quarter == blocks.quarter[node]) | (blocks.quarter[node] < 0)
    these = next(
        np.flatnonzero(asked) for asked in (near & shown, same & shown, shown) if asked.any()
    )
    order = np.lexsort((these, value[these], -blocks.fine[these], -blocks.end[these]))
    return int(these[order[0]])


def _bounds(blocks: Blocks) -> tuple[Floats, Floats]:
    """The least and most that every node can be, from one sum after the other."""
    hidden = np.isnan(blocks.value)
    low = np.where(hidden, 0, np.maximum(blocks.value - BASE + 1, RECORDS - SPREAD))
    high = np.where(hidden, BIG, blocks.value + BASE - 1)
    for _ in range(12):
        was = low.copy(), high.copy()
        for parent, parts in blocks.sums:
            low[:, parent] = np.maximum(low[:, parent], low[:, parts].sum(axis=1))
            high[:, parent] = np.minimum(high[:, parent], high[:, parts].sum(axis=1))
            others = low[:, parts].sum(axis=1, keepdims=True) - low[:, parts]
            top = np.minimum(high[:, parts], high[:, [parent]] - others)
            others = high[:, parts].sum(axis=1, keepdims=True) - high[:, parts]
            low[:, parts] = np.maximum(low[:, parts], low[:, [parent]] - others)
            high[:, parts] = top
        if np.array_equal(was[0], low) and np.array_equal(was[1], high):
            break
    return low, high
