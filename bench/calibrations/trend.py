"""False findings and power of the weekly trend: breaks of the level, and alarms."""

from functools import partial

import numpy as np

from bench.calibrations import series
from bench.calibrations.case import Case
from bench.calibrations.series import latent, negative_binomial, season
from data.patterns import weekly_trend
from geo import trends

MEAN, SIZE, REPLICATES = 15.0, 15.0, 99
SERIES, JUDGED = 20, 8
MONTH = series.YEAR / 12


def broken(
    rng: np.random.Generator,
    long: int,
    swing: float = 0.0,
    memory: float = 0.0,
    times: float = 1.0,
    step: float = 1.0,
) -> tuple[float, float]:
    """A trial of a dated break; the series drifts to so many `times` its first level, or
    steps to so many half way through."""
    mean = MEAN * season(long, swing, rng.random()) * np.linspace(1, times, long)
    mean *= np.where(np.arange(long) < long // 2, 1.0, step)
    if memory:
        y = latent(rng, mean, 0.35, (long,), memory)
    else:
        y = negative_binomial(rng, mean, SIZE, (long,))
    found, _ = weekly_trend.breaks_of(y, [], int(rng.integers(1 << 30)), REPLICATES)
    return float(len(found.breaks) > 0), 1.0


def tripled(rng: np.random.Generator, mean: float) -> tuple[float, float]:
    """A trial of whether a week of three times as many gives an alarm."""
    y = negative_binomial(rng, mean, 5.0, (160,))
    y[-1] = negative_binomial(rng, 3 * mean, 5.0, (1,))[0]
    return float(trends.expected(y, 1).alarm[-1]), 1.0


def alarms(rng: np.random.Generator, long: int, memory: float) -> tuple[float, float]:
    """The alarms that 20 series gave in eight weeks, and those that were said to come by chance."""
    y = negative_binomial(rng, 5.0, 5.0, (SERIES, long + JUDGED), memory)
    said = trends.false_alarms(y[:, : long + 1], seed=int(rng.integers(1 << 30))).a_month
    parts = (y[:, : long + 1 + i] for i in range(JUDGED))
    given = sum(int(trends.expected(part, 1).alarm[:, -1].sum()) for part in parts)
    return float(given), said * JUDGED / MONTH


def outstanding(rng: np.random.Generator, series: int, judged: int) -> tuple[float, float]:
    """A trial of whether any week of any series is said to stand out, where nothing changed."""
    y = negative_binomial(rng, rng.gamma(1.0, 6.0, (series, 1)), 5.0, (series, 104 + judged))
    band = trends.expected(y, judged)
    clear = trends.false_alarms(y, judged, seed=int(rng.integers(1 << 30))).clear_from
    return float((band.alarm & (band.exceedance > clear)).any()), 1.0


CASES: tuple[Case, ...] = (
    *(
        Case("breaks", f"season of 40%, {n} weeks", 0.05, partial(broken, long=n, swing=0.4), 30)
        for n in (52, 78, 156)
    ),
    *(
        Case("breaks", f"latent AR {r}", 0.05, partial(broken, long=156, memory=r), 40)
        for r in (0.5, 0.7, 0.9)
    ),
    Case("breaks", "smooth drift of 30%", 0.05, partial(broken, long=156, times=1.3), 40),
    Case(
        "breaks",
        "a step x 1.5 half way through 156 weeks",
        0.4,
        partial(broken, long=156, step=1.5),
        20,
        power=True,
    ),
    *(
        Case(
            "alarms",
            f"{n} weeks of past{of}: given by said",
            1.0,
            partial(alarms, long=n, memory=r),
            10,
        )
        for n in (20, 60, 300)
        for r, of in ((0.0, ""), (0.7, ", AR .7"))
    ),
    Case(
        "a week that stands out",
        "87 series, the newest 4 weeks",
        0.05,
        partial(outstanding, series=87, judged=4),
        6,
    ),
    Case(
        "a week that stands out",
        "one series, 150 weeks",
        0.05,
        partial(outstanding, series=1, judged=150),
        40,
    ),
    Case("alarms", "a tripled week, 2 a week", 0.11, partial(tripled, mean=2.0), 200, power=True),
    Case("alarms", "a tripled week, 10 a week", 0.22, partial(tripled, mean=10.0), 200, power=True),
)
