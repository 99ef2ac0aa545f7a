"""Scan statistics: the circle, or the circle of the newest days, that chance explains least."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import scan_windows
from geo.scan_windows import Array, Circles, Whole

CELLS = 32_768  # lengths times replicates that are worked on at once: it stays in the cache
IN_SPACE = ("centre", "members", "population", "cases", "expected", "relative_risk", "llr", "p")
IN_TIME = (
    "centre",
    "members",
    "days",
    "start",
    "cases",
    "expected",
    "ratio",
    "llr",
    "p",
    "recurrence_interval",
)

Counts = npt.NDArray[np.int64]


def poisson(
    cases: npt.ArrayLike,
    population: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    max_share: float = 0.5,
    replicates: int = 999,
    seed: int | None = None,
    distance: str = "euclidean",
) -> pd.DataFrame:
    """Circles with more cases than their population explains: Kulldorff's (1997) spatial scan.

    One row a cluster: the most likely one first, then those that share no area with any
    before. `centre` and `members` are positions in what was given; `relative_risk` is the
    rate inside over the rate outside (inf with no case outside), `llr` the log likelihood
    ratio. Every window with more cases than expected may become a row, so look at `p`: the
    rank of `llr` among the maxima of `replicates` maps on which the cases fall by population
    alone. It is exact for the first row and cautious for the others.

    Circles are centred on the areas, take in the nearest ones (equally far together) and hold
    at most `max_share` of the population. With distance="great_circle" x is longitude and y
    latitude. Areas whose population is 0 or NaN are left out together with their cases:
    `attrs` of the answer say how many ("left_out_areas", "left_out_cases").
    """
    n = _whole(cases, 1)
    people = np.asarray(population, float)
    if people.shape != n.shape or np.shape(x) != n.shape or np.shape(y) != n.shape:
        raise ValueError("Give one number an area in each of cases, population, x and y.")
    if (people < 0).any() or np.isinf(people).any():
        raise ValueError("population must be 0 or more: use NaN where it is not known.")
    kept = np.flatnonzero(people > 0)
    east, north = (np.asarray(v, float)[kept] for v in (x, y))
    left_out = {
        "left_out_areas": len(n) - len(kept),
        "left_out_cases": int(n.sum() - n[kept].sum()),
    }
    n, people = n[kept], people[kept]
    found = scan_windows.circles(scan_windows.distances(east, north, distance), people, max_share)
    total, share = int(n.sum()), people / people.sum()
    expected = total * scan_windows.held(found, share[:, None])

    def maps(rng: np.random.Generator, size: int) -> Counts:
        """Cases by population alone."""
        return np.asarray(rng.multinomial(total, share, size).T[:, None, :])

    rows = []
    for window, _, p, llr in _clusters(
        found, n[:, None], expected, total, (east, north), maps, replicates, seed
    ):
        members = found.members(window)
        c, mu = int(n[members].sum()), float(expected[window, 0])
        inside, outside = c / mu, (total - c) / (total - mu)
        risk = inside / outside if outside else np.inf
        centre = int(kept[found.centre[window]])
        held = float(people[members].sum())
        rows.append((centre, kept[members].tolist(), held, c, mu, risk, llr, p))
    return _frame(rows, IN_SPACE, left_out)


def space_time_permutation(
    counts: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    max_days: int = 30,
    max_share: float = 0.5,
    replicates: int = 999,
    seed: int | None = None,
    distance: str = "euclidean",
) -> pd.DataFrame:
    """Circles with more cases in the newest days than place and day alone explain.

    The prospective space-time permutation scan (Kulldorff, Heffernan, Hartman, Assuncao and
    Mostashari 2005) of `counts` (areas, days), oldest day first. A window is a circle (as in
    `poisson`, but with at most `max_share` of all cases, since no population is known) over
    the last 1 to `max_days` days. A place with many cases and a day with many cases are
    both expected to have them; only what comes together counts.

    One row a cluster: the most likely one first, then those that share no area with any
    before. `days` is its length, `start` the position of its first day, `ratio` observed over
    expected. Look at `p`, the rank of `llr` among the maxima of `replicates` tables with the
    same sums of places and days; `recurrence_interval` is 1 / p: run daily, a cluster as
    unlikely comes up by chance once in so many days.
    """
    n = _whole(counts, 2)
    if len(n) != np.size(x) or len(n) != np.size(y):
        raise ValueError(f"counts has {len(n)} areas: give one x and y for each of them.")
    if max_days < 1:
        raise ValueError(f"max_days is {max_days}: use 1 or more.")
    total, by_area = int(n.sum()), n.sum(axis=1)
    newest = n[:, ::-1][:, :max_days]  # the newest day first, as windows grow
    by_day = newest.sum(axis=0)
    found = scan_windows.circles(scan_windows.distances(x, y, distance), by_area, max_share)
    # whole numbers until the end, so that equal windows stay equal
    inside = scan_windows.held(found, by_area[:, None])
    expected = inside * (np.cumsum(by_day) / max(total, 1))

    def tables(rng: np.random.Generator, size: int) -> Counts:
        """Cases whose days are permuted."""
        return np.cumsum(permuted(by_area, by_day, size, rng), axis=1)

    seen = np.cumsum(newest, axis=1)
    rows = []
    for window, length, p, llr in _clusters(
        found, seen, expected, total, (x, y), tables, replicates, seed
    ):
        members = found.members(window)
        c, mu = int(seen[members, length].sum()), float(expected[window, length])
        days = length + 1
        centre, start = int(found.centre[window]), n.shape[1] - days
        rows.append((centre, members.tolist(), days, start, c, mu, c / mu, llr, p, 1 / p))
    return _frame(rows, IN_TIME, {})


def permuted(by_area: Whole, by_day: Whole, size: int, rng: np.random.Generator) -> Counts:
    """Random tables (areas, days, size) of cases whose days are permuted among their places.

    `by_area` are the cases of all days, `by_day` those of some days: the other days are never
    asked for, so they are not drawn. Every table has these sums of days, and together with
    the days not drawn those of areas.
    """
    some, areas, days = int(by_day.sum()), len(by_area), len(by_day)
    drawn = rng.multivariate_hypergeometric(by_area, some, size, method="marginals")
    if some > 2 * areas * days:
        return _dealt(drawn.T, by_day, rng)
    places = np.tile(np.arange(areas, dtype=np.int32), size)
    places = np.repeat(places, drawn.ravel()).reshape(size, some)
    rng.permuted(places, axis=1, out=places)
    day = np.repeat(np.arange(days), by_day)
    cell = (places.astype(np.int64) * days + day) * size + np.arange(size)[:, None]
    return np.bincount(cell.ravel(), minlength=areas * days * size).reshape(areas, days, size)


def _dealt(by_area: Whole, by_day: Whole, rng: np.random.Generator) -> Counts:
    """Tables of the sums `by_area` (areas, size) and `by_day`: as dear for millions of cases."""
    left = by_area.copy()
    out = np.zeros((len(left), len(by_day), left.shape[1]), np.int64)
    for day, cases in enumerate(by_day):
        wanted, others = np.full(left.shape[1], cases), left.sum(axis=0)
        for area in range(len(left)):
            others -= left[area]
            out[area, day] = rng.hypergeometric(left[area], others, wanted)
            wanted -= out[area, day]
        left -= out[:, day]
    return out


def _clusters(
    found: Circles,
    seen: Counts,
    expected: Array,
    total: int,
    at: tuple[npt.ArrayLike, npt.ArrayLike],
    drawn: Callable[[np.random.Generator, int], Counts],
    replicates: int,
    seed: int | None,
) -> list[tuple[int, int, float, float]]:
    """Window, length (from 0), p and log likelihood ratio of each cluster, most likely first.

    `seen` is (areas, lengths) and `expected` (windows, lengths); `drawn` gives so many tables
    (areas, lengths, replicates) by chance.
    """
    if replicates < 1:
        raise ValueError(f"replicates is {replicates}: use 1 or more, 999 as a rule.")
    if not total or not expected.size:
        return []
    every = scan_windows.likelihood(scan_windows.held(found, seen), expected, total)
    length = np.argmax(every >= scan_windows.near(every.max(axis=1))[:, None], axis=1)
    llr = np.take_along_axis(every, length[:, None], axis=1)[:, 0]
    picked = scan_windows.apart(found, llr, *at)
    if not len(picked):
        return []
    rng = np.random.default_rng(seed)
    step = max(CELLS // seen.shape[1], 1)
    sizes = [min(step, replicates - done) for done in range(0, replicates, step)]
    by_chance = np.concatenate(
        [scan_windows.highest(found, drawn(rng, size), expected, total) for size in sizes]
    )
    reached = (by_chance >= scan_windows.near(llr[picked])[:, None]).sum(axis=1)
    p = (1 + reached) / (1 + replicates)
    return list(zip(picked.tolist(), length[picked].tolist(), p.tolist(), llr[picked].tolist()))


def _whole(counts: npt.ArrayLike, axes: int) -> Counts:
    """Counts as whole numbers."""
    n = np.asarray(counts, float)
    if n.ndim != axes:
        form = "one number an area" if axes == 1 else "(areas, days)"
        raise ValueError(f"The counts have shape {n.shape}: give {form}.")
    if not np.isfinite(n).all() or (n < 0).any() or (n != np.round(n)).any():
        raise ValueError("Some counts are not whole numbers of 0 or more: count cases first.")
    return n.astype(np.int64)


def _frame(
    rows: list[tuple[Any, ...]], columns: tuple[str, ...], told: dict[str, int]
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    frame.attrs.update(told)
    return frame
