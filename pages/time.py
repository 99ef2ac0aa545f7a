"""When: the space-time cube made visible."""

import streamlit as st

from ui import cached, charts, clock, frame, headline

view = frame.view()
theme = frame.theme()
answer = cached.answer(view)
frame.head(clock.title(view))
headline.show(view, answer)
st.markdown("**By kind**")
kinds, order = clock.kinds(view)
st.altair_chart(charts.by_group(kinds, theme, "week", order), alt="Incidents a week by kind")
left, right = st.columns([1, 1.4])
with left:
    st.markdown("**Hour and weekday**")
    st.altair_chart(
        charts.hour_matrix(cached.hours_by_weekday(view), theme), alt="Hours by weekday"
    )
with right:
    st.markdown("**Every day**")
    st.altair_chart(charts.calendar(clock.days(view), theme), alt="Calendar")
st.markdown(
    f"**The twelve areas with the most incidents, on one scale** (incidents a {answer.step})"
)
frames, names = clock.busiest(answer, 12)
st.altair_chart(charts.multiples(frames, theme, answer.step, names), alt="Twelve areas")
frame.foot(view)
