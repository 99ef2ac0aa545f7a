"""Residents of each area: read from texts, matched by name."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.settings import Problem
from data.storage import area_names

MOST_ROWS = 100_000
MOST_PEOPLE = 1_000_000_000
_LISTED = 8


def number(raw: Any) -> int | None:
    """A number of residents, None where nothing is stated; ValueError for a text."""
    text = str(raw if raw is not None else "").replace(",", "").replace(" ", "")
    if text.casefold() in ("", "na", "nan", "none", "null"):
        return None
    value = float(text)
    if isinstance(raw, bool) or not 0 <= value <= MOST_PEOPLE:
        raise ValueError(f"{text} is no number of residents")
    return round(value)


def read_residents(file: Path) -> dict[str, int | None]:
    """Residents by name from a CSV with the columns name and population."""
    people: dict[str, int | None] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = csv.reader(opened)
            head = [column.strip().casefold() for column in next(rows, [])]
            if not {"name", "population"} <= set(head):
                raise Problem(f"{file.name}: its first line must be name,population.")
            at, counted = head.index("name"), head.index("population")
            for row in rows:
                if len(people) >= MOST_ROWS:
                    raise Problem(f"{file.name} has more than {MOST_ROWS:,} lines.")
                if row:
                    _take(people, row, at, counted, f"{file.name}, line {rows.line_num}")
    except FileNotFoundError:
        raise Problem(f"{file} is missing: it should hold name,population.") from None
    except (UnicodeDecodeError, csv.Error):
        raise Problem(f"{file.name} is no CSV in UTF-8.") from None
    return people


def _take(people: dict[str, int | None], row: list[str], at: int, counted: int, where: str) -> None:
    if len(row) <= max(at, counted):
        raise Problem(f"{where}: a name and a population are needed.")
    name = row[at].strip()
    if name in people:
        raise Problem(f'{where} names "{area_names.clean_name(name)}" a second time.')
    try:
        people[name] = number(row[counted])
    except ValueError:
        raise Problem(
            f"{where}: the population is no number. Leave it empty where not known."
        ) from None


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
