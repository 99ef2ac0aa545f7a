"""A released number in words: about how many, and the range that holds nine times of ten.

A low end of 0 is never "0 reports": a little chance was added, so nobody can tell it from a few.
"""

from enum import Enum
from typing import NamedTuple

_STEPS = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]


class RangeWords(Enum):
    """How a range is worded: the key of its text in catalogues."""

    ABOUT = "range.about"
    FEW = "range.few"


ENGLISH = {
    RangeWords.ABOUT: "about {n}, likely {low} to {high}",
    RangeWords.FEW: "few or none, at most {high}",
}


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

    def rounded(self, sd: float) -> "Range":
        """The range as sentences say it, rounded to its standard deviation: about 2,040."""
        step = step_of(sd)
        return Range(*(round(n / step) * step for n in self))


def about(number: int, low: int, high: int) -> str:
    """A released number in English: "about 12, likely 7 to 17", "few or none, at most 5"."""
    own = Range(number, low, high)
    return ENGLISH[own.words].format(**{name: f"{n:,}" for name, n in own.ends.items()})


def step_of(sd: float) -> int:
    """What numbers in a sentence are multiples of: the largest of 1, 2, 5, 10, 20 ... that the
    standard deviation reaches."""
    return max((step for step in _STEPS if step <= sd), default=1)
