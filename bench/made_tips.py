"""Words of made tips, unlike those of any other, for benches and tests of the desk."""

import random

WORDS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove"),
    *("heron", "inlet", "jetty", "knoll", "lotus", "maple", "north"),
)


def draw_words(rng: random.Random) -> str:
    """Eight words, each of two: no two such texts are near-copies."""
    return " ".join(rng.choice(WORDS) + rng.choice(WORDS) for _ in range(8))
