"""A small picture of how a range comes to be: one count, a little chance, a number with a range."""

from data.embed.language import Words, esc
from data.published.ranges import Range

_COUNT, _SHOWN = 12, Range(13, 8, 18)  # of an event count that is made up
_LAW = (3, 5, 8, 13, 21, 34, 55, 34, 21, 13, 8, 5, 3)  # how often each bit of chance comes


def how_picture(speak: Words) -> str:
    """The figure as HTML: three pictures with a line of words each."""
    panels = [
        (_dots(), speak("how.count")),
        (_chance(), speak("how.chance")),
        (_range(), f"{speak('how.range')}: {speak.ranged(_SHOWN)}"),
    ]
    cells = "".join(
        f'<li><svg viewBox="0 0 120 60" aria-hidden="true">{drawn}</svg><span>{esc(text)}</span></li>'
        for drawn, text in panels
    )
    return f'<ol class="how" aria-label="{esc(speak("how.label"))}">{cells}</ol>'


def _dots() -> str:
    return "".join(
        f'<circle class="one" cx="{35 + 10 * (i % 6)}" cy="{22 + 14 * (i // 6)}" r="3.6"/>'
        for i in range(_COUNT)
    )


def _chance() -> str:
    bars = "".join(
        f'<rect class="{"law on" if i == 7 else "law"}" x="{22 + 6 * i}" y="{57 - high * 0.9:g}" '
        f'width="4.6" height="{high * 0.9:g}"/>'
        for i, high in enumerate(_LAW)
    )
    return f'{bars}<path class="ground" d="M16 57.5H104"/>'


def _range() -> str:
    x = [10 + 5 * n for n in _SHOWN]
    return (
        f'<rect class="span" x="{x[1]}" y="22" width="{x[2] - x[1]}" height="16" rx="2"/>'
        f'<path class="tick" d="M{x[0]} 17V43"/><path class="ground" d="M10 50H115"/>'
        f'<text x="{x[1]}" y="15">{_SHOWN.low}</text><text x="{x[2]}" y="15">{_SHOWN.high}</text>'
        f'<text class="main" x="{x[0]}" y="59">{_SHOWN.number}</text>'
    )
