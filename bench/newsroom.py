"""Police response, force and harm over a million records, against a frame in memory."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from bench import made, stores
from bench.plain import newsroom as plain
from data import words
from data.newsroom import harms, responses
from data.newsroom.harms import ALL_WORDS, Harms
from data.newsroom.responses import Responses
from data.storage.store import Current, Store
from data.views.sql import city_codes
from data.views.view import View

ROWS = 1_000_000
ROUNDS = 15
LIMIT = 0.250  # seconds


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for each page and each View."""
    rows = rows or ROWS
    store = Store(stores.kept(rows, "bench.made_force"))
    return [{**line, "rows": rows} for line in figures(store.at(str(store.stamp())), ROUNDS)]


def figures(current: Current, rounds: int) -> list[dict[str, Any]]:
    """The figures of a store that `bench.made_force` has made."""
    current.query("SELECT count(*) FROM {facts}")  # brings the table into memory
    frame = plain.load(current)
    every = View(current.stamp, (made.NAME,), made.FIRST, made.LAST, area_set="neighborhoods")
    year = replace(every, start=date(2019, 1, 1), end=date(2019, 12, 31))
    found = []
    for name, view in (("all dates", every), ("a year", year)):
        found.append(_compared(f"response: {name}", *_of_responses(current, frame, view), rounds))
        found.append(_compared(f"force: {name}", *_of_harms(current, frame, view), rounds))
    return found


Asked = tuple[Callable[[], Any], Callable[[], Any], Callable[[Any, Any], bool]]


def _of_responses(current: Current, frame: pd.DataFrame, view: View) -> Asked:
    codes = city_codes(current.meta)

    def same(ours: Responses, peer: pd.Series) -> bool:
        rows = ours.counts.assign(
            city=ours.counts["city"].map(codes),
            response=ours.counts["response"].map(words.CODES["response"]),
        )
        counted = rows.set_index(["city", "month", "response"])["n"].to_dict()
        return bool(counted == {(c, pd.Timestamp(m), r): n for (c, m, r), n in peer.items()})

    return (
        lambda: responses.count_responses(current, view),
        lambda: plain.responses(frame, view),
        same,
    )


def _of_harms(current: Current, frame: pd.DataFrame, view: View) -> Asked:
    names = ["of", *(one.name for one in ALL_WORDS)]
    areas, cities = current.meta["sets"][0]["names"], city_codes(current.meta)

    def same(ours: Harms, peer: dict[str, pd.DataFrame]) -> bool:
        held = {
            "total": ours.total[names].to_frame().T,
            "months": ours.months.set_index("month"),
            "areas": ours.areas.assign(at=ours.areas["area"].map(areas.index)).set_index("at"),
            "cities": ours.cities.assign(at=ours.cities["city"].map(cities)).set_index("at"),
        }
        return all(
            np.array_equal(held[key].sort_index()[names], peer[key].sort_index()[names])
            and (key == "total" or list(held[key].sort_index().index) == list(peer[key].index))
            for key in peer
        )

    return (
        lambda: harms.count_harms(current, view),
        lambda: plain.harms(frame, view, "area0"),
        same,
    )


def _compared(
    name: str,
    ours: Callable[[], Any],
    peer: Callable[[], Any],
    same: Callable[[Any, Any], bool],
    rounds: int,
) -> dict[str, Any]:
    """One page: answers compared first, then timed in turn; nothing is kept."""
    equal = same(ours(), peer())
    taken: dict[str, list[float]] = {"ours_s": [], "peer_s": []}
    for _ in range(rounds):
        for key, one in (("ours_s", ours), ("peer_s", peer)):
            start = time.perf_counter()
            one()
            taken[key].append(time.perf_counter() - start)
    middle = {key: float(np.median(each)) for key, each in taken.items()}
    return {
        "name": f"newsroom: {name}",
        **middle,
        "ratio": middle["peer_s"] / middle["ours_s"],
        "equal": equal,
        "goal": f"ours_s under {1000 * LIMIT:.0f} ms, every number equal",
        "ok": equal and middle["ours_s"] < LIMIT,
    }
