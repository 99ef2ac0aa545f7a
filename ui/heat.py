"""The heat of a View: one small picture in real units, and its legend."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from data import surface
from data.answers import Answer
from data.filters import period
from data.surface import Seen
from data.view import View
from geo import density
from ui import cached, layers, palette
from ui.asked import Asked
from ui.palette import Theme

STEPS = 24
FAINTEST = 0.04  # of the top: below this the paper shows


def told(view: View, answer: Answer, theme: Theme, asked: Asked) -> dict[str, Any]:
    """What the map shows of the heat: a picture over its window, and when to ask again."""
    over = cached.outline(view)
    if over is None:
        return {"legend": {"title": "No record has a point"}}
    if answer.headline["n"] <= answer.headline["no_point"]:
        why = "No record of this View is known to the block or better."
        return {"legend": {"title": "Nothing to draw as heat", "note": why}}
    grid, whole = surface.shown(over, asked.bandwidth, asked.seen)
    values = cached.heat(view, grid, asked.bandwidth)
    top = scale(view, asked)
    crisp = cached.window(view, grid, asked.bandwidth).crisp
    said = period(view.start, view.end) + layers.approximate(view)
    return {
        "heat": {"url": picture(values, top, theme, crisp), "bounds": grid.bounds},
        "legend": legend(top, theme, asked.bandwidth, said),
        "asks": None if whole else asks(grid.bounds, asked.seen),
    }


def in_sight(view: View, asked: Asked) -> float:
    """Where colors end that are fitted to what the map shows now."""
    over = cached.outline(view)
    if over is None:
        return 1.0
    grid, _ = surface.shown(over, asked.bandwidth, asked.seen)
    values = cached.heat(view, grid, asked.bandwidth)
    if asked.seen is None:
        return density.nice_top(values)
    lon, lat = grid.centres
    across = (lon >= asked.seen.west) & (lon <= asked.seen.east)
    down = (lat >= asked.seen.south) & (lat <= asked.seen.north)
    return density.nice_top(values[np.ix_(down, across)])


def asks(bounds: list[list[float]], seen: Seen | None) -> dict[str, Any]:
    """Beyond which bounds and zooms the map must ask for another picture."""
    around = (seen.zoom - 1, seen.zoom + 1.2) if seen else (0, 0)
    return {"bounds": bounds, "zooms": around}


def scale(view: View, asked: Asked) -> float:
    """Where the colors end: as the reader fixed it, else by the View over the whole place.

    Never by the window or the zoom: one color is one density wherever the reader looks. A
    period that the View is compared with counts too.
    """
    if asked.scale:
        return asked.scale
    over = cached.outline(view)
    assert over is not None
    grid, _ = surface.shown(over, asked.bandwidth)
    return cached.heat_top(view, grid, asked.bandwidth)


def picture(
    values: npt.NDArray[Any], top: float, theme: Theme, crisp: npt.NDArray[np.bool_] | None = None
) -> str:
    """The surface as a data address of a PNG; transparent where there is (almost) none.

    `crisp` tells which pixels of a picture some whole number of times as fine lie in the
    place: the surface, which is smooth, is drawn so fine, and ends at the outline.
    """
    known = np.isfinite(values)
    filled = np.where(known, values, 0).astype(np.float32)
    if crisp is None:
        crisp = known
    else:
        filled = _finer(filled, known, crisp.shape)
    share = filled / top
    level = np.clip(np.ceil(share * STEPS), 0, STEPS).astype(np.uint8)
    level[(share < FAINTEST) | ~crisp] = 0
    alpha = [min(255, 120 + 135 * i // 8) for i in range(1, STEPS + 1)]
    return png(level, colors(theme.ramp), alpha)


def diverging(
    change: npt.NDArray[Any],
    sure: npt.NDArray[np.bool_],
    top: float,
    theme: Theme,
    crisp: npt.NDArray[np.bool_],
) -> str:
    """A difference as a data address of a PNG; transparent where it is not sure."""
    known = np.isfinite(change)
    filled = _finer(np.where(known, change, 0).astype(np.float32), known, crisp.shape)
    stands = _finer(sure.astype(np.float32), np.ones(sure.shape, bool), crisp.shape) >= 0.5
    level = np.clip(np.rint((filled / top + 1) / 2 * (STEPS - 1)), 0, STEPS - 1) + 1
    shown = np.where(stands & crisp, level, 0).astype(np.uint8)
    return png(shown, colors(palette.diverging(theme)), [235] * STEPS)


def png(level: npt.NDArray[np.uint8], rgb: list[tuple[int, int, int]], alpha: list[int]) -> str:
    """Levels 1.. in these colors as a data address of a PNG; level 0 is transparent."""
    image = Image.fromarray(level, mode="P")
    image.putpalette([0, 0, 0] + [c for color in rgb for c in color])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=bytes([0, *alpha]), compress_level=6)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _finer(
    values: npt.NDArray[Any], known: npt.NDArray[np.bool_], shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    """The same as more pixels, bicubic; what is not known takes no part in it."""
    size = (shape[1], shape[0])
    drawn = [
        np.asarray(Image.fromarray(part).resize(size, Image.Resampling.BICUBIC))
        for part in (values, known.astype(np.float32))
    ]
    # at the outline the mean of the known neighbors, not of these and nothing
    return np.where(drawn[1] > 0.05, drawn[0] / np.maximum(drawn[1], 0.05), 0)


def colors(ramp: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """A ramp in as many steps as a picture has, lowest first."""
    stops = np.array([_rgb(c) for c in ramp], float)
    at = np.linspace(0, len(stops) - 1, STEPS)
    mixed = [np.interp(at, range(len(stops)), stops[:, i]) for i in range(3)]
    return [(round(float(r)), round(float(g)), round(float(b))) for r, g, b in zip(*mixed)]


def legend(top: float, theme: Theme, bandwidth: int, span: str) -> dict[str, Any]:
    """What the legend says of the surface: its unit, its ends, its period, its bandwidth."""
    return {
        "title": "Incidents per km² per week",
        "ramp": {
            "colors": list(theme.ramp),
            "ticks": ["0", short(top / 2), f"{short(top)} or more"],
        },
        "note": f"{span}. Kernel density: each incident is spread over about {bandwidth} m",
    }


def short(value: float) -> str:
    """A number of a legend, two figures."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def span(low: float, high: float) -> str:
    """A class of a legend: from above one limit to the next."""
    return f"{short(low)} to {short(high)}" if low else f"up to {short(high)}"


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
