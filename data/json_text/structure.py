"""The quotes and braces of a piece of JSON, found with array arithmetic."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.arrays import Flags

Codes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

QUOTE, BACKSLASH = 34, 92
# 1 for { and [, -1 for } and ]
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"{[")] = 1
_STEPS[list(b"}]")] = -1


class Structure(NamedTuple):
    """Where the quotes of strings stand in a text that begins outside of any, where its braces and
    brackets outside of strings, and how deep it is after each of these."""

    quotes: Places
    braces: Places
    depth: Places


def structure(text: bytes) -> Structure:
    """The structure of a text that begins between two values."""
    codes = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(codes == QUOTE)
    if BACKSLASH in text:
        quotes = quotes[~_escaped(codes, quotes)]
    steps = _STEPS[codes]
    braces = np.flatnonzero(steps)
    braces = braces[np.searchsorted(quotes, braces) % 2 == 0]
    return Structure(quotes, braces, np.cumsum(steps[braces], dtype=np.int64))


def _escaped(codes: Codes, quotes: Places) -> Flags:
    """Mask of the quotes before which an odd number of backslashes stands."""
    slashes = np.flatnonzero(codes == BACKSLASH)
    first = np.diff(slashes, prepend=-2) > 1
    begins = np.maximum.accumulate(np.where(first, np.arange(len(slashes)), 0))
    last = np.searchsorted(slashes, quotes - 1)
    last = np.minimum(last, len(slashes) - 1)
    after: Flags = slashes[last] == quotes - 1
    after &= (last - begins[last]) % 2 == 0
    return after
