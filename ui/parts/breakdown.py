"""Breakdowns of records by a column of words, with shares of those that say anything."""

import numpy as np
import pandas as pd
import streamlit as st

from data import words
from data.palette import Theme
from data.views.breakdowns import BREAKDOWNS, Answers, Breakdown
from data.views.view import View
from geo import rates
from ui.cached import views
from ui.parts import charts, pictures


def show_breakdowns(view: View, theme: Theme) -> None:
    """Every breakdown of a View; where there is none, why."""
    with st.container(key="breakdowns"):
        _show_each(view, theme)


def _show_each(view: View, theme: Theme) -> None:
    for row in BREAKDOWNS:
        st.header(row.title, anchor=False)
        if not views.is_recorded(view, row):
            st.text("This source does not record it.")
            continue
        if getattr(view, row.field):  # shares of what a filter lets through say nothing
            st.text("You filter by it, so shares say nothing. Clear that filter to see them.")
            continue
        found = views.breakdown(view, row)
        st.text(breakdown_sentence(row, found))
        if found.said:
            chart = charts.shares(_labelled(found), theme, found.said)
            told = pictures.spread_words(found.table, "what", "n")
            said = f"Bars, one an answer, records that say it. {told}"
            pictures.show_chart(chart, row.title, said, _numbers(found))


def _numbers(found: Answers) -> pd.DataFrame:
    """The answers as a table, with their shares where they are told."""
    names = {"what": "answer", "n": "records", "share": "share", "low": "from", "high": "to"}
    held = [c for c in names if found.table[c].notna().any()]
    return found.table[held].rename(columns=names)


def _labelled(found: Answers) -> pd.DataFrame:
    """The words with what stands beside each bar."""
    pairs = zip(found.table["n"], found.table["share"])
    labels = [f"{n:,}" + (f" ({words.percent(s)})" if np.isfinite(s) else "") for n, s in pairs]
    return found.table.assign(label=labels)


def breakdown_sentence(row: Breakdown, found: Answers) -> str:
    """Sentences on how many records say anything, how many the main word, and what is unknown."""
    main = next(r for r in found.table.to_dict("records") if r["code"] == row.main)
    what, who = f"{row.who.lower()} {main['what']}", row.title.lower()
    unsaid = f"That does not mean that {what}." if found.said < found.of else ""
    if not found.said:
        return f"None of {words.counted(found.of, 'record')} says {who}. {unsaid}"
    share = "too few records for a share"
    if found.said >= rates.UNRELIABLE:
        interval = f"95% interval {words.percent(main['low'])} to {words.percent(main['high'])}"
        share = f"{words.percent(main['share'])} ({interval})"
    rest = found.of - found.said
    silent = f"{rest:,} {'does' if rest == 1 else 'do'} not say it. {unsaid}" if rest else ""
    says = "says" if found.said == 1 else "say"
    return (
        f"{found.said:,} of {words.counted(found.of, 'record')} {says} {who}. In {main['n']:,} of "
        f"these {what}: {share}. {silent}"
    ).strip()
