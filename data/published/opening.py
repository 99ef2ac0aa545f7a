"""The map that a release opens on, decided once for the embed and the public dashboard.

The first source that has a number, in the order of SOURCES: the network's own reports before what
others recorded. Of it the finest map with a number in half of the areas; else the map of its
longest periods, which then says less than the whole city by week.
"""

from typing import NamedTuple

import numpy as np

from data.published.grids import GRAINS, MAPPED, Grid, Sort
from geo.arrays import Flags, Floats

HALF = 0.5  # of the areas: fewer with a number are no map to be led to


class Opening(NamedTuple):
    """The map that a page opens on: its source's folder, kind, length of period and the index of
    the period."""

    sort: str
    kind: str
    every: str
    period: int


def opening_sort(found: dict[str, Sort]) -> Sort:
    """The source to open with: the first that has a number, else the first."""
    return next((s for s in found.values() if s.kinds()), next(iter(found.values())))


def opening_of(sort: Sort) -> tuple[Opening, bool]:
    """The map that a source opens on, and whether half of the areas have a number on it."""
    for every in MAPPED:
        for kind in sort.kinds_of(every):
            grid = sort.maps[every][kind]
            if _is_full(grid).any():
                return Opening(sort.name, kind, every, opening_period(grid)), True
    every = next((e for e in reversed(GRAINS) if sort.maps.get(e)), "")
    if not every:
        return Opening(sort.name, "", MAPPED[-1], 0), False
    grids = sort.maps[every]
    kind = max(sort.kinds_of(every), key=lambda k: _share(grids[k]).max())
    return Opening(sort.name, kind, every, opening_period(grids[kind])), False


def opening_period(grid: Grid) -> int:
    """The index of the newest period in which half of the areas have a number, else of the newest
    with most of them."""
    full, share = _is_full(grid), _share(grid)
    return int(np.flatnonzero(full if full.any() else share == share.max())[-1])


def _is_full(grid: Grid) -> Flags:
    """Return for each period whether half of the areas have a number."""
    return np.asarray(_share(grid) >= HALF)


def _share(grid: Grid) -> Floats:
    """The share of areas that have a number, each period; an official zero is none here."""
    return np.asarray(np.mean(grid.n > 0, axis=1))
