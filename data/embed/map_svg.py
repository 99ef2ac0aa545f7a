"""The map as the page holds it: colors come from style.css, in both themes."""

from data.embed.language import esc
from data.embed.sentences import Picture
from data.pictures.area_shapes import LINE, SIZES, WIDE, Map, Name
from data.published.number_classes import STRIPES


def svg(drawn: Map, picture: Picture, title: str) -> str:
    """The opening map; every area has a color, or stripes of two."""
    looks = {row.code: row.look for row in picture.rows}
    paths = "".join(
        f'<path id="a{s.code}" class="{looks[s.code]}"{fill_attribute(looks[s.code])} d="{s.path}"/>\n'
        for s in drawn.shapes
    )
    # the small labels, of phones, come with the script
    names = "".join(_label(name, looks[name.code]) for name in drawn.names[WIDE])
    return (
        f'<svg id="map" viewBox="0 0 {drawn.width} {drawn.height}" role="img" aria-label="{esc(title)}">'
        f"<defs>{''.join(map(_stripes, STRIPES))}</defs>\n"
        f'<g id="casing"><g id="areas">{paths}</g></g>'
        '<use id="borders" href="#areas" aria-hidden="true"/>'
        f'<path id="chosen"/><path id="core"/><path id="focused"/><g class="names wide">{names}</g></svg>'
    )


def fill_attribute(look: str) -> str:
    """The attribute of a striped area; others have the color of their class."""
    return f' fill="url(#{look})"' if look in STRIPES else ""


def _stripes(look: str) -> str:
    """The pattern of a range from one class to another."""
    return (
        f'<pattern id="{look}" width="10" height="10" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect class="r{look[1]}" width="10" height="10"/>'
        f'<rect class="r{look[2]}" width="5" height="10"/></pattern>'
    )


def lines_of(name: Name, which: str) -> list[tuple[float, str]]:
    """The heights and texts of a label's lines."""
    size, middle = SIZES[which], (len(name.lines) - 1) / 2
    return [
        (round(name.y + (i - middle) * size * LINE + size * 0.34, 1), line)
        for i, line in enumerate(name.lines)
    ]


def _label(name: Name, look: str) -> str:
    lines = "".join(
        f'<tspan x="{name.x:g}" y="{y:g}">{esc(line)}</tspan>' for y, line in lines_of(name, WIDE)
    )
    return f'<text class="{look}" x="{name.x:g}" data-a="{name.code}">{lines}</text>'
