"""The page of emerging hot spots: the categories, and each area's history."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import palette, words
from data.numbers import spot_words
from data.palette import Theme
from data.patterns import hot_spots, power
from data.patterns.hot_spots import LEAST_STEPS, Emerging
from data.views.filters import period
from data.views.view import View
from geo.arrays import Flags
from geo.emerging import NOTHING
from ui.cached import findings, views
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.map import area_layer
from ui.map.patch import MapLegendRow, Picture
from ui.parts import area_lack, charts, headline, pictures, tables
from ui.parts.area_lack import Lack
from ui.patterns import area_patterns
from ui.patterns.pattern_page import MapPage, NoAnswer, ask_one, show_map

_WEEKS = "whole weeks"
BY = {"whole months": "month", _WEEKS: "week"}
_MOST_ROWS = 24  # areas in the picture of histories
# words that share a color, so that a map needs four and not eight
_FAMILIES = (
    ("new", "consecutive", "intensifying"),
    ("persistent",),
    ("sporadic", "oscillating"),
    ("diminishing", "historical"),
)


@dataclass(frozen=True)
class EmergingPage(MapPage):
    """The hot spots of a View over time: by a measure, with neighbors, in steps, on a seed.

    `names` are those of the areas.
    """

    METHOD = "Emerging hot spot"
    COLUMNS: ClassVar[tables.Columns] = {
        "area": ("Area", "", "The area in the middle of its neighbors."),
        "label": (
            "Pattern",
            "",
            "How the area and its neighbors did over time, beside all others; only where it is clear.",
        ),
        "term": ("Technical name", "", "The name of the pattern in emerging hot spot analysis."),
        "hot": (
            "Busy steps",
            "%d",
            "Months (or weeks) in which it is clearly above the others (hot).",
        ),
        "cold": (
            "Quiet steps",
            "%d",
            "Months (or weeks) in which it is clearly below the others (cold).",
        ),
        "trend": (
            "Trend (z)",
            "%.1f",
            "Above 1.96 it gets busier beside the others, below -1.96 quieter (Mann-Kendall z of Gi*).",
        ),
        "n": ("Incidents", "localized", "Incidents in the area itself, without its neighbors."),
    }

    SEEN: ClassVar = ("area", "label", "hot", "cold", "trend", "n")  # the file has all

    view: View
    by: str
    of: str
    how: str
    seed: int
    found: Emerging
    names: "pd.Series[str]"

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why no patterns can be looked for in a View."""
        return area_patterns.refuse_areas(view, "No patterns can be looked for here")

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask for the step of time, the measure and the neighbors, side by side."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            by = ask_one(
                "By",
                list(BY),
                usual=None if view.days >= 31 * LEAST_STEPS else _WEEKS,
                word="by",
                width=150,
                help="Steps of time. Only whole ones count, at most the latest 60.",
            )
            of, how, seed = area_patterns.ask_areas(view, fold)
        found = findings.emerging(view, of, how, BY[by], seed)
        return cls(view, by, of, how, seed, found, views.units(view)["name"])

    def _tested(self) -> Flags:
        """Return a mask of the areas that were tested in any step."""
        return np.asarray(np.isfinite(self.found.z).any(axis=1))

    def why_not(self) -> Lack | None:
        """Return what there is too little of to name patterns; None where they can be named."""
        if self.found.steps.frames < LEAST_STEPS:
            return Lack.TIME
        counts, tested = self.found.counts, self._tested()
        return area_lack.find_lack(
            int(counts.sum()),
            int(tested.sum()),
            int(counts[tested].sum()),
            area_lack.is_peopled(self.view, self.of),
        )

    def title(self) -> str:
        """Return the finding in one sentence."""
        what = words.sentence_case(headline.noun(self.view))
        if lack := self.why_not():
            return f"{what}: too {area_lack.title_lack(lack)} for patterns"
        counts = pd.Series(self.found.label).value_counts().drop(NOTHING, errors="ignore")
        if counts.empty and self.found.undecided.any():
            return f"{what}: it cannot be told whether there are clear patterns over time"
        if counts.empty:
            return f"{what}: no clear pattern over time"
        units = f" {words.name_units(self.view.area_set, int(counts.iloc[0]))}"
        many = [
            f"{n}{'' if i else units} {spot_words.conjugate_label(str(label), int(n))}"
            for i, (label, n) in enumerate(counts.items())
        ]
        return f"{what}: {'; '.join(many)}"

    def sentences(self) -> list[str]:
        """Return what was counted, what finding none is worth, and changes of recording."""
        if lack := self.why_not():
            lines = [self._explain(lack)]
        else:
            lines = [self._counted()]
            if not (self.found.state[:, -1] > 0).any():
                unit = BY[self.by]
                smallest = findings.smallest_new(self.view, self.of, self.how, unit, self.seed)
                where = f"in the latest {unit} in a typical area and its neighbors"
                lines.append(power.words_of(smallest, where))
        lines += frame.change_words(self.view)
        if self.found.stretch.begun:
            lines.append(
                "Only time since then counts, because a trend across a change of recording means nothing."
            )
        return lines

    def _explain(self, lack: Lack) -> str:
        """Return a sentence on what there is too little of."""
        steps, tested = self.found.steps, self._tested()
        if lack is Lack.TIME:
            since = " since the known change of recording" if self.found.stretch.begun else ""
            return (
                f"{words.counted(steps.frames, f'whole {steps.unit}')}{since} in this period: it takes "
                f"{LEAST_STEPS} to speak of a pattern. Choose a longer period, or weeks."
            )
        held = int(self.found.counts[tested].sum())
        so = ", one report can make an area look busy"
        return area_lack.explain_lack(lack, int(tested.sum()), held, so)

    def _counted(self) -> str:
        """Return how many areas and steps were counted, and what the newest step holds."""
        found, steps = self.found, self.found.steps
        last = found.state[:, -1]
        colored = " About 1 in 20 of the colored cells below is expected to be chance."
        chance = colored if (found.state != 0).any() else ""
        left = int(found.undecided.sum())
        cannot = f" {words.counted(left, 'cell')} {area_lack.CANNOT_TELL}." if left else ""
        cut = (
            f" {words.counted(steps.left, steps.unit)} more are older or not whole, and do not count."
            if steps.left
            else ""
        )
        return (
            f"{self._tested().sum()} of {words.counted(len(last), 'area')} compared in each of "
            f"{words.counted(steps.frames, steps.unit)}, {self._span()}, by their {self.of}. In the "
            f"latest {steps.unit} {(last > 0).sum()} clearly busy (hot) and {(last < 0).sum()} clearly "
            f"quiet (cold).{chance}{cut}{cannot}"
        )

    def _span(self) -> str:
        """Return the first and last day of the steps counted, as readers write them."""
        steps = self.found.steps
        if not steps.starts:
            return f"no whole {steps.unit}"
        return period(steps.starts[0], steps.starts[-1] + timedelta(days=steps.days[-1] - 1))

    def picture(self, theme: Theme) -> Picture:
        """Return the map's patch: the category of each area."""
        found, tested = self.found, self._tested()
        colors = _colors(theme)
        fills = [
            colors.get(str(label), "few" if open_ else "chance" if held else "nodata")
            for label, held, open_ in zip(
                found.label, tested, np.asarray(found.undecided.any(axis=1))
            )
        ]
        rows = _legend_rows(set(found.label), colors)
        rows.append({"hatch": "chance", "text": "no clear pattern"})
        if "few" in fills:
            rows.append({"hatch": "few", "text": "cannot tell"})
        if not tested.all():
            rows.append({"hatch": "nodata", "text": "not tested: no rate"})
        note = f"{self._span()}{area_layer.approximate(self.view)}"
        return {
            "fills": fills,
            "legend": {"title": "Over time", "rows": rows, "note": note},
            "edge": theme.quiet,
            "order": [i for i, label in enumerate(found.label) if label != NOTHING][:400],
            "tips": _tips(found, tested),
        }

    def table(self) -> pd.DataFrame:
        """Return every area with its pattern, those with one first."""
        found = self.found
        rows = pd.DataFrame(
            {
                "area": self.names.to_numpy(object),
                "label": [spot_words.spell_label(str(label)) for label in found.label],
                "term": ["" if label == NOTHING else str(label) for label in found.label],
                "hot": (found.state > 0).sum(axis=1),
                "cold": (found.state < 0).sum(axis=1),
                "trend": found.trend,
                "n": found.counts.sum(axis=1),
                "last": found.label == NOTHING,
            }
        )
        rows = rows.sort_values(["last", "hot", "cold"], ascending=[True, False, False])
        return rows[list(self.COLUMNS)]

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the map, the table beside it, and the history of each area below."""
        if self.why_not():
            return None
        rows = self.table()
        with show_map(self, theme, "map_emerging"):
            tables.finding(rows[list(self.SEEN)], self.COLUMNS, 470, "emerging_table")
        st.header("The history of each area", anchor=False)
        self._show_strips(rows, theme)
        return rows

    def _show_strips(self, rows: pd.DataFrame, theme: Theme) -> None:
        """Show the history of each area as a strip: a cell a step, colored where hot or cold."""
        every = rows[(rows["hot"] > 0) | (rows["cold"] > 0)]["area"].tolist()
        if not every:
            st.text("No area is clearly busy or quiet at any time, so there is no history to draw.")
            return
        drawn = every[:_MOST_ROWS]
        st.text(
            f"{len(drawn)} of the {words.counted(len(every), 'area')} that were clearly busy or quiet at some time, one strip each."
        )
        chart = _strips(self.found, drawn, self.names, theme)
        told = f"Strips, one an area, over time: busy, quiet or neither. From above: {', '.join(drawn)}."
        pictures.show_chart(chart, "The history of each area", told)

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "Busy (hot) and quiet (cold) mean that an area and its neighbors were clearly above or "
                "below all others in the same month or week. The technical names: "
                + "; ".join(f"{word}: {meaning}" for word, meaning in spot_words.MEANS.items())
                + ".",
                "Words of change (new, consecutive, oscillating, historical, intensifying, diminishing) are "
                "used only if the change itself is clear, with all areas judged together. What comes "
                "and goes by chance is called sporadic, or persistent.",
                "A strip is an area's history. A pale cell does not mean that nothing happened: the "
                "area was not clearly different from the others then.",
                "Busy is relative to the others at the same time: a rise everywhere at once makes "
                "no area busy. See the page “Is it rising?” for that.",
            ),
            {
                "Measure": f"standardized {self.of}",
                "Neighbors": self.how,
                "Steps": self.by,
                "Permutations": f"{hot_spots.PERMUTATIONS:,} or more",
                "Seed": str(self.seed),
            },
            {"of": self.of, "neighbors": self.how, "by": self.by, "seed": str(self.seed)},
        )


def _colors(theme: Theme) -> dict[str, str]:
    """Return the color of each label."""
    warm, cool = (
        (palette.DARK_WARM, palette.DARK_COOL) if theme.dark else (palette.WARM, palette.COOL)
    )
    return {
        f"{word} {spot} spot": ramp[i]
        for spot, ramp in (("hot", warm), ("cold", cool))
        for i, family in enumerate(_FAMILIES)
        for word in family
    }


def _legend_rows(present: set[str], colors: dict[str, str]) -> list[MapLegendRow]:
    """Return a row of the legend for each color that is on the map."""
    rows: list[MapLegendRow] = []
    for spot in ("hot", "cold"):
        for family in _FAMILIES:
            held = [w for w in family if f"{w} {spot} spot" in present]
            if held:
                text = "; ".join(spot_words.PLAIN[spot][word] for word in held)
                rows.append({"color": colors[f"{family[0]} {spot} spot"], "text": text})
    return rows


def _tips(found: Emerging, tested: Flags) -> list[list[str]]:
    """Return the lines of the tooltip of each area."""
    tips = []
    for label, held, state, z in zip(found.label, tested, found.state, found.trend):
        lines = [spot_words.spell_label(str(label)) if held else "not tested"]
        if label != NOTHING:
            lines.append(f"{label}: {spot_words.MEANS[str(label).split(' ')[0]]}")
        hot, cold = int((state > 0).sum()), int((state < 0).sum())
        if held:
            lines.append(f"busy in {hot}, quiet in {cold} of {words.counted(len(state), 'step')}")
        if np.isfinite(z):
            lines.append(f"trend: Mann-Kendall z {z:+.1f}")
        tips.append(lines)
    return tips


def _strips(found: Emerging, areas: list[str], names: "pd.Series[str]", theme: Theme) -> alt.Chart:
    """Return the chart of histories: a strip an area, a cell a step."""
    at = [names.tolist().index(name) for name in areas]
    shown = [words.spell_area(name) for name in areas]
    starts = pd.to_datetime(pd.Series(found.steps.starts))
    ends = starts + pd.to_timedelta(pd.Series(found.steps.days), "D")
    low2, _, _, _, high2 = palette.diverging(theme)
    looks = {"busy": high2, "quiet": low2, "not clear": palette.REST + "33"}
    spoken = dict(zip((1, -1, 0), looks))
    cells = pd.DataFrame(
        {
            "area": np.repeat(shown, len(starts)),
            "start": np.tile(starts, len(at)),
            "end": np.tile(ends, len(at)),
            "n": found.counts[at].ravel(),
            "is": [spoken[int(s)] for s in found.state[at].ravel()],
        }
    )
    scale = alt.Scale(domain=list(looks), range=list(looks.values()))
    chart: alt.Chart = (
        alt.Chart(cells)
        .mark_rect(strokeWidth=1)
        .encode(
            x=alt.X("start:T", title=None, axis=charts.dates(starts)),
            stroke=alt.condition(
                alt.datum["is"] == "not clear", alt.value(theme.pale_edge), alt.value(theme.paper)
            ),
            x2="end:T",
            y=alt.Y(
                "area:N",
                title=None,
                sort=shown,
                axis=alt.Axis(labelLimit=150, labelOverlap=False, ticks=False),
            ),
            color=alt.Color("is:N", title=None, legend=alt.Legend(orient="top"), scale=scale),
            tooltip=[
                "area:N",
                alt.Tooltip("start:T", title="from", format="%b %-d, %Y"),
                "is:N",
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(height=max(80, 22 * len(areas) + 40))
    )
    return chart
