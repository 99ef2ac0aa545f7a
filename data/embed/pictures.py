"""The opening map as a picture of its own, SVG and PNG: sentence, legend, source, stamp inside.

One list of marks is laid out once and drawn twice, so both say the same.
"""

import io
from typing import Any

import numpy as np
import shapely
from PIL import Image, ImageColor, ImageDraw

from data.embed.sentences import STRIPED, Picture
from data.palette import LIGHT, ink_on
from data.pictures.area_shapes import LINE, SIZES, Map
from data.pictures.letters import fold_text, letters
from data.pictures.looks import INK, PAPER, QUIET, RAMP, STRIPES
from data.pictures.sheet import Mark, Sheet
from data.published.number_classes import CLASS_LOOKS, ZERO

# looks with two colors are drawn in stripes: the mark's fill is their name
_FILLS = dict(zip(CLASS_LOOKS, RAMP)) | {ZERO: PAPER, STRIPED: "s13"} | {s: s for s in STRIPES}
# the color of what is read on them, and the halo around it
_ON = dict(zip(CLASS_LOOKS, (ink_on(LIGHT, color) for color in RAMP)))
WIDTH, MARGIN, SCALE = 1000, 40, 1.35  # of the sheet; the map's units on it
PIXELS = 540  # of the PNG
STRIPE = 12  # pixels of the large one from one stripe to the next of its color
_LEGEND = 195  # wide, on the sheet
_FINE = 2  # it is drawn so many times as large and brought down, for smooth edges


def laid_out(drawn: Map, picture: Picture) -> Sheet:
    """The sheet: sentence, measure, map with its legend, notes and source."""
    marks: list[Mark] = []
    inner = WIDTH - 2 * MARGIN

    def write(text: str, y: float, size: float, weight: int, color: str) -> float:
        for line in fold_text(text, size, weight, inner):
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
    for line in fold_text(picture.title, 18, 600, _LEGEND):
        y += 20
        marks.append(Mark("text", (x, y), INK, text=line, size=18, weight=600))
    for row in picture.legend:
        y += 12
        box = shapely.box(x, y, x + 34, y + 20)
        marks.append(Mark("area", box, _FILLS[row.look]))
        marks.append(Mark("line", shapely.boundary(box), QUIET, 1))
        y -= 4
        for text, weight in ((row.numbers, 600), (row.meaning, 400)):
            for line in fold_text(text, 17, weight, _LEGEND - 44) if text else ():
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
    one, other = STRIPES[look]
    image = Image.new("RGB", size, one)
    draw = ImageDraw.Draw(image)
    wide, high = STRIPE // 2, size[1]
    for x in range(-(high // STRIPE + 1) * STRIPE, size[0], STRIPE):
        draw.polygon([(x, high), (x + wide, high), (x + wide + high, 0), (x + high, 0)], other)
    return image
