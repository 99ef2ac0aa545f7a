"""What a reader of a release chooses, as links and screens word it, and the link of a choice."""

from urllib.parse import urlencode

from data import words
from data.published.grids import ALL, COMMUNITY, OFFICIAL
from data.published.levels import CITY, DISTRICT, GROUP

# name for readers -> the sort of numbers
SOURCES = {"community reports": COMMUNITY, "official records": OFFICIAL}
SOURCE_NAMES = {sort: name for name, sort in SOURCES.items()}
WHERE = {DISTRICT: "districts", GROUP: "neighborhoods", CITY: "whole city"}
ALL_KINDS = "all kinds"


def map_words(name: str) -> str:
    """A map as readers choose it: districts by quarter."""
    where, _, unit = name.partition("-")
    return f"{WHERE[where]} by {unit}"


def kind_words(code: str) -> str:
    """A kind of a release for readers: all kinds, traffic stop."""
    return ALL_KINDS if code == ALL else words.spoken(code)


def kind_code(kind: str) -> str:
    """The code of a kind that readers see."""
    return ALL if kind == ALL_KINDS else kind.replace(" ", "_")


def choice_link(sort: str, name: str, kind: str, period: str = "") -> str:
    """The link of a table of the public pages without an origin: a map of a period, or the series
    of the whole place by a unit (city-month), which has no one period."""
    own = {"source": SOURCE_NAMES[sort], "by": map_words(name), "kind": kind_words(kind)}
    page = "/areas" if period else "/time"
    return f"{page}?{urlencode(own | ({'period': period} if period else {}))}"
