"""Episodes: reports of one event, found by density in space and time; and likely duplicates."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Floats, Ints
from geo.neighbors import Neighbors, Stretch, pairs, prepared
from geo.st_dbscan import Clusters, check, st_dbscan, st_dbscan_core

__all__ = [
    "Clusters",
    "duplicate_pairs",
    "episodes",
    "first_reports",
    "st_dbscan",
    "st_dbscan_core",
]

EVERY = 4_000_000  # pairs: of more, only the closest are looked at
CLOSER = 4  # times as close at each try
CLOSEST = 1e-6  # of the distances asked for: below it, only what is alike


def episodes(records: pd.DataFrame, labels: npt.ArrayLike) -> pd.DataFrame:
    """One row an episode, the largest first; of equal ones, the one that ended last.

    `records` has x, y in metres, occurred_at (or t, in any unit), source and, where it
    is known who sent them, origin. `labels` are those of `st_dbscan`; noise is left out.

    x and y are the mean, `extent` the metres from there to the farthest record.
    `sources` counts what is known to be independent: each origin of each source, and one
    for a source with no known origin. A record of unknown origin may come from an origin
    that is counted already, so it adds nothing to its source's known ones.
    """
    label = np.asarray(labels)
    when = "occurred_at" if "occurred_at" in records else "t"
    missing = [name for name in ("x", "y", when, "source") if name not in records]
    if missing:
        raise ValueError(f"The records have no {', '.join(missing)}. Give each as a column.")
    if label.shape != (len(records),):
        raise ValueError(
            f"There are {len(records)} records and labels of the shape {label.shape}. "
            "Give one label a record."
        )
    kept = label >= 0
    table = pd.DataFrame(
        {
            "episode": label[kept],
            "x": records["x"].to_numpy(np.float64)[kept],
            "y": records["y"].to_numpy(np.float64)[kept],
            "when": records[when].array[kept],
        }
    )
    grouped = table.groupby("episode")
    found = grouped.agg(
        size=("x", "size"),
        x=("x", "mean"),
        y=("y", "mean"),
        start=("when", "min"),
        end=("when", "max"),
    )
    dx, dy = (table[v] - found[v].reindex(table["episode"]).to_numpy() for v in ("x", "y"))
    far = np.hypot(dx, dy).groupby(table["episode"]).max()
    found.insert(3, "extent", far)
    found["sources"] = _independent(records[kept], table["episode"].to_numpy())
    order = ["size", "end", "episode"]
    return found.reset_index().sort_values(order, ascending=[False, False, True], ignore_index=True)


def _independent(records: pd.DataFrame, episode: Ints) -> pd.Series:
    """Count the origins of each episode that are known to be independent."""
    origin = records["origin"].array if "origin" in records else np.full(len(records), None)
    table = pd.DataFrame({"episode": episode, "source": records["source"].array, "origin": origin})
    each = table.groupby(["episode", "source"], dropna=False, observed=True)["origin"].nunique()
    return each.clip(lower=1).groupby("episode").sum()


@np.errstate(over="ignore", under="ignore")
def duplicate_pairs(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    t: npt.ArrayLike,
    eps_space: float,
    eps_time: float,
    same: Sequence[npt.ArrayLike] = (),
    most: int = 10_000,
) -> pd.DataFrame:
    """Pairs of records that may be one, the closest first: proposals, for people to judge.

    At most `eps_space` metres and `eps_time` apart, both included, and equal in each of
    the lists of codes in `same`; a code that is missing equals nothing. Columns: first
    and second row, first < second; `metres`; `apart` in the unit of t; and `score`, the
    larger of both as a share of what is allowed: 0 for the same place and time, at most 1.
    In order of score, then rows. Of more than `most` pairs the closest are given;
    `attrs["found"]` says how many there are in all.
    """
    x, y, t = (np.asarray(v, dtype=np.float64) for v in (x, y, t))
    check(x, y, t, eps_space, eps_time)
    if most < 1:
        raise ValueError(f"most is {most}. Use 1 or more pairs.")
    group = _grouped(same, len(x))
    rows = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & np.isfinite(t) & (group >= 0))
    x, y, t, group = x[rows], y[rows], t[rows], group[rows]
    near, _ = prepared(x, y, t, eps_space, eps_time, group)
    number = found = _count(near)
    share = 1.0
    while number > max(most, EVERY) and share:
        share = share / CLOSER if share > CLOSEST else 0.0
        closer, _ = prepared(x, y, t, share * eps_space, share * eps_time, group)
        number = _count(closer)
        if number < most:
            break
        near = closer
    a, b = _closest(near, (eps_space, eps_time), most)
    metres, apart, score = _scored(near, a, b, (eps_space, eps_time))
    first, second = np.sort(rows[near.order[[a, b]]], axis=0)
    columns = {"first": first, "second": second, "metres": metres, "apart": apart, "score": score}
    table = pd.DataFrame(columns)
    table.attrs["found"] = found
    return table


def first_reports(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    day: npt.ArrayLike,
    hour: npt.ArrayLike,
    eps_space: float,
    eps_time: float,
) -> npt.NDArray[np.bool_]:
    """Mask of the records that are the first of those that may all be of one event.

    Records belong together that are linked by steps of at most `eps_space` metres and
    `eps_time` hours; where the hour is NaN, by steps within the same `day` among those without
    one. `x` and `y` in metres. A record without a place belongs to no other.
    """
    x, y, day, hour = (np.asarray(v, dtype=np.float64) for v in (x, y, day, hour))
    timed = np.isfinite(hour)
    first = np.ones(len(x), bool)
    for rows, t, eps in ((timed, hour, eps_time), (~timed, day, 0.0)):
        at = np.flatnonzero(rows)
        at = at[np.argsort(t[at], kind="stable")]
        label = st_dbscan(x[at], y[at], t[at], eps_space, eps, 2)
        ours = np.flatnonzero(label >= 0)
        first[at[ours]] = False
        first[at[ours[np.unique(label[ours], return_index=True)[1]]]] = True
    return first


def _grouped(same: Sequence[npt.ArrayLike], count: int) -> Ints:
    """A number for each combination of codes; -1 where one is missing."""
    group = np.zeros(count, dtype=np.int64)
    for codes in same:
        values = pd.Series(codes)
        if len(values) != count:
            raise ValueError(f"A list in `same` has {len(values)} codes for {count} records.")
        code = pd.factorize(values)[0]
        both = np.where((group < 0) | (code < 0), -1, group * (count + 1) + code)
        group = np.unique(np.append(both, -1), return_inverse=True)[1][:-1] - 1
    return group


def _alike(near: Neighbors) -> bool:
    """Return whether only records of the same place and time are near."""
    return near.eps_space == near.eps_time == 0


def _ahead(near: Neighbors) -> Iterator[Stretch]:
    """Stretches in which each pair stands once; by rows where all pairs are alike."""
    yield from near.ahead(np.argsort(near.order) if _alike(near) else np.arange(len(near.order)))


def _count(near: Neighbors) -> int:
    """Count the pairs; those in stretches that are near as a whole unseen."""
    number = 0
    for found in _ahead(near):
        number += int((found.stop - found.start)[found.whole].sum())
        unsure = found.only(~found.whole)
        for which, other in pairs(unsure):
            number += int(near.near(unsure.record[which], other).sum())
    return number


def _closest(near: Neighbors, allowed: tuple[float, float], most: int) -> tuple[Ints, Ints]:
    """Sorted places of the closest pairs, in order."""
    best = np.zeros((2, 0), dtype=np.int64)
    worst = np.inf
    for found in _ahead(near):
        for which, other in pairs(found):
            record = found.record[which]
            hit = near.near(record, other)
            record, other = record[hit], other[hit]
            good = _scored(near, record, other, allowed)[2] <= worst
            best = np.hstack((best, np.stack((record[good], other[good]))))
            rows = np.sort(near.order[best], axis=0)
            score = _scored(near, best[0], best[1], allowed)[2]
            order = np.lexsort((rows[1], rows[0], score))[:most]
            best = best[:, order]
            if len(order) == most:
                worst = score[order[-1]]
                if _alike(near):  # then they come in order of their rows
                    return best[0], best[1]
    return best[0], best[1]


def _scored(
    near: Neighbors, a: Ints, b: Ints, allowed: tuple[float, float]
) -> tuple[Floats, Floats, Floats]:
    """Metres and time apart of each pair, and the larger as a share of what is allowed."""
    metres = np.hypot(near.x[a] - near.x[b], near.y[a] - near.y[b])
    apart = np.abs(near.t[a] - near.t[b])
    shares = [v / eps if eps else np.zeros(len(v)) for v, eps in zip((metres, apart), allowed)]
    return metres, apart, np.minimum(np.maximum(*shares), 1.0)
