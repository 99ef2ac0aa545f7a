"""A heat surface as a small picture: values in, a PNG with a palette out."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ui.palette import Theme

STEPS = 24
FAINTEST = 0.04  # of the top: below this the paper shows


def picture(values: npt.NDArray[Any], top: float, theme: Theme) -> str:
    """The surface as a data address of a PNG; transparent where there is (almost) none."""
    share = np.nan_to_num(values) / top
    level = np.clip(np.ceil(share * STEPS), 0, STEPS).astype(np.uint8)
    level[share < FAINTEST] = 0
    image = Image.fromarray(level, mode="P")
    image.putpalette([0, 0, 0] + [c for rgb in colors(theme) for c in rgb])
    alpha = bytes([0] + [min(255, 120 + 135 * i // 8) for i in range(1, STEPS + 1)])
    out = io.BytesIO()
    image.save(out, "PNG", transparency=alpha, optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def colors(theme: Theme) -> list[tuple[int, int, int]]:
    """The ramp in as many steps as a picture has, lowest first."""
    stops = np.array([_rgb(c) for c in theme.ramp], float)
    at = np.linspace(0, len(stops) - 1, STEPS)
    mixed = [np.interp(at, range(len(stops)), stops[:, i]) for i in range(3)]
    return [(round(float(r)), round(float(g)), round(float(b))) for r, g, b in zip(*mixed)]


def legend(top: float, theme: Theme, bandwidth: int, span: str) -> dict[str, Any]:
    """What the legend says of the surface: its unit, its ends, its period, its bandwidth."""
    return {
        "title": "Incidents per km² per week",
        "ramp": {
            "colors": list(theme.ramp),
            "ticks": ["0", _short(top / 2), _short(top)],
        },
        "note": f"{span}. Kernel density: each incident is spread over about {bandwidth} m",
    }


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))
