"""The headline: what a picture shows in one sentence, one number, and how it changed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.numbers import measures
from data.numbers.area_words import noun_of, title_areas
from data.patterns import power
from data.views import recording
from data.views.answers import Answer, Comparison
from data.views.filters import period
from data.views.seasonality import Season
from data.views.view import MONTH, View
from geo import forest, rates
from geo.forest import Finding
from ui.cached import views
from ui.parts import intervals


def show_headline(view: View, answer: Answer) -> None:
    """The number of incidents and its change against the compared period."""
    counted = views.headline(view)
    with st.container(key="headline"):
        number, change = st.columns([1.25, 1.75], vertical_alignment="center")
        number.text(f"{counted['n']:,}" if answer.covered else "no data")
        number.text(f"{noun(view)}, {period(view.start, view.end)}")
        change.text(change_sentence(answer))


def show_number(view: View, answer: Answer) -> None:
    """One line of number, kind and period; a second one on the change, where there is one."""
    with st.container(key="number"):
        st.text(number_line(view, answer))
        if answer.comparison is not None:
            st.text(change_sentence(answer))


def number_line(view: View, answer: Answer) -> str:
    """The number of a View, its kind and its period."""
    counted = f"{answer.headline['n']:,} {noun(view)}" if answer.covered else "No data"
    return f"{counted}, {period(view.start, view.end)}"


def noun(view: View) -> str:
    """The noun for what is counted, in the source's words (`data.numbers.area_words`)."""
    return noun_of(view, views.meta(view.stamp))


def change_sentence(answer: Answer) -> str:
    """The change of all incidents in words, or why there is none."""
    told = answer.comparison
    if told is None:
        return answer.why
    ratio, low, high = (float(v[0]) for v in told.change[:3])
    finding = told.change.finding[0]
    a_step = f"a {answer.step_name}"
    many = f"{told.steps:,}"
    if told.steps != told.steps_before:
        many += f" and {told.steps_before:,}"
    both = (
        f"{told.now:,.1f} {a_step} in {told.period}, compared with {told.before:,.1f} in "
        f"{told.period_before}, over {many} whole {answer.step_name}s"
    )
    if not np.isfinite(ratio):
        none = not told.now and not told.before
        return f"{'None in either period' if none else 'No ratio'}: {both}."
    many_more = _more_or_fewer(ratio)
    match finding:
        case Finding.HIGHER | Finding.LOWER:
            change = many_more
        case Finding.SEASON:
            change = f"{many_more}, but it may be the season"
        case Finding.FEW:
            change = "Too few to speak of a change"
        case _:
            change = "No clear change"
    if not any(intervals.known_ends(low, high)):
        return f"{change}: {both}; too few to tell a ratio."
    a_day = " of incidents a day" if answer.step == MONTH else ""
    within = intervals.ratio_interval(low, high)
    worth = ""
    if finding == Finding.UNCLEAR and told.season != Season.UNKNOWN:
        worth = f" {worth_of(told.change, 'from one period to the other')}"
    season = season_words(told.season, told.years, float(told.change.usual[0]))
    numbers = f"(ratio{a_day} {ratio:.2f}, 95% interval {within})"
    return f"{change}: {both} {numbers}.{worth} {season}".strip()


def worth_of(found: forest.Ratios, where: str) -> str:
    """The worth of an unclear overall ratio: the smallest rise that would have shown."""
    factor = power.smallest(
        lambda times: forest.share_found(
            found.lower, found.upper, found.p, found.usual, found.wider, times
        )
    )
    return power.words_of(factor, where)


def worth_of_areas(table: pd.DataFrame, season: Season) -> str:
    """The worth of finding no single area clear, all judged together; empty where none was
    judged, or none could have been called a rise because its season is not known."""
    if season == Season.UNKNOWN or table["p"].isna().all():
        return ""
    factor = power.smallest(
        lambda times: forest.share_found(
            table["low"], table["high"], table["p"], table["usual"], table["wider"], times
        )
    )
    where = "in it" if table["p"].notna().sum() == 1 else "in a typical one of them"
    return power.words_of(factor, where)


def season_words(season: Season, years: int, usual: float = np.nan) -> str:
    """A sentence on what season can do to a comparison; empty where it can do nothing."""
    match season:
        case Season.UNKNOWN:
            return (
                "It may be the season: no other year is covered, so nothing is called a rise or a "
                "fall."
            )
        case Season.KNOWN:
            many = words.counted(years, "other year")
            ratio = f": there the ratio was {usual:.2f}" if np.isfinite(usual) else ""
            return f"Season is allowed for, by the same two periods of {many}{ratio}."
    return ""


def mean(value: float) -> str:
    """A mean for a sentence: three figures at least, no more than two decimals."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"


@dataclass(frozen=True)
class Shown:
    """What the picture under a headline shows: a layer, two periods, or `plays` by a unit."""

    layer: str = "areas"
    compares: bool = False
    plays: str = ""


_STEPS = {
    "day": "day by day",
    "week": "week by week",
    "month": "month by month",
    "hour": "by hour of the day",
}


def headline_title(view: View, answer: Answer, shown: Shown = Shown()) -> str:
    """The sentence that the picture says: short, and nothing that chance explains as a fact."""
    what, held = words.sentence_case(noun(view)), answer.headline["n"]
    if not answer.covered:
        return f"{what}: no data in this period"
    if shown.compares:
        return f"{what}: {_change_title(view, answer, shown.layer)}"
    if not held:
        return f"{what}: none with these filters"
    if shown.layer in ("heat", "hexagons", "incidents") and (why := _no_places(answer)):
        return f"{what}: {why}"
    if shown.plays and (answer.placed or shown.layer != "areas"):
        return f"{what} {_STEPS[shown.plays]}, {period(view.start, view.end)}"
    if shown.layer in ("heat", "hexagons"):
        return _density_title(view, answer, shown.layer)
    if shown.layer == "incidents":
        placed = held - answer.headline["no_point"]
        many = f"All {held:,}" if placed == held else f"{placed:,} of {held:,}"
        return f"{many} {noun(view)} on the map"
    return title_areas(view, answer, views.meta(view.stamp))


def _change_title(view: View, answer: Answer, layer: str) -> str:
    """The change of all incidents, and of how many areas one is clear."""
    told = answer.comparison
    if told is None:
        why = answer.why.split(". ")[0].rstrip(".")
        return f"{why[:1].lower()}{why[1:]}"
    change = _change_words(told)
    tested = int(answer.table["q"].notna().sum())
    if layer != "areas" or tested < 2:
        return change
    up, down = (int((answer.table["change"] == f).sum()) for f in (Finding.HIGHER, Finding.LOWER))
    of = f"{tested} {measures.unit_noun(view)}"
    if not up and not down:
        return f"{change}; none of {of} changed clearly"
    ways = [f"{n} clearly {way}" for n, way in ((up, "up"), (down, "down")) if n]
    return f"{change}; of {of} {' and '.join(ways)}"


def _change_words(told: Comparison) -> str:
    """The change of all incidents in a few words."""
    ratio, before = float(told.change.ratio[0]), told.period_before
    if not np.isfinite(ratio):
        return f"none in {before}" + ("" if told.now else " and none now")
    match told.change.finding[0]:
        case Finding.HIGHER | Finding.LOWER:
            return f"{_more_or_fewer(ratio)} than in {before}"
        case Finding.SEASON:
            return f"{_more_or_fewer(ratio)} than in {before}, but it may be the season"
        case Finding.FEW:
            return f"too few to speak of a change from {before}"
    return f"no clear change from {before}"


def _more_or_fewer(ratio: float) -> str:
    return f"{abs(ratio - 1) * 100:.0f}% {'more' if ratio > 1 else 'fewer'}"


def _no_places(answer: Answer) -> str:
    """Why places of records cannot be shown; empty where they can."""
    if answer.headline["n"] <= answer.headline["no_point"]:
        return "no exact place is known of any of them"
    return ""


def _density_title(view: View, answer: Answer, layer: str) -> str:
    """The headline of heat and hexagons: they show where, and rank nothing."""
    what, held = words.sentence_case(noun(view)), answer.headline["n"]
    if not recording.is_count(view, views.meta(view.stamp)) and layer == "heat":
        return f"{what} do not count what happened, so there is no heat map"
    placed = held - answer.headline["no_point"]
    if placed < rates.UNRELIABLE:
        return f"{what}: {placed} with a known place, too few to see where most are"
    by = "by hexagon, " if layer == "hexagons" else ""
    return f"Where {noun(view)} were recorded, {by}{period(view.start, view.end)}"
