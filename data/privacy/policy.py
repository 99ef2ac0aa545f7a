"""The policy of the public release: the table [release] of porchlight.toml."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from data import words
from data.privacy.tables import FEWEST, PROFILES, PolicyEntry
from data.settings import Problem, Settings, read_toml, settings_path

SENSITIVE_SETTINGS = ("school", "clinic", "worship", "shelter", "home")
_GRADES = ("corroborated", "verified")


@dataclass(frozen=True)
class Policy:
    """The rules of the public release, named as their entries; `zone` is the place's."""

    epsilon: float = 1.0
    volume: str = "small"
    expected: int = 0
    least_residents: int = 2000
    district_residents: int = 15_000
    grades: tuple[str, ...] = _GRADES
    decided_after_days: int = 28
    area_after_days: int = 42
    late_month: int = 3
    hour: int = 6
    sensitive_kinds: tuple[str, ...] = ()
    sensitive_settings: tuple[str, ...] = SENSITIVE_SETTINGS
    years: int = 5
    since: date | None = None
    zone: str = "UTC"

    @property
    def kept_apart(self) -> frozenset[str]:
        """Kinds that are shown for the city and the year only."""
        marked = {kind.code for kind in words.all_kinds() if kind.sensitive}
        return frozenset(marked | set(self.sensitive_kinds))


class Entry(NamedTuple):
    """One entry: why it has its default, which values it takes, which are weaker.

    `several` values are a list of some of `among`, else it is one of them.
    """

    reason: str
    least: float | None = None
    most: float | None = None
    among: tuple[str, ...] = ()
    weaker: Callable[[Any, Any], bool] = lambda value, default: False
    several: bool = False


def _less(value: Any, default: Any) -> bool:
    return bool(value < default)


def _more(value: Any, default: Any) -> bool:
    return bool(value > default)


def _lacks(value: Any, default: Any) -> bool:
    return not set(default) <= set(value)


def _codes(column: str) -> tuple[str, ...]:
    return tuple(words.CODES[column])


ENTRIES = {
    "epsilon": Entry("What everything ever released may tell of one event: it changes the odds that the event is in the data at most e^epsilon times.", 0.01, 10, (), _more),
    "volume": Entry("About how many events a year are expected: tiny (under 150), small (150 to 1,000), medium (to 10,000), large. People declare it; counts would tell of themselves.", among=tuple(PROFILES)),
    "expected": Entry("The same as a number, which colors compare with; 0 for the usual of the volume: 100, 300, 3,000, 20,000. People declare it too.", 0, 1_000_000),
    "least_residents": Entry("Areas with fewer residents are joined with a neighbor: residents only decide, because a border drawn by counts is itself a signal.", 0, None, (), _less),
    "district_residents": Entry("Districts are groups joined until so many people live in each.", 0, None, (), _less),
    "grades": Entry("Community reports count once they are corroborated or verified, never before and not even in totals: what is published early cannot be taken back.", among=_GRADES, several=True),
    "decided_after_days": Entry("So long after its month an event is decided for life, and the month of the whole city published: never a tracker.", 1, 365, (), _less),
    "area_after_days": Entry("Numbers by area, and those of quarters and years, wait this long after their quarter or year: never a tracker.", 1, 365, (), _less),
    "late_month": Entry("On the first day of this month the number of reports that were graded too late in the year before is closed.", 2, 12),
    "hour": Entry("The local hour that every release is of: the time of a release tells nothing.", 0, 23),
    "sensitive_kinds": Entry("More kinds that are shown for the city and the year only, besides those marked so in the list of kinds.", among=_codes("kind"), weaker=_lacks, several=True),
    "sensitive_settings": Entry("Reports at such places are shown for the city and the year only.", among=_codes("setting"), weaker=_lacks, several=True),
    "years": Entry("Without `since`, tables begin with January of this many years before.", 0, 100),
    "since": Entry("The first day that tables count, a January 1. People choose it: the first record would tell of itself."),
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
    rules = replace(Policy(zone=settings.zone), **read)
    if rules.expected and volume_of(rules.expected) != rules.volume:
        raise Problem(
            f'{file}: release.expected is {rules.expected:,}: write volume = "{volume_of(rules.expected)}".'
        )
    return rules


def volume_of(events: int) -> str:
    """The volume of so many events a year."""
    return max((least, volume) for volume, least in FEWEST.items() if least <= events)[1]


def _value(name: str, value: Any, where: str) -> Any:
    entry = ENTRIES[name]
    if name == "sensitive_kinds":
        entry = entry._replace(among=_codes("kind"))  # with the place's own
    if name == "since":
        if type(value) is not date or (value.month, value.day) != (1, 1):
            raise Problem(f"{where} is the first day of a year: since = 2025-01-01.")
        return value
    if entry.among:
        return _among(entry, value, where)
    whole = isinstance(getattr(Policy(), name), int)
    kinds = (int,) if whole else (int, float)
    low, high = entry.least or 0, entry.most
    if type(value) not in kinds or value < low or (high is not None and value > high):
        upper = "or more" if high is None else f"to {high:,}"
        number = "a whole number" if whole else "a number"
        raise Problem(f"{where} is {number}, {low:,} {upper}, not {value!r}.")
    return value if whole else float(value)


def _among(entry: Entry, value: Any, where: str) -> Any:
    """One of some texts, or a list of them."""
    if not entry.several:
        if value not in entry.among:
            raise Problem(f"{where} is one of: {', '.join(entry.among)}; not {value!r}.")
        return value
    texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
    if not texts or not set(value) <= set(entry.among):
        raise Problem(f"{where} is a list of some of: {', '.join(entry.among)}.")
    return tuple(dict.fromkeys(value))


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
