"""The released cells as sums of each other: a period and its parts, an area and its kinds.

A family is many blocks of one shape: an area and year, or a week of the city. Its nodes
are cells of the released tables; each of its sums says that one node is the total of
others. All that the strict tables tell of each other within a place is in these.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.release.tables import TABLES, Tables
from geo.arrays import Floats, Ints

LEAST = 10  # no number that is shown stands for fewer
WIDE = 10  # an interval narrower than this tells too much of a cell that is not shown
BIG = 1e6  # stands for no bound: more than a cell can hold
_COLUMNS = {t.name: (*t.keys, "n") for t in TABLES if not t.sensitive and "band" not in t.by}


class ConstraintBlocks(NamedTuple):
    """Blocks of nodes. `end` is when a node's period ends in its block, `fine` how fine
    its table is; `quarter` is the part of the block it lies in, -1 for the whole."""

    paths: list[str]
    rows: Ints  # (blocks, nodes): the row in the node's table, -1 where it has none
    value: Floats  # (blocks, nodes): NaN where not shown
    sums: list[tuple[int, Ints]]
    end: Ints
    fine: Ints
    quarter: Ints
    kinds: int


def area_years(tables: Tables, side: str) -> ConstraintBlocks:
    """Blocks of an area and year: 12 months, 4 quarters, quarters and the year by kind."""
    got = {name: tables.get(f"{side}/{name}", _none(name)) for name in _COLUMNS}
    by_area = [frame for name, frame in got.items() if name.startswith("area")]
    areas = sorted({int(a) for frame in by_area for a in frame["area"].unique()})
    years = sorted({int(p[:4]) for frame in by_area for p in frame["period"].unique()})
    kinds = _kinds(got["area-quarter-kind"], got["area-year-kind"])
    many = len(kinds)
    first = {"area-month": 0, "area-quarter": 12, "area-quarter-kind": 16}
    first["area-year-kind"] = 16 + 4 * many
    nodes = 16 + 5 * many
    rows = np.full((len(areas) * len(years), nodes), -1)
    value = np.full(rows.shape, np.nan)
    for name, at in first.items():
        frame = got[name]
        period = frame["period"].astype(str)
        block = np.searchsorted(areas, frame["area"].to_numpy(np.int64)) * len(years)
        block = block + np.searchsorted(years, period.str[:4].to_numpy(np.int64))
        if name == "area-month":
            node = period.str[5:7].to_numpy(np.int64) - 1
        else:
            node = np.zeros(len(frame), np.int64)
        if "quarter" in name:
            node = node + (period.str[6].to_numpy(np.int64) - 1) * (many if "kind" in name else 1)
        if "kind" in name:
            node = node + frame["kind"].astype(str).map(kinds).to_numpy(np.int64)
        rows[block, at + node] = np.arange(len(frame))
        value[block, at + node] = frame["n"].to_numpy(float, na_value=np.nan)
    q, k = np.arange(4), np.arange(many)
    sums = [(12 + i, np.arange(3 * i, 3 * i + 3)) for i in range(4)]
    sums += [(12 + i, 16 + i * many + k) for i in range(4) if many]
    sums += [(16 + 4 * many + i, 16 + q * many + i) for i in range(many)]
    paths = [f"{side}/{n}" for n, c in zip(first, (12, 4, 4 * many, many)) for _ in range(c)]
    end = np.r_[np.arange(1, 13), 3 * (q + 1), np.repeat(3 * (q + 1), many), np.full(many, 12)]
    fine = np.repeat([3, 1, 2, 0], (12, 4, 4 * many, many))
    quarter = np.r_[np.repeat(q, 3), q, np.repeat(q, many), np.full(many, -1)]
    return ConstraintBlocks(paths, rows, value, sums, end, fine, quarter, many)


def city_weeks(tables: Tables, side: str) -> ConstraintBlocks:
    """Blocks of a week of the city: all, and each kind."""
    frame = tables.get(f"{side}/city-week-kind", _none("city-week-kind"))
    kinds = {"all": 0} | {k: i + 1 for k, i in _kinds(frame).items()}
    weeks = sorted(frame["period"].astype(str).unique())
    rows = np.full((len(weeks), len(kinds)), -1)
    value = np.full(rows.shape, np.nan)
    block: Any = np.searchsorted(weeks, frame["period"].astype(str)) if len(frame) else []
    node = frame["kind"].astype(str).map(kinds).to_numpy(np.int64)
    rows[block, node] = np.arange(len(frame))
    value[block, node] = frame["n"].to_numpy(float, na_value=np.nan)
    nodes = len(kinds)
    none = np.zeros(nodes, np.int64)
    sums = [(0, np.arange(1, nodes))] if nodes > 1 else []
    fine = np.r_[0, np.ones(nodes - 1, np.int64)]
    paths = [f"{side}/city-week-kind"] * nodes
    return ConstraintBlocks(paths, rows, value, sums, none, fine, none, nodes - 1)


def _none(name: str) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=object) for c in _COLUMNS[name]})


def _kinds(*frames: pd.DataFrame) -> dict[str, int]:
    found = {str(k) for frame in frames for k in frame["kind"].unique()} - {"all"}
    return {kind: i for i, kind in enumerate(sorted(found))}


def interval(value: Floats, base: int, least: int = LEAST) -> tuple[Floats, Floats]:
    """The bounds of shown numbers: n in (value - base, value + base), at least `least`."""
    none = np.isnan(value)
    low = np.where(none, 0.0, np.maximum(value - base + 1, least))
    return low, np.where(none, BIG, value + base - 1)


def propagate_bounds(
    family: ConstraintBlocks, base: int, least: int = LEAST
) -> tuple[Floats, Floats]:
    """The bounds of every node that follow from one sum after the other.

    Wider than the truth of a linear programme only where several sums together say
    more than each: the linear programme of the attacks asks for that.
    """
    low, high = interval(family.value, base, least)
    for _ in range(12):
        was = low.copy(), high.copy()
        for parent, parts in family.sums:
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


def narrow(
    family: ConstraintBlocks, low: Floats, high: Floats, wide: int = WIDE
) -> npt.NDArray[np.bool_]:
    """Mask of the nodes that are not shown, and yet known too well."""
    return np.isnan(family.value) & (high - low < wide)
