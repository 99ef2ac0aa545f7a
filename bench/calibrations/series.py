"""Made weekly counts whose truth is known: levels, seasons, memory and what is more than chance."""

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]

YEAR = 365.25 / 7  # weeks


def season(weeks: int, swing: float, begin: float = 0.0) -> Array:
    """A yearly wave of mean 1 that rises and falls by `swing`; `begin` is where in the year."""
    return np.asarray(1 + swing * np.sin(2 * np.pi * (np.arange(weeks) / YEAR + begin)))


def scores(rng: np.random.Generator, shape: tuple[int, ...], memory: float) -> Array:
    """Standard normal autoregressions of first order along the last axis."""
    z = rng.standard_normal(shape)
    for t in range(1, shape[-1]):
        z[..., t] = memory * z[..., t - 1] + np.sqrt(1 - memory**2) * z[..., t]
    return z


def negative_binomial(
    rng: np.random.Generator,
    mean: npt.ArrayLike,
    size: float,
    shape: tuple[int, ...],
    memory: float = 0.0,
) -> Array:
    """Counts of a mean and variance mean + mean^2 / size, whose scores are an autoregression."""
    middle = np.broadcast_to(np.asarray(mean, float), shape)
    if not memory:
        return rng.negative_binomial(size, size / (size + middle)).astype(float)
    return np.ceil(
        special.nbdtrik(special.ndtr(scores(rng, shape, memory)), size, size / (size + middle))
        - 1e-9
    ).clip(0)


def latent(
    rng: np.random.Generator,
    mean: npt.ArrayLike,
    spread: float,
    shape: tuple[int, ...],
    memory: float,
) -> Array:
    """Poisson counts around a log-normal level, an autoregression of so much spread."""
    level = np.exp(spread * scores(rng, shape, memory) - spread**2 / 2)
    return rng.poisson(np.broadcast_to(np.asarray(mean, float), shape) * level).astype(float)
