"""Random orders of areas, as permutation tests deal values out anew: as many of the first as needed."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Drawn = npt.NDArray[np.int32]

CELLS = 200_000  # areas x permutations shuffled at once: what a processor's cache holds
AT_ONCE = 10_000  # permutations that come together
MOST_KEPT = 1_000_000  # numbers of deals that are kept for the next question


def deal_orders(n: int, most: int, permutations: int, seed: tuple[int, ...]) -> Iterable[Drawn]:
    """The first areas of random orders of n, (position, permutation): one more than `most`.

    Those of the latest questions are kept where they are few: the next one deals alike.
    """
    of = (n, most, permutations, seed, max(1, CELLS // n))
    return _shuffled(*of) if (most + 1) * permutations > MOST_KEPT else _kept_deals(*of)


@lru_cache(maxsize=8)
def _kept_deals(
    n: int, most: int, permutations: int, seed: tuple[int, ...], step: int
) -> tuple[Drawn, ...]:
    return tuple(_shuffled(n, most, permutations, seed, step))


def _shuffled(
    n: int, most: int, permutations: int, seed: tuple[int, ...], step: int
) -> Iterator[Drawn]:
    """Fisher and Yates's shuffle of `step` orders at once, stopped early. `AT_ONCE` orders or a
    little more a part."""
    rng = np.random.default_rng([*seed, n])
    firsts: list[Drawn] = []
    for start in range(0, permutations, step):
        across = np.arange(min(step, permutations - start))
        order = np.repeat(np.arange(n, dtype=np.int32)[:, None], len(across), axis=1)
        for place in range(most + 1):
            other = rng.integers(place, n, len(across))
            chosen = order[other, across]
            order[other, across] = order[place]
            order[place] = chosen
        firsts.append(order[: most + 1].copy())
        if len(firsts) * step >= AT_ONCE or start + step >= permutations:
            yield np.concatenate(firsts, axis=1)
            firsts = []
