"""Near repeats among the records of a View: pairs close in place and time, against chance."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy import special

from data.patterns import power
from data.patterns.episodes import PAIR_HOURS, PAIR_METRES
from data.storage.store import Current
from data.views import points, recording
from data.views.points import Points
from data.views.recording import Stretch
from data.views.view import View
from geo import episodes, interaction
from geo.hot_areas import LEVEL
from geo.hot_spots import benjamini_hochberg

# edges of bands, the first the same place or day: coordinates are rounded, so within a metre
SPACE = (0.0, 1.0, 100.0, 200.0, 300.0, 400.0)
TIME = (0.0, 0.0, 1.0, 3.0, 7.0, 14.0)
METRIC = "manhattan"
REPLICATES = 999
MOST_PAIRED = 10_000  # records: pairs grow with the square of them
LEAST_PAIRED = 30
WITHIN = 28.0  # days of a stretch: four weeks, in which no season of a place goes far
POWER_BAND = (200.0, 7.0)  # metres, days: the band of which the power is told


@dataclass(frozen=True)
class Near:
    """`table` is that of `geo.interaction.near_repeat`, its q of the same day and of later days
    controlled apart; so many `records` were paired, all of
    them of `stretch`, the View's days since recording last changed, which has so many more
    `without` a place or day, and `older` ones than the newest that are paired: those are of the
    days from `first` on. `doubles` more may tell of an event that is paired
    already: within 150 m and an hour of another record, as the page Episodes proposes."""

    table: pd.DataFrame
    records: int
    doubles: int
    without: int
    older: int
    first: date
    stretch: Stretch

    @property
    def strongest(self) -> dict[str, object] | None:
        """The pair of bands on later days with the highest ratio of those that stand."""
        return self._highest(self.table["time_to"] > 0)

    @property
    def same_day(self) -> dict[str, object] | None:
        """The strongest pair of bands on the same day, where one event can make many records."""
        return self._highest(self.table["time_to"] == 0)

    def _highest(self, among: "pd.Series[bool]") -> dict[str, object] | None:
        rows = self.table[among & (self.table["q"] <= LEVEL) & (self.table["ratio"] > 1)]
        if rows.empty:
            return None
        return {str(k): v for k, v in rows.sort_values("ratio").iloc[-1].items()}

    @property
    def smallest(self) -> float | None:
        """The smallest rise of `POWER_BAND` that would usually have shown (data.patterns.power)."""
        far, apart = POWER_BAND
        row = self.table[(self.table["space_to"] == far) & (self.table["time_to"] == apart)].iloc[0]
        usual, needed = float(row["expected"]), float(row["needed"])
        # repeats are dealt out within their stretch too, and make chance look larger
        spread = 2 * (apart - float(row["time_from"])) / WITHIN

        def found(rise: float) -> float:
            least = np.ceil(needed * (1 + spread * (rise - 1)))
            return float(special.pdtrc(least - 1, usual * rise)) if usual > 0 else 0.0

        return power.smallest(found)


def repeats(current: Current, view: View, seed: int) -> Near:
    """Pairs by bands of metres (as streets run) and days, none across a change of recording."""
    found = points.by_day(current, recording.since_change(view, current.meta), MOST_PAIRED)
    return paired(found, recording.newest_stretch(view, current.meta), seed)


def paired(found: Points, stretch: Stretch, seed: int) -> Near:
    """The pairs of events among points, against days dealt out anew.

    Days are dealt only among records of the same weeks (`WITHIN` days), so that each place
    keeps its seasons; of records that may be of one event only the first counts.
    """
    first = episodes.first_reports(found.x, found.y, found.day, found.hour, PAIR_METRES, PAIR_HOURS)
    table = interaction.near_repeat(
        found.x[first],
        found.y[first],
        found.day[first],
        SPACE,
        TIME,
        REPLICATES,
        seed,
        METRIC,
        WITHIN,
    )
    # controlled apart: pairs of one day, often clear, must not make later days look clearer
    later = (table["time_to"] > 0).to_numpy()
    q = np.where(
        later,
        benjamini_hochberg(table["p"].where(later)),
        benjamini_hochberg(table["p"].where(~later)),
    )
    table = table.assign(q=q)
    begin = stretch.first  # days without a record were looked at too, but not those before the cut
    if found.older:
        begin = date(1970, 1, 1) + timedelta(int(found.day.min()))
    return Near(
        table, int(first.sum()), int((~first).sum()), found.without, found.older, begin, stretch
    )


def pairable_kinds(current: Current, view: View) -> dict[str, int]:
    """The kinds of the records that can be paired, most frequent first, and how many."""
    return points.point_kinds(current, recording.since_change(view, current.meta))
