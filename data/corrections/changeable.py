"""The columns of a record that may be corrected, and how a value that somebody writes is read.

One row a column; what a word means is looked up in the tables that an import looks it up in.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from data import words
from data.record import COLUMNS, TEXT, TEXTS
from data.settings import Problem
from data.storage.area_sets import area_names_of
from data.storage.store import Store

# what follows from the import or from who vets, and is never corrected as a value
_FIXED = {"source_kind", "grade", "time_precision", "place_precision"}
_NEVER_EMPTY = {"kind", "via", "response"}
_MOST_LETTERS = 120  # of an area's name
_MOST = 32_767
_YES_NO = {"yes": True, "no": False}

Values = dict[str, Any]  # of columns of the record, as plain JSON values


class Asking(NamedTuple):
    """What reading a value needs to know: the store, the place's time zone, and the time now."""

    store: Store
    zone: ZoneInfo
    now: datetime


class Changeable(NamedTuple):
    """A column that may be corrected: its name, how readers call it, how a text is read into
    columns of the record, how a value is written, whether its values are words of ours, and whether
    it may have many."""

    name: str
    label: str
    read: Callable[[str, Asking], Values]
    help: str = ""
    ours: bool = True
    many: bool = False


def _word(column: str, text: str, _: Asking) -> Values:
    code = text.strip().lower().replace(" ", "_")
    if not code and column not in _NEVER_EMPTY:
        return {column: None}
    if code not in words.CODES[column]:
        raise Problem(
            f"{text!r} is none of the words for {column}: {', '.join(words.CODES[column])}."
        )
    return {column: code}


def _words(column: str, text: str, asking: Asking) -> Values:
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    codes = {_word(column, part, asking)[column] for part in parts}
    return {column: sorted(codes, key=words.CODES[column].__getitem__) or None}


def _yes_no(column: str, text: str, _: Asking) -> Values:
    stated = text.strip().lower()
    if stated and stated not in _YES_NO:
        raise Problem(f"{column} is yes, no, or empty where it is not recorded, not {text!r}.")
    return {column: _YES_NO.get(stated)}


def _number(column: str, text: str, _: Asking) -> Values:
    stated = text.strip()
    if not stated:
        return {column: None}
    if not (stated.isascii() and stated.isdigit() and int(stated) <= _MOST):
        raise Problem(f"{column} is a whole number up to {_MOST:,}, not {text!r}.")
    return {column: int(stated)}


def _area(text: str, asking: Asking) -> Values:
    label, names = " ".join(text.split()), list(area_names_of(asking.store))
    if not label:
        return {"area_label": None}
    spelled = {words.spell_area(name).casefold(): name for name in names}
    found = spelled.get(words.spell_area(label).casefold(), "" if names else label)
    if not found or len(found) > _MOST_LETTERS or not found.isprintable():
        raise Problem(f"There is no area called {text!r} here.")
    return {"area_label": found}


def _day(text: str, asking: Asking) -> Values:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Problem(f"{text!r} is no day: write it as 2026-01-17.") from None
    return _moment(datetime.combine(day, time()), asking, exact=False)


def _time(text: str, asking: Asking) -> Values:
    try:
        stated = datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M")
    except ValueError:
        raise Problem(f"{text!r} is no time: write it as 2026-01-17 14:05, local time.") from None
    return _moment(stated, asking, exact=True)


def _moment(local: datetime, asking: Asking, *, exact: bool) -> Values:
    """All columns that tell when it happened. `settled_at` is the latest moment it can have been."""
    moment = local.replace(tzinfo=asking.zone).astimezone(UTC)
    if exact and moment.astimezone(asking.zone).replace(tzinfo=None) != local:
        raise Problem(f"{local:%Y-%m-%d %H:%M} is an hour that the clocks left out on that day.")
    after = (local + timedelta(days=1)).replace(tzinfo=asking.zone).astimezone(UTC)
    if moment > asking.now:
        raise Problem(f"{local:%Y-%m-%d} has not come yet.")
    return {
        "occurred_at": moment.isoformat(),
        "local_date": local.date().isoformat(),
        "hour": local.hour if exact else None,
        "weekday": local.weekday(),
        "time_precision": "exact" if exact else "day",
        "settled_at": (moment if exact else after).isoformat(),
    }


_HELPS: dict[Callable[[str, str, Asking], Values], str] = {
    _words: "One or more of the words, with commas between; empty where none is recorded.",
    _yes_no: "yes or no; empty where it is not recorded.",
    _number: "A whole number; empty where it is not recorded.",
}


def _of_columns() -> Iterable[Changeable]:
    """The columns whose values are words, yes or no, or numbers, as the record has them."""
    readers: Mapping[pa.DataType, Callable[[str, str, Asking], Values]] = {
        pa.bool_(): _yes_no,
        pa.int16(): _number,
    }
    for column in COLUMNS:
        reader = readers.get(column.type)
        if column.name in words.TABLES and column.name not in _FIXED:
            reader = {TEXT: _word, TEXTS: _words}[column.type]
        if reader and column.shown:
            label, help = words.spoken(column.name), _HELPS.get(reader, "")
            own, many = reader is not _number, column.type == TEXTS
            yield Changeable(column.name, label, partial(reader, column.name), help, own, many)


CHANGEABLE: dict[str, Changeable] = {
    row.name: row
    for row in (
        Changeable(
            "day", "day", _day, "As 2026-01-17; the time of day is then not known.", ours=False
        ),
        Changeable("time", "time", _time, "As 2026-01-17 14:05, local time.", ours=False),
        Changeable("area", "area", _area, "The name of an area of this place.", ours=False),
        *_of_columns(),
    )
}


def read_values(stated: Mapping[str, str], asking: Asking) -> Values:
    """Columns of the record with the values that texts mean. Problem for a column that may not be
    corrected, or a value that it cannot have."""
    found: Values = {}
    for name, text in stated.items():
        if name not in CHANGEABLE:
            raise Problem(f"{name!r} cannot be corrected. What can: {', '.join(CHANGEABLE)}.")
        found |= CHANGEABLE[name].read(text, asking)
    return found


def spell_value(column: str, values: Values) -> str:
    """The value of a column as readers see it; "" where its values are no words of ours."""
    row = CHANGEABLE.get(column)
    if row is None or not row.ours or column not in values:
        return ""
    value = values[column]
    if value is None or value == []:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    codes = value if isinstance(value, list) else [value]
    spelled = [words.label(column, code) if code in words.CODES[column] else "" for code in codes]
    return ", ".join(spelled) if all(spelled) else ""
