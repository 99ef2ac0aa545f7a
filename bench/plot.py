"""A plot of cost by rows as SVG: a panel a bench, both axes logarithmic."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from data.palette import LIGHT, OTHER

Points = list[tuple[int, float, float | None]]

WIDE, HIGH, ACROSS = 300, 220, 3  # a panel, and how many stand side by side
LEFT, TOP, RIGHT, BELOW = 52, 30, 14, 30  # what surrounds its field
OURS, PEER, INK, GRID, PAPER = LIGHT.accent, OTHER, LIGHT.ink, LIGHT.rule, LIGHT.paper


def drawn(panels: dict[str, dict[str, Points]], sizes: Sequence[int]) -> str:
    """The whole picture: seconds of ours and of the peer, a line a figure."""
    rows = ceil(len(panels) / ACROSS)
    width, height = WIDE * ACROSS, HIGH * rows + 26
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="11" fill="{INK}">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="17" font-size="12">Seconds by rows: '
        f'<tspan fill="{OURS}" font-weight="bold">ours</tspan> and '
        f'<tspan fill="{PEER}" font-weight="bold">the peer (dashed)</tspan></text>',
    ]
    for i, (name, figures) in enumerate(panels.items()):
        x, y = WIDE * (i % ACROSS), HIGH * (i // ACROSS) + 22
        parts += [f'<g transform="translate({x} {y})">', *_panel(name, figures, sizes), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(name: str, figures: dict[str, Points], sizes: Sequence[int]) -> list[str]:
    """The lines of one bench on their own axis of seconds."""
    values = [v for points in figures.values() for p in points for v in p[1:] if v]
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    high = max(high, low + 1)
    first, last = log10(min(sizes)), log10(max(max(sizes), min(sizes) * 10))

    def at(rows: float, seconds: float) -> tuple[float, float]:
        across = (log10(rows) - first) / (last - first)
        up = (log10(seconds) - low) / (high - low)
        return (LEFT + across * (WIDE - LEFT - RIGHT), HIGH - BELOW - up * (HIGH - TOP - BELOW))

    parts = [f'<text x="{LEFT}" y="20" font-weight="bold">{escape(name)}</text>']
    for power in range(low, high + 1):
        x, y = at(min(sizes), 10.0**power)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{WIDE - RIGHT}" stroke="{GRID}"/>')
        said = f"{10.0**power:g} s"
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{said}</text>')
    for size in sizes:
        x, y = at(size, 10.0**low)
        said = f'10<tspan dy="-4" font-size="8">{log10(size):.0f}</tspan>'
        parts.append(f'<text x="{x:.1f}" y="{y + 17:.1f}" text-anchor="middle">{said}</text>')
    for column, color, dashes in ((2, PEER, ' stroke-dasharray="4 3"'), (1, OURS, "")):
        for figure, points in figures.items():
            held = [at(p[0], p[column]) for p in sorted(points) if p[column]]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in held)
            told = f"<title>{escape(figure)}</title>"
            parts += [
                f'<polyline points="{path}" fill="none" stroke="{color}" '
                f'stroke-width="1.6"{dashes}>{told}</polyline>',
                *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.3" fill="{color}"/>' for x, y in held),
            ]
    return parts
