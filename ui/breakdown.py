"""What records say in a column of words, with shares of those that say anything."""

import streamlit as st

from data.breakdowns import BREAKDOWNS, Answers, Breakdown
from data.view import View
from geo import rates
from ui import cached, charts
from ui.palette import Theme


def show(view: View, theme: Theme) -> None:
    """Every breakdown of a View; where there is none, why."""
    for row in BREAKDOWNS:
        st.markdown(f"**{row.title}**")
        if not cached.is_recorded(view, row):
            st.text("The source of this View does not record it.")
            continue
        if getattr(view, row.field):  # shares of what a filter lets through say nothing
            st.text("This View is filtered by it, so there are no shares of it: clear that filter.")
            continue
        found = cached.breakdown(view, row)
        st.text(sentence(row, found))
        if found.said:
            st.altair_chart(charts.shares(found.table, theme), alt=f"{row.title}, by count")


def sentence(row: Breakdown, found: Answers) -> str:
    """How many records say anything, how many of them the main word, and what is not known."""
    main = next(r for r in found.table.to_dict("records") if r["code"] == row.main)
    what = f"{main['meaning'][:1].lower()}{main['meaning'][1:]}"
    silent = f"{found.of - found.said:,} do not record it, which does not mean that {what}"
    if not found.said:
        return f"None of {found.of:,} records says it; that does not mean that {what}."
    parts = [f"{main['n']:,} of the {found.said:,} records that say it: {what}"]
    if found.said < rates.UNRELIABLE:
        parts.append("too few for shares")
    else:
        interval = f"95% interval {percent(main['low'])} to {percent(main['high'])}"
        parts[0] += f" ({percent(main['share'])}, {interval})"
    rest = f" The other {silent}." if found.said < found.of else ""
    return f"{'; '.join(parts)}.{rest}"


def percent(share: float) -> str:
    """A share as readers write it: 55%, and 4.2% where whole percents are too coarse."""
    return f"{share:.0%}" if share >= 0.1 or share == 0 else f"{share:.1%}"
