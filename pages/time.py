"""Time: the space-time cube made visible."""

import streamlit as st

from ui.cached import views
from ui.explore import time_page
from ui.filters import way_out
from ui.frame import frame
from ui.parts import breakdown, charts, headline, pictures

view = frame.view()
theme = frame.theme()
answer = views.answer(view)
frame.head(time_page.time_title(view, answer))
if answer.headline["n"]:
    headline.show_headline(view, answer)
    kinds, order, step = time_page.kind_counts(view, answer)
    st.header(f"By kind, whole {step}s only", anchor=False)
    changes = frame.changes(view)
    if len(kinds):
        chart = charts.by_group(kinds, theme, step, order, changes)
        pictures.show_chart(chart, "By kind", *time_page.describe_kinds(kinds, step))
    frame.say_changes(view)
    cut = answer.headline["cut_night"]
    if step in ("day", "night"):
        time_page.left_out(kinds["n"].sum(), answer.headline["n"], "day", cut)
    days = time_page.days(view)
    left, right = st.columns([1, 1.4])
    with left:
        st.header("Hour and weekday", anchor=False)
        hours = time_page.hours(view)
        if hours["n"].any():
            chart = charts.hour_matrix(hours, theme)
            pictures.show_chart(chart, "Hour and weekday", *time_page.describe_hours(hours))
        time_page.left_out(hours["n"].sum(), answer.headline["n"], "hour")
        if days["n"].any():
            st.text(time_page.said_means(view))
            if chance := time_page.chance_sentence(view):
                st.text(chance)
    with right:
        night = time_page.day_name(view)
        st.header(f"Every {night}", anchor=False)
        if days["n"].any():
            chart = charts.calendar(*time_page.placed(days), theme, night)
            pictures.show_chart(chart, f"Every {night}", *time_page.describe_days(days, night))
        time_page.left_out(days["n"].sum(), answer.headline["n"], "day", cut)
    breakdown.show_breakdowns(view, theme)
    time_page.multiples(answer, theme, changes)
else:
    way_out.show_way_out(view)
frame.foot(view)
