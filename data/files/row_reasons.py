"""Reasons for which a row is rejected, as the report and the ledger count them: one row each."""

from enum import StrEnum


class RowReason(StrEnum):
    """A reason in words; what it is counted by and what advice hangs on."""

    NO_TIME = "no time"
    NO_SUCH_DAY = "the month has no such day"
    BAD_YEAR = "the year is not a number from 0 to 9999"
    BAD_MONTH = "the month is not a number from 1 to 12"
    BAD_DAY = "the day is not a number from 1 to 31"
    BAD_HOUR = "the hour is not a number from 0 to 23"
    BAD_MINUTE = "the minute is not a number from 0 to 59"
    BAD_DATE = "the date does not fit the format of the file"
    BAD_CLOCK = "the time of day does not fit the format of the file"
    TOO_OLD = "a date before 1900"
    IN_FUTURE = "a date in the future (more than a day after the import)"
    NO_KIND = "no kind"
    UNKNOWN_KIND = "unknown kind without a rule"
    NO_PLACE = "no place at all"
    BAD_COORDINATE = "the coordinate cannot be read as a number"
    NOT_FINITE = "the coordinate is NaN or infinite"
    NULL_ISLAND = "the coordinate is 0/0"
    OUT_OF_RANGE = "the coordinate is out of range"
    ONE_ONLY = "only one of latitude and longitude is given"
    SWAPPED = "latitude and longitude are swapped (exchanged they lie in the place)"
    FAR_OUTSIDE = "far outside the place"
    CELLS = "too few or too many cells"
    NEVER_CLOSES = "a quote opens here and never closes"
    TOO_LONG = "longer than 1,048,576 bytes"
    NO_JSON = "no JSON"
    NO_OBJECT = "no object of keys and values"
    TOO_DEEP = "more than 64 objects and lists in each other"
    PURGED = "purged earlier"
    UNSURE = "cannot be told from a record that was purged"


PARTS = {
    part: RowReason[f"BAD_{part.upper()}"] for part in ("year", "month", "day", "hour", "minute")
}
