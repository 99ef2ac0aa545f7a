"""The map that a release opens on, decided once for the embed and the public dashboard.

By the plan alone, never by what was counted: the finest map whose error is a quarter of the mean
or less, of it the newest closed period. A release without areas opens on a series of the place.
"""

from functools import lru_cache
from typing import NamedTuple

from data.privacy.measured_tables import Axes
from data.privacy.plan import FINE, Planned, opening_table, plan
from data.privacy.tables import Manifest
from data.published.grids import ALL, COMMUNITY, UNITS, Numbers, Sort
from data.published.levels import CITY


class Opening(NamedTuple):
    """What a page opens on: its sort, the map's name (district-quarter) or a series' of the place
    (city-month), the kind, and the index of the newest period."""

    sort: str
    map: str
    kind: str
    period: int


def opening_of(sort: Sort, planned: list[Planned]) -> Opening:
    """What a sort opens on."""
    if sort.name != COMMUNITY:
        name = next(iter(sort.maps), f"{CITY}-{series_unit(sort, planned)}")
        kind = sort.kinds(name)[0]
        return Opening(sort.name, name, kind, _newest(sort, name, kind))
    there = [p for p in planned if p.table.name in sort.maps]
    table = opening_table(there)
    name = table.name if table else f"{CITY}-{series_unit(sort, planned)}"
    return Opening(sort.name, name, ALL, _newest(sort, name, ALL))


def opening_sort(numbers: Numbers) -> Sort:
    """The sort to open with: the network's own reports where there are any."""
    return next(iter(numbers.sorts.values()))


def series_unit(sort: Sort, planned: list[Planned], kind: str = "") -> str:
    """The unit of the series of the whole place: the shortest whose error is a quarter of the mean
    or less, else the longest."""
    by = "kind" if kind not in ("", ALL) else ""
    good = {
        p.table.unit
        for p in planned
        if p.table.where == CITY and p.table.by == by and p.ratio <= FINE
    }
    units = [u for u in UNITS if u in sort.city and (not kind or kind in sort.city[u])]
    fine = [u for u in units if u in good or (sort.exact and u != "week")]
    return (fine or units[::-1] or ["year"])[0]


def planned_tables(manifest: Manifest) -> list[Planned]:
    """How exact each table of a release's newest year is, from what was declared for it."""
    budgets = manifest["budgets"]
    own = budgets[max(budgets)] if budgets else {}
    named = (tuple(own.get(name, ())) for name in ("districts", "kinds", "sensitive_kinds"))
    declared = manifest["volume"], manifest["epsilon"], manifest["declared"]
    return list(_planned(*declared, *named)) if own else []


@lru_cache(maxsize=16)
def _planned(
    volume: str,
    epsilon: float,
    events: int,
    districts: tuple[int, ...],
    kinds: tuple[str, ...],
    sensitive: tuple[str, ...],
) -> tuple[Planned, ...]:
    axes = Axes(districts, kinds, sensitive, ())
    return tuple(plan(volume, epsilon, axes, areas=bool(districts), events=events))


def _newest(sort: Sort, name: str, kind: str) -> int:
    if name in sort.maps:
        return len(sort.maps[name][kind].grid.periods) - 1
    return len(sort.city[name.removeprefix(f"{CITY}-")][kind].periods) - 1
