"""The SQL of filters: clauses over the narrow table, values always as parameters."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from data import words
from data.storage.meta_types import AreaSetMeta, SourceMeta, TableMeta
from data.views.view import COARSE_PLACE, MONTH, WEEK, View
from data.words import HEXAGONS
from geo.hexagons import parent_sql

Clause = tuple[str, list[object]]


# that a record is known only to the month tells its time_precision, and so a cube can tell it
MONTH_ONLY = f"time_precision = {words.CODES['time_precision']['month']}"
DAY_KNOWN: Clause = (MONTH_ONLY.replace("=", "<>"), [])


def day_sql(view: View) -> str:
    """SQL for the date that a row counts to, which may be the evening before."""
    return "(day - CASE WHEN hour < 6 THEN 1 ELSE 0 END)" if view.night else "day"


def step_sql(view: View, step: int, first: date) -> str:
    """SQL for the number of the step that a row counts to, from `first` on.

    `first` is a Monday where steps are weeks, the first of a month where they are months.
    What is known only to the month counts to no week or day: leave it out by DAY_KNOWN.
    """
    if step == MONTH:
        day = day_sql(view)
        return f"(year({day}) * 12 + month({day}) - {first.year * 12 + first.month})::INTEGER"
    if step == WEEK:
        started = (first - date(1970, 1, 5)).days // 7
        before = " - CASE WHEN hour < 6 AND weekday = 0 THEN 1 ELSE 0 END" if view.night else ""
        return f"(week{before} - {started})"
    return f"(({day_sql(view)} - DATE '{first.isoformat()}') // {int(step)})::INTEGER"


def weekday_sql(view: View) -> str:
    """SQL for the weekday that a row counts to, 0 Monday to 6 Sunday."""
    before = " + CASE WHEN hour < 6 THEN 6 ELSE 0 END" if view.night else ""
    return f"((weekday{before}) % 7)"


def has_months(view: View, meta: TableMeta) -> bool:
    """Return whether any record of the View's sources is known only to the month."""
    return _has_precision(view, meta, "month")


def lacks_hours(view: View, meta: TableMeta) -> bool:
    """Return whether the hour of any record of the View's sources is not known."""
    return _has_precision(view, meta, "day", "month")


def _has_precision(view: View, meta: TableMeta, *precisions: str) -> bool:
    counts = [s["counts"]["time_precision"] for s in chosen_sources(view, meta)]
    return any(count.get(word) for count in counts for word in precisions)


def covered_days(source: SourceMeta) -> tuple[date, date] | None:
    """First and last day that a source covers; None where they are neither stated nor recorded."""
    start, end = source["start"], source["end"]
    return (date.fromisoformat(start), date.fromisoformat(end)) if start and end else None


def whole_months(view: View, meta: TableMeta) -> tuple[date, date]:
    """The first days between which a month begins that lies wholly in the View.

    What its sources do not cover need not lie in it: a record of January by a source that
    begins on January 10 can only be of the days from then on.
    """
    first, last = view.start, (view.end + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    days = [found for s in chosen_sources(view, meta) if (found := covered_days(s))]
    begins = min((start for start, _ in days), default=date.max)
    ends = max((end for _, end in days), default=date.max)
    if view.start <= begins:
        first = min(first, begins.replace(day=1))
    if view.end >= ends:
        last = max(last, ends.replace(day=1))
    return first, last


def covers_all(view: View, meta: TableMeta) -> bool:
    """Return whether a View's period holds every record of its sources, also as nights."""
    own = [s for s in chosen_sources(view, meta) if s["first"] and s["last"]]
    start = view.start + timedelta(days=view.night)
    return all(
        start.isoformat() <= str(s["first"]) and str(s["last"]) <= view.end.isoformat() for s in own
    )


def period_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows of the View's period; of those known only to the month, for rows
    whose whole month lies in it. None where that is so for all."""
    if covers_all(view, meta):
        return None
    known, days = f"{day_sql(view)} BETWEEN ? AND ?", [view.start, view.end]
    if not has_months(view, meta):
        return known, [*days]
    sql = f"(CASE WHEN {MONTH_ONLY} THEN day BETWEEN ? AND ? ELSE {known} END)"
    return sql, [*whole_months(view, meta), *days]


def listed_sql(column: str, codes: Sequence[int]) -> Clause | None:
    """SQL that holds for rows with one of these codes; None where none is asked for."""
    if not codes:
        return None
    return f"{column} IN ({', '.join('?' * len(codes))})", list(codes)


def hour_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows within the hours; rows without an hour never do."""
    if view.hours is None:
        return None
    start, end = view.hours
    joined = "AND" if start < end else "OR"
    return f"(hour >= ? {joined} hour < ?)", [start, end]


def weekdays_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows of the weekdays asked for."""
    return listed_sql(weekday_sql(view), view.weekdays)


def since_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows that came in on or after a day."""
    return ("received >= ?", [view.since]) if view.since else None


def words_sql(column: str, field: str) -> Callable[[View, TableMeta], Clause | None]:
    """Return a function that gives SQL for the words of a column that a field of a View holds."""

    def sql(view: View, meta: TableMeta) -> Clause | None:
        codes = words.CODES[column]  # as they are when it is asked: a store may bring its own
        return listed_sql(column, [codes[v] for v in getattr(view, field)])

    return sql


def any_of_sql(column: str, field: str) -> Callable[[View, TableMeta], Clause | None]:
    """Return a function that gives SQL for rows with any word of a set that a field of a View
    holds; the word for a set that says nothing is none of its bits."""

    def sql(view: View, meta: TableMeta) -> Clause | None:
        codes, asked = words.CODES[column], getattr(view, field)
        mask = sum(1 << codes[word] for word in asked if word in codes)
        parts = ([f"({column} & ?) <> 0"] if mask else []) + (
            [f"{column} = 0"] if words.NOT_RECORDED in asked else []
        )
        return (f"({' OR '.join(parts)})", [mask] if mask else []) if parts else None

    return sql


def city_codes(meta: TableMeta) -> dict[str, int]:
    """The cities that records are in by name, with their codes; last those of no name here."""
    named = {name: code for code, name in enumerate(meta["cities"])}
    return named | {name: code for code, name in words.UNLISTED_CITIES.items()}


def city_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows in the cities asked for."""
    codes = city_codes(meta)
    return listed_sql("city", [codes[name] for name in view.cities])


def grade_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows of the grades asked for; without any, for all but rejected ones."""
    codes = words.CODES["grade"]
    if view.grades:
        return listed_sql("grade", [codes[g] for g in view.grades])
    if not any(s["counts"]["grade"].get("rejected") for s in chosen_sources(view, meta)):
        return None  # nothing to leave out: what need not be asked is not asked
    return "grade <> ?", [codes["rejected"]]


def source_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL for the View's sources; None where they are all that there are."""
    codes = [i for i, s in enumerate(meta["sources"]) if s["name"] in view.sources]
    if codes and len(codes) == len(meta["sources"]):
        return None
    return listed_sql("source", codes) or ("false", [])


def point_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL for places known well enough for a heatmap; None where all of them are."""
    coarse = [word.code for word in words.PLACE_PRECISIONS[COARSE_PLACE:]]
    counts = [s["counts"]["place_precision"] for s in chosen_sources(view, meta)]
    if not any(count.get(word) for count in counts for word in coarse):
        return None
    return "place_precision < ?", [COARSE_PLACE]


def chosen_sources(view: View, meta: TableMeta) -> list[SourceMeta]:
    """The store's metadata of each of the View's sources."""
    return [s for s in meta["sources"] if s["name"] in view.sources]


def says(view: View, meta: TableMeta) -> str:
    """The records of the View's sources in the sources' own words, such as police stops."""
    return " and ".join(s["says"] for s in chosen_sources(view, meta))


def polygon_set(name: str, meta: TableMeta) -> tuple[int, AreaSetMeta] | None:
    """Position and facts of a set of areas; for hexagons the first set of the store."""
    for i, found in enumerate(meta["sets"]):
        if found["name"] == name:
            return i, found
    return (0, meta["sets"][0]) if meta["sets"] else None


def area_names(meta: TableMeta) -> tuple[str, ...]:
    """The names of the areas of the chosen set."""
    found = polygon_set(meta.get("chosen_set", ""), meta)
    return tuple(found[1]["names"]) if found else ()


def area_sql(view: View, meta: TableMeta) -> Clause | None:
    """SQL that holds for rows in the areas asked for."""
    found = polygon_set(view.area_set, meta)
    if not view.areas or found is None:
        return None
    position, names = found[0], {n: i for i, n in enumerate(found[1]["names"])}
    return listed_sql(f"area{position}", [names.get(a, -2) for a in view.areas])


def hexagon_sql(resolution: int) -> str:
    """SQL for the hexagon that a row lies in, by its H3 index; -1 where it has no point."""
    return f"(CASE WHEN cell = 0 THEN -1 ELSE {parent_sql('cell', resolution)}::BIGINT END)"


def unit_sql(view: View, meta: TableMeta) -> str:
    """SQL for the unit of the View's area set: its number in the set, -1 outside all. The number of
    a hexagon is its H3 index."""
    if view.area_set in HEXAGONS:
        return hexagon_sql(HEXAGONS[view.area_set])
    found = polygon_set(view.area_set, meta)
    return f"area{found[0]}" if found else "(-1)"
