"""Vega-Lite specifications of the charts of pages' numbers: plain bars, lines and cells."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.palette import LIGHT
from data.pictures.figure import Chart

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # its name; nothing is fetched
_ROWS = 20  # rows that a picture has room for
_TIME = {"title": None, "type": "temporal", "axis": {"grid": False}}


def chart(spec: Mapping[str, Any], rows: pd.DataFrame) -> Chart:
    """A chart of rows, which stand inside it as plain values."""
    values = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return Chart({"$schema": SCHEMA, "data": {"values": values}, **spec})


def bars(rows: pd.DataFrame, what: str, n: str, unit: str) -> Chart:
    """Horizontal bars in the order of the rows, at most 20."""
    encoding = {
        "y": {"field": what, "type": "nominal", "sort": None, "title": None},
        "x": {"field": n, "type": "quantitative", "title": unit},
    }
    mark = {"type": "bar", "color": LIGHT.accent, "height": {"band": 0.6}}
    return chart({"mark": mark, "encoding": encoding}, rows[[what, n]].head(_ROWS))


def ratios(rows: pd.DataFrame, what: str, unit: str) -> Chart:
    """A ratio a row with its interval (columns ratio, low, high) on a scale of times, at most 20."""
    shown = rows[[what, "ratio", "low", "high"]].head(_ROWS)
    shown = shown[(shown[["ratio", "low", "high"]] > 0).all(axis=1)]
    times = {"type": "quantitative", "title": unit, "scale": {"type": "log"}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rule", "color": LIGHT.quiet}, "encoding": {"x": {"datum": 1, **times}}},
        {
            "mark": {"type": "rule", "color": LIGHT.ink, "strokeWidth": 1.5},
            "encoding": {"x": {"field": "low", **times}, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "circle", "color": LIGHT.accent, "size": 70, "opacity": 1},
            "encoding": {"x": {"field": "ratio", **times}},
        },
    ]
    y = {"field": what, "type": "nominal", "sort": None, "title": None}
    layers[1]["encoding"]["y"] = layers[2]["encoding"]["y"] = y
    return chart({"layer": layers}, shown)


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
