"""A reader's choices for the picture of a View: kernel, scale, window, time."""

from typing import NamedTuple

from data.maps.heat_surface import Seen
from data.patterns import neighbors
from ui.map.patch import Events

WORLD = (-540.0, -85.0, 540.0, 85.0)  # beyond 180 degrees the next world goes on


class MapChoices(NamedTuple):
    """Choices of how a View is drawn; they never change what the View counts.

    `bandwidth` in metres, `scale` where the heat's colors end (incidents per km2 per week;
    None: by the View), `seen` what the map shows, `held` what it holds already, `hexagons`
    whether they show a density or a count, `of` what clusters are a rate of
    (data.patterns.neighbors), `beside` how two periods are shown,
    `play` the unit of a time player and `width` how many of them a frame spans.
    """

    bandwidth: int = 400
    scale: float | None = None
    seen: Seen | None = None
    held: tuple[str, int, int, int, int, int] | None = None
    hexagons: str = "density"
    of: str = neighbors.RESIDENTS
    beside: str = "This period"
    play: str = "Still"
    width: int = 1


def seen(said: Events) -> Seen | None:
    """The window that a map says it shows; None where that is nothing on the globe."""
    try:
        west, south, east, north, zoom = (float(v) for v in said["seen"])
    except (KeyError, TypeError, ValueError):
        return None
    inside = WORLD[0] <= west < east <= WORLD[2] and WORLD[1] <= south < north <= WORLD[3]
    return Seen(west, south, east, north, zoom) if inside and 0 <= zoom <= 22 else None


def cells_on_map(said: Events) -> tuple[str, int, int, int, int, int] | None:
    """The cells that a map says it holds: of which View, the level, and their corners."""
    if not (held := said.get("held")):
        return None
    try:
        view, *numbers = held
        level, column, row, width, height = (int(v) for v in numbers)
    except (TypeError, ValueError):
        return None
    within = all(0 <= v < 1 << 30 for v in (row, width, height)) and 0 <= level < 30
    within &= -(1 << 30) <= column < 1 << 31  # a place may cross 180 degrees
    return (str(view), level, column, row, width, height) if within else None
