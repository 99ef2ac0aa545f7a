"""Rates judged by how many residents they rest on: drawn towards the usual one, or standardized."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def empirical_bayes(events: npt.ArrayLike, population: npt.ArrayLike, weights: Any = None) -> Array:
    """Rates drawn towards the usual rate, the more so the smaller the population.

    Per unit of `population`, which may be any exposure (residents or km2); NaN where it is 0
    or not known. The usual rate is that of all areas, or with `weights` that of the area and
    its neighbors: a scipy sparse (n, n) table of 1 for a neighbor with nothing on its
    diagonal. Neighbors without population are not used, and an area left without any keeps
    its own rate. Method of moments (Marshall 1991, Applied Statistics 40), as in PySAL's
    Empirical_Bayes and Spatial_Empirical_Bayes.
    """
    n, people = np.asarray(events, float), np.asarray(population, float)
    if n.shape != people.shape or n.ndim != 1:
        raise ValueError("events and population must be lists of the same length, one an area.")
    held = (people > 0) & np.isfinite(people) & np.isfinite(n)
    out = np.full(len(n), np.nan)
    if held.any():
        near = None if weights is None else _neighbors(weights, len(n))[held][:, held]
        out[held] = _drawn(n[held], people[held], near)
    return out


def standardized(events: npt.ArrayLike, population: npt.ArrayLike) -> Array:
    """The excess of each area's rate over that of the whole place, in standard errors.

    A rate of few residents varies more by chance than one of many, and areas differ beyond
    that: the variance of a rate is a + b / population, with b the place's own rate and a what
    rates differ between areas beyond Poisson chance (method of moments, never below 0). NaN
    where the population is 0 or not known, and everywhere where nothing happened. The index of
    Assuncao and Reis (1999), Statistics in Medicine 18, as PySAL's assuncao_rate (which lets a
    be negative where no rate's variance is).
    """
    n, people = np.asarray(events, float), np.asarray(population, float)
    if n.shape != people.shape or n.ndim != 1:
        raise ValueError("events and population must be lists of the same length, one an area.")
    held = (people > 0) & np.isfinite(people) & np.isfinite(n)
    out = np.full(len(n), np.nan)
    usual, between = spread(n, people)
    if usual > 0:
        w = people[held]
        out[held] = (n[held] / w - usual) / np.sqrt(between + usual / w)
    return out


def spread(events: npt.ArrayLike, population: npt.ArrayLike) -> tuple[float, float]:
    """The rate of the whole place, and the variance of areas' rates beyond Poisson chance.

    By the method of moments, never below 0; areas without a known population leave. NaN and 0
    where none has one.
    """
    n, people = np.asarray(events, float), np.asarray(population, float)
    held = (people > 0) & np.isfinite(people) & np.isfinite(n)
    x, w = n[held], people[held]
    if not held.any():
        return np.nan, 0.0
    usual = x.sum() / w.sum()
    found = (w * (x / w - usual) ** 2).sum() / w.sum() - usual * len(x) / w.sum()
    return float(usual), max(float(found), 0.0)


def _drawn(x: Array, w: Array, near: Any) -> Array:
    """Rates of areas that all have a population."""

    def around(values: Array) -> Array:
        """The sum over each area's group."""
        return np.asarray(values.sum() if near is None else near @ values + values)

    rate, people = x / w, around(w)
    mean = around(x) / people
    # the weighted mean of (rate - mean)^2, each group around its own mean
    between = around(w * rate**2) / people - mean**2
    variance = np.maximum(between - mean * around(np.ones(len(w))) / people, 0.0)
    chance = mean / w
    weight = variance / np.where(chance > 0, variance + chance, 1.0)
    return np.asarray(weight * rate + (1 - weight) * mean)


def _neighbors(weights: Any, areas: int) -> Any:
    """The table of neighbors in rows, checked."""
    if weights.shape != (areas, areas):
        raise ValueError(
            f"The weights are {weights.shape}, not one row and column for each of {areas} areas."
        )
    rows = weights.tocsr().astype(float)
    rows.eliminate_zeros()
    if (rows.data != 1).any() or rows.diagonal().any():
        raise ValueError("The weights must be 1 for a neighbor, with nothing on the diagonal.")
    return rows
