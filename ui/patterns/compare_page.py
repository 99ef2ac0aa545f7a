"""The page Compare: one side by side with another, in numbers, charts and a table."""

from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data import words
from data.palette import Theme
from data.patterns.compare import AREAS, PERIODS, SOURCES, Pair
from data.views import links
from data.views.filters import source_option
from data.views.sql import chosen_sources
from data.views.view import View
from ui.cached import views
from ui.filters import filter_bar
from ui.frame import frame
from ui.frame.method_note import MethodNote
from ui.parts import headline, pictures, tables
from ui.patterns import comparison_choice, comparison_tables, forest, small_multiples
from ui.patterns.comparison_choice import OTHERS, ComparisonChoice, NoComparison
from ui.patterns.pattern_page import PatternPage, say

_READ = {
    PERIODS: (
        "Each row is one area. The dot: its incidents a week in the later period divided by "
        "those in the earlier one. The bar: the 95% interval. Right of the line: more; left: fewer.",
        "Only whole weeks (or days) count on both sides.",
        "A ratio does not say why: seasons, other work of those who record, and a "
        "change of recording look the same.",
    ),
    AREAS: (
        "Each row is one area of A. The dot: its incidents per resident divided by those of all "
        "of B together. The bar: the 95% interval. Right of the line: more; left: fewer.",
        "Where people work, shop and drive, a rate per resident is high without more being done "
        "to those who live there.",
        "The interval covers how much weeks vary by chance. It does not know that A and B are "
        "different places with different people.",
    ),
    SOURCES: (
        "Each row is one area: its share of all records of A divided by its share of all of B. "
        "On the line an area has the same share of both.",
        "Sources are never added up, and their counts are not compared, because one records more "
        "things than another. Only how each is spread over the areas is compared.",
        "A difference can mean that more of the one happens there, or that more of it is seen, "
        "reported or logged there. It cannot say which, or that anybody left something out.",
    ),
}
_MEANS = (
    "A difference can come from what happens there, or from what is seen, reported and logged "
    "there: these numbers cannot say which. Sources are never added up."
)
_CLEAR = (
    "Only clear differences are colored, with all areas judged together (Benjamini-Hochberg, 5%): "
    "about 1 in 20 of the areas colored is expected to be chance. A gray bar can miss the line too: "
    "of 87 areas about 4 do so by chance alone."
)


@dataclass(frozen=True)
class ComparePage(PatternPage):
    """Two that a reader of a View wants side by side, and what came of it."""

    METHOD = "Comparison"
    COLUMNS: ClassVar[tables.Columns] = {
        "area": ("Area", "", "The area that is counted."),
        "side": ("Set", "", "A or B."),
        "finding": (
            "Finding",
            "",
            "Clearly more or fewer only where the difference is clear (q at most 0.05).",
        ),
        "ratio": (
            "Ratio",
            "%.2f",
            "A divided by B: incidents a week, incidents per resident, or shares.",
        ),
        "low": ("Ratio, from", "%.2f", "Lower end of the ratio's 95% interval."),
        "high": (
            "Ratio, to",
            "%.2f",
            "Upper end of the ratio's 95% interval; empty where B has none or almost none.",
        ),
        "own": ("Incidents", "localized", "Incidents in whole weeks (or days)."),
        "own_step": ("A week", "%.2f", "Incidents a whole week (or day)."),
        "a": ("A", "localized", "Incidents of A in whole weeks (or days)."),
        "b": ("B", "localized", "Incidents of B in whole weeks (or days)."),
        "a_step": ("A a week", "%.2f", "Incidents of A a whole week (or day)."),
        "b_step": ("B a week", "%.2f", "Incidents of B a whole week (or day)."),
        "a_share": ("A share", "%.1f%%", "Percent of A's incidents in areas that lie here."),
        "b_share": ("B share", "%.1f%%", "Percent of B's incidents in areas that lie here."),
        "population": ("Residents", "localized", "Residents of the area; empty where not known."),
        "rate": ("Per 1,000", "%.1f", "Incidents of these weeks per 1,000 residents."),
        "no_rate": tables.COLUMNS["no_rate"],
        "rate_low": ("Rate, from", "%.1f", "Lower end of the rate's 95% interval (exact Poisson)."),
        "rate_high": ("Rate, to", "%.1f", "Upper end of the rate's 95% interval (exact Poisson)."),
        "p": (
            "p",
            "%.4f",
            "The chance of so large a difference if there were none: two-sided, of this area alone. Empty where not tested.",
        ),
        "q": (
            "q",
            "%.3f",
            "p, corrected because many areas are tested at once (Benjamini-Hochberg).",
        ),
        "usual": tables.COLUMNS["usual"],
        "factor": (
            "Varies, times chance",
            "%.1f",
            "How many times more weekly counts vary than by pure chance.",
        ),
    }

    view: View
    choice: ComparisonChoice
    pair: Pair | NoComparison

    @classmethod
    def ask(cls, view: View, fold: DeltaGenerator) -> Self:  # noqa: ARG003
        """Ask for the two that the reader wants side by side."""
        choice = comparison_choice.ask_comparison(view)
        return cls(view, choice, comparison_choice.find_pair(view, choice))

    def why_not(self) -> NoComparison | None:
        """Return why the two cannot be compared; None where they can."""
        return self.pair if isinstance(self.pair, NoComparison) else None

    def title(self) -> str:
        """Return what was compared with what, and the finding."""
        if isinstance(self.pair, NoComparison):
            what = words.sentence_case(headline.noun(self.view))
            return f"{what}: {self.choice.what} cannot be compared yet"
        return comparison_tables.comparison_title(self.view, self.choice, self.pair)

    def sentences(self) -> list[str]:
        """Return what stands before any number."""
        choice, pair = self.choice, self.pair
        periods = choice.what == PERIODS
        # where two periods cannot be compared no half stands against the other
        lines = [] if periods and self.why_not() else [*choice.notices]
        if choice.what == SOURCES:
            lines.append(_MEANS)
        if isinstance(pair, NoComparison):
            lines.append(pair.sentence)
            if periods:
                when = filter_bar.pill_names(self.view, views.meta(self.view.stamp))[1]
                lines.append(
                    f"To choose both periods, press “{when}” at the top: “From” and “To” are the one "
                    "period, “Compared with” the other."
                )
            return lines
        sides = (pair.b.view, pair.a.view)
        changes = (line for side in sides for line in frame.change_words(side))
        return [*lines, *dict.fromkeys(changes)]

    def columns(self) -> tables.Columns:
        """Return the words for the columns, in those of the steps compared."""
        if isinstance(self.pair, NoComparison):
            return self.COLUMNS
        return tables.stepped(self.COLUMNS, self.pair.unit)

    def _pair(self) -> Pair:
        """Return the two that were compared; a page without them shows nothing of them."""
        if isinstance(self.pair, NoComparison):
            raise ValueError(self.pair.sentence)
        return self.pair

    def table(self) -> pd.DataFrame:
        """Return every area, the largest count first."""
        pair = self._pair()
        found = comparison_tables.name_findings(pair)
        rows = pair.table.assign(finding=found, n=pair.table["a"] + pair.table.get("b", 0))
        rows = rows.sort_values("n", ascending=False, kind="stable")
        if pair.what == AREAS:  # the counts are those of the area itself, be it in A or in B
            rows["finding"] = rows["finding"].where(rows["side"] == "A", "in B")
            rows = rows.rename(columns={"a": "own", "a_step": "own_step"})
        if "rate" in rows and rows["rate"].notna().any():
            rows = tables.with_reasons(rows)
        kept = [c for c in self.COLUMNS if c in rows and not rows[c].isna().all()]
        return rows[kept].reset_index(drop=True)

    def show_top(self, theme: Theme) -> None:
        """Show nothing: the sentences stand below the choices that they are about."""

    def show(self, theme: Theme) -> pd.DataFrame | None:
        """Show sentences, the numbers of both sides, charts of areas and their table."""
        other = self.choice.other
        if other:
            pictures.add_other(other)
        if other and any(s["made"] for s in chosen_sources(other, views.meta(self.view.stamp))):
            st.warning("Demonstration data: none of the other source's reports is real.")
        say(self.sentences())
        if isinstance(self.pair, NoComparison):
            return None
        pair, choice = self.pair, self.choice
        comparison_tables.show_sides(pair, choice)
        if not pair.table["ratio"].notna().any():
            st.text(
                "No area has enough to be compared: there are no rates, or no record is in an area."
            )
            return None
        plot, beside = st.columns([1.35, 1], gap="medium")
        with plot:
            forest.show_forest(pair, choice, theme)
        with beside:
            changes = frame.changes(self.view)
            small_multiples.show_small_multiples(pair, choice, changes, theme)
        rows = self.table()
        a, b = comparison_tables.side_names(pair, choice)
        many = words.counted(int(pair.a.asked.size), "area")
        st.text(f"{len(rows)} of {many}. A: {a}. B: {b}.")
        tables.finding(rows, self.columns(), 330, "compare_table")
        return rows

    def method_note(self) -> MethodNote:
        """Return how to read the comparison, and what it was made with."""
        choice, pair = self.choice, self.pair
        link = {"against": choice.what}
        made_with = {"Compared": choice.what}
        if isinstance(pair, Pair):
            made_with["Whole steps"] = f"{len(pair.a.starts)} and {len(pair.b.starts)} {pair.unit}s"
            made_with["A"] = f"{', '.join(pair.a.view.sources)}, {pair.a.period}"
            made_with["B"] = f"{', '.join(pair.b.view.sources)}, {pair.b.period}"
        if choice.what == AREAS and choice.these:
            rest = OTHERS if choice.rest else ", ".join(choice.those)
            made_with["A"] = made_with.get("A", "") + f": {', '.join(choice.these)}"
            made_with["B"] = made_with.get("B", "") + f": {rest}"
        if (other := choice.other) is not None:
            meta = views.meta(choice.view.stamp)
            link["other"] = source_option(other.sources[0])
            made_with["B asked"] = links.sentence(other, meta, views.headline(other))
            if other.settled_by and not choice.view.settled_by:
                link[links.SETTLED] = other.settled_by.isoformat(timespec="minutes")
            made_with["B covers"] = " ".join(s["covers"] for s in chosen_sources(other, meta))
        return MethodNote(self.METHOD, (*_READ[choice.what], _CLEAR), made_with, link)
