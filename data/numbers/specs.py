"""Vega-Lite specifications of the charts of pages' numbers: plain bars, lines and cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.palette import LIGHT
from data.pictures.figure import Chart

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # its name; nothing is fetched
_ROWS = 30  # bars that a picture has room for
_TIME = {"title": None, "type": "temporal", "axis": {"grid": False}}


def chart(spec: Mapping[str, Any], rows: pd.DataFrame) -> Chart:
    """A chart of rows, which stand inside it as plain values."""
    values = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return Chart({"$schema": SCHEMA, "data": {"values": values}, **spec})


def bars(rows: pd.DataFrame, what: str, n: str, unit: str, ends: Sequence[str] = ()) -> Chart:
    """Horizontal bars, longest first, at most 30; `ends` are the columns of an interval, if any."""
    shown = rows.nlargest(_ROWS, n)[[what, n, *ends]]
    place = {"field": what, "type": "nominal", "sort": None, "title": None}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "color": LIGHT.accent},
            "encoding": {"x": {"field": n, "type": "quantitative", "title": unit}},
        }
    ]
    if ends:
        low, high = ends
        layers.append(
            {
                "mark": {"type": "rule", "color": LIGHT.ink},
                "encoding": {"x": {"field": low, "type": "quantitative"}, "x2": {"field": high}},
            }
        )
    return chart({"encoding": {"y": place}, "layer": layers}, shown)


def series(
    rows: pd.DataFrame, at: str, n: str, unit: str, band: Sequence[str] = (), group: str = ""
) -> Chart:
    """A line over time, one a `group` where there are several; `band` are the columns of the
    expected range, if any. A step without a number is a gap."""
    color = {"color": {"field": group, "type": "nominal", "title": None}} if group else {}
    line: dict[str, Any] = {
        "type": "line",
        "strokeWidth": 1.8,
        "invalid": "break-paths-show-domains",
    }
    if not group:
        line["color"] = LIGHT.accent
    layers: list[dict[str, Any]] = [
        {
            "mark": line,
            "encoding": {"y": {"field": n, "type": "quantitative", "title": unit}, **color},
        }
    ]
    if band:
        low, high = band
        edge = {"y": {"field": low, "type": "quantitative"}, "y2": {"field": high}}
        area = {"type": "area", "color": LIGHT.quiet, "opacity": 0.25}
        layers.insert(0, {"mark": area, "encoding": edge})
    x = {"field": at, **_TIME}
    kept = [at, n, *band, *([group] if group else [])]
    return chart(
        {"encoding": {"x": x}, "layer": layers}, rows[kept].assign(**{at: rows[at].astype(str)})
    )


def cells(rows: pd.DataFrame, x: str, y: str, n: str, unit: str, order: Sequence[str]) -> Chart:
    """Cells colored by a number: `order` are the rows from above."""
    spec = {
        "mark": {"type": "rect", "stroke": LIGHT.paper},
        "encoding": {
            "x": {"field": x, "type": "ordinal", "title": x, "axis": {"labelAngle": 0}},
            "y": {"field": y, "type": "ordinal", "title": None, "sort": list(order)},
            "color": {
                "field": n,
                "type": "quantitative",
                "title": unit,
                "scale": {"range": list(LIGHT.ramp), "domainMin": 0},
            },
        },
    }
    return chart(spec, rows[[x, y, n]])
