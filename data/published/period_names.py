"""Released periods by their names: 2025-W23, 2025-06-07, 2025-06-02/2025-06-08, 2025-06, 2025-Q2,
2025."""

from datetime import date, timedelta

_BY_LENGTH = {4: "year", 7: "month", 10: "day"}
PARTS = {"year": 1, "quarter": 4, "month": 12}  # how many there are in a year


def unit_of(period: str) -> str:
    """The unit of a period: day, week, week-part, month, quarter or year."""
    if "/" in period:
        return "week-part"
    return "week" if "W" in period else "quarter" if "Q" in period else _BY_LENGTH[len(period)]


def first_day(period: str) -> date:
    """The first day of a period."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    if "Q" in period:
        return date(int(period[:4]), 3 * int(period[6:]) - 2, 1)
    parts = [int(part) for part in period.split("/")[0].split("-")]
    return date(*[*parts, 1, 1][:3])


def last_day(period: str) -> date:
    """The last day of a period."""
    first, unit = first_day(period), unit_of(period)
    if unit in ("day", "week", "week-part"):
        return date.fromisoformat(period[-10:]) if unit != "week" else first + timedelta(6)
    at = first.year * 12 + first.month - 1 + 12 // PARTS[unit]
    return date(at // 12, at % 12 + 1, 1) - timedelta(1)


def year_before(period: str) -> str:
    """The same month, quarter or year of the year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def within(period: str, other: str) -> bool:
    """Return whether a period lies in another one."""
    return first_day(period) >= first_day(other) and last_day(period) <= last_day(other)
