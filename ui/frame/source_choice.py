"""What the sources are that can be chosen: how many records each has, and what it covers."""

import html
from datetime import date

import streamlit as st

from data import words
from data.storage.meta_types import SourceMeta, TableMeta
from data.views.filters import period, source_option
from data.views.sql import covered_days


def show_coverage(meta: TableMeta) -> None:
    """What each source is: who speaks, how many records, and a bar from its first day to its
    last, all on one axis."""
    rows = [(s, days) for s in meta["sources"] if s["rows"] and (days := covered_days(s))]
    if not rows:
        return
    first, last = min(d[0] for _, d in rows), max(d[1] for _, d in rows)
    bars = "".join(_bar(s, days, first, last) for s, days in rows)
    st.html(
        f'<div class="porch-coverage" role="img" aria-label="What each source covers">{bars}'
        f"<p><span>{first.year}</span><span>{last.year}</span></p></div>"
    )


def _bar(source: SourceMeta, days: tuple[date, date], first: date, last: date) -> str:
    every = (last - first).days + 1
    left = 100 * (days[0] - first).days / every
    wide = max(100 * ((days[1] - days[0]).days + 1) / every, 1.5)
    name = html.escape(words.sentence_case(source_option(source["name"])))
    kind = "demonstration" if source["made"] else source["kind"]
    says = f"{kind}, {period(*days)}, {source['rows']:,} records"
    return (
        f"<div><b>{name}</b><span>{html.escape(says)}</span>"
        f'<i><u style="left:{left:.1f}%;width:{min(wide, 100 - left):.1f}%"></u></i></div>'
    )
