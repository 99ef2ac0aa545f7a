"""Weekly series: whole weeks, seasons, alarms and breaks, against references and chance."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import special, stats

from bench.calibrations.series import latent
from data.patterns import weekly_trend
from data.storage.store import Store
from data.views import view_counts
from data.views.view import View
from geo import baseline, breaks, outbreak_bands, trends

Array = npt.NDArray[np.float64]


def weeks(seed: object, mean: npt.ArrayLike, factor: float, memory: float, *shape: int) -> Array:
    """Negative binomial weeks whose normal scores are an autoregression."""
    z = np.random.default_rng(seed).normal(size=shape)  # type: ignore[arg-type]
    for t in range(1, shape[-1]):
        z[..., t] = memory * z[..., t - 1] + np.sqrt(1 - memory**2) * z[..., t]
    if factor == 1:
        return np.asarray(stats.poisson.ppf(special.ndtr(z), mean))
    size = np.asarray(mean) / (factor - 1)
    return np.asarray(stats.nbinom.ppf(special.ndtr(z), size, 1 / factor))


@pytest.fixture(scope="module")
def force(sample_store: Path) -> Callable[..., pd.DataFrame]:
    """The sample's uses of force by whole week, of all kinds or some."""
    store = Store(sample_store)
    current = store.at(str(store.stamp()))
    first, last = date(2016, 1, 1), date(2021, 8, 31)

    def counted(*forces: str) -> pd.DataFrame:
        view = View(current.stamp, ("use-of-force",), first, last, forces=forces)
        days = view_counts.daily(current, view)
        return trends.weekly(days["day"], first, last, days["n"])

    return counted


def test_weeks_are_whole_and_gaps_stay() -> None:
    days = ["2020-01-01", "2020-01-06", "2020-01-12", "2020-01-13", "2020-02-03", "2020-02-09"]
    spans = [("2020-01-01", "2020-01-21"), ("2020-01-22", "2020-01-28")]
    table = trends.weekly(days, "2020-01-01", date(2020, 2, 8), covered=spans)
    assert table["start"].dt.strftime("%m-%d").tolist() == ["01-06", "01-13", "01-20", "01-27"]
    assert table["n"].iloc[:3].tolist() == [2, 1, 0] and np.isnan(table["n"].iloc[3])
    assert table["whole"].tolist() == [True, True, True, False]
    by_count = trends.weekly(["2020-01-06", "2020-01-12"], "2020-01-06", "2020-01-12", [3, 4])
    assert by_count["n"].tolist() == [7]
    assert len(trends.weekly([], "2020-01-01", "2020-01-11")) == 0
    with pytest.raises(ValueError, match="no week"):
        trends.weekly([None, "2020-01-06"], "2020-01-01", "2020-01-31")


def test_seasonal_is_stl_of_the_root() -> None:
    from statsmodels.tsa.seasonal import STL

    t = np.arange(160)
    y = weeks(1, 30 + 8 * np.sin(2 * np.pi * t / 52), 1.5, 0, 160)
    found = trends.seasonal(y)
    reference = STL(np.sqrt(y), period=52, robust=True).fit()
    np.testing.assert_allclose(np.sqrt(found.trend), reference.trend)
    root = np.sqrt(found.trend + found.season) - np.sqrt(found.trend)
    np.testing.assert_allclose(root, reference.seasonal, atol=1e-9)
    np.testing.assert_allclose(sum(found), y)
    gap = np.concatenate([y[:30], [np.nan], y])
    shifted = trends.seasonal(gap)
    assert np.isnan(shifted.trend[:31]).all()
    np.testing.assert_allclose(shifted.trend[31:], found.trend)
    with pytest.raises(ValueError, match="the longest run here has 100"):
        trends.seasonal(np.concatenate([y[:100], [np.nan], y[:99]]))


def test_a_forecast_is_the_regression_of_statsmodels() -> None:
    """The same steps with its GLM: fit, weigh unusual weeks less, fit again, predict."""
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    lag = np.arange(27, 264)
    season = np.eye(4)[lag // 13 % 4]
    past = baseline.Past(lag, season, -lag / 52.18)
    y = rng.negative_binomial(8, 0.4, (1, len(lag))).astype(float) + (lag < 80) * 6.0
    y[0, 40] = 90  # an outbreak of the past
    for trend in (False, True):
        x = np.column_stack([season, past.years]) if trend else season
        family = sm.families.Poisson()
        model = sm.GLM(y[0], x, family=family).fit(scale="X2")
        residual = 1.5 * (y[0] ** (2 / 3) * model.mu ** (-1 / 6) - np.sqrt(model.mu))
        residual /= np.sqrt(model.scale * (1 - model.get_hat_matrix_diag() / 1))
        weight = np.where(residual > 2.58, np.maximum(residual, 1) ** -2.0, 1.0)
        weight *= len(lag) / weight.sum()
        again = sm.GLM(y[0], x, family=family, var_weights=weight).fit(scale="X2")
        now = np.eye(x.shape[1])[0]  # season 0, no time ahead
        got = baseline.forecast(y, past, trend)
        assert got.mean[0] == pytest.approx(np.exp(now @ again.params), rel=2e-3)
        assert got.factor[0] == pytest.approx(again.scale, rel=5e-3)
        assert got.variance[0] == pytest.approx(now @ again.cov_params() @ now, rel=1e-2)


def test_one_by_one_is_all_at_once_and_gaps_stay() -> None:
    y = weeks(4, np.array([0.2, 3, 40])[:, None], 1.6, 0, 3, 200)
    y[:, 150:156] = np.nan
    y[2, 190] = np.nan
    every = trends.expected(y)
    for i in range(3):
        one = trends.expected(y[i])
        for a, b in zip(every[:5], one[:5]):
            np.testing.assert_allclose(a[i], b)
    assert np.isnan(every.upper[:, 150:156]).all() and not every.alarm[:, 150:156].any()
    assert np.isnan(every.expected[2, 190]) and np.isfinite(every.expected[0, 190])
    assert every.method[:10].tolist() == [""] * 10 and every.method[10] == "short"
    assert (every.method[11:107] == "short").all() and (every.method[107:150] == "farrington").all()
    newest = trends.expected(y, newest=4)
    np.testing.assert_allclose(newest.upper[:, -4:], every.upper[:, -4:])
    assert np.isnan(newest.upper[:, :-4]).all() and (newest.method[:-4] == "").all()


def test_planted_outbreaks_alarm_and_few_events_never() -> None:
    y = weeks(5, np.array([0.3, 5, 30])[:, None], 1.3, 0, 3, 280)
    y[:, -1] = [6, 25, 75]
    assert trends.expected(y, 1).alarm[:, -1].all()
    assert trends.expected(y[:, -40:], 1).alarm[:, -1].all()
    rare = np.zeros((1, 280))
    rare[0, [-4, -1]] = [2, 2]
    assert not trends.expected(rare).alarm.any()
    rare[0, -1] = 3
    assert trends.expected(rare, 1).alarm[0, -1]


def test_a_past_outbreak_and_a_season_do_not_blind() -> None:
    t = np.arange(270)
    wave = 20 * np.exp(0.6 * np.cos(2 * np.pi * (t - 269) / 52.18))
    y = weeks(6, wave, 1.2, 0, 40, 270)
    assert trends.expected(y, 26).alarm[:, -26:].mean() < 0.02
    short = trends.expected(y[:, -60:], 26).alarm[:, -26:].mean()
    assert short > 0.02  # it takes the season's rise for one: the docstring says so
    y[:, 215:219] = 200  # around the same date a year before
    bound = trends.expected(y, 1).upper[:, -1]
    assert np.median(bound) < 80


@pytest.mark.parametrize("long", [60, 300])
@pytest.mark.parametrize("memory", [0.0, 0.4])
def test_false_alarms_are_as_many_as_said(long: int, memory: float) -> None:
    mean = np.geomspace(0.3, 30, 200)[:, None]
    y = weeks([long, 7], mean, 1.8, memory, 200, long + 40)
    found = trends.expected(y, 40).alarm.sum() / 40 * 365.25 / 84
    said = trends.false_alarms(y, replicates=10).a_month
    assert said < 200 * 0.005 * 365.25 / 84 * 1.8  # an alarm takes 1 in 200 or so
    assert found == pytest.approx(said, rel=0.5 if memory else 0.3)
    assert trends.false_alarms(y[:20], seed=1) == trends.false_alarms(y[:20], seed=1)


def test_false_alarms_know_the_dispersion() -> None:
    calm, wild = (weeks(8, 4.0, factor, 0, 100, 60) for factor in (1, 4))
    assert trends.false_alarms(calm).a_month < trends.false_alarms(wild).a_month
    assert np.isnan(trends.false_alarms([3, 4, 5]).a_month)


def _any_break(y: Array, seed: int) -> bool:
    return len(trends.change_points(y, replicates=99, seed=seed)) > 0


@pytest.mark.parametrize(
    "mean, factor, memory, long",
    [(5, 1, 0, 104), (15, 2, 0, 156), (15, 2, 0.4, 130), (0.5, 1.3, 0.2, 104)],
)
def test_without_a_break_five_in_a_hundred_show_one(
    mean: float, factor: float, memory: float, long: int
) -> None:
    made = weeks([9, long], mean, factor, memory, 80, long)
    flagged = sum(_any_break(y, i) for i, y in enumerate(made))
    assert flagged <= stats.binom.ppf(0.99, 80, 0.05)


def test_a_season_is_no_break() -> None:
    t = np.arange(208)
    wave = 15 * np.exp(0.4 * np.sin(2 * np.pi * t / 52.18))
    made = weeks(10, wave, 1.5, 0.2, 40, 208)
    assert sum(_any_break(y, i) for i, y in enumerate(made)) <= stats.binom.ppf(0.99, 40, 0.05)


@pytest.mark.parametrize("runs", [20, pytest.param(50, marks=pytest.mark.prove)])
def test_intervals_cover_date_and_ratio(runs: int) -> None:
    covered, held, dated = 0, 0, 0
    for i in range(runs):
        mean = np.where(np.arange(130) < 60, 15.0, 24.0)
        found = trends.change_points(weeks([11, i], mean, 2, 0.2, 130), replicates=199, seed=i)
        if found.empty:  # a slope fits as well: called a drift, and no date is told
            continue
        dated += 1
        near = found.iloc[(found["at"] - 60).abs().argmin()]
        covered += near["low"] <= 60 <= near["high"]
        held += near["ratio_low"] <= 1.6 <= near["ratio_high"]
    assert dated >= 0.5 * runs
    assert covered >= stats.binom.ppf(0.01, dated, 0.95)
    assert held >= stats.binom.ppf(0.01, dated, 0.93)


def test_breaks_move_with_the_series_and_skip_gaps() -> None:
    mean = np.repeat([10.0, 30.0, 12.0], 60)
    y = weeks(12, mean, 1.5, 0, 180)
    found = trends.change_points(y, period=1e9)
    assert (found["at"] - [60, 120]).abs().max() <= 1 and (found["p"] < 0.05).all()
    assert found["ratio"].to_numpy() == pytest.approx([3, 0.4], rel=0.25)
    later = trends.change_points(np.concatenate([[np.nan] * 5, y]), period=1e9)
    pd.testing.assert_frame_equal(later.iloc[:, 3:], found.iloc[:, 3:])
    assert (later.iloc[:, :3] - found.iloc[:, :3] == 5).all(axis=None)
    pd.testing.assert_frame_equal(trends.change_points(y, seed=4), trends.change_points(y, seed=4))
    back = trends.change_points(y[::-1], period=1e9)
    assert (180 - back["at"].to_numpy()[::-1]).tolist() == found["at"].tolist()


@pytest.mark.parametrize("y", [[], [np.nan] * 30, np.zeros(200), [5] * 12])
def test_nothing_breaks_in_nothing(y: list[float]) -> None:
    found = trends.change_points(y)
    assert not len(found) and found["at"].dtype == np.int64


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="one series"):
        trends.change_points(np.zeros((2, 50)))
    with pytest.raises(ValueError, match="by week or by area"):
        trends.expected(np.zeros((2, 2, 50)))


def test_recording_of_force_breaks_in_september_2020(force: Callable[..., pd.DataFrame]) -> None:
    table = force()
    assert len(table) == 295 and table["start"].iloc[0] == pd.Timestamp(2016, 1, 4)
    found = trends.change_points(table["n"])
    dates = {name: table["start"].to_numpy()[found[name]] for name in ("at", "low", "high")}
    rise = int(found["ratio"].argmax())
    assert pd.Timestamp(dates["at"][rise]) == pd.Timestamp(2020, 9, 7)
    assert pd.Timestamp(dates["low"][rise]) >= pd.Timestamp(2020, 8, 31)
    assert pd.Timestamp(dates["high"][rise]) <= pd.Timestamp(2020, 9, 21)
    # against all weeks before: what fell slowly until then is a drift, not a break of its own
    assert found["ratio_low"][rise] > 1.5 and found["p"][rise] < 0.01


def test_the_week_of_may_25_2020_is_an_alarm(force: Callable[..., pd.DataFrame]) -> None:
    table = force("chemical_irritant")
    at = int(np.flatnonzero(table["start"] == pd.Timestamp(2020, 5, 25))[0])
    assert table["n"][at] == 23
    found = trends.expected(table["n"])
    assert found.alarm[at] and found.method[at] == "farrington" and found.alarm.sum() <= 3
    assert found.upper[at] < 12 < 2 * found.exceedance[at] * found.upper[at]


@pytest.mark.parametrize("runs", [12, pytest.param(30, marks=pytest.mark.prove)])
def test_shuffled_weeks_of_the_sample_show_nothing(
    force: Callable[..., pd.DataFrame], runs: int
) -> None:
    for forces in ((), ("chemical_irritant",)):
        y = force(*forces)["n"].to_numpy()
        shuffled = [np.random.default_rng(i).permutation(y) for i in range(runs)]
        broken = sum(_any_break(copy, i) for i, copy in enumerate(shuffled))
        assert broken <= stats.binom.ppf(0.99, runs, 0.05)
        alarms = np.mean([trends.expected(copy).alarm[10:].mean() for copy in shuffled])
        said = np.mean([trends.false_alarms(copy, replicates=5).a_month for copy in shuffled])
        error = np.sqrt(
            alarms / (runs * (len(y) - 10))
        )  # of the Monte Carlo, were weeks independent
        assert alarms <= said * 84 / 365.25 + 4 * error


def test_a_slow_drift_has_no_date() -> None:
    mean = 15 * np.linspace(1, 1.3, 156)
    found = [
        trends.levels(y, replicates=99, seed=i)
        for i, y in enumerate(weeks(21, mean, 2, 0, 40, 156))
    ]
    assert sum(len(one.breaks) > 0 for one in found) <= stats.binom.ppf(0.99, 40, 0.05)
    steep = trends.levels(weeks(22, 15 * np.linspace(1, 3, 156), 1.5, 0, 156))
    assert steep.breaks.empty and 2 < steep.drifts[0].ratio < 4


@pytest.mark.parametrize("memory", [0.5, 0.7])
def test_a_level_that_remembers_is_no_break(memory: float) -> None:
    made = latent(np.random.default_rng(5), 15, 0.35, (40, 156), memory)
    assert sum(_any_break(y, i) for i, y in enumerate(made)) <= stats.binom.ppf(0.99, 40, 0.05)


def test_breaks_are_sought_from_two_years_on() -> None:
    y = weeks(23, 15 * (1 + 0.4 * np.sin(2 * np.pi * np.arange(104) / 52.18)), 1.5, 0, 104)
    for long in (52, 78, 103):
        found, why = weekly_trend.breaks_of(y[:long], [], 1)
        assert why is weekly_trend.Unsought.SEASON and found.breaks.empty
    assert weekly_trend.breaks_of(y, [], 1)[1] is None
    assert weekly_trend.breaks_of(np.zeros(200), [], 1)[1] is weekly_trend.Unsought.SPARSE


def test_what_nothing_is_worth_grows_with_the_rise() -> None:
    y = weeks(24, 15, 1.5, 0, 156)
    found = [breaks.share_found(y, times) for times in (1.1, 1.5, 3)]
    assert found[0] < 0.3 and found[2] > 0.9 and found[0] <= found[1] <= found[2]
    band = trends.expected(y)
    assert outbreak_bands.share_found(band.expected, band.upper, 1.0) < 0.02
    assert outbreak_bands.share_found(band.expected, band.upper, 3.0) > 0.7
    assert outbreak_bands.share_found([np.nan], [np.nan], 3.0) == 0


@pytest.mark.parametrize("trend", [False, True])
def test_unusual_weeks_weigh_less_by_their_own_residual(
    trend: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only weeks whose Pearson residual is large have their Anscombe residual worked out: the
    forecast is that of working out all of them, in parts or at once."""
    rng = np.random.default_rng(8)
    past = outbreak_bands._past("farrington")
    mean = rng.gamma(0.5, 6, (40, 1))
    counts = rng.negative_binomial(2, 2 / (2 + mean), (40, len(past.lag))).astype(float)
    counts[:6, :150], counts[7] = np.nan, 0
    found = baseline.forecast(counts, past, trend)

    def every(y: np.ndarray, known: np.ndarray, fit: baseline.Fit) -> tuple[Any, ...]:
        return np.nonzero((known > 0) & (fit.mean > 0))

    seen = []
    real = baseline._high
    monkeypatch.setattr(baseline, "_high", lambda *of: seen.append(real(*of)) or seen[-1])
    baseline.forecast(counts, past, trend)
    assert 0 < sum(len(rows) for rows, _ in seen) < 0.1 * counts.size * len(seen)
    monkeypatch.setattr(baseline, "_high", every)
    monkeypatch.setattr(baseline, "CELLS", 10**9)
    for one, other in zip(found, baseline.forecast(counts, past, trend)):
        np.testing.assert_allclose(one, other, rtol=1e-12)
