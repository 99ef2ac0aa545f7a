"""Discrete Laplace noise by exact inversion, from a keyed stream of bits.

The law is P(X = k) = (1 - a) / (1 + a) * a^|k| with a = exp(-epsilon): the geometric mechanism of
Ghosh, Roughgarden and Sundararajan (2009), which makes a count epsilon-differentially private.
Floating point never decides a draw: 192 bits of the stream are compared with the distribution
function, rounded down to 192 bits, so the law is met to less than 2^-180.
"""

import hmac
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.arrays import Ints

BITS = 192
_WORDS = BITS // 64
_DIGITS = Context(prec=100)

Words = npt.NDArray[np.uint64]  # (draws, 3): the 192 bits of each, the highest first


class Thresholds(NamedTuple):
    """P(X <= k) in units of 2^-192 for k = -last ... last - 1, whole and as its highest 64 bits."""

    last: int
    whole: Sequence[int]
    high: npt.NDArray[np.uint64]


@cache
def thresholds(epsilon: Fraction) -> Thresholds:
    """The distribution function of the discrete Laplace law. ValueError unless epsilon > 0."""
    if epsilon <= 0:
        raise ValueError("epsilon is above 0")
    c = _DIGITS
    a = c.exp(c.minus(c.divide(Decimal(epsilon.numerator), Decimal(epsilon.denominator))))
    one, unit = Decimal(1), Decimal(2**BITS)
    scale = c.divide(unit, c.add(one, a))
    tail, power = [], scale  # a^k / (1 + a): below -k, and above k - 1
    while True:
        power = c.multiply(power, a)
        if power < one:
            break
        tail.append(int(power))
    last = len(tail)
    # P(X <= k) is a^-k / (1 + a) below 0, and 1 - a^(k + 1) / (1 + a) from there on
    whole = [*reversed(tail), *(2**BITS - below - 1 for below in tail)]
    high = np.array([value >> (BITS - 64) for value in whole], np.uint64)
    return Thresholds(last, tuple(whole), high)


def keyed_words(key: bytes, names: Iterable[bytes]) -> Words:
    """192 bits a name: the first of HMAC-SHA256(key, name). Shape (names, 3)."""
    told = b"".join(hmac.digest(key, name, "sha256")[: BITS // 8] for name in names)
    return np.frombuffer(told, ">u8").astype(np.uint64).reshape(-1, _WORDS)


def draw(words: Words, epsilon: Fraction) -> Ints:
    """A draw for each row of words."""
    law = thresholds(epsilon)
    first = words[:, 0]
    below = np.searchsorted(law.high, first, "left")
    upto = np.searchsorted(law.high, first, "right")
    at = below.astype(np.int64)
    for i in np.flatnonzero(below != upto):  # the highest 64 bits are those of a threshold
        bits = int.from_bytes(words[i].astype(">u8").tobytes(), "big")
        at[i] = bisect_right(law.whole, bits)
    return at - law.last


def variance(epsilon: float) -> float:
    """The variance of the law: 2 a / (1 - a)^2."""
    a = np.exp(-float(epsilon))
    return float(2 * a / (1 - a) ** 2)
