"""Surfaces as small pictures: values in, a PNG with a palette out."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from data import palette
from data.palette import Theme

_STEPS = 24
FAINTEST = 0.04  # of the top: below this the paper shows


def heat_picture(
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
    level = np.clip(np.ceil(share * _STEPS), 0, _STEPS).astype(np.uint8)
    level[(share < FAINTEST) | ~crisp] = 0
    alpha = [min(255, 120 + 135 * i // 8) for i in range(1, _STEPS + 1)]
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
    level = np.clip(np.rint((filled / top + 1) / 2 * (_STEPS - 1)), 0, _STEPS - 1) + 1
    shown = np.where(stands & crisp, level, 0).astype(np.uint8)
    return png(shown, colors(palette.diverging(theme)), [235] * _STEPS)


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
    """The values at more pixels, bicubic; what is not known takes no part in it."""
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
    at = np.linspace(0, len(stops) - 1, _STEPS)
    mixed = [np.interp(at, range(len(stops)), stops[:, i]) for i in range(3)]
    return [(round(float(r)), round(float(g)), round(float(b))) for r, g, b in zip(*mixed)]


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
