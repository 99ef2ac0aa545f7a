"""False findings and power of emerging hot spots."""

import numpy as np

from bench.calibrations import towns
from bench.calibrations.case import Case, Trial
from data.patterns import hot_spots
from geo.emerging import WITHOUT_CHANGE

STATED = 0.05  # of cubes
SKEWED = 0.1  # where a step's counts vary as much as their mean, and residents by 25 times
MEAN = 5.0  # incidents an area and step


def cubes(gradient: float, shape: float | None, steps: int) -> Trial:
    """A trial of whether a cube of one risk flags any cell."""
    people = towns.residents(gradient)

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        n = towns.counts(rng, np.repeat(MEAN * people[:, None], steps, axis=1), shape)
        found = hot_spots.histories(n, people, towns.NEIGHBORS, int(rng.integers(1 << 31)))
        return float((found.state != 0).any()), 1.0

    return trial


def shuffled(steps: int) -> Trial:
    """A trial of whether a word of change is said where areas differ and steps do not."""
    people = towns.residents(1.0)

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        high = np.where(towns.BLOCK, rng.uniform(2, 4), 1.0) * rng.lognormal(0, 0.3, len(people))
        n = towns.counts(rng, np.repeat(6 * MEAN * high[:, None], steps, axis=1), 10.0)
        found = hot_spots.histories(n, people, towns.NEIGHBORS, int(rng.integers(1 << 31)))
        return float(any(str(label).split()[0] in WITHOUT_CHANGE for label in found.label)), 1.0

    return trial


def planted(steps: int) -> Trial:
    """A trial of how many of nine areas, six times as high in the newest step, are hot in it."""
    people = towns.residents(1.0)

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        n = towns.counts(rng, np.repeat(MEAN * people[:, None], steps, axis=1), rise=6.0)
        found = hot_spots.histories(n, people, towns.NEIGHBORS, int(rng.integers(1 << 31)))
        return float((found.state[towns.BLOCK, -1] > 0).sum()), float(towns.BLOCK.sum())

    return trial


CASES = (
    Case("emerging", "52 steps of one risk, Poisson", STATED, cubes(1.0, None, 52), 12),
    Case(
        "emerging",
        "12 steps, 25 times as many residents in the east, negative binomial k = 5",
        STATED,
        cubes(25.0, 5.0, 12),
        30,
    ),
    Case(
        "emerging",
        "12 steps, 25 times as many residents in the east, negative binomial k = 1",
        SKEWED,
        cubes(25.0, 1.0, 12),
        30,
    ),
    Case("emerging", "12 steps of a lasting pattern: a word of change", STATED, shuffled(12), 40),
    Case(
        "emerging",
        "3 x 3 areas six times as high in the newest of 52 steps",
        0.265,
        planted(52),
        8,
        power=True,
    ),
    Case(
        "emerging",
        "3 x 3 areas six times as high in the newest of 12 steps",
        0.265,
        planted(12),
        20,
        power=True,
    ),
)
