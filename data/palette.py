"""The colors of everything that is drawn: warm light on ink. No other module states one.

The embed's style is made of them; .streamlit/config.toml and the static style and scripts of the
map, which no Python writes, are held to them by a test.
"""

from typing import NamedTuple

# Crameri's lajolla, pale amber to umber: the low end nearest to the paper
LAJOLLA = ("#fcf0a2", "#f1c25a", "#e58851", "#c54f4a", "#853e39", "#4d2b1c")


class Theme(NamedTuple):
    """A theme: the colors of everything drawn, in light or dark."""

    dark: bool
    paper: str
    ink: str
    quiet: str
    edge: str
    accent: str
    ramp: tuple[str, ...]
    panel: str  # of the sidebar, and of what stands on a dark map
    card: str  # what the embed asks in
    rule: str  # lines between things
    link: str
    control: str  # the edge of what can be clicked
    hatch: str  # of an area that is not shown
    pale_edge: str  # of areas in the classes nearest to the paper, between which `edge` vanishes
    water: str


LIGHT = Theme(
    dark=False,
    paper="#fbf8f2",
    ink="#221c14",
    quiet="#6f6555",
    edge="#fbf8f2",
    accent="#b4540a",
    ramp=LAJOLLA,
    panel="#f1ebdf",
    card="#fffdf9",
    rule="#d9cfbd",
    link="#8a3f06",
    control="#8a7f6e",
    hatch="#8f8472",
    pale_edge="#8f8472",
    water="#d3d6d5",
)
DARK = Theme(
    dark=True,
    paper="#171310",
    ink="#f3ebdd",
    quiet="#a99c88",
    edge="#171310",
    accent="#f2a541",
    ramp=LAJOLLA[::-1],
    panel="#231d17",
    card="#1f1914",
    rule="#453a2d",
    link="#f2b866",
    control="#8f826f",
    hatch="#75695a",
    pale_edge="#8a7c69",
    water="#2a3032",
)

# Crameri's vik: lower in blue, higher in rust, the middle neutral
LOWER, SAME, HIGHER = "#307da6", "#b9b0a3", "#b2511d"

DIVERGING = ("#1a5a8c", "#7eb0cb", "#ded6cb", "#d8966d", "#a8430f")
DARK_DIVERGING = ("#8cc8e6", "#3f83a8", "#3a332c", "#b0633a", "#f2a877")

# more strongly apart, for words of change: new to sporadic warm, vanishing ones cool
WARM, COOL = (
    ("#8a2a06", "#b4540a", "#d8966d", "#e8c9b0"),
    ("#0f4a78", "#307da6", "#7eb0cb", "#bcd6e3"),
)
DARK_WARM, DARK_COOL = (
    ("#ffc39b", "#f2a877", "#b0633a", "#6b3f28"),
    ("#b9e0f2", "#8cc8e6", "#3f83a8", "#27506a"),
)

# Tol's muted, its pale ones darker on light paper: never more than seven kinds at once, the rest grey
KIND_COLORS = ("#332288", "#cc6677", "#2f9584", "#9c8a2a", "#3f93c2", "#882255", "#117733")
DARK_KIND_COLORS = ("#a99be8", "#e08793", "#5cc4b3", "#ddcc77", "#88ccee", "#d473a4", "#58b36f")
REST = "#8a8a8a"
OTHER = "#5f7480"  # what the bench compares us with

SEEN = 3.0  # the contrast from which a shape is told from what it lies on (WCAG 2.2, 1.4.11)


def pale_edges(theme: Theme) -> dict[str, str]:
    """The edge of an area by its fill, for each fill that is not seen on the paper without one."""
    fills = (theme.paper, *theme.ramp, *diverging(theme))
    return {c: theme.pale_edge for c in fills if contrast(c, theme.paper) < SEEN}


def pale_part(theme: Theme) -> float:
    """The part of the ramp, 0 to 1 from its low end, that is too near to the paper to be seen
    without an edge."""
    seen = [contrast(color, theme.paper) >= SEEN for color in theme.ramp]
    return seen.index(True) / (len(seen) - 1)


def diverging(theme: Theme) -> tuple[str, ...]:
    """Five colors from much lower over the same to much higher."""
    return DARK_DIVERGING if theme.dark else DIVERGING


def classes(theme: Theme, k: int) -> tuple[str, ...]:
    """`k` colors of the ramp, spread over it, lowest first."""
    if k <= 1:
        return (theme.ramp[3],) * k
    last = len(theme.ramp) - 1
    return tuple(theme.ramp[round(i * last / (k - 1))] for i in range(k))


def five_classes(theme: Theme) -> tuple[str, ...]:
    """Five colors of the ramp, lowest first, on each of which ink or paper is read well."""
    five = (*LAJOLLA[:3], *LAJOLLA[4:])
    return five[::-1] if theme.dark else five


def ink_on(theme: Theme, color: str) -> str:
    """The ink or the paper of a theme, whichever is read better on a color (WCAG's contrast)."""
    return max((theme.ink, theme.paper), key=lambda text: contrast(text, color))


def contrast(one: str, two: str) -> float:
    """The contrast of two hex colors by WCAG 2: 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
