"""The filter on a drawn shape: its words in a link, its SQL, its sentence."""

import re
from typing import Any

from data import words
from data.storage.meta_types import TableMeta
from data.views.sql import Clause, polygon_set
from data.views.view import View
from geo import drawn_shape
from geo.drawn_shape import Shape

AROUND = re.compile(r"\s*(\d{1,6})\s*m around (.+?)\s*", re.IGNORECASE)


def shape(text: str, meta: TableMeta, area_set: str = "") -> Shape:
    """The shape that a link's text means. ValueError with a sentence where it means none.

    Either what `geo.drawn_shape.encode` wrote, or `800 m around` and an area's name.
    """
    around = AROUND.fullmatch(text)
    if around is None:
        return drawn_shape.decode(text)
    found = polygon_set(area_set, meta)
    centres = found[1].get("centres") if found else None
    names = found[1]["names"] if found else []
    if not centres or around[2] not in names:
        raise ValueError(f"There is no area called {around[2][:40]!r} to draw a circle around.")
    x, y = centres[names.index(around[2])]
    return drawn_shape.circle(x, y, float(around[1]))


def read_shape(raw: Any, meta: TableMeta) -> str:
    """The text as it stands in links. ValueError with a sentence where it means no shape."""
    text = str(raw or "").strip()
    if not text:
        return ""
    found = shape(text, meta, meta.get("chosen_set", ""))
    around = AROUND.fullmatch(text)
    return f"{found.radius} m around {around[2]}" if around else drawn_shape.encode(found)


def says(view: View, meta: TableMeta) -> str:
    """The shape in words, with its size; empty where there is none."""
    if not view.shape:
        return ""
    found, around = shape(view.shape, meta, view.area_set), AROUND.fullmatch(view.shape)
    if around:
        return f"within {found.radius:,} m of the center of {words.spell_area(around[2])}"
    if found.radius:
        return f"within a drawn circle of {found.radius:,} m"
    return f"within a drawn shape of {found.area_km2:.2g} km²"


def sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for points in the shape, as `geo.drawn_shape.contains` tells."""
    if not view.shape:
        return None
    found = shape(view.shape, meta, view.area_set)
    x, y = "x::DOUBLE", "y::DOUBLE"
    low, high = found.metres.min(axis=0) - found.radius, found.metres.max(axis=0) + found.radius
    box = (
        f"x BETWEEN {_number(low[0])} AND {_number(high[0])} "
        f"AND y BETWEEN {_number(low[1])} AND {_number(high[1])}"
    )
    if found.radius:
        across, down = (f"({v} - {_number(c)})" for v, c in zip((x, y), found.metres[0]))
        square = _number(float(found.radius) ** 2)
        return f"({box} AND {across} * {across} + {down} * {down} <= {square})", []
    held = "false"
    for x0, y0, x1, y1 in drawn_shape.edges(found):
        slope = _number((x1 - x0) / (y1 - y0))
        crosses = f"({y} < {_number(y0)}) <> ({y} < {_number(y1)})"
        west = f"{x} < {_number(x0)} + ({y} - {_number(y0)}) * {slope}"
        held = f"({held}) <> (({crosses}) AND ({west}))"
    return f"({box} AND ({held}))", []


def _number(value: float) -> str:
    """A number that SQL reads as the same DOUBLE; of ours, never a reader's text."""
    return f"{float(value)!r}::DOUBLE"
