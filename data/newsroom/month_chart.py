"""Bars by month as a Vega-Lite specification, stacked by word."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.palette import DARK_KIND_COLORS, KIND_COLORS, REST, Theme
from data.views.recording import KnownChange

_MOMENT = "%Y-%m-%dT00:00:00"
_LEGEND = {"title": None, "orient": "top", "columns": 3, "symbolType": "square"}
_ROW = {"width": 720, "height": 110}  # pixels of each of several charts: no one else can give it
_LABELS = 7  # months that are named below a chart, at most


def color_words(every: Sequence[str], silent: str, dark: bool) -> dict[str, str]:
    """A color for each word of a table, the same wherever it is drawn; gray for the one that says
    nothing."""
    hexes = iter(DARK_KIND_COLORS if dark else KIND_COLORS)
    return {word: REST if word == silent else next(hexes, REST) for word in every}


def stacked_months(
    frame: pd.DataFrame,
    colors: Mapping[str, str],
    changes: Sequence[KnownChange],
    theme: Theme,
    span: tuple[pd.Timestamp, pd.Timestamp],
    top: int,
    legend: bool = False,
) -> dict[str, Any]:
    """Bars by month from 0 to a scale's top, stacked by word in the order of their colors.
    Columns: month (first day), what, n; with `city` too, a row of bars each.

    Each bar has the width of its month; a month without a record has none. `span` are the first and
    last month of the axis.
    """
    rank = {word: i for i, word in enumerate(colors)}
    rows = frame.assign(rank=frame["what"].map(rank)).sort_values(["month", "rank"])
    named = [name for name in ("city",) if name in rows]
    upper = rows.groupby([*named, "month"])["n"].cumsum()
    start = rows["month"].dt.strftime(_MOMENT)  # local to whoever draws: no zone moves a month
    drawn = rows[[*named, "what", "n"]].assign(start=start, upper=upper, lower=upper - rows["n"])
    bars = {
        "mark": {"type": "bar", "binSpacing": 0, "stroke": theme.paper, "strokeWidth": 0.5},
        "encoding": {
            "x": {
                "timeUnit": "yearmonth",
                "field": "start",
                "type": "temporal",
                "title": None,
                **_axis(*span),
            },
            "y": {
                "field": "upper",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [0, top], "nice": False},
                "axis": {"values": [0, top], "format": ",d"},
            },
            "y2": {"field": "lower"},
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": list(colors), "range": list(colors.values())},
                "legend": _LEGEND if legend else None,
            },
            "tooltip": [
                {"field": "start", "type": "temporal", "title": "month", "format": "%B %Y"},
                {"field": "what", "type": "nominal", "title": "what"},
                {"field": "n", "type": "quantitative", "title": "records", "format": ",d"},
            ],
        },
    }
    marks = _marks(changes, theme)
    drawing: dict[str, Any] = {"layer": [bars, *marks]} if marks else bars
    if named:
        head = {"labelAngle": 0, "labelAlign": "left", "labelOrient": "top", "labelAnchor": "start"}
        row = {"field": "city", "type": "nominal", "title": None, "sort": None, "header": head}
        drawing = {"facet": {"row": row}, "spec": {**drawing, **_ROW}}
    return {"data": {"values": drawn.to_dict("records")}, **drawing}


def _axis(first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """A date axis that names few months, the year at the first and at each January."""
    every = pd.date_range(first, last, freq="MS")
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120) if len(every) / s <= _LABELS or s == 120)
    named = [day for day in every if (day.month - 1) % step == 0] if step <= 12 else every[::step]
    year = "datum.index == 0 || month(datum.value) == 0 ? '%b %Y' : '%b'" if step < 12 else "'%Y'"
    ends = (first, last + pd.offsets.MonthBegin(1))
    return {
        "scale": {"domain": [{"year": d.year, "month": d.month, "date": 1} for d in ends]},
        "axis": {
            "values": [{"year": d.year, "month": d.month, "date": 1} for d in named or every[:1]],
            "labelExpr": f"timeFormat(datum.value, {year})",
            "labelAlign": "left",
            "labelBound": True,
            "labelFlush": False,
            "labelOverlap": True,
            "labelPadding": 4,
            "tickSize": 4,
            "grid": False,
        },
    }


def _marks(changes: Sequence[KnownChange], theme: Theme) -> list[dict[str, Any]]:
    """A line at each known change of recording."""
    rows = [{"day": one.day.strftime(_MOMENT), "change": one.what} for one in changes]
    rule = {"type": "rule", "color": theme.ink, "strokeDash": [4, 3], "size": 1.5}
    told = {"field": "change", "type": "nominal", "title": "recording"}
    encoding = {"x": {"field": "day", "type": "temporal"}, "tooltip": [told]}
    return [{"data": {"values": rows}, "mark": rule, "encoding": encoding}] if rows else []
