"""A mapping read from TOML; every entry is checked, an unknown one is named."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from data import coordinate_system, words
from data.areas import label_or_point
from data.files import cells
from data.mappings import mapping
from data.mappings.mapping import FileMapping, FileRule, Pattern, PlaceRule, TagRule, TimeRule
from data.parse import midnight, time_formats
from data.settings import Problem, check_zone, read_toml
from data.sources import source

_PARTS = (
    "file",
    "source",
    "columns",
    "time",
    "place",
    "values",
    "tags",
    "constant",
    "patterns",
    "keep",
)
YES_NO = ("yes", "no", "")


def read_mapping(file: Path) -> FileMapping:
    """The mapping in a TOML file. Problem names the entry that does not fit."""
    try:
        table = read_toml(file)
    except FileNotFoundError:
        raise Problem(f"{file} cannot be read: there is no such file.") from None
    return from_table(table, file.name)


def from_table(table: dict[str, object], where: str) -> FileMapping:
    """The mapping in a table of tables. `where` says in Problems what is meant."""
    for name in table:
        if name not in _PARTS:
            raise Problem(f"{where}: [{name}] is unknown. Known are: {', '.join(_PARTS)}.")
    parts = {name: _Part(where, name, table.get(name, {})) for name in _PARTS}
    about = parts["source"].only({"name", *mapping.ABOUT}).table
    about = {key: value for key, value in about.items() if key != "name"}
    name = parts["source"].text("name") or ""  # without one, --source has to say it
    if name:
        mapping.source_name(name, f"{where}: [source]")
    source(name, about, where)
    columns = parts["columns"].only(mapping.TARGETS)
    named = {target: columns.text(target) or "" for target in columns.table}
    for target, column in named.items():
        hashed = target == "origin"
        mapping.check_column(column, f"{where}: [columns] {target}", hashed)
    kept = parts["keep"].only({"attributes"}).texts("attributes")
    for column in kept:
        mapping.check_column(column, f"{where}: [keep] attributes")
    return FileMapping(
        source=name,
        about=about,
        file=_file(parts["file"]),
        columns=named,
        time=_time(parts["time"]),
        place=_place(parts["place"]),
        values=_values(parts["values"]),
        tags=_tags(parts["tags"]),
        constant=_constant(parts["constant"]),
        patterns=_patterns(parts["patterns"]),
        keep=kept,
    )


class _Part:
    """One table of the file, which knows how to complain about its entries."""

    def __init__(self, file: str, name: str, table: Any) -> None:
        self.file, self.name = file, name
        self.where = f"{file}: [{name}]"
        if not isinstance(table, dict):
            raise Problem(f"{self.where} is a table of entries.")
        self.table: dict[str, object] = table

    def only(self, known: Iterable[str]) -> "_Part":
        """This part, if it has no entry but the known ones."""
        listed = list(known)
        for key in self.table:
            if key not in listed:
                raise Problem(
                    f"{self.where} has an unknown entry: {key}. Known are: {', '.join(listed)}."
                )
        return self

    def parts(self) -> dict[str, "_Part"]:
        """The tables within this one."""
        return {
            key: _Part(self.file, f"{self.name}.{key}", value) for key, value in self.table.items()
        }

    def text(self, key: str) -> str | None:
        """A text, None where it is not given."""
        value: str | None = self._get(key, str, 'a text in quotes: "..."')
        return value

    def number(self, key: str) -> float | None:
        """A number, None where it is not given."""
        value = self._get(key, (int, float), "a number")
        return None if value is None else float(value)

    def flag(self, key: str) -> bool:
        """true or false; false where it is not given."""
        return bool(self._get(key, bool, "true or false"))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is not given."""
        value = self._get(key, list, 'a list of texts: ["...", "..."]') or []
        if any(not isinstance(item, str) for item in value):
            raise Problem(f'{self.where} {key} is a list of texts: ["...", "..."].')
        return tuple(value)

    def rules(self, column: str | None) -> dict[str, str]:
        """Words by value; each has to be one that the column may hold."""
        found = {key: self.text(key) or "" for key in self.table}
        for key, word in found.items():
            if column in mapping.FLAGS and word not in YES_NO:
                raise Problem(f'{self.where} {key}: {word!r}; use "yes", "no" or "".')
            if column in mapping.COUNTS and word and cells.count(word) is None:
                raise Problem(f'{self.where} {key}: {word!r}; use a number such as "0", or "".')
            if column in words.CODES:
                mapping.check_word(str(column), word, f"{self.where} {key}")
        return found

    def _get(self, key: str, kind: Any, what: str) -> Any:
        value = self.table.get(key)
        wrong = isinstance(value, bool) and kind is not bool
        if value is not None and (wrong or not isinstance(value, kind)):
            raise Problem(f"{self.where} {key} is {what}.")
        return value


def _file(part: _Part) -> FileRule:
    part.only({"encoding", "delimiter", "columns", "no_header", "sheet", "records", "member"})
    return FileRule(
        part.text("encoding"),
        part.text("delimiter"),
        part.texts("columns"),
        part.flag("no_header"),
        part.text("sheet"),
        part.text("records"),
        part.text("member"),
    )


def _time(part: _Part) -> TimeRule:
    formatted = mapping.time_entries("format", mapping.TIME_COLUMNS)
    at_midnight = mapping.time_entries("midnight", mapping.TIME_COLUMNS)
    zoned = mapping.time_entries("zone", mapping.ZONED)
    part.only({*formatted, *at_midnight, *zoned, "zone", "precision"})
    stated = _stated(part, formatted)
    for text in stated.values():
        time_formats.pattern(text)
    rules = _stated(part, at_midnight)
    for column, rule in rules.items():
        known = midnight.CLOCK_RULES if column == "time_of_day" else midnight.RULES
        if rule not in known:
            listed = " or ".join(f'"{word}"' for word in known)
            raise Problem(f"{part.where}: {rule!r} is no midnight of {column}. Use {listed}.")
    zone, zones = part.text("zone"), _stated(part, zoned)
    for name in (*zones.values(), *((zone,) if zone is not None else ())):
        check_zone(name, f"{part.where} zone")
    return TimeRule(stated, zone, _word(part, "precision", "time_precision"), rules, zones)


def _stated(part: _Part, entries: dict[str, str]) -> dict[str, str]:
    """The stated texts of a part, by the record column that each is for."""
    return {column: v for key, column in entries.items() if (v := part.text(key)) is not None}


def _place(part: _Part) -> PlaceRule:
    part.only({"crs", "precision", "reach_km", "decimal", "swapped", "place_by"})
    decimal = part.text("decimal")
    if decimal not in (None, ".", ","):
        raise Problem(f'{part.where} decimal is "." or ",".')
    reach = part.number("reach_km")
    if reach is not None and not 0 <= reach < 1e6:
        raise Problem(f"{part.where} reach_km is a number of kilometers; 0 is no limit.")
    crs, place_by = part.text("crs"), part.text("place_by")
    return PlaceRule(
        crs and coordinate_system.check_crs(crs, f"{part.where} crs"),
        _word(part, "precision", "place_precision"),
        reach,
        decimal,
        part.flag("swapped"),
        place_by and label_or_point.check_decider(place_by, f"{part.where} place_by"),
    )


def _word(part: _Part, key: str, column: str) -> str | None:
    word = part.text(key)
    return word and mapping.check_word(column, word, f"{part.where} {key}")


def _values(part: _Part) -> dict[str, dict[str, str]]:
    part.only(mapping.RULED)
    found = {column: rules.rules(column) for column, rules in part.parts().items()}
    return {column: rules for column, rules in found.items() if rules}


def _tags(part: _Part) -> dict[str, TagRule]:
    part.only(mapping.TAGGED)
    found = {}
    for column, rule in part.parts().items():
        rule.only({"separator", "words", "order"})
        separator = rule.text("separator")
        if separator == "":
            raise Problem(f'{rule.where} separator is what parts the list, e.g. ",".')
        listed = _Part(part.file, f"{rule.name}.words", rule.table.get("words", {}))
        order = rule.texts("order")
        if column != "source_url":
            for word in order:
                mapping.check_word(column, word, f"{rule.where} order")
        checked = listed.rules(None if column == "source_url" else column)
        found[column] = TagRule(separator or ",", checked, order)
    return found


def _constant(part: _Part) -> dict[str, str]:
    part.only(mapping.CONSTANTS)
    found = {key: part.text(key) or "" for key in part.table}
    for column, word in found.items():
        if column in mapping.ENUMERATED:
            mapping.check_word(column, word, f"{part.where} {column}")
    return found


def _patterns(part: _Part) -> dict[str, tuple[Pattern, ...]]:
    part.only(mapping.PATTERNED)
    found = {}
    for column, listed in part.table.items():
        tables = listed if isinstance(listed, list) else [listed]
        rules = [_Part(part.file, f"patterns.{column}", table) for table in tables]
        found[column] = tuple(_pattern(rule) for rule in rules)
    return {column: rules for column, rules in found.items() if rules}


def _pattern(part: _Part) -> Pattern:
    part.only({"prefix", "suffix", "time_precision", "note"})
    prefix, suffix = part.text("prefix") or "", part.text("suffix") or ""
    if bool(prefix) == bool(suffix):
        raise Problem(f"{part.where} needs a prefix or a suffix, one of them.")
    precision = _word(part, "time_precision", "time_precision")
    return Pattern(prefix, suffix, precision, part.text("note") or "")
