"""A map of areas as a picture to take away: what its patch says, in the light look."""

from data.numbers import area_states
from data.numbers.area_numbers import with_spelled_names
from data.pictures.figure import AreaMap, LegendRow
from data.pictures.light import in_light
from data.pictures.looks import striped_look
from data.views.view import View
from ui.cached import views
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

    Heat, and what is drawn from single records, is not: a picture travels, and holds no point.
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
