"""What readers get of a release: its estimates against what thresholds and rounding showed."""

import tempfile
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from bench import made, made_network, scores
from bench.plain import suppression
from bench.scores import Score
from data import settings, words
from data.privacy import decided_events, estimated_tables, measured_tables, partitions
from data.privacy.closed_periods import calendar
from data.privacy.decided_events import Sensitive
from data.privacy.measured_tables import Axes
from data.privacy.policy import Policy, volume_of
from data.privacy.tables import Tables, measured_path, profile
from data.storage.store import Store

SIZES = (300, 3_000, 20_000)  # reports a year
RUNS = 12
SINCE, AS_OF = date(made_network.YEARS[0], 1, 1), date(2026, 7, 1)  # all is closed for good
SECRET = b"made records only, made secret"
ASKED = {("group-quarter", "within_20"): 0.90, ("group-quarter", "within_50"): 0.85}
ASKED_AT = 3_000
HOLDS = (0.88, 0.97)  # how many of the ranges, each of 9 in 10, must hold the true number
EACH, MANY = 0.80, 100  # the least of any table of so many cells
# tables of estimates and those of the peer that say the same
PEERS = {
    "city-week": "city-week-kind",
    "city-quarter-band": "city-quarter-band",
    "city-year-sensitive-kind": "city-year-sensitive",
    "group-month": "area-month",
    "group-quarter": "area-quarter",
    "group-year": "area-quarter",
    "group-year-kind": "area-year-kind",
}
_HEAD = (
    "The release, then thresholds and rounding. Hidden numbers are within nothing; errors are of "
    "shown numbers."
)
_COLUMNS = {
    "shown": "shown",
    "within_20": "within 20%",
    "within_50": "within 50%",
    "median": "median error",
    "p90": "p90 error",
    "holds": "in range",
    "rank": "rank",
    "top": "top 10",
}


class City(NamedTuple):
    """Areas in meters, the group (1, 2 ...) of each and the district (1, 2 ...) of each group."""

    areas: gpd.GeoDataFrame
    group: np.ndarray
    districts: np.ndarray


Comparison = dict[str, tuple[Score, Score | None]]  # by table: ours, and the peer's where it has it


def run(rows: int | None, runs: int | None = None) -> list[dict[str, Any]]:
    """Print a table for each size (`rows` reports a year: that one only), and return its figures.

    `runs` is the number of data sets of each size.
    """
    with tempfile.TemporaryDirectory(prefix="porchlight-bench-") as folder:
        city = city_of(made.sample_store(Path(folder) / "store"))
    found = []
    for yearly in SIZES if rows is None else (rows,):
        both = compare(city, yearly, runs or RUNS)
        print(readable(yearly, runs or RUNS, both), end="\n\n")
        found += figures(yearly, both)
    return found


def compare(city: City, yearly: int, runs: int) -> Comparison:
    """The scores of each table of estimates, and of the peer where it has such a table."""
    ours: dict[str, list[pd.DataFrame]] = {}
    peers: dict[str, list[pd.DataFrame]] = {}
    for seed in range(runs):
        records = made_network.reports(city.areas, yearly, seed)
        group = city.group[records["area"]]
        records = records.assign(group=group)
        events = records.assign(
            area=group,
            district=city.districts[group - 1],
            sensitive=records["setting"].isin(suppression.SETTINGS),
        )
        old = suppression.build(records, np.unique(city.group).tolist(), SECRET, SINCE, AS_OF)
        for path, table in estimates(records, city, volume_of(yearly), seed).items():
            name = path.split("/")[-1]
            table = scores.with_truth(name, table, events)
            ours.setdefault(name, []).append(table)
            if name in PEERS:
                cells = table[[*scores.keys_of(table), "true"]]
                peers.setdefault(name, []).append(_joined(name, cells, old[PEERS[name]]))
    return {
        name: (scores.score(tables), scores.score(peers[name]) if name in peers else None)
        for name, tables in ours.items()
    }


def estimates(
    records: pd.DataFrame,
    city: City,
    volume: str,
    seed: int,
    years: Sequence[int] = made_network.YEARS,
) -> Tables:
    """The last estimates of a release of the records, by path: every year has closed."""
    policy, codes = Policy(), tuple(words.CODES["kind"])
    apart = Sensitive(policy.kept_apart, policy.sensitive_settings)
    axes = Axes(tuple(city.districts.tolist()), codes, tuple(apart.kinds), apart.settings)
    events = decided_events.admitted(records, policy.grades, codes, apart)
    days = calendar(date(years[0], 1, 1), date(years[-1], 12, 31))
    key = SECRET + bytes([seed])
    measured = {}
    for table, share in profile(volume).items():
        asked = (
            table,
            list(days[table.unit].unique()),
            axes,
            share * Fraction(str(policy.epsilon)),
        )
        measured[measured_path(table)] = measured_tables.measure(events, *asked, key, "made")
    names = [str(year) for year in years]
    same = dict.fromkeys(names, volume), dict.fromkeys(names, axes)
    return estimated_tables.estimate(measured, *same, areas=True)


def city_of(store: Store) -> City:
    """The areas of a store with their groups and districts, from residents only."""
    place, rules = settings.load_settings(), Policy()
    of = partitions.current_partition(store, place, rules)
    placed = partitions.placed_areas(store, place, of)
    group = np.asarray(of.groups)
    return City(placed.frame.to_crs(placed.crs), group, np.asarray(of.districts))


def _joined(name: str, cells: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """The cells with the number that the peer shows for them, NaN where it shows none."""
    old = old.rename(columns={"n": "number"}).astype({"number": "Float64"})
    if name == "city-week":
        old = old[old["kind"] == "all"]
    if name == "group-year":  # the sum of what shows
        year = old["period"].str[:4]
        old = old.assign(period=year).groupby(["period", "area"], as_index=False)
        old = old["number"].sum(min_count=1)
    keys = scores.keys_of(cells)
    old = old.astype({key: cells[key].dtype for key in keys})
    return cells.merge(old[[*keys, "number"]], "left", keys)


def readable(yearly: int, runs: int, both: Comparison) -> str:
    """The comparison as a table of text: a line a table, ours and the peer's in each column."""
    many = "1 data set" if runs == 1 else f"{runs} data sets"
    lines = [f"{yearly:,} reports a year, {many}. {_HEAD}"]
    lines.append(f"{'':26}" + "".join(f"{title:>15}" for title in _COLUMNS.values()))
    for name, (ours, peer) in both.items():
        row = [f"{_short(ours, c)} {_short(peer, c):>6}" for c in _COLUMNS]
        lines.append(f"{name:26}" + "".join(f"{cell:>15}" for cell in row))
    return "\n".join(lines)


def _short(score: Score | None, column: str) -> str:
    value = getattr(score, column, None)
    if value is None:
        return "-"
    return f"{value:.1f}" if column in ("median", "p90") else f"{value:.2f}"


def figures(yearly: int, both: Comparison) -> list[dict[str, Any]]:
    """A figure for each table, and one for each thing asked of this size."""
    at = f"utility: {yearly:,} reports a year"
    found: list[dict[str, Any]] = [
        {
            "name": f"{at}: {name}",
            "rows": ours.cells,
            "ok": True,
            "ours": _rounded(ours),
            "peer": peer and _rounded(peer),
        }
        for name, (ours, peer) in both.items()
    ]
    for (name, column), least in ASKED.items() if yearly == ASKED_AT else ():
        share = getattr(both[name][0], column)
        found.append(_asked(f"{at}: {name} {column}", share, least, 1.0))
    holds = {name: ours.holds for name, (ours, _) in both.items()}
    found.append(_asked(f"{at}: ranges hold", float(np.mean([*holds.values()])), *HOLDS))
    # a mean hides a table whose ranges say nothing; of few cells a share says nothing itself
    many = {name: share for name, share in holds.items() if both[name][0].cells >= MANY}
    if many:
        worst = min(many, key=lambda name: many[name])
        found.append(_asked(f"{at}: ranges hold, least: {worst}", many[worst], EACH, 1.0))
    return found


def _rounded(score: Score) -> dict[str, Any]:
    return {k: None if v is None else round(v, 3) for k, v in score._asdict().items()}


def _asked(name: str, share: float, least: float, most: float) -> dict[str, Any]:
    goal = f"at least {least:.0%}" + (f", at most {most:.0%}" if most < 1 else "")
    ok = share is not None and least <= share <= most
    return {"name": name, "measured": share, "goal": goal, "ok": ok}
