"""What a reader of the public dashboard chooses, and the numbers that it names."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from data.privacy.tables import (
    NO_AREA,
    OFFICIAL_AREA,
    OFFICIAL_CITY,
    WEEK_PATH,
    Table,
    estimate_path,
)
from data.published import number_classes
from data.published.choice_words import ALL_KINDS, SOURCES, WHERE, kind_code, kind_words, map_words
from data.published.grid import Grid
from data.published.grids import ALL, OFFICIAL, UNITS, AreaMap, Numbers, Sort
from data.published.levels import CITY, Level, Levels
from data.published.ranges import Range
from data.published.rises import more_than_before

NO_AREA_WORDS = "no area known"


class Choice(NamedTuple):
    """The choice of a reader; `by` is a map in words. `areas` are names; none means all."""

    source: str
    by: str
    period: str
    kind: str
    areas: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether these are official counts, to which no chance was added."""
        return SOURCES[self.source] == OFFICIAL

    @property
    def map(self) -> str:
        """The name of the map: district-quarter."""
        where, _, unit = self.by.partition(" by ")
        return f"{next((w for w, name in WHERE.items() if name == where), CITY)}-{unit}"

    @property
    def where(self) -> str:
        """The size of its areas."""
        return self.map.partition("-")[0]

    @property
    def unit(self) -> str:
        """The length of its periods."""
        return self.map.partition("-")[2]


def offered_maps(sort: Sort) -> list[str]:
    """The maps of a sort in words, long periods of large areas first; without a map its series of
    the whole city."""
    names = list(sort.maps) or [f"{CITY}-{u}" for u in UNITS if u in sort.city and u != "week"]
    order = [f"{where}-{unit}" for where in WHERE for unit in reversed(UNITS)]
    return [map_words(name) for name in sorted(names, key=order.index)]


def offered_kinds(sort: Sort, name: str) -> list[str]:
    """The kinds of a map (or of all series, where the name is empty), all together first."""
    if name:
        return [kind_words(code) for code in sort.kinds(name)]
    every = {kind for own in sort.city.values() for kind in own}
    return [kind_words(code) for code in sorted(every, key=lambda k: (k != ALL, k))]


def area_map(numbers: Numbers, choice: Choice) -> AreaMap | None:
    """The map of a choice; None where there is only the whole city."""
    sort = numbers.sorts.get(SOURCES[choice.source])
    return sort.maps.get(choice.map, {}).get(kind_code(choice.kind)) if sort else None


def city_grid(numbers: Numbers, choice: Choice, unit: str = "") -> Grid | None:
    """The whole city by a unit, as a rule that of the choice; None where it is not released."""
    sort = numbers.sorts.get(SOURCES[choice.source])
    own = sort.city.get(unit or choice.unit, {}) if sort else {}
    return own.get(kind_code(choice.kind))


def grid_of(numbers: Numbers, choice: Choice) -> Grid | None:
    """The numbers of a choice: of its areas, or of the whole city."""
    found = area_map(numbers, choice)
    return found.grid if found else city_grid(numbers, choice)


def city_range(numbers: Numbers, choice: Choice) -> tuple[Range, float] | None:
    """The number of the whole city in the period of a choice, and its standard deviation."""
    grid = city_grid(numbers, choice)
    if grid is None or (at := grid.at(choice.period)) < 0:
        return None
    return grid.range(at), float(grid.sd[at, 0])


def status(numbers: Numbers, choice: Choice) -> str:
    """Whether the numbers of a choice are provisional; "" where they are for good."""
    grid = grid_of(numbers, choice)
    return grid.status[grid.at(choice.period)] if grid and grid.at(choice.period) >= 0 else ""


def rows(numbers: Numbers, levels: Levels, choice: Choice, city: str) -> pd.DataFrame:
    """One row an area, in the order of the map: area, name, residents, number, low, high, sd,
    look, rise, asked. Without a map one row, of the whole city, whose name is given."""
    found, level = area_map(numbers, choice), levels.get(choice.where)
    if found is None or level is None:
        level = Level(CITY, (NO_AREA,), (city,), (None,), (0,))
    frame = pd.DataFrame(
        {
            "area": level.codes,
            "name": level.names,
            "residents": pd.array(list(level.residents), "Int64"),
        }
    )
    grid = grid_of(numbers, choice)
    at = grid.at(choice.period) if grid else -1
    if grid is None or at < 0:
        return frame.iloc[:0].assign(
            number=0, low=0, high=0, sd=0.0, look="", rise=False, asked=True
        )
    looks = number_classes.class_looks(found.grid, found.classes)[at] if found else ""
    frame = frame.assign(
        number=grid.number[at],
        low=grid.low[at],
        high=grid.high[at],
        sd=grid.sd[at],
        look=looks,
        rise=more_than_before(grid, choice.period) if found else False,
    )
    return frame.assign(asked=frame["name"].isin(choice.areas) if choice.areas and found else True)


def unknown_row(numbers: Numbers, choice: Choice) -> pd.DataFrame:
    """The row of what has no known area, as a table of `rows` has them; none where there is none."""
    found = area_map(numbers, choice)
    at = found.unknown.at(choice.period) if found else -1
    if found is None or at < 0:
        return pd.DataFrame({"name": [], "number": [], "low": [], "high": []})
    own = found.unknown.range(at)
    return pd.DataFrame(
        {"name": [NO_AREA_WORDS], "number": [own.number], "low": [own.low], "high": [own.high]}
    )


def table_path(numbers: Numbers, choice: Choice) -> str:
    """The table that the numbers of a choice are in."""
    found = area_map(numbers, choice)
    if choice.exact:
        return OFFICIAL_AREA if found else OFFICIAL_CITY
    return estimate_path(found.table) if found else city_path(choice, choice.unit)


def city_path(choice: Choice, unit: str) -> str:
    """The table of the whole city by a unit."""
    if choice.exact:
        return OFFICIAL_CITY
    by = "" if choice.kind == ALL_KINDS else "kind"
    return WEEK_PATH if unit == "week" else estimate_path(Table(CITY, unit, by))


def series(grid: Grid, names: dict[int | str, str]) -> pd.DataFrame:
    """Some columns of a grid through all its periods: period, name, number, low, high, status."""
    own = grid.only(list(names))
    many = len(own.columns)
    return pd.DataFrame(
        {
            "period": np.repeat(np.array(own.periods, object), many),
            "name": list(names.values()) * len(own.periods),
            "number": own.number.ravel(),
            "low": own.low.ravel(),
            "high": own.high.ravel(),
            "status": np.repeat(np.array(own.status, object), many),
        }
    )
