"""A1: what the difference of two shown numbers tells, where one holds the other's records.

Every pair of a total and up to three disjoint parts of it, and totals of up to three
disjoint cells themselves. The same records give the same answer in every table, so that
two numbers that differ are known to differ by a record at least.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from data.attacks.case import Case, Found
from data.release.constraints import ConstraintBlocks, area_years, city_weeks, interval
from geo.arrays import Ints

_TOLD = 9  # a difference known to be 1 to 9 is a small cell that somebody worked out
_Shape = tuple[Ints, Ints]  # combinations of nodes: (many, 1 to 3) of totals and of parts
CHUNK = 4000


def differencing(case: Case) -> Found:
    """Count the shown numbers, and differences of them, that are known to lie within 1 to 9."""
    asked = told = 0
    for side in case.sides():
        for frame in (f for path, f in case.tables.items() if path.startswith(f"{side}/")):
            n = frame["n"].dropna().to_numpy(float)
            low, high = interval(n, case.base, case.least)
            told += int(((low >= 1) & (high <= _TOLD)).sum())
        for family in (area_years(case.tables, side), city_weeks(case.tables, side)):
            more, bad = _differences(family, case.base, case.least)
            asked, told = asked + more, told + bad
    return Found(told == 0, f"{told} of {asked:,} differences told")


def _differences(family: ConstraintBlocks, base: int, least: int) -> tuple[int, int]:
    asked = told = 0
    shown = ~np.isnan(family.value)
    some = np.flatnonzero(shown.sum(axis=1) > 1)
    low, high = interval(family.value[some], base, least)
    value, shown = family.value[some], shown[some]
    for totals, parts in _shapes(family):
        for at in range(0, len(totals), CHUNK):
            u, v = totals[at : at + CHUNK], parts[at : at + CHUNK]
            known = np.ones((len(some), len(u)), bool)
            for nodes in (*u.T, *v.T):
                known &= shown[:, nodes]
            block, row = np.nonzero(known)
            if not len(block):
                continue
            first, second = (block[:, None], u[row]), (block[:, None], v[row])
            least_of = np.maximum(0, low[first].sum(axis=1) - high[second].sum(axis=1))
            most_of = high[first].sum(axis=1) - low[second].sum(axis=1)
            if u.shape[1] == v.shape[1] == 1:
                differ = (value[first] != value[second])[:, 0]
                least_of = np.where(differ, np.maximum(least_of, 1), least_of)
            asked += len(block)
            told += int(((least_of >= 1) & (most_of <= _TOLD)).sum())
    return asked, told


def _shapes(family: ConstraintBlocks) -> Iterator[_Shape]:
    """Yield pairs of node sets, the second nested in the first, all pairs of one size together."""
    parts_of: dict[int, list[Ints]] = {}
    for parent, parts in family.sums:
        parts_of.setdefault(parent, []).append(parts)
    tiers: dict[str, list[int]] = {}
    for parent in parts_of:
        tiers.setdefault(family.paths[parent], []).append(parent)
    found: dict[tuple[int, int], list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for parents in tiers.values():
        ways = max(len(parts_of[p]) for p in parents)
        for many in (1, 2, 3):
            for total in combinations(parents, many):
                for way in range(ways):
                    under = [int(n) for p in total for n in parts_of[p][way]]
                    for few in (1, 2, 3):
                        if few < len(under):
                            chosen = combinations(under, few)
                            found.setdefault((many, few), []).extend((total, c) for c in chosen)
    for months, kinds in _twins(family):  # a quarter's months together are its kinds together
        for few in (1, 2, 3):
            chosen = combinations([int(k) for k in kinds], few)
            found.setdefault((3, few), []).extend((tuple(map(int, months)), c) for c in chosen)
    for pairs in found.values():
        if pairs:
            yield np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _twins(family: ConstraintBlocks) -> list[tuple[Ints, Ints]]:
    """Both cuts of nodes that have two, the first of three parts: a quarter's months, its kinds."""
    by: dict[int, list[Ints]] = {}
    for parent, parts in family.sums:
        by.setdefault(parent, []).append(parts)
    return [(w[0], w[1]) for w in by.values() if len(w) == 2 and len(w[0]) == 3]
