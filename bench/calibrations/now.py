"""False findings and power of the scan of the newest days, where days come in clumps or drift."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bench import made
from bench.calibrations.case import Case, Trial
from data.maps import outlines
from data.patterns import space_time_scan
from data.sample.made_reports import RISE_AREA
from data.views.view import View
from geo import prospective

SIDE, DAYS, MEAN = 9, 365, 0.3  # areas on a lattice; incidents an area and day
STOPS, FORCE, REPORTS = "police-stops", "use-of-force", "community-made"
RISEN = date(2026, 2, 8)  # the newest day while the planted rise lasted
STATED = 1 / space_time_scan.RARE
BLOCK = 1  # areas on each side of the middle: 3 x 3

Counts = npt.NDArray[np.int64]
Made = Callable[[np.random.Generator], Counts]


class Source(NamedTuple):
    """Counts of a source of the sample by area and day, and where its areas are."""

    counts: Counts
    names: npt.NDArray[np.object_]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]


@cache
def sampled(name: str, end: date | None = None) -> Source:
    """A source of the sample, as the page Now counts it, up to a day."""
    current, views, units, _ = _sample()
    view = views[name]
    found = space_time_scan.daily(current, replace(view, end=end) if end else view, units)
    middle = units.to_crs(current.meta["place"]["crs"]).centroid
    return Source(
        found.counts, units["name"].to_numpy(object), middle.x.to_numpy(), middle.y.to_numpy()
    )


@cache
def _sample() -> tuple[Any, ...]:
    """The sample's store, a View of each source, its areas, and the folder while it is needed."""
    folder = tempfile.TemporaryDirectory(prefix="porchlight-calibration-")
    store = made.sample_store(Path(folder.name) / "store", community=True)
    current = store.at(str(store.stamp()))
    views = {}
    for source in current.meta["sources"]:
        start, end = (date.fromisoformat(source[edge]) for edge in ("start", "end"))
        named = (source["name"],)
        views[source["name"]] = View(current.stamp, named, start, end, area_set="neighborhoods")
    return current, views, outlines.units(current, "neighborhoods"), folder


def lattice() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The middles of the made areas."""
    x, y = np.meshgrid(np.arange(SIDE, dtype=float), np.arange(SIDE, dtype=float))
    return x.ravel(), y.ravel()


def means(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """The mean of each made area in a day: some many, most few; (areas, days)."""
    return rng.gamma(1.5, MEAN / 1.5, (SIDE * SIDE, 1)) * np.ones(DAYS)


def clumped(rng: np.random.Generator) -> Counts:
    """Negative binomial days, k = .5."""
    mean = means(rng)
    return rng.poisson(mean * rng.gamma(0.5, 2, mean.shape))


def drifting(rng: np.random.Generator) -> Counts:
    """Each area's rate walks by a tenth a week."""
    walk = np.cumsum(rng.normal(0, 0.1, (SIDE * SIDE, DAYS // 7 + 1)), axis=1)
    return rng.poisson(means(rng) * np.exp(np.repeat(walk, 7, axis=1)[:, :DAYS]))


def seasonal(rng: np.random.Generator) -> Counts:
    """Each area has a season of its own, half up and down."""
    phase = rng.uniform(0, 2 * np.pi, (SIDE * SIDE, 1)) + 2 * np.pi * np.arange(DAYS) / 365
    return rng.poisson(means(rng) * (1 + 0.5 * np.sin(phase)))


def retold(rng: np.random.Generator) -> Counts:
    """Each event is told by 1 + Poisson(1) reports that nothing joins."""
    events = rng.poisson(means(rng) / 2)
    return np.asarray(events + rng.poisson(events))


def risen(times: float) -> Made:
    """Poisson days, and 3 x 3 areas with so many times as many in the newest week."""

    def make(rng: np.random.Generator) -> Counts:
        mean, (x, y) = means(rng), lattice()
        block = np.maximum(abs(x - SIDE // 2), abs(y - SIDE // 2)) <= BLOCK
        mean[block, -7:] *= times
        return rng.poisson(mean)

    return make


def found(counts: Counts, x: npt.ArrayLike, y: npt.ArrayLike, seed: int) -> prospective.Scan:
    """The scan as the page makes it."""
    return prospective.scan(
        counts,
        x,
        y,
        space_time_scan.USUAL_DAYS,
        space_time_scan.SHARE,
        space_time_scan.REPLICATES,
        seed,
    )


def newest(make: Made) -> Trial:
    """A trial of whether the newest day of a made series is called unusual."""

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        scan = found(make(rng), *lattice(), int(rng.integers(2**31)))
        return float((scan.clusters["p"] <= STATED).any()), 1.0

    return trial


def shuffled(name: str, whole: bool) -> Trial:
    """The same trial of a source of the sample, its days dealt anew: whole, or by area."""

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        source = sampled(name)
        dealt = (
            source.counts[:, rng.permutation(source.counts.shape[1])]
            if whole
            else rng.permuted(source.counts, axis=1)
        )
        scan = found(dealt, source.x, source.y, int(rng.integers(2**31)))
        return float((scan.clusters["p"] <= STATED).any()), 1.0

    return trial


def as_it_was(name: str) -> Trial:
    """A trial of how many earlier days of a source of the sample would have been called unusual."""

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        source = sampled(name)
        p = prospective.p_of_each_day(
            found(source.counts, source.x, source.y, int(rng.integers(2**31)))
        )
        return float((p <= STATED).sum()), float(len(p))

    return trial


def planted(rng: np.random.Generator) -> tuple[float, float]:
    """A trial of whether the rise planted in the made reports is named."""
    source = sampled(REPORTS, RISEN)
    scan = found(source.counts, source.x, source.y, int(rng.integers(2**31)))
    top = scan.clusters.iloc[0]
    return float(top["p"] <= STATED and source.names[top["centre"]] == RISE_AREA), 1.0


CASES: tuple[Case, ...] = (
    *(
        Case("now", f"{name}, {how}", STATED, shuffled(name, whole), 6)
        for name in (STOPS, FORCE, REPORTS)
        for how, whole in (("whole days dealt anew", True), ("each area's days dealt anew", False))
    ),
    Case("now", "negative binomial days, k = .5", STATED, newest(clumped), 6),
    Case("now", "each area drifts week by week", STATED, newest(drifting), 6),
    Case("now", "each area has its own season", STATED, newest(seasonal), 6),
    Case("now", "each event told by 1 + Poisson(1) reports", STATED, newest(retold), 6),
    *(Case("now", f"{name} as they were", STATED, as_it_was(name), 1) for name in (STOPS, FORCE)),
    Case("now", "3 x 3 areas twice as high for 7 days", 0.085, newest(risen(2)), 8, power=True),
    Case(
        "now", "3 x 3 areas three times as high for 7 days", 0.24, newest(risen(3)), 8, power=True
    ),
    Case("now", "the planted rise of the community's reports", 0.8, planted, 2, power=True),
)
