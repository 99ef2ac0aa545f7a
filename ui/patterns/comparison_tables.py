"""The words of the page Compare for two that stand side by side: title, numbers, findings."""

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.numbers import measures
from data.patterns.compare import AREAS, PERIODS, SOURCES, Pair, Side
from data.views.filters import source_option
from data.views.seasonality import Season
from data.views.view import MONTH, View
from data.words import HEXAGONS
from geo import forest, rates
from ui.parts import headline, intervals
from ui.patterns.comparison_choice import OTHERS, ComparisonChoice

_FEW = 3  # names in a title
_CHANCE = 0.05
_DIFFERED = ("differed", "did not differ")


def side_names(pair: Pair, choice: ComparisonChoice) -> tuple[str, str]:
    """Return the names of the two sides."""
    if pair.what == PERIODS:
        return pair.a.period, pair.b.period
    if pair.what == SOURCES:
        a, b = (source_option(side.view.sources[0]) for side in (pair.a, pair.b))
        return a, b
    return _listed(choice.these), OTHERS if choice.rest else _listed(choice.those)


def _listed(chosen: tuple[str, ...]) -> str:
    areas = [words.spell_area(name) for name in chosen]
    if len(areas) > _FEW:
        return f"{areas[0]} and {len(areas) - 1} more areas"
    return areas[0] if len(areas) == 1 else f"{', '.join(areas[:-1])} and {areas[-1]}"


def comparison_title(view: View, choice: ComparisonChoice, pair: Pair) -> str:
    """Return what was compared with what, and the finding."""
    what = words.sentence_case(headline.noun(view))
    a, b = side_names(pair, choice)
    if pair.what == SOURCES:
        return f"{words.sentence_case(a)} and {b}: {_spread(pair)}, {pair.a.period}"
    unit = f"a {pair.unit}" if pair.what == PERIODS else "per resident"
    if pair.overall is None:
        return f"{what}: {pair.a.n:,} in {a}, {pair.b.n:,} in {b}; no rates to compare"
    match pair.overall.finding[0]:
        case forest.HIGHER | forest.LOWER:
            return f"{what}: {_many(float(pair.overall.ratio[0]))} {unit} in {a} {_than(pair, b)}"
        case forest.SEASON:
            many = _many(float(pair.overall.ratio[0]))
            return f"{what}: {many} {unit} in {a} {_than(pair, b)}, but it may be the season"
        case forest.UNCLEAR:
            per = "" if pair.what == PERIODS else f" {unit}"
            return f"{what}: no clear {'change' if pair.what == PERIODS else 'difference'}{per} between {a} and {b}"
    return f"{what}: {pair.a.n + pair.b.n:,} in both together, too few to compare"


def _spread(pair: Pair) -> str:
    """The finding of how two sources spread over the areas, in words."""
    tested = pair.table["q"].notna().sum()
    clear = pair.table[pair.table["finding"].isin([forest.HIGHER, forest.LOWER])]
    if clear.empty:
        return "no clear difference in how they are spread" if tested else "too few to compare"
    most = clear.sort_values(["p", "a"], ascending=[True, False])["area"].iloc[0]
    return f"spread differently in {len(clear)} of {tested} areas, most clearly in {words.spell_area(most)}"


def _many(ratio: float) -> str:
    if not np.isfinite(ratio) or ratio == 0:
        return "more" if ratio else "fewer"
    if ratio >= 2:
        return f"{ratio:.1f} times as many"
    return f"{abs(ratio - 1) * 100:.0f}% {'more' if ratio > 1 else 'fewer'}"


def _than(pair: Pair, b: str) -> str:
    ratio = float(pair.overall.ratio[0]) if pair.overall is not None else 1.0
    return f"as in {b}" if np.isfinite(ratio) and ratio >= 2 else f"than in {b}"


def show_sides(pair: Pair, choice: ComparisonChoice) -> None:
    """Show the numbers of both, and what they make together."""
    with st.container(horizontal=True, key="sides"):
        for key, side, name in zip("AB", (pair.a, pair.b), side_names(pair, choice)):
            _column(key, [f"{key}: {name}", *_numbers(pair, side)])
        if pair.overall is not None and pair.overall.finding[0] != forest.NONE:
            _column("both", _ratio(pair, pair.overall))


def _column(key: str, lines: list[str]) -> None:
    with st.container(key=f"side_{key}"):
        for line in lines:
            st.text(line)


def _numbers(pair: Pair, side: Side) -> list[str]:
    """The large number of a side, and those below it."""
    weeks = words.counted(len(side.starts), f"whole {pair.unit}")
    counted = f"{words.counted(side.n, 'incident')} in {weeks}"
    if side.every != side.n and pair.what != AREAS:
        counted += f" (of {side.every:,} in the whole period)"
    per_step = f"{measures.number(side.per_step)} a {pair.unit}"
    rate, low, high = rates.per_thousand([side.living], [side.residents or np.nan])
    areas = f"{side.with_residents} of {words.counted(int(side.asked.sum()), 'area')}"
    per = f"{measures.number(rate[0])} per 1,000 residents"
    within = f"95%: {measures.number(low[0])} to {measures.number(high[0])}"
    if pair.what == SOURCES:
        placed = int(side.counts[side.asked].sum())
        cut = f" (of {side.every:,} in the whole period)" if side.every != side.n else ""
        held = f"incidents in the {weeks} that both cover{cut}, {per_step}"
        return [f"{side.n:,}", held, f"{placed:,} of them in these areas"]
    if not side.residents:
        none = "Hexagons have no residents: no rate" if side.view.area_set in HEXAGONS else ""
        none = "A drawn shape cuts areas: no rate" if side.view.shape else none
        return [per_step, counted, none or "Residents not known: no rate"]
    if pair.what == AREAS:
        return [per, f"{within}; {areas} with residents", f"{counted}, {per_step}"]
    return [per_step, counted, f"{per} ({within}), {areas} with residents"]


def _ratio(pair: Pair, found: forest.Ratios) -> list[str]:
    """The overall ratio and its interval."""
    value, low, high = (float(v[0]) for v in found[:3])
    unit = "day" if pair.step == MONTH else pair.unit  # months differ in length
    what = f"incidents a {unit}" if pair.what == PERIODS else "incidents per resident"
    said = f"{value:.2f}" if np.isfinite(value) else "none in B"
    lines = ["A divided by B", f"× {said}" if np.isfinite(value) else said]
    lines.append(f"{what}; 95% interval {intervals.ratio_interval(low, high)}")
    if found.finding[0] == forest.UNCLEAR:
        lines.append("No clear change" if pair.what == PERIODS else "No clear difference")
        if pair.season != Season.UNKNOWN:
            lines.append(headline.worth_of(found, "from one to the other"))
    if season := headline.season_words(pair.season, pair.years, float(found.usual[0])):
        lines.append(season)
    if found.finding[0] == forest.FEW:
        lines.append(f"Fewer than {rates.UNRELIABLE} in both: too few to say")
    return lines


def count_clear(pair: Pair) -> str:
    """Return how many areas differ clearly, and how many would if judged one by one."""
    p, found = pair.table["p"].dropna(), pair.table["finding"].value_counts()
    few = int(found.get(forest.FEW, 0))
    untested = f"Not tested: {few}, with too few incidents." if few else ""
    if p.empty:
        return untested
    season = int(found.get(forest.SEASON, 0))
    more, fewer = (int(found.get(one, 0)) for one in (forest.HIGHER, forest.LOWER))
    many = f"{len(p):,} {words.name_units(pair.a.view.area_set, len(p))}"
    changed, unchanged = ("changed", "did not change") if pair.what == PERIODS else _DIFFERED
    if len(p) == 1:
        line = f"The one area tested {changed if more + fewer else unchanged} clearly."
    elif more + fewer:
        line = f"{more + fewer} of {many} {changed} clearly: {more} up, {fewer} down."
    else:
        line = f"None of {many} {changed} clearly."
    if len(p) > 1:
        usual = round(_CHANCE * len(p))
        chance = f"about {usual}" if usual else "hardly any"
        flagged = int((p < _CHANCE).sum())
        line += f" Tested one by one, {flagged} would seem to, {chance} of them by chance."
    if season:
        line += f" {season} more may be only the season."
    worth = "" if more + fewer else headline.worth_of_areas(pair.table, pair.season)
    return " ".join(filter(None, (line, worth, untested)))


_FINDINGS = {
    forest.HIGHER: "clearly more",
    forest.LOWER: "clearly fewer",
    forest.SEASON: "may be season",
    forest.UNCLEAR: "no clear change",
    forest.FEW: "too few to test",
    forest.NONE: "no ratio",
}


def name_findings(pair: Pair) -> "pd.Series[str]":
    """Return the finding of each area, as readers read it."""
    return pair.table["finding"].map(lambda finding: name_finding(pair, finding))


def name_finding(pair: Pair, finding: forest.Finding) -> str:
    """Return a finding of geo.forest as readers read it: periods change, others differ."""
    if finding == forest.UNCLEAR and pair.what != PERIODS:
        return "no clear difference"
    return _FINDINGS[finding]
