"""A12: how young the newest period of each table is, on any day near a change of the clocks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.attacks import made_records
from data.attacks.case import Case, Count, Found, span
from data.attacks.made_events import made_rules
from data.privacy.closed_periods import closed
from data.privacy.tables import profile

# the attackers' own, on purpose not the policy's: days after the month, after the quarter
CITY, AREA = 28, 42
ZONES = ("America/Chicago", "Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe")
_AREAS = ("area-", "group-", "district-")


def freshness(case: Case, count: Count) -> Found:
    """Check that no table has a period younger than its delay, on any day near a clock change, and
    in the release itself."""
    asked, spare = 0, timedelta(days=999)
    for here in (*_of_release(case), *_swept(case, count)):
        asked, spare = asked + 1, min(spare, here)
    hours = spare / timedelta(hours=1)
    return Found(
        asked > 0 and hours >= 0, f"{asked:,} newest periods, closest {hours:.0f} h to spare"
    )


def _of_release(case: Case) -> Iterator[timedelta]:
    """How much older than it must be each period of a release's tables is."""
    if case.manifest is None or case.tables is None:
        return
    as_of, zone = date.fromisoformat(case.manifest["as_of"]), case.manifest["place"]["zone"]
    for path, frame in case.tables.items():
        if path.startswith(("community/", "official/")):
            for period in frame["period"].astype(str).unique():
                yield _spare(path.rpartition("/")[2], period, as_of, case.rules.hour, zone)


def _swept(case: Case, count: Count) -> Iterator[timedelta]:
    """The same of the newest period of each table, as the job closes them on many days."""
    year = made_records.FIRST_DAY.year + 1
    changes = [(zone, day) for zone in ZONES for day in _changes(zone, year)]
    for i, (zone, change) in enumerate(changes):
        rules = replace(made_rules(case.rules), zone=zone)
        for n in range(count.days + 1):
            as_of = change + timedelta(days=n - count.days // 2)
            for table in profile(rules.volume):
                periods = closed(table, as_of, rules)
                if periods:
                    yield _spare(table.name, _latest(periods), as_of, rules.hour, zone)
        case.progress((i + 1) / len(changes))


def _latest(periods: Iterable[str]) -> str:
    return max(periods, key=lambda period: span(period)[1])


def _spare(name: str, period: str, as_of: date, hour: int, zone: str) -> timedelta:
    """How much longer ago than it must be a period's month or quarter ended, in hours that went by
    and in days of the calendar: the shorter one."""
    last = span(period)[1] - timedelta(days=1)
    if name.startswith(_AREAS):
        end, delay = _end(last, 3), AREA
    else:
        end, delay = _end(last, 1), CITY
    if name.endswith("-late"):
        end, delay = date(last.year + 1, 1, 1), CITY
    now = datetime.combine(as_of, time(hour), ZoneInfo(zone)).astimezone(UTC)
    ended = datetime.combine(end, time(0), ZoneInfo(zone)).replace(fold=1).astimezone(UTC)
    return min(now - ended, as_of - end) - timedelta(days=delay)


def _end(day: date, months: int) -> date:
    """The first day after the month (1) or quarter (3) that a day lies in."""
    at = (day.year * 12 + day.month - 1) // months * months + months
    return date(at // 12, at % 12 + 1, 1)


def _changes(zone: str, year: int) -> list[date]:
    """The days of a year on which the clock changes."""
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    noon = [datetime.combine(d, time(12), ZoneInfo(zone)).utcoffset() for d in days]
    return [days[i] for i in range(1, 365) if noon[i] != noon[i - 1]]
