"""One side by side with another: two periods, two sets of areas, or two sources."""

import streamlit as st

from ui.frame import downloads, frame, method_note
from ui.parts import tables
from ui.patterns import compare_page, comparison_tables, forest, small_multiples

view = frame.view()
theme = frame.theme()
top = st.container()
asked = compare_page.ask(view)
pair = compare_page.pair(view, asked)
made = compare_page.made(asked, pair)
with top:
    frame.head(comparison_tables.comparison_title(view, asked, pair))
for line in compare_page.told(view, asked, pair):
    st.text(line)
if not isinstance(pair, str):
    comparison_tables.sides(pair, asked)
    if comparison_tables.drawable(pair):
        plot, beside = st.columns([1.35, 1], gap="medium")
        with plot:
            forest.show_forest(pair, asked, theme)
        with beside:
            small_multiples.show_small_multiples(pair, asked, frame.changes(view), theme)
        rows = comparison_tables.comparison_table(pair, asked)
        known = tables.stepped(comparison_tables.COLUMNS, pair.unit)
        tables.finding(rows, known, 330, "compare_table")
        downloads.finding_buttons(view, rows, known, made)
method_note.show_method_note(view, made)
