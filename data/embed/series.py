"""The picture of a series: a stepped line of numbers in the band of their ranges.

static/embed/draw.js draws the same of what a reader selects.
"""

from math import floor

from data.published.grid import Grid

STEP = 10  # units of a period; the picture is 100 high


def tenths(value: float) -> float:
    """A length to a tenth, halves up, as scripts round."""
    return floor(value * 10 + 0.5) / 10


def series_svg(grid: Grid, chosen: list[bool], *, exact: bool) -> str:
    """The series of a grid of one column; the chosen periods stand on a ground of their own."""
    most = max(1, int(grid.high.max(initial=0)))
    high, low, number = (
        [f"{tenths(100 - 100 * int(n) / most):g}" for n in part[:, 0]]
        for part in (grid.high, grid.low, grid.number)
    )
    ground = "".join(
        f'<rect class="{"on" if on else "off"}" x="{STEP * i}" width="{STEP}" height="100"/>'
        for i, on in enumerate(chosen)
    )
    bottom = ["100"] * len(low) if exact else low
    return (
        f'<svg class="bars" viewBox="0 0 {STEP * len(chosen)} 100" preserveAspectRatio="none" aria-hidden="true">'
        f'{ground}<path class="band" d="{band_path(high, bottom)}"/>'
        f'<path class="line" d="{line_path(number)}"/></svg>'
    )


def line_path(y: list[str]) -> str:
    """A stepped line through heights, one a period."""
    steps = "".join(f"V{v}H{STEP * (i + 1)}" for i, v in enumerate(y))
    return f"M0 {y[0]}{steps.removeprefix(f'V{y[0]}')}"


def band_path(high: list[str], low: list[str]) -> str:
    """The area between two stepped lines."""
    back = "".join(f"V{v}H{STEP * i}" for i, v in reversed([*enumerate(low)]))
    return f"{line_path(high)}{back}Z"
