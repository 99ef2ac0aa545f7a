"""Pictures to take away: each kind, size and form, beside Altair's own saving of the same chart."""

import io
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd

from data.maps import outlines
from data.palette import LIGHT
from data.pictures import draw
from data.pictures.figure import PHONE, POST, AreaMap, Caption, Chart, Figure, LegendRow
from data.pictures.looks import class_looks
from data.settings import Problem, load_settings
from data.storage.store import Store
from geo import classes
from ui.parts import charts

GOAL = 1.0  # seconds a picture
ROUNDS = 5
_SIZES = {"post": POST, "phone": PHONE, "article": None}
_FORMS = {"svg": draw.svg, "png": draw.png}
_CAPTION = Caption(
    title="Stops per resident were highest downtown and on the North Side",
    subtitle="Police stops, January 1 to December 31, 2017",
    source="Source: Minneapolis police stops, 2017",
    shown="51,920 of 60,237 incidents: police stops, Jan 1 to Dec 31, 2017.",
    stamp="Porchlight Minneapolis",
    alt="A picture of the bench.",
)


def run(rows: int | None) -> list[dict[str, Any]]:
    """A dict for each picture of the sample's neighborhoods and of a year of weeks."""
    if rows:
        print("pictures draws the sample: --rows says nothing.", file=sys.stderr)
    settings = load_settings()
    store = Store(settings.store)
    stamp = store.stamp()
    units = outlines.units(store.at(stamp), "neighborhoods") if stamp else []
    if not len(units):
        raise Problem("There is no sample to draw: python -m data sample")
    figures = {"map": (_area_map(units), None), **_charts()}
    return [
        _line(f"{name}, {size}, {form}", make, figure, pixels, chart if form == "png" else None)
        for name, (figure, chart) in figures.items()
        for size, pixels in _SIZES.items()
        for form, make in _FORMS.items()
    ]


def _area_map(units: gpd.GeoDataFrame) -> AreaMap:
    people = units["population"].fillna(0).to_numpy()
    lower = classes.limits(people[people > 0])
    looks = class_looks(len(lower))
    shown = [looks[at] for at in classes.assign(people, lower)]
    legend = [LegendRow(look, f"{low:,.0f} and more") for look, low in zip(looks, lower)]
    return AreaMap(units, shown, legend, "Residents")


def _charts() -> dict[str, tuple[Chart, alt.Chart]]:
    rng = np.random.default_rng(1)
    weeks = pd.date_range("2017-01-02", periods=52, freq="7D")
    kinds = ["traffic stop", "suspicious person stop"]
    lines = pd.DataFrame(
        {"start": weeks.repeat(2), "group": kinds * 52, "n": rng.poisson(500, 104)}
    )
    hours = pd.DataFrame({"weekday": np.repeat(range(7), 24), "hour": [*range(24)] * 7, "of": 52})
    hours = hours.assign(n=rng.poisson(300, 168)).assign(mean=lambda rows: rows["n"] / 52)
    bars = pd.DataFrame({"what": [f"answer {i}" for i in range(8)], "n": range(1, 9)})
    drawn = {
        "lines": charts.by_group(lines, LIGHT, "week", kinds),
        "squares": charts.hour_matrix(hours, LIGHT),
        "bars": charts.bars(bars, LIGHT, "incidents"),
    }
    return {name: (Chart(chart.to_dict()), chart) for name, chart in drawn.items()}


def _line(
    name: str,
    make: Callable[..., bytes],
    figure: Figure,
    pixels: draw.Size | None,
    chart: alt.Chart | None,
) -> dict[str, Any]:
    """The median of some rounds after a first one, which starts the library of charts."""
    body = make(figure, _CAPTION, pixels)
    ours, same = _seconds(lambda: make(figure, _CAPTION, pixels))
    peer = _seconds(lambda: _save(chart))[0] if chart is not None else None
    return {
        "name": f"pictures: {name}",
        "ours_s": ours,
        **({"peer_s": peer, "ratio": peer / ours} if peer else {}),
        "equal": same == body,
        "bytes": len(body),
        "goal": f"under {GOAL:g} s; the same bytes each time",
        "ok": ours < GOAL and same == body,
    }


def _seconds(make: Callable[[], bytes]) -> tuple[float, bytes]:
    took, body = [], b""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        body = make()
        took.append(time.perf_counter() - began)
    return median(took), body


def _save(chart: alt.Chart) -> bytes:
    """The chart as Altair saves it: a picture without words about itself."""
    out = io.BytesIO()
    chart.save(out, format="png", scale_factor=2)
    return out.getvalue()
