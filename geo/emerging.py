"""The course of hot and cold spots: the trend of each area, and a word for its history."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import rates
from geo.arrays import Flags
from geo.weights import star

Array = npt.NDArray[np.float64]

LEAST = 10  # time steps: below this nine in ten would mean every one
LEVEL = 0.05
NOTHING = "no pattern"
# in this order: the first that fits is the label
PATTERNS = (
    "new",
    "consecutive",
    "intensifying",
    "diminishing",
    "persistent",
    "sporadic",
    "oscillating",
    "historical",
)


def mann_kendall(series: npt.ArrayLike) -> Array:
    """Mann and Kendall's trend test of series (areas, steps) as a z-score, one an area.

    Normal approximation with the variance corrected for ties and a continuity correction
    (Kendall 1975; Gilbert 1987, section 16.4). Steps that are NaN are left out. NaN with fewer
    than two steps, 0 where all are equal.
    """
    x = np.asarray(series, float)
    if x.ndim != 2:
        raise ValueError(f"Series have {x.ndim} dimensions: use (areas, steps).")
    known = np.isfinite(x)
    x = np.where(known, x, np.nan)
    score = np.zeros(len(x), np.int64)
    for lag in range(1, x.shape[1]):
        later, earlier = x[:, lag:], x[:, :-lag]
        score += (later > earlier).sum(axis=1) - (later < earlier).sum(axis=1)
    n = known.sum(axis=1)
    variance = (n * (n - 1) * (2 * n + 5) - _ties(x)) / 18
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(score == 0, 0.0, (score - np.sign(score)) / np.sqrt(variance))
    return np.where(n > 1, z, np.nan)


def _ties(x: Array) -> npt.NDArray[np.int64]:
    """The sum of t (t - 1) (2 t + 5) over the groups of t equal steps, one an area."""
    if x.size == 0:
        return np.zeros(len(x), np.int64)
    ordered = np.sort(x, axis=1)  # NaN last, and equal to nothing
    first = np.ones(x.shape, bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    start = np.flatnonzero(first)
    t = np.diff(start, append=x.size)
    terms = t * (t - 1) * (2 * t + 5)
    out = np.zeros(len(x), np.int64)
    np.add.at(out, start // x.shape[1], terms)
    return out


def classify(z: npt.ArrayLike, q: npt.ArrayLike, level: float = LEVEL) -> npt.NDArray[np.str_]:
    """A word for each area's history, from Gi* z and its q, both (areas, steps).

    q comes from false-discovery control over the whole cube. A step is hot where q <= level and
    z > 0, cold where z < 0; a step without a value is neither, but counts among the steps. The
    trend is Mann and Kendall's of z, significant at the same level (two-sided).

    The definitions are Esri's ("How Emerging Hot Spot Analysis works", ArcGIS Pro 3), here for
    hot spots; cold ones mirror them. The first that fits is said:

    - new: hot in the last step and never before.
    - consecutive: the last two or more steps hot without a break, none before, and less
      than 90% of all steps.
    - intensifying: hot in at least 90% of steps and in the last, z rising significantly.
    - diminishing: the same, z falling significantly.
    - persistent: the same, no significant trend.
    - sporadic: hot in the last step and on and off before, in less than 90% of steps, and never
      cold.
    - oscillating: hot in the last step, in less than 90%, and cold in an earlier one.
    - historical: not hot in the last step, but in at least 90%.

    Three things Esri leaves open. A spot cold before and hot for the first time now is
    new (consecutive), not oscillating. Persistent asks for the last step too: otherwise it would
    take in most of historical. What the last step is, hot or cold, goes before historical.
    """
    scores, found = np.asarray(z, float), np.asarray(q, float)
    if scores.ndim != 2 or scores.shape != found.shape:
        raise ValueError(f"z is {scores.shape}, q {found.shape}: use (areas, steps) for both.")
    if scores.shape[1] < LEAST:
        raise ValueError(
            f"There are {scores.shape[1]} time steps: use at least {LEAST}, shorter ones or a "
            "longer period."
        )
    sure = found <= level  # NaN is not
    hot, cold = sure & (scores > 0), sure & (scores < 0)
    trend = mann_kendall(scores)
    trend = np.where(np.abs(trend) >= special.ndtri(1 - level / 2), np.sign(trend), 0)
    rows = [
        (f"{name} {kind} spot", fits)
        for kind, one, other, way in (("hot", hot, cold, trend), ("cold", cold, hot, -trend))
        for name, fits in zip(PATTERNS, _fits(one, other, way))
    ]
    rows.sort(key=lambda row: row[0].startswith("historical"))
    return np.select([fits for _, fits in rows], [name for name, _ in rows], NOTHING)


# words of change -> the word that is left where the change may be chance
WITHOUT_CHANGE = {
    "new": "sporadic",
    "consecutive": "sporadic",
    "oscillating": "sporadic",
    "intensifying": "persistent",
    "diminishing": "persistent",
    "historical": "persistent",
}


def confirm(
    labels: npt.ArrayLike,
    state: npt.ArrayLike,
    counts: npt.ArrayLike,
    trend: npt.ArrayLike,
    near: Any,
    level: float = LEVEL,
) -> npt.NDArray[np.object_]:
    """The words of `classify`, without a change that chance explains.

    An area near the border of being hot is hot in some steps and not in others by chance alone,
    and one time in so many steps the newest is the first. So `new`, `consecutive`, `oscillating`
    and `historical` stand only where the area with its neighbors (`near`, weights) had more, or
    fewer, in the newest run of steps of that kind than in all others, for what the whole place
    had in each (`rates.change`, whose interval is widened by how much steps vary); `intensifying`
    and `diminishing` only where the `trend` (Mann-Kendall's z) does. Both at a level divided by
    the number of areas tested (Bonferroni). What does not stand is called `sporadic` or
    `persistent`: the word for an area that is hot as often, and of which no change is known.

    `labels` and `trend` are (areas,), `state` (1 hot, -1 cold, else 0) and `counts` (areas,
    steps).
    """
    names = np.array(labels, object)
    kinds = np.asarray(state, np.int8)
    alone = level / max(int(np.isfinite(np.asarray(trend, float)).sum()), 1)
    # a step in which the whole place has more is none in which the area has
    every = np.asarray(counts, float)
    total = every.sum(axis=0)
    if not len(total):  # no step, so no word of change
        return names
    even = np.asarray(star(near) @ every) * (total.mean() / np.where(total > 0, total, np.inf))
    sure = np.abs(np.asarray(trend, float)) >= special.ndtri(1 - alone / 2)
    for area, name in enumerate(names):
        word, _, spot = str(name).partition(" ")
        if word not in WITHOUT_CHANGE:
            continue
        if word in ("intensifying", "diminishing"):
            stands = bool(sure[area])
        else:
            stands = _changed(even, kinds, area, alone) == (1 if spot == "hot spot" else -1) * (
                -1 if word == "historical" else 1
            )
        names[area] = name if stands else f"{WITHOUT_CHANGE[word]} {spot}"
    return names


def _changed(counts: Array, state: npt.NDArray[np.int8], area: int, level: float) -> int:
    """1 where an area had more in its newest run of steps of one kind than before, -1 fewer."""
    same = state[area, ::-1] == state[area, -1]
    run = int(np.argmin(same)) if not same.all() else 0
    if not run:
        return 0
    found = rates.change(counts[:, -run:], counts[:, :-run], level=1 - level)
    return int(found.sure[area])


def _fits(hot: Flags, cold: Flags, trend: npt.NDArray[Any]) -> tuple[Flags, ...]:
    """Masks of the areas that each of PATTERNS fits, the earlier ones not yet taken out."""
    steps = hot.shape[1]
    times, last = hot.sum(axis=1), hot[:, -1]
    run = np.where(hot.all(axis=1), steps, np.argmin(hot[:, ::-1], axis=1))
    mostly = 10 * times >= 9 * steps
    now, rarely = last & mostly, last & ~mostly
    ever = cold.any(axis=1)
    return (
        last & (times == 1),
        rarely & (run >= 2) & (run == times),
        now & (trend > 0),
        now & (trend < 0),
        now & (trend == 0),
        rarely & ~ever,
        rarely & ever,
        ~last & mostly,
    )
