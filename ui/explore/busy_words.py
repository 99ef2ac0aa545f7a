"""Words for when most is recorded, and for how far chance explains it."""

from collections.abc import Callable, Sequence

import numpy as np

from geo.busiest import LEVEL, Busiest

_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_HOURS, _FEW = 24, 3  # stretches of hours, or weekdays, that a headline lists


def say_busiest(hours: Busiest, weekdays: Busiest) -> str:
    """What follows the noun in the headline: which hours and weekdays have most, if chance does
    not explain it."""
    told: dict[str, list[str]] = {}
    for found, noun, spell in ((hours, "hour", spell_hours), (weekdays, "weekday", spell_weekdays)):
        if np.isfinite(found.p):
            lead, what = _say_one(found, noun, spell)
            told.setdefault(lead, []).append(what)
    each = [lead.format(" and ".join(what)) for lead, what in told.items()]
    return "; ".join(each) or "too few to say when most are"


def _say_one(found: Busiest, noun: str, spell: Callable[[Sequence[int]], str]) -> tuple[str, str]:
    """A sentence with a gap, and what goes into it."""
    if found.p >= LEVEL:
        return "{} stands out beyond chance", f"no {noun}"
    if found.first:
        return "most {}", spell(found.first)
    if found.above:
        return "clearly more than average {}", spell(found.above)
    return "{} is clearly above average", f"no {noun}"


def spell_hours(hours: Sequence[int]) -> str:
    """Hours of the clock: "at 02:00 to 03:00", "between 22:00 and 01:00"."""
    found = _runs(hours, _HOURS)
    if len(found) > _FEW:
        return f"in {len(hours)} hours of the day"
    return " and ".join(
        f"at {first:02d}:00 to {first + 1:02d}:00"
        if long == 1
        else f"between {first:02d}:00 and {(first + long - 1) % _HOURS + 1:02d}:00"
        for first, long in found
    )


def spell_weekdays(weekdays: Sequence[int]) -> str:
    """Weekdays (0 Monday): "on Tuesdays and Fridays", "on Mondays to Fridays"."""
    if len(weekdays) <= _FEW:
        named = [_NAMES[day] for day in sorted(weekdays)]
    else:
        named = [
            _NAMES[first] + (f" to {_NAMES[(first + long - 1) % 7]}" if long > 1 else "")
            for first, long in _runs(weekdays, len(_NAMES))
        ]
    return f"on {', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"on {named[0]}"


def _runs(values: Sequence[int], around: int) -> list[tuple[int, int]]:
    """The first of each run of neighbors on a circle, and how many they are."""
    held = set(values)
    firsts = [v for v in sorted(held) if (v - 1) % around not in held]
    return [
        (first, next(n for n in range(1, around) if (first + n) % around not in held))
        for first in firsts
    ]


def say_chance(hours: Busiest, weekdays: Busiest, factor: float, day: str) -> str:
    """How far chance explains the differences; empty where none was tested. `factor` is how many
    times as much as chance the counts of a `day` vary."""
    named = (("hours", hours), ("weekdays", weekdays))
    tested = [
        f"{noun} {'differ beyond' if found.p < LEVEL else 'differ no more than by'} chance "
        f"({_p(found.p)})"
        for noun, found in named
        if np.isfinite(found.p)
    ]
    if not tested:
        return ""
    many = f"whose counts vary {factor:.1f} times as much as by pure chance"
    told = " and ".join(tested)
    return f"{told[0].upper()}{told[1:]}: chi-square, allowing for {day}s {many}."


def _p(p: float) -> str:
    return "p below 0.001" if p < 0.001 else f"p {p:.3f}" if p < 0.1 else f"p {p:.2f}"
