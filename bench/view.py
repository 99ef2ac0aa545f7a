"""The questions of the Map screen over millions of rows, against a frame in memory."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from bench import made, stores
from bench.plain import view as plain
from data.maps import heat_surface, outlines
from data.storage.store import Current, Store
from data.views import answers, coverage, pixel_counts, view_counts
from data.views.view import View
from data.words import HEXAGONS

ROWS = 1_000_000
ROUNDS = 15
LIMITS = ((1_000_000, 0.050), (10_000_000, 0.300))  # up to so many rows: seconds
LEAST = 5.0
BANDWIDTH = 400.0

Seconds = dict[str, list[float]]


@dataclass(frozen=True)
class Question:
    """One question of the screen about one View.

    `ours` and `peer` count the same things; `whole` is all that the screen asks for,
    with statistics and smoothing. `same` compares the two counts.
    """

    name: str
    ours: Callable[[], Any]
    peer: Callable[[], Any]
    whole: Callable[[], Any]
    same: Callable[[Any, Any], bool]


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for each question of each View, and one for each View's questions."""
    rows = rows or ROWS
    store = Store(stores.kept(rows))
    return figures(store.at(str(store.stamp())), rows, ROUNDS)


def figures(current: Current, rows: int, rounds: int) -> list[dict[str, Any]]:
    """The figures of a store that `bench.made` has made."""
    start = time.perf_counter()
    current.query("SELECT count(*) FROM {facts}")  # brings the table into memory
    our_load = time.perf_counter() - start
    over = window(current)
    views = the_views(current.stamp)
    units = {v.area_set: outlines.units(current, v.area_set) for v in views.values()}
    for view in views.values():
        _ours_once(current, view, units[view.area_set], over)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    frame = plain.load(current, [s["name"] for s in current.meta["sources"]])
    load = time.perf_counter() - start
    limit = next((s for most, s in LIMITS if rows <= most), LIMITS[-1][1])
    found = []
    for name, view in views.items():
        asked = _questions(current, frame, view, units[view.area_set], over)
        lines = [_line(name, question, limit, rounds) for question in asked]
        found += [*lines, _together(name, lines)]
    told = {"rows": rows, "peak_mb": peak, "load_s": load, "our_load_s": our_load}
    return [{**line, **told} for line in found]


def window(current: Current) -> heat_surface.Window:
    """The window of the heat over the whole place."""
    over = heat_surface.extent(current)
    assert over is not None
    return heat_surface.window(over, heat_surface.visible_window(over, BANDWIDTH)[0], BANDWIDTH)


def the_views(stamp: str) -> dict[str, View]:
    """The Views that are asked for, by name."""
    every = View(stamp, (made.NAME,), made.FIRST, made.LAST, area_set="neighborhoods")
    year = replace(every, start=date(2019, 1, 1), end=date(2019, 12, 31))
    before = (date(2013, 1, 1), date(2014, 12, 31))
    return {
        "all dates": every,
        "half of them, previous period": replace(
            every, start=date(2017, 1, 8), compare="previous period"
        ),
        "weekend nights of a year": replace(
            year, hours=(22, 6), night=True, weekdays=(4, 5), compare="same period a year before"
        ),
        "one kind, own period": replace(
            every,
            start=date(2015, 1, 1),
            kinds=("traffic_stop",),
            compare="own period",
            versus_start=before[0],
            versus_end=before[1],
        ),
        "all dates, hexagons": replace(every, area_set=next(iter(HEXAGONS))),
    }


def _ours_once(
    current: Current, view: View, units: gpd.GeoDataFrame, over: heat_surface.Window
) -> None:
    answers.area_table(current, view, units)
    heat_surface.surface(current, view, BANDWIDTH, over)


def _questions(
    current: Current,
    frame: pd.DataFrame,
    view: View,
    units: gpd.GeoDataFrame,
    over: heat_surface.Window,
) -> list[Question]:
    periods = [v for v in (view, view.compared()) if v is not None]
    step = 7 if answers.area_table(current, view, units).step_name == "week" else 1
    return [
        Question(
            "headline and areas",
            lambda: _ours_counted(current, periods, step),
            lambda: (
                plain.headline(frame, view),
                [plain.by_area_and_step(frame, v, step) for v in periods],
            ),
            lambda: answers.area_table(current, view, units),
            lambda ours, peer: (
                ours[0] == peer[0]
                and all(_same_steps(o, p, v, step) for o, p, v in zip(ours[1], peer[1], periods))
            ),
        ),
        Question(
            "heat",
            lambda: pixel_counts.counts(current, view, over.around),
            lambda: plain.pixels(frame, view, over.around.shift),
            lambda: heat_surface.surface(current, view, BANDWIDTH, over),
            _same_pixels,
        ),
    ]


def _ours_counted(
    current: Current, periods: list[View], step: int
) -> tuple[dict[str, int], list[view_counts.UnitCounts]]:
    """The headline, and the counts of the View and of what it is compared with."""
    counted = [view_counts.by_area_and_step(current, v, step) for v in periods]
    return view_counts.headline(current, periods[0], counted[0]), counted


def _line(name: str, asked: Question, limit: float, rounds: int) -> dict[str, Any]:
    """One question: answers compared first, then timed in turn; nothing is kept."""
    equal = asked.same(asked.ours(), asked.peer())
    asked.whole()
    runs = {"ours_s": asked.ours, "peer_s": asked.peer, "whole_s": asked.whole}
    seconds: Seconds = {key: [] for key in runs}
    for _ in range(rounds):
        for key, one in runs.items():
            start = time.perf_counter()
            one()
            seconds[key].append(time.perf_counter() - start)
    middle = {key: float(np.median(taken)) for key, taken in seconds.items()}
    return {
        "name": f"view: {name}: {asked.name}",
        **middle,
        "ratio": middle["peer_s"] / middle["ours_s"],
        "equal": equal,
        "goal": f"whole_s under {1000 * limit:.0f} ms, every number equal",
        "ok": equal and middle["whole_s"] < limit,
    }


def _together(name: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """All questions about one View: what a screen waits for."""
    total = {key: sum(r[key] for r in lines) for key in ("ours_s", "peer_s", "whole_s")}
    ratio = total["peer_s"] / total["ours_s"]
    equal = all(line["equal"] for line in lines)
    return {
        "name": f"view: {name}: all",
        **total,
        "ratio": ratio,
        "equal": equal,
        "goal": f"at least {LEAST:g} times as fast as pandas, every number equal",
        "ok": equal and ratio >= LEAST,
    }


def _same_steps(ours: view_counts.UnitCounts, peer: pd.DataFrame, view: View, step: int) -> bool:
    """Return whether two tables of counts by unit and step hold the same numbers."""
    units, counts = ours.units, ours.counts
    first = pd.Timestamp(coverage.origin(view, step))
    starts = pd.date_range(first, periods=counts.shape[1], freq=f"{step}D")
    filled = peer.reindex(columns=starts, fill_value=0)
    return (
        filled.to_numpy().sum() == peer.to_numpy().sum()
        and np.array_equal(filled.index.to_numpy(), units)
        and np.array_equal(filled.to_numpy(), counts)
    )


def _same_pixels(ours: pa.Table, peer: pd.DataFrame) -> bool:
    """Return whether two counts by pixel hold the same numbers."""
    held = ours.to_pandas().set_index(["column", "row"]).sort_index()
    other = peer.sort_index()
    return list(held.index) == list(other.index) and np.allclose(held, other, rtol=1e-12)
