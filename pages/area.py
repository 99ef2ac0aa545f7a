"""One neighborhood: its trend against the city, kinds, hours, neighbors, border."""

import streamlit as st

from ui import breakdown, cached, charts, clock, frame, neighborhood, tables

asked = frame.view()
view = neighborhood.polygons(asked)
theme = frame.theme()
answer = cached.answer(view)
name = neighborhood.pick(answer, asked.areas)
neighborhood.stop_without_data(view, name, answer)
row = answer.table.set_index("area").loc[name]
frame.head(neighborhood.title(name, row, view))
st.text(neighborhood.numbers(row, answer))
st.altair_chart(
    charts.against(
        neighborhood.against_city(name, answer),
        theme,
        answer.step,
        [name, "all areas"],
        frame.changes(view),
    ),
    alt=f"{name} against all areas",
)
inside = neighborhood.inside(view, name)
frame.say_changes(view)
left, right = st.columns(2)
with left:
    st.markdown("**What was recorded**")
    st.altair_chart(charts.bars(neighborhood.kinds(inside), theme, "incidents"), alt="Kinds")
with right:
    st.markdown("**When**")
    hours = clock.hours(inside)
    if hours["n"].any():
        st.altair_chart(charts.hour_matrix(hours, theme), alt="Hours by weekday")
    clock.left_out(hours["n"].sum(), row["n"], "hour")
breakdown.show(inside, theme)
st.markdown("**Neighbors**")
tables.listed(neighborhood.neighbors(view, name, answer))
st.text(neighborhood.border(view))
frame.foot(inside)
