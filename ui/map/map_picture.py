"""A map of areas as a picture to take away: what its patch says, in the light look."""

from data.numbers import area_states
from data.palette import LIGHT
from data.pictures.figure import AreaMap, LegendRow
from data.pictures.light import in_light
from data.pictures.looks import striped_look
from data.views.view import View
from ui.cached import views
from ui.map.patch import Legend, Patch
from ui.parts import pictures
from ui.parts.pictures import PagePicture

# the map's hatches (static/map/fills.js) and the looks that say the same
_HATCHES = {
    "nodata": "no_data",
    "residents": "no_residents",
    "few": "not_known",
    "chance": "not_clear",
    "unchosen": "not_asked",
}


def add_map_picture(view: View, patch: Patch, name: str = "The map") -> None:
    """List the map of a patch among the page's pictures, where it is one of areas in colors.

    Heat, and what is drawn from single records, is not: a picture travels, and holds no point.
    """
    fills, legend = patch.get("fills"), patch.get("legend")
    shown = ("heat", "hexes", "incidents", "frames")
    if not fills or not legend or any(patch.get(part) for part in shown):
        return
    measure = " · ".join(filter(None, (legend["title"], legend.get("note", ""))))
    pictures.add_picture(
        PagePicture(
            name, "", measure, _describe(legend, fills), lambda: area_map(view, fills, legend)
        )
    )


def area_map(view: View, fills: list[str], legend: Legend) -> AreaMap:
    """The areas of a View with their looks, and the legend."""
    rows = [LegendRow(_row_look(row), row["text"]) for row in legend.get("rows", [])]
    return AreaMap(views.units(view), [look_of(fill) for fill in fills], rows, legend["title"])


def look_of(fill: str) -> str:
    """The look of a fill of the map: a color, a hatch, or two colors in stripes."""
    if fill in _HATCHES:
        return _HATCHES[fill]
    colors = [f"#{color}" for color in in_light(fill).lstrip("~").split("#") if color]
    return striped_look(*colors) if fill.startswith("~") else "".join(colors) or "zero"


def _row_look(row: area_states.MapLegendRow) -> str:
    if "hatch" in row:
        return look_of(row["hatch"])
    color = in_light(row.get("color", LIGHT.paper))
    if not row.get("weak"):
        return color
    return striped_look(color, in_light(row.get("stripe", LIGHT.paper)))


def _describe(legend: Legend, fills: list[str]) -> str:
    """What is seen: how many areas, and how many of each color."""
    of = [look_of(fill) for fill in fills]
    rows = [(row["text"], of.count(_row_look(row))) for row in legend.get("rows", [])]
    counts = "; ".join(f"{text}: {n}" for text, n in rows if n)
    return f"A map of {len(fills)} areas, {legend['title']}. Areas by color: {counts}."
