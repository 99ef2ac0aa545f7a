"""The opening map as a picture of its own, SVG and PNG: sentence, legend, source, stamp inside.

One list of marks is laid out once and drawn twice, so both say the same.
"""

import io
from typing import Any, NamedTuple

import numpy as np
import shapely
from PIL import Image, ImageColor, ImageDraw

from data.embed.language import esc
from data.embed.map import LINE, SIZES, Map, letters, lines_path, svg_path
from data.embed.sentences import STRIPED, Picture
from data.palette import LIGHT, five_classes, ink_on
from data.published.number_classes import LOOKS, STRIPES, ZERO

PAPER, INK, QUIET = LIGHT.paper, LIGHT.ink, LIGHT.quiet
RAMP = five_classes(LIGHT)
# looks with two colors are drawn in stripes: the mark's fill is their name
_FILLS = dict(zip(LOOKS, RAMP)) | {ZERO: PAPER, STRIPED: "s13"} | {s: s for s in STRIPES}
# the color of what is read on them, and the halo around it
_ON = dict(zip(LOOKS, (ink_on(LIGHT, color) for color in RAMP)))
WIDTH, MARGIN, SCALE = 1000, 40, 1.35  # of the sheet; the map's units on it
PIXELS = 540  # of the PNG
STRIPE = 12  # pixels of the large one from one stripe to the next of its color
_LEGEND = 195  # wide, on the sheet
_FINE = 2  # it is drawn so many times as large and brought down, for smooth edges
FAMILY = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"


class Mark(NamedTuple):
    """Something drawn: polygons, lines, or a text at a point; a fill that is the name of stripes has two colors."""

    what: str  # area, line, text
    points: Any
    fill: str = ""
    wide: float = 0
    text: str = ""
    size: float = 0
    weight: int = 400
    anchor: str = "start"
    halo: str = ""


class Sheet(NamedTuple):
    """A picture: its size and its marks, first drawn first."""

    width: int
    height: int
    marks: list[Mark]
    title: str


def folded(text: str, size: float, weight: int, wide: float) -> list[str]:
    """A text in lines that are not wider than so much."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if letters(size, weight).getlength(longer) > wide and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def laid_out(drawn: Map, picture: Picture) -> Sheet:
    """The sheet: sentence, measure, map with its legend, notes and source."""
    marks: list[Mark] = []
    inner = WIDTH - 2 * MARGIN

    def write(text: str, y: float, size: float, weight: int, color: str) -> float:
        for line in folded(text, size, weight, inner):
            y += size * 1.22
            marks.append(Mark("text", (MARGIN, y), color, text=line, size=size, weight=weight))
        return y

    y = write(picture.said, 22, 34, 650, INK)
    y = write(picture.sub, y + 8, 19, 400, QUIET) + 26
    tall = drawn.height > 0.9 * drawn.width
    left = WIDTH - MARGIN - drawn.width * SCALE if tall else (WIDTH - drawn.width * SCALE) / 2
    bottom = _legend(marks, picture, MARGIN, y)
    top = y if tall else bottom + 20
    _map(marks, drawn, picture, left, top)
    y = max(bottom, top + drawn.height * SCALE) + 14
    for note in picture.notes:
        y = write(note, y, 15, 400, QUIET) + 4
    y = write(picture.source, y + 2, 15, 600, QUIET)
    return Sheet(WIDTH, round(y + 28), marks, picture.said)


def _legend(marks: list[Mark], picture: Picture, x: float, y: float) -> float:
    for line in folded(picture.title, 18, 600, _LEGEND):
        y += 20
        marks.append(Mark("text", (x, y), INK, text=line, size=18, weight=600))
    for row in picture.legend:
        y += 12
        box = shapely.box(x, y, x + 34, y + 20)
        marks.append(Mark("area", box, _FILLS[row.look]))
        marks.append(Mark("line", shapely.boundary(box), QUIET, 1))
        y -= 4
        for text, weight in ((row.numbers, 600), (row.meaning, 400)):
            for line in folded(text, 17, weight, _LEGEND - 44) if text else ():
                y += 20
                marks.append(Mark("text", (x + 44, y), INK, text=line, size=17, weight=weight))
        y += 4
    return y


def _map(marks: list[Mark], drawn: Map, picture: Picture, left: float, top: float) -> None:
    def place(points: Any) -> Any:
        return points * SCALE + np.array([left, top])

    looks = {r.code: r.look for r in picture.rows if r.look}
    fills = {code: _FILLS[look] for code, look in looks.items()}
    shapes = [(s.code, shapely.transform(s.polygon, place)) for s in drawn.shapes]
    marks += [Mark("area", shape, fills[code]) for code, shape in shapes]
    lines = shapely.line_merge(shapely.union_all([shapely.boundary(s) for _, s in shapes]))
    for color, wide in ((PAPER, 3.0), (INK, 1.0)):  # one of the two is seen on any color
        marks.append(Mark("line", lines, color, wide))
    size = SIZES["wide"] * SCALE
    for name in drawn.names["wide"]:
        x, y = place(np.array([[name.x, name.y]]))[0]
        on, fill = _ON.get(looks[name.code], INK), fills[name.code]
        halo = PAPER if fill in STRIPES else fill
        for i, line in enumerate(name.lines):
            at = x, y + (i - (len(name.lines) - 1) / 2) * size * LINE + size * 0.34
            marks.append(Mark("text", at, on, 3, line, size, 500, "middle", halo))


def svg(sheet: Sheet) -> str:
    """The sheet as a file that stands alone."""
    body = "\n".join(_svg(m) for m in sheet.marks)
    used = sorted({m.fill for m in sheet.marks} & {*STRIPES})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.width}" height="{sheet.height}" '
        f'viewBox="0 0 {sheet.width} {sheet.height}" font-family="{FAMILY}" role="img">\n'
        "<style>.h{stroke-width:3px;paint-order:stroke;stroke-linejoin:round}</style>"
        f"<title>{esc(sheet.title)}</title>\n"
        f"<defs>{''.join(_pattern(look) for look in used)}</defs>\n"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )


def _svg(mark: Mark) -> str:
    if mark.what == "text":
        x, y = mark.points
        halo = f' class="h" stroke="{mark.halo}"' if mark.halo else ""
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{mark.size:g}" font-weight="{mark.weight}" '
            f'text-anchor="{mark.anchor}" fill="{mark.fill}"{halo}>{esc(mark.text)}</text>'
        )
    if mark.what == "line":
        return f'<path d="{lines_path(mark.points)}" fill="none" stroke="{mark.fill}" stroke-width="{mark.wide:g}" stroke-linejoin="round"/>'
    fill = f"url(#{mark.fill})" if mark.fill in STRIPES else mark.fill
    return f'<path d="{svg_path(mark.points)}" fill="{fill}"/>'


def _pattern(look: str) -> str:
    one, other = stripe_colors(look)
    return (
        f'<pattern id="{look}" width="12" height="12" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="12" height="12" fill="{one}"/>'
        f'<rect width="6" height="12" fill="{other}"/></pattern>'
    )


def stripe_colors(look: str) -> tuple[str, str]:
    """The two colors of stripes."""
    return RAMP[int(look[1])], RAMP[int(look[2])]


def _rings(shape: Any) -> list[Any]:
    return [
        shapely.get_coordinates(ring)
        for part in shapely.get_parts(shape)
        for ring in (part.exterior, *part.interiors)
    ]


def png(sheet: Sheet) -> bytes:
    """The sheet in pixels, PIXELS wide: few colors, no time inside."""
    by = PIXELS * _FINE / sheet.width
    size = PIXELS * _FINE, round(sheet.height * by)
    image = Image.new("RGB", size, PAPER)
    striped = {look: _striped(size, look) for look in {m.fill for m in sheet.marks} & {*STRIPES}}
    draw = ImageDraw.Draw(image)
    for mark in sheet.marks:
        if mark.what == "area":
            _area(image, mark, striped, by)
        elif mark.what == "line":
            for line in shapely.get_parts(mark.points):
                points = [tuple(p) for p in (shapely.get_coordinates(line) * by).tolist()]
                draw.line(points, fill=mark.fill, width=max(1, round(mark.wide * by)))
        else:
            draw.text(
                (mark.points[0] * by, mark.points[1] * by),
                mark.text,
                fill=mark.fill,
                font=letters(mark.size * by, mark.weight),
                anchor="ms" if mark.anchor == "middle" else "ls",
                stroke_width=round(mark.wide * by / 2) if mark.halo else 0,
                stroke_fill=mark.halo or None,
            )
    small = image.resize((PIXELS, size[1] // _FINE), Image.Resampling.LANCZOS)
    few = small.quantize(palette=_palette(), dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True, bits=4)
    return out.getvalue()


def _palette() -> Image.Image:
    """The theme's own colors, and steps between the pairs that meet at an edge: sixteen, so that a
    pixel is half a byte."""
    own = [PAPER, INK, QUIET, *RAMP]
    pairs = [(PAPER, INK, (0.3, 0.6)), (PAPER, QUIET, (0.5,))]
    pairs += [(PAPER if i > 2 else INK, color, (0.5,)) for i, color in enumerate(RAMP)]
    colors = [ImageColor.getrgb(color) for color in own]
    for one, two, shares in pairs:
        a, b = np.array(ImageColor.getrgb(one)), np.array(ImageColor.getrgb(two))
        colors += [tuple(np.rint(a + (b - a) * share).astype(int).tolist()) for share in shares]
    image = Image.new("P", (1, 1))
    image.putpalette([part for color in colors for part in color])
    return image


def _area(image: Image.Image, mark: Mark, striped: dict[str, Image.Image], by: float) -> None:
    for part in shapely.get_parts(mark.points):
        west, north, east, south = (part.bounds * np.array(by)).tolist()
        corner = int(west), int(north)
        mask = Image.new("L", (int(east) - corner[0] + 2, int(south) - corner[1] + 2), 0)
        pen = ImageDraw.Draw(mask)
        for k, ring in enumerate(_rings(part)):
            pen.polygon([tuple(p) for p in (ring * by - corner).tolist()], fill=0 if k else 255)
        box = (*corner, corner[0] + mask.width, corner[1] + mask.height)
        ground = striped.get(mark.fill)
        image.paste(ground.crop(box) if ground else mark.fill, box, mask)


def _striped(size: tuple[int, int], look: str) -> Image.Image:
    """Stripes that repeat with whole pixels, also scaled down, so that they pack well."""
    one, other = stripe_colors(look)
    image = Image.new("RGB", size, one)
    draw = ImageDraw.Draw(image)
    wide, high = STRIPE // 2, size[1]
    for x in range(-(high // STRIPE + 1) * STRIPE, size[0], STRIPE):
        draw.polygon([(x, high), (x + wide, high), (x + wide + high, 0), (x + high, 0)], other)
    return image
