"""One neighborhood: its trend against the city, kinds, hours, neighbors, border."""

import streamlit as st

from ui.cached import views
from ui.explore import area_page, time_page
from ui.frame import frame
from ui.parts import breakdown, charts, measures, tables

asked = frame.view()
view = area_page.polygons(asked)
theme = frame.theme()
answer = views.answer(view)
name = area_page.pick_area(answer, asked.areas)
area_page.stop_without_data(view, name, answer)
row = answer.table.set_index("area").loc[name]
frame.head(area_page.area_title(name, row, view))
st.text(area_page.numbers(row, answer))
st.altair_chart(
    charts.against(
        area_page.against_city(name, answer),
        theme,
        answer.step_name,
        [measures.area_name(name), "all areas"],
        frame.changes(view),
    ),
    alt=f"{measures.area_name(name)} and all areas",
)
inside = area_page.inside(view, name)
frame.say_changes(view)
left, right = st.columns(2)
with left:
    st.markdown("**What was recorded**")
    st.altair_chart(charts.bars(area_page.kind_table(inside), theme, "incidents"), alt="Kinds")
with right:
    st.markdown("**When**")
    hours = time_page.hours(inside)
    if hours["n"].any():
        st.altair_chart(charts.hour_matrix(hours, theme), alt="Hours by weekday")
    time_page.left_out(hours["n"].sum(), row["n"], "hour")
breakdown.show_breakdowns(inside, theme)
st.markdown("**Neighbors**")
tables.text_table(area_page.neighbors(view, name, answer))
st.text(area_page.border(view))
frame.foot(inside)
