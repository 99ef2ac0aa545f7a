"""The numbers of a release, from records and a policy alone: no disk, no clock.

Community and press go one strict path, each in tables of its own; what official sources
already publish goes another way. Everything that is not shown looks like zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data import words
from data.release import admitted_records, closed_periods, suppression
from data.release.admitted_records import Rows
from data.release.policy import Policy
from data.release.tables import ALL_CODE, BANDS, OFFICIAL, PATHS, TABLES, Table, Tables
from geo import release_cells
from geo.arrays import Ints

Cell = tuple[str, tuple[Any, ...]]  # a table's path and the values of its key columns

_HIDDEN = -1
UNSEEN = 9  # what a cell that is not shown counts as where changes are measured


class Built(NamedTuple):
    """The tables of a release, and sentences on what is in none of them."""

    tables: Tables
    held_back: list[str]


def build(
    records: pd.DataFrame,
    groups: Sequence[int],
    policy: Policy,
    secret: bytes,
    as_of: date,
    before: Mapping[str, pd.DataFrame] | None = None,
    *,
    reissue: bool = False,
    held: Iterable[Cell] = (),
) -> Built:
    """Every table of a release as of a date, by path without suffix.

    `groups` are the codes of the partition's areas (1, 2 ...); 0 in `records` is outside
    them all. Cells that `before` has are taken from it as they are; with `reissue` they
    follow late reports and retractions where the change is large enough. `held` names
    cells that must not be counted: an attack found them telling, or they were recalled.
    """
    tables: Tables = {}
    held = frozenset(held)
    for path in PATHS:
        found = records[admitted_records.admitted(records, path, policy)]
        rows = admitted_records.rows(found, records, policy, secret)
        for table in TABLES:
            where = f"{path}/{table.name}"
            new = _counted(rows, table, groups, policy, secret, as_of)
            telling = {cell for at, cell in held if at == where}
            new = _without(new, table.keys, telling)
            old = (before or {}).get(where)
            stay = telling if reissue else None
            tables[where] = _closed(new, old, table.keys, policy, stay)
    if policy.narrowest:
        least = policy.records - policy.spread
        tables, _ = suppression.suppress(tables, policy.base, before, least, policy.narrowest)
    tables[OFFICIAL] = _official(records, groups, policy, as_of)
    return Built(tables, suppressed(policy))


def _counted(
    rows: Rows, table: Table, groups: Sequence[int], policy: Policy, secret: bytes, as_of: date
) -> pd.DataFrame:
    """One table with every cell of its grid; n is missing where it is not shown."""
    hours = policy.city_delay_hours if table.delay == "city" else 24 * policy.area_delay_days
    first, names = closed_periods.closed(table.unit, as_of, hours, policy)
    grid = [pd.Index(names, name="period"), *(_axis(by, table, groups, policy) for by in table.by)]
    cell = closed_periods.CALENDAR_UNITS[table.unit].number(rows.day) - first
    inside = (rows.apart == table.sensitive) & (cell >= 0) & (cell < len(names))
    for by, axis in zip(table.by, grid[1:]):
        at = _position(by, rows, axis)
        inside &= at >= 0
        cell = cell * len(axis) + at
    chosen = np.flatnonzero(inside)
    frame = pd.MultiIndex.from_product(grid).to_frame(index=False)
    n = _shown(rows, cell[chosen], chosen, len(frame), policy, secret)
    frame = frame.assign(n=n)
    if table.total:  # rounded on its own: it need not be the sum of the kinds
        week = cell[chosen] // len(grid[-1])
        n = _shown(rows, week, chosen, len(names), policy, secret)
        frame = pd.concat([frame, pd.DataFrame({"period": names, "kind": ALL_CODE, "n": n})])
    return frame


def _axis(by: str, table: Table, groups: Sequence[int], policy: Policy) -> pd.Index:
    """All values that one column of a grid can have."""
    if by == "area":
        return pd.Index(sorted(int(g) for g in groups), dtype="int32", name=by)
    if by == "band":
        return pd.Index(BANDS, name=by)
    kinds = [k for k in words.CODES["kind"] if table.sensitive or k not in policy.kept_apart]
    return pd.Index(sorted(kinds), name=by)


def _position(by: str, rows: Rows, axis: pd.Index) -> Ints:
    """The position of each record on an axis; -1 for nowhere."""
    if by == "area":
        return np.asarray(axis.get_indexer(pd.Index(rows.area)), np.int64)
    if by == "band":
        return rows.band
    return np.asarray(axis.get_indexer(pd.Index(list(words.CODES["kind"]))), np.int64)[rows.kind]


def _shown(
    rows: Rows, cell: Ints, chosen: Ints, size: int, policy: Policy, secret: bytes
) -> pd.Series:
    """The number of each cell as the public sees it, from the records that are in one."""
    held = release_cells.tally(
        cell,
        size,
        rows.place[chosen],
        rows.when[chosen],
        rows.origin[chosen],
        rows.keys[chosen],
        policy.most_per_place_and_day,
    )
    full = np.flatnonzero(held.n)
    t, u = release_cells.noise(secret, held.sums[full], policy.spread)
    counted, places, days, origins = (
        c[full] for c in (held.counted, held.places, held.days, held.origins)
    )
    may = release_cells.published(counted, places, days, origins, t, policy)
    n = np.full(size, -1)
    n[full[may]] = release_cells.rounded(held.n[full], u, policy.base)[may]
    return pd.Series(n, dtype="Int32").mask(n < 0)


def _without(frame: pd.DataFrame, keys: list[str], cells: set[tuple[Any, ...]]) -> pd.DataFrame:
    """The table with some cells not shown."""
    if not cells:
        return frame
    named = pd.MultiIndex.from_frame(frame[keys]).isin(sorted(cells))
    return frame.assign(n=frame["n"].mask(named))


def _closed(
    new: pd.DataFrame,
    old: pd.DataFrame | None,
    keys: list[str],
    policy: Policy,
    stay: set[tuple[Any, ...]] | None,
) -> pd.DataFrame:
    """Cells of the release before as they were, and the new ones; in the order of keys.

    At a re-issue `stay` is a set: all cells but these follow changes that are large enough.
    """
    if old is not None:
        now, then = _numbers(new, keys), _numbers(old, keys)
        least = max(policy.reissue_change, 1)
        if stay is not None:
            stay = stay | (then.keys() - now.keys())
            then = {c: n for c, n in then.items() if c in stay or _change(now[c], n) < least}
        cells = now | then
        new = pd.DataFrame(list(cells), columns=keys).assign(n=list(cells.values()))
        new["n"] = new["n"].astype("Int32").mask(new["n"] == _HIDDEN)
    new = new.sort_values(keys, ignore_index=True)[[*keys, "n"]]
    return new.astype({"n": "Int32"} | ({"area": "int32"} if "area" in keys else {}))


def _numbers(frame: pd.DataFrame, keys: list[str]) -> dict[tuple[Any, ...], int]:
    """The number of each cell, HIDDEN where it is not shown."""
    return dict(
        zip(zip(*(frame[key].tolist() for key in keys)), frame["n"].fillna(_HIDDEN).tolist())
    )


def _change(one: int, other: int) -> int:
    """The distance of two numbers of a cell, as a reader of both sees it."""
    a, b = (UNSEEN if n == _HIDDEN else n for n in (one, other))
    return abs(a - b)


def _official(
    records: pd.DataFrame, groups: Sequence[int], policy: Policy, as_of: date
) -> pd.DataFrame:
    """Exact counts by area and day of what official sources publish themselves."""
    public = (records["source_kind"] == "official") & records["already_public"].astype(bool)
    known = records["group"].isin(list(groups)) & records["kind"].isin(list(words.CODES["kind"]))
    found = records[public & known]
    found = found[~admitted_records.apart(found, policy)]
    last = closed_periods.last_day(as_of, 24 * policy.area_delay_days, policy)
    day = admitted_records.days(found["local_date"])
    old = day <= np.datetime64(last)
    kind = admitted_records.kind_codes(found)[old]
    codes = np.stack([day[old].astype(np.int64), found["group"].to_numpy(np.int64)[old], kind])
    cells, n = np.unique(codes, axis=1, return_counts=True)
    frame = pd.DataFrame(
        {
            "period": cells[0].astype("datetime64[D]").astype(str),
            "area": cells[1].astype("int32"),
            "kind": np.array([*words.CODES["kind"]], object)[cells[2]],
            "n": pd.array(n, "Int32"),
        }
    )
    return frame.astype({"period": "str", "kind": "str"}).sort_values(
        ["period", "area", "kind"], ignore_index=True
    )


def suppressed(policy: Policy) -> list[str]:
    """Sentences on what is in no table, the same whatever the records are."""
    grades = " or ".join(policy.grades) or "of any grade"
    places = ", ".join(policy.sensitive_settings) or "none"
    kinds = ", ".join(words.spoken(kind) for kind in sorted(policy.kept_apart)) or "none so far"
    return [
        f"Community reports that are not {grades} are in no table and in no total.",
        "Press reports that are disputed or rejected are in no table and in no total.",
        "Official records that their source does not publish itself are in no table.",
        f"Sensitive kinds ({kinds}) and reports at sensitive places ({places}) are in no table "
        "by area, week, month, quarter or hour: community and press show them for the city and "
        "the year only, and the official table leaves them out.",
        "A cell that is not shown holds fewer than 10, or is held back by the rules: the two "
        "look alike on purpose.",
        "Held back are also numbers that together with others would tell too much of a cell "
        "that is not shown: of those involved the newest.",
        "Records known only to the month are in no table; those without an hour are in no table "
        "by hour; those that no area holds are in no table by area.",
        "Community and press tables leave out what happened before their first period.",
        "Late reports and retractions wait for the first release of a year, and change a number "
        f"there only by {policy.reissue_change} or more.",
    ]
