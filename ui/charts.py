"""The charts: a frame and a theme in, an Altair chart out."""

from datetime import date

import altair as alt
import pandas as pd

from ui import palette
from ui.palette import Theme

LOW = 130  # charts are low and wide: the map is the hero
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def trend(
    frame: pd.DataFrame, theme: Theme, unit: str, changes: list[tuple[date, str]]
) -> alt.LayerChart:
    """Counts by week or day with partial ones hollow, and known changes of recording.

    `frame` has start (date), n and whole (bool); a start that is absent is a gap.
    """
    step = pd.Timedelta(days=7 if unit == "week" else 1)
    base = alt.Chart(frame.assign(end=frame["start"] + step)).encode(
        x=alt.X("start:T", title=None, axis=_dates(frame)),
        x2="end:T",
        y=alt.Y("n:Q", title=f"a {unit}", axis=alt.Axis(tickCount=3)),
        y2=alt.datum(0),
        tooltip=[
            alt.Tooltip("start:T", title=f"{unit} of", format="%b %-d, %Y"),
            alt.Tooltip("n:Q", title="incidents", format=","),
            alt.Tooltip("note:N", title=" "),
        ],
    )
    bars = base.transform_filter("datum.whole").mark_bar(color=theme.accent, binSpacing=1)
    cut = base.transform_filter("!datum.whole").mark_bar(
        color=theme.accent, opacity=0.35, stroke=theme.accent, strokeDash=[2, 2]
    )
    layers = [bars, cut, *_marked(changes, theme)]
    return alt.layer(*layers).properties(height=LOW).resolve_scale(color="independent")


def _dates(frame: pd.DataFrame) -> alt.Axis:
    """A date axis: days for up to half a year, months beyond."""
    days = (frame["start"].max() - frame["start"].min()).days if len(frame) else 0
    return alt.Axis(format="%b %Y" if days > 200 else "%b %-d", tickCount=8)


def _marked(changes: list[tuple[date, str]], theme: Theme) -> list[alt.Chart]:
    """A line where recording is known to have changed."""
    if not changes:
        return []
    told = pd.DataFrame(
        {
            "start": [pd.Timestamp(day) for day, _ in changes],
            "what": [w for _, w in changes],
        }
    )
    rule = alt.Chart(told).mark_rule(color=theme.ink, strokeDash=[4, 3], size=1.5)
    return [rule.encode(x="start:T", tooltip=[alt.Tooltip("what:N", title="recording")])]


def by_group(frame: pd.DataFrame, theme: Theme, unit: str, order: list[str]) -> alt.Chart:
    """One line a group over time; at most seven in color. Columns: start, group, n."""
    hexes = (palette.DARK_KINDS if theme.dark else palette.KINDS)[: len(order)]
    colors = [*hexes, *[palette.REST] * (len(order) - len(hexes))]
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=1.8)
        .encode(
            x=alt.X("start:T", title=None, axis=_dates(frame)),
            y=alt.Y("n:Q", title=f"incidents a {unit}", axis=alt.Axis(tickCount=4)),
            color=alt.Color(
                "group:N",
                scale=alt.Scale(domain=order, range=colors),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                alt.Tooltip("start:T", title=f"{unit} of", format="%b %-d, %Y"),
                alt.Tooltip("group:N", title=" "),
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(height=260)
    )


def hour_matrix(frame: pd.DataFrame, theme: Theme) -> alt.Chart:
    """Hour of day by weekday, colored by count. Columns: weekday, hour, n."""
    named = frame.assign(day=[DAYS[i] for i in frame["weekday"]])
    return (
        alt.Chart(named)
        .mark_rect(stroke=theme.paper, strokeWidth=1)
        .encode(
            x=alt.X("hour:O", title="hour of the day", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:O", title=None, sort=DAYS),
            color=_ramp("n", theme, "incidents"),
            tooltip=[
                alt.Tooltip("day:O", title="weekday"),
                alt.Tooltip("hour:O", title="from hour"),
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(height=200)
    )


def calendar(frame: pd.DataFrame, theme: Theme) -> alt.Chart:
    """Every day as a square: weeks across, weekdays down. Columns: day, week, weekday, n."""
    named = frame.assign(name=[DAYS[i] for i in frame["weekday"]])
    return (
        alt.Chart(named)
        .mark_rect(stroke=theme.paper, strokeWidth=1)
        .encode(
            x=alt.X(
                "week:O",
                title=None,
                axis=alt.Axis(
                    format="%b %Y",
                    formatType="time",
                    labelOverlap=True,
                    labelAngle=0,
                    ticks=False,
                ),
            ),
            y=alt.Y("name:O", title=None, sort=DAYS),
            color=_ramp("n", theme, "incidents a day"),
            tooltip=[
                alt.Tooltip("day:T", title="day", format="%a %b %-d, %Y"),
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(height=170)
    )


def multiples(frame: pd.DataFrame, theme: Theme, unit: str, order: list[str]) -> alt.Chart:
    """One small chart an area on one scale. Columns: start, area, n."""
    return (
        alt.Chart(frame)
        .mark_area(color=theme.accent, opacity=0.75, line={"color": theme.accent})
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%b", tickCount=4)),
            y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=3)),
            facet=alt.Facet(
                "area:N",
                columns=4,
                sort=order,
                title=None,
                header=alt.Header(labelFontWeight="bold", labelAnchor="start"),
            ),
            tooltip=[
                alt.Tooltip("area:N", title="area"),
                alt.Tooltip("start:T", title=f"{unit} of", format="%b %-d, %Y"),
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(width=200, height=80)
    )


def against(frame: pd.DataFrame, theme: Theme, unit: str, names: list[str]) -> alt.Chart:
    """An area against the whole place, each as a share of its own mean.

    Columns: start, who, index (1 is the mean of the period), n.
    """
    return (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=alt.X("start:T", title=None, axis=_dates(frame)),
            y=alt.Y(
                "index:Q",
                title="times its mean",
                axis=alt.Axis(tickCount=4, format=".1f"),
            ),
            color=alt.Color(
                "who:N",
                scale=alt.Scale(domain=names, range=[theme.accent, theme.quiet]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            strokeWidth=alt.condition(alt.datum.who == names[0], alt.value(2.4), alt.value(1.4)),
            tooltip=[
                alt.Tooltip("who:N", title=" "),
                alt.Tooltip("start:T", title=f"{unit} of", format="%b %-d, %Y"),
                alt.Tooltip("n:Q", title="incidents", format=","),
                alt.Tooltip("index:Q", title="times its mean", format=".2f"),
            ],
        )
        .properties(height=250)
    )


def bars(frame: pd.DataFrame, theme: Theme, title: str) -> alt.Chart:
    """Horizontal bars, longest first. Columns: what, n."""
    return (
        alt.Chart(frame)
        .mark_bar(color=theme.accent)
        .encode(
            x=alt.X("n:Q", title=title, axis=alt.Axis(tickCount=4)),
            y=alt.Y("what:N", title=None, sort="-x", axis=alt.Axis(labelLimit=220)),
            tooltip=[
                alt.Tooltip("what:N", title=" "),
                alt.Tooltip("n:Q", title="incidents", format=","),
            ],
        )
        .properties(height=alt.Step(24))
    )


def _ramp(column: str, theme: Theme, title: str) -> alt.Color:
    return alt.Color(
        f"{column}:Q",
        title=title,
        scale=alt.Scale(range=[theme.paper, *theme.ramp[1:]], domainMin=0),
        legend=alt.Legend(orient="right", gradientLength=110),
    )
