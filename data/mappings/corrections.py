"""A mapping with columns and kinds that a person corrected."""

from collections.abc import Mapping as Table
from dataclasses import replace
from typing import TypeVar

from data.mappings.mapping import FileMapping

_T = TypeVar("_T")

# a record column -> others that say the same and give way to it
INSTEAD = {
    "occurred_at": ("year", "month", "day"),
    "time_of_day": ("hour", "minute"),
    "lat": ("lat_lon", "point", "x", "y"),
    "lon": ("lat_lon", "point", "x", "y"),
}


def correct_columns(rules: FileMapping, columns: Table[str, str]) -> FileMapping:
    """The mapping with other columns for some record columns; "" takes one away.

    What the rules say of how the earlier column is read goes with it.
    """
    changed = {t: name for t, name in columns.items() if rules.columns.get(t, "") != name}
    gone = {other for t, name in changed.items() if name for other in INSTEAD.get(t, ())}
    taken = {name for name in changed.values() if name}
    kept = {
        t: name
        for t, name in rules.columns.items()
        if t not in changed and t not in gone and name not in taken
    }
    added = {t: name for t, name in changed.items() if name}
    time = replace(
        rules.time,
        formats=_without(rules.time.formats, changed),
        midnight=_without(rules.time.midnight, changed),
        zones=_without(rules.time.zones, changed),
    )
    return replace(
        rules,
        columns={**kept, **added},
        time=time,
        values=_without(rules.values, changed),
        tags=_without(rules.tags, changed),
        patterns=_without(rules.patterns, changed),
        constant={t: word for t, word in rules.constant.items() if not changed.get(t)},
    )


def add_kinds(rules: FileMapping, kinds: Table[str, str]) -> FileMapping:
    """The mapping with kinds of ours for texts of the file; "*" stands for all other texts."""
    if not kinds:
        return rules
    return replace(
        rules, values={**rules.values, "kind": {**rules.values.get("kind", {}), **kinds}}
    )


def _without(table: Table[str, _T], gone: Table[str, str]) -> dict[str, _T]:
    return {key: value for key, value in table.items() if key not in gone}
