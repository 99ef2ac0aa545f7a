"""The time of each row: by the text's own offset, else by the file's clock, by one rule."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data import words
from data.files import cells
from data.files.row_reasons import RowReason
from data.mappings.mapping import FileMapping, Pattern
from data.parse import date_order, midnight
from data.parse.time_parse import DATE, EXACT, HOUR, MONTH, Format, Parsed
from data.parse.time_zones import DAY, SECOND, to_local, to_utc
from data.values import date_parts, value_words
from data.values.verdicts import Verdicts
from data.values.word_columns import read_words
from geo.arrays import Flags, Ints

UNKNOWN = ("unknown", "unk", "unknown date", "not known", "unbekannt", "desconocido", "tbd")
_FIRST = -25_567 * DAY  # 1900-01-01
_AN_HOUR = 3600 * SECOND

SKIPPED = "times that the clock skipped in spring were moved forward by the gap"
TWICE = "times that exist twice in autumn were taken as the first"
NO_CLOCK = "times of day that are 24:00 or a code (9999): only the day is known"
_FINER = "a stated precision of time was finer than the text: the text's own holds"


@dataclass(frozen=True)
class Moments:
    """Times of all rows, in UTC and on the place's clock, with their precision."""

    utc: Ints
    local: Ints
    precision: npt.NDArray[np.uint8]
    settled: Ints
    written: Parsed

    def at_midnight(self, rows: Flags) -> midnight.Counts:
        """Count the rows of some that have a time, on a full hour, at 00:00, at 00:00 UTC."""
        timed = rows & (self.precision <= HOUR)
        return midnight.tally(self.written.local, self.local, self.written.absolute, timed)

    def date(self) -> pa.Array:
        """The date on the place's clock."""
        return pa.array((self.local // DAY).astype(np.int32), pa.date32())

    def hour(self) -> pa.Array:
        """The hour on the place's clock; null where it is not known."""
        hours = (self.local % DAY // _AN_HOUR).astype(np.uint8)
        return pa.array(hours, pa.uint8(), mask=self.precision > HOUR)

    def weekday(self) -> pa.Array:
        """0 Monday to 6 Sunday; null where only the month is known."""
        days = ((self.local // DAY + 3) % 7).astype(np.uint8)  # 1970 began on a Thursday
        return pa.array(days, pa.uint8(), mask=self.precision == MONTH)


@dataclass(frozen=True)
class Clocks:
    """The clock of the file and that of the place, and when the import runs."""

    file: str
    place: str
    now: datetime


def occurred(table: pa.Table, rules: FileMapping, clocks: Clocks, verdicts: Verdicts) -> Moments:
    """The times of the rows. Rows without a time, or with an impossible one, are rejected."""
    rows = len(table)
    column = rules.columns.get("occurred_at") or rules.columns["year"]
    stated = _column(table, rules, rows, verdicts)
    if "occurred_at" in rules.columns:
        parsed, met = _dates(table, rules, verdicts)
    else:
        parsed, met = date_parts.read_dates(table, rules.columns, verdicts), []
    rule = rules.time.midnight.get("occurred_at")
    known = (stated >= 0) & (stated <= HOUR)
    parsed, at_midnight = midnight.as_dates(parsed, rule, clocks.file, known)
    if (clock := _clock(table, rules, verdicts)) is not None:
        if rules.time.midnight.get("time_of_day") == midnight.LOCAL:
            clock = clock._replace(ok=clock.ok & (clock.local % DAY != 0))
        parsed = _joined(parsed, clock, clocks.file)
    if rule in midnight.NOTES:
        verdicts.note(at_midnight & (parsed.precision == DATE), midnight.NOTES[rule])
    verdicts.note((stated >= 0) & (stated < parsed.precision), _FINER)
    stated = np.maximum(stated, _patterns(rules, met, rows, verdicts))
    precision = np.maximum(parsed.precision, stated).astype(np.uint8)
    moments = _placed(parsed, precision, clocks, verdicts)
    verdicts.reject(parsed.ok & (moments.local < _FIRST), RowReason.TOO_OLD, column)
    latest = _micros(clocks.now + timedelta(days=1))
    verdicts.reject(parsed.ok & (moments.utc > latest), RowReason.IN_FUTURE, column)
    return moments


def _dates(
    table: pa.Table, rules: FileMapping, verdicts: Verdicts
) -> tuple[Parsed, list[tuple[Pattern, Flags]]]:
    """The times of one column, and which rows each pattern of the mapping met."""
    column = rules.columns["occurred_at"]
    texts, met = value_words.cut(
        cells.trimmed(table[column]), rules.patterns.get("occurred_at", ())
    )
    silent = cells.flags(cells.missing_cells(texts)) | _unknown(texts)
    verdicts.count_missing("occurred_at", cells.count_texts(texts, silent))
    verdicts.reject(silent, RowReason.NO_TIME, column)
    form = Format(rules.time.formats["occurred_at"])
    parsed = form.parse(texts)
    unfit = RowReason.BAD_DATE
    verdicts.reject(~parsed.ok, unfit, column, f"{unfit} ({form.text})")
    return parsed, met


def other(
    table: pa.Table, rules: FileMapping, target: str, clocks: Clocks, verdicts: Verdicts
) -> tuple[Moments, Flags]:
    """The times of another column, and where it says something that can be read."""
    column = rules.columns[target]
    texts = cells.trimmed(table[column])
    form = Format(rules.time.formats[target])
    parsed = form.parse(texts)
    said = ~cells.flags(cells.missing_cells(texts))
    verdicts.count_missing(target, cells.count_texts(texts, ~said))
    verdicts.note(said & ~parsed.ok, f"{words.spoken(target)}: no time, left empty")
    clocks = replace(clocks, file=rules.time.zone_of(target, clocks.file))
    rule, no_rows = rules.time.midnight.get(target), np.zeros(len(texts), bool)
    parsed, _ = midnight.as_dates(parsed, rule, clocks.file, no_rows)
    moments = _placed(parsed, parsed.precision, clocks, Verdicts(len(texts)))
    return moments, parsed.ok & said


def _unknown(texts: pa.StringArray) -> Flags:
    return cells.flags(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(UNKNOWN)))


def _clock(table: pa.Table, rules: FileMapping, verdicts: Verdicts) -> Parsed | None:
    """The time of day of another column, or of its parts; None without such columns."""
    if "hour" in rules.columns:
        return date_parts.read_clock(table, rules.columns, verdicts)
    if "time_of_day" not in rules.columns:
        return None
    column = rules.columns["time_of_day"]
    form = Format(rules.time.formats["time_of_day"])
    texts = cells.trimmed(table[column])
    said = ~cells.flags(cells.missing_cells(texts)) & ~_unknown(texts)
    verdicts.count_missing("time_of_day", cells.count_texts(texts, ~said))
    if width := date_order.DIGITS.get(form.text):  # 5 is five past midnight
        texts = pc.replace_substring_regex(texts, r"\.0+$", "")
        texts = pc.if_else(pa.array(said), pc.utf8_lpad(texts, width, "0"), "")
    clock = form.parse(texts)
    if form.dated:  # the date before it is none: only its clock is read
        timed = clock.ok & (clock.precision <= HOUR)
        no_offset = np.zeros(len(texts), bool)
        clock = Parsed(timed | ~said, clock.local % DAY, clock.precision, no_offset)
    code = said & ~clock.ok & cells.flags(pc.is_in(texts, value_set=pa.array(date_order.NO_CLOCKS)))
    verdicts.note(code, NO_CLOCK)
    unfit = RowReason.BAD_CLOCK
    verdicts.reject(said & ~code & ~clock.ok, unfit, column, f"{unfit} ({form.text})")
    return clock._replace(ok=clock.ok & said)


def _joined(date: Parsed, clock: Parsed, zone: str) -> Parsed:
    """Dates with a time of day from elsewhere; where that is not known, what they tell."""
    join = clock.ok & (date.precision <= DATE)
    return Parsed(
        date.ok,
        np.where(join, midnight.days(date, zone) + clock.local, date.local),
        np.where(join, clock.precision, date.precision).astype(np.uint8),
        np.where(join, clock.absolute, date.absolute),
    )


def _patterns(
    rules: FileMapping, met: list[tuple[Pattern, Flags]], rows: int, verdicts: Verdicts
) -> npt.NDArray[np.int8]:
    """The precision that the mapping and its patterns state; -1 where none does."""
    codes = words.CODES["time_precision"]
    stated = np.full(rows, codes.get(rules.time.precision or "", -1), np.int8)
    for pattern, here in met:
        if pattern.note:
            verdicts.note(here, pattern.note)
        if pattern.time_precision:
            coarse = np.int8(codes[pattern.time_precision])
            stated = np.where(here, np.maximum(stated, coarse), stated)
    return stated


def _column(
    table: pa.Table, rules: FileMapping, rows: int, verdicts: Verdicts
) -> npt.NDArray[np.int8]:
    """The precision that a column states; -1 where it does not."""
    codes = words.CODES["time_precision"]
    stated = np.full(rows, -1, np.int8)
    if "time_precision" in rules.columns:
        texts, each = read_words(table, rules, verdicts, "time_precision")
        stated = np.array([codes.get(word or "", -1) for word in each], np.int8)[texts.which]
    return stated


def _placed(
    parsed: Parsed, precision: npt.NDArray[np.uint8], clocks: Clocks, verdicts: Verdicts
) -> Moments:
    """Instants, and what the place's clock showed, cut down to the precision.

    A day or month is one of the place's calendar whatever clock the file is on.
    """
    timed = parsed.precision <= HOUR
    from_file = to_utc(parsed.local, clocks.file)
    verdicts.note(timed & ~parsed.absolute & from_file.skipped, SKIPPED)
    verdicts.note(timed & ~parsed.absolute & from_file.twice, TWICE)
    utc = np.where(parsed.absolute, parsed.local, from_file.utc)
    local = np.where(timed, to_local(utc, clocks.place), parsed.local)
    days = local // DAY
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[D]").astype(np.int64)
    starts = {
        EXACT: (local, utc, utc),
        # minutes are cut off in UTC, which no change of the clock disturbs
        HOUR: (local - local % _AN_HOUR, utc - local % _AN_HOUR, None),
        DATE: (days * DAY, None, (days + 1) * DAY),
        MONTH: (first * DAY, None, following * DAY),
    }
    shown, instant, settled = local.copy(), utc.copy(), utc.copy()
    for level, (begin, at, end) in starts.items():
        rows = precision == level
        if not rows.any():
            continue
        at = to_utc(begin, clocks.place).utc if at is None else at
        last = at + _AN_HOUR if end is None else end
        if level > HOUR:
            last = to_utc(last, clocks.place).utc
        shown[rows], instant[rows], settled[rows] = begin[rows], at[rows], last[rows]
    return Moments(instant, shown, precision, settled, parsed)


def _micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
