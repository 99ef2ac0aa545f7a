"""Scan statistics as a careful analyst writes them in numpy: each replicate, each centre."""

from typing import Any, NamedTuple

import numpy as np


class Best(NamedTuple):
    """The most likely cluster of one map."""

    llr: float
    members: list[int]
    length: int


def poisson(
    cases: np.ndarray, people: np.ndarray, x: np.ndarray, y: np.ndarray, replicates: int, seed: int
) -> dict[str, Any]:
    """The most likely circle of at most half of the people, and its p."""
    rng = np.random.default_rng(seed)
    share = people / people.sum()
    orders = _orders(x, y, people)
    total = cases.sum()
    expected = [total * np.cumsum(share[order])[:, None] for order in orders]
    seen = _best(cases[:, None], orders, expected)
    maxima = [
        _best(rng.multinomial(total, share)[:, None], orders, expected).llr
        for _ in range(replicates)
    ]
    return seen._asdict() | {"p": _p(seen.llr, maxima)}


def space_time_permutation(
    counts: np.ndarray, x: np.ndarray, y: np.ndarray, max_days: int, replicates: int, seed: int
) -> dict[str, Any]:
    """The most likely circle of at most half of the cases over the newest days, and its p."""
    rng = np.random.default_rng(seed)
    areas, days = counts.shape
    orders = _orders(x, y, counts.sum(axis=1))
    by_area, by_day = counts.sum(axis=1), counts.sum(axis=0)
    newest = np.cumsum(by_day[::-1][:max_days]) / counts.sum()
    expected = [np.cumsum(by_area[order])[:, None] * newest for order in orders]
    place = np.repeat(np.arange(areas), by_area)
    day = np.repeat(np.tile(np.arange(days), areas), counts.ravel())

    def lately(table: np.ndarray) -> np.ndarray:
        return np.cumsum(table[:, ::-1][:, :max_days], axis=1)

    seen = _best(lately(counts), orders, expected, counts.sum())
    maxima = []
    for _ in range(replicates):
        cell = place * days + rng.permutation(day)
        table = np.bincount(cell, minlength=areas * days).reshape(areas, days)
        maxima.append(_best(lately(table), orders, expected, counts.sum()).llr)
    return seen._asdict() | {"p": _p(seen.llr, maxima)}


def _orders(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    """Each centre's nearest areas, as long as they weigh at most half of all; no ties."""
    found = []
    for far in np.hypot(x[:, None] - x, y[:, None] - y):
        order = np.argsort(far)
        found.append(order[np.cumsum(weight[order]) <= weight.sum() / 2])
    return found


def _best(
    table: np.ndarray, orders: list[np.ndarray], expected: list[np.ndarray], total: Any = None
) -> Best:
    """The highest log likelihood ratio over all circles and lengths (the table's columns)."""
    whole = table.sum() if total is None else total
    best = Best(0.0, [], 0)
    for order, mu in zip(orders, expected):
        c = np.cumsum(table[order], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            llr = c * np.log(c / mu) + (whole - c) * np.log((whole - c) / (whole - mu))
        llr = np.where(c > mu, llr, 0.0)
        at = int(np.argmax(llr)) if llr.size else 0
        if llr.size and llr.flat[at] > best.llr:
            end, length = divmod(at, llr.shape[1])
            best = Best(float(llr.flat[at]), sorted(order[: end + 1].tolist()), length + 1)
    return best


def _p(llr: float, maxima: list[float]) -> float:
    return float((1 + (np.array(maxima) >= llr - 1e-9).sum()) / (1 + len(maxima)))
