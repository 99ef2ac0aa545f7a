"""One claim about a method: how often it may find something that is not there, or must find
something that is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Trial = Callable[[np.random.Generator], tuple[float, float]]


@dataclass(frozen=True)
class Case:
    """A claim about `method` when the data are as `data` says.

    `trial` makes data anew from a generator and comes back with how many findings there were and
    of how many looks (a map, a day, a series; findings may also be a rate over a stretch, such as
    alarms and months). `stated` is the highest share of false findings that the method claims, or
    with `power` true the lowest share of planted things that must be found. `runs` trials are made
    where nobody asks for more.
    """

    method: str
    data: str
    stated: float
    trial: Trial
    runs: int = 20
    power: bool = False
