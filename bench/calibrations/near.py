"""False findings and power of near repeats."""

from datetime import date, timedelta

import numpy as np

from bench.calibrations import towns
from bench.calibrations.case import Case, Trial
from data.patterns import near_repeats
from data.views.points import Points
from data.views.recording import Stretch

STATED = 0.05  # of tables, of later days and of the same day each
FIRST = date(2025, 1, 1)
STRETCH = Stretch(FIRST, FIRST + timedelta(days=towns.DAYS - 1))
METRES, WEEK = 200.0, 7  # how near and how soon what is planted follows


def tables(
    columns: int, rows: int, swing: float, n: int = 1000, doubled: float = 0.0, again: float = 0.0
) -> Trial:
    """A trial of whether a table of bands says that there are near repeats.

    Of the events a share is `doubled` (told a second time within minutes and metres), and one
    is followed `again` by another within a week and 200 m.
    """

    def trial(rng: np.random.Generator) -> tuple[float, float]:
        x, y, day = towns.events(rng, n, columns, rows, swing)
        hour = 24 * day + rng.uniform(0, 24, n)
        which = rng.choice(n, round(again * n), replace=False)
        angle, far = rng.uniform(0, 2 * np.pi, len(which)), rng.uniform(5, METRES, len(which))
        x = np.append(x, x[which] + far * np.cos(angle))
        y = np.append(y, y[which] + far * np.sin(angle))
        hour = np.append(hour, hour[which] + 24.0 * rng.integers(1, WEEK + 1, len(which)))
        twice = rng.choice(len(x), round(doubled * n), replace=False)
        x, y = (np.append(v, v[twice] + rng.normal(0, 30, len(twice))) for v in (x, y))
        hour = np.append(hour, hour[twice] + rng.uniform(-0.5, 0.5, len(twice)))
        found = Points(x, y, np.floor(hour / 24), hour, 0)
        seed = int(rng.integers(1 << 31))
        table = near_repeats.paired(found, STRETCH, seed)
        later, same = bool(table.strongest), bool(table.same_day)
        return (float(later), 1.0) if again else (float(later) + float(same), 2.0)

    return trial


CASES = (
    Case("near repeats", "one season everywhere", STATED, tables(1, 1, 0.9), 20),
    Case("near repeats", "opposite seasons west and east", STATED, tables(2, 1, 0.9), 20),
    Case("near repeats", "40 local seasons", STATED, tables(8, 5, 0.9), 20),
    Case("near repeats", "5% double reports", STATED, tables(1, 1, 0.0, doubled=0.05), 20),
    Case(
        "near repeats",
        "one event in ten is followed within a week and 200 m",
        0.4,
        tables(1, 1, 0.0, again=0.1),
        12,
        power=True,
    ),
)
