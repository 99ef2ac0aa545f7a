"""Hours, weekdays and areas that have most: none is named where chance explains it."""

from functools import partial

import numpy as np
import pytest
from scipy import stats

from bench.calibrations import busiest as made
from geo import busiest
from geo.busiest import Busiest, Spread
from ui.explore import busy_words

EVEN = np.full(24, 100.0)


def test_counts_that_vary_as_chance_have_the_chi_square_of_books() -> None:
    n, of = np.array([30.0, 50, 40, 44]), np.array([10.0, 10, 10, 12])
    found = busiest.find_busiest(n, of, Spread(1.0, 10**9))
    expected = stats.chisquare(n, n.sum() * of / of.sum()).pvalue
    assert found.p == pytest.approx(expected, rel=1e-6) and not found.first and not found.above


def test_dispersion_is_the_one_way_analysis_of_variance() -> None:
    """Weekdays with as many days each: the test is F of the analysis of variance."""
    rng = np.random.default_rng(3)
    counts, weekday = rng.negative_binomial(3, 0.1, 70), np.arange(70) % 7
    spread = busiest.measure_spread(counts, weekday)
    groups = [counts[weekday == day] for day in range(7)]
    found = busiest.find_busiest([g.sum() for g in groups], [10] * 7, spread)
    assert found.p == pytest.approx(stats.f_oneway(*groups).pvalue, rel=1e-9)
    assert spread.degrees == 63 and 5 < spread.factor < 20


def test_days_that_vary_less_than_chance_are_taken_for_chance() -> None:
    assert busiest.measure_spread([10] * 28, np.arange(28) % 7) == Spread(1.0, 21)
    assert busiest.measure_spread([0] * 28, np.arange(28) % 7) == Spread(1.0, 21)
    assert busiest.measure_spread([5] * 7, np.arange(7)) == Spread(1.0, 0)


def test_weekdays_are_held_against_how_many_of_each_are_covered() -> None:
    """Fridays have the larger sum because there are five of them."""
    days = [4, 4, 4, 4, 5, 4, 4]
    found = busiest.find_busiest([40, 40, 40, 40, 50, 40, 40], days, Spread(1.0, 22))
    assert found.p == pytest.approx(1.0) and found.first == found.above == ()


def test_nothing_is_said_of_too_few_days() -> None:
    for counts, spread in (
        (EVEN, Spread(1.0, 0)),
        (EVEN[:1], Spread(1.0, 9)),
        (0 * EVEN, Spread(1.0, 9)),
    ):
        found = busiest.find_busiest(counts, counts + 10, spread)
        assert np.isnan(found.p) and not found.first


def test_those_with_most_are_above_each_other_one() -> None:
    of, spread = np.full(7, 50.0), Spread(1.0, 300)
    one = busiest.find_busiest([500, 500, 500, 500, 900, 500, 500], of, spread)
    assert one.first == one.above == (4,)
    two = busiest.find_busiest([500, 903, 500, 500, 900, 500, 500], of, spread)
    assert two.first == (1, 4) and two.above == (1, 4)
    work = busiest.find_busiest([1027, 1026, 1020, 1015, 1024, 500, 490], of, spread)
    assert work.first == () and work.above == (0, 1, 2, 3, 4)
    burst = busiest.find_busiest([500, 500, 500, 500, 600, 500, 500], of, Spread(10.0, 300))
    assert burst.p > busiest.LEVEL and burst.above == ()


@pytest.mark.parametrize("days", [28, 365])
@pytest.mark.parametrize(
    "how",
    [
        {"a_day": 20},
        {"a_day": 20, "uneven": 2},
        {"a_day": 20, "burst": 4},
        {"a_day": 20, "burst": 4, "wide": 3},
    ],
    ids=str,
)
def test_hours_and_weekdays_that_are_alike_get_no_name(days: int, how: dict[str, float]) -> None:
    """At 1%: of 800 looks 8 are false; more than 18 once in a thousand such tests."""
    rng, trial = np.random.default_rng(days), partial(made.one, days=days, **how)
    assert sum(trial(rng)[0] for _ in range(400)) <= 18


def test_an_hour_and_a_weekday_that_have_more_are_found() -> None:
    rng, trial = np.random.default_rng(1), partial(made.one, days=364, a_day=20, times=1.5)
    assert sum(trial(rng)[0] for _ in range(50)) >= 95


@pytest.mark.parametrize("weeks", [4, 26])
@pytest.mark.parametrize("burst", [0, 4])
def test_areas_that_are_alike_are_not_named(weeks: int, burst: int) -> None:
    """At 5%: of 200 maps 10; more than 20 once in a thousand such tests. Poisson intervals alone
    name one in every map of bursts."""
    rng, trial = np.random.default_rng(weeks), partial(made.areas, weeks=weeks, burst=burst)
    assert sum(trial(rng)[0] for _ in range(200)) <= 20


def test_one_area_above_the_others_is_found() -> None:
    rng, trial = np.random.default_rng(1), partial(made.areas, weeks=13, burst=4, high=1, times=3.0)
    assert sum(trial(rng)[0] for _ in range(100)) >= 80


def test_one_step_tells_no_burst_from_a_difference() -> None:
    n = np.array([500, 50, 50, 50])
    assert busiest.find_standing(n, np.ones(4), n[:, None]) == ((), ())
    steps = np.repeat(n[:, None], 4, axis=1)
    assert busiest.find_standing(4 * n, np.ones(4), steps) == ((0,), (0,))


NOT, FEW = Busiest(0.4), Busiest(np.nan)


@pytest.mark.parametrize(
    ("hours", "weekdays", "title"),
    [
        (NOT, NOT, "no hour and no weekday stands out beyond chance"),
        (FEW, NOT, "no weekday stands out beyond chance"),
        (FEW, FEW, "too few to say when most are"),
        (Busiest(0.0, (2,), (2,)), FEW, "most at 02:00 to 03:00"),
        (
            Busiest(0.0, (2,), (2, 3)),
            Busiest(0.0, (4, 1), (1, 4)),
            "most at 02:00 to 03:00 and on Tuesdays and Fridays",
        ),
        (
            Busiest(0.0, (), (0, 22, 23)),
            Busiest(0.0, (), (0, 1, 2, 3, 4)),
            "clearly more than average between 22:00 and 01:00 and on Mondays to Fridays",
        ),
        (
            Busiest(0.0, (), (7, 8, 22, 23)),
            NOT,
            "clearly more than average between 07:00 and 09:00 and between 22:00 and 24:00; no weekday "
            "stands out beyond chance",
        ),
        (Busiest(0.0, (), (1, 3, 5, 7)), FEW, "clearly more than average in 4 hours of the day"),
        (FEW, Busiest(0.0), "no weekday is clearly above average"),
        (
            FEW,
            Busiest(0.0, (), (0, 5, 6, 3)),
            "clearly more than average on Thursdays and Saturdays to Mondays",
        ),
    ],
)
def test_what_the_headline_says(hours: Busiest, weekdays: Busiest, title: str) -> None:
    assert busy_words.say_busiest(hours, weekdays) == title


def test_the_test_is_stated_with_its_p() -> None:
    assert busy_words.say_chance(Busiest(0.75), Busiest(0.382), 2.14, "day") == (
        "Hours differ no more than by chance (p 0.75) and weekdays differ no more than by chance "
        "(p 0.38): chi-square, allowing for days whose counts vary 2.1 times as much as by pure chance."
    )
    assert busy_words.say_chance(Busiest(1e-9), FEW, 1.0, "night").startswith(
        "Hours differ beyond chance (p below 0.001)"
    )
    assert busy_words.say_chance(FEW, FEW, 1.0, "day") == ""
