"""Near repeats among the records of a View: pairs close in place and time, against chance."""

from dataclasses import dataclass

import pandas as pd

from data import points, recording
from data.recording import Stretch
from data.store import Current
from data.view import View
from geo import interaction

# edges of bands, the first the same place or day: coordinates are rounded, so within a metre
SPACE = (0.0, 1.0, 100.0, 200.0, 300.0, 400.0)
TIME = (0.0, 0.0, 1.0, 3.0, 7.0, 14.0)
METRIC = "manhattan"
REPLICATES = 999
MOST = 10_000  # records: pairs grow with the square of them
LEAST = 30


@dataclass(frozen=True)
class Near:
    """`table` is that of `geo.interaction.near_repeat`; so many `records` were paired, all of
    them of `stretch`, the View's days since recording last changed, which has so many more
    `without` a place or day, or older."""

    table: pd.DataFrame
    records: int
    without: int
    stretch: Stretch


def repeats(current: Current, view: View, seed: int) -> Near:
    """Pairs by bands of metres (as streets run) and days, none across a change of recording."""
    found = points.by_day(current, recording.since_change(view, current.meta), MOST)
    table = interaction.near_repeat(
        found.x, found.y, found.day, SPACE, TIME, REPLICATES, seed, METRIC
    )
    return Near(table, len(found.x), found.without, recording.newest_stretch(view, current.meta))


def kinds(current: Current, view: View) -> dict[str, int]:
    """The kinds of the records that can be paired, most frequent first, and how many."""
    return points.kinds(current, recording.since_change(view, current.meta))
