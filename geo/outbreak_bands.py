"""Weekly counts against what their past lets expect: bands, alarms and false alarms."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from geo import memory, negative_binomial
from geo.baseline import Forecast, Past, forecast

Array = npt.NDArray[np.float64]

YEAR = 365.25 / 7  # weeks
MONTH = YEAR / 12
SEASONS = 10  # levels a year: the seven weeks around the week's own date, and nine more
MOST_YEARS = 5  # of past
GUARD = 26  # newest weeks that do not count as past, so that a lasting rise is not learned
SHORT, SHORT_GUARD, SHORT_LEAST = 13, 2, 8  # the same where the past is short
FEW, AMONG = 5, 4  # fewer events than 5 in four weeks never alarm
BLOCK = 4  # weeks drawn together
TRUST = 10  # weeks' worth of trust in how much the other series vary
MOST_CLEAR = 40.0  # exceedance up to which `clear_from` is sought
AT_ONCE = 2_000_000  # past weeks held in memory


class Expected(NamedTuple):
    """The expectation of each week, after its past; all of the shape of the counts.

    The band from `lower` to `upper` holds what chance explains; an `alarm` is a count above
    it, and `exceedance` is how far: (count - expected) / (upper - expected), so above 1. NaN
    and no alarm where nothing can be said. `method` says, one a week: "farrington", "short"
    or "" (no band).
    """

    expected: Array
    lower: Array
    upper: Array
    alarm: npt.NDArray[np.bool_]
    exceedance: Array
    method: npt.NDArray[np.str_]


def expected(counts: npt.ArrayLike, newest: int | None = None, level: float = 0.99) -> Expected:
    """The expected band and the alarms of weekly counts (weeks,) or (areas, weeks).

    Weeks not known are NaN. `newest` weeks are judged, all that have a past without it.
    "farrington", where three in four of the weeks from 27 up to 107 before are known
    (two years and three weeks): Noufaily et al. (2013), up to five years of past, ten
    seasonal levels, from three years on a trend. "short", where eight of the weeks from 3 up
    to 15 before are known: their level alone, as in EARS; it takes a season for a rise.
    The band is negative binomial, central at `level`: its variance is that of the week
    and of the fit, widened as Student's t is where the dispersion is from few weeks. `upper`
    is at least what five events in four weeks take.
    """
    given = np.asarray(counts, float)
    if given.ndim not in (1, 2) or not 0 < level < 1:
        raise ValueError("Counts are by week or by area and week, and a level is between 0 and 1.")
    table = np.atleast_2d(given)
    ways = _ways(np.isfinite(table).any(axis=0))
    if newest is not None:
        ways[: max(len(ways) - newest, 0)] = ""
    middle, lower, upper = _bands(table, ways, level)
    with np.errstate(invalid="ignore"):
        alarm, over = table > upper, (table - middle) / np.maximum(upper - middle, 1e-9)
    middle, lower, upper, over = (v.reshape(given.shape) for v in (middle, lower, upper, over))
    return Expected(middle, lower, upper, alarm.reshape(given.shape), over, ways)


def _bands(table: Array, ways: npt.NDArray[np.str_], level: float) -> Array:
    """Expected, lower and upper of (areas, weeks), (3, areas, weeks); each week by its own way."""
    out = np.full((3, *table.shape), np.nan)
    for name in ("farrington", "short"):
        steps = np.flatnonzero(ways == name)
        size = max(1, AT_ONCE // (max(len(table), 1) * 300))
        for some in (steps[i : i + size] for i in range(0, len(steps), size)):
            out[:, :, some] = _band(table, some, name, level)
    middle, lower, upper = np.where(np.isfinite(table), out, np.nan)
    return np.stack([middle, lower, np.maximum(upper, FEW - 1 - _just_before(table))])


def expected_by_stretch(
    counts: npt.ArrayLike,
    stretches: Sequence[slice],
    newest: int | None = None,
    level: float = 0.99,
) -> Expected:
    """`expected` of each stretch of weeks alone, where recording changed between them.

    No week's past reaches back beyond the first week of its stretch. Weeks in no stretch have
    no band. `newest` counts from the newest week of all.
    """
    given = np.asarray(counts, float)
    weeks = given.shape[-1]
    middle, lower, upper, over = (np.full(given.shape, np.nan) for _ in range(4))
    method = np.full(weeks, "", dtype="<U10")
    out = Expected(middle, lower, upper, np.zeros(given.shape, bool), over, method)
    for part in stretches:
        late = None if newest is None else max(newest - (weeks - part.stop), 0)
        found = expected(given[..., part], late, level)
        for whole, own in zip(out, found):
            whole[..., part] = own
    return out


class Chance(NamedTuple):
    """The alarms of chance in many series that are judged together, if nothing ever changes.

    `a_month` is how many alarms all of them give. From the exceedance `clear_from` on an alarm
    stands out among them: any week judged of any series exceeds it in one look of twenty. At
    least 1, the end of the band. NaN and inf without a band.
    """

    a_month: float
    clear_from: float


def false_alarms(
    counts: npt.ArrayLike,
    weeks: int = 1,
    level: float = 0.99,
    share: float = 0.01,  # a fifth of what is said: real weeks have longer tails than any fit
    replicates: int = 20,
    seed: int = 0,
) -> Chance:
    """The alarms of series whose newest `weeks` are judged, if nothing ever changed.

    Simulated in two ways, and the larger number is said. Blocks of four neighboring weeks drawn
    from the series' own, so that odd weeks stay: each replicate's past gives the newest week's
    bound, and the share of own weeks above it is the chance of an alarm. And negative binomial
    weeks of each series' mean, as much more variable than chance as series of its size are, whose
    neighbors are alike as theirs are: a short past holds too few of its own odd weeks to tell of
    them. In both season, trend and order go. What stands out exceeds what both ways bring; where
    most weeks of the past are judged themselves, what the second way does: an odd week must not
    vouch for itself.
    """
    table = np.atleast_2d(np.asarray(counts, float))[:, -round((MOST_YEARS + 1) * YEAR) :]
    known = np.isfinite(table)
    blank = np.where(known, table, np.nan)
    blank[:, -1] = 0  # whatever it will be
    if not len(table) or np.isnan(expected(blank, 1, level).upper[:, -1]).all():
        return Chance(float("nan"), float("inf"))
    rng = np.random.default_rng(seed)
    drawn, looks = _from_blocks(table, known, level, replicates, rng)
    above = _from_fit(table, known, level, replicates, rng)
    wanted = -np.log1p(-share) / max(weeks, 1)
    low, high = 1.0, 1.0 if above(1.0) <= wanted else MOST_CLEAR
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if above(middle) <= wanted else (middle, high)
    if 4 * weeks <= table.shape[1]:  # else the weeks judged would vouch for themselves
        high = max(high, float(np.quantile(looks[:, :-weeks], 1 - share / weeks)))
    return Chance(max(drawn, above(1.0)) * MONTH, high)


def _from_blocks(
    table: Array,
    known: npt.NDArray[np.bool_],
    level: float,
    replicates: int,
    rng: np.random.Generator,
) -> tuple[float, Array]:
    """Alarms a week of all series, where blocks of their own weeks are drawn anew; and of each
    of their own weeks the largest exceedance of any series: (replicates, weeks)."""
    own = np.take_along_axis(table, np.argsort(~known, axis=1, kind="stable"), axis=1)
    weeks = np.maximum(known.sum(axis=1, keepdims=True), 1)
    begin = rng.random((replicates, len(table), -(-table.shape[1] // BLOCK))) * weeks
    alarms, most = 0.0, np.full((replicates, table.shape[1]), -np.inf)
    ways = _newest_way(known)
    for some in _parts(table, replicates):
        at = begin[:, some].astype(int)[..., None] + np.arange(BLOCK)
        at = at.reshape(replicates, len(own[some]), -1)[..., : table.shape[1]] % weeks[some]
        drawn = np.where(known[some], np.take_along_axis(own[some][None], at, axis=2), np.nan)
        middle, upper = _newest(drawn, ways, level)
        above = (own[some] > upper[..., None]).sum(axis=2)
        alarms += float((above / weeks[some, 0]).sum(axis=1).mean())
        wide = np.maximum(upper - middle, 1e-9)[..., None]
        over = np.where(known[some], (table[some] - middle[..., None]) / wide, 0.0)
        np.maximum(most, np.nan_to_num(over, copy=False).max(axis=1), out=most)
    return alarms, most


def _from_fit(
    table: Array,
    known: npt.NDArray[np.bool_],
    level: float,
    replicates: int,
    rng: np.random.Generator,
) -> Callable[[float], float]:
    """Weeks of all series that exceed their band so many times over, a week, where negative
    binomial weeks like theirs are made: a function of the exceedance (1: alarms)."""
    mean, factor, told = _behind(table, known)
    (fade,), share = told.fade, float((told.next / np.maximum(told.fade, 1e-9))[0])
    first, second = (rng.standard_normal((replicates, *table.shape)) for _ in range(2))
    middle, upper = np.empty((2, replicates, len(table)))
    ways = _newest_way(known)
    for some in _parts(table, replicates):
        score = np.ascontiguousarray(first[:, some].T)  # weeks first: each follows the one before
        for t in range(1, len(score)):
            score[t] = fade * score[t - 1] + np.sqrt(1 - fade**2) * score[t]
        first[:, some, -2] = score[-2].T
        score = np.sqrt(share) * score.T + np.sqrt(1 - share) * second[:, some]
        drawn = _drawn(special.ndtr(score), mean[some], factor[some])
        middle[:, some], upper[:, some] = _newest(np.where(known[some], drawn, np.nan), ways, level)
    before = np.sqrt(share) * fade * first[..., -2]  # the newest score, as far as it is known
    size = np.maximum(mean, 1e-9) / (factor - 1)
    judged = np.isfinite(upper) & (mean > 0)

    def above(exceedance: float) -> float:
        end = np.floor(np.nan_to_num(middle + exceedance * (upper - middle)))
        chance = special.betainc(size, end + 1, 1 / factor).clip(1e-15, 1 - 1e-15)
        one = special.ndtr((before - special.ndtri(chance)) / np.sqrt(1 - share * fade**2))
        return float(np.where(judged, one, 0.0).sum(axis=1).mean())

    return above


def _parts(table: Array, replicates: int) -> list[slice]:
    """The series in parts whose replicates are worked on at once: they stay in the cache."""
    step = max(AT_ONCE // 10 // (replicates * max(table.shape[1], 1)), 1)
    return [slice(at, at + step) for at in range(0, len(table), step)]


def _drawn(chance: Array, mean: Array, factor: Array) -> Array:
    """Negative binomial counts of such chances (replicates, series, weeks); 0 of a mean of 0."""
    out = np.zeros(chance.shape)
    for i in np.flatnonzero(mean > 0):
        out[:, i] = negative_binomial.quantiles(chance[:, i], float(mean[i]), float(factor[i]))
    return out


def _newest_way(known: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """The method that the past of all series allows for the newest week, and none for others."""
    ways = _ways(known.any(axis=0) | (np.arange(known.shape[1]) == known.shape[1] - 1))
    ways[:-1] = ""
    return ways


def _newest(drawn: Array, ways: npt.NDArray[np.str_], level: float) -> tuple[Array, Array]:
    """The middle and the upper end of the newest week's band: (replicates, series)."""
    drawn[..., -1] = 0  # whatever it will be
    band = _bands(drawn.reshape(-1, drawn.shape[-1]), ways, level)
    return band[0, :, -1].reshape(drawn.shape[:2]), band[2, :, -1].reshape(drawn.shape[:2])


def share_found(middle: npt.ArrayLike, upper: npt.ArrayLike, factor: float) -> float:
    """The share of weeks with so many times what was expected that lie above their band.

    `middle` and `upper` are those of `expected`, of any shape; NaN are left out. Weeks vary as
    much as the band is wide.
    """
    mean, end = (np.asarray(v, float).ravel() for v in (middle, upper))
    told = np.isfinite(mean) & np.isfinite(end) & (mean > 0)
    if not told.any():
        return 0.0
    mean, end = mean[told], end[told]
    more = np.maximum(((end - mean) / special.ndtri(0.995)) ** 2 / mean, 1.0)
    spread = np.sqrt(more * factor * mean)
    return float(special.ndtr((factor * mean - end - 0.5) / spread).mean())


def _behind(table: Array, known: npt.NDArray[np.bool_]) -> tuple[Array, Array, memory.Memory]:
    """The mean of each series, how much more it varies than chance, and the memory of all."""
    weeks = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, table, 0.0).sum(axis=1) / weeks
    around = np.where(known, (table - mean[:, None]) ** 2, 0.0).sum(axis=1)
    root, own = np.sqrt(mean), memory.of_neighbors(table)  # with its doubt
    weight = root / max(float(root.sum()), 1e-9)
    next_week, fade = (np.atleast_1d((v * weight).sum()) for v in (own.next, own.fade))
    told = memory.Memory(next_week, fade, own.steps)
    # neighbors that are alike vary less around their own mean than around the true one
    free = np.maximum(weeks - memory.worth(told, int(weeks.max()))[0], 1.0)
    more = np.where(mean > 0, around / np.maximum(mean, 1e-9) / free, 1.0) - 1
    # the variation of a series beyond chance grows with the root of its mean
    usual = max(float((free * more).sum() / max(float((free * root).sum()), 1e-9)), 0.0) * root
    factor = 1 + np.maximum((free * more + TRUST * usual) / (free + TRUST), 1e-3)
    return mean, factor, told


def _ways(known: npt.NDArray[np.bool_]) -> npt.NDArray[np.str_]:
    """The method that each week's past allows."""
    sums = np.concatenate([[0], np.cumsum(known)])
    at = np.arange(len(known))

    def held(lags: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Count the known weeks from the first to the last lag before."""
        begin, end = np.maximum(at - lags[-1], 0), np.maximum(at - lags[0] + 1, 0)
        found: npt.NDArray[np.int64] = sums[end] - sums[begin]
        return found

    two = np.arange(GUARD + 1, round(2 * YEAR + 3) + 1)
    long = (held(two) >= 0.75 * len(two)) & (at >= two[-1])
    short = held(_past("short").lag) >= SHORT_LEAST
    return np.where(long, "farrington", np.where(short, "short", ""))


def _past(name: str) -> Past:
    """The lags that a method looks at, their seasons and years."""
    if name == "short":
        lag = np.arange(SHORT_GUARD + 1, SHORT_GUARD + SHORT + 1)
        return Past(lag, np.ones((SHORT, 1)), -lag / YEAR)
    lag = np.arange(GUARD + 1, int(MOST_YEARS * YEAR + 3) + 1)
    after = (lag + 3.5) % YEAR - 7  # weeks since the seven around the week's own date
    number = np.where(after < 0, 0, 1 + after * (SEASONS - 1) / (YEAR - 7)).astype(int)
    return Past(lag, np.eye(SEASONS)[np.minimum(number, SEASONS - 1)], -lag / YEAR)


def _band(table: Array, steps: npt.NDArray[np.int64], name: str, level: float) -> Array:
    """Expected, lower and upper, (3, areas, steps), for weeks that one method judges."""
    past = _past(name)
    at = steps[:, None] - past.lag
    counts = np.where(at >= 0, table[:, np.maximum(at, 0)], np.nan)
    three = (at >= 0).sum(axis=1) >= round(3 * YEAR) - GUARD  # a trend takes three years
    shape = (len(table), len(steps))
    out = np.full((3, *shape), np.nan)
    for trend in (False, True):
        some = np.flatnonzero(three == trend)
        if len(some):
            rows = counts[:, some].reshape(-1, len(past.lag))
            ahead = forecast(rows, past, trend)
            known = np.isfinite(rows).sum(axis=1) >= SHORT_LEAST + past.season.shape[1] - 1
            out[:, :, some] = np.where(known, _interval(ahead, level), np.nan).reshape(
                3, len(table), -1
            )
    return out


def _interval(ahead: Forecast, level: float) -> Array:
    """Mean and central negative binomial interval of the next week."""
    tail = (1 - level) / 2
    wide = special.stdtrit(np.maximum(ahead.free, 1), tail) / special.ndtri(tail)
    factor = (ahead.factor + ahead.mean * ahead.variance) * wide**2
    factor = np.maximum(factor, 1.001)
    size = ahead.mean / (factor - 1)
    ends = [np.ceil(special.nbdtrik(q, size, 1 / factor) - 1e-9) for q in (tail, 1 - tail)]
    return np.stack([ahead.mean, *(np.maximum(end, 0) for end in ends)])


def _just_before(table: Array) -> Array:
    """Events in the three weeks before each."""
    padded = np.pad(np.nan_to_num(table), ((0, 0), (AMONG - 1, 0)))
    sums: Array = np.sum([padded[:, i : i + table.shape[1]] for i in range(AMONG - 1)], axis=0)
    return sums
