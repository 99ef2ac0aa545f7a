"""The chart of the page “Is it rising?”: weeks on their expected band, alarms and breaks."""

import altair as alt
import numpy as np
import pandas as pd

from data import palette
from data.palette import Theme
from data.patterns.weekly_trend import Trend
from data.views.recording import KnownChange
from ui.parts import charts


def draw_trend(found: Trend, changes: list[KnownChange], theme: Theme) -> alt.LayerChart:
    """Return the series on its expected band; alarms as dots, breaks as lines with their dates."""
    rows = found.table.assign(state=np.where(found.table["alarm"], "unusually busy", "as expected"))
    x = alt.X("start:T", title=None, axis=charts.dates(rows["start"]))
    y = alt.Y("n:Q", title=None, axis=charts.COUNTS)
    tips = [
        alt.Tooltip("start:T", title="week from", format="%b %-d, %Y"),
        charts.INCIDENTS,
        alt.Tooltip("expected:Q", format=",.1f"),
        alt.Tooltip("upper:Q", title="usual up to", format=",.0f"),
    ]
    # a band is drawn for each run of judged weeks: it never bridges weeks that have none
    judged = found.table["method"] != ""
    rows = rows.assign(run=(judged != judged.shift()).cumsum())
    base = alt.Chart(rows).encode(x=x)
    band = base.transform_filter("isValid(datum.upper)").mark_area(
        color=theme.quiet, opacity=1, fillOpacity=0.22, stroke=theme.quiet, strokeWidth=0.8
    )
    dots = base.transform_filter("datum.alarm").mark_circle(
        color=palette.HIGHER, size=42, opacity=1
    )
    layers = [
        band.encode(y=alt.Y("lower:Q", title=None), y2="upper:Q", detail="run:N"),
        base.mark_line(color=theme.ink, strokeWidth=1.2).encode(y=y),
        base.mark_line(color=theme.accent, strokeWidth=2.5, interpolate="step-after").encode(
            y=alt.Y("level:Q", title=None)
        ),
        # an empty layer is a picture without a name
        *([dots.encode(y=y, tooltip=tips)] if rows["alarm"].any() else []),
        base.mark_circle(size=120, opacity=0).encode(y=y, tooltip=tips),
    ]
    if len(found.breaks):
        layers += _breaks(found.breaks, theme)
    layers += charts.marked(changes, theme)
    text = [  # short enough for a phone
        "Incidents a week (thin),",
        "mean between lasting changes (thick),",
        "expected range (gray), unusually busy weeks (dots)",
    ]
    room = 8 + 14 * min(len(found.breaks), 3)  # for the dates of breaks
    above = charts.chart_title("", theme) | {"text": text, "offset": room}
    return alt.LayerChart(layer=layers, title=above).properties(height=340)


def _breaks(breaks: pd.DataFrame, theme: Theme) -> list[alt.Chart]:
    """Return the interval of each break's date as a stripe, and its date."""
    rows = pd.DataFrame(
        {
            "low": pd.to_datetime(breaks["low"]),
            "high": pd.to_datetime(breaks["high"]) + pd.Timedelta(days=7),
            "at": pd.to_datetime(breaks["at"]),
            "told": [f"{pd.Timestamp(v):%b %-d, %Y}" for v in breaks["at"]],
            "line": [-14 * (i % 3) for i in range(len(breaks))],  # else near ones overlap
        }
    )
    base = alt.Chart(rows)
    stripe = base.mark_rect(color=theme.accent, fillOpacity=0.18, stroke=theme.accent)
    stripe = stripe.encode(x="low:T", x2="high:T")
    labels = [
        base.transform_filter(f"datum.line == {line}")
        .mark_text(align="left", dx=2, dy=line, baseline="bottom", color=theme.accent, fontSize=11)
        .encode(x="at:T", y=alt.value(-2), text="told:N")
        for line in sorted(set(rows["line"]))
    ]
    return [stripe, *labels]
