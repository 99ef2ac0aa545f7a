"""Made towns whose truth is known: areas with counts of one risk, and events in space and time."""

import itertools

import numpy as np
import numpy.typing as npt

from geo import weights

Array = npt.NDArray[np.float64]

SIDE = 10  # areas along each side of a town
CELLS = tuple(itertools.product(range(SIDE), range(SIDE)))
# areas are neighbors where their borders or corners touch
NEIGHBORS = weights.from_pairs(
    [
        (i, j)
        for (i, a), (j, b) in itertools.permutations(enumerate(CELLS), 2)
        if max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1
    ],
    SIDE**2,
)
BLOCK = np.array([3 <= row <= 5 and 3 <= column <= 5 for row, column in CELLS])  # 3 x 3 areas

METRES = 5000.0  # along each side of the town of events
DAYS = 365


def residents(gradient: float) -> Array:
    """Residents that grow from west to east to so many times as many; their mean is 1."""
    people = np.array([gradient ** (column / (SIDE - 1)) for _, column in CELLS])
    return np.asarray(people / people.mean())


def counts(
    rng: np.random.Generator, mean: npt.ArrayLike, shape: float | None = None, rise: float = 1.0
) -> Array:
    """Poisson counts of areas, or negative binomial of a `shape`; `rise` in the block.

    Of several steps (areas, steps) the block has the rise in the last alone.
    """
    risen = np.array(mean, float)
    if risen.ndim == 1:
        risen[BLOCK] *= rise
    else:
        risen[BLOCK, -1] *= rise
    if shape is not None:
        risen = risen * rng.gamma(shape, 1 / shape, risen.shape)
    return rng.poisson(risen).astype(float)


def events(rng: np.random.Generator, n: int, columns: int, rows: int, swing: float) -> Array:
    """x, y in metres and the day of n events of which each local part has a season of its own.

    The town is cut into `columns` x `rows` parts; a season is a yearly wave of so much `swing`,
    and begins anywhere in the year; of two parts they are opposite.
    """
    parts = columns * rows
    part = rng.integers(0, parts, n)
    x = (part % columns + rng.random(n)) * METRES / columns
    y = (part // columns + rng.random(n)) * METRES / rows
    begin = np.array([0, np.pi]) if parts == 2 else rng.uniform(0, 2 * np.pi, parts)
    day = np.zeros(n)
    for i in range(parts):
        weight = 1 + swing * np.sin(2 * np.pi * np.arange(DAYS) / 365 + begin[i])
        here = part == i
        day[here] = rng.choice(DAYS, here.sum(), p=weight / weight.sum())
    return np.array([x, y, day])
