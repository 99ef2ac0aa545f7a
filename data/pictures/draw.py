"""A figure with its caption as a picture that stands alone: SVG, and PNG from that very SVG.

A landscape picture of a map has its texts at the left, every other one above; what was left out,
source and stamp stand below. Texts are measured with the house's letters and wrap; where a size is
fixed they become smaller before anything is cut.
"""

import io
import math
from itertools import chain, product
from typing import NamedTuple

import vl_convert
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from data.palette import LIGHT
from data.pictures.chart_svg import chart_svg
from data.pictures.figure import PHONE, POST, Caption, Chart, Figure, Ground
from data.pictures.letters import BOLD, REGULAR, WIDER, fold_text, letters, register_fonts
from data.pictures.looks import INK, QUIET
from data.pictures.map_marks import legend_marks, map_marks, map_shape
from data.pictures.sheet import Mark, Sheet, sheet_svg
from data.words import TEAM_ONLY

Size = tuple[int, int]
ARTICLE = 800  # units wide, where the height is free; as PNG twice as many pixels
_UNITS = {POST: (800, 450), PHONE: (600, 750)}  # a post is seen small: its letters are large
_COLORS, _NONE = 255, Image.Dither.NONE  # of a PNG: a third of the bytes, and no eye sees it
_MARGIN, _GAP = 28, 14
_TITLE, _SUBTITLE, _FOOT, _STAMP = 25.0, 14.5, 11.5, 10.5
_LINE = 1.22  # of a letter's height
_SMALLEST = 0.62  # of the usual size of letters, before texts are cut
_LEAST = 0.34  # of a picture's height that is left to what it shows
_TALL = 0.9  # from which height to width a map stands beside its texts


class Box(NamedTuple):
    """A rectangle on the sheet."""

    x: float
    y: float
    wide: float
    high: float


class Written(NamedTuple):
    """Lines of text as marks, and the height below them."""

    marks: list[Mark]
    bottom: float


def svg(figure: Figure, caption: Caption, size: Size | None = None) -> bytes:
    """The picture as an SVG file: `size` in pixels, None as high as it needs to be.

    It loads nothing. ValueError where a chart names anything outside itself.
    """
    return _svg_text(figure, caption, size).encode()


def png(figure: Figure, caption: Caption, size: Size | None = None) -> bytes:
    """The same picture in pixels, with the alternative text as "Description" inside."""
    return _pixels(_svg_text(figure, caption, size), caption, size)


def both(figure: Figure, caption: Caption, size: Size | None = None) -> tuple[bytes, bytes]:
    """The picture as SVG and as PNG, laid out once."""
    text = _svg_text(figure, caption, size)
    return text.encode(), _pixels(text, caption, size)


def _pixels(text: str, caption: Caption, size: Size | None) -> bytes:
    register_fonts(text)
    drawn = vl_convert.svg_to_png(text, scale=1.0 if size else 2.0)
    info = PngInfo()
    for key, says in (("Title", caption.title), ("Description", caption.alt)):
        info.add_itxt(key, says)
    out = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as image:
        few = image.convert("RGB").quantize(_COLORS, Image.Quantize.MEDIANCUT, dither=_NONE)
        few.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def _svg_text(figure: Figure, caption: Caption, size: Size | None) -> str:
    wide, high = _units(size)
    foot_marks, foot_high = _foot(caption, wide, high)
    layout = _beside if _is_beside(figure, wide, high) else _below
    marks, bottom = layout(figure, caption, wide, high and high - foot_high)
    total = high or bottom + foot_high
    marks = [*marks, *(_moved(mark, total - foot_high) for mark in foot_marks)]
    if caption.team_only:
        marks.append(_across(wide, total))
    return sheet_svg(Sheet(round(wide), round(total), marks, caption.title, caption.alt, size))


def _units(size: Size | None) -> tuple[float, float | None]:
    """The width and height in units of a size in pixels; letters are as large on all alike."""
    if size is None:
        return ARTICLE, None
    if size in _UNITS:
        return _UNITS[size]
    scale = max(1.0, min(size) / 480)
    return size[0] / scale, size[1] / scale


def _is_beside(figure: Figure, wide: float, high: float | None) -> bool:
    """Return whether the texts stand beside the picture: a map that is not wide, in a wide picture."""
    return (isinstance(figure, Ground) and high is not None and wide > high) and map_shape(
        figure
    ) > 0.6


def _beside(figure: Figure, caption: Caption, wide: float, high: float | None) -> Written:
    """Title, measure and legend at the left, the map at the right over the whole height."""
    assert isinstance(figure, Ground) and high is not None
    space = Box(0, _MARGIN, wide - _MARGIN, high - _MARGIN - _GAP)
    map_wide = min(space.high / map_shape(figure), wide * 0.52)
    column = wide - 2 * _MARGIN - map_wide - _GAP
    room = high - _MARGIN - _GAP
    for scale, columns in product(_scales(), (1, 2, 3)):
        head = _head(caption, column, scale)
        legend, bottom = legend_marks(figure, _MARGIN, head.bottom + _GAP, column, scale, columns)
        if bottom <= _MARGIN + room:
            break
    drawn = map_marks(figure, space._replace(x=wide - _MARGIN - map_wide, wide=map_wide))
    return Written([*head.marks, *legend, *drawn], high)


def _below(figure: Figure, caption: Caption, wide: float, high: float | None) -> Written:
    """Title and measure above, what is shown below them."""
    inner = wide - 2 * _MARGIN
    for scale in _scales():
        head = _head(caption, inner, scale)
        if high is None or high - head.bottom >= _LEAST * high:
            break
    top = head.bottom + _GAP
    left = high and max(60.0, high - top - _GAP)
    draw = _map_below if isinstance(figure, Ground) else _chart_below
    marks, bottom = draw(figure, Box(_MARGIN, top, inner, left or 0))  # type: ignore[arg-type]
    return Written([*head.marks, *marks], bottom + _GAP)


def _map_below(figure: Ground, box: Box) -> Written:
    """A tall map with its legend at the left, a wide one with its legend above."""
    shape = map_shape(figure)
    aside = 0.3 * box.wide if shape > _TALL else 0.0
    legend, bottom = legend_marks(figure, box.x, box.y, aside or box.wide, 1.0, 1 if aside else 4)
    top = box.y if aside else bottom + _GAP
    wide = box.wide - (aside + _GAP if aside else 0)
    high = box.y + box.high - top if box.high else wide * shape
    room = Box(box.x + box.wide - wide, top, wide, max(40.0, high))
    return Written([*map_marks(figure, room), *legend], max(bottom, room.y + room.high))


def _chart_below(figure: Chart, box: Box) -> Written:
    """A chart as wide as the box; where it is higher than the box it is drawn smaller, whole."""
    high = box.high or None
    drawn = chart_svg(figure.spec, box.wide, high)
    if high and drawn.height > high * 1.02:  # rows have a height of their own
        part = max(_SMALLEST, high / drawn.height)
        drawn = chart_svg(figure.spec, box.wide / part, high / part, squeezed=True)
    fits = [1.0, box.wide / drawn.width, *([high / drawn.height] if high else [])]
    scale = min(fits)
    inside = (
        f'<g transform="translate({box.x:.1f},{box.y:.1f}) scale({scale:.4g})" '
        f'fill="none" stroke-miterlimit="10">{drawn.inside}</g>'
    )
    return Written([Mark("svg", None, text=inside)], box.y + drawn.height * scale)


def _scales() -> list[float]:
    """How large letters are tried to be, the usual first."""
    return [1.0, 0.92, 0.84, 0.76, 0.68, _SMALLEST]


def _head(caption: Caption, wide: float, scale: float) -> Written:
    """Title and subtitle; at the smallest size a text that is still too long is cut at its end."""
    most = (9, 6) if scale == _SMALLEST else (99, 99)
    marks, y = _write(caption.title, _MARGIN - 6, wide, _TITLE * scale, BOLD, INK, most[0])
    more, y = _write(caption.subtitle, y + 5, wide, _SUBTITLE * scale, REGULAR, QUIET, most[1])
    return Written([*marks, *more], y + 3)


def _foot(caption: Caption, wide: float, high: float | None) -> tuple[list[Mark], float]:
    """What was left out, the source, and the stamp, from 0 downward; and how high they are."""
    most = 99 if high is None else 4
    inner = wide - 2 * _MARGIN
    rule = Mark(
        "svg", None, text=f'<path d="M{_MARGIN} 0H{wide - _MARGIN:g}" stroke="{LIGHT.rule}"/>'
    )
    team = f"{TEAM_ONLY}. " if caption.team_only else ""
    lines = (
        (f"{team}{caption.shown}", _FOOT, REGULAR),
        (caption.source, _FOOT, BOLD),
        (caption.stamp, _STAMP, REGULAR),
    )
    y, marks = 4.0, [rule]
    for text, size, weight in lines:
        if text:
            more, y = _write(text, y, inner, size, weight, QUIET, most)
            marks += more
            y += 1
    return marks, y + 14


def _write(
    text: str, y: float, wide: float, size: float, weight: int, color: str, most: int
) -> Written:
    """A text in lines at the left margin, from a height downward; at most so many lines."""
    lines = fold_text(text, size, weight, wide / WIDER)
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], size, weight, wide / WIDER)]
    marks = []
    for line in lines:
        y += size * _LINE
        marks.append(Mark("text", (_MARGIN, y), color, text=line, size=size, weight=weight))
    return Written(marks, y)


def _shortened(line: str, size: float, weight: int, wide: float) -> str:
    font, end = letters(size, weight), " ..."
    while line and font.getlength(line + end) > wide:
        line = line[:-1]
    return line.rstrip() + end


def _moved(mark: Mark, down: float) -> Mark:
    """The mark so much farther down."""
    if mark.what == "text":
        return mark._replace(points=(mark.points[0], mark.points[1] + down))
    return mark._replace(text=f'<g transform="translate(0,{down:.1f})">{mark.text}</g>')


def _across(wide: float, high: float) -> Mark:
    """The words that it may not be published, across the whole picture, in front of everything."""
    turn = min(math.radians(32), math.atan2(high, wide))
    each = letters(100, BOLD).getlength(TEAM_ONLY) * WIDER / 100  # long, for a unit of height
    sine, cosine = math.sin(turn), math.cos(turn)
    size = 0.97 * min(wide / (each * cosine + sine), high / (each * sine + cosine))
    middle = f"{wide / 2:.1f} {high / 2:.1f}"
    text = (
        f'<text id="team-only" x="{wide / 2:.1f}" y="{high / 2 + size * 0.34:.1f}" '
        f'font-size="{size:.1f}" font-weight="{BOLD}" text-anchor="middle" fill="{INK}" '
        f'fill-opacity="0.2" stroke="{LIGHT.paper}" stroke-opacity="0.55" stroke-width="2" '
        f'paint-order="stroke" transform="rotate({-math.degrees(turn):.1f} {middle})">{TEAM_ONLY}</text>'
    )
    return Mark("svg", None, text=text)


def texts_of(caption: Caption) -> list[str]:
    """Everything that a picture says of itself in words, in the order of reading."""
    team = [TEAM_ONLY] if caption.team_only else []
    parts = (caption.title, caption.subtitle, caption.shown, caption.source, caption.stamp)
    return [*chain(team, (part for part in parts if part))]
