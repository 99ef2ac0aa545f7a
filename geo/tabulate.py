"""The table of areas: counts, shares, rates and changes, each with its uncertainty."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo import forest, rates


def areas_table(
    names: npt.ArrayLike,
    population: npt.ArrayLike,
    counts: npt.ArrayLike,
    now: npt.ArrayLike | None = None,
    before: npt.ArrayLike | None = None,
    days: tuple[float, float] | None = None,
    inflation: npt.ArrayLike = 1.0,
    years: Sequence[forest.Year] | None = None,
) -> pd.DataFrame:
    """One row an area, in the order given.

    `counts` are the incidents of the whole period. `now` and `before` are (areas, steps)
    counts of whole weeks, days or months of the two periods compared, and `days` how many days
    a step of each has where they differ: the ratio is then that of incidents a day. `inflation`
    and `years` are those of `geo.forest.ratios`. Columns:
    area, n, share (of all in areas, %), population, rate (per 1,000 residents, with rate_low and
    rate_high, exact Poisson), smoothed (the same, empirical Bayes), unreliable (fewer
    than 20 events), and with a comparison: now and before (incidents a whole step),
    ratio (the one by the other), low, high, change (a `geo.forest.Finding`, controlled over all
    areas), p, q, usual (the ratio of the same periods in other years), wider (see
    `geo.forest.Ratios`), factor (how much more the counts of steps vary than chance). NaN where
    there are no residents or nothing to say.
    """
    n = np.asarray(counts, np.int64)
    people = np.asarray(population, float)
    rate, low, high = rates.per_thousand(n, people)
    total = n.sum()
    table = pd.DataFrame(
        {
            "area": np.asarray(names, object),
            "n": n,
            "share": 100 * n / total if total else np.full(len(n), np.nan),
            "population": people,
            "rate": rate,
            "rate_low": low,
            "rate_high": high,
            "smoothed": 1000 * rates.empirical_bayes(n, people),
            "unreliable": rates.unreliable(n),
        }
    )
    if now is None or before is None or not len(n):
        return table
    change = forest.ratios(now, before, *(days or ()), inflation=inflation, years=years)
    return table.assign(
        now=np.asarray(now).mean(axis=1),
        before=np.asarray(before).mean(axis=1),
        ratio=change.ratio,
        low=change.lower,
        high=change.upper,
        change=[str(finding) for finding in change.finding],
        p=change.p,
        q=change.q,
        usual=change.usual,
        wider=change.wider,
        factor=change.factor,
    )


def aligned(
    units: npt.ArrayLike, found: npt.NDArray[Any], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The counts of `found` units as rows in the order of `units`, zeros for the rest."""
    wanted = np.asarray(units)
    out = np.zeros((len(wanted), counts.shape[1]), np.int64)
    order = np.argsort(wanted)
    place = np.searchsorted(wanted, found, sorter=order)
    place = np.minimum(place, max(len(wanted) - 1, 0))
    if len(wanted):
        rows = order[place]
        held = wanted[rows] == found
        out[rows[held]] = counts[held]
    return out
