"""How many tips came in by the hour, a small picture for each channel, with what is usual at most."""

from datetime import datetime, timedelta

import altair as alt
import pandas as pd

from data import palette
from data.desk.queue import Waiting
from data.palette import Theme
from ui.desk.tip_view import word
from ui.parts import charts


def draw_hours(row: Waiting, now: datetime, theme: Theme) -> alt.LayerChart:
    """Bars by the hour of receipt, those above the usual most in another color; `now` is on the
    place's clock."""
    last = pd.Timestamp(now.replace(minute=0, second=0, microsecond=0, tzinfo=None))
    frame = pd.DataFrame({"n": row.hours})
    hours = [last - timedelta(hours=len(frame) - 1 - at) for at in range(len(frame))]
    frame = frame.assign(
        start=hours, end=[hour + timedelta(minutes=56) for hour in hours], most=row.usual_most
    )
    axis = alt.Axis(format="%b %-d, %-I %p", tickCount=6, grid=False)
    top = max(row.usual_most, *row.hours, 1) * 1.1
    y = alt.Y("n:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(tickCount=3))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("start:T", title=None, axis=axis),
            x2="end:T",
            y=y,
            y2=alt.datum(0),
            color=alt.condition(
                alt.datum.n > alt.datum.most, alt.value(palette.HIGHER), alt.value(theme.accent)
            ),
            tooltip=[
                alt.Tooltip("start:T", title="hour from", format="%b %-d, %-I %p"),
                alt.Tooltip("n:Q", title="tips"),
            ],
        )
    )
    usual = alt.Chart(frame.head(1)).mark_rule(color=theme.quiet, strokeDash=[4, 3])
    title = f"{word(row.channel).capitalize()}: tips an hour, dashed what one hour in 10,000 passes"
    return alt.LayerChart(
        layer=[bars, usual.encode(y=alt.Y("most:Q", title=None))],
        title=charts.chart_title(title, theme),
    ).properties(height=110)
