"""A map of areas as a picture to take away: what its patch says, in the light look."""

import base64
from collections.abc import Callable

import geopandas as gpd

from data.numbers import area_states
from data.numbers.area_numbers import with_spelled_names
from data.palette import LIGHT
from data.pictures.figure import AreaMap, HeatMap, LegendRow
from data.pictures.light import in_light
from data.pictures.looks import striped_look
from data.views.answers import Answer
from data.views.view import View
from ui.cached import views
from ui.map import heat_layer, hexagon_layer
from ui.map.choices import MapChoices
from ui.map.patch import Picture
from ui.parts.pictures import PagePicture

# the map's hatches (static/map/fills.js) and the looks that say the same
_HATCHES = {
    "nodata": "no_data",
    "residents": "no_residents",
    "few": "not_known",
    "chance": "not_clear",
    "unchosen": "not_asked",
}


def map_picture(
    view: View, patch: Picture, dark: bool, name: str = "The map"
) -> PagePicture | None:
    """The map of a patch as a picture of its page, where it is one of areas in colors.

    What is drawn from single records is not: a picture travels, and holds no point.
    """
    fills, legend = patch.get("fills"), patch.get("legend")
    shown = ("heat", "hexes", "incidents", "frames")
    if not fills or not legend or any(patch.get(part) for part in shown):
        return None
    measure = ". ".join(filter(None, (legend["title"], legend.get("note", ""))))
    drawn = [look_of(fill, dark) for fill in fills]
    rows = [LegendRow(_row_look(row, dark), row["text"]) for row in legend.get("rows", [])]
    title = legend["title"]
    return PagePicture(
        name,
        "",
        measure,
        _describe(title, rows, drawn),
        lambda: AreaMap(with_spelled_names(views.units(view)), drawn, rows, title),
    )


def layer_picture(
    view: View, answer: Answer, layer: str, asked: MapChoices, patch: Picture, dark: bool
) -> PagePicture | None:
    """The picture of a layer of the Map, over the whole place; None where it has none."""
    draw = _DRAWN.get(layer)
    legend = patch.get("legend")
    if draw is None or not legend or not (patch.get("heat") or patch.get("hexes")):
        return map_picture(view, patch, dark)
    measure = ". ".join(filter(None, (legend["title"], legend.get("note", ""))))
    alt = f"A map of {layer} over the whole place: {measure}."
    whole = asked._replace(seen=None)
    return PagePicture("The map", "", measure, alt, lambda: draw(view, answer, whole))


def _heat_map(view: View, answer: Answer, asked: MapChoices) -> HeatMap:
    """The heat in the light look."""
    patch = heat_layer.heat_patch(view, answer, LIGHT, asked)
    over, heat, legend = views.outline(view), patch["heat"], patch["legend"]
    assert over and heat and legend  # the screen has them too
    (south, west), (north, east) = heat["bounds"]
    surface = base64.b64decode(heat["url"].partition(",")[2])
    ramp, bounds = legend["ramp"], (south, west, north, east)
    return HeatMap(over.outline, surface, bounds, ramp["colors"], ramp["ticks"], legend["title"])


def _hexagon_map(view: View, answer: Answer, asked: MapChoices) -> AreaMap:
    """The hexagons in the light look."""
    patch = hexagon_layer.hexagon_patch(view, answer, LIGHT, asked)
    shapes = hexagon_layer.hexagon_shapes(view, asked)
    hexes, legend = patch["hexes"], patch["legend"]
    assert hexes and legend  # the screen has them too
    rows = [LegendRow(_row_look(row, dark=False), row["text"]) for row in legend["rows"]]
    looks = [look_of(fill, dark=False) for fill in hexes["fills"]]
    areas = gpd.GeoDataFrame({"name": [""] * len(shapes)}, geometry=shapes, crs=4326)
    return AreaMap(areas, looks, rows, legend["title"])


_DRAWN: dict[str, Callable[[View, Answer, MapChoices], AreaMap | HeatMap]] = {
    "heat": _heat_map,
    "hexagons": _hexagon_map,
}


def look_of(fill: str, dark: bool) -> str:
    """The look of a fill of the map: a color, a hatch, or two colors in stripes."""
    if fill in _HATCHES:
        return _HATCHES[fill]
    light = in_light(fill) if dark else fill
    colors = [f"#{color}" for color in light.lstrip("~").split("#") if color]
    return striped_look(*colors) if fill.startswith("~") else "".join(colors) or "zero"


def _row_look(row: area_states.MapLegendRow, dark: bool) -> str:
    weak = "~" if row.get("weak") else ""
    return look_of(row.get("hatch") or weak + row.get("color", "") + row.get("stripe", ""), dark)


def _describe(title: str, rows: list[LegendRow], drawn: list[str]) -> str:
    """What is seen: how many areas, and how many of each color."""
    counts = ((row.says, drawn.count(row.look)) for row in rows)
    told = "; ".join(f"{text}: {n}" for text, n in counts if n)
    return f"A map of {len(drawn)} areas, {title}. Areas by color: {told}."
