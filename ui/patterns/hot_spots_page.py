"""The page of hot spots: its choices, title, sentences, picture and table."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import neighbors, power
from data.patterns.hot_spots import LEAST_AREAS, LEVEL, PERMUTATIONS, Hot
from data.views import recording
from data.views.answers import Answer
from data.views.filters import period
from data.views.view import HEXAGONS, View
from geo.hot_areas import UNDECIDED
from ui.cached import findings, views
from ui.frame import frame, method_note
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import Legend, LegendRow, Picture
from ui.parts import headline, measures, tables

STRONG = 0.01
_CHANCE = "About 1 in 20 of the areas flagged on this map is expected to be chance."
_METHOD = "Hot spot"
# label, the largest q, the legend's text
CLASSES = (
    ("hot", STRONG, "hot, q at most 0.01"),
    ("hot", LEVEL, "hot, q at most 0.05"),
    ("cold", LEVEL, "cold, q at most 0.05"),
    ("cold", STRONG, "cold, q at most 0.01"),
)
_LABELS = {
    "hot": "hot", "cold": "cold", "": "not clear", "none": "not tested", UNDECIDED: "cannot tell",
}  # fmt: skip
NONE_AT_ALL = "No record of this View lies in any area: there is nothing to call hot or cold."
CANNOT_TELL = (
    "stand out, but telling whether by chance would take more deals than are made: choose larger "
    "areas, fewer of them, or longer steps of time"
)


def why_not(view: View, answer: Answer) -> str:
    """The reason why there can be no hot spots of a View; empty where there can."""
    if not recording.is_count(view, views.meta(view.stamp)):
        return "What is no count has no usual, no rate and no pattern."
    if view.shape:
        return (
            "A drawn shape cuts through areas, and a hot spot is a whole area with its neighbors: "
            "clear the shape on the left, or choose areas instead."
        )
    if views.units(view).empty:
        return "There are no areas yet: bring or learn some (see the page Area)."
    if not answer.covered:
        return "No data in this period: see above what the source covers."
    if not answer.placed:
        return "No record of this View lies in any of these areas."
    return ""


def choose(view: View) -> tuple[str, str, int]:
    """Ask for the measure, the neighbors and the seed, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return ask(view)


def ask(view: View) -> tuple[str, str, int]:
    """Ask for the same in a row that is there already."""
    of = st.selectbox(
        "Measure", neighbors.measures(view), key="of", bind="query-params",
        width=250, help="Never raw counts: those show where people and streets are. Standardized: "
        "a rate of few residents varies more by chance, and has to lie further out to count.",
    )  # fmt: skip
    how = st.selectbox(
        "Neighbors", list(neighbors.WEIGHTS), key="neighbors", bind="query-params", width=250,
        help="A hot spot is an area together with its neighbors: who they are is a choice.",
    )  # fmt: skip
    return str(of), str(how), method_note.seed()


def too_few(areas: int) -> str:
    """The sentence that so many areas are too few to call one high or low."""
    return (
        f"{words.counted(areas, 'area')} of this View can be tested (with a rate, neighbors, and "
        f"others to be held against): it takes {LEAST_AREAS} to call one hot or cold. Hexagons or smaller "
        "areas are more."
    )


def shown(found: Hot) -> str:
    """The reason why nothing can be said; empty where something can."""
    if not found.table["n"].any():
        return NONE_AT_ALL
    if found.tested < LEAST_AREAS:
        return too_few(found.tested)
    held = int(found.table.loc[found.table["label"] != "none", "n"].sum())
    if held < found.tested:
        return (
            f"{words.counted(held, 'incident')} in {found.tested} areas with a rate are too few: "
            "with less than one an area, none can be told to be low, and one report can make a "
            "neighborhood high."
        )
    return ""


def title(view: View, of: str, found: Hot) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    per = "per resident" if of == neighbors.RESIDENTS else "per km2"
    hot = found.table[found.table["label"] == "hot"].sort_values("times", ascending=False)
    cold = int((found.table["label"] == "cold").sum())
    if shown(found):
        few = "areas" if found.tested < LEAST_AREAS and found.table["n"].any() else "incidents"
        return f"{what} {per}: too few {few} for hot spots"
    if hot.empty and not cold and (found.table["label"] == UNDECIDED).any():
        return f"{what} {per}: it cannot be told whether the areas differ by more than chance"
    if hot.empty and not cold:
        return f"{what} {per}: no hot spot; how the areas differ may be chance"
    if hot.empty:
        return f"{what} {per}: no hot spot, {words.counted(cold, 'cold spot')}"
    return (
        f"{what} {per}: {words.counted(len(hot), 'hot spot')}, hottest around {hot['area'].iloc[0]}"
    )


def said(of: str, found: Hot) -> str:
    """Sentences on how many areas were tested, and what came of it."""
    counts = found.table["label"].value_counts()
    rate = measures.number(found.place)
    unit = "per 1,000 residents" if of == neighbors.RESIDENTS else "per km²"
    chance = f" {_CHANCE}" if counts.get("hot", 0) + counts.get("cold", 0) else ""
    left = int(counts.get(UNDECIDED, 0))
    cannot = f" {words.counted(left, 'area')} {CANNOT_TELL}." if left else ""
    return (
        f"{counts.get('hot', 0)} hot and {counts.get('cold', 0)} cold of {found.tested} areas "
        f"tested ({len(found.table) - found.tested} of {len(found.table)} not). The place's own rate: "
        f"{rate} {unit}.{chance}{cannot}"
    )


def power_lines(view: View, found: Hot, of: str, how: str, seed: int) -> list[str]:
    """The worth of finding no hot spot; nothing where one was found or none could be."""
    if shown(found) or (found.table["label"] == "hot").any():
        return []
    smallest = findings.smallest_hot(view, of, how, seed)
    return [power.words_of(smallest, "in a typical area and its neighbors")]


def across(view: View) -> list[str]:
    """Sentences on known changes of recording that a map of the whole period adds up."""
    lines = frame.change_words(view)
    if inside := frame.changes(view):
        day = inside[-1].day
        lines.append(
            "This map adds up both sides of it. Where recording changed alike everywhere the "
            "pattern stays; where it did not, two ways of recording are mixed. For one alone set "
            f"From to {period(day, day)}."
        )
    return lines


def sentence(row: Any) -> str:
    """One area in words."""
    others = words.counted(int(row.around), "neighbor")
    return f"{row.area} and its {others} together have {times(row.times)} times the city's rate"


def times(value: float) -> str:
    """A ratio as readers want it."""
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def each(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, whose values have names."""
    return list(table.itertuples())


def sentences(found: Hot) -> list[str]:
    """A sentence for each hot area, the hottest first."""
    hot = found.table[found.table["label"] == "hot"].sort_values("times", ascending=False)
    return [f"{sentence(row)}." for row in each(hot)]


def picture(view: View, found: Hot, theme: Theme) -> Picture:
    """The map's patch: colors where a result stands, hatches elsewhere."""
    colors = dict(zip(CLASSES, _colors(theme)))
    fills, seen = [], set()
    for row in each(found.table):
        fill, key = "chance", ""
        if row.label in ("hot", "cold"):
            one = next(
                c
                for c in CLASSES
                if c[0] == row.label and row.q <= c[1] and (c[1] == STRONG or row.q > STRONG)
            )
            fill, key = colors[one], one[2]
        elif row.label == "none" or found.tested < LEAST_AREAS:
            fill, key = "nodata", "none"
        elif row.label == UNDECIDED:
            fill, key = "few", UNDECIDED
        seen.add(key)
        fills.append(fill)
    rows: list[LegendRow] = [{"color": colors[c], "text": c[2]} for c in CLASSES if c[2] in seen]
    if "" in seen:
        rows.append({"hatch": "chance", "text": "may be chance"})
    if UNDECIDED in seen:
        rows.append({"hatch": "few", "text": "cannot tell"})
    if "none" in seen:
        why = "not tested: no rate" if view.area_set not in HEXAGONS else "not tested"
        why = "not tested: too few areas" if found.tested < LEAST_AREAS else why
        rows.append({"hatch": "nodata", "text": why})
    legend: Legend = {
        "title": "Areas with their neighbors", "rows": rows,
        "note": f"Gi*, {period(view.start, view.end)}{area_layer.approximate(view)}",
    }  # fmt: skip
    order = found.table["times"].where(found.table["label"] == "hot").sort_values(ascending=False)
    return {
        "fills": fills, "legend": legend, "edge": theme.quiet, "tips": tips(found),
        "order": order.dropna().index[:400].tolist(),
    }  # fmt: skip


def _colors(theme: Theme) -> tuple[str, str, str, str]:
    low2, low, _, high, high2 = palette.diverging(theme)
    return high2, high, low, low2


def tips(found: Hot) -> list[list[str]]:
    """The lines of the tooltip of each area."""
    told = []
    for row in each(found.table):
        lines = [_LABELS[str(row.label)], words.counted(int(row.n), "incident")]
        if np.isfinite(row.times):
            lines.append(
                f"with its {words.counted(int(row.around), 'neighbor')}: "
                f"{times(row.times)} times the city's rate"
            )
        if np.isfinite(row.q):
            lines.append(f"z {row.z:.1f}, p {row.p:.4f}, q {row.q:.3f}")
        told.append(lines)
    return told


COLUMNS: tables.Columns = {
    "area": ("Area", "", "The area in the middle."),
    "finding": ("Finding", "", "Hot or cold only where q is at most 0.05."),
    "times": (
        "× city",
        "%.2f",
        "The rate of the area and its neighbors together, divided by that of all areas.",
    ),
    "n": ("Incidents", "localized", "How many in the area itself."),
    "rate": (
        "Smoothed",
        "%.1f",
        "The area's own rate, drawn towards that of all areas (empirical Bayes).",
    ),
    "z": ("z", "%.2f", "Gi* of the standardized rate: its own errors away from that of all areas."),
    "p": ("p", "%.4f", "By permutation, two-sided."),
    "q": ("q", "%.3f", "p after Benjamini and Hochberg's control over all areas tested."),
}


def table(found: Hot, height: int) -> pd.DataFrame:
    """The table beside the map: hot first, then cold, then the rest by their rate."""
    rank = found.table["label"].map({"hot": 0, "cold": 1, UNDECIDED: 2, "": 3, "none": 4})
    rows = found.table.assign(rank=rank, finding=found.table["label"].map(_LABELS))
    rows = rows.sort_values(["rank", "times"], ascending=[True, False])[list(COLUMNS)]
    tables.finding(rows, COLUMNS, height, "hot_table")
    return rows


def made(of: str, how: str, seed: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    return MethodNote(
        _METHOD,
        (
            "Rust: the area and its neighbors together are higher than chance can do. Blue: "
            "lower. Lines: it may be chance, which is not the same as average.",
            f"An area is colored only where q is at most {LEVEL}: of all areas colored so, about "
            "1 in 20 is expected to be there by chance.",
            "One area that is extreme alone, among ordinary neighbors, is no hot spot here: look at "
            "its own rate in the table or on the page Areas.",
            "Its edge is not sharp: an area beside a hot one may be as high and not be flagged.",
            "A hot spot speaks of a neighborhood of areas. The area in its middle may itself be "
            "ordinary: look at its own rate in the table.",
            "An area is judged by its rate in errors of its own: of few residents a high rate is often "
            "chance. What areas differ beyond that without a pattern is no hot spot either.",
            "Residents are not all who are there: where people work, shop and drive, a rate per "
            "resident is high without more being done to residents.",
        ),
        {"Measure": f"standardized {of}", "Neighbors": how, "Permutations": f"{PERMUTATIONS:,} or more",
         "Seed": str(seed)},
        {"of": of, "neighbors": how, "seed": str(seed)},
    )  # fmt: skip
