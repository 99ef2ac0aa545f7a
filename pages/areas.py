"""Which areas: the choropleth and the whole table."""

import streamlit as st

from ui import cached, downloads, frame, headline, layers, maps, tables

view = frame.view()
view = layers.by_layer(view, "areas")
theme = frame.theme()
answer = cached.answer(view)
frame.head(headline.title(view, answer))
headline.show(view, answer)
told = layers.patch(view, answer, "areas", theme, 400)
maps.show("map_areas", frame.map_title(view), cached.bounds(view), told)
rows = layers.ranked(answer.table, view)
if answer.change is not None:
    which = st.segmented_control(
        f"Areas by change against {answer.compared}",
        ("all", "higher", "lower", "not clear"),
        default="all", key="changed", bind="query-params", required=True,
    )  # fmt: skip
    if which != "all":
        rows = rows[rows["change"] == which].sort_values("ratio", ascending=which == "lower")
else:
    st.text(answer.why)
st.text(f"{len(rows)} of {len(answer.table)} areas; {layers.unit_of(view)}.")
tables.wide(answer, view, rows)
downloads.areas(view, rows)
frame.foot(view)
