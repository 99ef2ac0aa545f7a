"""The charts: a frame and a theme in, an Altair chart out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from data import palette
from data.palette import Theme

LOW = 140  # charts are low and wide: the map is the hero
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_FEWEST = 20  # weeks that a calendar has room for, so that a day stays a square
LONG = 200  # days from which a date axis says months
INCIDENTS = alt.Tooltip("n:Q", title="incidents", format=",")
COUNTS = alt.Axis(tickCount=4, tickMinStep=1, format=",d")  # there is no half incident


def ticks(starts: pd.Series, most: int) -> list[pd.Timestamp]:
    """At most about `most` of the starts of bars: the first in each month, quarter, half
    year or year of a long time; else Mondays, or every start where they are few."""
    found = np.unique(starts.to_numpy("datetime64[D]"))
    if len(found) <= most:
        return [pd.Timestamp(day) for day in found]
    if (found[-1] - found[0]).astype(int) > LONG:
        step = np.diff(found).min()
        months, before = (
            days.astype("datetime64[M]").astype(int) for days in (found, found - step)
        )
        for width in (1, 3, 6, 12):
            # a first bar in the middle of a month has no label: the next would stand too near
            begun = found[months // width != before // width]
            if len(begun) <= most:
                break
        return [pd.Timestamp(day) for day in begun]
    mondays = found[(found.astype(int) + 3) % 7 == 0]  # 1970 began on a Thursday
    found = mondays if len(mondays) and not _monthly(starts) else found
    return [pd.Timestamp(day) for day in found[:: -(-len(found) // most)]]


def _monthly(starts: pd.Series) -> bool:
    """Return whether all of several bars start on the first of a month."""
    return starts.nunique() > 1 and bool((pd.to_datetime(starts).dt.day == 1).all())


def axis(starts: pd.Series, most: int = 14, unit: str = "") -> dict[str, Any]:
    """A date axis that is labelled where bars start, and nowhere beyond its end.

    Bars of months are labelled without a day; a `unit` need be given only for one alone.
    """
    values = ticks(starts, most)
    months = bool(values) and (starts.max() - starts.min()).days > LONG
    months |= unit == "month" or _monthly(starts)
    year = "datum.index == 0 || month(datum.value) == 0 ? '%b %Y' : '%b'"
    if months and all(v.month == 1 for v in values):
        year = "'%Y'"
    words = f"timeFormat(datum.value, {year if months else repr('%b %-d')})"
    at = [{"year": v.year, "month": v.month, "date": v.day} for v in values]
    return {
        "values": at,
        "labelExpr": words,
        "labelAlign": "left",
        "labelBound": True,
        "labelFlush": False,
        "labelOverlap": True,
        "labelSeparation": 4,
        "labelPadding": 4,
        "ticks": True,
        "tickSize": 4,
        "grid": False,
    }


def dates(starts: pd.Series, most: int = 14, unit: str = "") -> alt.Axis:
    """The same date axis for Altair."""
    return alt.Axis(**axis(starts, most, unit))


def chart_title(text: str, theme: Theme) -> dict[str, Any]:
    """A small title at the left: what is counted, and in which unit."""
    look = {"anchor": "start", "color": theme.ink, "fontSize": 13, "fontWeight": "normal"}
    return {"text": text, "offset": 6} | look


def _title(text: str, theme: Theme) -> alt.TitleParams:
    return alt.TitleParams(**chart_title(text, theme))


def _lines() -> alt.Legend:
    """A legend of lines above their chart, in rows that fit a phone."""
    return alt.Legend(
        title=None, orient="top", columns=3, symbolType="stroke", symbolStrokeWidth=3, offset=2
    )


MONTHS = "months have 28 to 31 days"


def per(unit: str) -> str:
    """The step that a count is of: a week, a month (which differ in length)."""
    return f"a {unit}" + (f"; {MONTHS}" if unit == "month" else "")


def when(unit: str) -> tuple[str, str]:
    """The tooltip's name for the start of a step, and its format: a month has no day."""
    if unit == "month":
        return unit, "%B %Y"
    return unit if unit in ("day", "night") else f"{unit} from", "%a %b %-d, %Y"


def _when(unit: str) -> list[alt.Tooltip]:
    """The tooltip of a bar or point on every chart over time."""
    first, form = when(unit)
    return [alt.Tooltip("start:T", title=first, format=form), INCIDENTS]


Changes = Sequence[tuple[date, str]]  # known changes of recording


def marked(changes: Changes, theme: Theme) -> list[alt.Chart]:
    """A line on a chart over time at each known change of recording; none where there is none."""
    if not changes:
        return []
    told = pd.DataFrame([(pd.Timestamp(day), what) for day, what in changes])
    told.columns = pd.Index(["start", "what"])
    rule = alt.Chart(told).mark_rule(color=theme.ink, strokeDash=[4, 3], size=1.5)
    return [rule.encode(x="start:T", tooltip=[alt.Tooltip("what:N", title="recording")])]


def by_group(
    frame: pd.DataFrame, theme: Theme, unit: str, order: list[str], changes: Changes = ()
) -> alt.LayerChart:
    """One line a group over time; at most seven in color. Columns: start, group, n."""
    hexes = (palette.DARK_KIND_COLORS if theme.dark else palette.KIND_COLORS)[: len(order)]
    colors = [*hexes, *[palette.REST] * (len(order) - len(hexes))]
    base = alt.Chart(frame).encode(
        x=alt.X("start:T", title=None, axis=dates(frame["start"], unit=unit)),
        y=alt.Y("n:Q", title=None, axis=COUNTS),
        color=alt.Color("group:N", scale=alt.Scale(domain=order, range=colors), legend=_lines()),
        tooltip=[alt.Tooltip("group:N", title="kind"), *_when(unit)],
    )
    # a line is hard to hit: large points that nobody sees carry what hovering tells
    hit = base.mark_circle(size=160, opacity=0)
    lines = base.mark_line(strokeWidth=1.8, point=frame["start"].nunique() <= 31)
    said = _title(f"Incidents {per(unit)}", theme)
    layers = [lines, hit, *marked(changes, theme)]
    return alt.LayerChart(layer=layers, title=said).properties(height=250)


def hour_matrix(frame: pd.DataFrame, theme: Theme) -> alt.LayerChart:
    """Hour of day by weekday, colored by the mean of such an hour. Columns: weekday, hour, n,
    of, mean."""
    named = frame.assign(day=[_DAYS[i] for i in frame["weekday"]])
    base = alt.Chart(named).encode(
        x=alt.X(
            "hour:O",
            title="hour of the day",
            scale=alt.Scale(domain=list(range(24))),
            axis=alt.Axis(labelAngle=0, values=list(range(0, 24, 3)), labelOverlap=False),
        ),
        y=_rows(_DAYS, _DAYS),
        tooltip=[
            alt.Tooltip("day:O", title="weekday"),
            alt.Tooltip("hour:O", title="from hour"),
            alt.Tooltip("mean:Q", title="incidents an hour", format=".3~r"),
            INCIDENTS,
            alt.Tooltip("of:Q", title="in so many such hours", format=",.3~r"),
        ],
    )
    return _matrix(base, named["mean"], theme, "incidents an hour, mean", 255)


def calendar(
    frame: pd.DataFrame,
    rows: dict[str, str],
    months: dict[int, list[str]],
    theme: Theme,
    unit: str = "day",
) -> alt.LayerChart:
    """Every day as a square: weeks across, weekdays down. Columns: start, row, week, n.

    `rows` are the rows from above with their labels (empty: none), `months` the weeks that
    a month begins in with the lines of its label.
    """
    words = f"({months})[datum.value]"
    axis = alt.Axis(
        values=list(months),
        labelExpr=words,
        labelAlign="left",
        labelAngle=0,
        labelBound=True,
        labelFlush=False,
        labelOverlap=True,
        labelPadding=4,
        bandPosition=0,
        ticks=True,
        tickSize=4,
    )
    said = [row for row, label in rows.items() if label]
    weeks = list(range(max(int(frame["week"].max()) + 1, _FEWEST)))
    base = alt.Chart(frame).encode(
        x=alt.X("week:O", title=None, axis=axis, scale=alt.Scale(domain=weeks)),
        y=_rows(list(rows), said, rows),
        tooltip=_when(unit),
    )
    return _matrix(base, frame["n"], theme, f"incidents a {unit}", max(265, 120 + 9 * len(rows)))


def _rows(order: list[str], said: list[str], words: dict[str, str] | None = None) -> alt.Y:
    told = f"({words})[datum.value]" if words else "datum.value"
    axis = alt.Axis(values=said, labelExpr=told, labelOverlap=False, labelFlush=False, ticks=False)
    column = "row:O" if words else "day:O"
    return alt.Y(column, title=None, sort=order, scale=alt.Scale(domain=order), axis=axis)


def _matrix(
    base: alt.Chart, counts: pd.Series, theme: Theme, title: str, height: int
) -> alt.LayerChart:
    """Cells colored by count or mean. One with 0 is an empty frame; one not covered is absent."""
    top = float(counts.max()) if counts.any() else 1.0
    color = alt.Color(
        f"{counts.name}:Q",
        scale=alt.Scale(range=list(theme.ramp), domain=[0, top]),
        legend=alt.Legend(
            title=title,
            titleOrient="left",
            orient="top",
            direction="horizontal",
            values=[0, top],
            format=",.3~r",
            gradientLength=120,
            gradientThickness=9,
            offset=2,
        ),
    )
    cell = base.mark_rect(fill=theme.paper, stroke=theme.pale_edge, strokeWidth=0.5)
    full = base.transform_filter("datum.n > 0").mark_rect(strokeWidth=0.7)
    full = full.encode(color=color, stroke=edges(str(counts.name), top, theme))
    return alt.LayerChart(layer=[cell, full]).properties(height=height)


def edges(column: str, top: float, theme: Theme) -> Any:
    """The edge of a cell that is colored by a column from 0 to `top`: seen where its color is pale."""
    pale = f"datum.{column} < {top * palette.pale_part(theme)}"
    return alt.condition(pale, alt.value(theme.pale_edge), alt.value(theme.paper))


def small(
    frame: pd.DataFrame, theme: Theme, unit: str, name: str, top: int, changes: Changes = ()
) -> alt.LayerChart:
    """One of several small charts on one scale, 0 to `top`. Columns: start, end, n."""
    axis = alt.Axis(values=[0, top], format=",d")
    bars = (
        alt.Chart(frame)
        .mark_bar(color=theme.accent, binSpacing=0)
        .encode(
            x=alt.X("start:T", title=None, axis=dates(frame["start"], 2, unit)),
            x2="end:T",
            y=alt.Y("n:Q", title=None, scale=alt.Scale(domain=[0, top], nice=False), axis=axis),
            y2=alt.datum(0),
            tooltip=_when(unit),
        )
    )
    layers = [bars, *marked(changes, theme)]
    return alt.LayerChart(layer=layers, title=_title(name, theme)).properties(height=116)


def against(
    frame: pd.DataFrame, theme: Theme, unit: str, names: list[str], changes: Changes = ()
) -> alt.LayerChart:
    """An area against the whole place, each as a share of its own mean.

    Columns: start, who, index (1 is the mean of the period), n.
    """
    base = alt.Chart(frame).encode(
        x=alt.X("start:T", title=None, axis=dates(frame["start"], unit=unit)),
        y=alt.Y("index:Q", title=None, axis=alt.Axis(tickCount=4, format=".1f")),
        color=alt.Color(
            "who:N",
            scale=alt.Scale(domain=names, range=[theme.accent, theme.quiet]),
            legend=_lines(),
        ),
        strokeWidth=alt.condition(alt.datum.who == names[0], alt.value(2.4), alt.value(1.4)),
        tooltip=[
            alt.Tooltip("who:N", title="where"),
            *_when(unit),
            alt.Tooltip("index:Q", title="times its mean", format=".2f"),
        ],
    )
    hit = base.mark_circle(size=160, opacity=0)
    each = "Incidents a day, by month" if unit == "month" else f"Incidents a {unit}"
    said = _title(f"{each}, times the mean of the period", theme)
    layers = [base.mark_line(), hit, *marked(changes, theme)]
    return alt.LayerChart(layer=layers, title=said).properties(height=250)


def shares(frame: pd.DataFrame, theme: Theme, said: int) -> alt.LayerChart:
    """Horizontal bars in the order given, with the interval of each share of `said` records.

    Columns: what, label, n, share, low, high; counts alone where there are no shares.
    """
    counted = bool(frame["share"].isna().all())
    x, end = ("n", "n") if counted else ("share", "high")
    told = frame.assign(x=frame[x], end=frame[end])
    axis = COUNTS if counted else alt.Axis(tickCount=4, format=".0%")
    scale = alt.Scale(domain=[0, 1.5 * float(told["end"].max())], nice=False)  # room for labels
    tooltip = [alt.Tooltip("what:N", title="what"), INCIDENTS]
    if not counted:
        named = (("share", "share"), ("low", "from (95% interval)"), ("high", "to"))
        tooltip += [alt.Tooltip(f"{column}:Q", title=name, format=".1%") for column, name in named]
    base = alt.Chart(told).encode(
        x=alt.X("x:Q", title=None, axis=axis, scale=scale),
        y=alt.Y("what:N", title=None, sort=frame["what"].tolist(), axis=alt.Axis(labelLimit=220)),
        tooltip=tooltip,
    )
    layers = [base.mark_bar(color=theme.accent, height={"band": 0.6})]
    if not counted:
        layers.append(base.mark_rule(color=theme.ink, size=1.5).encode(x="low:Q", x2="high:Q"))
    label = base.mark_text(align="left", dx=6, color=theme.ink)
    layers.append(label.encode(x="end:Q", text="label:N"))
    what = "Records" if counted else f"Share of the {said:,} records that say it, 95% interval"
    return alt.LayerChart(layer=layers, title=_title(what, theme)).properties(height=alt.Step(26))


def bars(frame: pd.DataFrame, theme: Theme, title: str) -> alt.Chart:
    """Horizontal bars, longest first. Columns: what, n."""
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(color=theme.accent)
        .encode(
            x=alt.X("n:Q", title=title, axis=alt.Axis(tickCount=4)),
            y=alt.Y("what:N", title=None, sort="-x", axis=alt.Axis(labelLimit=220)),
            tooltip=[alt.Tooltip("what:N", title="what"), INCIDENTS],
        )
        .properties(height=alt.Step(24))
    )
    return chart
