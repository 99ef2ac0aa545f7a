"""Records of a View that look like one event, and pairs that look like one report twice."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.maps import incidents
from data.storage.store import Current
from data.views import points
from data.views.view import View
from geo import episodes, mercator

METRES = (50, 100, 150, 200, 300, 500, 800)
HOURS = (1, 2, 3, 6, 12, 24, 48, 72)
LEAST_RECORDS = (2, 3, 4, 5, 8, 12)
USUAL = (200, 3, 3)  # metres, hours, records
MOST_GROUPED = 50_000  # records that are grouped: the newest
PAIR_METRES, PAIR_HOURS = 150.0, 1.0  # nearer than this two records may be one
MOST_PAIRS = 500


@dataclass(frozen=True)
class Episodes:
    """`table` has a row an episode (see geo.episodes.episodes) with area, kinds (a dict of
    counts) and its place in a grid of pixels (shift, column, row); `records` are those that
    were grouped, with their `episode` (-1 for none), and `without` could not be.

    `pairs` are proposed duplicates: first, second (rows of `records`), metres, apart (hours); of
    `found_pairs` in all.
    """

    table: pd.DataFrame
    records: pd.DataFrame
    without: int
    pairs: pd.DataFrame
    found_pairs: int
    shift: int


def find_episodes(
    current: Current, view: View, metres: float, hours: float, least: int
) -> Episodes:
    """The episodes of a View by ST-DBSCAN, the largest first."""
    records, without = points.by_hour(current, view, MOST_GROUPED)
    x, y, t = (records[c].to_numpy(float) for c in ("x", "y", "hours"))
    labels = episodes.st_dbscan(x, y, t, metres, hours, least)
    records = records.assign(episode=labels)
    table = episodes.episodes(records, labels)
    shift = incidents.BLOCK if incidents.coarse(view, current) else incidents.BLOCK - 5
    pairs = episodes.duplicate_pairs(
        x, y, t, PAIR_METRES, PAIR_HOURS, same=[records["kind"]], most=MOST_PAIRS
    )
    every = int(pairs.attrs.get("found", len(pairs)))
    return Episodes(_told(table, records, shift), records, without, pairs, every, shift)


def repeated(reports: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mask of the records of `points.reports` that an earlier one may have told of already.

    Those that the proposed duplicates join, pair by pair, count as one event: its first stays.
    """
    again = np.zeros(len(reports), bool)
    for rows in reports.groupby("kind", sort=False, observed=True).indices.values():
        x, y, t = (reports[c].to_numpy(float)[rows] for c in ("x", "y", "hours"))
        first = episodes.first_reports(x, y, np.zeros(len(t)), t, PAIR_METRES, PAIR_HOURS)
        again[rows] = ~first
    return again


def _told(table: pd.DataFrame, records: pd.DataFrame, shift: int) -> pd.DataFrame:
    """The table with the area, the kinds and the pixel of each episode.

    The pixel is a block wide where no authority publishes the places: a point on a map must
    not lead to a door.
    """
    held = records[records["episode"] >= 0]
    middle = held.groupby("episode")[["lon", "lat"]].mean().reindex(table["episode"])
    column, row = mercator.to_pixels(middle["lon"].to_numpy(), middle["lat"].to_numpy())
    areas = _counted(held, "area").sort_values(
        ["episode", "n", "area"], ascending=[True, False, True]
    )
    usual = areas.drop_duplicates("episode").set_index("episode")["area"]
    kinds: dict[int, dict[str, int]] = {int(label): {} for label in table["episode"]}
    for label, kind, n in _counted(held, "kind").itertuples(index=False):
        kinds[label][kind] = n
    return table.assign(
        area=usual.reindex(table["episode"]).fillna("").to_numpy(object),
        kinds=pd.Series(list(kinds.values()), dtype=object),
        column=np.asarray(column, np.int64) >> shift,
        row=np.asarray(row, np.int64) >> shift,
    )


def _counted(held: pd.DataFrame, of: str) -> pd.DataFrame:
    """How many records (`n`) of each word an episode has: the most frequent first, of equal ones
    that of the earlier record. Rows with no word are left out."""
    word, words = pd.factorize(held[of])
    episode = held["episode"].to_numpy(np.int64)[word >= 0]
    cell = episode * len(words) + word[word >= 0]
    cells, first, n = np.unique(cell, return_index=True, return_counts=True)
    label, code = np.divmod(cells, max(len(words), 1))
    order = np.lexsort((first, -n, label))
    named = np.asarray(words, object)[code[order]]
    return pd.DataFrame({"episode": label[order], of: named, "n": n[order]})
