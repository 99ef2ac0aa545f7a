"""The numbers of the pages of patterns of areas: Clusters, How it changed, Now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from data import words
from data.maps import outlines
from data.numbers.about_view import AboutView, about_view
from data.numbers.area_numbers import with_spelled_names
from data.numbers.numbers import SEVERAL, PageNumbers
from data.numbers.over_time import seed_of
from data.numbers.spot_words import conjugate_label, spell_label
from data.palette import HIGHER, LOWER
from data.patterns import hot_spots, neighbors, space_time_scan
from data.patterns.hot_spots import LEAST_STEPS
from data.pictures.figure import AreaMap, LegendRow
from data.settings import Problem
from data.storage.store import Current
from data.views import answers, recording
from data.views.answers import Answer
from data.views.view import View
from geo import prospective
from geo.emerging import NOTHING
from geo.hot_areas import UNDECIDED

HISTORY_STEPS = {"whole months": "month", "whole weeks": "week"}
_CHANCE = (
    "Found by permutation, and controlled over all areas tested (Benjamini-Hochberg, 5%): of those "
    "named about 1 in 20 is expected to be chance."
)
_DIVIDED = {
    neighbors.RESIDENTS: "Residents of each area, as the area set states them, in thousands.",
    neighbors.GROUND: "The ground of each area in km², water and parks included.",
}
_NOT_TOLD = "it cannot be told whether there is a clear pattern"
_SPOTS = {"hot": (HIGHER, "hot spot"), "cold": (LOWER, "cold spot")}
_NEITHER = ("zero", "no clear cluster")
_UNTESTED = ("no_data", "not tested")
_OPEN = ("not_clear", "cannot be told from chance")
_LABELLED = {**_SPOTS, "none": _UNTESTED, UNDECIDED: _OPEN}


class _Areas(NamedTuple):
    units: gpd.GeoDataFrame
    answer: Answer
    about: AboutView
    of: str
    near: Any
    seed: int


def _areas(current: Current, view: View, page: Mapping[str, str]) -> _Areas:
    """The areas of a View with what its page chose. Problem where there can be no pattern."""
    if view.shape:
        raise Problem("A drawn shape cuts through areas, and this needs whole ones.")
    if not recording.is_count(view, current.meta):
        raise Problem("These records do not count what happened, so they have no pattern of areas.")
    units = outlines.units(current, view.area_set, view.settled_by)
    answer = answers.area_table(current, view, units)
    if units.empty or not answer.covered or not answer.placed:
        raise Problem(
            "None of the chosen records lies in an area, so there is no pattern of areas."
        )
    of = choose(page, "of", neighbors.measures(view))
    how = choose(page, "neighbors", list(neighbors.WEIGHTS))
    near = neighbors.between(current, units, how)
    return _Areas(units, answer, about_view(current, view), of, near, seed_of(page))


def choose(page: Mapping[str, str], word: str, options: Sequence[str], usual: int = 0) -> str:
    """The option that a page's link names, or the usual one. Problem where it is none of them."""
    chosen = page.get(word, options[usual]).rpartition(SEVERAL)[2]
    if chosen not in options:
        raise Problem(f"The link says {word}={chosen[:40]}; it is one of {', '.join(options)}.")
    return chosen


def number_clusters(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """Hot and cold spots: Gi* of each area's rate with its neighbors."""
    own = _areas(current, view, page)
    n, asked = (own.answer.table[c].to_numpy() for c in ("n", "asked"))
    found = hot_spots.hot(current, own.units, n, asked, own.of, own.near, own.seed)
    rows = found.table[found.table["label"] != "none"]
    hot, cold = (int((rows["label"] == label).sum()) for label in ("hot", "cold"))
    spots = f"{words.counted(hot, 'hot spot')} and {words.counted(cold, 'cold spot')}"
    if not hot + cold and (rows["label"] == UNDECIDED).any():
        spots = _NOT_TOLD
    finding = rows["label"].replace({"": _NEITHER[1], UNDECIDED: _OPEN[1]})
    table = rows.assign(finding=finding)[["area", "finding", "n", "times", "z", "p", "q"]]
    entries = [_LABELLED.get(str(label), _NEITHER) for label in found.table["label"]]
    return PageNumbers(
        title=f"{own.about.noun}: {spots} among {found.tested} areas tested",
        subtitle=f"{_per(own.of)}, each area with its neighbors, beside the whole place, {own.about.span}",
        table=table.reset_index(drop=True),
        columns={
            "area": "The area in the middle of its neighbors.",
            "finding": "Hot or cold only where q is at most 0.05.",
            "n": "Incidents of the area itself.",
            "times": "The rate of the area and its neighbors together, times that of the place.",
            "z": "Gi*, standard deviations from the mean.",
            "p": "Two-sided, by permutations.",
            "q": "p, corrected because many areas are tested at once (Benjamini-Hochberg).",
        },
        key=("area",),
        compared=("finding", "times"),
        sentence=own.about.sentence,
        denominator=_DIVIDED[own.of],
        uncertainty=_CHANCE,
        lacks=own.about.lacks,
        method="Hot spot",
        figure=_map(own.units, entries, "Clusters"),
        alt=f"A map of {found.tested} areas: {hot} hot spots, {cold} cold spots; the others are not clear.",
        seed=own.seed,
    )


def _per(of: str) -> str:
    return "Incidents per 1,000 residents" if of == neighbors.RESIDENTS else "Incidents per km²"


def _map(units: gpd.GeoDataFrame, entries: list[tuple[str, str]], title: str) -> AreaMap:
    legend = [LegendRow(*entry) for entry in sorted(set(entries), reverse=True)]
    return AreaMap(with_spelled_names(units), [look for look, _ in entries], legend, title)


def number_histories(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """How hot and cold spots came and went by month or week."""
    own = _areas(current, view, page)
    usual = int(view.days < 31 * LEAST_STEPS)
    unit = HISTORY_STEPS[choose(page, "by", list(HISTORY_STEPS), usual)]
    asked = own.answer.table["asked"].to_numpy(bool)
    found = hot_spots.over_time(current, view, own.units, asked, own.of, own.near, unit, own.seed)
    label = np.array([str(one) for one in found.label], object)
    every = pd.DataFrame(
        {
            "area": own.units["name"].to_numpy(object),
            "pattern": [spell_label(one) for one in label],
            "term": np.where(label == NOTHING, "", label),
            "hot": (found.state > 0).sum(axis=1),
            "cold": (found.state < 0).sum(axis=1),
            "trend": found.trend,
            "n": found.counts.sum(axis=1),
        }
    )
    known = label[label != NOTHING]
    named = [f"{n} {conjugate_label(one, n)}" for one, n in Counter(known).most_common()]
    nothing = _NOT_TOLD if found.undecided.any() else "no clear pattern over time"
    many = "; ".join(named) or nothing
    table = every.loc[np.flatnonzero(np.isfinite(found.z).any(axis=1))].reset_index(drop=True)
    entries = [_NEITHER if one == NOTHING else _SPOTS[one.split(" ")[1]] for one in label]
    return PageNumbers(
        title=f"{own.about.noun}: {many}",
        subtitle=f"{_per(own.of)} by whole {unit}, each area with its neighbors, {own.about.span}",
        table=table,
        columns={
            "area": "The area in the middle of its neighbors.",
            "pattern": "How the area and its neighbors did over time, only where it is clear.",
            "term": "The name of the pattern in emerging hot spot analysis.",
            "hot": f"How many {unit}s it was hot in.",
            "cold": f"How many {unit}s it was cold in.",
            "trend": "Mann and Kendall's z of its series of Gi*.",
            "n": "Incidents of the area itself in these steps.",
        },
        key=("area",),
        compared=("pattern", "hot", "cold"),
        sentence=own.about.sentence,
        denominator=_DIVIDED[own.of],
        uncertainty=_CHANCE,
        lacks=own.about.lacks,
        method="Emerging hot spot",
        figure=_map(own.units, entries, "Now or in the past"),
        alt=f"A map of areas by their pattern over time: {many}.",
        seed=own.seed,
    )


def number_unusual(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """The clusters of the newest days, and how rare each would be if nothing had changed."""
    own = _areas(current, view, page)
    days = [str(d) for d in space_time_scan.DAYS]
    longest = int(choose(page, "days", days, days.index(str(space_time_scan.USUAL_DAYS))))
    seen = space_time_scan.daily(current, view, own.units)
    if len(seen.days) < prospective.least_days(longest):
        raise Problem("These records cover too few days to know what is usual.")
    found = space_time_scan.find_unusual(current, seen, own.units, longest, own.seed)
    clusters = found.table
    table = pd.DataFrame(
        {
            "area": clusters["area"],
            "since": [day.isoformat() for day in clusters["since"]],
            "n": clusters["cases"].astype(int),
            "expected": clusters["expected"],
            "areas": [len(members) for members in clusters["members"]],
            "p": clusters["p"],
            "unusual": clusters["unusual"],
        }
    ).drop_duplicates(["area", "since"])
    rare = clusters[clusters["unusual"]]
    entries = [_NEITHER] * len(own.units)
    for members in rare["members"]:
        for i in members:
            entries[int(i)] = (HIGHER, "unusually many")
    many = words.counted(len(rare), "place") if len(rare) else "no place"
    least = (
        f" The smallest rise that would usually have shown: {found.least_rise:g} times."
        if found.least_rise
        else ""
    )
    return PageNumbers(
        title=f"{own.about.noun}: {many} with unusually many in the latest {longest} days",
        subtitle=f"Clusters of areas in the latest {longest} days, to {seen.days[-1].isoformat()}",
        table=table.reset_index(drop=True),
        columns={
            "area": "The area in the middle of the cluster.",
            "since": "First day of the cluster; it ends with the latest day.",
            "n": "Incidents in the cluster since then.",
            "expected": "Incidents expected in it.",
            "areas": "Areas in the cluster.",
            "p": "The chance of so strong a cluster if nothing had changed.",
            "unusual": "Whether it would come up once in 100 looks or more rarely.",
        },
        key=("area", "since"),
        compared=("n", "unusual"),
        sentence=own.about.sentence,
        denominator="The cluster's share of earlier days, times what the whole place had in its days.",
        uncertainty=f"By the same rule something would have been called unusual on {found.called} of {found.earlier} earlier days.{least}",
        lacks=own.about.lacks,
        method="Unusual now",
        figure=_map(own.units, entries, "Latest days"),
        alt=f"A map of areas: {many} with unusually many in the latest {longest} days.",
        seed=own.seed,
    )
