"""A2: a linear programme asks how well any cell that is not shown can be known.

An area's months, quarters, kinds and year are sums of each other (families.py). A month
by kind is bound by its two totals alone, so that its range follows from any solution
in closed form. Blocks share nothing but the city, so that one programme holds them all.
"""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy import optimize, sparse

from data.attacks.case import Case, Found, span
from data.release.constraints import (
    BIG,
    WIDE,
    ConstraintBlocks,
    area_years,
    city_weeks,
    interval,
    narrow,
    propagate_bounds,
)
from geo.arrays import Flags, Floats, Ints

CAP = 400.0  # for the programme: what a cell without a bound may hold beyond what is shown
Solve = Callable[[Floats], Floats]


class Ranges(NamedTuple):
    """The least and largest value seen for each target, and the number of programs solved."""

    low: Floats
    high: Floats
    solved: int


def programme(case: Case) -> Found:
    """Check that every cell not shown may be as much as ten more than it may be least."""
    asked = wrong = solved = 0
    tightest = np.inf
    for side in case.sides():
        for shape in (area_years, city_weeks):
            family = shape(case.tables, side)
            bad, width, count, many = known_too_well(family, case.base, case.least)
            wrong, solved, asked = wrong + int(bad.sum()), solved + count, asked + many
            tightest = min(tightest, width)
        wrong += through_the_city(case, side)
    return Found(wrong == 0, f"{wrong} of {asked:,} cells known too well, {solved} programmes")


def known_too_well(
    family: ConstraintBlocks, base: int, least: int
) -> tuple[Flags, float, int, int]:
    """The nodes known too well (or a month by kind under them), the narrowest range,
    the programmes solved and the cells asked about."""
    bad = np.zeros(family.value.shape, bool)
    months = 12 * family.kinds if len(family.sums) > 1 else 0
    asked = int(np.isnan(family.value).sum()) + len(family.value) * months
    held = np.flatnonzero((~np.isnan(family.value)).any(axis=1))
    if not len(held):
        return bad, np.inf, 0, asked
    part = family._replace(value=family.value[held], rows=family.rows[held])
    low, high = propagate_bounds(part, base, least)
    first = narrow(part, low, high)
    if (low > high).any():
        raise ValueError("Numbers that contradict each other: this is no release of ours.")
    seen = _search(part, base, least, skip=first)
    hidden = np.isnan(part.value)
    bad[held] = first | (hidden & (seen.high - seen.low < WIDE))
    width = np.where(hidden, np.minimum(seen.high - seen.low, (high - low)), np.inf)
    narrowest = float(width.min())
    if months:
        spread, more = _months_by_kind(part, base, least)
        month = (spread < WIDE).any(axis=2)
        bad[np.ix_(held, np.arange(12))] |= month
        narrowest, seen = (
            min(narrowest, float(spread.min())),
            seen._replace(solved=seen.solved + more),
        )
    return bad, narrowest, seen.solved, asked


def _system(family: ConstraintBlocks, base: int, least: int) -> tuple[Solve, Floats, Floats]:
    """A solver that minimizes an objective over (blocks, nodes), and the bounds of each node."""
    blocks, nodes = family.value.shape
    low, high = interval(family.value, base, least)
    top = np.nansum(np.where(np.isnan(family.value), 0, family.value), axis=1, keepdims=True)
    high = np.minimum(high, top + CAP * (1 + nodes))
    rows, columns, data = [], [], []
    for i, (parent, parts) in enumerate(family.sums):
        rows += [i] * (1 + len(parts))
        columns += [parent, *parts]
        data += [-1.0] + [1.0] * len(parts)
    one = sparse.csr_matrix((data, (rows, columns)), (len(family.sums), nodes))
    every = sparse.block_diag([one] * blocks, format="csr")
    bounds: Any = np.c_[low.ravel(), high.ravel()]
    matrix: Any = every

    def solve(objective: Floats) -> Floats:
        got = optimize.linprog(
            objective.ravel(),
            A_eq=matrix,
            b_eq=np.zeros(every.shape[0]),
            bounds=bounds,
            method="highs",
        )
        if got.status:
            raise ValueError(f"The linear programme has no answer: {got.message}")
        return np.asarray(got.x).reshape(blocks, nodes)

    return solve, low, high


def _search(family: ConstraintBlocks, base: int, least: int, skip: Flags) -> Ranges:
    """The range of every node that is not shown, as far as it takes to see it is wide.

    First many nodes a block at a time, one in each quarter: a solution that is not the
    best still shows what is possible. What is left is asked for alone, to the end.
    """
    low = np.full(family.value.shape, np.inf)
    high = np.full(family.value.shape, -np.inf)
    hidden = np.isnan(family.value) & ~skip
    alive = np.arange(len(low))
    tried = np.zeros((2, *low.shape), bool)  # asked for, together with others
    ended = np.zeros((2, *low.shape), bool)  # asked for alone
    solved = 0
    system, made = _system(family, base, least)[0], len(alive)
    while True:
        wide = high - low >= WIDE
        need = hidden & ~wide & ~(ended[0] & ended[1])
        now = np.flatnonzero(need.any(axis=1))
        if not len(now):
            return Ranges(
                np.where(np.isinf(low), 0, low), np.where(np.isinf(high), BIG, high), solved
            )
        if len(now) < 0.6 * made:  # the blocks that are done leave the programme
            alive, made = now, len(now)
            system = _system(family._replace(value=family.value[alive]), base, least)[0]
        aim = np.zeros((len(alive), family.value.shape[1]))
        for i, block in enumerate(alive):
            if not need[block].any():
                continue
            for side, sign in ((1, -1.0), (0, 1.0)):
                fresh = need[block] & ~tried[side, block] & ~ended[side, block]
                if fresh.any():
                    for quarter in np.unique(family.quarter[fresh]):
                        node = int(np.flatnonzero(fresh & (family.quarter == quarter))[0])
                        aim[i, node], tried[side, block, node] = sign, True
                    break
                rest = need[block] & ~ended[side, block]
                if rest.any():
                    node = int(rest.argmax())
                    aim[i, node], ended[side, block, node] = sign, True
                    break
        found = system(aim)
        solved += 1
        low[alive] = np.minimum(low[alive], found)
        high[alive] = np.maximum(high[alive], found)


def _months_by_kind(family: ConstraintBlocks, base: int, least: int) -> tuple[Floats, int]:
    """The width of the range of each month by kind, (blocks, 12, kinds), and the programs solved.

    Within a quarter a kind's total and a month's total leave every value from
    max(0, kind + month - quarter) to min(kind, month). Its largest is where the smaller
    of the two is largest: asked for with both pushed up together.
    """
    many = family.kinds
    low = np.full((len(family.value), 12, many), np.inf)
    high = np.full(low.shape, -np.inf)
    solved = 0
    every = [(0, 1, 2, 3), (0,), (1,), (2,), (3,)]  # all quarters at once, then what is left
    for quarters, up, m, k in product(every, (1, -1), range(3), range(many)):
        months = [m + 3 * q for q in quarters]
        left = np.flatnonzero((high - low < WIDE)[:, months, k].any(axis=1))
        if len(left):
            part = family._replace(value=family.value[left])
            aim = np.zeros(part.value.shape)
            aim[:, [*months, *(16 + q * many + k for q in quarters)]] = -up
            found = _system(part, base, least)[0](aim)
            lowest, highest = low[left], high[left]
            _range(found, many, lowest, highest)
            low[left], high[left] = lowest, highest
            solved += 1
    return high - low, solved


def _range(found: Floats, many: int, low: Floats, high: Floats) -> None:
    """Widen the ranges of months by kind by what one solution leaves open."""
    month = found[:, :12, None]
    quarter = np.repeat(found[:, 12:16], 3, axis=1)[:, :, None]
    kind = np.repeat(found[:, 16 : 16 + 4 * many].reshape(-1, 4, many), 3, axis=1)
    np.minimum(low, np.maximum(0, month + kind - quarter), out=low)
    np.maximum(high, np.minimum(month, kind), out=high)


def through_the_city(case: Case, side: str) -> int:
    """Count the cells that the city bounds too well: its weeks less all that other areas show.

    Records outside every area count in the city alone, so that it bounds from above.
    """
    weeks = city_weeks(case.tables, side)
    areas = area_years(case.tables, side)
    if not weeks.value.size or not areas.value.size:
        return 0
    _, high = propagate_bounds(weeks, case.base, case.least)
    low, top = propagate_bounds(areas, case.base, case.least)
    months = _months_of_weeks(case, side)
    years = sorted({m // 12 for m in _months_of_areas(case, side)})
    place = len(areas.value) // max(len(years), 1)
    wrong = 0
    for y, year in enumerate(years):
        block = np.arange(place) * len(years) + y
        for node in range(16):
            first = 12 * year + (node if node < 12 else 3 * (node - 12))
            last = first if node < 12 else first + 2
            inside = (months[:, 1] >= first) & (months[:, 0] <= last)
            covered = inside.sum() >= (4 if node < 12 else 13)
            city = high[inside, 0].sum() if covered else BIG
            others = low[block, node].sum() - low[block, node]
            least = np.minimum(top[block, node], city - others)
            hidden = np.isnan(areas.value[block, node])
            wrong += int((hidden & (least - low[block, node] < WIDE)).sum())
    return wrong


def _months_of_weeks(case: Case, side: str) -> Ints:
    periods = sorted(case.table(side, "city-week-kind")["period"].astype(str).unique())
    ends = [span(p) for p in periods]
    return np.array(
        [(12 * a.year + a.month - 1, 12 * b.year + b.month - 1) for a, b in ends], np.int64
    ).reshape(-1, 2)


def _months_of_areas(case: Case, side: str) -> list[int]:
    frames = [case.table(side, n) for n in ("area-month", "area-quarter", "area-quarter-kind")]
    frames.append(case.table(side, "area-year-kind"))
    return sorted({12 * int(str(p)[:4]) for f in frames for p in f["period"].unique()})
