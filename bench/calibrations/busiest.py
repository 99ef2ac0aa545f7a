"""False findings and power of the hours, weekdays and areas that have most."""

from functools import partial

import numpy as np

from bench.calibrations.case import Case
from bench.calibrations.series import Array
from geo import busiest

METHOD = "hours and weekdays that have most"
AREAS = "areas that have most"
HOURS, WEEK = 24, 7


def records(
    rng: np.random.Generator, days: int, a_day: float, burst: float, wide: int, uneven: float
) -> Array:
    """Counts (days, hours) of events at any hour that bring a record each and a number of others,
    of mean `burst`, spread over `wide` hours; `uneven` days vary by a gamma of that shape."""
    level = rng.gamma(uneven, 1 / uneven, days) if uneven else np.ones(days)
    events = rng.poisson(level * a_day / (1 + burst))
    day = np.repeat(np.arange(days), events)
    hour = rng.integers(0, HOURS, len(day))
    many = 1 + (rng.geometric(1 / (1 + burst), len(day)) - 1 if burst else 0)
    day, hour = np.repeat(day, many), np.repeat(hour, many)
    counts = np.zeros((days, HOURS))
    np.add.at(counts, (day, (hour + rng.integers(0, wide, len(hour))) % HOURS), 1)
    return counts


def one(
    rng: np.random.Generator,
    days: int,
    a_day: float,
    burst: float = 0.0,
    wide: int = 1,
    uneven: float = 0.0,
    times: float = 1.0,
) -> tuple[float, float]:
    """A trial of whether hours or weekdays, a look each, are called different; with `times` one
    hour and one weekday have so many times as many, and those must be named."""
    counts = records(rng, days, a_day, burst, wide, uneven)
    weekday = np.arange(days) % WEEK
    if times != 1:
        counts[:, 20] += rng.poisson(a_day / HOURS * (times - 1), days)
        extra = rng.poisson(a_day / HOURS * (times - 1), (days, HOURS))
        counts += extra * (weekday == 4)[:, None]
    spread = busiest.measure_spread(counts.sum(axis=1), weekday)
    by_day = np.bincount(weekday, counts.sum(axis=1)), np.bincount(weekday)
    found = (
        busiest.find_busiest(counts.sum(axis=0), np.full(HOURS, days), spread),
        busiest.find_busiest(*by_day, spread),
    )
    if times == 1:
        return float(sum(f.p < busiest.LEVEL for f in found)), 2.0
    return float((20 in found[0].above) + (4 in found[1].above)), 2.0


def areas(
    rng: np.random.Generator, weeks: int, burst: float = 0.0, high: int = 0, times: float = 1.0
) -> tuple[float, float]:
    """A trial of whether a map of 87 areas of one rate and 1 to 25 residents names any, records
    coming in bursts; with `high` so many areas have `times` the rate of the others, and the
    trial is whether fewer than these are called those with most, or with one whether it is."""
    people = np.linspace(1, 25, 87)
    if high:
        people[:high] = 10
    rate = np.where(np.arange(87) < high, times, 1.0)
    events = rng.poisson((people * rate)[:, None] / (1 + burst), (87, weeks))
    steps = events + (rng.negative_binomial(np.maximum(events, 1), 1 / (1 + burst)) * (events > 0))
    first, above = busiest.find_standing(steps.sum(axis=1), people, steps)
    if high == 1:
        return float(above[:1] == (0,)), 1.0
    return float(0 < len(first) < high if high else bool(above)), 1.0


CASES = (
    *(
        Case(METHOD, f"{name}, {days} days", busiest.LEVEL, partial(one, days=days, **how), 300)
        for days in (28, 365)
        for name, how in (
            ("alike, 8 a day", {"a_day": 8}),
            ("alike, uneven days", {"a_day": 20, "uneven": 2}),
            ("alike, bursts of 5 within an hour", {"a_day": 20, "burst": 4}),
            ("alike, bursts of 5 over 3 hours", {"a_day": 20, "burst": 4, "wide": 3}),
        )
    ),
    Case(
        METHOD,
        "x 1.5 in one hour and on one weekday, 20 a day, a year",
        0.9,
        partial(one, days=364, a_day=20, times=1.5),
        60,
        power=True,
    ),
    *(
        Case(AREAS, f"{name}, {weeks} weeks", 0.05, partial(areas, weeks=weeks, **how), 200)
        for weeks in (4, 13, 52)
        for name, how in (
            ("alike", {}),
            ("alike, bursts of 5", {"burst": 4}),
            ("two alike above all", {"burst": 4, "high": 2, "times": 4.0}),
        )
    ),
    Case(
        AREAS,
        "one of 87 x 3, bursts of 5, 13 weeks",
        0.5,
        partial(areas, weeks=13, burst=4, high=1, times=3.0),
        100,
        power=True,
    ),
)
