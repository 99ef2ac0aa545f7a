"""The weekly trend under the map, as a Vega-Lite specification.

Written out, because Altair makes and checks it in a third of the time that the whole screen
takes; the tests hold it against the schema that Altair ships.
"""

from datetime import date

import numpy as np
import pandas as pd

from data.palette import Theme
from ui.parts import charts

Spec = dict[str, object]
_INCIDENTS = {"field": "n", "type": "quantitative", "title": "incidents", "format": ","}


def spec(series: pd.DataFrame, theme: Theme, unit: str, changes: list[tuple[date, str]]) -> Spec:
    """Counts by week or day with partial ones hollow, and known changes of recording.

    `series` has start (date), n and whole (bool); a start that is absent is a gap.
    """
    days = pd.Timedelta(days=7 if unit == "week" else 1)
    ends = series["start"] + (pd.offsets.MonthBegin(1) if unit == "month" else days)
    whole = series["whole"].to_numpy(bool)
    counted = np.where(whole, f"a whole {unit}", f"part of a {unit}")
    rows = series[["start", "n", "whole"]].assign(end=ends, counted=counted)
    pale = "" if whole.all() else f"; pale: part of a {unit}"
    first, form = charts.when(unit)
    encoding = {
        "x": {
            "field": "start",
            "type": "temporal",
            "title": None,
            "axis": charts.axis(series["start"], unit=unit),
        },
        "x2": {"field": "end"},
        "y": {
            "field": "n",
            "type": "quantitative",
            "title": None,
            "axis": charts.COUNTS.to_dict() | {"tickCount": 3},
        },
        "y2": {"datum": 0},
        "tooltip": [
            {"field": "start", "type": "temporal", "title": first, "format": form},
            _INCIDENTS,
            {"field": "counted", "type": "nominal"},
        ],
    }
    bar = {"type": "bar", "color": theme.accent}
    hollow = {"opacity": 0.35, "stroke": theme.accent, "strokeDash": [2, 2]}
    layers: list[Spec] = [
        {"mark": bar | {"binSpacing": 1}, "transform": [{"filter": "datum.whole"}]},
        {"mark": bar | hollow, "transform": [{"filter": "!datum.whole"}]},
    ]
    drawn = [layer | {"encoding": encoding} for layer in layers] + _marked(changes, theme)
    title = charts.chart_title(f"Incidents {charts.per(unit)}{pale}", theme)
    return {"data": rows, "layer": drawn, "title": title, "height": charts.LOW}


def _marked(changes: list[tuple[date, str]], theme: Theme) -> list[Spec]:
    """A line where recording is known to have changed."""
    if not changes:
        return []
    told = [{"start": _moment(pd.Timestamp(day)), "what": what} for day, what in changes]
    encoding = {
        "x": {"field": "start", "type": "temporal"},
        "tooltip": [{"field": "what", "type": "nominal", "title": "recording"}],
    }
    mark = {"type": "rule", "color": theme.ink, "strokeDash": [4, 3], "size": 1.5}
    return [{"data": {"values": told}, "mark": mark, "encoding": encoding}]


def _moment(day: pd.Timestamp) -> str:
    """Midnight on the reader's own clock: without an hour it would be one of Greenwich."""
    return f"{day:%Y-%m-%dT00:00:00}"
