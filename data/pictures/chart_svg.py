"""A chart of Vega-Lite as a piece of SVG, in the house's light look; nothing is ever loaded for it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import vl_convert

from data.palette import KIND_COLORS, LIGHT
from data.pictures.letters import BOLD, MEASURED, REGULAR, register_fonts

_VERSION = "6.4"  # of Vega-Lite; a newer library brings others, and other bytes
_ROWS = ("datasets", "values")  # what stands below them is data: never an order to load something
_ORDERS = ("url", "href", "loader")
_AXIS = {
    "labelColor": LIGHT.quiet,
    "titleColor": LIGHT.quiet,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": REGULAR,
    "domainColor": LIGHT.control,
    "tickColor": LIGHT.control,
    "gridColor": LIGHT.rule,
}
_LEGEND = {
    "labelColor": LIGHT.ink,
    "titleColor": LIGHT.quiet,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": REGULAR,
    "labelLimit": 260,
    "titleLimit": 400,
}
_LOOK = {
    "background": None,
    "font": MEASURED,
    "aria": False,
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": _LEGEND,
    "header": {"labelColor": LIGHT.ink, "titleColor": LIGHT.quiet},
    "title": {"color": LIGHT.ink, "fontSize": 13, "fontWeight": BOLD, "anchor": "start"},
    "mark": {"color": LIGHT.accent},
    "text": {"color": LIGHT.ink, "fontSize": 12},
    "range": {"category": list(KIND_COLORS)},
}
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'\bviewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_NUMBERED = re.compile(r'\b(id="|url\(#|href="#)([A-Za-z_]+\d+)')


class ChartSvg(NamedTuple):
    """The inside of a chart's SVG and its size in units."""

    inside: str
    width: float
    height: float


def chart_svg(
    spec: Mapping[str, Any], width: float, height: float | None, *, squeezed: bool = False
) -> ChartSvg:
    """Draw a chart at a width and a height in units; None: as high as it asks for itself.

    A chart whose rows have a height of their own keeps it, but where it is `squeezed`; one of
    several charts keeps its size. ValueError where it names anything to be loaded, or cannot be drawn.
    """
    require_closed(spec)
    text = json.dumps(_sized(spec, width, height, squeezed), ensure_ascii=False)
    register_fonts(text)
    whole = vl_convert.vegalite_to_svg(text, vl_version=_VERSION, allowed_base_urls=[])
    if "<image" in whole or 'href="http' in whole or "<script" in whole:
        raise ValueError("A chart may not hold pictures, links or scripts.")
    opening = _OPENING.search(whole)
    size = _SIZE.search(opening[0]) if opening else None
    if opening is None or size is None:
        raise ValueError("The library of charts drew no SVG.")
    inside = whole[opening.end() : whole.rindex("</svg>")]
    inside = inside.replace(f' font-family="{MEASURED}"', "")  # the whole picture's letters
    return ChartSvg(_renamed(inside), float(size[1]), float(size[2]))


def require_closed(spec: Mapping[str, Any]) -> None:
    """Refuse a specification that would load a file, an address or a picture, wherever it says so.

    The library itself refuses addresses of the web only, and reads files.
    """
    for key, value in _orders(spec):
        if key in _ORDERS or value == "image":
            raise ValueError(f"A chart has all its data inside: {key!r} is refused.")


def _orders(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, but for those of rows of data."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield key, value
            if key not in _ROWS:
                yield from _orders(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _orders(value)


def _sized(
    spec: Mapping[str, Any], width: float, height: float | None, squeezed: bool
) -> dict[str, Any]:
    chart = {k: v for k, v in spec.items() if k not in ("title", "background", "padding")}
    if _is_one(chart):
        stepped = isinstance(chart.get("height"), Mapping) and not squeezed
        own = chart.get("height") if stepped or height is None else height
        chart |= {"width": width} | ({"height": own} if own else {})
        fits = "fit-x" if stepped or height is None else "fit"
        chart["autosize"] = {"type": fits, "contains": "padding"}
    own_config = {
        k: v for k, v in spec.get("config", {}).items() if k not in ("view", "background")
    }
    return chart | {"config": own_config | _LOOK, "padding": 2}


def _is_one(spec: Mapping[str, Any]) -> bool:
    """Return whether a specification is one chart, which fits a width, and not several."""
    return not {"hconcat", "vconcat", "concat", "facet", "repeat", "spec"} & spec.keys()


def _renamed(inside: str) -> str:
    """The ids in the order in which they come: the library counts them through all its charts."""
    names: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        name = names.setdefault(match[2], f"v{len(names)}")
        return f"{match[1]}{name}"

    return _NUMBERED.sub(rename, inside)
