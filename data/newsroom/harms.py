"""What force was used and what harm was done, by month, area and city, by the records of one source."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import words
from data.newsroom.responses import months_from
from data.newsroom.source_views import within_month
from data.storage.meta_types import SourceMeta
from data.storage.store import Current
from data.views.conditions import where
from data.views.coverage import origin
from data.views.sql import city_codes, polygon_set, step_sql
from data.views.view import MONTH, View


class WordColumn(NamedTuple):
    """A column of the tables below: a word of a column of sets, or that such a set is empty.

    `field` is the View's filter on it.
    """

    column: str
    field: str
    word: str

    @property
    def name(self) -> str:
        """Its name in the tables."""
        return f"{self.column}_{self.word}"

    @property
    def label(self) -> str:
        """Its name as readers see it."""
        if self.word == words.NOT_RECORDED:
            return f"{self.column} not recorded"
        return words.label(self.column, self.word)


_KEYS = ("month", "unit", "city")
FIELDS = {"force": "forces", "harm": "harms"}
WORDS_OF = {
    column: (
        WordColumn(column, field, words.NOT_RECORDED),
        *(WordColumn(column, field, word.code) for word in words.TABLES[column]),
    )
    for column, field in FIELDS.items()
}
ALL_WORDS = (*WORDS_OF["force"], *WORDS_OF["harm"])


@dataclass(frozen=True)
class Harms:
    """What the records of a View say of force and harm.

    `months`, `areas` and `cities` have a row each with a record: its name (`month`, the first day;
    `area`; `city`), `of` (its records) and how many are of each of ALL_WORDS. A record may be of several,
    so they do not add up. `total` is all together; `outside` how many lie in no area.
    """

    view: View
    total: pd.Series
    months: pd.DataFrame
    areas: pd.DataFrame
    cities: pd.DataFrame
    outside: int

    def n(self, column: str, word: str) -> int:
        """How many records are of a word."""
        return int(self.total[f"{column}_{word}"])

    def says(self, column: str) -> int:
        """How many records say anything in a column."""
        return int(self.total["of"]) - self.n(column, words.NOT_RECORDED)

    def used(self, column: str) -> list[WordColumn]:
        """The columns of words that some record has, the one that says nothing first."""
        return [one for one in WORDS_OF[column] if self.total[one.name]]


def records_harm(source: SourceMeta) -> bool:
    """Return whether any record of a source says what force was used or what harm was done."""
    counts = [source["counts"][column] for column in WORDS_OF]
    return any(n for count in counts for word, n in count.items() if word != words.NOT_RECORDED)


def count_harms(current: Current, view: View) -> Harms:
    """Count the records of a View by kinds of force and harm: in all, by month, area and city."""
    condition, values = where(view, current)
    first = origin(view, MONTH)
    held = polygon_set(view.area_set, current.meta)
    unit = f"area{held[0]}" if held else "-1"
    pairs = ", ".join(f"({key}, {column})" for key in _KEYS for column in WORDS_OF)
    # few different sets of words stand in many records: they are counted as sets, then by word
    sql = f"""SELECT month, unit, city, force, harm, count(*) AS n FROM (
            SELECT {step_sql(view, MONTH, first)} AS month, {unit} AS unit, city, force, harm
            FROM {{facts}} WHERE {condition})
        GROUP BY GROUPING SETS ({pairs})"""
    found = current.query(sql, values).to_pandas()
    months, areas, cities = (_by_word(found, key) for key in _KEYS)
    names = [*(held[1]["names"] if held else []), ""]
    spelled = {code: name for name, code in city_codes(current.meta).items()}
    placed = areas[areas.index >= 0]
    return Harms(
        view,
        cities.sum().astype(np.int64),
        _named("month", months_from(first, pd.Series(months.index)), months),
        _largest("area", [names[int(code)] for code in placed.index], placed),
        _largest("city", [spelled[int(code)] for code in cities.index], cities),
        int(areas.loc[areas.index < 0, "of"].sum()),
    )


def _by_word(found: pd.DataFrame, key: str) -> pd.DataFrame:
    """How many records there are by a key, and how many of each of ALL_WORDS, from those by set."""
    own = found[found[key].notna()]
    codes, rows = np.unique(own[key].to_numpy(np.int64), return_inverse=True)

    def add(of: pd.Series) -> npt.NDArray[np.int64]:
        counted = own["n"].where(of, 0).to_numpy(np.float64)
        return np.bincount(rows, counted, minlength=len(codes)).astype(np.int64)

    parts = {"of": add(own["force"].notna())}
    masks = {c: own[c].fillna(0).to_numpy(np.int64) for c in WORDS_OF}
    for one in ALL_WORDS:
        bit = 1 << words.CODES[one.column].get(one.word, 0)
        mask = masks[one.column]
        is_word = mask == 0 if one.word == words.NOT_RECORDED else (mask & bit) > 0
        parts[one.name] = add(own[one.column].notna() & is_word)
    return pd.DataFrame(parts, index=codes)


def _named(name: str, values: "pd.Series | list[str]", counts: pd.DataFrame) -> pd.DataFrame:
    frame = counts.reset_index(drop=True)
    frame.insert(0, name, np.asarray(values))
    return frame


def _largest(name: str, values: list[str], counts: pd.DataFrame) -> pd.DataFrame:
    """The rows with most records first."""
    frame = _named(name, values, counts)
    return frame.sort_values(["of", name], ascending=[False, True], ignore_index=True)


class CellOf(NamedTuple):
    """The row that a cell is in: of a month (its first day), an area or a city; of all."""

    month: date | None = None
    area: str = ""
    city: str = ""


def view_of_harms(view: View, one: WordColumn | None, row: CellOf) -> View:
    """The View of the records that one cell counts: of a word, or all of its row."""
    cell = within_month(view, row.month) if row.month else view
    asked: dict[str, Any] = {one.field: (one.word,)} if one else {}
    if row.area:
        asked["areas"] = (row.area,)
    if row.city:
        asked["cities"] = (row.city,)
    return replace(cell, **asked)
