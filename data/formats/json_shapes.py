"""Shapes as GeoJSON or ArcGIS writes them, and the coordinate system that such a file says."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from data.json_text.values import NoRecord, json_text

Shape = Mapping[str, Any]


def shapes_of(found: Sequence[Shape | None]) -> npt.NDArray[Any]:
    """Shapes as shapely's; None for none, and for what is no shape."""
    shapes = np.full(len(found), None, object)
    points, rows = [], []
    texts: list[str] = []
    others = []
    for row, shape in enumerate(found):
        if shape is None:
            continue
        if shape["type"] == "Point":
            if pair := _degrees(shape.get("coordinates")):
                points.append(pair)
                rows.append(row)
        elif text := _plain(shape):
            texts.append(text)
            others.append(row)
    if rows:
        shapes[rows] = shapely.points(np.array(points))
    if others:
        shapes[others] = shapely.from_geojson(np.array(texts, object), on_invalid="ignore")
    for row in others:
        if found[row].get("area") and shapes[row] is not None:  # type: ignore[union-attr]
            shapes[row] = shapely.build_area(shapes[row])
    return shapes


def _degrees(pair: Any) -> tuple[float, float] | None:
    try:
        return float(pair[0]), float(pair[1])
    except (TypeError, ValueError, LookupError):
        return None


def _plain(shape: Shape) -> str:
    try:
        return json_text({k: v for k, v in shape.items() if k != "area"})
    except NoRecord:
        return ""


def stated_crs(around: Shape) -> str | None:
    """The code or WKT of the coordinate system that stands beside the records; None for none."""
    crs, reference = around.get("crs"), around.get("spatialReference")
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        stated = crs["properties"]
        if isinstance(stated.get("name"), str):
            return str(stated["name"])
        if "code" in stated:  # as GeoJSON had it before 2008
            return f"EPSG:{stated['code']}"
    if isinstance(reference, dict):
        number = reference.get("latestWkid") or reference.get("wkid")
        if isinstance(number, int):
            return f"{'EPSG' if number < _FIRST_OF_ESRI else 'ESRI'}:{number}"
        if isinstance(reference.get("wkt"), str):
            return str(reference["wkt"])
    return None


_FIRST_OF_ESRI = 37001
