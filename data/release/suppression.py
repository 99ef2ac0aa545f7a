"""Suppression: numbers held back so that no cell that is not shown is known too well.

Of the numbers that together say too much the newest goes. Where several are new, the
finest goes: a total that is missing beside its part would itself say that the rest is
small, a part that is missing beside its total says nothing.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.release.constraints import (
    LEAST,
    WIDE,
    ConstraintBlocks,
    area_years,
    city_weeks,
    narrow,
    propagate_bounds,
)
from data.release.tables import Tables
from geo.arrays import Flags


def suppress(
    tables: Tables,
    base: int = 5,
    before: Mapping[str, pd.DataFrame] | None = None,
    least: int = LEAST,
    wide: int = WIDE,
) -> tuple[Tables, int]:
    """The tables without the numbers that say too much, and how many there were.

    Numbers that the release `before` has too stay: they are public.
    """
    tables = {path: frame.copy(deep=False) for path, frame in tables.items()}
    closed = closed_rows(tables, before or {})
    held = 0
    for side in sorted({path.split("/")[0] for path in tables} & {"community", "press"}):
        for shape in (area_years, city_weeks):
            family = shape(tables, side)
            gone = suppressed_nodes(family, base, closed, least, wide)
            held += int(gone.sum())
            _erase(tables, family, gone)
    return tables, held


def suppressed_nodes(
    family: ConstraintBlocks,
    base: int,
    closed: dict[str, Flags],
    least: int = LEAST,
    wide: int = WIDE,
) -> Flags:
    """Mask of the nodes of a family that must go, found one a block after the other."""
    value = family.value.copy()
    fixed = _fixed(family, closed)
    left = np.arange(len(value))
    while len(left):
        part = family._replace(value=value[left])
        low, high = propagate_bounds(part, base, least)
        bad = narrow(part, low, high, wide)
        at = np.flatnonzero(bad.any(axis=1))
        node = [offender(part, int(b), int(bad[b].argmax()), fixed[left[b]]) for b in at]
        # none to choose: closed numbers alone say it, and nothing can take that back
        found = np.array([n >= 0 for n in node], bool)
        left = left[at[found]] if len(at) else left[:0]
        value[left, [n for n in node if n >= 0]] = np.nan
    return np.asarray(np.isnan(value) & ~np.isnan(family.value))


def offender(family: ConstraintBlocks, block: int, node: int, fixed: Flags) -> int:
    """The newest number involved in a node known too well; -1 where all are closed."""
    value = family.value[block]
    shown = ~np.isnan(value) & ~fixed
    near = np.zeros(len(value), bool)
    for parent, parts in family.sums:
        if node == parent or node in parts:
            near[parent] = near[parts] = True
    same = (family.quarter == family.quarter[node]) | (family.quarter[node] < 0)
    for involved in (near & shown, same & shown, shown):
        if involved.any():
            these = np.flatnonzero(involved)
            order = np.lexsort((these, value[these], -family.fine[these], -family.end[these]))
            return int(these[order[0]])
    return -1


def _fixed(family: ConstraintBlocks, closed: dict[str, Flags]) -> Flags:
    out = np.zeros(family.value.shape, bool)
    for path in set(family.paths) & closed.keys():
        here = np.array([p == path for p in family.paths])
        rows = family.rows[:, here]
        if len(closed[path]):
            out[:, here] = (rows >= 0) & closed[path][rows]
    return out


def _erase(tables: Tables, family: ConstraintBlocks, gone: Flags) -> None:
    for path in sorted(set(family.paths)):
        here = np.array([p == path for p in family.paths])
        rows = family.rows[:, here][gone[:, here]]
        if len(rows):
            n = tables[path]["n"].copy()
            n.iloc[rows] = None
            tables[path] = tables[path].assign(n=n)


def closed_rows(tables: Tables, before: Mapping[str, pd.DataFrame]) -> dict[str, Flags]:
    """Masks of the rows of each table that say what an earlier release said."""
    out = {}
    for path in tables.keys() & before.keys():
        keys = [c for c in before[path] if c != "n"]
        old = before[path].astype({"n": "Int32"})
        both = tables[path][[*keys, "n"]].merge(old, "left", keys, suffixes=("", "_old"))
        out[path] = np.asarray((both["n"] == both["n_old"]).fillna(False), bool)
    return out
