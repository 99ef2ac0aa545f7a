"""The plan of one import: a file, a mapping with nothing left open, a source."""

import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data import coordinate_system, sources, words
from data.areas import label_or_point
from data.columns import free_text, guess_columns, personal_values
from data.files import known_words
from data.files.column_names import clean_label
from data.files.form import Form, MissingHeader, NeedsChoice
from data.files.table_file import TableFile
from data.formats.open_table import open_table
from data.imports import (
    area_decider,
    described_sources,
    guess_times,
    mapping_draft,
    questions,
    required,
)
from data.imports.options import Options
from data.mappings import kind_tables, mapping, mapping_read
from data.mappings.mapping import FileMapping
from data.own_kinds import NO_KINDS, KindTable
from data.parse import midnight
from data.parse.date_order import Ask
from data.personal_columns import is_forbidden
from data.settings import Problem, Settings, check_zone
from data.sources import Source
from data.storage import area_sets
from data.storage.store import Store
from data.values import value_words

# ends of names of files that say nothing of their source
_SUFFIXES = (
    "csv|txt|tsv|gz|xlsx|xlsm|xlsb|xls|ods|parquet|geoparquet|json|jsonl|ndjson|geojson|kml|kmz|"
    "gpkg|zip"
)

# numbers that tell the decimal mark, the comma's and the point's; of meters 479,497 tells the
# point, for a comma with three digits behind it parts thousands there
_DECIMAL = (r"[+-]?[\d.]+,\d+\D*", r"[+-]?\d+\.\d+\D*")
_METRIC = (
    r"[+-]?(\d{1,3}([.\s'’]\d{3})+,\d*|\d{1,3}(\.\d{3}){2,}|\d+,(\d{1,2}|\d{4,})|\d{4,},\d+)",
    r"[+-]?(\d{1,3}([,\s'’]\d{3})+\.\d*|\d{1,3}(,\d{3})+|\d+\.(\d{1,2}|\d{4,})|\d{4,}\.\d+)",
)


@dataclass(frozen=True)
class Plan:
    """A decided import. `read` are the columns of the file that are looked at.

    `prose` are columns of free text that nobody asked for, `telling` such whose values
    tell who somebody is: dropped. `watched` may prove to be either as rows are read.
    """

    table_file: TableFile
    mapping: FileMapping
    source: Source
    settings: Settings
    read: tuple[str, ...]
    attributes: tuple[str, ...]
    forbidden: tuple[str, ...]
    unnamed: tuple[str, ...]
    prose: tuple[str, ...]
    telling: tuple[str, ...]
    watched: tuple[str, ...]
    now: datetime
    kinds: KindTable = NO_KINDS
    kinds_table: str = ""  # the one that was given with --kinds
    area_names: frozenset[str] = frozenset()  # of the store's, those that look like an empty cell
    pulled_at: str = ""
    replaces: tuple[str, ...] = ()
    derived: str = ""

    @property
    def zone(self) -> str:
        """The clock that times without an offset are on."""
        return self.mapping.time.zone or self.source.zone or self.settings.zone

    @property
    def reach_km(self) -> float:
        """The farthest that a coordinate may be from the center, in km; 0 is no limit."""
        stated = self.mapping.place.reach_km
        return self.settings.reach_km if stated is None else stated

    @property
    def origin(self) -> str | None:
        """The column that is only ever hashed."""
        return self.mapping.columns.get("origin")

    @property
    def own_kinds(self) -> str | None:
        """The column in which the source says what happened, also where rules ignore it.

        None where there is none, or where it holds sentences, which may name people.
        """
        called = known_words.NAMES["kind"].split()
        named = (name for name in self.attributes if known_words.plain(name) in called)
        column = self.mapping.columns.get("kind") or next(named, None)
        return (
            None
            if column is None or free_text.looks_like_prose(self.table_file.values(column))
            else column
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns that may stand in rejected rows."""
        return tuple(name for name in self.read if name != self.origin)

    @property
    def withheld(self) -> bool:
        """Return whether a row that cannot be cut into columns must not be shown."""
        return len(self.shown) < len(self.table_file.names)

    def doubt(self, at_midnight: midnight.Counts) -> tuple[str, int] | None:
        """A note on times at 00:00, and the rows, unless the mapping says they are meant."""
        rules = self.mapping
        clock = bool({"time_of_day", "hour"} & set(rules.columns))
        stated = rules.time.midnight.get("time_of_day" if clock else "occurred_at")
        return None if stated == midnight.EXACT else midnight.doubt(at_midnight, clock)

    def without(self, prose: tuple[str, ...], telling: tuple[str, ...] = ()) -> "Plan":
        """This plan without columns that proved to be free text, or to tell of people."""
        gone = {*prose, *telling}
        return replace(
            self,
            read=tuple(name for name in self.read if name not in gone),
            attributes=tuple(name for name in self.attributes if name not in gone),
            prose=tuple(name for name in self.table_file.names if name in {*self.prose, *prose}),
            telling=tuple(n for n in self.table_file.names if n in {*self.telling, *telling}),
            watched=tuple(name for name in self.watched if name not in gone),
        )


def make(
    store: Store,
    settings: Settings,
    file: Path,
    options: Options,
    ask: Ask | None,
    see_table: Callable[[TableFile], None] | None = None,
) -> Plan:
    """The plan for one file. Problem says what to state where it cannot be found.

    `see_table` gets the file as soon as it is open.
    """
    kinds = kind_tables.joined(store, options.kinds)
    words.use_kinds(kinds.kinds)
    stated = options.rules or (mapping_read.read_mapping(options.map) if options.map else None)
    table_file, form = _sniff(file, options, stated, ask)
    if see_table:
        see_table(table_file)
    rules = _overridden(
        stated or _guessed(table_file, file, options, settings.zone), table_file, options
    )
    # another table of the same file is another import
    part = {word: getattr(form, word) for word in mapping.WHICH_TABLE}
    rules = replace(rules, file=replace(rules.file, **part))
    rules = replace(
        rules, columns=_present(rules.columns, table_file), keep=_kept(rules, table_file)
    )
    rules = kind_tables.with_texts(rules, kinds)
    known = sources.read_catalogue(store.root)
    rules = questions.source_kind(rules, rules.source in known, ask)
    source = described_sources.described(rules.source, rules.about, known, store.root)
    if stated is None and source.kind != "community":
        rules = replace(rules, columns=_without(rules.columns, "grade"))
    with mapping_draft.save_draft(store, table_file, rules, options) as written:
        rules = written.rules = questions.time(
            table_file, rules, stated is None, ask, settings.zone
        )
        zone = rules.time.zone or source.zone or settings.zone
        rules = guess_times.decided(table_file, rules, options.date_format, ask, zone)
        rules = _decimal(rules, table_file)
        rules = written.rules = questions.rest(table_file, rules, stated is None, ask)
        given = options.kinds or ""
        required.check_file(table_file, rules, source, stated is None, given)
        rules = written.rules = area_decider.decided(store, settings, table_file, rules, ask)
    names = area_sets.names_like_empty_cells(store)
    plan = _plan(table_file, rules, source, settings)
    return replace(
        plan,
        area_names=names,
        kinds=kinds,
        kinds_table=given,
        pulled_at=options.pulled_at,
        replaces=options.replaces,
        derived=options.derived,
    )


def _plan(table_file: TableFile, rules: FileMapping, source: Source, settings: Settings) -> Plan:
    """The plan: columns that are read, kept as attributes, and dropped."""
    named, official = rules.used(), source.kind == "official"
    forbidden = tuple(name for name in table_file.names if is_forbidden(name))
    others = tuple(n for n in table_file.names if n not in named and n not in forbidden)
    prose, telling, others = _sorted(others, table_file)
    kept = {*rules.keep, *(others if official else ())}
    attributes = tuple(name for name in table_file.names if name in kept)
    unasked = [name for name in attributes if name not in named]
    return Plan(
        table_file=table_file,
        mapping=rules,
        source=source,
        settings=settings,
        read=tuple(name for name in table_file.names if name in named or name in kept),
        attributes=attributes,
        forbidden=forbidden,
        unnamed=() if official else others,
        prose=prose,
        telling=telling,
        watched=tuple(n for n in unasked if personal_values.few(table_file.values(n))),
        now=datetime.now(UTC),
    )


def _sorted(names: tuple[str, ...], table_file: TableFile) -> tuple[tuple[str, ...], ...]:
    """Columns nobody mapped: free text, such as tell who somebody is, and the others."""
    prose = tuple(name for name in names if free_text.is_free_text(name, table_file.values(name)))
    rest = tuple(name for name in names if name not in prose)
    telling = tuple(name for name in rest if personal_values.column(name, table_file.values(name)))
    return prose, telling, tuple(name for name in rest if name not in telling)


def _sniff(
    file: Path, options: Options, stated: FileMapping | None, ask: Ask | None
) -> tuple[TableFile, Form]:
    """The file as a table, and all that was stated or answered of its form."""
    rule = stated.file if stated else mapping.FileRule()
    form = Form(
        options.encoding or rule.encoding,
        options.delimiter or rule.delimiter,
        options.columns or rule.columns,
        options.no_header or rule.no_header,
        options.sheet or rule.sheet,
        options.records or rule.records,
        options.member or rule.member,
    )
    if options.most_bytes:
        form = replace(form, most_bytes=options.most_bytes)
    while True:
        try:
            return open_table(file, form), form
        except NeedsChoice as several:
            if ask is None or getattr(form, several.word) is not None:
                raise
            answer: dict[str, Any] = {several.word: ask(several.question, list(several.choices))}
            form = replace(form, **answer)
        except MissingHeader as missing:
            if ask is None or form.columns:
                raise
            question = (
                f"{file.name} has no header. What are its {missing.width} columns called, "
                "in order, with commas between?"
            )
            named = tuple(name.strip() for name in ask(question, []).split(","))
            form = replace(form, columns=named, no_header=True)


def _guessed(table_file: TableFile, file: Path, options: Options, zone: str) -> FileMapping:
    stem = re.sub(rf"(\.({_SUFFIXES}))+$", "", file.name.lower())
    name = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:40] or "unnamed"
    told = options.time and _time(options.time, table_file)
    zone = check_zone(options.zone, "--zone") if options.zone else zone
    columns = guess_columns.columns(
        table_file.names, table_file.values, bool(options.crs), told or None, zone
    )
    if options.kind and not required.speaks(table_file, columns.get("kind")):
        columns = _without(columns, "kind")  # it stays as an attribute
    rule = mapping.FileRule(
        encoding=options.encoding,
        delimiter=options.delimiter,
        columns=table_file.names if table_file.no_header else (),
        no_header=table_file.no_header,
    )
    return FileMapping(source=options.source or name, columns=columns, file=rule)


def _overridden(rules: FileMapping, table_file: TableFile, options: Options) -> FileMapping:
    """The mapping with what the options state; they win."""
    time, spot, constant = rules.time, rules.place, rules.constant
    if options.zone:
        time = replace(time, zone=check_zone(options.zone, "--zone"))
    if options.crs:
        spot = replace(spot, crs=coordinate_system.check_crs(options.crs, "--crs"))
    if options.decimal:
        if options.decimal not in ".,":
            raise Problem('--decimal is "." or ",".')
        spot = replace(spot, decimal=options.decimal)
    if options.place_by:
        by = label_or_point.check_decider(options.place_by, "--place-by")
        spot = replace(spot, place_by=by)
    if options.kind:
        kind = value_words.word("kind", options.kind) or options.kind  # as screens write it, too
        constant = {**constant, "kind": mapping.check_word("kind", kind, "--kind")}
    columns = dict(rules.columns)
    if options.time:
        told = _time(options.time, table_file)
        gone = ("year", "month", "day")
        columns = {t: name for t, name in columns.items() if name != told and t not in gone}
        columns = {"occurred_at": told, **_without(columns, "occurred_at")}
    source = mapping.source_name(options.source or rules.source, "--source")
    return replace(
        rules,
        source=source,
        about={**rules.about, **options.about},
        columns=columns,
        time=time,
        place=spot,
        constant=constant,
    )


def _without(columns: Table[str, str], target: str) -> dict[str, str]:
    return {name: column for name, column in columns.items() if name != target}


def _present(columns: Table[str, str], table_file: TableFile) -> dict[str, str]:
    return {target: _name(name, table_file) for target, name in columns.items()}


def _kept(rules: FileMapping, table_file: TableFile) -> tuple[str, ...]:
    return tuple(_name(name, table_file) for name in rules.keep)


def _time(name: str, table_file: TableFile) -> str:
    """The column that --time names."""
    mapping.check_column(name, "--time")
    return _name(name, table_file, "--time")


def _name(name: str, table_file: TableFile, where: str = "the mapping") -> str:
    """A column as the file spells it; case and blanks do not matter."""
    if name in table_file.names:
        return name
    plain = {clean_label(n).casefold(): n for n in reversed(table_file.names)}
    if found := plain.get(clean_label(name).casefold()):
        return found
    raise Problem(
        f'{table_file.file.name} has no column "{name}", which {where} names. It has: {table_file.listed()}.'
    )


def _decimal(rules: FileMapping, table_file: TableFile) -> FileMapping:
    """The mapping with the decimal mark of the coordinates, found in the first rows."""
    if rules.place.decimal:
        return rules
    votes = [0, 0]  # for the comma, for the point
    for target in ("lat", "lon", "x", "y"):
        ways = _METRIC if target in ("x", "y") else _DECIMAL
        texts = table_file.values(rules.columns[target]) if target in rules.columns else ()
        for i, way in enumerate(ways):
            votes[i] += sum(re.fullmatch(way, text) is not None for text in texts)
    mark = "," if votes[0] > votes[1] else "."
    return replace(rules, place=replace(rules.place, decimal=mark))
