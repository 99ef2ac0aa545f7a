"""What numbers with discrete Laplace noise tell of one event, and how far they lie from the count.

A table with epsilon e prints count + X, P(X = k) = (1 - a) / (1 + a) * a^|k|, a = exp(-e). With one
event more every printed number is e^e times as likely or as unlikely, never anything between: so
what several tables tell together is a sum over their signs, exact.
"""

from collections.abc import Sequence
from itertools import product
from math import exp, prod

import numpy as np

from geo.arrays import Floats


def probabilities(epsilon: float, reach: int) -> Floats:
    """P(X = k) for k = -reach ... reach."""
    a = exp(-epsilon)
    return np.asarray((1 - a) / (1 + a) * a ** np.abs(np.arange(-reach, reach + 1)))


def half_width(epsilon: float, share: float = 0.9) -> int:
    """The least q with P(-q <= X <= q) of at least `share`."""
    a, q = exp(-epsilon), 0
    while 1 - 2 * a ** (q + 1) / (1 + a) < share:
        q += 1
    return q


def right_guesses(epsilons: Sequence[float]) -> float:
    """The share of right guesses of somebody who knows all other events whether one more is there,
    by the best rule, from one cell in each table of these epsilons; 0.5 is a coin's."""
    pairs = [(1 / (1 + exp(-e)), exp(-e) / (1 + exp(-e))) for e in epsilons]
    advantage = 0.0
    for signs in product((0, 1), repeat=len(pairs)):
        there = prod(pair[sign] for pair, sign in zip(pairs, signs))
        absent = prod(pair[1 - sign] for pair, sign in zip(pairs, signs))
        advantage += max(0.0, there - absent)
    return (1 + advantage) / 2


def right_at_most(epsilon: float) -> float:
    """The share of right guesses that no rule and no knowledge can pass at an epsilon: e^e of
    1 + e^e."""
    return 1 / (1 + exp(-epsilon))
