"""Official and community records side by side: counts, rates and their ratio, by area and month."""

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from data.patterns import compare
from data.patterns.compare import Pair
from data.storage.meta_types import SourceMeta, TableMeta
from data.storage.store import Current
from data.views import coverage, recording, view_counts
from data.views.filters import period
from data.views.periods import NoComparison, Obstacle
from data.views.sql import chosen_sources, covered_days
from data.views.view import MONTH, NOTHING, View
from geo import rates, tabulate
from geo.arrays import Flags, Floats, Ints

OFFICIAL = "official"
TAIL = 0.025  # of a 95% interval


@dataclass(frozen=True)
class Sides:
    """A community source beside an official one, over what both cover.

    `pair` counts whole steps (data.patterns.compare; a is the community's side), `table` has a row
    an area asked for, indexed as that of the pair: area, community, official (records in whole
    steps), population, community_rate and official_rate (per 1,000 residents, each with _low and
    _high), ratio, low, high (community reports for each official record), p, q and finding (against
    the ratio of all areas together, geo.forest). `overall` is that ratio: ratio, low, high.

    `months` are the whole months that both cover, by first days; `monthly` has a row an area and
    month: area, month, community, official, ratio, low, high.
    """

    pair: Pair
    overall: tuple[float, float, float]
    table: pd.DataFrame
    months: tuple[date, ...]
    monthly: pd.DataFrame


def partners(view: View, meta: TableMeta) -> tuple[SourceMeta, ...]:
    """The sources that a View's can stand beside: official ones beside community ones and press
    that counts, and the other way round; first those that share a day with it."""
    mine = chosen_sources(view, meta)
    kinds = {source["kind"] == OFFICIAL for source in mine}
    found = [
        source
        for source in meta["sources"]
        if source["rows"]
        and source.get("is_count", True)
        and (source["kind"] == OFFICIAL) not in kinds
    ]
    return tuple(sorted(found, key=lambda source: not _share_days(source, view, mine)))


def _share_days(source: SourceMeta, view: View, mine: list[SourceMeta]) -> bool:
    spans = [covered_days(one) for one in (source, *mine)]
    known = [span for span in spans if span]
    start = max([view.start, *(span[0] for span in known)])
    return len(known) == len(spans) and start <= min([view.end, *(span[1] for span in known)])


def side_by_side(
    current: Current, view: View, other: View, units: gpd.GeoDataFrame, asked: Flags
) -> Sides | NoComparison:
    """A View and that of another source beside each other; one is official, the other is not.

    Only where both cover: nothing is counted where they were never both there.
    """
    official, community = _ordered(view, other, current.meta)
    pair = compare.two_sources(current, community, official, units, asked)
    if isinstance(pair, NoComparison):
        return pair
    first, last = pair.a.view.start, pair.a.view.end
    for one in (pair.a.view, pair.b.view):
        for day, what in recording.changes_between(one, current.meta, first, last):
            sentence = f"No comparison across {period(day, day)}. {what}"
            return NoComparison(Obstacle.RECORDING, sentence)
    a, b = pair.a.counts[asked], pair.b.counts[asked]
    wide = compare.share_inflation(a, b)
    found = rates.change(a, b, paired=True, inflation=wide)
    all_a, all_b = (counts.sum(axis=0) for counts in (a, b))
    whole = rates.change(all_a, all_b, paired=True, inflation=compare.share_inflation(all_a, all_b))
    people = np.where(bool(view.shape), np.nan, units["population"].to_numpy(float))[asked]
    table = pd.DataFrame(
        {
            "area": pair.table["area"],
            "community": pair.table["a"],
            "official": pair.table["b"],
            "population": people,
            **_rated("community", a, people),
            **_rated("official", b, people),
            "ratio": found.ratio,
            "low": found.lower,
            "high": found.upper,
            **{column: pair.table[column] for column in ("p", "q", "finding")},
        }
    )
    thin = found.factor * rates.widened(found.degrees, TAIL)
    months, monthly = _by_month(current, pair, units, asked, thin)
    ratio = (float(whole.ratio[0]), float(whole.lower[0]), float(whole.upper[0]))
    return Sides(pair, ratio, table, months, monthly)


def _ordered(view: View, other: View, meta: TableMeta) -> tuple[View, View]:
    """The official View of two, then the other."""
    own = {source["kind"] for source in chosen_sources(view, meta)}
    return (view, other) if own == {OFFICIAL} else (other, view)


def _rated(name: str, counts: Ints, people: Floats) -> dict[str, Floats]:
    """Records per 1,000 residents, with intervals as wide as counts of steps vary."""
    thin = np.nan_to_num(rates.thinning(counts), nan=1.0)
    found = rates.per_thousand(counts.sum(axis=1) / thin, people / thin)
    return dict(zip((f"{name}_rate", f"{name}_rate_low", f"{name}_rate_high"), found))


def _by_month(
    current: Current, pair: Pair, units: gpd.GeoDataFrame, asked: Flags, thin: Floats
) -> tuple[tuple[date, ...], pd.DataFrame]:
    """The whole months that both cover, and a row an area and month of them.

    A month's interval is that of its two counts, thinned as those of the area's steps are.
    """
    views = [replace(side.view, compare=NOTHING) for side in (pair.a, pair.b)]
    whole = coverage.cover(views[0], current.meta).whole(MONTH)
    whole &= coverage.cover(views[1], current.meta).whole(MONTH)
    starts = np.array(coverage.starts(views[0], MONTH), object)[whole]
    counts = []
    for one in views:
        found = view_counts.by_area_and_step(current, one, MONTH)
        counts.append(tabulate.aligned(units["unit"], found.units, found.counts)[asked][:, whole])
    a, b = counts
    ratio, low, high = rates.conditional_ratio(a, b, thin[:, None])
    names = pair.table["area"].to_numpy(object)
    frame = pd.DataFrame(
        {
            "area": np.repeat(names, a.shape[1]),
            "month": pd.to_datetime(np.tile(starts, len(names))),
            "community": a.ravel(),
            "official": b.ravel(),
            "ratio": ratio.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
    return tuple(starts), frame
