"""A4, A10: does one record show, and can one house, one person or one day make a cell?"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from data.attacks import made_records
from data.attacks.builds import job
from data.attacks.case import Case, Count, Found
from data.release.tables import Tables

_MOST = 0.40
LATER = date(made_records.FIRST_DAY.year + 5, 6, 1)
SENSITIVE = "community/city-year-sensitive"  # the one table that sensitive reports are in
COPIES = 10  # of every cell in one build
AS_OF = date(made_records.FIRST_DAY.year + 2, 3, 1)
SURE = 1e-3  # how often, over all cells together, chance alone may look like a leak
_Rows = list[dict[str, Any]]
_Pair = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def membership(case: Case, count: Count) -> Found:
    """The best guess whether one record is there, from paired builds with it and without.

    Each cell holds its own record, near each limit and each step of the rounding. The
    guess is chosen on half of the pairs and tried on the other half, so that chance
    does not count as a leak; it fails where a bound of 1 in 1,000 lies above the limit.
    """
    build, (records, alone, variants) = job(case), _pairs()
    groups = made_records.groups(variants * COPIES)
    by_area: list[_Pair] = []
    by_city: list[_Pair] = []
    for i in range(max(count.pairs // COPIES, 2)):
        both = []
        for rows in (records, records[~alone]):
            rows = rows.reset_index(drop=True)
            both.append(build(rows, AS_OF, f"pair {i}".encode() * 4, None, groups=groups, years=2))
        by_area += zip(*(_by_area(tables, variants) for tables in both))
        by_city.append((_by_city(both[0]), _by_city(both[1])))
    found = [
        advantage(*(np.stack([pair[i] for pair in seen]) for i in (0, 1)))
        for seen in (by_area, by_city)
    ]
    bound, cells = max(f[1] for f in found), found[0][2] + found[1][2]
    figure = f"{found[0][0]:.2f} at most, surely {max(bound, 0):.2f}, of {cells} cells"
    return Found(bound <= _MOST and found[0][2] > 0, figure)


def advantage(there: npt.NDArray[Any], gone: npt.NDArray[Any]) -> tuple[float, float, int]:
    """The best advantage over cells (builds, cells), and what it surely is at least."""
    differ = np.flatnonzero((there != gone).any(axis=0))
    if not len(differ):
        return 0.0, 0.0, 0
    half = len(there) // 2
    z = float(special.ndtri(1 - SURE / len(differ)))
    best = bound = -1.0
    for cell in differ:
        a, b = there[:half, cell], gone[:half, cell]
        say = [v for v in np.unique(np.r_[a, b]) if (a == v).sum() > (b == v).sum()]
        n = len(there) - half
        p, q = (np.isin(c[half:, cell], say).sum() for c in (there, gone))
        # one more of each kind: a bound that also holds where all or none agree
        p_, q_ = (p + 1) / (n + 2), (q + 1) / (n + 2)
        spread = np.sqrt((p_ * (1 - p_) + q_ * (1 - q_)) / (n + 2))
        best = max(best, (p - q) / n)
        bound = max(bound, p_ - q_ - z * spread)
    return float(best), float(bound), len(differ)


def _community(tables: Tables, city: bool, year: int) -> list[pd.DataFrame]:
    frames = [tables[path] for path in sorted(tables) if path.startswith("community/")]
    kept = [f for f in frames if ("area" in f.columns) != city]
    return [f[f["period"].astype(str).str.startswith(str(year))] for f in kept]


def _by_city(tables: Tables) -> npt.NDArray[np.int64]:
    frames = _community(tables, True, made_records.FIRST_DAY.year + 1)
    return np.concatenate([f["n"].fillna(-1).to_numpy(np.int64) for f in frames])


def _by_area(tables: Tables, variants: int) -> npt.NDArray[np.int64]:
    """(copies, cells): the same cells once for each copy of the areas."""
    out = []
    for frame in _community(tables, False, made_records.FIRST_DAY.year):
        n = frame["n"].fillna(-1).to_numpy(np.int64)
        cut = n.reshape(frame["period"].nunique(), COPIES, variants, -1)
        out.append(np.moveaxis(cut, 1, 0).reshape(COPIES, -1))
    return np.concatenate(out, axis=1)


def _pairs() -> tuple[pd.DataFrame, npt.NDArray[np.bool_], int]:
    """Records, which of them are the one of their cell, and how many areas a copy has.

    The one is unlike all others in place, day and origin, in a cell close to a limit. Copies
    have other ids, so that each is keyed anew, as by another secret.
    """
    rows: _Rows = []
    alone: list[bool] = []
    shapes = [{"n": n} for n in (10, 11, 12, 13, 14, 16, 25)]
    shapes += [{"n": 20, rule: at} for rule, at in (("places", 7), ("days", 5), ("origins", 5))]
    shapes += [{"n": 20, rule: at} for rule, at in (("places", 6), ("days", 4), ("origins", 6))]
    for i, shape in enumerate(shapes * 2):
        first = made_records.FIRST_DAY + timedelta(days=31)
        rows += _cell(shape, i + 1, first, range(28))
        alone += [False] * (shape["n"] - 1) + [True]
        if i >= len(shapes):  # others of the same quarter, so that its totals differ
            more = _cell({"n": 25 + i % 5}, i + 1, made_records.FIRST_DAY, range(28))
            rows += [row | {"kind": "arrest_operation"} for row in more]
            alone += [False] * len(more)
    variants, one, mark = 2 * len(shapes), rows, alone
    rows = [r | {"group": r["group"] + variants * c} for c in range(COPIES) for r in one]
    alone = mark * COPIES
    for i, n in enumerate((10, 11, 12, 13, 14, 16, 18, 21)):
        first = date.fromisocalendar(made_records.FIRST_DAY.year + 1 + i // 4, 5 + 13 * (i % 4), 1)
        rows += [
            row | {"group": 1 + j} for j, row in enumerate(_cell({"n": n}, 1, first, range(7)))
        ]
        alone += [False] * (n - 1) + [True]
    rows = [row | {"x": row["x"] + 1e5 * row["group"]} for row in rows]
    return made_records.records_of_cells(rows), np.array(alone), variants


def _cell(shape: dict[str, int], group: int, first: date, days: range) -> _Rows:
    """A cell's records; the last is the only one of its place, day and origin."""
    n = shape["n"]
    last = days[-1]
    many = {"places": n, "days": len(days), "origins": n} | shape
    out: _Rows = []
    for j in range(n):
        end = j == n - 1
        at = {name: (k - 1 if end else j % (k - 1)) for name, k in many.items() if name != "n"}
        day = last if end else at["days"] % max(last, 1)
        out.append(
            {
                "group": group,
                "x": 900.0 * at["places"],
                "local_date": first + timedelta(days=day),
                "origin": f"caller {at['origins']}",
            }
        )
    return out


def dominance(case: Case, count: Count) -> Found:
    """Cells made by one house, one person, one day, or one event with many callers, and of
    reports that are never in a table: none is shown, whatever the secret."""
    build, records = job(case), _dominated()
    shown = asked = 0
    for i in range(max(count.builds // 2, 2)):
        tables = build(records, LATER, f"dominance {i}".encode() * 2, None)
        for path, frame in tables.items():
            if path.startswith("community/") and path != SENSITIVE:
                asked += len(frame)
                shown += int(frame["n"].notna().sum())
    told = truth(case) if case.more.get("truthful") else []
    figure = f"{shown} of {asked:,} cells shown, {len(told)} of the release too thin"
    return Found(shown == 0 and not told and asked > 0, figure)


def _dominated() -> pd.DataFrame:
    rows: _Rows = []
    year = made_records.FIRST_DAY.year
    house = {"x": 10.0, "y": 10.0}
    nowhere = {"x": np.nan, "y": np.nan}
    for i in range(40):
        day = {"local_date": date(year, 2, 1 + i % 28)}
        who, where = f"caller {i}", {"x": 900.0 * i, "y": 0.0}
        rows += [
            {"group": 1, "origin": who, **house, **day},
            {
                "group": 2,
                "origin": "one caller",
                **where,
                "local_date": date(year + 1, 2, 1 + i % 28),
            },
            {"group": 3, "origin": who, **where, "local_date": date(year + 2, 2, 8)},
            {"group": 5, "origin": who, **nowhere, "local_date": date(year + 4, 2, 1 + i % 28)},
        ]
        event = date(year + 3, 2, 7)
        if i < 34:
            rows.append({"group": 4, "origin": who, **house, "local_date": event})
        else:
            rows.append(
                {"group": 4, "origin": who, **where, "local_date": event + timedelta(i - 36)}
            )
        day = {"local_date": date(year, 6, 1 + i % 28)}
        setting = ("school", "clinic", "worship", "shelter", "home")[i % 5]
        rows.append({"group": 6, "origin": who, **where, **day, "setting": setting})
        grade = ("reported", "disputed", "rejected")[i % 3]
        rows.append({"group": 7, "origin": who, **where, **day, "grade": grade})
    return made_records.records_of_cells(rows)


def truth(case: Case) -> list[str]:
    """Shown cells by area that hold too few records, places or days of the true ones.

    Counted anew, without the job's own code; only for a release of these very records.
    """
    records = case.records
    if records is None:
        return []
    told = []
    for side in case.sides():
        grades = ["corroborated", "verified", *(["on_record"] if side == "press" else [])]
        kept = records[(records["source_kind"] == side) & records["grade"].isin(grades)]
        kept = kept[~kept["setting"].isin(case.more.get("sensitive", ()))]
        day = pd.to_datetime(kept["local_date"])
        place = (kept["x"] // 300).astype(str) + " " + (kept["y"] // 300).astype(str)
        named = {
            "city-week-kind": day.dt.strftime("%G-W%V"),
            "area-month": day.dt.strftime("%Y-%m"),
            "area-quarter": day.dt.year.astype(str) + "-Q" + day.dt.quarter.astype(str),
            "area-year-kind": day.dt.strftime("%Y"),
        }
        named["area-quarter-kind"] = named["area-quarter"]
        for name, period in named.items():
            keys = {"period": period} | ({"area": kept["group"]} if "area" in name else {})
            keys |= {"kind": kept["kind"]} if "kind" in name else {}
            every = pd.DataFrame(keys).assign(day=day, place=place)
            got = every.groupby(list(keys)).agg(
                many=("day", "size"), days=("day", "nunique"), places=("place", "nunique")
            )
            frame = case.table(side, name)
            shown = frame[frame["n"].notna()]
            if "kind" in keys:
                shown = shown[shown["kind"] != "all"]
            both = shown.merge(got.reset_index(), "left", on=list(keys)).fillna(0)
            thin = (both["many"] < 10) | (both["days"] < 3) | (both["places"] < 5)
            thin |= (both["n"].astype(float) - both["many"]).abs() >= case.base
            told += [f"{side}/{name}"] * int(thin.sum())
    return told
