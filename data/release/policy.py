"""The policy of the public release: the table [release] of porchlight.toml."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from data import words
from data.release.tables import PolicyEntry
from data.settings import Problem, Settings, read_toml, settings_path

SENSITIVE_SETTINGS = ("school", "clinic", "worship", "shelter", "home")
_GRADES = ("corroborated", "verified")


@dataclass(frozen=True)
class Policy:
    """The rules of the public release, named as their entries; `zone` is the place's."""

    least_residents: int = 2000
    grades: tuple[str, ...] = _GRADES
    city_delay_hours: int = 72
    area_delay_days: int = 14
    hour: int = 6
    records: int = 12
    places: int = 7
    days: int = 5
    origins: int = 5
    spread: int = 2
    place_metres: int = 300
    most_per_place_and_day: int = 3
    base: int = 5
    narrowest: int = 10
    reissue_change: int = 10
    sensitive_kinds: tuple[str, ...] = ()
    sensitive_settings: tuple[str, ...] = SENSITIVE_SETTINGS
    years: int = 5
    since: date | None = None
    zone: str = "UTC"

    @property
    def kept_apart(self) -> frozenset[str]:
        """Kinds that are shown for the city and the year only."""
        marked = {kind.code for kind in words.KINDS if kind.sensitive}
        return frozenset(marked | set(self.sensitive_kinds))


class Entry(NamedTuple):
    """One entry: why it has its default, which values it takes, which are weaker."""

    reason: str
    least: int | None = None
    most: int | None = None
    among: tuple[str, ...] = ()
    weaker: Callable[[Any, Any], bool] = lambda value, default: False


def _less(value: Any, default: Any) -> bool:
    return bool(value < default)


def _more(value: Any, default: Any) -> bool:
    return bool(value > default)


def _lacks(value: Any, default: Any) -> bool:
    return not set(default) <= set(value)


def _codes(column: str) -> tuple[str, ...]:
    return tuple(words.CODES[column])


ENTRIES = {
    "least_residents": Entry("Areas with fewer residents are merged with a neighbor: residents only decide, because a border drawn by counts is itself a signal.", 0, None, (), _less),
    "grades": Entry("Community reports count once they are corroborated or verified, never before and not even in totals: what is published early cannot be taken back.", among=_GRADES),
    "city_delay_hours": Entry("Tables of the whole city wait this long after their period closes: never a tracker.", 0, 8760, (), _less),
    "area_delay_days": Entry("Tables by area wait this long after their period closes: never a tracker.", 0, 365, (), _less),
    "hour": Entry("The local hour that every release is of: the time of a release tells nothing.", 0, 23),
    "records": Entry("A cell needs about this many records, of which one place and day give only a few.", 0, None, (), _less),
    "places": Entry("A cell needs about this many places: reports of one house are not a cell.", 0, None, (), _less),
    "days": Entry("A cell needs about this many days: one event is not a cell.", 0, None, (), _less),
    "origins": Entry("A cell needs about this many origins: what one person sends is not a cell. Where a source states no origins this rule is left out for it.", 0, None, (), _less),
    "spread": Entry("The four limits move together by a secret amount of at most this, so that a cell that appears or goes tells nothing of one record.", 0, 10, (), lambda v, d: v != d),
    "place_metres": Entry("A place is a square of this many meters of a fixed grid; records without a point are together one place.", 1, 10_000, (), _less),
    "most_per_place_and_day": Entry("For the limits one place counts at most this often a day: one event with many callers is not a cell.", 1, None, (), _more),
    "base": Entry("Numbers are rounded to multiples of this at random, the same records always alike: nothing is gained by asking twice or by subtracting.", 1, 1000, (), _less),
    "narrowest": Entry("What follows from all numbers together for a cell that is not shown must leave this much open; else the newest number involved is held back. 0 leaves the rule out.", 0, 1000, (), _less),
    "reissue_change": Entry("The first release of a year takes in late reports and retractions, only where a number changes by this much or more: smaller changes would tell of single records.", 0, None, (), _less),
    "sensitive_kinds": Entry("More kinds that are shown for the city and the year only, besides those marked so in the list of kinds.", among=_codes("kind"), weaker=_lacks),
    "sensitive_settings": Entry("Reports at such places are shown for the city and the year only.", among=_codes("setting"), weaker=_lacks),
    "years": Entry("Without `since`, tables begin with January of this many years before.", 0, 100),
    "since": Entry("The first day that tables count. People choose it: the first record would tell of itself."),
}


def policy_toml() -> str:
    """The table [release] with every default and its reason, as `init` writes it."""
    lines = ["[release]       # what may be public; a weaker value warns in every manifest"]
    for name, entry in ENTRIES.items():
        value = getattr(Policy(), name)
        if value is None:
            lines.append(f"# {name} = 2025-01-01       # {entry.reason}")
        else:
            lines.append(f"{name} = {json.dumps(value)}       # {entry.reason}")
    return "\n".join(lines) + "\n"


def load_policy(settings: Settings, file: Path | None = None) -> Policy:
    """The policy of porchlight.toml. Problem names the entry that does not fit."""
    file = file or settings_path()
    try:
        table = read_toml(file).get("release", {})
    except FileNotFoundError:
        raise Problem(f"{file} is missing.") from None
    if not isinstance(table, dict):
        raise Problem(f"{file}: release is a table: write [release].")
    if unknown := sorted(table.keys() - ENTRIES.keys()):
        raise Problem(
            f"{file}: release.{unknown[0]} means nothing. There are {', '.join(ENTRIES)}."
        )
    read = {name: _value(name, value, f"{file}: release.{name}") for name, value in table.items()}
    return replace(Policy(zone=settings.zone), **read)


def _value(name: str, value: Any, where: str) -> Any:
    entry = ENTRIES[name]
    if name == "since":
        if type(value) is not date:
            raise Problem(f"{where} is a date: since = 2025-01-01.")
        return value
    if entry.among:
        texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
        if not texts or not set(value) <= set(entry.among):
            raise Problem(f"{where} is a list of some of: {', '.join(entry.among)}.")
        return tuple(dict.fromkeys(value))
    low, high = entry.least or 0, entry.most
    if type(value) is not int or value < low or (high is not None and value > high):
        upper = "or more" if high is None else f"to {high:,}"
        raise Problem(f"{where} is a whole number, {low:,} {upper}, not {value!r}.")
    return value


def policy_entries(policy: Policy) -> dict[str, PolicyEntry]:
    """Each entry with its value and reason, as the manifest states them."""
    return {name: {"value": _plain(policy, name), "reason": ENTRIES[name].reason} for name in ENTRIES}


def _plain(policy: Policy, name: str) -> Any:
    value = getattr(policy, name)
    if name == "sensitive_kinds":
        return sorted(policy.kept_apart)
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def warnings(policy: Policy) -> list[str]:
    """A sentence for each value that is weaker than its default."""
    defaults = {field.name: field.default for field in fields(Policy)}
    return [
        f"release.{name} is {_plain(policy, name)}, weaker than the default {defaults[name]!r}. "
        f"{entry.reason}"
        for name, entry in ENTRIES.items()
        if entry.weaker(getattr(policy, name), defaults[name])
    ]
