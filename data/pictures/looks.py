"""The looks of areas in a picture: colors of classes, stripes of two, hatches where there is no number.

Pictures are light whatever the theme of the screen. A look is told apart in greyscale too.
"""

import re
from types import MappingProxyType
from typing import NamedTuple

from data.palette import LIGHT, classes, five_classes, ink_on

PAPER, INK, QUIET = LIGHT.paper, LIGHT.ink, LIGHT.quiet
RAMP = five_classes(LIGHT)
FADED = LIGHT.rule  # of areas that nobody asked for


class Pattern(NamedTuple):
    """Lines over a ground, as an SVG pattern: the square that repeats, its turn, what lies in it."""

    size: int
    turned: int
    ground: str
    inside: str


def _two(one: str, other: str) -> Pattern:
    return Pattern(12, 45, one, f'<rect width="6" height="12" fill="{other}"/>')


def _lines(path: str) -> Pattern:
    return Pattern(
        8, 0, PAPER, f'<path d="{path}" stroke="{INK}" stroke-width="1.1" opacity=".6"/>'
    )


STRIPES = MappingProxyType(
    {f"s{a}{b}": (RAMP[a], RAMP[b]) for a in range(5) for b in range(a + 2, 5)}
)
PATTERNS = MappingProxyType(
    {look: _two(*colors) for look, colors in STRIPES.items()}
    | {
        "no_data": _lines("M0,8 L8,0"),
        "no_residents": _lines("M0,0 L8,8"),
        "not_known": _lines("M0,4 L8,4"),
        "not_clear": _lines("M4,0 L4,8"),
    }
)
_PLAIN = (
    {f"c{i}": color for i, color in enumerate(LIGHT.ramp)}
    | {f"r{i}": color for i, color in enumerate(RAMP)}
    | {"zero": PAPER, "not_asked": FADED}
)
# look -> its fill: a color, or the name of a pattern
LOOKS = MappingProxyType(_PLAIN | {look: look for look in PATTERNS})
_COLOR = re.compile(r"#[0-9a-f]{6}")
_WEAK = re.compile(r"(#[0-9a-f]{6})(#[0-9a-f]{6})?")


def class_looks(k: int) -> tuple[str, ...]:
    """The looks of `k` classes as the map's screen colors them, palest first; at most six."""
    return tuple(f"c{LIGHT.ramp.index(color)}" for color in classes(LIGHT, k))


def fill_of(look: str) -> str:
    """The fill of a look: a color or the name of a pattern. A color is a look of its own, and so
    are two in stripes ("w-1a2b3c-4d5e6f"). ValueError for any other text."""
    if look in LOOKS:
        return LOOKS[look]
    if _COLOR.fullmatch(look) or _striped(look):
        return look
    raise ValueError(f"{look[:40]!r} is no look of data.pictures.looks.LOOKS and no color.")


def striped_look(one: str, other: str = PAPER) -> str:
    """The look of two colors in stripes; with paper it says that a number is not to be relied on."""
    if not (_COLOR.fullmatch(one) and _COLOR.fullmatch(other)):
        raise ValueError("Stripes are of two colors in six digits each.")
    return f"w{one}{other}".replace("#", "-")


def _striped(look: str) -> tuple[str, str] | None:
    both = _WEAK.fullmatch(look[1:].replace("-", "#")) if look.startswith("w-") else None
    return (both[1], both[2]) if both and both[2] else None


def pattern_of(fill: str) -> Pattern | None:
    """The pattern that a fill names; None for a color."""
    if two := _striped(fill):
        weak = two[1] == PAPER
        lines = f'<path d="M0,8 L8,0" stroke="{two[1]}" stroke-width="2.4"/>'
        return Pattern(8, 0, two[0], lines) if weak else _two(*two)
    return PATTERNS.get(fill)


def ink_on_look(look: str) -> tuple[str, str]:
    """The color of a text on a look, and of the halo that parts it from what is behind."""
    fill = fill_of(look)
    if pattern_of(fill):
        return INK, PAPER
    return ink_on(LIGHT, fill), fill


def pattern_svg(fill: str) -> str:
    """The SVG pattern of a fill that is no color; its id is the fill."""
    pattern = pattern_of(fill)
    if pattern is None:
        return ""
    n, turned = pattern.size, pattern.turned
    turn = f' patternTransform="rotate({turned})"' if turned else ""
    return (
        f'<pattern id="{fill}" width="{n}" height="{n}" patternUnits="userSpaceOnUse"{turn}>'
        f'<rect width="{n}" height="{n}" fill="{pattern.ground}"/>{pattern.inside}</pattern>'
    )
