"""Sentences on a release's numbers, in English, for pages and files; the embed says the same."""

import pandas as pd

from data import words
from data.published.number_classes import ClassRow
from data.published.ranges import range_words, short_number
from data.published.released import Release, rule, sources_of
from data.release.tables import (
    ARTICLES,
    DESCRIBED,
    MEASURED,
    OF_QUARTER,
    OF_YEAR,
    OFFICIAL_AREA,
    OFFICIAL_CITY,
    PROVISIONAL,
    Manifest,
)

MADE = "Demonstration data: none of these reports is real. It shows how community reports behave."
CHANCE = (
    "A little chance was added once to every number, so that no single event can be told from it. "
    "The range says how much: nine of ten such ranges hold the true number. It does not cover "
    "what nobody reported."
)
OFFICIAL_WARNING = (
    "The city publishes its calls by day. If somebody also called 911, that call is there whether "
    "we show it or not. Nothing here says which."
)
STRIPED = "range reaches into both colors"
# status of an estimate -> what readers must know of it; "" where nothing
STATUS = {
    PROVISIONAL: "Provisional: fitted again once its quarter and its year are over.",
    OF_QUARTER: "May still be refined once, when its year is over.",
    OF_YEAR: "",
    "": "",
}
RISE = "more than a year before"
_CLASSES = {
    "r0": "half the expected or less",
    "r1": "up to the expected",
    "r2": "up to twice the expected",
    "r3": "up to 4 times the expected",
    "r4": "more than that",
}


def number_words(number: int, low: int, high: int, *, exact: bool) -> str:
    """A number of a map or table in words: with its range, or alone where it is exact."""
    return f"{number:,}" if exact else range_words(number, low, high)


def class_words(look: str) -> str:
    """What a class of a map of reports means."""
    return _CLASSES[look]


def class_numbers(row: ClassRow) -> str:
    """The numbers of a class: under 0.6, 0.6 to 1.3, 5.1 and more."""
    low, high = (None if end is None else short_number(end) for end in (row.low, row.high))
    if low is None:
        return f"under {high}"
    return f"{low} and more" if high is None else low if low == high else f"{low} to {high}"


def expected_sentence(manifest: Manifest) -> str:
    """What the colors of a map compare with, and that people declared it."""
    n, people = manifest["declared"], manifest["residents"]
    rate = f", {short_number(1000 * n / people)} for every 1,000 residents" if people else ""
    return (
        f"“Expected” was declared before anything was counted: about {n:,} reports a year{rate}. "
        "Colors never depend on the reports themselves."
    )


def how(release: Release, path: str) -> list[str]:
    """Sentences on how a table's numbers are made: the same words on the page and in its file."""
    first, later = (rule(release.manifest, f"{w}_after_days") for w in ("decided", "area"))
    wait = (
        f"Published {first} days after its month for the whole place, {later} days after its "
        "quarter for areas."
    )
    if path in (OFFICIAL_AREA, OFFICIAL_CITY):
        return [f"Exact counts of what a public body publishes itself. {wait}", OFFICIAL_WARNING]
    if path == ARTICLES:
        return ["Articles that newsrooms published, as they wrote them. Never added to reports."]
    grades = " or ".join(rule(release.manifest, "grades"))
    told = [CHANCE, wait, f"Only reports that are {grades} are counted."]
    if path.startswith(MEASURED):
        told[0] = (
            "As measured: the count with a little chance added, which may be below zero. For "
            "reading use the estimates, which fit together and have ranges."
        )
    return told


def description(path: str) -> str:
    """What one row of a table is."""
    return DESCRIBED[path]


def sample_warning(release: Release) -> str:
    """A warning where the place's reports are made up."""
    return MADE if release.manifest["made"] else ""


def covers(release: Release, kind: str) -> list[str]:
    """The official or press sources, with their licenses and what they cover."""
    found = sources_of(release.manifest, kind)
    return [f"{s['title']} ({s['licence']}). {s['covers']}" for s in found]


def stamp(release: Release) -> str:
    """The name of this release in full: place, id, date and time zone."""
    told = release.manifest
    return (
        f"Porchlight {told['place']['name']}, release {release.id} as of {told['as_of']}, "
        f"times in {told['place']['zone']}"
    )


def article_line(row: pd.Series) -> str:
    """An article as a line: paper, title, when, where it says."""
    where = f", {row['area_written']}" if row["area_written"] else ""
    return f"{row['paper']}: {row['title']} ({row['period']}{where})"


def rules(release: Release) -> list[str]:
    """The policy in plain words, with the values of this release."""
    manifest = release.manifest

    def value(name: str) -> str:
        return f"{rule(manifest, name):,}"

    kinds = ", ".join(words.spoken(k) for k in rule(manifest, "sensitive_kinds")) or "none so far"
    settings = ", ".join(rule(manifest, "sensitive_settings")) or "none"
    return [
        "What is public is built once, by one program, from one set of rules. This site reads "
        "those files and nothing else: it has no access to reports.",
        "No point, text, picture, name, exact time or single report is in any file. There are "
        "only numbers for areas and for the whole city.",
        f"Neighborhoods with fewer than {value('least_residents')} residents are joined with a "
        f"neighboring one; districts hold at least {value('district_residents')}. Residents alone "
        "decide this, never the number of reports.",
        f"{CHANCE} Whatever somebody knows, everything ever released changes the odds that one "
        f"event is among the reports at most e^{value('epsilon')} times.",
        "Every area has a number: nothing is left blank, and nobody can tell none from a few.",
        f"{value('decided_after_days')} days after its month an event is decided for life. Later "
        "grades, corrections and withdrawals change no number; what was graded too late is "
        "counted once, for the whole place and the year.",
        f"Nothing is live. Numbers of the whole place wait {value('decided_after_days')} days "
        f"after their month, those of areas {value('area_after_days')} days after their quarter.",
        "A measured number is never drawn again. Estimates are fitted once more with their "
        "quarter and once with their year, from the same measured numbers.",
        f"Sensitive kinds ({kinds}) and places ({settings}) are shown for the whole city and the "
        "year only.",
        "Community reports, press articles and official records are three sets that are never "
        "added up: the same event may be in all three.",
        OFFICIAL_WARNING,
    ]


def example(
    name: str, number: int, low: int, high: int, period: str
) -> tuple[str, list[str], list[str]]:
    """One number of this release: what it is, what it tells and what it does not."""
    head = f"{name}, {period}: {range_words(number, low, high)}."
    tells = [
        "How many checked reports were counted there, give or take the range.",
        "Nine of ten such ranges hold the number that was counted.",
    ]
    never = [
        "The exact number, or any single report, person, house or hour.",
        "A rise or fall, where two ranges overlap: this site says so only where chance cannot "
        "explain it.",
        "How often it happened: most events are never reported.",
    ]
    return head, tells, never
