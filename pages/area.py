"""One neighborhood: its trend against the city, kinds, hours, neighbors, border."""

import streamlit as st

from ui.cached import views
from ui.explore import area_page, locator, time_page
from ui.frame import frame
from ui.parts import breakdown, charts, pictures, printed, tables

asked = frame.view()
view = area_page.polygons(asked)
theme = frame.theme()
answer = views.answer(view)
area_page.stop_without_areas(answer)
title, beside = st.columns([3, 1], gap="large")
with beside:
    name = area_page.pick_area(answer, asked.areas)
    locator.show_locator(view, name, theme)
with title:
    locator.show_way_back(name)
    area_page.stop_without_data(view, name, answer)
    row = answer.table.set_index("area").loc[name]
    frame.head(area_page.area_title(name, row, view))
    st.text(area_page.numbers(row, answer))
against = area_page.against_city(name, answer)
who = against["who"].unique().tolist()
chart = charts.against(against, theme, answer.step_name, who, frame.changes(view))
pictures.show_chart(chart, "Against all areas", *area_page.describe_against(against))
inside = area_page.inside(view, name)
frame.say_changes(view)
left, right = st.columns(2)
with left:
    st.header("What was recorded", anchor=False)
    kinds = area_page.kind_table(inside)
    chart = charts.bars(kinds, theme, "incidents")
    pictures.show_chart(chart, "What was recorded", *area_page.describe_kinds(kinds))
with right:
    st.header("When", anchor=False)
    hours = time_page.hours(inside)
    if hours["n"].any():
        chart = charts.hour_matrix(hours, theme)
        pictures.show_chart(chart, "When", *time_page.describe_hours(hours))
    time_page.left_out(hours["n"].sum(), row["n"], "hour")
breakdown.show_breakdowns(inside, theme)
st.header("Neighbors", anchor=False)
near = area_page.neighbors(view, name, answer)
tables.text_table(near)
printed.print_table(near, tables.COLUMNS)
st.text(area_page.border(view))
frame.foot(inside)
