"""The headline: one number, and how it changed."""

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.patterns import power
from data.views.answers import Answer
from data.views.filters import period
from data.views.seasonality import Season
from data.views.sql import says
from data.views.view import MONTH, View
from geo import forest, rates
from geo.forest import Finding
from ui.cached import views
from ui.parts import intervals, measures


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
    counted = f"{views.headline(view)['n']:,} {noun(view)}" if answer.covered else "No data"
    with st.container(key="number"):
        st.text(f"{counted}, {period(view.start, view.end)}")
        if answer.comparison is not None:
            st.text(change_sentence(answer))


def noun(view: View) -> str:
    """The noun for what is counted, in the source's words, with its kinds, force or response."""
    told = says(view, views.meta(view.stamp))[:60]
    asked = {"kind": view.kinds, "force": view.forces, "response": view.responses}
    only = [words.label(column, code) for column, codes in asked.items() for code in codes]
    if not only:
        return told
    return f"{told} ({', '.join(only[:2])}{' ...' if len(only) > 2 else ''})"


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
        f"{told.now:,.1f} {a_step} in {told.period} against {told.before:,.1f} in "
        f"{told.period_before}, over {many} whole {answer.step_name}s"
    )
    if not np.isfinite(ratio):
        none = not told.now and not told.before
        return f"{'None in either period' if none else 'No ratio'}: {both}."
    many_more = f"{abs(ratio - 1) * 100:.0f}% {'more' if ratio > 1 else 'fewer'}"
    match finding:
        case Finding.HIGHER | Finding.LOWER:
            change = many_more
        case Finding.SEASON:
            change = f"{many_more}, but season can do as much"
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
                "Season alone can do as much: no other year is covered, so nothing is called a "
                "rise or a fall."
            )
        case Season.KNOWN:
            many = words.counted(years, "other year")
            ratio = f": there the ratio was {usual:.2f}" if np.isfinite(usual) else ""
            return f"Season is allowed for, by the same two periods of {many}{ratio}."
    return ""


def mean(value: float) -> str:
    """A mean for a sentence: three figures at least, no more than two decimals."""
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"


def sentence_case(text: str) -> str:
    """The text with its first letter large; the others keep their case."""
    return text[:1].upper() + text[1:]


def headline_title(view: View, answer: Answer) -> str:
    """The sentence that the map says."""

    ranked = measures.ranked(answer.table, view)
    if view.measure == measures.RATE:  # what rests on a few incidents leads no headline
        ranked = ranked[~ranked["unreliable"]]
    # hexagons go by the area that they lie in, each named once
    names = [name.partition(", hexagon")[0] for name in ranked["area"].head(12)]
    top = list(dict.fromkeys(names))[:3]
    if len(", ".join(top)) > 44:
        top = top[:2]
    what = sentence_case(noun(view))
    if not answer.covered:
        return f"{what}: no data in this period"
    if not answer.placed:
        return f"{what}: no record of this View lies in one of these units"
    held = int(answer.table["n"].sum())
    if 0 < held < rates.UNRELIABLE:  # any order of so few is chance
        return f"{what}: {held} in all areas, too few to say where most are"
    if not top and held:
        return f"{what}: too few in any area for a reliable rate"
    if not top:
        return f"{what}: none in this View"
    where = top[0] if len(top) == 1 else f"{', '.join(top[:-1])} and {top[-1]}"
    per = " per resident" if view.measure == measures.RATE else ""
    return f"{what}{per}: most in {where}"
