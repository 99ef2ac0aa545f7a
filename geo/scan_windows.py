"""Circular windows over areas: how they grow, what they hold, which one is the least likely."""

from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

EARTH_KM = 6371.0088  # mean radius
SAME = 1e-9  # distances that differ by less than this share of the largest are equal
ABOVE = 1 + 1e-12  # a count this much above what is expected is above it, not rounding

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)


class Circles(NamedTuple):
    """Every window, one a row, those of one centre together and growing.

    Window w holds `order[centre[w], :end[w]]`; `order` has each centre's areas by distance,
    `radius` is the distance of the farthest one held.
    """

    order: Whole
    centre: Whole
    end: Whole
    radius: Array

    def members(self, window: int) -> Whole:
        """The areas that a window holds, in the order of their positions."""
        return np.sort(self.order[self.centre[window], : self.end[window]])

    def by_centre(self) -> list[tuple[int, int]]:
        """The first window of each centre, and the one after its last."""
        bounds = np.searchsorted(self.centre, np.arange(len(self.order) + 1)).tolist()
        return list(pairwise(bounds))


def distances(x: npt.ArrayLike, y: npt.ArrayLike, kind: str = "euclidean") -> Array:
    """Every distance between two areas: in the unit of x and y, or for "great_circle" in km.

    "great_circle" takes x as longitude and y as latitude in degrees, on a sphere (haversine).
    """
    a, b = np.asarray(x, float), np.asarray(y, float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"x has shape {a.shape} and y {b.shape}: give one number an area in both.")
    lost = int((~np.isfinite(a) | ~np.isfinite(b)).sum())
    if lost:
        raise ValueError(f"{lost} of {len(a)} areas have no coordinates: leave them out.")
    if kind == "euclidean":
        return np.asarray(np.hypot(a[:, None] - a, b[:, None] - b))
    if kind != "great_circle":
        raise ValueError(f"There is no distance {kind!r}: use 'euclidean' or 'great_circle'.")
    if (np.abs(b) > 90).any() or (np.abs(a) > 360).any():
        raise ValueError("Some x or y are not degrees: x is the longitude, y the latitude.")
    lon, lat = np.radians(a), np.radians(b)
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))))


def circles(far: Array, weight: npt.ArrayLike, max_share: float) -> Circles:
    """The windows centred on each area that hold at most a share of all weight.

    Areas that are equally far enter together. An area that alone weighs more than the share
    is in no window.
    """
    if not 0 < max_share <= 0.5:
        raise ValueError(f"max_share is {max_share}: use a share above 0 and up to 0.5.")
    w = np.asarray(weight, float)
    order = np.argsort(far, axis=1, kind="stable")
    reach = np.take_along_axis(far, order, axis=1)
    last = np.ones(far.shape, bool)
    last[:, :-1] = np.diff(reach, axis=1) > SAME * far.max(initial=0.0)
    light = np.cumsum(w[order], axis=1) <= max_share * w.sum() * ABOVE
    centre, end = np.nonzero(last & light)
    return Circles(order, centre, end + 1, reach[centre, end])


def held(found: Circles, table: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The sums over each window of a table (areas, columns): (windows, columns)."""
    first = np.diff(found.centre, prepend=-1) != 0  # a centre's smallest window
    begin = np.where(first, 0, np.roll(found.end, 1))
    size = found.end - begin
    place = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    area = found.order[np.repeat(found.centre, size), place]
    # each window has what is in the one before it and not yet counted, so few areas are added
    own = (np.ones(len(area), table.dtype), area, np.append(0, np.cumsum(size)))
    out = sparse.csr_array(own, shape=(len(found.end), len(table))) @ table
    for start, stop in found.by_centre():
        np.cumsum(out[start:stop], axis=0, out=out[start:stop])
    return np.asarray(out)


def likelihood(cases: npt.ArrayLike, expected: npt.ArrayLike, total: float) -> Array:
    """The log likelihood ratio of a window with more cases than expected; 0 without more."""
    c, mu = np.asarray(cases, float), np.asarray(expected, float)
    above = (c > mu * ABOVE) & (mu > 0)
    c, mu = np.where(above, c, total / 2), np.where(above, mu, total / 2)
    # log1p, because outside the two hardly differ
    llr = c * np.log(c / mu) + special.xlog1py(total - c, (mu - c) / (total - mu))
    return np.where(above, llr, 0.0)


def apart(found: Circles, llr: Array, x: npt.ArrayLike, y: npt.ArrayLike) -> Whole:
    """The window of the highest ratio, then the next that shares no area with those before.

    Of equal ratios the window with fewer areas comes first, then the smaller, then the one
    with the centre of lower x, then y: so the answer does not depend on how areas are listed.
    """
    at = [np.asarray(v, float)[found.centre] for v in (y, x)]
    listed = np.lexsort((*at, found.radius, found.end))
    centre, end, ratio = found.centre[listed], found.end[listed], llr[listed]
    rank = np.argsort(found.order, axis=1)  # the place of an area in the order of a centre
    free = np.full(len(found.order), len(found.order))  # so many of a centre's are not taken
    out: list[int] = []
    while True:
        left = np.where(end <= free[centre], ratio, 0.0)
        top = left.max(initial=0.0)
        if top <= 0:
            return np.asarray(out, np.int64)
        out.append(int(listed[np.argmax(left >= near(top))]))
        free = np.minimum(free, rank[:, found.members(out[-1])].min(axis=1))


def near(llr: npt.ArrayLike) -> Array:
    """The lowest ratio that counts as equal to one: sums in another order differ by rounding."""
    value = np.asarray(llr, float)
    return np.asarray(value - SAME * np.maximum(value, 1))


def highest(found: Circles, tables: npt.NDArray[np.integer], expected: Array, total: int) -> Array:
    """The highest log likelihood ratio of all windows in each replicate.

    `tables` is (areas, lengths, replicates), each length holding those before, `expected`
    (windows, lengths). What is expected is the same in every replicate, and the ratio grows
    with the count: so the count that reaches a ratio is known beforehand. Counts are whole
    numbers that are only added and compared; logarithms are taken of the few that reach it.
    Where no window does, the replicate is asked again for less, so the answer is exact.
    """
    best = np.zeros(tables.shape[2])
    left = np.arange(len(best))
    first = np.log(max(expected.size, 2)) / 3
    for floor in (first, first / 3, 0.0):
        best[left] = _reaching(found, tables[:, :, left], expected, total, floor)
        left = np.flatnonzero(best < floor)
        if not len(left):
            break
    return best


def _reaching(
    found: Circles, tables: npt.NDArray[np.integer], expected: Array, total: int, floor: float
) -> Array:
    """The highest ratio in each replicate, where it is `floor` or more; else anything lower."""
    lengths, replicates = tables.shape[1:]
    best = np.zeros(replicates)
    kind = _narrow(tables)
    tables = np.ascontiguousarray(tables, kind)
    need = np.minimum(_least(expected, total, floor), np.iinfo(kind).max).astype(kind)[:, :, None]
    sums, reached = np.empty((lengths, replicates), kind), np.empty((lengths, replicates), bool)
    flat, flags = sums.reshape(-1), reached.reshape(-1)
    for order, (start, stop) in zip(found.order.tolist(), found.by_centre()):
        entered, hits = 0, []
        sums.fill(0)
        for window in range(start, stop):
            for area in order[entered : found.end[window]]:
                np.add(sums, tables[area], out=sums)
            entered = found.end[window]
            np.greater_equal(sums, need[window], out=reached)
            (at,) = flags.nonzero()
            hits.append((at, flat[at]))
        if hits:
            at, counts = (np.concatenate(part) for part in zip(*hits))
            which = np.repeat(np.arange(start, stop), [len(places) for places, _ in hits])
            length, replicate = np.divmod(at, replicates)
            llr = likelihood(counts, expected[which, length], total)
            np.maximum.at(best, replicate, llr)
    return best


def _narrow(tables: npt.NDArray[np.integer]) -> type[np.signedinteger]:
    """The narrowest type whose largest number no sum of a table reaches."""
    most = tables[:, -1].sum(axis=0, dtype=np.int64).max(initial=0)
    for kind in (np.int16, np.int32):
        if most < np.iinfo(kind).max:
            return kind
    return np.int64


def _least(expected: Array, total: int, floor: float) -> Whole:
    """The least count whose ratio is `floor` or more; total + 1 if there is none."""
    low = np.floor(expected * ABOVE).astype(np.int64)
    # Bernstein's inequality: this much above the mean is always enough
    enough = np.ceil(expected + np.sqrt(2 * floor * expected) + floor).astype(np.int64)
    high = np.minimum(enough, total + 1)
    while (high - low > 1).any():
        middle = (low + high) // 2
        reached = likelihood(middle, expected, total) >= floor
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray(high)
