"""Sentences on how a release's numbers are made: on pages in their language, in files in English."""

import datetime as dt

from data.embed.language import Words
from data.embed.sentences import expected_note, rule_texts
from data.privacy.tables import (
    ARTICLES,
    ESTIMATE_TABLES,
    LATE,
    MEASURED,
    MEASURED_TABLES,
    OFFICIAL_AREA,
    OFFICIAL_CITY,
    SENSITIVE,
    WEEK_PATH,
    Table,
)
from data.published.released import Release, rule, sources_of

_EXACT = {OFFICIAL_AREA: Table("group", "month"), OFFICIAL_CITY: Table("city", "day")}


def how(release: Release, path: str, words: Words) -> list[str]:
    """Sentences on how a table's numbers are made."""
    place, rules = release.manifest["place"]["name"], rule_texts(release.manifest, words)
    if path in _EXACT:
        exact = words("sub.exact", sort=words("sort.official"), place=place)
        return [exact, words("note.wait", **rules), words("note.official")]
    if path == ARTICLES:
        return [words("articles.text")]
    chance = [words("sub.city", sort=words("sort.community"), place=place), words("note.range")]
    grades = [words(f"grade.{code}") for code in rule(release.manifest, "grades")]
    return [
        *([words("note.measured")] if path.startswith(MEASURED) else chance),
        words("method.when", **rules),
        words("note.grades", grades=words.listed(grades)),
    ]


def notes(
    release: Release, paths: tuple[str, ...], words: Words, *, exact: bool, colored: bool
) -> list[str]:
    """Sentences on the numbers of a page and its files: how they are made, what colors compare
    with, what is apart, sources, the release."""
    told = [text for path in paths for text in how(release, path, words)]
    apart = () if exact else (words("note.apart"),)
    colors = (expected_note(release.manifest, words),) if colored and not exact else ()
    sources = [words("note.source", text=text) for text in (covers(release) if exact else ())]
    return [*dict.fromkeys(told), *apart, *colors, *sources, name_release(release, words)]


def covers(release: Release) -> list[str]:
    """The official sources in their own words, with their licenses and what they cover."""
    found = sources_of(release.manifest, "official")
    return [f"{s['title']} ({s['licence']}). {s['covers']}" for s in found]


def name_release(release: Release, words: Words) -> str:
    """The name of a release in full: place, id, date and time zone."""
    told = release.manifest
    date = words.date(dt.date.fromisoformat(told["as_of"]))
    place, zone = told["place"]["name"], told["place"]["zone"]
    return words("note.stamp", place=place, id=release.id, date=date, zone=zone)


def table_text(path: str, words: Words) -> str:
    """What a table holds: neighborhoods, each quarter, by kind, with ranges."""
    if path == ARTICLES:
        return words("articles.title")
    if path in _EXACT:
        return f"{words('download.official')}. {_cells(_EXACT[path], words)}"
    if path == WEEK_PATH:
        return f"{_cells(Table('city', 'week'), words)}, {words('tables.estimate')}"
    measured = path in MEASURED_TABLES
    table = MEASURED_TABLES[path] if measured else ESTIMATE_TABLES[path]
    return f"{_cells(table, words)}, {words('tables.measured' if measured else 'tables.estimate')}"


def _cells(table: Table, words: Words) -> str:
    """The areas and periods of a table, what else tells its cells apart, and whose events."""
    parts = [words(f"map.{table.where}", every=words(f"every.{table.unit}"))]
    parts += [words(f"by.{table.by}")] if table.by else []
    parts += [words(f"tables.{table.sort}")] if table.sort in (SENSITIVE, LATE) else []
    return ", ".join(parts)
