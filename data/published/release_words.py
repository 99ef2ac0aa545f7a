"""Sentences on a release's numbers, for readers; pages and files say the same."""

from typing import Any

import pandas as pd

from data import words
from data.published import released
from data.published.period_names import period_words
from data.published.released import MadeShare, Release
from data.published.released_cells import ALL_KINDS, SOURCES, Choice
from data.release.tables import DESCRIBED, OFFICIAL, TABLES

HIDDEN = "not shown (fewer than 10, or held back by the rules)"
_MADE = {
    MadeShare.NONE: "",
    MadeShare.SOME: "Some of these reports are demonstration data: not all of this happened.",
    MadeShare.ALL: "Demonstration data: none of these reports is real. It shows how community reports behave.",
}
_DELAYS = {table.name: table.delay for table in TABLES}


def value(release: Release, name: str) -> Any:
    """The value of one rule."""
    return released.rule(release.manifest, name)


def subject(choice: Choice) -> str:
    """Source and kind: community reports of sightings; all kinds."""
    return f"{choice.source}, {choice.kind}"


def spell_choice(choice: Choice) -> str:
    """The choice of a reader, in words."""
    where = f" in {len(choice.areas)} chosen areas" if len(choice.areas) > 1 else ""
    where = f" in {words.spell_area(choice.areas[0])}" if len(choice.areas) == 1 else where
    return (
        f"{subject(choice)}, {period_words(choice.period)}{where}"
        if choice.period
        else subject(choice)
    )


def numbered(cells: pd.DataFrame, choice: Choice) -> int:
    """Count the cells with something to show: a record where counts are exact, else a number."""
    some = (cells["n"] > 0) if choice.exact else cells["n"].notna()
    return int(some.fillna(False).sum())


def cells_sentence(cells: pd.DataFrame, what: str, choice: Choice) -> str:
    """N of M: how many cells have a number, and what the others are."""
    n, m = numbered(cells, choice), len(cells)
    if choice.exact:
        rest = "; the others have none" if n < m else ""
        return f"{n:,} of {m:,} {what} have a record{rest}."
    if n == m:
        return f"{n:,} of {m:,} {what} have a number."
    return (
        f"{n:,} of {m:,} {what} have a number; {m - n:,} {'is' if m - n == 1 else 'are'} {HIDDEN}."
    )


def how(release: Release, source: str, path: str) -> list[str]:
    """Sentences on how a table's numbers are made: the same words on the page and in its file."""
    if path == OFFICIAL:
        return [
            "Official records that their source publishes itself: exact counts by area, day and "
            f"kind, {value(release, 'area_delay_days')} days late. Sensitive kinds and places "
            "are left out. Never added to community or press numbers."
        ]
    delay = _DELAYS[path.split("/")[1]]
    wait = (
        f"{value(release, 'city_delay_hours')} hours"
        if delay == "city"
        else f"{value(release, 'area_delay_days')} days"
    )
    whose = "of the whole place" if delay == "city" else "by area"
    base = value(release, "base")
    told = [
        f"Numbers are rounded to multiples of {base} at random, the same records always alike: "
        f"the true number is less than {base} away. Totals are rounded separately, so they "
        "may not add up; one can be held back while a part of it is shown.",
        f"A cell without a number is {HIDDEN}. Never read it as zero.",
        f"Numbers {whose} are published {wait} after their period closes, at the earliest; a "
        "closed number stays as it is.",
    ]
    if SOURCES[source] == "community":
        grades = " or ".join(value(release, "grades")) or "of any grade"
        told.append(f"Only reports that are {grades} are counted.")
    return told


def sample_warning(release: Release, source: str) -> str:
    """A warning where a source is made up."""
    return _MADE[released.made_share(release.manifest, SOURCES[source])]


def covers(release: Release, source: str) -> list[str]:
    """The sources of a path, with their licenses and what they cover."""
    return [
        f"{s['title']} ({s['licence']}). {s['covers']}"
        for s in released.sources_of(release.manifest, SOURCES[source])
    ]


def stamp(release: Release) -> str:
    """The name of this release in full: place, id, date, data stamp and time zone."""
    told = release.manifest
    return (
        f"Porchlight {told['place']['name']}, release {release.id} as of {told['as_of']}, "
        f"data {told['stamp']}, times in {told['place']['zone']}"
    )


def what(path: str, choice: Choice | None = None) -> str:
    """The meaning of one row of a table."""
    if path == OFFICIAL:
        by = choice.by if choice else "day"
        return f"Each area by {by} and kind."
    return DESCRIBED[path]


def rules(release: Release) -> list[str]:
    """The policy in plain words, with the values of this release."""

    def get(name: str) -> Any:
        return value(release, name)

    limits = [get(name) for name in ("records", "places", "days", "origins")]
    n, places, days, origins = limits
    least = [max(0, v - get("spread")) for v in limits]
    kinds = ", ".join(words.spoken(k) for k in get("sensitive_kinds")) or "none so far"
    return [
        "What is public is built once, by one program, from one set of rules, and never changes "
        "afterwards. This site reads those files and nothing else: it has no access to reports.",
        "No point, text, picture, name, exact time or single report is in any file. There are "
        "only numbers for areas and for the whole city.",
        f"Areas with fewer than {get('least_residents'):,} residents are joined with a neighboring one. "
        "Residents alone decide this, never the number of reports.",
        f"A number of community or press reports is shown only if its cell holds about {n} "
        f"records from about {places} places on about {days} days by about {origins} reporters. "
        f"One place counts at most {get('most_per_place_and_day')} times a day, and a place is a "
        f"square of {get('place_metres')} m. All four limits move together by a secret amount of "
        f"at most {get('spread')}, so they never fall below {least[0]}, {least[1]}, {least[2]} "
        f"and {least[3]}.",
        f"Every such number is rounded to a multiple of {get('base')}, up or down at random. The "
        "same records always give the same number: asking twice tells nothing more.",
        "Zero and secret look alike: both are “not shown”. Nobody can tell from a blank whether "
        "there were none, a few, or many from one house.",
        f"Nothing is live. Numbers by area wait {get('area_delay_days')} days after their month, "
        f"quarter or year is over, those of the whole city {get('city_delay_hours')} hours after "
        "their week, quarter or year.",
        "A closed number is never computed again. Late and withdrawn reports change it once a "
        f"year at most, and only by {get('reissue_change')} or more.",
        f"Sensitive kinds ({kinds}) and places ({', '.join(get('sensitive_settings')) or 'none'}) "
        "are shown for the whole city and the year only.",
        "Community reports, press reports and official records are three sets of tables. They "
        "are never added up: the same event may be in all three.",
        "Official records that their source publishes itself are shown as they are, by area and "
        f"day, {get('area_delay_days')} days late: hiding what is public protects nobody.",
    ]


def example(
    release: Release, choice: Choice, name: str, n: int | None
) -> tuple[str, list[str], list[str]]:
    """One cell of this release: what it is, what it tells and what it does not."""
    base = value(release, "base")
    kind = "of all kinds" if choice.kind == ALL_KINDS else f"of the kind “{choice.kind}”"
    if n is None:
        head = f"{name}, {period_words(choice.period)}, {choice.source} {kind}: {HIDDEN}."
        tells = ["There were none, or a few, or the rules hold the number back."]
        not_tells = [
            "That nothing happened there. Never write “none” or “0”.",
            "That something is being hidden there.",
        ]
        return head, tells, not_tells
    head = f"{name}, {period_words(choice.period)}, {choice.source} {kind}: {n:,}."
    tells = [
        f"Between {n - base + 1:,} and {n + base - 1:,} such reports were counted there.",
        "They come from several places, several days and, where known, several reporters.",
        f"One may write: “about {n:,} reports”.",
    ]
    not_tells = [
        "The exact number, or any single report, person, house or hour.",
        f"That there was a rise or fall, where two numbers differ by {base} or less.",
        "How often it happened: several reports may tell of one event, and most events are "
        "never reported.",
    ]
    return head, tells, not_tells
