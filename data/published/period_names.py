"""Released periods by their names: 2025-W23, 2025-06-07, 2025-06, 2025-Q2, 2025."""

from calendar import month_name
from datetime import date

_BY_LENGTH = {4: "year", 7: "month", 10: "day"}


def unit_of(period: str) -> str:
    """The unit of a period: day, week, month, quarter or year."""
    return "week" if "W" in period else "quarter" if "Q" in period else _BY_LENGTH[len(period)]


def first_day(period: str) -> date:
    """The first day of a period."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    if "Q" in period:
        return date(int(period[:4]), 3 * int(period[6:]) - 2, 1)
    parts = [int(part) for part in period.split("-")]
    return date(*[*parts, 1, 1][:3])


def period_words(period: str) -> str:
    """A period in English, as the embed's catalogue says it: April to June 2025."""
    first = first_day(period)
    month, day = month_name[first.month], f"{first.day}, {first.year}"
    return {
        "day": f"{month} {day}",
        "week": f"Week of {month} {day}",
        "month": f"{month} {first.year}",
        "quarter": f"{month} to {month_name[min(12, first.month + 2)]} {first.year}",
        "year": f"{first.year}",
    }[unit_of(period)]
