"""The pictures of "How we protect people": SVG whose colors are those of static/embed/protect.css."""

from math import ceil

from data.embed.language import Words, esc
from data.embed.protection import Protection
from geo import discrete_laplace, noise_odds

MOST = 20  # of the slider
OPENS = 8  # where it stands at first
_SLOT, _TALL = 10, 150  # of a bar, in units of the picture
_LIKELY = 1.645
_SEEN = 0.004  # a bar less tall than this part of the tallest is not drawn

# pictures of 24 by 24: what is counted, and what never is
_ICONS = {
    "reports": "M5 5v14M9 5v14M13 5v14M17 5v14M3 17L20 8",
    "where": "M4 7l6-3 5 3 5-2v12l-5 3-6-3-5 2zM10 4v13M15 7v13",
    "when": "M4 6h16v14H4zM4 10h16M8 3v5M16 3v5",
    "person": "M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8M5 20c0-4 3-6 7-6s7 2 7 6",
    "point": "M12 21c-5-6-7-9-7-11a7 7 0 0 1 14 0c0 2-2 5-7 11M12 8a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 1 1 0-4.8",
    "hour": "M12 4a8 8 0 1 1 0 16a8 8 0 1 1 0-16M12 8v4l3 2",
    "text": "M6 3h9l4 4v14H6zM9 10h7M9 14h7M9 18h4",
}
_NEVER = ("person", "point", "hour", "text")


def icon(name: str) -> str:
    """A small picture; of what never is public, struck through."""
    strike = '<path class="strike" d="M3 3L21 21"/>' if name in _NEVER else ""
    return (
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="{_ICONS[name]}"/>{strike}</svg>'
    )


def reach(epsilon: float) -> int:
    """How far from the count a bar is still seen."""
    p = noise_odds.probabilities(epsilon, ceil(12 / epsilon))
    middle = len(p) // 2
    return int(sum(p[middle + 1 :] >= _SEEN * p[middle]))


def bars(shown: Protection, n: int, speak: Words) -> str:
    """How often each number comes out, without one report and with it, where `n` others are there.

    The slider moves the two groups: the law is the same around every count.
    """
    far = reach(shown.of_table)
    p = noise_odds.probabilities(shown.of_table, far)
    high = (p / p[far] * _TALL).round(1)
    left, right = -far, MOST + 1 + far
    wide = (right - left + 1) * _SLOT

    def rects(name: str, inset: float, shift: int) -> str:
        drawn = "".join(
            f'<rect x="{(i - far - left) * _SLOT + inset:g}" y="{_TALL - h:g}" '
            f'width="{_SLOT - 2 * inset:g}" height="{h:g}"/>'
            for i, h in enumerate(high.tolist())
        )
        return f'<g class="{name}" transform="translate({shift * _SLOT})">{drawn}</g>'

    step = 5 if wide < 700 else 20
    first = -(far // step) * step
    ticks = "".join(
        f'<text x="{(k - left + 0.5) * _SLOT:g}" y="{_TALL + 18}">{_signed(k)}</text>'
        for k in range(first, right + 1, step)
    )
    alone = f"{speak('protect.try.without')} / {speak('protect.try.with')}"
    return (
        f'<svg class="law" viewBox="-4 -8 {wide + 8} {_TALL + 32}" role="img" aria-label="{esc(alone)}">'
        f"{rects('without', 0.8, n)}{rects('with', 2.4, n + 1)}"
        f'<path class="ground" d="M0 {_TALL}h{wide}"/>{ticks}</svg>'
    )


def _signed(k: int) -> str:
    return f"−{-k}" if k < 0 else str(k)


def ranges(shown: Protection, n: int) -> dict[str, str]:
    """The ends of the ranges that nine of ten numbers lie in: a to b without, c to d with."""
    q = noise_odds.half_width(shown.of_table)
    ends = {"a": n - q, "b": n + q, "c": n + 1 - q, "d": n + 1 + q}
    return {name: _signed(k) for name, k in ends.items()}


def chance(shown: Protection, speak: Words) -> str:
    """One count and a little chance make a number with a range: an example at this epsilon."""
    sd = discrete_laplace.variance(shown.of_table) ** 0.5
    drawn = max(1, round(sd))
    counted, out = 3 * drawn, 4 * drawn
    low, high = max(0, round(out - _LIKELY * sd)), round(out + _LIKELY * sd)
    whisker = (
        '<svg class="whisker" viewBox="0 0 120 16" aria-hidden="true">'
        '<path d="M4 8h112M4 3v10M116 3v10"/><circle cx="60" cy="8" r="5"/></svg>'
    )
    about = speak(
        "protect.chance.range", n=speak.number(out), low=speak.number(low), high=speak.number(high)
    )
    return (
        '<div class="sum">'
        f"<p><b>{speak.number(counted)}</b><span>{esc(speak('protect.chance.counted'))}</span></p>"
        f"<i>+</i><p><b>{speak.number(drawn)}</b><span>{esc(speak('protect.chance.drawn'))}</span></p>"
        f'<i>=</i><p class="out"><b>{speak.number(out)}</b>{whisker}<span>{esc(about)}</span></p></div>'
    )


def wait(title: str, period: int, days: int, speak: Words) -> str:
    """A period of so many days, the days that it waits, and the moment when it is out."""
    scale = 300 / (period + days)
    end, out = round(period * scale), 300
    label = speak("protect.delay.days", days=speak.number(days))
    return (
        f'<figure class="wait"><figcaption>{esc(title)}</figcaption>'
        '<svg class="waits" viewBox="0 0 320 40" aria-hidden="true">'
        f'<rect class="period" x="2" y="6" width="{end - 2}" height="14"/>'
        f'<path class="waiting" d="M{end} 13H{out}"/><circle class="dot" cx="{out + 8}" cy="13" r="7"/>'
        f'<text x="{(end + out) / 2:g}" y="36">{esc(label)}</text></svg></figure>'
    )
