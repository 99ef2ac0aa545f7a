"""False findings and power of hot spots, and of the difference of two heats."""

import numpy as np

from bench.calibrations import towns
from bench.calibrations.case import Case, Trial
from data.patterns import hot_spots
from geo.difference import Period, difference

STATED = 0.05  # of maps
MEAN = 30.0  # incidents an area
SHAPE, METRES, BANDWIDTH = (60, 60), 100.0, 500.0  # pixels of a heat


def maps(gradient: float, shape: float | None, mean: float = MEAN) -> Trial:
    """A trial of whether a map of one risk flags anything."""
    people = towns.residents(gradient)

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        n = towns.counts(rng, mean * people, shape)
        found = hot_spots.judged(n, people, towns.NEIGHBORS, int(rng.integers(1 << 31)))
        return float(np.isin(found.label, ["hot", "cold"]).any()), 1.0

    return trial


def planted(rng: np.random.Generator) -> tuple[float, float]:
    """A trial of how many of the nine areas of a block three times as high are hot."""
    people = towns.residents(1.0)
    n = towns.counts(rng, MEAN * people, rise=3.0)
    found = hot_spots.judged(n, people, towns.NEIGHBORS, int(rng.integers(1 << 31)))
    return float((found.label[towns.BLOCK] == "hot").sum()), float(towns.BLOCK.sum())


def heats(rise: float, metres: float) -> Trial:
    """A trial of whether two heats differ, the later one risen in a square in their middle."""
    mean = np.full(SHAPE, 0.25)
    side = int(metres / METRES / 2)
    risen = mean.copy()
    middle = slice(SHAPE[0] // 2 - side, SHAPE[0] // 2 + side)
    risen[middle, middle] *= rise

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        now, before = (Period(rng.poisson(m), 8.0) for m in (risen, mean))
        inside = np.ones(SHAPE, bool)
        return float(difference(now, before, inside, METRES, BANDWIDTH).sure.any()), 1.0

    return trial


GRADIENT = "one risk, 25 times as many residents in the east"
CASES = (
    Case("hot spots", f"{GRADIENT}, Poisson", STATED, maps(25.0, None), 150),
    Case("hot spots", f"{GRADIENT}, negative binomial k = 5", STATED, maps(25.0, 5.0), 150),
    Case("hot spots", f"{GRADIENT}, negative binomial k = 1", STATED, maps(25.0, 1.0), 150),
    Case("hot spots", f"{GRADIENT}, Poisson of 3 an area", STATED, maps(25.0, None, 3.0), 150),
    Case(
        "hot spots", "3 x 3 areas three times as high, 30 an area", 0.285, planted, 40, power=True
    ),
    Case("density difference", "no change", STATED, heats(1.0, 1200.0), 60),
    Case(
        "density difference", "doubled in 1.2 km square", 0.065, heats(2.0, 1200.0), 40, power=True
    ),
)
