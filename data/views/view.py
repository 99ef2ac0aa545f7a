"""The View: what a reader asked to see. It is the key of every cache."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

NOTHING = "nothing"
PREVIOUS, YEAR_BEFORE, OWN = "previous period", "same period a year before", "own period"
OFFERED = "year before, else previous period"  # a choice of the screen: a View holds what it became
COMPARED = (OFFERED, YEAR_BEFORE, PREVIOUS, OWN, NOTHING)
MEASURES = ("count", "per 1,000 residents")
DAY, WEEK, MONTH = 1, 7, 31  # steps of time by their length in days; 31 stands for calendar months
MORNING = 6  # with `night`, the hour at which a night ends
COARSE_PLACE = 2  # positions from `locality` on: too coarse for a heatmap
HEXAGON_OF = ", hexagon "  # stands between an area's name and a hexagon's code


@dataclass(frozen=True)
class View:
    """A question: which incidents, where, when, measured how and compared with what.

    Empty tuples ask for everything. `start` and `end` are both included. `night` counts
    the hours before 06:00 to the evening before. `shape` is a drawn one, as it stands in a
    link (data.views.shape_filter). `settled_by` (UTC) hides community
    reports that settled later; None where no community source is chosen.
    """

    stamp: str
    sources: tuple[str, ...]
    start: date
    end: date
    hours: tuple[int, int] | None = None
    night: bool = False
    weekdays: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    place_precisions: tuple[str, ...] = ()
    time_precisions: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    harms: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    vias: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    shape: str = ""
    since: date | None = None
    area_set: str = ""
    measure: str = MEASURES[0]
    compare: str = NOTHING
    versus_start: date | None = None
    versus_end: date | None = None
    settled_by: datetime | None = None

    @property
    def days(self) -> int:
        """The number of days that the period has."""
        return (self.end - self.start).days + 1

    @property
    def asked_hours(self) -> tuple[int, ...]:
        """The hours of the day that the View asks for: all 24 without a filter."""
        if self.hours is None:
            return tuple(range(24))
        first, last = self.hours
        every = range(24)
        if first < last:
            return tuple(h for h in every if first <= h < last)
        return tuple(h for h in every if h >= first or h < last)

    @property
    def early_hours(self) -> int:
        """The number of hours asked for that count to the evening before."""
        return sum(h < MORNING for h in self.asked_hours) if self.night else 0

    def of(self, source: str) -> "View":
        """The same View of one of its sources."""
        return replace(self, sources=(source,))

    def compared(self) -> "View | None":
        """The View of the other period; None where nothing is compared."""
        if self.compare == PREVIOUS:
            end = self.start - timedelta(days=1)
            period = (end - timedelta(days=self.days - 1), end)
        elif self.compare == YEAR_BEFORE:
            period = (year_before(self.start), year_before(self.end))
        elif self.compare == OWN and self.versus_start and self.versus_end:
            period = (
                min(self.versus_start, self.versus_end),
                max(self.versus_start, self.versus_end),
            )
        else:
            return None
        return replace(self, start=period[0], end=period[1], compare=NOTHING)


def year_before(day: date) -> date:
    """The same date a year earlier; February 29 becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
