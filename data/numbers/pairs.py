"""The numbers of Compare, Repeats and Same event?."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pandas as pd

from data import words
from data.maps import outlines
from data.numbers import specs
from data.numbers.about_view import COUNTED, NO_DENOMINATOR, about_view
from data.numbers.findings import choose
from data.numbers.numbers import SEVERAL, PageNumbers
from data.numbers.over_time import seed_of
from data.patterns import compare, episodes, near_repeats
from data.patterns.compare import AREAS, PERIODS, Pair
from data.settings import Problem, load_settings
from data.storage.store import Current
from data.views import answers, links
from data.views.filters import source_option
from data.views.periods import NoComparison
from data.views.view import View

_SIZES = (2, 3, 5, 10, 20, 50)  # records of a group: from these on


def number_comparison(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """Two periods, two sets of areas or two sources: ratios by area with their intervals."""
    what = choose(page, "against", compare.WHAT)
    units = outlines.units(current, view.area_set, view.settled_by)
    asked = answers.area_table(current, view, units).table["asked"].to_numpy(bool)
    if what == PERIODS:
        view = compare.halves(view, current) or view
        pair = compare.two_periods(current, view, units, asked)
    elif what == AREAS:
        chosen = view.areas or _areas_of(page, "these")
        if not chosen:
            raise Problem("The link names no areas of A to compare: choose them and copy it again.")
        these = units["name"].isin(chosen).to_numpy(bool)
        those = ~these
        if rest := _areas_of(page, "those"):
            those &= units["name"].isin(rest).to_numpy(bool)
        pair = compare.two_sets(current, view, units, these, those)
    else:
        other = _other_source(current, view, page)
        pair = compare.two_sources(current, view, other, units, asked)
    if isinstance(pair, NoComparison):
        raise Problem(pair.sentence)
    return _pair_numbers(current, view, pair)


def _areas_of(page: Mapping[str, str], word: str) -> tuple[str, ...]:
    return tuple(filter(None, page.get(word, "").split(SEVERAL)))


def _other_source(current: Current, view: View, page: Mapping[str, str]) -> View:
    """The same asked of the other source that the link names, else of the first that there is."""
    meta = current.meta
    named = {source_option(s["name"]): s["name"] for s in meta["sources"] if s["rows"]}
    options = [option for option, name in named.items() if name not in view.sources]
    if not options:
        raise Problem("There is no other source to compare with.")
    name, settled = named[choose(page, "other", options)], page.get(links.SETTLED, "")
    return compare.asked_of(view, name, meta, load_settings(), datetime.now(UTC), settled)


def _pair_numbers(current: Current, view: View, pair: Pair) -> PageNumbers:
    about = about_view(current, view)
    names = [
        c
        for c in ("area", "side", "a", "b", "ratio", "low", "high", "q", "finding")
        if c in pair.table
    ]
    table = pair.table[names].assign(finding=pair.table["finding"].map(str))
    clear = int((pair.table["q"] <= 0.05).sum())
    tested = int(pair.table["q"].notna().sum())
    overall = ""
    if pair.overall is not None and np.isfinite(pair.overall.ratio[0]):
        ratio, low, high = (float(v[0]) for v in pair.overall[:3])
        overall = f" All together: {ratio:.2f} times (95% interval {low:.2f} to {high:.2f})."
    order = (pair.table["a"] + pair.table.get("b", 0)).sort_values(ascending=False).index
    shown = pair.table.loc[order].assign(area=pair.table["area"].map(words.spell_area))
    columns = {
        "area": "The area that is counted.",
        "side": "The set that it is in: A or B.",
        "a": f"Incidents of A in whole {pair.unit}s.",
        "b": f"Incidents of B in whole {pair.unit}s.",
        "ratio": "A divided by B.",
        "low": "Lower end of the ratio's 95% interval.",
        "high": "Upper end of the ratio's 95% interval.",
        "q": "The p of the area, corrected because many are tested at once.",
        "finding": "Higher or lower only where q is at most 0.05.",
    }
    return PageNumbers(
        title=f"{about.noun}: {clear} of {tested} areas differ clearly. {overall}".strip(),
        subtitle=f"Incidents a {pair.unit} in {pair.a.period} (A) divided by those in {pair.b.period} (B), by area",
        table=table.reset_index(drop=True),
        columns={name: what for name, what in columns.items() if name in table},
        key=("area", "side") if "side" in table else ("area",),
        compared=("a", "ratio"),
        sentence=about.sentence,
        denominator=f"The same of B: {pair.b.n:,} incidents in {words.counted(len(pair.b.starts), f'whole {pair.unit}')}.",
        uncertainty="Each ratio has its 95% interval, widened by how much more than chance the steps "
        "vary; clear is said of all areas judged together (Benjamini-Hochberg, 5%).",
        lacks=about.lacks,
        method="Comparison",
        figure=specs.ratios(shown, "area", "A divided by B, times"),
        alt=f"Ratios by area with their intervals: {clear} of {tested} differ clearly.",
        sources=tuple(dict.fromkeys((*pair.a.view.sources, *pair.b.view.sources))),
    )


def number_repeats(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """Pairs of records close in place and time, beside what chance would bring."""
    spoken = {words.spoken(kind): kind for kind in near_repeats.pairable_kinds(current, view)}
    if not spoken:
        raise Problem(
            "Too few records have an exact place and a day, so no repeats can be counted."
        )
    kind, seed = choose(page, "of_kind", list(spoken)), seed_of(page)
    view = replace(view, kinds=(spoken[kind],))
    found, about = near_repeats.repeats(current, view, seed), about_view(current, view)
    bands = found.table
    table = pd.DataFrame(
        {
            "meters": [f"{a:g} to {b:g}" for a, b in zip(bands["space_from"], bands["space_to"])],
            "days": [f"{a:g} to {b:g}" for a, b in zip(bands["time_from"], bands["time_to"])],
            **{c: bands[c] for c in ("observed", "expected", "ratio", "p", "q")},
        }
    )
    best = found.strongest
    told = (
        f"{best['ratio']:.1f} times as many near repeats as by chance"
        if best
        else "no clear near repeats"
    )
    unit = "times as many as by chance"
    order = list(dict.fromkeys(table["meters"]))[::-1]
    return PageNumbers(
        title=f"{words.sentence_case(kind)}: {told}",
        subtitle=f"Pairs of {found.records:,} records by distance and days apart, {about.span}",
        table=table,
        columns={
            "meters": "How far apart, as streets run.",
            "days": "How many days apart.",
            "observed": "Pairs that there are.",
            "expected": "Pairs that chance would bring: the mean of shuffles of the days.",
            "ratio": "Observed divided by expected.",
            "p": "By shuffles of the days.",
            "q": "p, corrected because many bands are tested at once.",
        },
        key=("meters", "days"),
        compared=("observed", "ratio"),
        sentence=about.sentence,
        denominator="Pairs expected by chance: the mean of shuffles of days within four weeks.",
        uncertainty="Clear is said of all bands judged together (Benjamini-Hochberg, 5%).",
        lacks=about.lacks,
        method="Near repeats",
        figure=specs.cells(table, "days", "meters", "ratio", unit, order),
        alt=f"Ratios of pairs to chance by distance and days apart: {told}.",
        seed=seed,
    )


def number_groups(current: Current, view: View, page: Mapping[str, str]) -> PageNumbers:
    """How many groups of records look like one event, by their size: of the records, nothing."""
    metres, hours, least = (
        int(choose(page, word, [str(one) for one in options], options.index(usual)))
        for word, options, usual in zip(
            ("metres", "within", "least"),
            (episodes.METRES, episodes.HOURS, episodes.LEAST_RECORDS),
            episodes.USUAL,
        )
    )
    found, about = (
        episodes.find_episodes(current, view, metres, hours, least),
        about_view(current, view),
    )
    size = found.table["size"].to_numpy(int) if len(found.table) else np.zeros(0, int)
    at = np.searchsorted(_SIZES, size, side="right") - 1
    names = [f"{a} to {b - 1}" if b - a > 1 else f"{a}" for a, b in pairwise(_SIZES)]
    table = pd.DataFrame(
        {
            "records": [*names, f"{_SIZES[-1]} or more"],
            "groups": np.bincount(at, minlength=len(_SIZES)),
            "n": np.bincount(at, weights=size, minlength=len(_SIZES)).astype(int),
        }
    )
    return PageNumbers(
        title=f"{about.noun}: {words.counted(len(size), 'group')} of records look like one event each",
        subtitle=f"Groups within {metres} m and {hours} h, of at least {least} records, {about.span}",
        table=table,
        columns={
            "records": "How many records a group has.",
            "groups": "Groups of that size.",
            "n": "Records in them.",
        },
        key=("records",),
        compared=("groups", "n"),
        sentence=about.sentence,
        denominator=NO_DENOMINATOR,
        uncertainty=f"{COUNTED} Where much is recorded, groups form by chance.",
        lacks=about.lacks,
        method="Episode",
        figure=specs.bars(table, "records", "groups", "groups"),
        alt="Groups of records by how many they have, as bars.",
    )
