"""Hot and cold areas: Gi* with its permutation test, where it stands after control."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo import hot_spots
from geo.weights import binary

Array = npt.NDArray[np.float64]

LEVEL = 0.05
HOT, COLD, CHANCE, NONE, UNDECIDED = "hot", "cold", "", "none", "undecided"


class Found(NamedTuple):
    """Gi* (z), two-sided permutation p, q over all values tested, and a label for each.

    `label` is "hot" or "cold" where q is at most the level, "" where chance explains it, "none"
    where nothing was tested: no value, or no neighbor that has one, and "undecided" where hardly
    a permutation reached the value but telling would take more than are made
    (`hot_spots.sequential_p`).
    """

    z: Array
    p: Array
    q: Array
    label: npt.NDArray[np.object_]


def find(
    values: npt.ArrayLike,
    weights: Any,
    permutations: int = 9999,
    seed: int | None = None,
    level: float = LEVEL,
    importance: npt.ArrayLike = 1.0,
) -> Found:
    """Find areas that, with their neighbors, are high or low: values (areas,) or (areas, steps).

    The permutation holds an area's own value, so its p speaks of the neighbors alone: an area
    is hot only where they lie above what they would by chance and Gi* is high too, cold the
    other way round. Benjamini and Hochberg's control runs over all values given, those of more
    `importance` first (`hot_spots.sequential_p`).
    """
    x = np.asarray(values, float)
    z = hot_spots.gi_star(x, weights)
    around = _around(x, weights)
    tested = np.isfinite(around) & np.isfinite(z)
    # Gi* and the neighbors point opposite ways: an outlier among its neighbors, no cluster
    against = np.sign(around) * np.sign(z) < 0
    found = hot_spots.sequential_p(
        x, weights, tested, permutations, seed, level, against, importance
    )
    with np.errstate(invalid="ignore"):
        stands = found.q <= level
    label = np.where(np.isfinite(found.p), CHANCE, NONE).astype(object)
    label[found.undecided] = UNDECIDED
    label[stands & (around > 0)] = HOT
    label[stands & (around < 0)] = COLD
    return Found(z, found.p, found.q, label)


def would_be_hot(
    values: npt.ArrayLike,
    weights: Any,
    areas: npt.ArrayLike,
    tests: float,
    permutations: int = 9999,
    seed: int | None = None,
    level: float = LEVEL,
) -> npt.NDArray[np.bool_]:
    """Mask of the maps, values (areas, maps), in which any of some areas would be called hot.

    As `find` does with each map alone, where no area but these stands and so many `tests` are
    made: what a planted rise is looked for with.
    """
    x, rows = np.asarray(values, float), np.asarray(areas, np.int64)
    p = hot_spots.permutation_p(x, weights, permutations, seed, rows)[rows]
    high = (_around(x, weights)[rows] > 0) & (hot_spots.gi_star(x, weights)[rows] > 0)
    p = np.sort(np.where(high & np.isfinite(p), p, 1.0), axis=0)
    rank = np.arange(1, len(rows) + 1)[:, None]
    return np.asarray((p * tests <= level * rank).any(axis=0))


def _around(x: Array, weights: Any) -> Array:
    """The mean of each area's neighbors less that of all other areas."""
    near = binary(weights)
    held = np.isfinite(x)
    known = np.where(held, x, 0.0)
    others = held.sum(axis=0) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (near @ known) / (near @ held.astype(float))
        out = found - (known.sum(axis=0) - known) / others
    return np.asarray(np.where(held & (others > 0), out, np.nan))
