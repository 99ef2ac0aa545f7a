"""When: the space-time cube made visible."""

import streamlit as st

from ui import cached, charts, clock, frame, headline

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
frame.head(clock.title(view, answer))
if answer.headline["n"]:
    headline.show(view, answer)
    kinds, order, step = clock.kinds(view)
    st.markdown("**By kind**" + (" (whole weeks only)" if step == "week" else ""))
    changes = frame.changes(view)
    chart = charts.by_group(kinds, theme, step, order, changes)
    st.altair_chart(chart, alt=f"Incidents a {step} by kind")
    frame.say_changes(view)
    if step == "day":
        clock.left_out(kinds["n"].sum(), answer.headline["n"], "day")
    left, right = st.columns([1, 1.4])
    with left:
        st.markdown("**Hour and weekday**")
        hours = clock.hours(view)
        if hours["n"].any():
            st.altair_chart(charts.hour_matrix(hours, theme), alt="Hours by weekday")
        clock.left_out(hours["n"].sum(), answer.headline["n"], "hour")
    with right:
        st.markdown("**Every day**")
        days = clock.days(view)
        if days["n"].any():
            st.altair_chart(charts.calendar(*clock.placed(days), theme), alt="Calendar")
        clock.left_out(days["n"].sum(), answer.headline["n"], "day")
    clock.multiples(answer, theme, changes)
frame.foot(view)
