"""The colors: warm light on ink. The same hexes as .streamlit/config.toml."""

from typing import NamedTuple


class Theme(NamedTuple):
    """A theme: the colors of everything drawn, in light or dark."""

    dark: bool
    paper: str
    ink: str
    quiet: str
    edge: str
    accent: str
    ramp: tuple[str, ...]


# Crameri's lajolla, pale amber to umber: the low end nearest to the paper
LAJOLLA = ("#fcf0a2", "#f1c25a", "#e58851", "#c54f4a", "#853e39", "#4d2b1c")
DARK_LAJOLLA = ("#4d2b1c", "#853e39", "#c54f4a", "#e58851", "#f1c25a", "#fcf0a2")

LIGHT = Theme(False, "#fbf8f2", "#221c14", "#6f6555", "#fbf8f2", "#b4540a", LAJOLLA)
DARK = Theme(True, "#171310", "#f3ebdd", "#a99c88", "#171310", "#f2a541", DARK_LAJOLLA)

# Crameri's vik: lower in blue, higher in rust, the middle neutral
LOWER, SAME, HIGHER = "#307da6", "#b9b0a3", "#b2511d"

DIVERGING = ("#1a5a8c", "#7eb0cb", "#ded6cb", "#d8966d", "#a8430f")
DARK_DIVERGING = ("#8cc8e6", "#3f83a8", "#3a332c", "#b0633a", "#f2a877")

# Tol's muted: never more than seven kinds at once, the rest grey
KINDS = ("#332288", "#cc6677", "#44aa99", "#ddcc77", "#88ccee", "#882255", "#117733")
DARK_KINDS = (
    "#a99be8",
    "#e08793",
    "#5cc4b3",
    "#ddcc77",
    "#88ccee",
    "#d473a4",
    "#58b36f",
)
REST = "#999999"


def diverging(theme: Theme) -> tuple[str, ...]:
    """Five colors from much lower over the same to much higher."""
    return DARK_DIVERGING if theme.dark else DIVERGING


def classes(theme: Theme, k: int) -> tuple[str, ...]:
    """`k` colors of the ramp, spread over it, lowest first."""
    if k <= 1:
        return (theme.ramp[3],) * k
    last = len(theme.ramp) - 1
    return tuple(theme.ramp[round(i * last / (k - 1))] for i in range(k))
