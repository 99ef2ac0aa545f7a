"""The filters: one row each, with its URL word, its widget, its SQL and its sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from data import words
from data.storage.meta_types import TableMeta
from data.views import shape_filter
from data.views.sql import (
    Clause,
    any_of_sql,
    area_names,
    area_sql,
    chosen_sources,
    city_codes,
    city_sql,
    grade_sql,
    hour_sql,
    period_sql,
    says,
    since_sql,
    source_sql,
    weekdays_sql,
    words_sql,
)
from data.views.view import COMPARED, MEASURES, View
from data.words import HEXAGONS

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_DAY = "all day"
# choices that had another name in older links
RENAMED = {
    "hexagons 0.7 km2": "hexagons 0.7 km²",
    "hexagons 0.1 km2": "hexagons 0.1 km²",
    "density per km2": "density per km²",
}
HOURS = (ALL_DAY, "06-12", "12-18", "18-24", "22-06")

@dataclass(frozen=True)
class Filter:
    """One thing that a reader can choose.

    `word` is its name in the link and the key of its widget; `field` that of the View.
    `options` lists what may be chosen, as it stands in the link. `read` turns what was
    chosen into the View's value (ValueError when it cannot); `write` turns it back. `column` is
    that of the records whose words it chooses from; empty where it chooses otherwise.
    """

    word: str
    field: str
    label: str
    help: str
    widget: str
    options: Callable[[TableMeta], Sequence[str]] = lambda meta: ()
    read: Callable[[Any, TableMeta], Any] = lambda raw, meta: raw
    write: Callable[[Any, TableMeta], Sequence[str]] = lambda value, meta: (str(value),)
    sql: Callable[[View, TableMeta], Clause | None] | None = None
    says: Callable[[View, TableMeta], str] = lambda view, meta: ""
    column: str = ""

    @property
    def many(self) -> bool:
        """Whether a link may give several values; screens show one source at a time."""
        return self.widget in ("several", "radio")


def of_words(word: str, field: str, column: str, label: str, help: str) -> Filter:
    """A filter on one column of words."""


    def spoken() -> dict[str, str]:  # the place's own kinds come when its store is opened
        return {words.spoken(w.code): w.code for w in words.TABLES[column]}

    return Filter(
        word,
        field,
        label,
        help,
        "several",
        options=lambda meta: tuple(spoken()),
        read=lambda raw, meta: tuple(c for s, c in spoken().items() if s in raw),
        write=lambda value, meta: tuple(words.spoken(v) for v in value),
        sql=words_sql(column, field),
        says=lambda view, meta: ", ".join(words.label(column, v) for v in getattr(view, field)),
        column=column,
    )


def of_sets(word: str, field: str, column: str, label: str, help: str) -> Filter:
    """A filter on one column of sets of words: records with any of those chosen, or with none at
    all."""
    row, silent = of_words(word, field, column, label, help), words.spoken(words.NOT_RECORDED)
    return replace(
        row,
        options=lambda meta: (*row.options(meta), silent),
        read=lambda raw, meta: (
            *row.read(raw, meta),
            *((words.NOT_RECORDED,) if silent in raw else ()),
        ),
        sql=any_of_sql(column, field),
        says=lambda view, meta: ", ".join(
            f"{column} {silent}" if v == words.NOT_RECORDED else words.label(column, v)
            for v in getattr(view, field)
        ),
    )


def city_names(meta: TableMeta) -> tuple[str, ...]:
    """The cities that records are in, and the words for those of which none has a name here."""
    counted = {name for source in meta["sources"] for name in source["counts"]["city"]}
    return tuple(name for name in city_codes(meta) if name in counted)


def source_option(name: str) -> str:
    """A source as it stands in links and lists."""
    return name.replace("-", " ")


def _sources(meta: TableMeta) -> dict[str, str]:
    # a source without a record is named on the page of methods, but cannot be chosen
    return {source_option(s["name"]): s["name"] for s in meta["sources"] if s["rows"]}


def _read_sources(raw: Any, meta: TableMeta) -> tuple[str, ...]:
    asked = (raw,) if isinstance(raw, str) else tuple(raw)
    return tuple(name for option, name in _sources(meta).items() if option in asked)


def parse_hours(raw: str) -> tuple[int, int] | None:
    """From hour and to hour of a text such as 22-06; None for the whole day.

    The end is not included and may lie after midnight; 24 is midnight.
    """
    if raw in ("", ALL_DAY, None):
        return None
    first, _, last = str(raw).replace(":00", "").replace(" ", "").partition("-")
    if not (first.isdigit() and last.isdigit()):
        raise ValueError(f"hours are written like 22-06, not {raw!r}")
    start, end = int(first), int(last)
    if not (0 <= start <= 23 and 0 <= end <= 24):
        raise ValueError(f"hours lie between 00 and 24, not {raw!r}")
    if start == end or (start, end) == (0, 24):
        return None
    return start, end


def _hours_said(view: View, meta: TableMeta) -> str:
    said = f"{view.hours[0]:02d}:00 to {view.hours[1]:02d}:00" if view.hours else ""
    night = "after midnight counts as the night before" if view.night else ""
    return ", ".join(part for part in (said, night) if part)


def _grades_said(view: View, meta: TableMeta) -> str:
    community = any(s["kind"] == "community" for s in chosen_sources(view, meta))
    if view.grades or not community:
        return ", ".join(map(words.spoken, view.grades))
    return "without rejected reports"


def set_names(meta: TableMeta) -> tuple[str, ...]:
    """The area sets that a View can ask for: those of the store, then hexagons."""
    return (*(s["name"] for s in meta["sets"]), *HEXAGONS)


def period(start: date, end: date) -> str:
    """Two dates as readers write them: Mar 1 to May 31, 2017."""
    left = f"{start:%b} {start.day}" + ("" if start.year == end.year else f", {start.year}")
    right = f"{end:%b} {end.day}, {end.year}"
    return right if start == end else f"{left} to {right}"


def _date(raw: Any, meta: TableMeta) -> date | None:
    return raw if isinstance(raw, date) or not raw else date.fromisoformat(str(raw))


def _one_of(raw: Any, options: Sequence[str]) -> str:
    raw = RENAMED.get(raw, raw)
    if raw not in options:
        raise ValueError(f"{raw!r} is not one of {', '.join(options)}")
    return str(raw)


def _iso(value: date | None, meta: TableMeta) -> Sequence[str]:
    return (value.isoformat(),) if value else ()


FILTERS = (
    Filter(
        "source", "sources", "Source", "Who recorded it. One at a time: sources that cover different times or places are never added up.", "radio",
        options=lambda meta: tuple(_sources(meta)),
        read=_read_sources,
        write=lambda value, meta: tuple(map(source_option, value)),
        sql=source_sql,
        says=says,
    ),
    Filter(
        "from", "start", "From", "First day, local time. Pick it, or type it and press Tab. Records known only to the month count if the whole month lies between From and To; the others are left out, and the page says how many.", "date", read=_date, write=_iso,
        sql=period_sql,
        says=lambda view, meta: period(view.start, view.end),
    ),
    Filter("to", "end", "To", "Last day, included. Pick it, or type it and press Tab.", "date", read=_date, write=_iso),
    Filter(
        "hours", "hours", "Hours", "Pick, or type your own, also past midnight: 20-04. Records without an hour are left out, and the page says how many.", "typed",
        options=lambda meta: HOURS, read=lambda raw, meta: parse_hours(raw),
        write=lambda value, meta: (f"{value[0]:02d}-{value[1]:02d}" if value else ALL_DAY,),
        sql=hour_sql, says=_hours_said,
    ),
    Filter(
        "night", "night", "Count after midnight as the night before", "Hours before 06:00 count as the day before: a Saturday night ends on Sunday at 06:00, in dates and weekdays too.", "switch",
        read=lambda raw, meta: raw in (True, "true"), write=lambda value, meta: (str(value).lower(),),
    ),
    Filter(
        "weekday", "weekdays", "Weekdays", "Leave empty for all seven.", "several",
        options=lambda meta: WEEKDAYS,
        read=lambda raw, meta: tuple(i for i, d in enumerate(WEEKDAYS) if d in raw),
        write=lambda value, meta: tuple(WEEKDAYS[i] for i in value),
        sql=weekdays_sql,
        says=lambda view, meta: " ".join(WEEKDAYS[i] for i in view.weekdays),
    ),
    of_words("kind", "kinds", "kind", "Kinds", "What happened. Leave empty for all."),
    Filter(
        "area", "areas", "Areas", "Only these areas. Leave empty for all.", "several",
        options=area_names, sql=area_sql,
        read=lambda raw, meta: tuple(n for n in area_names(meta) if n in raw),
        write=lambda value, meta: tuple(value),
        says=lambda view, meta: ", ".join(map(words.spell_area, view.areas)),
    ),
    Filter(
        "shape", "shape", "Inside a drawn shape", "A shape drawn on the map, or a circle around an area, such as: 800 m around Whittier. Corners are rounded to 50 m, and it covers at least 0.05 km², so that it cannot point at one house.", "text",
        read=shape_filter.read_shape, write=lambda value, meta: (value,) if value else (), sql=shape_filter.sql, says=shape_filter.says,
    ),
    Filter(
        "measure", "measure", "Measure", "What the map is colored by and the table is sorted by.", "one",
        options=lambda meta: MEASURES, read=lambda raw, meta: _one_of(raw, MEASURES),
    ),
    Filter(
        "compare", "compare", "Compared with", "The earlier period to compare with. The same period a year before has the same season; the one just before may differ by season alone.", "one",
        options=lambda meta: COMPARED, read=lambda raw, meta: _one_of(raw, COMPARED),
    ),
    Filter(
        "versus_from", "versus_start", "Compared from", "First day of the earlier period.", "date",
        read=_date, write=_iso,
    ),
    Filter(
        "versus_to", "versus_end", "Compared to", "Last day of the earlier period, included.", "date",
        read=_date, write=_iso,
    ),
    Filter(
        "set", "area_set", "Area set", "Which areas the map and the tables count by.", "one",
        options=set_names, read=lambda raw, meta: _one_of(raw, set_names(meta)),
    ),
    Filter(
        "since", "since", "New since", "Only records that came in on or after this day, local time.", "date",
        read=_date, write=_iso,
        sql=since_sql,
        says=lambda view, meta: f"came in since {period(view.since, view.since)}" if view.since else "",
    ),
    of_words("via", "vias", "via", "How we know", "How it became known: a 911 call, an officer, a report."),
    of_words("setting", "settings", "setting", "Setting", "The kind of place: a home, a street, a school."),
    of_words("response", "responses", "response", "Police response", "What local police did. “none” means that they did not come."),
    of_sets("force", "forces", "force", "Force", "Records with any of these kinds of force. “none” means that the record says no force was used."),
    of_sets("harm", "harms", "harm", "Harm", "Records with any of these. “none” means that the record says nobody was hurt."),
    Filter(
        "city", "cities", "City", "The city that a record names; one in the areas of the place is in the place itself.", "several",
        options=city_names, sql=city_sql,
        read=lambda raw, meta: tuple(name for name in city_names(meta) if name in raw),
        write=lambda value, meta: tuple(value),
        says=lambda view, meta: ", ".join(view.cities),
        column="city",
    ),
    Filter(
        **{**of_words("grade", "grades", "grade", "Grade", "How far a report has been checked. Leave empty for all but rejected ones.").__dict__, "sql": grade_sql, "says": _grades_said}
    ),
    of_words("place", "place_precisions", "place_precision", "Location precision", "How exactly the place is known."),
    of_words("time", "time_precisions", "time_precision", "Time precision", "How exactly the time is known."),
)
