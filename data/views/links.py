"""Choices to View and back: what the filters say, what a link carries, one sentence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from data.settings import Settings
from data.storage.meta_types import TableMeta
from data.views.coverage import local_today, source_days
from data.views.filters import FILTERS, RENAMED, Filter, set_names
from data.views.sql import chosen_sources
from data.views.view import MEASURES, OFFERED, OWN, PREVIOUS, YEAR_BEFORE, View, year_before
from data.words import HEXAGONS

SETTLED = "settled"
STAMP = "stamp"


class Ignored(NamedTuple):
    """A part of a link that means nothing here, as it stands there."""

    part: str


Told = str | Ignored  # what a reader must know of a link: a sentence, or a part for the one below


def view(
    choices: Mapping[str, Any], meta: TableMeta, settings: Settings, now: datetime
) -> tuple[View, tuple[Told, ...]]:
    """The View of what was chosen, and each choice that cannot be met.

    `choices` holds widget values or the texts of a link by filter word; what is missing
    or wrong falls back to the default, so every link opens.
    """
    wrong: list[Told] = []
    meta = {**meta, "chosen_set": choices.get("set", "")}
    fields: dict[str, Any] = {}
    for row in FILTERS:
        try:
            value = row.read(choices.get(row.word) or "", meta)
        except (ValueError, TypeError) as problem:
            value = None
            if choices.get(row.word):
                own = row.widget == "text"  # it says what is wrong and what to do
                wrong.append(str(problem) if own else unknown(row.word, choices[row.word]))
        if value not in (None, ""):
            fields[row.field] = value
    fields["sources"] = fields.get("sources") or opening_sources(meta, settings)
    fields.setdefault("area_set", next(iter(set_names(meta))))
    fields.setdefault("measure", usual_measure(meta, fields["sources"], fields["area_set"]))
    first, last = source_days(fields["sources"], meta)
    start = fields.get("start") or min(first, fields.get("end") or first)
    end = fields.get("end") or max(last, start)
    if start > end:
        start, end = end, start
        wrong.append("From was after To, so the two were swapped.")
    fields |= {"start": start, "end": end}
    if fields.get("compare") == OFFERED:
        fields["compare"] = offered(fields["sources"], start, end, meta)
    asked = View(meta["stamp"], **fields)
    if any(s["kind"] == "community" for s in chosen_sources(asked, meta)):
        settled = latest_settled(settings, now)
        fields["settled_by"] = min(settled, _settled(choices, settled))
        asked = View(meta["stamp"], **fields)
    return asked, tuple(wrong)


def latest_settled(settings: Settings, now: datetime) -> datetime:
    """The moment by which a community report must have settled to be shown now (UTC), rounded to
    the hour, so that one question keeps its cache key for a while."""
    hour = now.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return hour - timedelta(hours=settings.minimum_age)


def offered(sources: tuple[str, ...], start: date, end: date, meta: TableMeta) -> str:
    """The default period of comparison: the same period a year before where
    it is covered and counted alike, because it has the same season; else the period before."""
    first, _ = source_days(sources, meta)
    begin = year_before(start)
    counted = [s for s in meta["sources"] if s["name"] in sources]
    changes = [date.fromisoformat(day) for source in counted for day, _ in source["changes"]]
    alike = not any(begin < day <= end for day in changes)
    return YEAR_BEFORE if first <= begin and year_before(end) < start and alike else PREVIOUS


def misread(link: Mapping[str, Sequence[str]], meta: TableMeta, own: Iterable[str]) -> list[Told]:
    """Each part of a link that means nothing here; `own` words are known.

    Widgets bound to a link drop what they do not know without a word: a reader who was
    sent a list of Friday nights must not see all days and think that they are Fridays.
    """
    rows = {row.word: row for row in FILTERS}
    known: TableMeta = {**meta, "chosen_set": "".join(link.get("set", ())[:1])}
    told: list[Told] = []
    for word, values in link.items():
        row = rows.get(word)
        if row is not None:
            told += [unknown(row.word, text) for text in values if not _read(row, text, known)]
            if len(values) > 1 and not row.many:
                told.append(repeated(row.label))
        elif word not in own:
            told.append(no_word(word))
    return told


def _read(row: Filter, text: str, meta: TableMeta) -> bool:
    """Return whether a filter knows one value of a link."""
    if row.widget in ("several", "one", "radio"):
        return RENAMED.get(text, text) in row.options(meta)
    if row.widget == "switch":
        return text in ("true", "false")
    try:
        row.read(text, meta)
    except (ValueError, TypeError):
        return False
    return True


def sentences(told: Iterable[Told]) -> list[str]:
    """What a reader must know of a link as sentences, each once: one for all that was ignored."""
    told = tuple(dict.fromkeys(told))
    parts = ", ".join(one.part for one in told if isinstance(one, Ignored))
    first = [f"Part of this link was not understood and was ignored: {parts}."] if parts else []
    return first + [one for one in told if isinstance(one, str)]


def unknown(word: str, value: Any) -> Ignored:
    """A value that a link gives in vain, on one line and cut: text, never markup."""
    return Ignored(f"{word}={_one_line(value)[:40]}")


def _one_line(value: Any) -> str:
    return " ".join(str(value).split())


def repeated(label: str) -> str:
    """The sentence on a word that takes one value and that a link gives more than once."""
    return f"This link has {label} more than once; only one of them counts."


def no_word(word: str) -> Ignored:
    """A word of a link that a page does not know."""
    return Ignored(_one_line(word)[:30])


def _settled(choices: Mapping[str, Any], latest: datetime) -> datetime:
    """The moment that a link froze; a link can only make it earlier, never later."""
    try:
        return datetime.fromisoformat(str(choices[SETTLED])).replace(tzinfo=None)
    except (KeyError, ValueError):
        return latest


def opening_sources(meta: TableMeta, settings: Settings) -> tuple[str, ...]:
    """The sources that a first visitor sees."""
    names = [s["name"] for s in meta["sources"] if s["rows"]]
    first = settings.opens.get("source")
    return (str(first),) if first in names else tuple(names[:1])


def usual_measure(meta: TableMeta, sources: Sequence[str], area_set: str) -> str:
    """The measure of a View that names none: the rate where residents are known.

    A count for hexagons, for a set of areas without residents, and for sources of which one
    is no count of what happened. A drawn shape has no rate either: `data.numbers.measures.by_layer`.
    """
    known = any(s["name"] == area_set and s.get("residents", False) for s in meta["sets"])
    counts = all(s.get("is_count", True) for s in meta["sources"] if s["name"] in sources)
    return MEASURES[1] if known and counts else MEASURES[0]


def newest_day(names: tuple[str, ...], meta: TableMeta) -> date:
    """The day of the newest record of these sources: quick ranges count from it."""
    days = [s["last"] for s in meta["sources"] if s["name"] in names and s["last"]]
    return date.fromisoformat(max(days)) if days else local_today(meta)


def query(view: View, meta: TableMeta) -> str:
    """The part of a link after the question mark: every part of the View, and its stamp."""
    parts: list[tuple[str, str]] = []
    for row in FILTERS:
        value = getattr(view, row.field)
        if row.word.startswith("versus") and view.compare != OWN:
            continue
        if value is not None and value != ():
            parts += [(row.word, text) for text in row.write(value, meta)]
    if view.settled_by:
        parts.append((SETTLED, view.settled_by.isoformat(timespec="minutes")))
    return urlencode([*parts, (STAMP, view.stamp)])


def sentence(view: View, meta: TableMeta, counted: Mapping[str, int]) -> str:
    """The View in words: N of M, what was asked for, and what is left out and why.

    `counted` is the answer of `view_counts.headline`.
    """
    asked = [said for row in FILTERS if (said := row.says(view, meta))]
    text = f"{counted['n']:,} of {meta['rows']:,} incidents: {', '.join(asked)}."
    left_out = _LEFT_OUT | ({"outside": NO_HEXAGON} if view.area_set in HEXAGONS else {})
    hidden = [
        f" {n:,} {why[n == 1]}" for key, why in left_out.items() if (n := counted.get(key, 0))
    ]
    return text + "".join(hidden)


# the sentence for several records, and for one
NO_HEXAGON = (
    "have no exact place: they are counted above, but are in no hexagon.",
    "has no exact place: it is counted above, but is in no hexagon.",
)
_LEFT_OUT = {
    "no_hour": (
        "more have no known hour, so the filter on hours leaves them out.",
        "more has no known hour, so the filter on hours leaves it out.",
    ),
    "no_weekday": (
        "more have no known day, so the filter on weekdays leaves them out.",
        "more has no known day, so the filter on weekdays leaves it out.",
    ),
    "no_month": (
        "more are known only to the month, and that month is not wholly in this period: they are left out.",
        "more is known only to the month, and that month is not wholly in this period: it is left out.",
    ),
    "no_step": (
        "are known only to the month: they are counted above, but are in no week, day or hour.",
        "is known only to the month: it is counted above, but is in no week, day or hour.",
    ),
    "no_night": (
        "more happened before 06:00 on the first day: they count as the night before, and are left out.",
        "more happened before 06:00 on the first day: it counts as the night before, and is left out.",
    ),
    "cut_night": (
        "happened in the last night, which the records do not cover to its end: they are counted above, but are in no whole night.",
        "happened in the last night, which the records do not cover to its end: it is counted above, but is in no whole night.",
    ),
    "no_place": (
        "more have no exact place, so the drawn shape leaves them out.",
        "more has no exact place, so the drawn shape leaves it out.",
    ),
    "no_point": (
        "have no exact place and are not in the heatmap.",
        "has no exact place and is not in the heatmap.",
    ),
    "outside": (
        "are in none of the areas: they are counted above, but not on the map of areas or in the table.",
        "is in none of the areas: it is counted above, but not on the map of areas or in the table.",
    ),
    "young": ("more are too recent to be shown yet.", "more is too recent to be shown yet."),
}
