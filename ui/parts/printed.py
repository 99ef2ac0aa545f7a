"""What only paper shows: tables as text, where a screen has tables that scroll."""

import math
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from data.views.answers import Answer
from data.views.view import View
from ui.parts import ranks, tables

_MOST_AREAS = 90  # in three columns on one page, below the map
_MOST_ROWS = 25


def print_ranks(view: View, answer: Answer) -> None:
    """The first areas of the whole ranking, in columns, with how many there are."""
    rows = ranks.ranked_rows(answer, view)
    if rows:
        listed = ranks.ranks_html(rows[:_MOST_AREAS], view, len(rows), {})
        st.html(f'<div class="porch-print">{listed}</div>')


def print_table(frame: pd.DataFrame, known: Mapping[str, tuple[str, str, str]]) -> None:
    """The first rows of a table; `known` are the label and the format of each column."""
    shown = tables.with_plain_areas(frame.head(_MOST_ROWS))
    columns = [known.get(str(name), (str(name), "", "")) for name in shown]
    labels, forms = [label for label, *_ in columns], [form for _, form, _ in columns]
    head = "".join(f"<th>{escape(label)}</th>" for label in labels)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_say(v, form))}</td>' for v, form in zip(row, forms))}</tr>"
        for row in shown.itertuples(index=False)
    )
    more = len(frame) - len(shown)
    rest = f"<p>The first {len(shown)} of {len(frame):,} rows.</p>" if more else ""
    st.html(
        f'<div class="porch-print"><table class="porch-table"><tr>{head}</tr>{body}</table>'
        f"{rest}</div>"
    )


def _say(value: Any, form: str) -> str:
    """A cell as text: numbers in the form of their column, nothing where there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or value is pd.NA:
        return ""
    if form.startswith("%"):
        return str(form % value)
    return f"{value:,.0f}" if form else str(value)
