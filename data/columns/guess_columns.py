"""Guess the record column of each file column, by its header and by what its first rows hold."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from data import words
from data.columns import free_text, survey_forms, time_columns
from data.columns.time_columns import Choice, Values
from data.files import known_words
from data.files.cells import is_missing, ungrouped
from data.mappings.mapping import FLAGS
from data.parse import date_order
from data.personal_columns import is_forbidden
from data.values import date_parts, time_roles, value_words

_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_METRIC = rf"{_NUMBER}|[+-]?\d{{1,3}}([., \u00a0\u202f'’]\d{{3}})+([.,]\d*)?"
_DEGREES = r"[+-]?\d{1,3}[.,]\d+"

_TIMES = ("occurred_at", "time_of_day", "received_at")  # found by all words of their headers
_OWN_IDS = ("incidentid", "id")  # taken as what they say they are; any other id tells rows apart

# free text is taken only where a mapping says so: it may name people
GUESSED = tuple(target for target in known_words.NAMES if target != "text")


def columns(
    names: Sequence[str],
    values: Values,
    projected: bool = False,
    time: str | None = None,
    zone: str = "UTC",
) -> dict[str, str]:
    """Record column to file column, for what headers and first rows agree on.

    `values` tells what the first rows hold in a column. Forbidden columns are never
    looked at. Where the file is said to be projected, x and y go before degrees; `time`
    is the column that somebody said to tell when it happened, `zone` the clock on which
    dates may stand at midnight.
    """
    form = survey_forms.is_survey(names)
    allowed = [name for name in names if not is_forbidden(name)]
    unsure = survey_forms.unsure(allowed, values)
    allowed = [name for name in allowed if name not in unsure]
    filled_in = survey_forms.filled_in(names)
    event = [name for name in allowed if name not in filled_in]
    found, rivals = _dates(event, values, time, zone)
    allowed = [name for name in allowed if name not in rivals]
    event = [name for name in event if name not in rivals]
    in_parts = {"year": "occurred_at", "hour": "time_of_day"}
    taken = {*found, *(whole for part, whole in in_parts.items() if part in found)}
    wanted = [target for target in GUESSED if target not in taken]
    for target in sorted(wanted, key=lambda t: projected and t not in ("x", "y")):
        free = [name for name in event if name not in found.values()]
        if name := next(_candidates(target, free, values, form), None):
            found[target] = name
    found = _named(_points(found, allowed, values, form), event)
    found = _times(found, allowed, event, values, zone)
    if rivals:  # somebody has to say which: no other column takes their place
        found.pop("occurred_at", None)
    return _places(found, projected)


def _dates(
    names: Sequence[str], values: Values, time: str | None, zone: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The column of the date, or those of its parts; and the columns that could all be it."""
    choice = Choice(time) if time else time_columns.occurred(names, values, zone)
    parts, whose = ({}, time_roles.OTHER) if time else date_parts.date_columns(names, values)
    if parts and not choice.rivals and (choice.column is None or whose < choice.role):
        return parts, ()
    return ({"occurred_at": choice.column} if choice.column else {}), choice.rivals


def _points(
    found: dict[str, str], names: Sequence[str], values: Values, form: bool
) -> dict[str, str]:
    """Return the columns with the coordinates of a survey form, where no others are there."""
    if {"lat", "lon"} <= set(found):
        return found
    ours = [name for name in names if form or name.startswith("_")]
    pair = survey_forms.degree_columns(ours) or ()
    held = [[text for text in values(name) if not is_missing(text)] for name in pair]
    if pair and all(map(_fits, ("lat", "lon"), held)):
        return {**found, **dict(zip(("lat", "lon"), pair, strict=True))}
    if point := survey_forms.geopoint(names, values):
        return {**found, "lat_lon": point}
    return found


def numbers(texts: Sequence[str]) -> list[float]:
    """The plain numbers among some texts; a decimal comma counts as a point."""
    plain = (text.replace(",", ".") for text in texts if re.fullmatch(_NUMBER, text))
    return [float(text) for text in plain]


def _is_metric(text: str) -> bool:
    """Return whether a text is a number of meters or feet, whatever parts its thousands."""
    return re.fullmatch(_METRIC, text) is not None


def _named(found: dict[str, str], allowed: Sequence[str]) -> dict[str, str]:
    """Return the columns with needed ones that were not found, by headers that leave no doubt.

    So a file with nothing but bad dates has its rows rejected, each with its reason.
    """
    by_name = _by_name([name for name in allowed if name not in found.values()])
    placed = {"lat_lon", "point", "x", "y"} & set(found)
    for target, listed in known_words.NEEDED.items():
        named = [by_name[header] for header in listed if header in by_name]
        given = target in found or (target == "occurred_at" and "year" in found)
        if named and not given and not (placed and target != "occurred_at"):
            found = {**found, target: named[0]}
    return found


def _by_name(names: Sequence[str], grouped: bool = False) -> dict[str, str]:
    """Columns by their plain headers; `grouped` also by what stands behind the name of a group.

    "Where / latitude" is latitude, where no other column is.
    """
    by_name = {known_words.plain(name): name for name in reversed(names)}
    own = [name.rsplit("/", 1)[-1] for name in names]
    often = Counter(map(known_words.plain, own))
    alone = {
        known_words.plain(end): name
        for end, name in zip(own, names)
        if often[known_words.plain(end)] == 1 and not known_words.known_name(name)
    }
    return alone | by_name if grouped else by_name


def _candidates(target: str, free: Sequence[str], values: Values, form: bool) -> Iterator[str]:
    by_name = _by_name(free, target not in _TIMES)
    if form:  # the question itself, whatever group it stands in
        by_name = {known_words.plain(survey_forms.own_name(n)): n for n in reversed(free)} | by_name
    for header in known_words.NAMES[target].split():
        if header in by_name:
            held = [v for v in values(by_name[header]) if not is_missing(v) or _is_known(target, v)]
            repeats = target == "incident_id" and header not in _OWN_IDS and _repeats(held)
            if not repeats and (not held or _fits(target, held)):
                yield by_name[header]


def _repeats(held: Sequence[str]) -> bool:
    return len(set(held)) < len(held)


def _is_known(target: str, text: str) -> bool:
    """Return whether a text such as `none` is a word of a record column and no empty cell."""
    return target in words.CODES and value_words.word(target, text) is not None


def _fits(target: str, held: Sequence[str]) -> bool:
    """Return whether most values of a column are of the kind that a record column wants."""
    test = TESTS.get(target)
    if test is None:  # a label or a number; never what somebody wrote
        return not free_text.looks_like_prose(held)
    return sum(map(test, held)) * 2 >= len(held)


def _degrees(limit: float) -> Callable[[str], bool]:
    return lambda text: (
        any(abs(number) <= limit for number in numbers([text]))
        or re.search(r"\d\s*[°º]|\d\s*[NSEWO]$", text) is not None
    )


def _is_date(text: str) -> bool:
    return bool(date_order.likely([text]))


def _is_clock(text: str) -> bool:
    return bool(date_order.likely([text], clock=True))


def _is_word(column: str) -> Callable[[str], bool]:
    return lambda text: value_words.word(column, text) is not None


def _are_words(column: str) -> Callable[[str], bool]:
    return lambda text: any(
        value_words.word(column, part) is not None for part in re.split(r"[,;|]", text)
    )


TESTS: dict[str, Callable[[str], bool]] = {
    "occurred_at": lambda text: _is_date(text) or not re.search(r"\d", text),
    "received_at": _is_date,
    "on_scene_until": _is_date,
    "time_of_day": _is_clock,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "x": _is_metric,
    "y": _is_metric,
    "lat_lon": lambda text: bool(
        re.search(rf"{_DEGREES}\s*[°º]?\s*[NS]?\s*[,;\s]\s*{_DEGREES}[\s)°ºEW]*$", text)
        and not re.search(r"(?i)point", text)
    ),
    "point": lambda text: bool(re.search(r"(?i)point|coordinates", text)),
    "grade": _is_word("grade"),
    "via": _is_word("via"),
    "setting": _is_word("setting"),
    "response": _is_word("response"),
    "time_precision": _is_word("time_precision"),
    "place_precision": _is_word("place_precision"),
    "force": _are_words("force"),
    "agencies": _are_words("agencies"),
    "harm": _are_words("harm"),
    **dict.fromkeys(FLAGS, lambda text: text.lower() in {*value_words.YES, *value_words.NO}),
    "officers": lambda text: ungrouped(text).isdecimal(),
    "vehicles": lambda text: ungrouped(text).isdecimal(),
    "source_url": lambda text: re.match(r"(?i)https?://", text) is not None,
}


def _times(
    found: dict[str, str], allowed: Sequence[str], event: Sequence[str], values: Values, zone: str
) -> dict[str, str]:
    """Return the columns with those of times: a date of reporting serves if it is the only date.

    A time of day of its own, in one column or in parts, is for dates that carry none.
    `event` are the columns that may tell of what happened.
    """
    if "year" not in found and "occurred_at" not in found and "received_at" in found:
        later = {k: v for k, v in found.items() if k != "received_at"}
        found = {"occurred_at": found["received_at"], **later}
    free = [name for name in event if name not in found.values()]
    if date := found.get("occurred_at"):
        if time_columns.timed(values(date), zone):
            found = {k: v for k, v in found.items() if k != "time_of_day"}
        else:
            found = _clocked(found, free, values, date, time_roles.role(date))
    elif "day" in found and "hour" not in found:
        whose = date_parts.role(found["year"])
        found = _clocked(found, free, values, found["year"], whose)
    else:
        return found
    if "received_at" not in found:
        free = [name for name in allowed if name not in found.values()]
        found = _added(found, "received_at", time_columns.received(free, values))
    return found


def _clocked(
    found: dict[str, str], free: Sequence[str], values: Values, date: str, whose: int | None
) -> dict[str, str]:
    """Return the columns with the time of day that belongs to dates of a role, if one tells it."""
    if "time_of_day" in found:
        return found
    if clock := time_columns.clock(free, values, date, whose):
        return {**found, "time_of_day": clock}
    parts = date_parts.clock_columns(free, values, time_roles.PLAIN if whose is None else whose)
    return {**found, **parts}


def _added(found: dict[str, str], target: str, column: str | None) -> dict[str, str]:
    return {**found, target: column} if column else found


def _places(found: dict[str, str], projected: bool) -> dict[str, str]:
    """Keep one way of saying where: degrees, else one column, else x and y; or the reverse."""
    ways = [("lat", "lon"), ("lat_lon",), ("point",), ("x", "y")]
    given = {target for way in ways for target in way}
    ways = ways[::-1] if projected else ways
    best = next((way for way in ways if all(t in found for t in way)), ())
    return {k: v for k, v in found.items() if k not in given or k in best}
