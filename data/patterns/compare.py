"""Two periods, two sets of areas or two sources, counted side by side over whole steps."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.settings import Settings
from data.storage.meta_types import TableMeta
from data.storage.store import Current
from data.views import export, links, periods, recording, seasonality, view_counts
from data.views.coverage import Extent, cover, step_name
from data.views.filters import period, source_option
from data.views.periods import NoComparison, Obstacle
from data.views.view import NOTHING, PREVIOUS, WEEK, View
from geo import forest, memory, rates, tabulate
from geo.arrays import Flags, Ints

PERIODS, AREAS, SOURCES = "two periods", "two sets of areas", "two sources"
WHAT = (PERIODS, AREAS, SOURCES)


@dataclass(frozen=True)
class Side:
    """One side compared: counts of its whole steps, (areas, steps), and of all incidents, (steps,).

    `starts` are the first days of the steps, `period` the days that they span. `every` are
    the incidents of the View's whole period, also those in steps that are cut. Residents are
    those of the areas of this side where they are known, `living` the incidents in these.
    """

    view: View
    period: str
    starts: npt.NDArray[np.datetime64]
    counts: Ints
    totals: Ints
    every: int
    asked: Flags
    residents: float
    living: int
    with_residents: int

    @property
    def n(self) -> int:
        """Incidents in whole steps, in areas or not."""
        return int(self.totals.sum())

    @property
    def per_step(self) -> float:
        """Incidents a whole step."""
        return float(self.totals.mean())


@dataclass(frozen=True)
class Pair:
    """Two sides, their ratio and that of each area.

    `table` has a row an area asked for, indexed by its place among the units: area, a and b
    (incidents in whole steps), a_step and b_step (a whole step), ratio, low, high, factor, p,
    q, usual, wider, finding (see geo.forest); for sources also a_share and b_share (% of those in
    areas), for sets of areas side ("A", "B"), population, rate, rate_low and rate_high (of its
    own).
    `overall` is the ratio of all together; None where there is none. `step` is one of
    data.views.view: a day, a week or a month. `season` is whether one can pass for a change, and
    `years` how many other years told what it brings.
    """

    what: str
    step: int
    a: Side
    b: Side
    overall: forest.Ratios | None
    table: pd.DataFrame
    season: seasonality.Season = seasonality.Season.SAME
    years: int = 0

    @property
    def unit(self) -> str:
        """The name of a step: week, day, night or month."""
        return step_name(self.a.view, self.step)


def _side(current: Current, view: View, step: int, units: gpd.GeoDataFrame, asked: Flags) -> Side:
    found = view_counts.by_area_and_step(current, view, step)
    covers = cover(view, current.meta)
    whole, starts = covers.whole(step), np.array(covers.whole_starts(step), "datetime64[D]")
    counts = tabulate.aligned(units["unit"], found.units, found.counts)[:, whole]
    known = asked & (_people(view, units) > 0)
    return Side(
        view,
        covers.ends(step),
        starts,
        counts,
        found.counts.sum(axis=0)[whole],
        int(found.n.sum()),
        asked,
        float(_people(view, units)[known].sum()),
        int(counts[known].sum()),
        int(known.sum()),
    )


def _people(view: View, units: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """Residents of each unit; a drawn shape cuts through units, so then they are not known."""
    people = np.asarray(units["population"], float)
    return np.full(len(people), np.nan) if view.shape else people


def halves(view: View, current: Current) -> View | None:
    """The later half of what is covered of a View, to be compared with the half before it.

    None where the period before the View is covered, or none of it was asked for.
    """
    other = view.compared()
    if view.compare != PREVIOUS or other is None:
        return None
    if not recording.is_count(view, current.meta):
        return None
    now, before = cover(view, current.meta), cover(other, current.meta)
    start, end = now.span()
    step = view_counts.choose_step(now, before, current)
    if not before.uncovered(step) or (end - start).days < 3:
        return None
    half = ((end - start).days + 1) // 2
    if half >= seasonality.YEAR:  # whole years have the same season
        half = int(half // seasonality.YEAR * seasonality.YEAR)
    elif step == WEEK:  # cut between whole weeks, so that none is lost
        starts = replace(now, view=replace(view, start=start, end=end)).whole_starts(WEEK)
        if weeks := len(starts) // 2:
            end = starts[-1] + timedelta(days=WEEK - 1)
            half = WEEK * weeks
    return replace(view, start=end - timedelta(days=half - 1), end=end)


def two_periods(
    current: Current, view: View, units: gpd.GeoDataFrame, asked: Flags
) -> Pair | NoComparison:
    """A View against the period that it is compared with; why not, where it cannot be."""
    other = view.compared()
    now = cover(view, current.meta)
    before = None if other is None else cover(other, current.meta)
    step = view_counts.choose_step(now, before, current)
    obstacle = periods.find_obstacle(now, before, step, current)
    if obstacle or other is None or before is None:
        return obstacle or NoComparison(
            Obstacle.NOT_ASKED, "No earlier period was chosen to compare with."
        )
    a, b = (_side(current, replace(v, compare=NOTHING), step, units, asked) for v in (view, other))
    if not a.n + b.n:
        return NoComparison(
            Obstacle.NO_RECORD, "No comparison, because neither period has a record."
        )
    days = [one.length(step) for one in (now, before)]
    told = seasonality.count_past(current, now, before, step, units)
    years = None
    if told.years is not None:
        years = [(one[asked], two[asked]) for one, two in told.years]
    found = forest.ratios(
        a.counts[asked], b.counts[asked], *days, inflation=told.inflation[asked], years=years
    )
    overall = forest.ratios(
        a.totals, b.totals, *days, inflation=told.inflation_of_all, years=told.years_of_all
    )
    table = _table(units, asked, a, b, found)
    return Pair(PERIODS, step, a, b, overall, table, told.season, len(told.years or ()))


def two_sets(
    current: Current, view: View, units: gpd.GeoDataFrame, these: Flags, those: Flags
) -> Pair | NoComparison:
    """Two sets of areas in one period: rates per resident; why not, where it cannot be.

    The weeks are the same on both sides, so what they do together cancels. Each area of
    the first set is held against all of the second together.
    """
    view = replace(view, areas=(), compare=NOTHING)
    if not recording.is_count(view, current.meta):
        return NoComparison(Obstacle.NO_COUNT, recording.NO_COMPARISON)
    covers = cover(view, current.meta)
    if covers.extent is Extent.NONE:
        return NoComparison(Obstacle.UNCOVERED, f"No comparison. {covers.gap}")
    step = view_counts.choose_step(covers, None, current)
    if covers.whole(step).sum() < periods.LEAST_STEPS:
        sentence = f"No comparison, because it takes at least two whole {step_name(view, step)}s."
        return NoComparison(Obstacle.TOO_SHORT, sentence)
    a, b = (_side(current, view, step, units, mask) for mask in (these, those))
    a, b = (replace(s, totals=s.counts[s.asked].sum(axis=0)) for s in (a, b))
    if not a.n + b.n:
        return NoComparison(
            Obstacle.NO_RECORD,
            "No comparison, because none of the chosen records is in these areas.",
        )
    people = _people(view, units)
    known = [side.asked & (people > 0) for side in (a, b)]
    all_a, all_b = (side.counts[k].sum(axis=0) for side, k in zip((a, b), known))
    overall = None
    if a.residents and b.residents and a.living + b.living:
        overall = forest.ratios(
            all_a,
            all_b,
            a.residents,
            b.residents,
            paired=True,
            inflation=share_inflation(all_a, all_b),
        )
    beside = np.broadcast_to(all_b, (int(these.sum()), len(all_b)))
    own = people[these]
    expected = all_b.sum() * own / b.residents if b.residents else np.zeros(len(own))
    enough = np.nan_to_num(a.counts[these].sum(axis=1) + expected)
    found = forest.ratios(
        a.counts[these],
        beside,
        own,
        b.residents or np.nan,
        paired=True,
        events=enough,
        inflation=share_inflation(a.counts[these], beside),
    )
    rows = _table(units, these, a, b, found).assign(side="A")
    rest = _table(units, those, b, b, None).assign(side="B")
    both = pd.concat([rows, rest]).drop(columns=["b", "b_step"])
    rate, low, high = rates.per_thousand(both["a"], people[both.index])
    both = both.assign(population=people[both.index], rate=rate, rate_low=low, rate_high=high)
    return Pair(AREAS, step, a, b, overall, both)


def asked_of(
    view: View, source: str, meta: TableMeta, settings: Settings, now: datetime, settled: str
) -> View:
    """The View that asks the same of another source.

    It is read back from the link, so that reports too young to be shown stay hidden.
    """
    chosen = export.chosen(f"?{links.query(view, meta)}")
    chosen |= {"source": [source_option(source)]}
    if settled:
        chosen[links.SETTLED] = settled
    return links.view(chosen, meta, settings, now)[0]


def two_sources(
    current: Current, view: View, other: View, units: gpd.GeoDataFrame, asked: Flags
) -> Pair | NoComparison:
    """A View against that of another source, over what both cover: shares of areas."""
    for one in (view, other):
        if why := recording.no_count(one, current.meta):
            return NoComparison(Obstacle.NO_COUNT, f"No comparison. {why}")
    spans = [(c.first, c.last) for c in (cover(v, current.meta) for v in (view, other))]
    start = max(view.start, *(s[0] for s in spans))
    end = min(view.end, *(s[1] for s in spans))
    if start > end:
        sentence = (
            f"No comparison, because {_spans(view, other, spans)} They share no day of this period."
        )
        return NoComparison(Obstacle.APART, sentence)
    a, b = (replace(v, start=start, end=end, compare=NOTHING) for v in (view, other))
    covers = cover(a, current.meta)
    step = view_counts.choose_step(covers, cover(b, current.meta), current)
    if covers.whole(step).sum() < periods.LEAST_STEPS:
        least = f"two whole {step_name(a, step)}s"
        sentence = (
            f"No comparison, because {_spans(view, other, spans)} They share less than {least}."
        )
        return NoComparison(Obstacle.TOO_SHORT, sentence)
    left, right = (_side(current, v, step, units, asked) for v in (a, b))
    totals = [int(side.counts[asked].sum()) for side in (left, right)]
    if not all(totals):
        none = other if totals[0] else view
        name = source_option(none.sources[0])
        sentence = f"No comparison, because no record of {name} is in these areas."
        return NoComparison(Obstacle.NO_RECORD, sentence)
    both = (left.counts[asked], right.counts[asked])
    found = forest.ratios(*both, *totals, paired=True, inflation=share_inflation(*both))
    table = _table(units, asked, left, right, found)
    table["a_share"], table["b_share"] = (100 * table[c] / t for c, t in zip("ab", totals))
    return Pair(SOURCES, step, left, right, None, table)


def share_inflation(a: Ints, b: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The inflation of a share's variance where it resembles that of the week before."""
    told = memory.of_neighbors(a, np.maximum(a + b, 1e-9))
    return memory.inflation(told, np.atleast_2d(a).shape[1])


def _spans(view: View, other: View, spans: list[tuple[date, date]]) -> str:
    names = (source_option(v.sources[0]) for v in (view, other))
    said = [f"{name} cover {period(*span)}" for name, span in zip(names, spans)]
    return f"{' and '.join(said)}."


def _table(
    units: gpd.GeoDataFrame, asked: Flags, a: Side, b: Side, found: forest.Ratios | None
) -> pd.DataFrame:
    left, right = a.counts[asked], b.counts[asked]
    table = pd.DataFrame(
        {
            "area": units["name"].to_numpy(object)[asked],
            "a": left.sum(axis=1),
            "b": right.sum(axis=1),
            "a_step": left.mean(axis=1),
            "b_step": right.mean(axis=1),
        },
        index=np.flatnonzero(asked),
    )
    if found is None:
        nothing = ("ratio", "low", "high", "factor", "p", "q", "usual", "wider")
        return table.assign(**dict.fromkeys(nothing, np.nan), finding=forest.NONE)
    return table.assign(
        ratio=found.ratio,
        low=found.lower,
        high=found.upper,
        factor=found.factor,
        p=found.p,
        q=found.q,
        usual=found.usual,
        wider=found.wider,
        finding=found.finding,
    )
