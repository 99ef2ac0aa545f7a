"""A picture as a list of marks, and the one writer that turns it into SVG."""

import html
from collections.abc import Callable
from typing import Any, NamedTuple

from data.pictures.area_shapes import lines_path, svg_path
from data.pictures.letters import FAMILY
from data.pictures.looks import PAPER, pattern_of, pattern_svg


class Mark(NamedTuple):
    """Something drawn: polygons, lines, a text at a point, or SVG that we made ourselves.

    `points` is a geometry of shapely in units of the sheet, for a text its point. `fill` is a
    color or the name of a pattern (data.pictures.looks).
    """

    what: str  # area, line, text, svg
    points: Any
    fill: str = ""
    wide: float = 0
    text: str = ""
    size: float = 0
    weight: int = 400
    anchor: str = "start"
    halo: str = ""


class Sheet(NamedTuple):
    """A picture: its width and height in units and its marks, first drawn first.

    `alt` is what somebody hears who cannot see it; `pixels` its size, where that is not its units.
    """

    width: int
    height: int
    marks: list[Mark]
    title: str
    alt: str = ""
    pixels: tuple[int, int] | None = None


def sheet_svg(sheet: Sheet) -> str:
    """The sheet as an SVG file that stands alone: it loads nothing and runs nothing."""
    wide, high = sheet.pixels or (sheet.width, sheet.height)
    body = "\n".join(map(mark_svg, sheet.marks))
    used = sorted({m.fill for m in sheet.marks if pattern_of(m.fill)})
    alt = f"<desc>{html.escape(sheet.alt)}</desc>\n" if sheet.alt else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {sheet.width} {sheet.height}" font-family="{FAMILY}" role="img">\n'
        "<style>.h{stroke-width:3px;paint-order:stroke;stroke-linejoin:round}</style>"
        f"<title>{html.escape(sheet.title)}</title>\n{alt}"
        f"<defs>{''.join(map(pattern_svg, used))}</defs>\n"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def mark_svg(mark: Mark) -> str:
    """A mark as SVG; outside text in it is never markup."""
    return _WRITERS[mark.what](mark)


def _text_svg(mark: Mark) -> str:
    x, y = mark.points
    halo = f' class="h" stroke="{mark.halo}"' if mark.halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{mark.size:g}" font-weight="{mark.weight}" '
        f'text-anchor="{mark.anchor}" fill="{mark.fill}"{halo}>{html.escape(mark.text)}</text>'
    )


def _line_svg(mark: Mark) -> str:
    return (
        f'<path d="{lines_path(mark.points)}" fill="none" stroke="{mark.fill}" '
        f'stroke-width="{mark.wide:g}" stroke-linejoin="round"/>'
    )


def _area_svg(mark: Mark) -> str:
    fill = f"url(#{mark.fill})" if pattern_of(mark.fill) else mark.fill
    return f'<path d="{svg_path(mark.points)}" fill="{fill}"/>'


_WRITERS: dict[str, Callable[[Mark], str]] = {
    "text": _text_svg,
    "line": _line_svg,
    "area": _area_svg,
    "svg": lambda mark: mark.text,
}
