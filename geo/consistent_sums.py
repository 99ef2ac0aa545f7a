"""Noisy tables of the same events made consistent: every sum that two of them share agrees.

Weighted least squares under linear constraints (Hay et al. 2010, "Boosting the accuracy of
differentially private histograms through consistency"; Li et al. 2010, the matrix mechanism):
among all numbers whose sums agree, those nearest to the measured ones, each by its variance.
Then none below zero, with the totals held where they were, then whole numbers that still add up.
It only works on what was measured: post-processing, which tells nothing more of the events.
"""

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import NamedTuple

import clarabel
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.arrays import Floats, Ints

_ZERO = 1e-7
_HAIR = 1e-5  # of an event
_MOST_STEPS = 2  # a whole number lies at most so far beyond the two nearest ones


class Measured(NamedTuple):
    """A noisy table: the levels of its cells (rows), their numbers, the variance of the noise.

    `levels` has a column for every level that tells its cells apart, the finest and all that are
    coarser (month, quarter, year; group, district), so that two tables share the sums over the
    columns that both have.
    """

    levels: pd.DataFrame
    n: Floats
    variance: float


class Fit(NamedTuple):
    """Fitted numbers of all cells of some tables, one after the other.

    `real` has sums that agree, `whole` is whole, at least 0 and agrees too.
    """

    real: Floats
    whole: Ints
    starts: tuple[int, ...]
    variance: Floats
    loadings: Floats

    def sums(self, table: int, cell: Ints, size: int) -> tuple[Ints, Floats]:
        """Sums of a table's cells, by the number 0 .. size - 1 of the sum of each: the whole
        numbers, and the standard deviation of each sum."""
        first, last = self.starts[table], self.starts[table + 1]
        whole = np.bincount(cell, self.whole[first:last], size).astype(np.int64)
        plain = np.bincount(cell, self.variance[first:last], size)
        pick = sparse.csr_array(
            (np.ones(last - first), (cell, np.arange(last - first))), (size, last - first)
        )
        shared = np.asarray(pick @ self.loadings[first:last])
        left = plain - np.einsum("ij,ij->i", shared, shared)
        return whole, np.sqrt(np.maximum(left, 0))


def fit(
    tables: Sequence[Measured], totals: Collection[str], coarse: Sequence[Collection[str]] = ()
) -> Fit:
    """Tables of the same events fitted to each other. ValueError where none has a cell.

    `totals` are the levels (of time) by which totals are held while what is below zero is lifted;
    `coarse` are levels of more sums, each lifted and held before the cells are.
    """
    sizes = [len(table.levels) for table in tables]
    starts = np.r_[0, np.cumsum(sizes)]
    if not starts[-1]:
        raise ValueError("There is nothing to fit.")
    n = np.concatenate([np.asarray(table.n, float) for table in tables])
    variance = np.repeat([table.variance for table in tables], sizes).astype(float)
    agree, held = _constraints(tables, starts, totals)
    real, loadings = _least_squares(n, variance, agree)
    stages = sorted([held, *_coarse_sums(tables, starts, coarse)], key=lambda rows: rows.shape[0])
    positive = _without_negatives(real, variance, agree, stages)
    whole = _whole(positive, agree, held)
    return Fit(real, whole, tuple(starts.tolist()), variance, loadings)


def _constraints(
    tables: Sequence[Measured], starts: Ints, totals: Collection[str]
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Rows that are 0 where two tables agree in a sum, and rows of the totals to be held.

    Those are the finest sums by time alone that two tables share: totals of the whole.
    """
    size = int(starts[-1])
    blocks = [sparse.csr_array((0, size))]
    held, most = _sums_of(tables[0].levels[[]], int(starts[0]), size)[1], 0
    for (i, one), (j, other) in combinations(enumerate(tables), 2):
        common = [c for c in one.levels if c in other.levels]
        left, mine = _sums_of(one.levels[common], int(starts[i]), size)
        right, theirs = _sums_of(other.levels[common], int(starts[j]), size)
        both = left.intersection(right)
        mine, theirs = mine[left.get_indexer(both)], theirs[right.get_indexer(both)]
        blocks.append(mine - theirs)
        if len(both) > most and set(common) <= set(totals):
            held, most = mine, len(both)
    return sparse.csr_array(sparse.vstack(blocks)), sparse.csr_array(held)


def _coarse_sums(
    tables: Sequence[Measured], starts: Ints, coarse: Sequence[Collection[str]]
) -> list[sparse.csr_array]:
    """The rows of each asked sum, from the first table that has its levels."""
    found = []
    for levels in coarse:
        for table, start in zip(tables, starts):
            if {*levels} <= {*table.levels}:
                found.append(_sums_of(table.levels[[*levels]], int(start), int(starts[-1]))[1])
                break
    return found


def _sums_of(keys: pd.DataFrame, start: int, size: int) -> tuple[pd.Index, sparse.csr_array]:
    """The sums of a table's cells over equal keys: what each is of, and its row."""
    if keys.shape[1]:
        index = pd.MultiIndex.from_frame(keys.astype(str))
        at, names = pd.factorize(index)
    else:
        at, names = np.zeros(len(keys), np.int64), pd.Index(["all"])
    columns = start + np.arange(len(keys))
    rows = sparse.csr_array((np.ones(len(keys)), (at, columns)), (len(names), size))
    return pd.Index(names), rows


def _least_squares(n: Floats, variance: Floats, agree: sparse.csr_array) -> tuple[Floats, Floats]:
    """The nearest numbers that agree, and loadings L: their covariance is diag(variance) - L L'."""
    if not agree.shape[0]:
        return n, np.zeros((len(n), 1))
    weighted = agree.multiply(variance[None, :]).tocsr()
    value, vector = np.linalg.eigh((weighted @ agree.T).toarray())
    kept = value > _ZERO * value.max()
    loadings = np.asarray(weighted.T @ (vector[:, kept] / np.sqrt(value[kept])))
    step = np.asarray(loadings @ ((vector[:, kept] / np.sqrt(value[kept])).T @ (agree @ n)))
    return n - step, loadings


def _without_negatives(
    real: Floats, variance: Floats, agree: sparse.csr_array, stages: Sequence[sparse.csr_array]
) -> Floats:
    """The nearest numbers that agree, of which no cell and no sum of any stage is below 0.

    The sums of a stage are held for the next ones, and all for the cells: of many small cells that
    are lifted at once the sum would be lifted.
    """
    found, rules = real, agree
    for i, sums in enumerate([*stages, sparse.eye_array(len(real), format="csr")]):
        # what is held is what was reached, to the last digit, and may be a hair below 0: so each
        # stage may lie a hair lower than the one before, else nothing would add up
        found = _nearest(real, variance, rules, rules @ found, sums, -_HAIR * i)
        rules = sparse.vstack([rules, sums])
    return np.maximum(found, 0.0)


def _nearest(
    n: Floats,
    variance: Floats,
    rules: sparse.csr_array,
    aims: Floats,
    sums: sparse.csr_array,
    least: float,
) -> Floats:
    """The numbers nearest to n, each by its variance, for which rules @ numbers are the aims and no
    sum is below `least`: a quadratic programme. RuntimeError where it has no solution: none is
    known."""
    scale = np.sqrt(variance)  # solved for steps of a standard deviation: alike for all tables
    step = sparse.csc_array(sparse.vstack([rules, -sums]).multiply(scale[None, :]))
    bound = np.r_[aims - rules @ n, sums @ n - least]
    cones = [clarabel.ZeroConeT(rules.shape[0]), clarabel.NonnegativeConeT(sums.shape[0])]
    square = sparse.csc_array(sparse.eye_array(len(n)))
    for constant in (1e-8, 1e-7, 1e-6):  # of the solver: more of it where rules repeat each other
        options = clarabel.DefaultSettings()
        options.verbose, options.static_regularization_constant = False, constant
        solver = clarabel.DefaultSolver(square, np.zeros(len(n)), step, bound, cones, options)
        solved = solver.solve()
        if solved.status in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
            return np.asarray(n + scale * np.asarray(solved.x))
    raise RuntimeError(f"No numbers without a negative one add up: {solved.status}")


def _whole(real: Floats, agree: sparse.csr_array, held: sparse.csr_array) -> Ints:
    """Whole numbers that agree, nearest to real ones that do: controlled rounding.

    Where sums are nested this is the method of largest remainders; where they cross, an integer
    programme (Cox 1987). RuntimeError where no solution lies near: none is known.
    """
    n = len(real)
    floor = np.floor(real + _ZERO)
    rest = np.clip(real - floor, 0, 1)
    down = np.minimum(floor, _MOST_STEPS)
    cost = np.r_[1 - 2 * rest, np.ones(2 * n)]
    bounds = Bounds(np.zeros(3 * n), np.r_[np.ones(n), np.full(n, _MOST_STEPS), down])
    rules = sparse.csr_array(sparse.vstack([agree, held]))
    aims = np.r_[np.zeros(agree.shape[0]), np.rint(held @ real)] - rules @ floor
    rows = LinearConstraint(sparse.hstack([rules, rules, -rules], format="csc"), aims, aims)
    # the smaller of equal remainders goes up in the order of the cells: one answer, not many
    cost[:n] += 1e-6 * np.arange(n) / n
    solved = milp(cost, integrality=np.ones(3 * n, np.int64), bounds=bounds, constraints=rows)
    if solved.x is None:
        raise RuntimeError(f"No whole numbers add up: {solved.message}")
    up, more, less = np.rint(solved.x).reshape(3, n)
    return np.asarray(floor + up + more - less, np.int64)
