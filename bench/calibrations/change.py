"""False findings and power of changes: one View against another period, and many areas at once."""

from datetime import date, timedelta
from functools import partial

import numpy as np

from bench.calibrations.case import Case
from bench.calibrations.series import Array, latent, negative_binomial, season
from data.views import seasonality
from data.views.view import WEEK
from geo import forest
from geo.forest import Finding

FIRST = date(2015, 1, 5)
CLEAR = (Finding.HIGHER, Finding.LOWER)
SIZE = 5.0  # of negative binomial weeks: 10 a week vary three times as much as chance
SHORT, LONG = 56, 260  # weeks of records


def judged(counts: Array, weeks: int, back: int) -> tuple[forest.Ratios, forest.Ratios]:
    """The ratios of all together and of each row: the newest weeks against those that begin
    `back` weeks before them, after the past of the whole series."""
    starts = [FIRST + timedelta(days=WEEK * i) for i in range(counts.shape[1])]
    end = counts.shape[1]
    now, before = slice(end - weeks, end), slice(end - weeks - back, end - back)
    both = np.vstack([counts.sum(axis=0), counts]).astype(np.int64)
    told = seasonality.of_counts(
        both, starts, np.ones(end, bool), starts[now], starts[before], WEEK
    )
    of_all = forest.ratios(
        both[:1, now], both[:1, before], inflation=told.inflation_of_all, years=told.years_of_all
    )
    rows = forest.ratios(
        counts[:, now], counts[:, before], inflation=told.inflation, years=told.years
    )
    return of_all, rows


def one(
    rng: np.random.Generator,
    weeks: int,
    long: int,
    back: int = 0,
    swing: float = 0.0,
    memory: float = 0.0,
    times: float = 1.0,
    behind: bool = False,
) -> tuple[float, float]:
    """A trial of whether one series of 10 a week is called changed."""
    mean = 10 * season(long, swing, rng.random())
    mean[-weeks:] *= times
    make = latent if behind else negative_binomial
    spread = np.sqrt(np.log(1 + 1 / SIZE)) if behind else SIZE
    counts = make(rng, mean, spread, (1, long), memory=memory)
    found = judged(counts, weeks, back or weeks)[0].finding[0]
    return float(found in CLEAR if times == 1 else found == Finding.HIGHER), 1.0


def many(
    rng: np.random.Generator,
    weeks: int,
    long: int,
    swing: float = 0.0,
    times: float = 1.0,
    back: int = 0,
) -> tuple[float, float]:
    """A trial of whether a map of 87 areas names any as changed, or with `times` the risen one."""
    size = rng.gamma(1.5, 8, (87, 1))
    mean = size * season(long, swing, rng.random())
    if times != 1:
        size[0] = 10
        mean[0] = 10 * season(long, swing)
        mean[0, -weeks:] *= times
    counts = negative_binomial(rng, mean, SIZE, mean.shape)
    found = judged(counts, weeks, back or weeks)[1].finding
    return float(np.isin(found, CLEAR).any() if times == 1 else found[0] == Finding.HIGHER), 1.0


METHOD, AREAS = "change against the previous weeks", "areas: any called higher or lower"
SEASONS = tuple(
    Case(
        METHOD,
        f"season of 40%, {weeks} weeks, {long} weeks of records",
        0.05,
        partial(one, weeks=weeks, long=long, swing=0.4),
        40,
    )
    for weeks in (4, 8, 13, 26)
    for long in (SHORT, LONG)
)
MEMORIES = tuple(
    Case(
        METHOD,
        f"{name} AR(1) .7, {weeks} weeks",
        0.05,
        partial(one, weeks=weeks, long=LONG, memory=0.7, behind=behind),
        40,
    )
    for weeks in (8, 26)
    for name, behind in (("counts", False), ("latent", True))
)
YEARS = tuple(
    Case(
        "change against a year before",
        f"{name}, {weeks} weeks",
        0.05,
        partial(one, weeks=weeks, long=LONG, back=52, **how),
        40,
    )
    for weeks in (8, 26)
    for name, how in (("season of 40%", {"swing": 0.4}), ("AR(1) .7", {"memory": 0.7}))
)
MAPS = (
    Case(AREAS, "87 areas, nothing true, 8 weeks", 0.05, partial(many, weeks=8, long=LONG), 15),
    Case(
        AREAS,
        "87 areas, nothing true, 26 weeks, a year before",
        0.05,
        partial(many, weeks=26, long=LONG, back=52),
        15,
    ),
    Case(
        AREAS,
        "87 areas, season of 40%, 13 weeks",
        0.05,
        partial(many, weeks=13, long=LONG, swing=0.4),
        15,
    ),
)
POWER = (
    Case(
        METHOD,
        "x 1.5, 8 weeks, 10 a week",
        0.16,
        partial(one, weeks=8, long=LONG, times=1.5),
        60,
        power=True,
    ),
    Case(
        METHOD,
        "x 1.5, 26 weeks, 10 a week",
        0.40,
        partial(one, weeks=26, long=LONG, times=1.5),
        40,
        power=True,
    ),
    Case(
        "change against a year before",
        "x 1.5, 8 weeks, 10 a week",
        0.16,
        partial(one, weeks=8, long=LONG, times=1.5, back=52),
        60,
        power=True,
    ),
    Case(
        "change against a year before",
        "x 1.5, 26 weeks, 10 a week",
        0.40,
        partial(one, weeks=26, long=LONG, times=1.5, back=52),
        40,
        power=True,
    ),
    Case(
        AREAS,
        "one of 87 areas x 3, 13 weeks",
        0.5,
        partial(many, weeks=13, long=LONG, times=3.0, back=52),
        12,
        power=True,
    ),
)
CASES = SEASONS + MEMORIES + YEARS + MAPS + POWER
