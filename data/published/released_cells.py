"""The released cells that a reader of the dashboard chooses: source, grain, period, kind, areas."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import words
from data.published.grids import GRAINS, MAPPED, Grid, Sort
from data.release.tables import ALL_CODE, BANDS, OFFICIAL, ReleasedArea, table_name
from geo.geojson import Feature

# name for readers -> the folder of its tables
SOURCES = {
    "community reports": "community",
    "press reports": "press",
    "official records": "official",
}
SOURCE_NAMES = {folder: source for source, folder in SOURCES.items()}
ALL_KINDS = "all kinds"
BANDS_SAID = {band: f"{band[:2]}:00-{band[3:]}:00" for band in BANDS}
Sorts = dict[str, Sort]  # by folder


class Choice(NamedTuple):
    """The choice of a reader. `areas` are names; none means all."""

    source: str
    by: str
    period: str
    kind: str
    areas: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Return whether these are official counts, which no rule rounds or holds back."""
        return SOURCES[self.source] == "official"


def kind_words(code: str) -> str:
    """A kind of a release for readers: all kinds, traffic stop."""
    return ALL_KINDS if code == ALL_CODE else words.spoken(code)


def kind_code(kind: str) -> str:
    """The code of a kind that readers see."""
    return ALL_CODE if kind == ALL_KINDS else kind.replace(" ", "_")


def grains(source: str) -> tuple[str, ...]:
    """The periods that areas are released by."""
    return GRAINS if SOURCES[source] == "official" else MAPPED


def table_path(source: str, by: str, kind: str) -> str | None:
    """The table that holds the cells of areas; None where no such cell is released."""
    folder = SOURCES[source]
    if folder == "official":
        return OFFICIAL if kind != ALL_KINDS else None
    name = table_name(by, "area", *([] if kind == ALL_KINDS else ["kind"]))
    return f"{folder}/{name}" if name else None


def released_kinds(found: Sorts, source: str, by: str | None) -> list[str]:
    """The kinds that can be chosen: those released by a grain, or (None) by any; those with most
    records first."""
    sort = found.get(SOURCES[source])
    units = grains(source) if by is None else (by,)
    return [] if sort is None else [kind_words(code) for code in sort.kinds_of(*units)]


def grid_of(found: Sorts, source: str, by: str, kind: str) -> Grid | None:
    """The cells of a grain and kind; None where none are released."""
    sort = found.get(SOURCES[source])
    return sort.maps.get(by, {}).get(kind_code(kind)) if sort else None


def periods(found: Sorts, source: str, by: str, kind: str) -> list[str]:
    """The released periods of a grain, newest first."""
    grid = grid_of(found, source, by, kind)
    return list(grid.periods[::-1]) if grid else []


def rows(found: Sorts, choice: Choice, known: list[Feature[ReleasedArea]]) -> pd.DataFrame:
    """One row an area in the order of the map: area, name, residents, n, asked."""
    frame = pd.DataFrame([f["properties"] for f in known])[["area", "name", "residents"]]
    grid = grid_of(found, choice.source, choice.by, choice.kind)
    n = np.full(len(frame), np.nan)
    if grid and choice.period in grid.periods:
        n = grid.n[grid.periods.index(choice.period)]
    frame["n"] = _whole(n)
    frame["asked"] = frame["name"].isin(choice.areas) if choice.areas else True
    return frame


def weekly(found: Sorts, source: str, kind: str) -> pd.DataFrame:
    """The whole city by week: period, n. Official: all areas together, whole weeks only."""
    sort = found.get(SOURCES[source])
    grid = sort.city.get("week", {}).get(kind_code(kind)) if sort else None
    periods, n = (grid.periods, grid.n[:, 0]) if grid else ((), np.empty(0))
    return pd.DataFrame({"period": list(periods), "n": _whole(n)})


def area_series(found: Sorts, choice: Choice, known: list[Feature[ReleasedArea]]) -> pd.DataFrame:
    """The cells of some areas through all released periods: period, name, n.

    Of the areas chosen, else of the four that have most to show.
    """
    grid = grid_of(found, choice.source, choice.by, choice.kind)
    if grid is None:
        return pd.DataFrame({"period": [], "name": [], "n": _whole(np.empty(0))})
    names = [str(f["properties"]["name"]) for f in known]
    some, total = (grid.n > 0).sum(axis=0), np.nansum(grid.n, axis=0)
    ranked = [i for i in np.lexsort((-total, -some)).tolist() if some[i]]
    chosen = [names.index(name) for name in choice.areas[:7] if name in names] or ranked[:4]
    return pd.DataFrame(
        {
            "period": np.repeat(np.array(grid.periods, object), len(chosen)),
            "name": [names[i] for i in chosen] * len(grid.periods),
            "n": _whole(grid.n[:, chosen].ravel()),
        }
    )


def _whole(n: Any) -> Any:
    """Numbers as whole ones, missing where they are not shown."""
    return pd.array(n, "Float64").astype("Int32")
