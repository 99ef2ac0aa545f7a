"""Residents of each area: read from any table, matched by name or code."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from data.areas.label_or_point import Ask
from data.files.known_words import plain
from data.formats.open_table import open_table
from data.settings import Problem
from data.storage import area_names

MOST_ROWS = 100_000
MOST_PEOPLE = 1_000_000_000
_LISTED = 8
_NOTHING = ("", "na", "nan", "none", "null", "-", "n/a")
# marks between thousands: residents are whole, so three digits after one are no fraction
_GROUPED = re.compile(r"\d{1,3}([,.'\u2019 \u00a0\u202f]\d{3})+")
_PLAIN = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
# the whole header of a column of residents, without accents and separators: never one of a part of
# them, of a density or of a change
_CALLED = re.compile(
    r"(?:(?:20[012]\d|19\d\d)|total|tot|sum|census|acs|numberof|resident|of|de|der|da){0,4}"
    r"(?:pop|population|poblacion|populacao|populacion|residents?|inhabitants?|habitantes|habitants|"
    r"einwohner|einwohnerzahl|bevolkerung|people)"
    r"(?:total|totale|tot|sum|count|number|estimate|est|census|cy|100|of|in)*"
    r"(?P<year>20[012]\d|19\d\d|[012]0)?(?:total|tot|estimate|est)?"
)
_MOST_PERCENT = 100


def number(raw: Any) -> int | None:
    """A number of residents, None where nothing is stated; ValueError for a text."""
    text = str(raw if raw is not None else "").strip()
    if text.casefold() in _NOTHING:
        return None
    if _GROUPED.fullmatch(text) and not isinstance(raw, float):
        text = re.sub(r"\D", "", text)
    elif not _PLAIN.fullmatch(text):
        raise ValueError(f"{text} is no number of residents")
    value = float(text)
    if isinstance(raw, bool) or not 0 <= value <= MOST_PEOPLE:
        raise ValueError(f"{text} is no number of residents")
    return round(value)


def resident_columns(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """The columns that by their headers and values hold all residents: [] for none, several where
    they differ and nothing tells which. One without a year goes before the newest year."""
    years: dict[str, float] = {}
    for name, values in columns.items():
        header = _CALLED.fullmatch(plain(name))
        if header and _are_residents(values):
            year = header["year"] or next(iter(re.findall(r"(?:19|20)\d\d", name)), "")
            years[name] = float(f"20{year}" if len(year) == 2 else year or "inf")
    best = [name for name in years if years[name] == max(years.values())]
    same = best and all(_numbers(columns[name]) == _numbers(columns[best[0]]) for name in best)
    return best[:1] if same else best


def _are_residents(values: Sequence[Any]) -> bool:
    """Return whether all values are numbers of residents, and no percentages."""
    try:
        read = [count for count in _numbers(values) if count is not None]
    except ValueError:
        return False
    parts = any(isinstance(value, float) and not value.is_integer() for value in values)
    percent = max(read, default=0) <= _MOST_PERCENT
    whole = len(read) > 2 and abs(sum(read) - _MOST_PERCENT) <= 1
    return bool(read) and not (percent and (parts or whole))


def _numbers(values: Sequence[Any]) -> list[int | None]:
    return [number(value) for value in values]


class _Table(NamedTuple):
    """The columns of a table of residents, and the line of each row."""

    name: str
    columns: dict[str, list[str]]
    lines: list[int]


def read_residents(
    file: Path,
    areas: gpd.GeoDataFrame,
    known: Mapping[str, str],
    column: str | None = None,
    ask: Ask | None = None,
) -> dict[str, int | None]:
    """Residents by name from a table: one column names the areas, one holds numbers.

    The first is the one of which most texts are names or codes of areas. `column` says, or `ask`
    asks for, the second where several hold numbers; Problem where neither does.
    """
    table = _read(file)
    lookup = area_names.Lookup(areas["name"].tolist(), known)
    codes = {str(code).casefold(): i for i, code in enumerate(areas["code"])}

    def row(text: str) -> int:
        found = lookup.row(text)
        return found if found >= 0 else codes.get(text.casefold(), -1)

    named = _name_column(table, row)
    counted = _number_column(table, named, column, ask)
    people: dict[str, int | None] = {}
    for line, text, raw in zip(table.lines, table.columns[named], table.columns[counted]):
        where = f"{file.name}, line {line}"
        name = areas["name"].iloc[row(text)] if row(text) >= 0 else text
        if name in people:
            raise Problem(f'{where} names "{area_names.clean_name(text)}" a second time.')
        try:
            people[name] = number(raw)
        except ValueError:
            raise Problem(
                f"{where}: the population is no number. Leave it empty where not known."
            ) from None
    return people


def _read(file: Path) -> _Table:
    if not file.exists():
        raise Problem(f"{file} is missing: it should hold a name and the residents of each area.")
    table = open_table(file)
    frames = []
    rows = 0
    for frame in table.frames():
        rows += len(frame.table)
        if rows > MOST_ROWS:
            raise Problem(f"{file.name} has more than {MOST_ROWS:,} lines.")
        for broken in frame.broken:
            raise Problem(f"{file.name}, line {broken.line}: {broken.reason}.")
        frames.append(frame)
    columns = {
        name: [
            (text or "").strip()
            for text in chain.from_iterable(f.table[name].to_pylist() for f in frames)
        ]
        for name in table.names
    }
    return _Table(file.name, columns, [int(n) for f in frames for n in f.lines])


def _name_column(table: _Table, row: Any) -> str:
    """The column of which most texts are areas; among equals the first."""
    hits = {name: sum(row(t) >= 0 for t in texts) for name, texts in table.columns.items()}
    best = max(hits, key=lambda name: hits[name])
    if not hits[best]:
        raise Problem(
            f"{table.name}: no column holds names or codes of the areas. "
            f"It has: {_listed(list(table.columns))}."
        )
    return best


def _number_column(table: _Table, named: str, stated: str | None, ask: Ask | None) -> str:
    if stated is not None:
        if stated in table.columns:
            return stated
        raise Problem(
            f'{table.name} has no column "{area_names.printable(stated)}". '
            f"It has: {_listed(list(table.columns))}."
        )
    others = {name: texts for name, texts in table.columns.items() if name != named}
    named_so = [name for name in others if _CALLED.fullmatch(plain(name))]
    called = resident_columns(others) or named_so
    counts = [name for name, texts in others.items() if _are_numbers(texts)]
    for found in (called, counts):
        if len(found) == 1:
            return found[0]
    if not (called or counts):
        raise Problem(
            f"{table.name}: no column beside {area_names.printable(named)} holds numbers of "
            f"residents. It has: {_listed(list(table.columns))}."
        )
    rivals = called or counts
    question = f"{table.name} has several columns of numbers: {_listed(rivals)}."
    if ask is None:
        raise Problem(f"{question} Say which holds the residents: --population-column NAME.")
    return ask(f"{question} Which holds the residents?", rivals)


def _are_numbers(texts: Sequence[str]) -> bool:
    """Return whether most texts of a column are numbers of residents."""
    read = 0
    for text in texts:
        try:
            read += number(text) is not None
        except ValueError:
            read -= 1
    return read > 0


def _listed(names: Sequence[str]) -> str:
    return ", ".join(area_names.printable(name) for name in names)


def by_name(
    areas: gpd.GeoDataFrame, people: Mapping[str, int | None], known: Mapping[str, str], whence: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The areas with the residents of their names or aliases, and what to say of it."""
    lookup = area_names.Lookup(areas["name"].tolist(), known)
    found: list[int | None] = [None] * len(areas)
    unmatched = []
    for name, count in people.items():
        row = lookup.row(name)
        if row < 0:
            unmatched.append(area_names.clean_name(name))
        else:
            found[row] = count
    counted = sum(count is not None for count in found)
    notes = [f"Residents are known for {counted} of {len(areas)} areas (from {whence})."]
    if unmatched:
        more = " ..." if len(unmatched) > _LISTED else ""
        names = ", ".join(unmatched[:_LISTED]) + more
        notes.append(f"Residents of {len(unmatched)} that are no area here: {names}.")
    return areas.assign(population=pd.array(found, dtype="Int64")), notes
