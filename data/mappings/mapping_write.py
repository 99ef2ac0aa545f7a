"""A mapping written as TOML that explains itself, to be edited and read again."""

import json
import re
import textwrap
from collections.abc import Mapping as Table
from typing import Any

from data.mappings import mapping, mapping_examples
from data.mappings.mapping import FileMapping

INTRO = """\
# How the rows of a file become records. Edit it and import with: --map THIS_FILE
# What stands behind a # is not used: take the # away, and write your own after the =.
"""
HEADINGS = {
    "file": "How the file is written. What is left out is found when it is read.",
    "source": """Who says so. name is the short name; kind is official, press or
        community (community unless stated); title, url, licence, zone, covers, from,
        to, area and notes are shown to readers. counts = false: its records are no count
        of what happened (the press unless it says true), so no rate, change or trend.
        changes = [{date = 2020-09-01, what = "..."}] are known changes of recording: no
        comparison, trend or alarm reaches across one.""",
    "columns": """Record column = "column of the file".""",
    "time": """One format for the file; what stands in [...] may be missing. zone is the
        clock of the file where the text carries no offset. precision makes all times
        coarser: exact, hour, day or month. midnight says what 00:00 means: "day" that
        only the day is known, "utc day" that 00:00 UTC stands for that date, "exact" a
        time like any other (unasked, where a time is found). A format you state with %z
        is taken at its word. format = "excel" or "excel1904" reads day numbers.""",
    "place": """crs is for x and y, e.g. "EPSG:26915". Farther than reach_km from the
        center is rejected; 0 is no limit. decimal is the mark in coordinates.
        precision makes all places coarser. swapped = true exchanges lat and lon. place_by
        is what decides where point and label name different areas: "point" or "label".""",
    "values": """What a value means: "value in the file" = "word". "*" is for all other
        values, "" leaves it empty. A value with a line of its own is never taken for an
        empty cell, whatever it is: NA, none, a dash.""",
    "tags": """Lists in one cell: the separator, words for entries; order is for a
        column of one word: the first that is met wins.""",
    "constant": "The same for every row that states nothing itself.",
    "patterns": """A prefix or suffix that is cut off, what it makes of the precision,
        and the note that counts it.""",
    "keep": """Columns that stay as attributes though they are mapped, hold free text or,
        in sources that are not official, are not mapped.""",
}
_PROSE = "looks like free text, which may name people: dropped unless kept under [keep]"
_TELLING = "looks like names, plates or numbers of people: dropped unless kept under [keep]"
NESTED = ("values", "tags", "patterns")
_KEY = re.compile(r"[A-Za-z0-9_-]+")


def text(
    rules: FileMapping,
    unused: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    prose: tuple[str, ...] = (),
    telling: tuple[str, ...] = (),
) -> str:
    """The mapping as TOML, with what it does not state as comments.

    Of the file it tells columns that are `unused`, dropped as `prose` or for `telling`
    who somebody is, and `kinds` without a rule.
    """
    parts = {
        "source": {"name": rules.source, **rules.about},
        "file": {
            "encoding": rules.file.encoding,
            "delimiter": rules.file.delimiter,
            "columns": list(rules.file.columns),
            "no_header": rules.file.no_header or None,
            "sheet": rules.file.sheet,
            "records": rules.file.records,
            "member": rules.file.member,
        },
        "columns": dict(rules.columns),
        "time": _time(rules),
        "place": {
            "crs": rules.place.crs,
            "precision": rules.place.precision,
            "reach_km": rules.place.reach_km,
            "decimal": rules.place.decimal,
            "swapped": rules.place.swapped or None,
            "place_by": rules.place.place_by,
        },
        "values": rules.values,
        "tags": {
            column: {"separator": rule.separator, "order": list(rule.order), "words": rule.words}
            for column, rule in rules.tags.items()
        },
        "constant": dict(rules.constant),
        "patterns": {
            column: [_pattern(rule) for rule in listed] for column, listed in rules.patterns.items()
        },
        "keep": {"attributes": list(rules.keep)},
    }
    lines = [INTRO]
    for name, table in parts.items():
        lines += _part(name, table)
        if name == "values":
            _hint(lines, kinds)
        if name == "columns":
            told = (("not mapped", unused), (_PROSE, prose), (_TELLING, telling))
            lines[-1:] = [*(line for what, which in told for line in _listed(what, which)), ""]
    return "\n".join(lines)


def _listed(what: str, columns: tuple[str, ...]) -> list[str]:
    return [f"# {what}: {', '.join(map(quoted, columns))}"] if columns else []


def _hint(lines: list[str], kinds: tuple[str, ...]) -> None:
    """Add all kinds, and those without a rule, as comments where rules for them belong."""
    hints = [f'# {quoted(kind)} = ""' for kind in kinds]
    said = ["# Kinds that a record can have:", *mapping_examples.kind_examples()]
    if kinds:
        said.append("# Kinds without a rule: write a word for each and take the # away.")
    if "[values.kind]" in lines:
        place = lines.index("[values.kind]") + 1
        lines[place:place] = [*said, *hints]
    else:
        example = hints or ['# "text in the file" = "other"']
        lines += [*said, "# [values.kind]", *example, ""]


def toml_table(name: str, entries: Table[str, Any]) -> str:
    """One TOML table with a name."""
    lines = [f"{_key(key)} = {quoted(value)}" for key, value in entries.items()]
    return "\n".join([f"[{_key(name)}]", *lines, ""])


def _time(rules: FileMapping) -> dict[str, object]:
    stated = {
        "format": (mapping.TIME_COLUMNS, rules.time.formats),
        "midnight": (mapping.TIME_COLUMNS, rules.time.midnight),
        "zone": (mapping.ZONED, rules.time.zones),
    }
    entries = {
        key: said[column]
        for what, (columns, said) in stated.items()
        for key, column in mapping.time_entries(what, columns).items()
        if column in said
    }
    return {**entries, "zone": rules.time.zone, "precision": rules.time.precision}


def _pattern(rule: mapping.Pattern) -> dict[str, str]:
    plain = {
        "prefix": rule.prefix,
        "suffix": rule.suffix,
        "time_precision": rule.time_precision,
        "note": rule.note,
    }
    return {key: value for key, value in plain.items() if value}


def _part(name: str, table: Table[str, Any]) -> list[str]:
    """A table with its heading; what it does not state is shown as possible."""
    said = {key: v for key, v in table.items() if v not in (None, [], ()) and v != {}}
    said_of_it = " ".join(HEADINGS[name].split())
    heading = textwrap.fill(said_of_it, 86, initial_indent="# ", subsequent_indent="# ")
    if name in NESTED:
        inner = [line for key, v in said.items() for line in _inner(f"{name}.{key}", v)]
        shown = inner or [f"# {line}" for line in mapping_examples.INNER.get(name, ())]
        return [heading, *shown, ""]
    lines = [heading, f"[{name}]"]
    for key, value in said.items():
        meaning = mapping.TARGETS.get(key, "") if name == "columns" else ""
        comment = f"  # {meaning}" if meaning else ""
        lines.append(f"{_key(key)} = {quoted(value)}{comment}")
    return [*lines, *mapping_examples.entries(name, set(said)), ""]


def _inner(name: str, value: Any) -> list[str]:
    if isinstance(value, list):
        lines = []
        for item in value:
            lines += [f"[[{name}]]", *(f"{k} = {quoted(v)}" for k, v in item.items())]
        return lines
    lines = [f"[{name}]"]
    for key, entry in value.items():
        if isinstance(entry, dict):
            continue
        if entry != []:
            lines.append(f"{_key(key)} = {quoted(entry)}")
    for key, entry in value.items():
        if isinstance(entry, dict) and entry:
            lines += _inner(f"{name}.{key}", entry)
    return lines


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else quoted(key)


def quoted(value: Any) -> str:
    """A TOML value; texts as JSON, which TOML's basic strings read alike."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(k)} = {quoted(v)}" for k, v in value.items())
        return "{ " + inner + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(quoted(item) for item in value) + "]"
    return str(value)  # a date
