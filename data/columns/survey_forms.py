"""Exports of survey forms (KoboToolbox, ODK, SurveyCTO): their metadata and their groups."""

import re
from collections.abc import Callable, Sequence

from data.files import known_words
from data.words import listed

_Values = Callable[[str], Sequence[str]]

# columns that such an export adds, two of which tell it: without case and separators
SIGNS = listed("""
    submissiontime submissiondate instanceid instancename deviceid formhubuuid
    validationstatus formdefversion simserial subscriberid xformid xformidstring
""")
UNDERSCORED = listed("_id _uuid _index _status _tags _notes _geolocation _submitted_by __version__")
# when and where the form was filled in: never when or where something happened
FILLED_IN = listed("start end today")
FILLED_IN_SURVEY = listed("""
    starttime endtime startdate enddate startdatetime enddatetime formstart formend
    submissiontime submissiondate completiondate
""")
START_POINT = re.compile(r"(?i)start[_\s-]*(geopoint|location|gps)|geopoint[_\s-]*start")
PATH = re.compile(r"[/:.]|(?<=\w)-(?=\w)")
SENT = "_submission_time"  # KoboToolbox writes it in UTC, without saying so
FIRST_POINT = "_geolocation"
_DEGREES = (("latitude", "longitude"), ("lat", "lon"), ("lat", "lng"), ("lat", "long"))
# latitude longitude altitude accuracy, as a question of type geopoint holds them
GEOPOINT = re.compile(r"\s*[+-]?\d+\.\d+\s+[+-]?\d+\.\d+\s+[+-]?\d+(\.\d+)?\s+\d+(\.\d+)?\s*")


def is_survey(names: Sequence[str]) -> bool:
    """Return whether the columns are those of a survey form's export."""
    short = {known_words.plain(own_name(name)) for name in names}
    return len(short & SIGNS) + len(UNDERSCORED & {*names}) >= 2 or short >= FILLED_IN


def own_name(header: str) -> str:
    """A header without the groups that its question stands in: incident/when is when."""
    return PATH.split(header)[-1] or header


def is_filled_in(header: str, survey: bool) -> bool:
    """Return whether a column tells when the form was filled in or sent, by its header alone."""
    grouped = survey or header.lower().startswith("meta")
    plain = known_words.plain(own_name(header) if grouped else header)
    return plain in FILLED_IN or (survey and plain in FILLED_IN_SURVEY)


def filled_in(names: Sequence[str]) -> tuple[str, ...]:
    """The columns that tell when forms were filled in or sent."""
    survey = is_survey(names)
    return tuple(name for name in names if is_filled_in(name, survey))


def unsure(names: Sequence[str], values: _Values) -> set[str]:
    """The columns of places that may not be that of the incident.

    That is where the form was opened; and _geolocation, the first point of a form, where
    this is not the only one.
    """
    opened = {name for name in names if START_POINT.search(name)}
    points = [name for name in names if name not in opened and _holds_points(values(name))]
    several = bool(opened) or len(points) > 1
    return opened | ({FIRST_POINT} & {*names} if several else set())


def geopoint(names: Sequence[str], values: _Values) -> str | None:
    """The one column of geopoints; None for none, or where several could be it."""
    found = [name for name in names if _holds_points(values(name))]
    return found[0] if len(found) == 1 else None


def degree_columns(names: Sequence[str]) -> tuple[str, str] | None:
    """The one pair of columns called ..._latitude and ..._longitude; None for none or several."""
    lower = {name.lower(): name for name in names}
    pairs = [
        (lower[lat], lower[lon])
        for lat in lower
        for ends in _DEGREES
        if lat.endswith(f"_{ends[0]}") and (lon := lat.removesuffix(ends[0]) + ends[1]) in lower
    ]
    return pairs[0] if len(pairs) == 1 else None


def _holds_points(texts: Sequence[str]) -> bool:
    held = [text for text in texts if text.strip()]
    return bool(held) and sum(GEOPOINT.fullmatch(text) is not None for text in held) * 2 > len(held)
