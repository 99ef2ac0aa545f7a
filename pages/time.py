"""When: the space-time cube made visible."""

import streamlit as st

from ui import breakdown, cached, charts, clock, frame, headline

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
frame.head(clock.title(view, answer))
if answer.headline["n"]:
    headline.show(view, answer)
    kinds, order, step = clock.kinds(view, answer)
    st.markdown(f"**By kind** (whole {step}s only)")
    changes = frame.changes(view)
    if len(kinds):
        chart = charts.by_group(kinds, theme, step, order, changes)
        st.altair_chart(chart, alt=f"Incidents a {step} by kind")
    frame.say_changes(view)
    cut = answer.headline["cut_night"]
    if step in ("day", "night"):
        clock.left_out(kinds["n"].sum(), answer.headline["n"], "day", cut)
    days = clock.days(view)
    left, right = st.columns([1, 1.4])
    with left:
        st.markdown("**Hour and weekday**")
        hours = clock.hours(view)
        if hours["n"].any():
            st.altair_chart(charts.hour_matrix(hours, theme), alt="Hours by weekday")
        clock.left_out(hours["n"].sum(), answer.headline["n"], "hour")
        if days["n"].any():
            st.text(clock.said_means(view))
    with right:
        night = clock.day_name(view)
        st.markdown(f"**Every {night}**")
        if days["n"].any():
            st.altair_chart(charts.calendar(*clock.placed(days), theme, night), alt="Calendar")
        clock.left_out(days["n"].sum(), answer.headline["n"], "day", cut)
    breakdown.show(view, theme)
    clock.multiples(answer, theme, changes)
frame.foot(view)
