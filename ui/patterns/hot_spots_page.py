"""The page of hot spots: areas that are high or low, with their neighbors, beyond chance."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.palette import Theme
from data.patterns import neighbors, power
from data.patterns.hot_spots import LEVEL, PERMUTATIONS, Hot
from data.views.filters import period
from data.views.view import View
from geo.hot_areas import UNDECIDED
from ui.cached import findings
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.map import cluster_layer
from ui.map.patch import Picture
from ui.parts import area_lack, headline, tables
from ui.parts.area_lack import Lack
from ui.patterns import area_patterns
from ui.patterns.pattern_page import MapPage, NoAnswer, say, show_map


@dataclass(frozen=True)
class HotSpotsPage(MapPage):
    """The hot spots of a View: by a measure, with neighbors, on a seed."""

    METHOD = "Hot spot"
    COLUMNS: ClassVar[tables.Columns] = {
        "area": ("Area", "", "The area in the middle of its neighbors."),
        "finding": (
            "Finding",
            "",
            "Hot or cold only where the difference is clear (q at most 0.05).",
        ),
        "times": (
            "With neighbors",
            "%.2f",
            "The rate of the area and its neighbors together, in times the citywide rate. It is not the area's own rate.",
        ),
        "n": ("Incidents", "localized", "Incidents in the area itself, without its neighbors."),
        "rate": (
            "Own rate",
            "%.1f",
            "The area's own rate, smoothed. Rates of few residents are pulled toward the citywide rate, because they vary by chance (empirical Bayes).",
        ),
        "z": (
            "z",
            "%.2f",
            "How far the area and its neighbors are from the citywide rate, in standard errors (Gi* of the standardized rate).",
        ),
        "p": (
            "p",
            "%.4f",
            "The chance of so large a difference if there were no pattern: two-sided, by permutation.",
        ),
        "q": (
            "q",
            "%.3f",
            "p, corrected because many areas are tested at once (Benjamini-Hochberg).",
        ),
    }

    SEEN: ClassVar = ("area", "finding", "times", "n", "rate", "q")  # the file has all

    view: View
    of: str
    how: str
    seed: int
    found: Hot

    @classmethod
    def refuse(cls, view: View) -> NoAnswer | None:
        """Return why no hot spots can be looked for in a View."""
        return area_patterns.refuse_areas(view, "No hot spots can be looked for here")

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:
        """Ask for the measure and the neighbors, side by side."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            choices = area_patterns.ask_areas(view, fold)
        return cls(view, *choices, findings.hot_areas(view, *choices))

    def why_not(self) -> Lack | None:
        """Return what there is too little of to tell hot spots; None where they can be told."""
        return cluster_layer.find_lack(self.found, area_lack.is_peopled(self.view, self.of))

    def _hot(self) -> pd.DataFrame:
        """Return the hot areas, the hottest first."""
        table = self.found.table
        return table[table["label"] == "hot"].sort_values("times", ascending=False)

    def title(self) -> str:
        """Return the finding in one sentence."""
        per = "per resident" if self.of == neighbors.RESIDENTS else "per km²"
        what = f"{words.sentence_case(headline.noun(self.view))} {per}"
        labels = self.found.table["label"]
        hot, cold = self._hot(), int((labels == "cold").sum())
        if lack := self.why_not():
            return f"{what}: too {area_lack.title_lack(lack)} for hot spots"
        if hot.empty and not cold and (labels == UNDECIDED).any():
            return f"{what}: it cannot be told whether there are clusters"
        if hot.empty and not cold:
            return f"{what}: no clear cluster"
        if hot.empty:
            return f"{what}: no hot spots, {words.counted(cold, 'cold spot')}"
        many = words.counted(len(hot), "hot spot")
        return f"{what}: {many}, hottest around {words.spell_area(hot['area'].iloc[0])}"

    def sentences(self) -> list[str]:
        """Return how many areas were tested, what came of it, and what finding none is worth."""
        found = self.found
        if lack := self.why_not():
            so = ", one report can make an area look hot"
            return [area_lack.explain_lack(lack, found.tested, cluster_layer.in_tested(found), so)]
        lines = [self._counted()]
        if self._hot().empty:
            smallest = findings.smallest_hot(self.view, self.of, self.how, self.seed)
            lines.append(power.words_of(smallest, "in a typical area and its neighbors"))
        return lines

    def _counted(self) -> str:
        """Return how many areas are hot and cold, against which rate."""
        labels = self.found.table["label"]
        any_ = labels.isin(["hot", "cold"]).any()
        chance = " About 1 in 20 of the areas colored is expected to be chance." if any_ else ""
        left = int((labels == UNDECIDED).sum())
        cannot = f" {words.counted(left, 'area')} {area_lack.CANNOT_TELL}." if left else ""
        return f"{cluster_layer.count_clusters(self.view, self.found, self.of)}{chance}{cannot}"

    def _each_area(self) -> list[str]:
        """Return a sentence for each hot area, the hottest first."""
        rows: list[Any] = list(self._hot().itertuples())
        return [
            f"{words.spell_area(row.area)} and its {words.counted(int(row.around), 'neighbor')} together have "
            f"{cluster_layer.say_times(row.times)} times the citywide rate."
            for row in rows
        ]

    def _across(self) -> list[str]:
        """Return known changes of recording, which a map of the whole period adds up."""
        lines = frame.change_words(self.view)
        if inside := frame.changes(self.view):
            day = inside[-1].day
            lines.append(
                "This map adds up both sides of it. If recording changed alike everywhere, the "
                "pattern stays; if not, it mixes two ways of recording. To see only the later "
                f"one, set From to {period(day, day)}."
            )
        return lines

    def picture(self, theme: Theme) -> Picture:
        """Return the map's patch: colors where a result stands, hatches elsewhere."""
        return cluster_layer.draw_clusters(self.view, self.found, self.of, theme)

    def table(self) -> pd.DataFrame:
        """Return every area: hot first, then cold, then the rest by their rate."""
        labels = self.found.table["label"]
        rank = labels.map({"hot": 0, "cold": 1, UNDECIDED: 2, "": 3, "none": 4})
        rows = self.found.table.assign(rank=rank, finding=labels.map(cluster_layer.FINDINGS))
        rows = rows.sort_values(["rank", "times"], ascending=[True, False])
        return rows[list(self.COLUMNS)]

    def show(self, theme: Theme) -> pd.DataFrame:
        """Show the map, the table beside it, and a sentence for each hot area."""
        rows = self.table()
        with show_map(self, theme, "map_hot"):
            tables.finding(rows[list(self.SEEN)], self.COLUMNS, 470, "hot_table")
        say([*self._each_area(), *self._across()])
        return rows

    def method_note(self) -> MethodNote:
        """Return how to read the finding, and what it was made with."""
        return MethodNote(
            self.METHOD,
            (
                "Rust: the area and its neighbors together are higher than chance explains. Blue: "
                "lower. Lines: no clear cluster, which does not mean average.",
                f"An area is colored only if q is at most {LEVEL}: about 1 in 20 of the areas colored "
                "is expected to be there by chance.",
                "One area that is high alone, among ordinary neighbors, is not a hot spot here: look at "
                "its own rate in the table or on the page “All areas”.",
                "The edge is not sharp: an area beside a hot one may be as high and not be colored.",
                "A hot spot is a group of areas. The area in its middle may itself be ordinary: look at "
                "its own rate in the table.",
                "A high rate of few residents is often chance, so such an area has to be more extreme "
                "to count. Differences between areas that form no cluster are not a hot spot either.",
                "Residents are not all who are there: where people work, shop and drive, a rate per "
                "resident is high without more being done to residents.",
            ),
            {
                "Measure": f"standardized {self.of}",
                "Neighbors": self.how,
                "Permutations": f"{PERMUTATIONS:,} or more",
                "Seed": str(self.seed),
            },
            {"of": self.of, "neighbors": self.how, "seed": str(self.seed)},
        )
