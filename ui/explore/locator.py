"""Where one area lies: a small picture of all areas with that one filled, and the way back."""

import base64
import math
from datetime import datetime
from html import escape
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
import streamlit as st

from data import words
from data.palette import Theme
from data.pictures.area_shapes import svg_path
from data.views.view import View
from ui.cached import views

_SIZE = 160.0  # units of the picture along its longer side


def show_way_back(name: str) -> None:
    """Show the way that leads from the Map to an area."""
    st.html(
        '<nav class="porch-crumbs" aria-label="Breadcrumb"><a href="/" data-go="/">Map</a>'
        f'<span aria-current="page">{escape(words.spell_area(name))}</span></nav>'
    )


class _Drawn(NamedTuple):
    """The paths of all areas of a set as SVG, by their names, and the size of the picture."""

    names: list[str]
    paths: list[str]
    wide: float
    high: float


@st.cache_resource(max_entries=8, show_spinner=False)
def _drawn(stamp: str, area_set: str, settled_by: datetime | None) -> _Drawn:
    return _draw(views.units_of(stamp, area_set, settled_by))


def show_locator(view: View, name: str, theme: Theme) -> None:
    """Show where an area lies among all of its set."""
    _show(_picture(_drawn(view.stamp, view.area_set, view.settled_by), name, theme), name)


def show_area_on_map(stamp: str, area_set: str, name: str, theme: Theme) -> None:
    """Show where an area of a set of polygons lies."""
    _show(_picture(_drawn(stamp, area_set, None), name, theme), name)


def _show(picture: str, name: str) -> None:
    drawn = base64.b64encode(picture.encode()).decode()
    says = escape(f"Where {words.spell_area(name)} lies", quote=True)
    st.html(f'<img class="porch-locator" alt="{says}" src="data:image/svg+xml;base64,{drawn}">')


def locator_svg(units: gpd.GeoDataFrame, name: str, theme: Theme) -> str:
    """The areas as SVG, the one of a name filled.

    `units` has the columns name and geometry, in WGS 84, and at least one row.
    """
    return _picture(_draw(units), name, theme)


def _draw(units: gpd.GeoDataFrame) -> _Drawn:
    west, south, east, north = units.total_bounds
    narrow = math.cos(math.radians((south + north) / 2))
    scale = _SIZE / max((east - west) * narrow, north - south)

    def move(points: Any) -> Any:
        return np.column_stack([(points[:, 0] - west) * narrow, north - points[:, 1]]) * scale

    drawn = shapely.coverage_simplify(shapely.transform(units.geometry.to_numpy(), move), 0.5)
    wide, high = (east - west) * narrow * scale, (north - south) * scale
    return _Drawn(units["name"].tolist(), [svg_path(shape) for shape in drawn], wide, high)


def _picture(drawn: _Drawn, name: str, theme: Theme) -> str:
    others, one = (
        "".join(path for own, path in zip(drawn.names, drawn.paths) if (own == name) == filled)
        for filled in (False, True)
    )
    wide, high = drawn.wide, drawn.high
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" stroke-linejoin="round" '
        f'viewBox="-2 -2 {wide + 4:.0f} {high + 4:.0f}" '
        f'width="{wide + 4:.0f}" height="{high + 4:.0f}">'
        f'<path d="{others}" fill="{theme.panel}" stroke="{theme.control}" stroke-width=".75"/>'
        f'<path d="{one}" fill="{theme.accent}" stroke="{theme.ink}" stroke-width="1.25"/></svg>'
    )
