"""Hot spots of a View: areas that, with their neighbors, are high or low beyond chance."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.maps import frames
from data.maps.frames import Steps
from data.patterns import neighbors, power
from data.storage.store import Current
from data.views import recording
from data.views.recording import Stretch
from data.views.view import View
from geo import emerging, hot_areas, rates, weights

PERMUTATIONS = 9999
LEVEL = hot_areas.LEVEL
LEAST_AREAS = 8  # areas with a rate: among fewer nothing can be said to be high
LEAST_STEPS = emerging.LEAST
_UNITS = ("month", "week")
MAPS = 40  # made for each rise of which the power is asked
MOST_DEALS = 50_000_000  # areas x permutations for them


@dataclass(frozen=True)
class Hot:
    """`table` has a row a unit: area, n, own (its rate), rate (smoothed), times (the rate of the unit and its
    neighbors together, times that of the place), around (how many neighbors), z, p, q and
    label: "hot", "cold", "" where it may be chance, "none" where it was not tested, "undecided"
    where it cannot be told (`hot_areas.find`).

    `tested` of the areas were. `place` is the rate of them all together.
    """

    table: pd.DataFrame
    tested: int
    place: float


def judged(
    n: npt.NDArray[Any], people: npt.NDArray[np.float64], near: Any, seed: int
) -> hot_areas.Found:
    """Gi* of the standardized rate of counts by `people` (residents or km2, NaN for none).

    Standardized by the variance that a rate of so many residents has where the risk is the same
    everywhere but for what areas differ without a pattern: `rates.standardized`.
    """
    return hot_areas.find(rates.standardized(n, people), near, PERMUTATIONS, seed, LEVEL)


def hot(
    current: Current,
    units: gpd.GeoDataFrame,
    n: npt.NDArray[np.int64],
    asked: npt.NDArray[np.bool_],
    of: str,
    near: Any,
    seed: int,
) -> Hot:
    """Hot and cold units (`judged`) of those that the View asks for; `near` are their neighbors
    (`data.patterns.neighbors.between`)."""
    people = np.where(asked, neighbors.exposure(current, units, of), np.nan)
    rate = rates.empirical_bayes(n, people)
    held = np.isfinite(rate)
    found = judged(n, people, near, seed)
    events = np.where(held, n, 0.0)
    exposed = np.where(held, people, 0.0)
    place = events.sum() / exposed.sum() if held.any() else np.nan
    star = weights.star(near)
    with np.errstate(invalid="ignore", divide="ignore"):
        times = (star @ events) / (star @ exposed) / place
    table = pd.DataFrame(
        {
            "area": units["name"].to_numpy(object),
            "n": n,
            "own": np.where(held, n, np.nan) / people,
            "rate": rate,
            "times": np.where(held, times, np.nan),
            "around": np.asarray(near @ held.astype(float)).astype(int),
            "z": found.z,
            "p": found.p,
            "q": found.q,
            "label": found.label,
        }
    )
    return Hot(table, int(np.isfinite(found.p).sum()), float(place))


@dataclass(frozen=True)
class Emerging:
    """Hot and cold spots over time: the label of each unit, and its state in each step.

    `label` is a word of geo.emerging a unit; `state` (units, steps) is 1 where hot, -1 where
    cold, 0 where chance explains it or nothing was tested; `trend` is Mann-Kendall's z. The
    steps lie in `stretch`, the View's days since recording last changed. `undecided` (units,
    steps) are the cells of which nothing can be told (`hot_areas.UNDECIDED`).
    """

    steps: Steps
    label: npt.NDArray[np.object_]
    state: npt.NDArray[np.int8]
    z: npt.NDArray[np.float64]
    trend: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    stretch: Stretch
    undecided: npt.NDArray[np.bool_]


def over_time(
    current: Current,
    view: View,
    units: gpd.GeoDataFrame,
    asked: npt.NDArray[np.bool_],
    of: str,
    near: Any,
    unit: str,
    seed: int,
) -> Emerging:
    """The space-time cube of the View by whole months or weeks, and what became of each unit.

    It never spans a known change of recording.
    """
    stretch = recording.newest_stretch(view, current.meta)
    view = recording.since_change(view, current.meta)
    steps = frames.steps(current, view, unit, 1)
    counts = frames.count_frames(current, view, steps, units).areas
    people = np.where(asked, neighbors.exposure(current, units, of), np.nan)
    found = histories(counts, people, near, seed)
    return Emerging(
        steps,
        found.label,
        found.state,
        found.cells.z,
        found.trend,
        counts,
        stretch,
        found.cells.label == hot_areas.UNDECIDED,
    )


class Histories(NamedTuple):
    """The findings for each cell (units, steps), and for each unit: see `Emerging`."""

    cells: hot_areas.Found
    state: npt.NDArray[np.int8]
    trend: npt.NDArray[np.float64]
    label: npt.NDArray[np.object_]


def histories(
    counts: npt.NDArray[Any], people: npt.NDArray[np.float64], near: Any, seed: int
) -> Histories:
    """Gi* of each step's standardized rate, controlled over all of the counts (units, steps).

    The newest step is one half of the control. A word of change is said only where the change
    stands (`emerging.confirm`).
    """
    every = [rates.standardized(counts[:, t], people) for t in range(counts.shape[1])]
    rate = np.stack(every, axis=1) if every else np.zeros(counts.shape)
    found = hot_areas.find(rate, near, PERMUTATIONS, seed, LEVEL, _newest_first(rate.shape))
    sign = (found.label == "hot").astype(np.int8) - (found.label == "cold").astype(np.int8)
    # a step that chance explains counts as none, whichever way its own value lies
    q = np.where(sign != 0, found.q, np.where(np.isfinite(found.q), 1.0, np.nan))
    z = np.where(sign != 0, sign * np.abs(found.z), found.z)
    trend = emerging.mann_kendall(found.z)
    enough = z.shape[1] >= LEAST_STEPS
    named = emerging.classify(z, q) if enough else [emerging.NOTHING] * len(z)
    held = np.where(np.isfinite(found.z), counts, 0)
    return Histories(found, sign, trend, emerging.confirm(named, sign, held, trend, near))


def smallest(
    current: Current,
    units: gpd.GeoDataFrame,
    n: npt.NDArray[np.int64],
    asked: npt.NDArray[np.bool_],
    of: str,
    near: Any,
    seed: int,
    families: int = 1,
) -> float | None:
    """The smallest rise in a typical area and its neighbors that would usually have shown.

    Maps are made as chance would make this one: the areas' own smoothed rates dealt out anew,
    Poisson counts of them, and the rise planted where an area and its neighbors together have
    as many residents (or km2) as the middle one of all. They are judged as `hot` judges, or
    with two `families` of equal weight as `over_time` does its newest step.
    """
    people = np.where(asked, neighbors.exposure(current, units, of), np.nan)
    rate = rates.empirical_bayes(n, people)
    held = np.isfinite(rate)
    if not n[held].any():
        return None
    star = weights.star(near)
    reached = np.where(held, star @ np.where(held, people, 0.0), np.nan)
    middle = np.argsort(reached)[int(held.sum() - 1) // 2]  # NaN last
    block = np.intersect1d(star[[middle]].indices, np.flatnonzero(held))
    tests = families * int(held.sum())
    deals = int(min(max(4 * tests / LEVEL / len(block), PERMUTATIONS), MOST_DEALS / len(n)))
    rng = np.random.default_rng(seed)
    mean = np.zeros((len(n), MAPS))
    dealt = rng.permuted(np.repeat(rate[held][:, None], MAPS, axis=1), axis=0)
    mean[held] = dealt * people[held][:, None]

    def share(rise: float) -> float:
        risen = mean.copy()
        risen[block] *= rise
        made = rng.poisson(risen)
        maps = np.stack([rates.standardized(one, people) for one in made.T], axis=1)
        return float(hot_areas.would_be_hot(maps, near, block, tests, deals, seed, LEVEL).mean())

    return power.smallest(share)


def _newest_first(shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Weights that count the newest step as much as all others together: it is what is asked."""
    weight = np.ones(shape)
    weight[:, -1:] = max(shape[1] - 1, 1)
    return weight
