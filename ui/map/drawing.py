"""Shapes drawn on a map: from the browser's corners to the filter in the link, and back."""

import numpy as np
from pyproj import Transformer

from data.views import shape_filter
from data.views.view import View
from geo import drawn_shape
from ui.cached import views
from ui.map.patch import DrawingPatch, DrawnShape


def drawing_patch(view: View) -> DrawingPatch:
    """The patch for drawing: the shape in force, as corners in degrees."""
    meta = views.meta(view.stamp)
    crs = meta["place"]["crs"]
    if not view.shape or crs is None:
        return {"shape": None, "draws": crs is not None}
    found = shape_filter.shape(view.shape, meta, view.area_set)
    meridian = float(meta["place"].get("meridian", 0.0))
    ring = drawn_shape.outline(found, crs, meridian).exterior.coords
    return {"shape": [[round(x, 5), round(y, 5)] for x, y in ring], "draws": True}


def text(view: View, asked: DrawnShape) -> str:
    """A drawing as it stands in links. ValueError with a sentence where it cannot."""
    crs = views.meta(view.stamp)["place"]["crs"]
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    if asked["type"] == "none":
        return ""
    if asked["type"] == "circle":
        x, y = to_metres.transform(float(asked["center"][0]), float(asked["center"][1]))
        return drawn_shape.encode(drawn_shape.circle(x, y, float(asked["radius"])))
    corners = np.array([[float(a), float(b)] for a, b in asked["corners"]])
    x, y = to_metres.transform(corners[:, 0], corners[:, 1])
    return drawn_shape.encode(drawn_shape.polygon(x, y))
