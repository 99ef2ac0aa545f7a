"""The page of emerging hot spots: the categories, and each area's history."""

from datetime import timedelta
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from data import palette, words
from data.palette import Theme
from data.patterns import hot_spots, power
from data.patterns.hot_spots import LEAST_AREAS, LEAST_STEPS, Emerging
from data.views.filters import period
from data.views.view import View
from geo.emerging import NOTHING
from ui.cached import findings
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import Legend, LegendRow, Picture
from ui.parts import charts, headline, tables
from ui.patterns import hot_spots_page

_METHOD = "Emerging hot spot"
BY = {"whole months": "month", "whole weeks": "week"}
MOST_ROWS = 24  # areas in the picture of histories
# word of geo.emerging -> its meaning in short
_MEANS = {
    "new": "for the first time in the newest step",
    "consecutive": "only in a run of the newest steps",
    "intensifying": "nearly always, and ever more so",
    "persistent": "nearly always, without a trend",
    "diminishing": "nearly always, but less and less",
    "sporadic": "on and off",
    "oscillating": "now, but the other way before",
    "historical": "nearly always, but not now",
}
# words that share a color, so that a map needs four and not eight
FAMILIES = (
    ("new", "consecutive", "intensifying"),
    ("persistent",),
    ("sporadic", "oscillating"),
    ("diminishing", "historical"),
)


def choose(view: View) -> tuple[str, str, str, int]:
    """Ask for the measure, the neighbors, the step of time and the seed."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        usual = 0 if view.days >= 31 * LEAST_STEPS else 1
        by = st.selectbox(
            "By", list(BY), index=usual, key="by", bind="query-params", width=150,
            help="Steps of time; partial ones are cut. At most the newest 60.",
        )  # fmt: skip
        of, how, seed = hot_spots_page.ask(view)
    return of, how, BY[str(by)], seed


def shown(found: Emerging) -> str:
    """The reason why no pattern can be named; empty where one can."""
    steps = found.steps
    if steps.frames < LEAST_STEPS:
        since = " since recording changed" if found.stretch.begun else ""
        return (
            f"{words.counted(steps.frames, f'whole {steps.unit}')}{since} in this View: it takes "
            f"{LEAST_STEPS} to speak of a pattern. Choose a longer period, or weeks."
        )
    tested = int(np.isfinite(found.z).any(axis=1).sum())
    if not found.counts.any():
        return hot_spots_page.NONE_AT_ALL
    if tested < LEAST_AREAS:
        return hot_spots_page.too_few(tested)
    held = int(found.counts[np.isfinite(found.z).any(axis=1)].sum())
    if held < tested:
        return (
            f"{words.counted(held, 'incident')} in {tested} areas with a rate are too few: with "
            "less than one an area one report can make a neighborhood high."
        )
    return ""


def title(view: View, found: Emerging) -> str:
    """The finding in one sentence."""
    what = headline.sentence_case(headline.noun(view))
    if shown(found):
        tested = int(np.isfinite(found.z).any(axis=1).sum())
        short = found.steps.frames < LEAST_STEPS
        few = "few areas" if tested < LEAST_AREAS and found.counts.any() else "few incidents"
        return f"{what}: too {'short a time' if short else few} for patterns"
    counts = pd.Series(found.label).value_counts().drop(NOTHING, errors="ignore")
    if counts.empty and found.undecided.any():
        return f"{what}: it cannot be told whether patterns over time are more than chance"
    if counts.empty:
        return f"{what}: no pattern over time beyond what chance can do"
    return f"{what}: " + ", ".join(words.counted(int(n), str(label)) for label, n in counts.items())


def said(of: str, found: Emerging) -> str:
    """The cube in words: what was counted."""
    steps = found.steps
    every = int(np.isfinite(found.z).any(axis=1).sum())
    last = found.state[:, -1] if steps.frames else np.zeros(0)
    span = spell(found)
    colored = " About 1 in 20 of the cells colored below is expected to be chance."
    chance = colored if (found.state != 0).any() else ""
    left = int(found.undecided.sum())
    cannot = f" {words.counted(left, 'cell')} {hot_spots_page.CANNOT_TELL}." if left else ""
    cut = f" {steps.left} more steps are older or partial." if steps.left else ""
    return (
        f"{every} areas by {words.counted(steps.frames, steps.unit)}, {span}: standardized {of}. In the "
        f"newest {steps.unit} {int((last > 0).sum())} hot and {int((last < 0).sum())} cold."
        f"{chance}{cut}{cannot}"
    )


def power_lines(view: View, found: Emerging, of: str, how: str, unit: str, seed: int) -> list[str]:
    """The worth of finding no hot spot in the newest step; nothing where it has one."""
    if shown(found) or (found.state[:, -1] > 0).any():
        return []
    smallest = findings.smallest_new(view, of, how, unit, seed)
    where = f"in the newest {unit} in a typical area and its neighbors"
    return [power.words_of(smallest, where)]


def spell(found: Emerging) -> str:
    """The first and last day of the steps counted, as readers write them."""
    steps = found.steps
    if not steps.starts:
        return "no whole step"
    return period(steps.starts[0], steps.starts[-1] + timedelta(days=steps.days[-1] - 1))


def across(view: View, found: Emerging) -> list[str]:
    """Each known change of recording that bears on it, and that nothing reaches across one."""
    begun = found.stretch.begun
    alone = "Only steps since then count: no trend is told across a change of recording."
    return [*frame.change_words(view), *([alone] if begun else [])]


def _colors(theme: Theme) -> dict[str, str]:
    """The color of each label."""
    warm, cool = (
        (palette.DARK_WARM, palette.DARK_COOL) if theme.dark else (palette.WARM, palette.COOL)
    )
    return {
        f"{word} {spot} spot": ramp[i]
        for spot, ramp in (("hot", warm), ("cold", cool))
        for i, family in enumerate(FAMILIES)
        for word in family
    }


def picture(view: View, found: Emerging, theme: Theme) -> Picture:
    """The map's patch: the category of each area."""
    colors = _colors(theme)
    tested = np.asarray(np.isfinite(found.z).any(axis=1))
    unsure = np.asarray(found.undecided.any(axis=1))
    fills = [
        colors.get(str(label), "few" if open_ else "chance" if held else "nodata")
        for label, held, open_ in zip(found.label, tested, unsure)
    ]
    present = set(found.label)
    rows: list[LegendRow] = []
    for spot in ("hot", "cold"):
        for family in FAMILIES:
            held = [w for w in family if f"{w} {spot} spot" in present]
            if held:
                text = f"{', '.join(held)} {spot} spot"
                rows.append({"color": colors[f"{family[0]} {spot} spot"], "text": text})
    rows.append({"hatch": "chance", "text": "no pattern: may be chance"})
    if "few" in fills:
        rows.append({"hatch": "few", "text": "cannot tell"})
    if not tested.all():
        rows.append({"hatch": "nodata", "text": "not tested: no rate"})
    legend: Legend = {
        "title": "Over time", "rows": rows,
        "note": f"{spell(found)}{area_layer.approximate(view)}",
    }  # fmt: skip
    order = [i for i, label in enumerate(found.label) if label != NOTHING]
    return {
        "fills": fills, "legend": legend, "edge": theme.quiet, "order": order[:400],
        "tips": _tips(found, tested),
    }  # fmt: skip


def _tips(found: Emerging, tested: Any) -> list[list[str]]:
    told = []
    for label, held, state, z in zip(found.label, tested, found.state, found.trend):
        lines = [str(label) if held else "not tested"]
        if label != NOTHING:
            lines.append(_MEANS[str(label).split(" ")[0]])
        hot_, cold = int((state > 0).sum()), int((state < 0).sum())
        if held:
            lines.append(f"hot in {hot_}, cold in {cold} of {words.counted(len(state), 'step')}")
        if np.isfinite(z):
            lines.append(f"trend of z: Mann-Kendall {z:+.1f}")
        told.append(lines)
    return told


COLUMNS: tables.Columns = {
    "area": ("Area", "", "The area in the middle."),
    "label": (
        "Pattern",
        "",
        "A word only where steps stand after the control over the whole cube.",
    ),
    "hot": ("Hot in", "%d", "Steps of time in which it is hot."),
    "cold": ("Cold in", "%d", "Steps of time in which it is cold."),
    "trend": (
        "Trend",
        "%.1f",
        "Mann and Kendall's z of the series of Gi*: beyond 1.96 either way is a trend.",
    ),
    "n": ("Incidents", "localized", "How many in the area itself."),
}


def table(found: Emerging, names: pd.Series, height: int) -> pd.DataFrame:
    """Every area with its pattern, those with one first."""
    rows = pd.DataFrame(
        {
            "area": names.to_numpy(object), "label": found.label,
            "hot": (found.state > 0).sum(axis=1), "cold": (found.state < 0).sum(axis=1),
            "trend": found.trend, "n": found.counts.sum(axis=1),
        }
    )  # fmt: skip
    first = (rows["label"] == NOTHING).astype(int)
    rows = rows.assign(first=first).sort_values(
        ["first", "hot", "cold"], ascending=[True, False, False]
    )
    rows = rows[list(COLUMNS)]
    tables.finding(rows, COLUMNS, height, "emerging_table")
    return rows


def strips(found: Emerging, names: pd.Series, rows: pd.DataFrame, theme: Theme) -> None:
    """The history of each area as a strip: a cell a step, colored where hot or cold."""
    shown_ = rows[(rows["hot"] > 0) | (rows["cold"] > 0)]["area"].head(MOST_ROWS).tolist()
    if not shown_:
        st.text("No area is clearly hot or cold in any step: there is no history to draw.")
        return
    every = int(((rows["hot"] > 0) | (rows["cold"] > 0)).sum())
    st.text(f"{len(shown_)} of {every} areas that were hot or cold at some time, a strip each.")
    at = [names.tolist().index(name) for name in shown_]
    starts = pd.to_datetime(pd.Series(found.steps.starts))
    ends = starts + pd.to_timedelta(pd.Series(found.steps.days), "D")
    spoken = {1: "hot", -1: "cold", 0: "may be chance"}
    cells = pd.DataFrame(
        {
            "area": np.repeat(shown_, len(starts)), "start": np.tile(starts, len(at)),
            "end": np.tile(ends, len(at)), "n": found.counts[at].ravel(),
            "is": [spoken[int(s)] for s in found.state[at].ravel()],
        }
    )  # fmt: skip
    low2, _, _, _, high2 = palette.diverging(theme)
    chart = (
        alt.Chart(cells)
        .mark_rect(stroke=theme.paper, strokeWidth=1)
        .encode(
            x=alt.X("start:T", title=None, axis=charts.dates(starts)),
            x2="end:T",
            y=alt.Y("area:N", title=None, sort=shown_, axis=alt.Axis(labelLimit=150, ticks=False)),
            color=alt.Color(
                "is:N", title=None, legend=alt.Legend(orient="top"),
                scale=alt.Scale(domain=["hot", "cold", "may be chance"], range=[high2, low2, palette.REST + "33"]),
            ),
            tooltip=["area:N", alt.Tooltip("start:T", title="from", format="%b %-d, %Y"), "is:N",
                     alt.Tooltip("n:Q", title="incidents", format=",")],
        )
        .properties(height=max(80, 22 * len(shown_) + 40))
    )  # fmt: skip
    st.altair_chart(chart, alt="History of each area: hot, cold or maybe chance by step")


def made(of: str, how: str, unit: str, seed: int) -> MethodNote:
    """The finding's method note, which stands below the page."""
    by = next(label for label, word in BY.items() if word == unit)
    return MethodNote(
        _METHOD,
        (
            "A word is said of an area for how it was hot or cold over time, with its neighbors. "
            + "; ".join(f"{word}: {meaning}" for word, meaning in _MEANS.items()) + ".",
            "Words of change (new, consecutive, oscillating, historical, intensifying, diminishing) are "
            "said only where the change itself stands, over all areas: one that comes and goes by "
            "chance is called sporadic, or persistent.",
            "A strip is an area's history. A pale cell is not “nothing happened”: how that "
            "step differed from the rest of the place may be chance.",
            "Being hot is relative to the place in the same step: a rise everywhere at once makes "
            "nothing hot. See the page Trend for that.",
        ),
        {"Measure": f"standardized {of}", "Neighbors": how, "Steps": by,
         "Permutations": f"{hot_spots.PERMUTATIONS:,} or more", "Seed": str(seed)},
        {"of": of, "neighbors": how, "by": by, "seed": str(seed)},
    )  # fmt: skip
