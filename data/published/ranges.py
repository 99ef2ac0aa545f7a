"""A released number in words: about how many, and the range that holds nine times of ten.

A low end of 0 is never "0 reports": a little chance was added, so nobody can tell it from a few.
"""

from enum import Enum
from math import floor, log10
from typing import NamedTuple


class RangeWords(Enum):
    """How a range is worded: the key of its text in catalogues."""

    ABOUT = "range.about"
    FEW = "range.few"


class Range(NamedTuple):
    """A released number with the ends of its range."""

    number: int
    low: int
    high: int

    @property
    def words(self) -> RangeWords:
        """How it is worded."""
        return RangeWords.ABOUT if self.low > 0 else RangeWords.FEW

    @property
    def ends(self) -> dict[str, int]:
        """What fills the holes of its text; "at most 0" would say what nobody knows."""
        return {"n": self.number, "low": self.low, "high": max(self.high, 1)}

    def rounded(self, step: int) -> "Range":
        """The range as sentences say it, in multiples of a step, never narrower than it is; a low
        end above 0 stays so."""
        low, high = self.low // step * step, -(-self.high // step) * step
        return Range(round_to(self.number, step), low or self.low, high)


def step_of(sd: float) -> int:
    """What numbers in a sentence are multiples of: the largest of 1, 10, 100 ... that the standard
    deviation reaches, so that "about 2,040" is said of 2,043 with one of 30."""
    return int(10 ** floor(log10(max(sd, 1))))


def round_to(number: int, step: int) -> int:
    """A number as a multiple of a step; halves go up, as in scripts."""
    return (2 * number + step) // (2 * step) * step


def short_number(value: float) -> str:
    """Two digits are enough for an edge of a class: 0.64, 5.1, 12, 1,240."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
