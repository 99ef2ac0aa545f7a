"""One side by side with another: two periods, two sets of areas, or two sources."""

import streamlit as st

from ui import claim, compare, compared, downloads, forest, frame, tables, twins

view = frame.view()
theme = frame.theme()
top = st.container()
asked = compare.ask(view)
pair = compare.pair(view, asked)
made = compare.made(asked, pair)
with top:
    frame.head(compared.title(view, asked, pair))
for line in compare.told(view, asked, pair):
    st.text(line)
if not isinstance(pair, str):
    compared.sides(pair, asked)
    if compared.drawable(pair):
        plot, beside = st.columns([1.35, 1], gap="medium")
        with plot:
            forest.show(pair, asked, theme)
        with beside:
            twins.show(pair, asked, frame.changes(view), theme)
        rows = compared.table(pair, asked)
        known = tables.stepped(compared.COLUMNS, pair.unit)
        tables.finding(rows, known, 330, "compare_table")
        downloads.finding(view, rows, known, made)
claim.foot(view, made)
