"""The page Official and community: counts, rates and ratio of two sources, where both cover."""

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.numbers import measures, side_words
from data.palette import Theme
from data.patterns.sides import OFFICIAL, Sides, partners
from data.views import links
from data.views.filters import source_option
from data.views.periods import NoComparison, Obstacle
from data.views.sql import chosen_sources, covered_days
from data.views.view import View
from ui.cached import comparisons, views
from ui.frame.feed_notices import feed_notices
from ui.frame.method_note import MethodNote
from ui.newsroom import side_charts
from ui.newsroom.side_charts import Covered
from ui.parts import headline, pictures, tables
from ui.patterns.pattern_page import PatternPage, ask_one, say

_NO_PARTNER = {
    True: "There is no community source here to set beside official records, nor press that counts.",
    False: "There is no official source here to set beside these reports.",
}
_NOTHING = (
    "Counts, rates and ratios stand here only for days that both sources cover. Absence of records "
    "is not zero."
)
_TITLES = {
    Obstacle.APART: "they share no day",
    Obstacle.NO_COUNT: "these records do not count what happened",
    Obstacle.NOT_ASKED: "there is nothing to set beside them",
    Obstacle.TOO_SHORT: "they share too short a time",
    Obstacle.NO_RECORD: "one of them has no record in these areas",
    Obstacle.RECORDING: "recording changed in between",
}
_READ = (
    "Each row of the plot is one area. The dot: its community reports for every 100 official "
    "records. The bar: the 95% interval. The line: all areas together.",
    "Only areas that differ clearly from all together are colored, with all of them judged together "
    "(Benjamini-Hochberg, 5%): about 1 in 20 of those colored is expected to be chance.",
    "The small charts show months of one area, all on one scale; a bar that leaves the chart at the "
    "top goes on. None of the months is called clear.",
    "The two sources are never added up. Each has a panel of its own, because the one records more "
    "things than the other.",
)


@dataclass(frozen=True)
class SidesPage(PatternPage):
    """A View of an official source and a community one beside it, or why there is none."""

    METHOD = "Official and community side by side"
    COLUMNS: ClassVar[tables.Columns] = {
        "area": ("Area", "", "The area that is counted."),
        "finding": ("Beside all together", "", "Clearly more or fewer community reports for each official record than in all areas together (q at most 0.05)."),
        "community": ("Community", "localized", "Community reports in whole weeks (or days) that both cover."),
        "official": ("Official", "localized", "Official records in the same weeks (or days)."),
        "ratio": ("Ratio", "%.3f", "Community reports for each official record; empty where there is no official record."),
        "low": ("Ratio, from", "%.3f", "Lower end of the ratio's 95% interval."),
        "high": ("Ratio, to", "%.3f", "Upper end of the ratio's 95% interval; empty where there is no official record."),
        "population": ("Residents", "localized", "Residents of the area; empty where not known."),
        "community_rate": ("Community per 1,000", "%.1f", "Community reports of these weeks (or days) per 1,000 residents."),
        "community_rate_low": ("Community, from", "%.1f", "Lower end of that rate's 95% interval, wider where weekly counts vary more."),
        "community_rate_high": ("Community, to", "%.1f", "Upper end of that rate's 95% interval."),
        "official_rate": ("Official per 1,000", "%.1f", "Official records of these weeks (or days) per 1,000 residents."),
        "official_rate_low": ("Official, from", "%.1f", "Lower end of that rate's 95% interval, wider where weekly counts vary more."),
        "official_rate_high": ("Official, to", "%.1f", "Upper end of that rate's 95% interval."),
        "p": ("p", "%.4f", "The chance of so large a difference from all together if there were none. Empty where not tested."),
        "q": ("q", "%.3f", "p, corrected because many areas are tested at once (Benjamini-Hochberg)."),
    }  # fmt: skip

    view: View
    other: View | None
    sides: Sides | NoComparison

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:  # noqa: ARG003
        """Ask for the source to stand beside that of the View, and count both."""
        meta = views.meta(view.stamp)
        found = {source_option(s["name"]): s["name"] for s in partners(view, meta)}
        if not found:
            official = all(s["kind"] == OFFICIAL for s in chosen_sources(view, meta))
            return cls(view, None, NoComparison(Obstacle.NOT_ASKED, _NO_PARTNER[official]))
        label = f"Beside {source_option(view.sources[0])}"
        picked = str(ask_one(label, list(found), word="with", width=260))
        other = comparisons.asked_of(view, found[picked])
        return cls(view, other, comparisons.side_by_side(view, other))

    def why_not(self) -> NoComparison | None:
        """Return why the two cannot stand side by side; None where they can."""
        return self.sides if isinstance(self.sides, NoComparison) else None

    def title(self) -> str:
        """Return the ratio of all areas together, or that there is none."""
        meta = views.meta(self.view.stamp)
        if isinstance(self.sides, Sides):
            return side_words.sides_title(self.sides, meta)
        of_one = self.sides.obstacle in (Obstacle.NO_COUNT, Obstacle.NOT_ASKED)
        asked = (self.view, None if of_one else self.other)
        both = [headline.noun(one) for one in asked if one]
        says = _TITLES.get(self.sides.obstacle, "no comparison")
        return f"{words.sentence_case(' and '.join(both))}: {says}"

    def sentences(self) -> list[str]:
        """Return what was counted, what it means and what was found."""
        if isinstance(self.sides, NoComparison):
            return [self.sides.sentence, _NOTHING]
        meta = views.meta(self.view.stamp)
        notices = feed_notices(self.other.sources) if self.other else []
        return [
            *notices,
            side_words.MEANS,
            side_words.counted_sentence(self.sides, meta),
            side_words.tested_sentence(self.sides, self.view.area_set),
        ]

    def columns(self) -> tables.Columns:
        """Return the words for the columns, in those of the steps counted."""
        if isinstance(self.sides, NoComparison):
            return self.COLUMNS
        return tables.stepped(self.COLUMNS, self.sides.pair.unit)

    def table(self) -> pd.DataFrame:
        """Return every area, the largest counts first."""
        if isinstance(self.sides, NoComparison):
            return pd.DataFrame(columns=list(self.COLUMNS))
        rows = self.sides.table
        rows = rows.assign(finding=rows["finding"].map(side_words.FINDING_WORDS))
        order = (rows["community"] + rows["official"]).sort_values(ascending=False, kind="stable")
        kept = [c for c in self.COLUMNS if not rows[c].isna().all()]
        return rows.loc[order.index, kept].reset_index(drop=True)

    def show_top(self, theme: Theme) -> None:
        """Show nothing: the sentences stand below the choice that they are about."""

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show the sentences, then charts and table; without a comparison what each covers."""
        meta = views.meta(self.view.stamp)
        if self.other:
            pictures.add_other(self.other)
        if self.other and any(s["made"] for s in chosen_sources(self.other, meta)):
            st.warning("Demonstration data: none of the other source's reports is real.")
        say(self.sentences())
        if isinstance(self.sides, NoComparison):
            self._show_coverage(theme)
            return None
        sides, names = self.sides, side_words.side_names(self.sides, meta)
        self._show_numbers(sides, names)
        plot, beside = st.columns([1.35, 1], gap="medium")
        with plot:
            st.header("Area by area", anchor=False)
            shown = min(len(sides.table), side_charts.MOST_AREAS)
            most = ", those with the most records first" if shown < len(sides.table) else ""
            st.text(f"Showing {shown} of {words.counted(len(sides.table), 'area')}{most}.")
            told = side_words.tested_sentence(sides, self.view.area_set)
            pictures.show_chart(side_charts.draw_forest(sides, theme), "Area by area", told, of="")
        with beside:
            self._show_months(sides, names, theme)
        rows = self.table()
        tables.finding(rows, self.columns(), 330, "sides_table")
        return rows

    def _show_numbers(self, sides: Sides, names: tuple[str, str]) -> None:
        """Show the count of each side, and the ratio with its interval."""
        placed = [int(sides.table[column].sum()) for column in ("community", "official")]
        ratio, low, high = sides.overall
        boxes = (
            ("Official", f"{placed[1]:,}", f"{names[1]} in these areas"),
            ("Community", f"{placed[0]:,}", f"{names[0]} in these areas"),
            (
                f"For every {side_words.HUNDRED} official records",
                side_words.ratio_number(ratio),
                f"community reports; 95% interval {side_words.ratio_ends(low, high)}",
            ),
        )
        with st.container(horizontal=True, key="sides"):
            for i, lines in enumerate(boxes):
                with st.container(key=f"side_{i}"):
                    for line in lines:
                        st.text(line)

    def _show_months(self, sides: Sides, names: tuple[str, str], theme: Theme) -> None:
        """Show both by month, and the areas with the most community reports month by month."""
        st.header("Month by month", anchor=False)
        if not sides.months:
            st.text("There is no whole month that both cover.")
            return
        months = words.counted(len(sides.months), "whole month")
        st.text(f"{months} that both cover. Each source in a panel of its own.")
        both = side_charts.draw_months(sides, names, theme)
        pictures.show_chart(both, "Both by month", side_charts.say_months(sides, names))
        areas, noun = side_charts.largest_areas(sides), "ratio by month"
        nouns = measures.unit_noun(self.view)
        st.text(
            f"Community reports for every {side_words.HUNDRED} official records, in the {len(areas)} "
            f"{nouns} with the most community reports. Dashes: all together."
        )
        with st.container(horizontal=True, key="area_months"):
            for area in areas:
                with st.container():
                    drawn = side_charts.draw_area(sides, area, theme)
                    name = words.spell_area(area)
                    says = side_charts.say_area(sides, area)
                    pictures.show_chart(drawn, name, says, of=f"{name}, {noun}")

    def _show_coverage(self, theme: Theme) -> None:
        """Show the days that each of the two sources covers."""
        meta = views.meta(self.view.stamp)
        asked = [self.view, *([self.other] if self.other else [])]
        spans = [
            Covered(source["says"], *days)
            for one in asked
            for source in chosen_sources(one, meta)
            if (days := covered_days(source))
        ]
        if len(spans) > 1:
            drawn = side_charts.draw_coverage(spans, (self.view.start, self.view.end), theme)
            pictures.show_chart(drawn, "What each covers", self.sentences()[0], of="")

    def method_note(self) -> MethodNote:
        """Return how to read the two, and what they were counted with."""
        link: dict[str, str] = {}
        made_with: dict[str, str] = {}
        if self.other is not None:
            meta = views.meta(self.view.stamp)
            link["with"] = source_option(self.other.sources[0])
            made_with["Beside it"] = links.sentence(self.other, meta, views.headline(self.other))
            made_with["It covers"] = " ".join(s["covers"] for s in chosen_sources(self.other, meta))
            if self.other.settled_by and not self.view.settled_by:
                link[links.SETTLED] = self.other.settled_by.isoformat(timespec="minutes")
        if isinstance(self.sides, Sides):
            pair = self.sides.pair
            made_with["Whole steps"] = f"{len(pair.a.starts)} {pair.unit}s, {pair.a.period}"
        return MethodNote(self.METHOD, _READ, made_with, link)
